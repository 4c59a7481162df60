//! Accounts that have another number on their network than the one they are known by: a group that grows
//! on Telegram gets a new one. Whoever signs in to it by the new number means the account that is there
//! already, with its posts and slots.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use model::WorkspaceId;
use model::account::Account;
use model::change::Actor;
use networks::connector::{Connector, Refusal, SignedIn};
use store::accounts;

use super::staging::Staging;
use crate::app::App;
use crate::error::Result;

/// Most accounts whose number is asked for at once: one after the other, hundreds of groups would take minutes
/// while somebody waits for the sign-in, and all at once would be more than a network lets a program ask.
const AT_ONCE: usize = 8;
/// How long that may take altogether. An account whose network says nothing until then counts as another one.
const PATIENCE: Duration = Duration::from_secs(30);

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
        let asked: Vec<_> = here
            .map(|account| self.if_it_is(account, connector, staging, signed_in))
            .collect();
        let told = stream::iter(asked)
            .buffer_unordered(AT_ONCE)
            .take_until(self.inner.config.timer.sleep(PATIENCE));
        let known = self.first_to_follow(told, &signed_in.remote_id).await;
        connector.forget_session(staging.account());
        known
    }

    /// The account, where it is the one that somebody signed in to.
    async fn if_it_is(
        &self,
        account: Account,
        connector: &dyn Connector,
        staging: &Staging,
        signed_in: &SignedIn,
    ) -> Option<Account> {
        let is = self.is_it(&account, connector, staging, signed_in).await;
        is.then_some(account)
    }

    /// The first of the accounts that are told which can have this number. From here on it is known by it.
    async fn first_to_follow(
        &self,
        mut told: impl Stream<Item = Option<Account>> + Unpin,
        is: &str,
    ) -> Result<Option<Account>> {
        while let Some(account) = told.next().await {
            if let Some(account) = account
                && self.renumber(&account, is).await?
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
        let is = self.is_it(account, connector, staging, signed_in).await;
        connector.forget_session(staging.account());
        if is {
            self.renumber(account, &signed_in.remote_id).await
        } else {
            Ok(false)
        }
    }

    /// Whether the network says that an account has the number that somebody signed in under.
    async fn is_it(
        &self,
        account: &Account,
        connector: &dyn Connector,
        staging: &Staging,
        signed_in: &SignedIn,
    ) -> bool {
        // With the new sign-in first: that of the account may have ended.
        let now = Account {
            id: staging.account(),
            server: signed_in.server.clone(),
            ..account.clone()
        };
        let number = match connector.number_now(&now, self.ctx(staging)).await {
            Ok(number) => number,
            // Another bot than the one that was there may not know what was before it came.
            Err(refusal) => {
                not_told(&refusal);
                self.number_now(account, connector).await
            }
        };
        number.is_some_and(|is| is == signed_in.remote_id)
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
