//! Tokens of accounts: kept in the vault, one renewal at a time for each account, new ones stored
//! before they are used. A passing error never loses them, nor does a vault that takes nothing just then.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::failure::Category;
use model::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::connector::{Ctx, Refusal};
use crate::vault::{SESSION, Secret, VaultError};

/// A token is renewed this long before it ends, so that it does not end on the way.
const MARGIN: Duration = Duration::from_mins(1);

/// What an account signs its calls with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For calls.
    pub access: Secret,
    /// For new tokens; none where the access token is all there is.
    pub refresh: Option<Secret>,
    /// When the access token ends by this computer's clock; none when that is not known.
    pub access_ends: Option<Timestamp>,
    /// When nothing can be renewed any more and a person has to sign in again; none when that is not
    /// known or never.
    pub sign_in_ends: Option<Timestamp>,
    /// What else the account needs, such as the client of the app: secrets by name.
    pub more: BTreeMap<String, Secret>,
}

impl Tokens {
    /// A token that does not end.
    #[must_use]
    pub fn lasting(access: Secret) -> Self {
        Self {
            access,
            refresh: None,
            access_ends: None,
            sign_in_ends: None,
            more: BTreeMap::new(),
        }
    }

    /// One of the other secrets; empty when there is none.
    #[must_use]
    pub fn more(&self, name: &str) -> &str {
        self.more.get(name).map(Secret::reveal).unwrap_or_default()
    }

    fn stored(&self) -> Secret {
        let kept = Kept {
            access: self.access.reveal().to_owned(),
            refresh: self.refresh.as_ref().map(|s| s.reveal().to_owned()),
            access_ends: self.access_ends.map(Timestamp::as_millis),
            sign_in_ends: self.sign_in_ends.map(Timestamp::as_millis),
            more: self
                .more
                .iter()
                .map(|(k, v)| (k.clone(), v.reveal().to_owned()))
                .collect(),
        };
        // Strings and numbers always make JSON.
        Secret::new(serde_json::to_string(&kept).unwrap_or_default())
    }

    fn of_stored(secret: &Secret) -> Option<Self> {
        let kept: Kept = serde_json::from_str(secret.reveal()).ok()?;
        Some(Self {
            access: Secret::new(kept.access),
            refresh: kept.refresh.map(Secret::new),
            access_ends: kept.access_ends.map(Timestamp::from_millis),
            sign_in_ends: kept.sign_in_ends.map(Timestamp::from_millis),
            more: kept
                .more
                .into_iter()
                .map(|(k, v)| (k, Secret::new(v)))
                .collect(),
        })
    }
}

/// How tokens lie in the vault.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    access: String,
    #[serde(default)]
    refresh: Option<String>,
    #[serde(default)]
    access_ends: Option<i64>,
    #[serde(default)]
    sign_in_ends: Option<i64>,
    #[serde(default)]
    more: BTreeMap<String, String>,
}

/// How a network renews tokens.
#[async_trait]
pub trait Renew: Send + Sync {
    /// The network's name, for sentences.
    fn network(&self) -> &str;

