//! Waiting, as an argument: the publisher never sleeps by itself, so tests own every wait.

use std::time::Duration;

use async_trait::async_trait;

/// Something that can wait.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Returns after `span` of running time. Time asleep need not count: the publisher never trusts
    /// a wait and reads the wall clock again after each.
    async fn sleep(&self, span: Duration);
}

/// Waits on the runtime's own timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuntimeTimer;

#[async_trait]
impl Timer for RuntimeTimer {
    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}
