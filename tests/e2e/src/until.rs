//! Waiting for a condition instead of for a time.

use std::time::Duration;

use anyhow::{Result, bail};

/// How long anything may take before a test gives up. Generous: a busy machine is four times
/// slower than a quiet one, and a passing test never waits this long.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(20);

/// Looks again and again until there is something, or fails saying what was awaited.
pub async fn some<T, F>(what: &str, look: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Option<T>>,
{
    some_within(PATIENCE, what, look).await
}

/// The same for what takes its time by its nature, such as a minute that has to come.
pub async fn some_within<T, F>(
    limit: Duration,
    what: &str,
    mut look: impl FnMut() -> F,
) -> Result<T>
where
    F: Future<Output = Option<T>>,
{
    let found = tokio::time::timeout(limit, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(STEP).await;
        }
    });
    match found.await {
        Ok(found) => Ok(found),
        Err(_) => bail!("waited {} s in vain for {what}", limit.as_secs()),
    }
}

/// The same for a condition that is either true or not.
pub async fn holds<F>(what: &str, mut look: impl FnMut() -> F) -> Result<()>
where
    F: Future<Output = bool>,
{
    some(what, || {
        let answer = look();
        async move { answer.await.then_some(()) }
    })
    .await
}
