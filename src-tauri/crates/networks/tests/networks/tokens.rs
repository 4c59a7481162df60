//! Tokens while the vault takes nothing: a network that gave new ones does not know the old ones any more.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use model::WorkspaceId;
use model::account::{Account, AccountHealth};
use model::failure::{Category, Retry};
use networks::connector::{Ctx, Refusal};
use networks::tokens::{Renew, Sessions, Tokens, signed_out};
use networks::vault::{Secret, VaultError};
use serde_json::Value;
use testkit::desk::{ACCOUNT, DUE, Desk};
use uuid::Uuid;

/// A network whose refresh tokens are good for one renewal each; it counts them.
#[derive(Default)]
struct OneTime(AtomicUsize);

#[async_trait]
impl Renew for OneTime {
    fn network(&self) -> &'static str {
        "Net"
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        _ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let given = self.0.load(Ordering::Relaxed);
        if *old != tokens(given) {
            return Err(signed_out("Net", &account.handle));
        }
        self.0.store(given + 1, Ordering::Relaxed);
        Ok(tokens(given + 1))
    }
}

/// The tokens after so many renewals.
fn tokens(n: usize) -> Tokens {
    Tokens {
        refresh: Some(Secret::new(format!("refresh-{n}"))),
        ..Tokens::lasting(Secret::new(format!("access-{n}")))
    }
}

fn account() -> Account {
    Account {
        id: ACCOUNT,
        workspace_id: WorkspaceId(Uuid::from_u128(1)),
        network: "net".to_owned(),
        remote_id: "7".to_owned(),
        handle: "ana".to_owned(),
        display_name: "Ana".to_owned(),
        server: String::new(),
        settings: Value::Null,
        health: AccountHealth::Ok,
        paused: None,
        created_at: DUE,
    }
}

#[tokio::test]
async fn what_the_vault_did_not_take_is_stored_later_and_not_renewed_once_more() {
    let (desk, net, sessions) = (Desk::new(), OneTime::default(), Sessions::default());
    let (account, ctx) = (account(), desk.ctx());
    sessions.keep(ACCOUNT, tokens(0), ctx).await.unwrap();
    let refused = tokens(0).access;
    let good = || sessions.good(&account, &net, Some(&refused), ctx);

    desk.vault.refuse_new(Some(VaultError::Locked));
    for _ in 0..2 {
        let refusal = good().await.unwrap_err();
        let passes = (refusal.category, refusal.retry);
        assert_eq!(passes, (Category::Unknown, Retry::Backoff), "{refusal:?}");
        // What is not stored is not used, for whatever it may be.
        assert!(sessions.peek(ACCOUNT, ctx).await.is_err());
    }
    assert_eq!(net.0.load(Ordering::Relaxed), 1);

    desk.vault.refuse_new(None);
    assert_eq!(good().await.unwrap(), tokens(1));
    let after_a_new_start = Sessions::default().peek(ACCOUNT, ctx).await;
    assert_eq!(after_a_new_start.unwrap(), Some(tokens(1)));
    assert_eq!(net.0.load(Ordering::Relaxed), 1);
}
