//! Accounts that have another number on their network than the one they are known by: a group that grows
//! on Telegram gets a new one. Whoever signs in to it by the new number means the account that is there
//! already, with its posts and slots.

use model::WorkspaceId;
use model::account::Account;
use model::change::Actor;
use networks::connector::{Connector, Refusal, SignedIn};
use store::accounts;

use super::staging::Staging;
use crate::app::App;
use crate::error::Result;

impl App {
    /// The account of a workspace that somebody signed in to under a number it is not known by, also a
    /// removed one. From here on it is known by that number.
    pub(super) async fn known_by_another_number(
        &self,
        workspace_id: WorkspaceId,
        connector: &dyn Connector,
        staging: &Staging,
        signed_in: &SignedIn,
    ) -> Result<Option<Account>> {
        let all = {
            let mut conn = self.read().await?;
            let mut all = accounts::all(&mut conn).await?;
            let removed = accounts::removed(&mut conn).await?;
            all.extend(removed.into_iter().map(|(account, _)| account));
            all
        };
        let key = &connector.entry().key;
        let here = all.into_iter().filter(|account| {
            account.workspace_id == workspace_id
                && account.network == *key
                && account.server == signed_in.server
        });
        for account in here {
            if self
                .follows_to(&account, connector, staging, signed_in)
                .await?
            {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// Whether an account is the one that somebody signed in to, which only has another number by now. From
    /// here on it is known by that number, unless another account of the workspace is.
    pub(super) async fn follows_to(
        &self,
        account: &Account,
        connector: &dyn Connector,
        staging: &Staging,
        signed_in: &SignedIn,
    ) -> Result<bool> {
        // With the new sign-in first: that of the account may have ended.
        let now = Account {
            id: staging.account(),
            server: signed_in.server.clone(),
            ..account.clone()
        };
        let told = connector.number_now(&now, self.ctx(staging)).await;
        connector.forget_session(now.id);
        let number = match told {
            Ok(number) => number,
            // Another bot than the one that was there may not know what was before it came.
            Err(refusal) => {
                not_told(&refusal);
                self.number_now(account, connector).await
            }
        };
        match number {
            Some(is) if is == signed_in.remote_id => self.renumber(account, &is).await,
            _ => Ok(false),
        }
    }

    /// Asks an account's network for its number, and has it known by that from here on.
    pub(super) async fn follow(&self, account: &Account, connector: &dyn Connector) -> Result<()> {
        if let Some(is) = self.number_now(account, connector).await {
            self.renumber(account, &is).await?;
        }
        Ok(())
    }

    /// The number that an account got since, as it is told with its own sign-in; none also where nobody says.
    async fn number_now(&self, account: &Account, connector: &dyn Connector) -> Option<String> {
        let ctx = self.ctx(&*self.inner.vault);
        let told = connector.number_now(account, ctx).await;
        told.unwrap_or_else(|refusal| {
            not_told(&refusal);
            None
        })
    }

    async fn renumber(&self, account: &Account, is: &str) -> Result<bool> {
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        let written = accounts::renumber(&mut tx, account.id, &account.remote_id, is).await?;
        tx.commit().await?;
        Ok(written)
    }
}

fn not_told(refusal: &Refusal) {
    tracing::info!(
        category = refusal.category.word(),
        "whether an account has another number on its network could not be asked"
    );
}
