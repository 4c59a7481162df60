//! What programs hear that listen: changes of their workspace, as long as their key is good.

use model::change::Change;
use model::{KeyId, Timestamp, WorkspaceId};
use store::keys;

use crate::app::App;
use crate::error::Result;

impl App {
    /// What changed in which workspace, in order. Changes that concern none, and of what is gone for
    /// good, are left out.
    pub async fn changes_by_workspace(
        &self,
        changes: &[Change],
    ) -> Result<Vec<(WorkspaceId, Change)>> {
        let mut conn = self.read().await?;
        Ok(store::feed::of_workspaces(&mut conn, changes).await?)
    }

    /// Until when a key is good, with none for ever; nothing at all when it is good no more.
    pub async fn key_ends(&self, id: KeyId) -> Result<Option<Option<Timestamp>>> {
        let now = self.now();
        let found = keys::by_id(&mut self.read().await?, id).await?;
        let good = found.filter(|key| key.revoked_at.is_none());
        Ok(good
            .map(|key| key.expires_at)
            .filter(|end| end.is_none_or(|end| end > now)))
    }
}
