//! Accounts: connecting, reconnecting, pausing, removing.

mod ending;
mod form;
mod numbers;
pub(crate) mod readiness;
mod returning;
mod signing_in;
mod staging;
mod under_way;

use std::sync::Arc;

use model::account::{Account, AccountHealth};
use model::change::Actor;
use model::failure::Category;
use model::{AccountId, IdSource, WorkspaceId};
use networks::catalogue::FieldKind;
use networks::connector::{Connector, Ctx, SignedIn};
use networks::hosting::{WebFolder, keep_folder};
use networks::vault::{SESSION, Vault, VaultError};
use store::publishing::HeldOf;
use store::{Conn, accounts, calendars};

use self::ending::signed_out;
pub use self::returning::ReturnTo;
use self::staging::Staging;
pub(crate) use self::under_way::SignIns;
use crate::app::App;
use crate::checks::account_name;
use crate::error::Result;
use crate::types::accounts::{AccountPause, OneAccount};
use crate::types::{ApiError, Nothing, Written};
use crate::workspaces::a_reason;
use crate::written::without_undo;

impl App {
    /// Keeps an account that was signed in to: its secrets first, then its row. An account the
    /// workspace has already is connected again instead.
    async fn keep_new(
        &self,
        workspace_id: WorkspaceId,
        connector: &dyn Connector,
        staging: &Staging,
        signed_in: SignedIn,
    ) -> Result<Written<Account>> {
        let known = {
            let mut conn = self.read().await?;
            accounts::find(
                &mut conn,
                workspace_id,
                &connector.entry().key,
                &signed_in.server,
                &signed_in.remote_id,
            )
            .await?
        };
        let known = match known {
            Some(known) => Some(known),
            None => {
                self.known_by_another_number(workspace_id, connector, staging, &signed_in)
                    .await?
            }
        };
        let id = known.as_ref().map_or(staging.account(), |a| a.id);
        // One from the bin begins anew.
        let here = accounts::all(&mut self.read().await?).await?;
        let had = known
            .as_ref()
            .filter(|known| here.iter().any(|a| a.id == known.id));
        let had = had.map(|account| account.settings.clone());
        staging.keep(id, &*self.inner.vault).await?;
        connector.forget_session(id);
        let mut account = self.new_account(id, workspace_id, connector, signed_in);
        keep_folder(had.as_ref(), &mut account.settings);
        let mut notes = Vec::new();
        if let Some(known) = known {
            account.paused = known.paused;
            account.created_at = known.created_at;
            notes.push(format!(
                "{} was connected here before, so it was connected again.",
                account_name(&account, Some(connector))
            ));
        }
        self.note_end(connector, &mut account).await;
        let account = self.keep_account(&account).await?;
        Ok(without_undo(account, notes))
    }

    /// The account that somebody signed in to, while nothing else is known of it.
    fn new_account(
        &self,
        id: AccountId,
        workspace_id: WorkspaceId,
        connector: &dyn Connector,
        signed_in: SignedIn,
    ) -> Account {
        Account {
            id,
            workspace_id,
            network: connector.entry().key.clone(),
            remote_id: signed_in.remote_id,
            handle: signed_in.handle,
            display_name: signed_in.display_name,
            server: signed_in.server,
            settings: signed_in.settings,
            health: AccountHealth::Ok,
            paused: None,
            created_at: self.inner.now(),
        }
    }