    /// New tokens for old ones. An auth refusal means that a person has to sign in again; anything
    /// else passes. Whatever of `more` is still needed has to be in the answer.
    async fn renew(&self, account: &Account, old: &Tokens, ctx: Ctx<'_>)
    -> Result<Tokens, Refusal>;
}

/// Why a call with tokens failed.
#[derive(Debug)]
pub enum CallFailed<E> {
    /// Before the call was made.
    Before(Refusal),
    /// In the call.
    Call(E),
}

impl<E> CallFailed<E> {
    /// As a refusal, for calls that show nothing.
    pub fn into_refusal(self, read: impl FnOnce(E) -> Refusal) -> Refusal {
        match self {
            Self::Before(refusal) => refusal,
            Self::Call(error) => read(error),
        }
    }
}

/// Tokens in memory.
struct Held {
    tokens: Tokens,
    /// Whether the vault has them too. The old ones are spent once a network gave new ones, so those
    /// are held on to until the vault takes them.
    stored: bool,
}

impl Held {
    /// Puts the tokens into the vault where it has them not yet: before anything is done with them.
    async fn store(&mut self, account: AccountId, ctx: Ctx<'_>) -> Result<(), Refusal> {
        if !self.stored {
            ctx.vault
                .set(account, SESSION, &self.tokens.stored())
                .await
                .map_err(|e| vault_refusal(&e))?;
            self.stored = true;
        }
        Ok(())
    }
}

/// One account's tokens in memory; the lock is held while they are renewed.
type Slot = Arc<tokio::sync::Mutex<Option<Held>>>;

/// The tokens of all accounts of a network.
#[derive(Default)]
pub struct Sessions {
    slots: Mutex<HashMap<AccountId, Slot>>,
}

impl Sessions {
    fn slot(&self, account: AccountId) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(account).or_default())
    }

    /// Keeps new tokens of an account: in the vault first.
    pub async fn keep(
        &self,
        account: AccountId,
        tokens: Tokens,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let slot = self.slot(account);
        let mut held = slot.lock().await;
        let mut new = Held {
            tokens,
            stored: false,
        };
        new.store(account, ctx).await?;
        *held = Some(new);
        Ok(())
    }

    /// Lets go of the tokens in memory: the vault has others now, or none. A call that is on its way
    /// keeps the ones it has.
    pub fn let_go(&self, account: AccountId) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(&account);
    }

    /// The tokens as they are, without renewing anything; none when there are none.
    pub async fn peek(&self, account: AccountId, ctx: Ctx<'_>) -> Result<Option<Tokens>, Refusal> {
        let slot = self.slot(account);
        let mut held = slot.lock().await;
        read_into(&mut held, account, ctx).await?;
        let Some(held) = held.as_mut() else {
            return Ok(None);
        };
        held.store(account, ctx).await?;
        Ok(Some(held.tokens.clone()))
    }

    /// When a person has to sign in again; none when that is not known or never.
    pub async fn sign_in_ends(
        &self,
        account: AccountId,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        let tokens = self.peek(account, ctx).await?;
        Ok(tokens.and_then(|tokens| tokens.sign_in_ends))
    }

    /// Forgets the tokens of an account here and in the vault, and gives them once more so that the
    /// network can be told.
    pub async fn take(&self, account: AccountId, ctx: Ctx<'_>) -> Result<Option<Tokens>, Refusal> {
        let slot = self.slot(account);
        let mut held = slot.lock().await;
        read_into(&mut held, account, ctx).await?;
        ctx.vault
            .forget(account, SESSION)
            .await
            .map_err(|e| vault_refusal(&e))?;
        Ok(held.take().map(|held| held.tokens))
    }

    /// Makes a call with good tokens. When the network says that they are not good any more
    /// (`stale`), renews them and makes the call once again: such an answer means that nothing was
    /// done.
    pub async fn call<T, E, F, Fut>(
        &self,
        account: &Account,
        renew: &dyn Renew,
        stale: impl Fn(&E) -> bool + Send,
        ctx: Ctx<'_>,
        call: F,
    ) -> Result<T, CallFailed<E>>
    where
        F: Fn(Tokens) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send,
        E: Send,
    {
        let tokens = self
            .good(account, renew, None, ctx)
            .await
            .map_err(CallFailed::Before)?;
        let refused = tokens.access.clone();
        let renewable = tokens.refresh.is_some();
        match call(tokens).await {
            Err(error) if renewable && stale(&error) => {
                let tokens = self
                    .good(account, renew, Some(&refused), ctx)
                    .await
                    .map_err(CallFailed::Before)?;
                call(tokens).await.map_err(CallFailed::Call)
            }
            other => other.map_err(CallFailed::Call),
        }
    }

    /// Tokens that are good as far as is known, and whose access token is not `refused`.
    pub async fn good(
        &self,
        account: &Account,
        renew: &dyn Renew,
        refused: Option<&Secret>,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let slot = self.slot(account.id);
        // Whoever waits here while another renews finds the new tokens when it is their turn.
        let mut held = slot.lock().await;
        read_into(&mut held, account.id, ctx).await?;
        let Some(held) = held.as_mut() else {
            return Err(no_sign_in(&account.handle));
        };
        held.store(account.id, ctx).await?;
        let tokens = &held.tokens;
        let now = ctx.clock.now();
        let ended = tokens
            .access_ends
            .is_some_and(|end| now >= end.minus(MARGIN));
        if !ended && refused != Some(&tokens.access) {
            return Ok(tokens.clone());
        }
        if tokens.refresh.is_none() {
            return Err(signed_out(renew.network(), &account.handle));
        }
        *held = Held {
            tokens: renew.renew(account, tokens, ctx).await?,
            stored: false,
        };
        held.store(account.id, ctx).await?;
        Ok(held.tokens.clone())
    }
}

async fn read_into(
    held: &mut Option<Held>,
    account: AccountId,
    ctx: Ctx<'_>,
) -> Result<(), Refusal> {
    if held.is_none() {
        let stored = ctx.vault.get(account, SESSION).await;
        let stored = stored.map_err(|e| vault_refusal(&e))?;
        *held = stored
            .as_ref()
            .and_then(Tokens::of_stored)
            .map(|tokens| Held {
                tokens,
                stored: true,
            });
    }
    Ok(())
}

/// This computer has no tokens of the account, such as after a backup was put back elsewhere.
#[must_use]
pub fn no_sign_in(handle: &str) -> Refusal {
    Refusal::never(
        Category::AuthError,
        format!("Almanac has no sign-in for {handle} on this computer. Connect the account again."),
    )
}

/// Stands for the handle while somebody signs in and it is not known yet.
pub const NEWCOMER: &str = "the account";

/// The network does not take the tokens any more, or those that somebody just signed in with.
#[must_use]
pub fn signed_out(network: &str, handle: &str) -> Refusal {
    let words = if handle == NEWCOMER {
        format!(
            "{network} does not take this sign-in: it is wrong, not whole, or no longer valid. Make a new one and try again."
        )
    } else {
        format!("{network} signed {handle} out. Connect the account again.")
    };
    Refusal::never(Category::AuthError, words)
}

/// The vault did not give or take a secret: passes with the vault's trouble, so the account stays.
#[must_use]
pub fn vault_refusal(error: &VaultError) -> Refusal {
    Refusal::later(Category::Unknown, error.to_string())
}
