//! Taking back what a network holds until its time.

use std::time::Duration;

use model::TargetId;
use model::change::Actor;
use model::failure::Category;
use networks::connector::{Delivered, Kept, Refusal};
use store::publishing::{self, Delivery, Watched};
use store::{StoreError, Tx};

use crate::config::Shared;
use crate::delete::mark_signed_out;
use crate::publisher::DeleteError;
use crate::watch::{decide, kept_job, note};
use crate::watched::WatchedVault;

/// Closer to its time than this nothing is taken back: it could be published in the middle of it.
const TOO_LATE: Duration = Duration::from_mins(1);

/// Deletes first on the network, then lets the post wait here. When the program dies in between, the next
/// look finds that the network has it no more.
pub(crate) async fn take_back(shared: &Shared, target: TargetId) -> Result<(), DeleteError> {
    let config = &shared.config;
    let (mut delivery, kept) = read(shared, target).await?;
    let network = &delivery.account.network;
    let name = shared.network_name(network).to_owned();
    let connector = shared
        .connectors
        .get(network)
        .ok_or_else(|| DeleteError::CannotDelete(name.clone()))?;
    if config.clock.now().plus(TOO_LATE) >= delivery.own_due {
        return Err(DeleteError::TooLate(name));
    }
    let vault = WatchedVault::new(&*config.vault);
    let job = kept_job(shared, &**connector, &delivery);
    let seen = connector.look_at_kept(&job, &kept, shared.ctx(&vault));
    match seen.await {
        Kept::Until(_) => {}
        Kept::Gone => return done(shared, target).await,
        Kept::NotNow(refusal) => return refused(shared, &delivery, &vault, refusal).await,
        other => {
            let decided = decide(other, delivery.own_due, config.clock.now(), &name);
            note(shared, &delivery, &decided).await?;
            return Err(DeleteError::TooLate(name));
        }
    }
    // A look that is under way must not take what follows for somebody else's doing.
    delivery.fence = alone(shared, target).await?;
    let deleted = connector
        .take_back(&delivery.account, &kept, shared.ctx(&vault))
        .await;
    let Err(refusal) = deleted else {
        return done(shared, target).await;
    };
    let seen = connector.look_at_kept(&job, &kept, shared.ctx(&vault));
    match seen.await {
        Kept::Gone => done(shared, target).await,
        Kept::Until(_) => refused(shared, &delivery, &vault, refusal).await,
        _ => {
            unclear(shared, &delivery, &name).await?;
            Err(DeleteError::Unclear(name))
        }
    }
}

async fn read(shared: &Shared, target: TargetId) -> Result<(Delivery, Delivered), StoreError> {
    let mut conn = shared.config.store.read().await?;
    let found = publishing::held(&mut conn, target).await?;
    let mut deliveries = publishing::deliveries(&mut conn, &[target]).await?;
    let delivery = deliveries
        .pop()
        .ok_or(StoreError::NotFound { what: "post" })?;
    let kept = Delivered {
        remote_id: found.remote_id,
        url: found.url,
        remote: found.remote,
    };
    Ok((delivery, kept))
}

async fn begin(shared: &Shared) -> Result<Tx, StoreError> {
    shared.config.store.begin(Actor::Person).await
}

async fn alone(shared: &Shared, target: TargetId) -> Result<i64, StoreError> {
    let mut tx = begin(shared).await?;
    let fence = publishing::hold_alone(&mut tx, target).await?;
    tx.commit().await?;
    Ok(fence)
}

async fn done(shared: &Shared, target: TargetId) -> Result<(), DeleteError> {
    let mut tx = begin(shared).await?;
    publishing::taken_back(&mut tx, target).await?;
    tx.commit().await?;
    Ok(())
}

/// Nothing was deleted.
async fn refused(
    shared: &Shared,
    delivery: &Delivery,
    vault: &WatchedVault<'_>,
    refusal: Refusal,
) -> Result<(), DeleteError> {
    // A keyring that is shut says nothing about the account.
    if refusal.category == Category::AuthError && vault.trouble().is_none() {
        mark_signed_out(shared, delivery.account.id, &refusal.message).await?;
    }
    Err(DeleteError::Network(Box::new(refusal)))
}

/// The network did not say whether it deleted it: only the person can tell.
async fn unclear(shared: &Shared, delivery: &Delivery, name: &str) -> Result<(), StoreError> {
    let why = format!("{name} did not say whether it deleted what it held.");
    let mut tx = begin(shared).await?;
    publishing::send_from_here(&mut tx, delivery.target_id).await?;
    let (target, post) = (delivery.target_id, delivery.post_id);
    let lost = Watched::Lost(why);
    publishing::watched(&mut tx, target, post, delivery.fence, &lost).await?;
    tx.commit().await?;
    Ok(())
}
