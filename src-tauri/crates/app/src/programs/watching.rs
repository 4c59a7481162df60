//! What those who watch over a running program are told: whether it is well, and counts.

use std::path::Path;

pub use store::figures::{Counted, Figures, Sends};

use crate::app::App;
use crate::error::Result;

impl App {
    /// Where the data lies.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.inner.store.dir()
    }

    /// Counts of posts and deliveries at this instant.
    pub async fn figures(&self) -> Result<Figures> {
        let mut conn = self.read().await?;
        Ok(store::figures::figures(&mut conn, self.inner.now()).await?)
    }

    /// Whether the database answers and this program publishes.
    pub async fn is_ready(&self) -> bool {
        let reads = match self.read().await {
            Ok(mut conn) => store::reach::workspaces(&mut conn).await.is_ok(),
            Err(_) => false,
        };
        reads && self.inner.publisher().is_some()
    }
}
