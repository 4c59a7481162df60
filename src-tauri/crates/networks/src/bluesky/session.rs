//! Sessions: one refresh at a time for each account, new tokens stored before they are used.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::account::Account;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use super::client::{Auth, CallError, Xrpc};
use super::errors::{self, Doing};
use crate::connector::{Ctx, Refusal};
use crate::vault::{SESSION, Secret};

/// A token is renewed this long before it ends, so that it does not end on the way.
const MARGIN: Duration = Duration::from_mins(1);

/// A pair of tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For calls; two hours.
    pub access: Secret,
    /// For new tokens; 90 days.
    pub refresh: Secret,
    /// When the access token ends by this computer's clock; none when that is not known.
    pub access_ends: Option<Timestamp>,
}

impl Tokens {
    /// Reads the tokens of an answer. Their life is counted from now, so that a wrong clock on
    /// either side does no harm.
    #[must_use]
    pub fn of_answer(answer: &Value, now: Timestamp) -> Option<Self> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let access = text("accessJwt")?;
        Some(Self {
            access_ends: lifetime(access).map(|life| now.plus(life).minus(MARGIN)),
            access: Secret::new(access),
            refresh: Secret::new(text("refreshJwt")?),
        })
    }

    fn stored(&self) -> Secret {
        let both = json!({ "access": self.access.reveal(), "refresh": self.refresh.reveal() });
        Secret::new(both.to_string())
    }

    fn of_stored(secret: &Secret) -> Option<Self> {
        let both: Value = serde_json::from_str(secret.reveal()).ok()?;
        let text = |name: &str| both.get(name).and_then(Value::as_str).map(Secret::new);
        // How old it is is not known: the server says when it is too old.
        Some(Self {
            access: text("access")?,
            refresh: text("refresh")?,
            access_ends: None,
        })
    }
}

/// How long a token lives, from its own claims (`exp` less `iat`). Nothing is verified: the server
/// does that, and this only saves a call.
fn lifetime(token: &str) -> Option<Duration> {
    let claims = decode(token.split('.').nth(1)?)?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let seconds = claims
        .get("exp")?
        .as_i64()?
        .checked_sub(claims.get("iat")?.as_i64()?)?;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

/// Base 64 of tokens: the alphabet for addresses, without padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for c in text.bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

/// One account's tokens in memory; the lock is held while they are renewed.
type Slot = Arc<tokio::sync::Mutex<Option<Tokens>>>;

/// The sessions of all accounts.
pub struct Sessions {
    xrpc: Xrpc,
    slots: Mutex<HashMap<AccountId, Slot>>,
}

impl Sessions {
    /// No session yet.
    #[must_use]
    pub fn new(xrpc: Xrpc) -> Self {
        Self {
            xrpc,
            slots: Mutex::default(),
        }
    }

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
        ctx.vault
            .set(account, SESSION, &tokens.stored())
            .await
            .map_err(|e| errors::vault(&e))?;
        *held = Some(tokens);
        Ok(())
    }

    /// Lets go of the tokens in memory: the vault has others now, or none. A call that is on its way
    /// keeps the ones it has.
    pub fn let_go(&self, account: AccountId) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(&account);
    }

    /// Ends the session at the server and forgets it, also when the server does not answer: whoever
    /// removes an account wants its tokens gone.
    pub async fn end(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let slot = self.slot(account.id);
        let mut held = slot.lock().await;
        let stored = ctx
            .vault
            .get(account.id, SESSION)
            .await
            .map_err(|e| errors::vault(&e))?;
        let tokens = held
            .take()
            .or_else(|| stored.as_ref().and_then(Tokens::of_stored));
        let ended = match tokens {
            Some(tokens) => self.end_on_server(account, &tokens, ctx).await,
            None => Ok(()),
        };
        ctx.vault
            .forget(account.id, SESSION)
            .await
            .map_err(|e| errors::vault(&e))?;
        ended
    }

    async fn end_on_server(
        &self,
        account: &Account,
        tokens: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let method = "com.atproto.server.deleteSession";
        let auth = Auth::Bearer(&tokens.refresh);
        let ended = self
            .xrpc
            .procedure(&account.server, method, None, auth, ctx.clock)
            .await;
        match ended {
            Ok(_) => Ok(()),
            // A session the server does not know any more has ended.
            Err(CallError::Answered(answer)) if answer.status < 429 => Ok(()),
            Err(error) => Err(errors::refusal(&error, Doing::Calling, &account.handle)),
        }
    }

    /// Makes a call with a good access token. When the server says that the token is not good any
    /// more, renews it and makes the call once again: such an answer means that nothing was done.
    pub async fn call<T, F, Fut>(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
        call: F,
    ) -> Result<T, Failed>
    where
        F: Fn(Secret) -> Fut + Send,
        Fut: Future<Output = Result<T, CallError>> + Send,
        T: Send,
    {
        let token = self.access(account, None, ctx).await?;
        match call(token.clone()).await {
            Err(error) if is_stale(&error) => {
                let token = self.access(account, Some(&token), ctx).await?;
                call(token).await.map_err(Failed::Call)
            }
            other => other.map_err(Failed::Call),
        }
    }

    /// An access token that is good as far as is known, and is not `refused`.
    async fn access(
        &self,
        account: &Account,
        refused: Option<&Secret>,
        ctx: Ctx<'_>,
    ) -> Result<Secret, Failed> {
        let slot = self.slot(account.id);
        // Whoever waits here while another renews finds the new token when it is their turn.
        let mut held = slot.lock().await;
        if held.is_none() {
            let stored = ctx.vault.get(account.id, SESSION).await;
            let stored = stored.map_err(|e| Failed::Before(errors::vault(&e)))?;
            *held = stored.as_ref().and_then(Tokens::of_stored);
        }
        let Some(tokens) = held.as_ref() else {
            return Err(Failed::Before(errors::no_session(&account.handle)));
        };
        let ended = tokens.access_ends.is_some_and(|end| ctx.clock.now() >= end);
        if !ended && refused != Some(&tokens.access) {
            return Ok(tokens.access.clone());
        }
        let renewed = self
            .renewed(account, tokens, ctx)
            .await
            .map_err(Failed::Before)?;
        ctx.vault
            .set(account.id, SESSION, &renewed.stored())
            .await
            .map_err(|e| Failed::Before(errors::vault(&e)))?;
        let access = renewed.access.clone();
        *held = Some(renewed);
        Ok(access)
    }

    async fn renewed(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let method = "com.atproto.server.refreshSession";
        let auth = Auth::Bearer(&old.refresh);
        let answer = self
            .xrpc
            .procedure(&account.server, method, None, auth, ctx.clock)
            .await
            .map_err(|error| errors::refusal(&error, Doing::Refreshing, &account.handle))?;
        let same = answer
            .get("did")
            .and_then(Value::as_str)
            .is_none_or(|did| did == account.remote_id);
        match Tokens::of_answer(&answer, ctx.clock.now()) {
            Some(tokens) if same => Ok(tokens),
            _ => Err(errors::refusal(
                &CallError::Strange {
                    status: 200,
                    detail: "refreshSession without tokens".to_owned(),
                },
                Doing::Refreshing,
                &account.handle,
            )),
        }
    }
}

