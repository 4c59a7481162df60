//! Deleting a published post on its network.

use model::account::AccountHealth;
use model::change::Actor;
use model::failure::Category;
use model::{AccountId, TargetId};
use networks::connector::Delivered;
use store::{StoreError, publishing};

use crate::config::Shared;
use crate::publisher::DeleteError;
use crate::watched::WatchedVault;

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
    let vault = WatchedVault::new(&*config.vault);
    let deleted = connector
        .delete(&account, &delivered, shared.ctx(&vault))
        .await;
    if let Err(refusal) = deleted {
        // A keyring that is shut says nothing about the account.
        if refusal.category == Category::AuthError && vault.trouble().is_none() {
            mark_signed_out(shared, account.id, &refusal.message).await?;
        }
        return Err(DeleteError::Network(Box::new(refusal)));
    }
    let mut tx = config.store.begin(Actor::Person).await?;
    publishing::deleted_on_network(&mut tx, target).await?;
    tx.commit().await?;
    Ok(())
}

/// Posts to a signed-out account wait until it is connected again, whichever call found it out.
pub(crate) async fn mark_signed_out(
    shared: &Shared,
    account: AccountId,
    reason: &str,
) -> Result<(), StoreError> {
    let config = &shared.config;
    let health = AccountHealth::NeedsReconnect {
        reason: reason.to_owned(),
        since: config.clock.now(),
    };
    let mut tx = config.store.begin(Actor::Publisher).await?;
    store::accounts::set_health(&mut tx, account, &health).await?;
    tx.commit().await?;
    Ok(())
}