    /// Writes the row. The first account of a workspace becomes what new posts start with.
    async fn keep_account(&self, account: &Account) -> Result<Account> {
        // No step of the history: taking it back would leave the secrets and the session behind.
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let others = accounts::all(&mut tx).await?;
        let mut account = account.clone();
        // Paused or resumed while the network was asked: that stays as it is now.
        if let Some(now) = others.iter().find(|a| a.id == account.id) {
            account.paused.clone_from(&now.paused);
        }
        let first = !others
            .iter()
            .any(|a| a.workspace_id == account.workspace_id);
        accounts::put(&mut tx, &account).await?;
        if first {
            for mut calendar in calendars::all(&mut tx).await? {
                if calendar.workspace_id == account.workspace_id
                    && calendar.default_accounts.is_empty()
                {
                    calendar.default_accounts.push(account.id);
                    calendars::put(&mut tx, &calendar).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(account)
    }

    /// Keeps a new sign-in of an account that is there; another account of the network is refused.
    async fn keep_again(
        &self,
        account: &Account,
        connector: &dyn Connector,
        staging: &Staging,
        signed_in: SignedIn,
    ) -> Result<Written<Account>> {
        if signed_in.remote_id != account.remote_id
            && !self
                .follows_to(account, connector, staging, &signed_in)
                .await?
        {
            let refused = ApiError::conflict(format!(
                "That signs in to {}, not to {}. Nothing was changed. Connect it as another account instead.",
                signed_in.handle,
                account_name(account, Some(connector)),
            ));
            self.give_up(connector, account.workspace_id, staging, signed_in)
                .await;
            return Err(refused.at("fields"));
        }
        staging.keep(account.id, &*self.inner.vault).await?;
        connector.forget_session(account.id);
        let mut again = account.clone();
        as_known(&mut again, signed_in);
        keep_folder(Some(&account.settings), &mut again.settings);
        self.note_end(connector, &mut again).await;
        let account = self
            .meet(account.id, Actor::Person, |now| {
                *now = Account {
                    remote_id: now.remote_id.clone(),
                    paused: now.paused.clone(),
                    ..again
                };
            })
            .await?;
        Ok(without_undo(account, Vec::new()))
    }

    /// Takes in what a network said about an account. The row is read again for it: while the
    /// network was asked, the account may have been paused, which stays, or removed.
    async fn meet(
        &self,
        id: AccountId,
        actor: Actor,
        change: impl FnOnce(&mut Account),
    ) -> Result<Account> {
        let mut tx = self.inner.store.begin(actor).await?;
        let mut account = account_in(&mut tx, id).await?;
        change(&mut account);
        accounts::put(&mut tx, &account).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Ends a session that nobody wants: with another account than the one that was meant, or of a sign-in
    /// that was given up.
    async fn give_up(
        &self,
        connector: &dyn Connector,
        workspace_id: WorkspaceId,
        staging: &Staging,
        signed_in: SignedIn,
    ) {
        let other = self.new_account(staging.account(), workspace_id, connector, signed_in);
        if let Err(refusal) = connector.sign_out(&other, self.ctx(staging)).await {
            tracing::info!(
                category = refusal.category.word(),
                "a session nobody wants could not be ended"
            );
        }
        connector.forget_session(other.id);
    }

    /// Asks the network who the account is now, and tries the account's own web folder.
    pub async fn accounts_check(&self, input: OneAccount) -> Result<Account> {
        let account = self.account(input.id).await?;
        let connector = self.connector(&account.network)?;
        let identified = connector
            .identify(&account, self.ctx(&*self.inner.vault))
            .await;
        let now = self.inner.now();
        match identified {
            Err(refusal) if refusal.category != Category::AuthError => Err(refusal.into()),
            identified => {
                let known = identified.is_ok();
                if known {
                    self.follow(&account, &*connector).await?;
                }
                let met = self.meet(account.id, Actor::Program, |account| match identified {
                    Ok(signed_in) => {
                        let settings = account.settings.clone();
                        as_known(account, signed_in);
                        account.settings = settings;
                    }
                    Err(refusal) => signed_out(account, refusal.message, now),
                });
                let met = met.await?;
                if let Some(folder) = WebFolder::of(&met).filter(|_| known) {
                    self.try_folder(&folder).await?;
                }
                Ok(met)
            }
        }
    }

    /// Pauses publishing to an account, or goes on.
    pub async fn accounts_pause(&self, input: AccountPause) -> Result<Written<Account>> {
        let account = self.account(input.id).await?;
        let reason = a_reason(input.reason);
        let verb = if reason.is_some() {
            "Paused"
        } else {
            "Resumed"
        };
        let words = format!("{verb} {}", self.name_of_account(&account));
        let mut writing = self.step_in(account.workspace_id, words).await?;
        if reason.is_some() {
            writing.notes = self.held_there(HeldOf::Account(account.id)).await?;
        }
        accounts::set_paused(&mut writing.tx, account.id, reason.as_deref()).await?;
        let account = accounts::get(&mut writing.tx, account.id).await?;
        writing.done(account).await
    }

    /// Moves an account to the bin. Its secrets stay until the bin empties.
    pub async fn accounts_remove(&self, input: OneAccount) -> Result<Written<Nothing>> {
        let account = self.account(input.id).await?;
        let words = format!("Removed {}", self.name_of_account(&account));
        let mut writing = self.step_in(account.workspace_id, words).await?;
        accounts::remove(&mut writing.tx, account.id).await?;
        for mut calendar in calendars::all(&mut writing.tx).await? {
            if calendar.default_accounts.contains(&account.id) {
                calendar.default_accounts.retain(|id| *id != account.id);
                calendars::put(&mut writing.tx, &calendar).await?;
            }
        }
        writing.done(Nothing {}).await
    }

    /// Ends the sessions of accounts that go for good and forgets their secrets. What a network does not
    /// answer to is only logged: the person wants them gone. Gives the accounts of which nothing is kept
    /// any more, and why there are others.
    ///
    /// Call it before the rows go: whatever ends the program in between, what is left is found again.
    pub(crate) async fn forget_accounts(
        &self,
        leaving: &[Account],
    ) -> (Vec<AccountId>, Option<VaultError>) {
        let mut forgotten = Vec::new();
        let mut why = None;
        for account in leaving {
            match self.forget_account(account).await {
                // Without a keyring there is nothing that could be kept in it.
                Ok(()) | Err(VaultError::Absent) => forgotten.push(account.id),
                Err(error) => {
                    tracing::warn!(%error, "a secret of a removed account could not be forgotten");
                    why = Some(error);
                }
            }
        }
        (forgotten, why)
    }

    async fn forget_account(&self, account: &Account) -> Result<(), VaultError> {
        let vault = &*self.inner.vault;
        let mut names = vec![SESSION.to_owned()];
        if let Some(connector) = self.inner.config.registry.get(&account.network) {
            if let Err(refusal) = connector.sign_out(account, self.ctx(vault)).await {
                tracing::warn!(
                    network = account.network,
                    category = refusal.category.word(),
                    "a removed account could not be signed out on its network"
                );
            }
            connector.forget_session(account.id);
            let fields = connector.entry().sign_in.fields();
            let secrets: Vec<String> = fields
                .filter(|f| f.kind == FieldKind::Secret)
                .map(|f| f.name.clone())
                .collect();
            if secrets.is_empty() {
                return Ok(());
            }
            names.extend(secrets);
        }
        for name in names {
            vault.forget(account.id, &name).await?;
        }
        Ok(())
    }

    async fn account(&self, id: AccountId) -> Result<Account> {
        account_in(&mut self.read().await?, id).await
    }

    async fn workspace_is_there(&self, id: WorkspaceId) -> Result<()> {
        let mut conn = self.read().await?;
        let all = store::workspaces::all(&mut conn).await?;
        if all.iter().any(|w| w.id == id) {
            Ok(())
        } else {
            Err(ApiError::missing("workspace"))
        }
    }

    pub(crate) fn name_of_account(&self, account: &Account) -> String {
        let connector = self.inner.config.registry.get(&account.network);
        account_name(account, connector.map(|c| &**c))
    }

    pub(crate) fn connector(&self, network: &str) -> Result<Arc<dyn Connector>> {
        self.inner
            .config
            .registry
            .get(network)
            .cloned()
            .ok_or_else(|| {
                ApiError::invalid(
                    "network",
                    "This Almanac does not know that network. Update it.",
                )
            })
    }

    pub(crate) fn ids(&self) -> IdSource<'_> {
        IdSource::new(self.inner.clock(), &*self.inner.config.entropy)
    }

    pub(crate) fn ctx<'a>(&'a self, vault: &'a dyn Vault) -> Ctx<'a> {
        Ctx {
            clock: self.inner.clock(),
            entropy: &*self.inner.config.entropy,
            vault,
            purse: &self.inner.purse,
        }
    }
}

/// An account that is not removed.
async fn account_in(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let all = accounts::all(conn).await?;
    all.into_iter()
        .find(|a| a.id == id)
        .ok_or_else(|| ApiError::missing("account"))
}

fn as_known(account: &mut Account, signed_in: SignedIn) {
    account.handle = signed_in.handle;
    account.display_name = signed_in.display_name;
    account.server = signed_in.server;
    account.settings = signed_in.settings;
    account.health = AccountHealth::Ok;
}