/// Whether an answer says that the access token is not good any more.
fn is_stale(error: &CallError) -> bool {
    ["ExpiredToken", "InvalidToken", "BadJwt"]
        .iter()
        .any(|name| error.is(name))
        || matches!(error, CallError::Answered(e) if e.status == 401 && e.error == "AuthMissing")
}

/// Why a call with a session failed.
#[derive(Debug)]
pub enum Failed {
    /// Before the call was made.
    Before(Refusal),
    /// In the call.
    Call(CallError),
}

impl Failed {
    /// As a refusal, for calls that show nothing.
    #[must_use]
    pub fn into_refusal(self, handle: &str) -> Refusal {
        match self {
            Self::Before(refusal) => refusal,
            Self::Call(error) => errors::refusal(&error, Doing::Calling, handle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"iat":1000,"exp":8200}` between dots.
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJpYXQiOjEwMDAsImV4cCI6ODIwMH0.c2ln";

    #[test]
    fn the_life_of_a_token_is_counted_from_its_arrival() {
        assert_eq!(lifetime(TOKEN), Some(Duration::from_hours(2)));
        let now = Timestamp::from_millis(7_000_000_000_000);
        let answer = json!({ "accessJwt": TOKEN, "refreshJwt": "r" });
        let tokens = Tokens::of_answer(&answer, now).unwrap();
        assert_eq!(
            tokens.access_ends,
            Some(now.plus(Duration::from_hours(2)).minus(MARGIN))
        );
        for odd in ["", "a.b.c", "a.!.c", "opaque"] {
            assert_eq!(lifetime(odd), None, "{odd}");
        }
    }

    #[test]
    fn tokens_never_print() {
        let answer = json!({ "accessJwt": TOKEN, "refreshJwt": "refresh-secret" });
        let tokens = Tokens::of_answer(&answer, Timestamp::from_millis(0)).unwrap();
        let printed = format!("{tokens:?}{:?}", tokens.stored());
        assert!(
            !printed.contains("eyJ") && !printed.contains("refresh-secret"),
            "{printed}"
        );
    }
}
