//! Waiting for a condition, never for a time.

use std::time::Duration;

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(20);

/// Waits until something is so.
///
/// # Panics
/// When it is not so for longer than anything takes.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(STEP).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(came.is_ok(), "in vain: {what}");
}
