//! Deleting a published post on its network.

use model::TargetId;
use model::change::Actor;
use networks::connector::Delivered;
use store::publishing;

use crate::config::Shared;
use crate::publisher::DeleteError;

/// Deletes first on the network, then here. When the program dies in between, the post still shows as
/// published, and deleting it again counts a post that is gone as deleted.
pub(crate) async fn delete_on_network(
    shared: &Shared,
    target: TargetId,
) -> Result<(), DeleteError> {
    let config = &shared.config;
    let (account, delivered) = {
        let mut conn = config.store.read().await?;
        let found = publishing::deletable(&mut conn, target).await?;
        let account = store::accounts::get(&mut conn, found.account_id).await?;
        let publishing::Deletable {
            remote_id,
            url,
            remote,
            ..
        } = found;
        (
            account,
            Delivered {
                remote_id,
                url,
                remote,
            },
        )
    };
    let connector = shared
        .connectors
        .get(&account.network)
        .filter(|c| c.entry().can_delete)
        .ok_or_else(|| {
            DeleteError::CannotDelete(shared.network_name(&account.network).to_owned())
        })?;
    connector
        .delete(&account, &delivered, shared.ctx(&*config.vault))
        .await
        .map_err(|refusal| DeleteError::Network(Box::new(refusal)))?;
    let mut tx = config.store.begin(Actor::Person).await?;
    publishing::deleted_on_network(&mut tx, target).await?;
    tx.commit().await?;
    Ok(())
}
