//! Sessions of the AT Protocol: how they are made, renewed and ended.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::{AccountId, Timestamp};
use serde_json::Value;

use super::client::{Auth, CallError, Xrpc};
use super::errors::{self, Doing};
use crate::connector::{Ctx, Refusal};
use crate::tokens::{self, CallFailed, Renew, Tokens};
use crate::vault::Secret;

/// Why a call with a session failed.
pub type Failed = CallFailed<CallError>;

impl Failed {
    /// As a refusal, for calls that show nothing.
    #[must_use]
    pub fn told(self, handle: &str) -> Refusal {
        self.into_refusal(|error| errors::refusal(&error, Doing::Calling, handle))
    }
}

/// Reads the tokens of an answer. Their life is counted from now, so that a wrong clock on either
/// side does no harm.
#[must_use]
pub fn of_answer(answer: &Value, now: Timestamp) -> Option<Tokens> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let access = text("accessJwt")?;
    Some(Tokens {
        access_ends: lifetime(access).map(|life| now.plus(life)),
        refresh: Some(Secret::new(text("refreshJwt")?)),
        ..Tokens::lasting(Secret::new(access))
    })
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

/// The sessions of all accounts.
pub struct Sessions {
    xrpc: Xrpc,
    tokens: tokens::Sessions,
}

#[async_trait]
impl Renew for Xrpc {
    fn network(&self) -> &'static str {
        "Bluesky"
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let method = "com.atproto.server.refreshSession";
        let auth = Auth::Bearer(old.refresh.as_ref().unwrap_or(&old.access));
        let answer = self
            .procedure(&account.server, method, None, auth, ctx.clock)
            .await
            .map_err(|error| errors::refusal(&error, Doing::Refreshing, &account.handle))?;
        let same = answer
            .get("did")
            .and_then(Value::as_str)
            .is_none_or(|did| did == account.remote_id);
        match of_answer(&answer, ctx.clock.now()) {
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

impl Sessions {
    /// No session yet.
    #[must_use]
    pub fn new(xrpc: Xrpc) -> Self {
        Self {
            xrpc,
            tokens: tokens::Sessions::default(),
        }
    }

    /// Keeps new tokens of an account.
    pub async fn keep(
        &self,
        account: AccountId,
        tokens: Tokens,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.tokens.keep(account, tokens, ctx).await
    }

    /// Lets go of the tokens in memory.
    pub fn let_go(&self, account: AccountId) {
        self.tokens.let_go(account);
    }

    /// Ends the session at the server and forgets it, also when the server does not answer: whoever
    /// removes an account wants its tokens gone.
    pub async fn end(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let Some(tokens) = self.tokens.take(account.id, ctx).await? else {
            return Ok(());
        };
        let method = "com.atproto.server.deleteSession";
        let auth = Auth::Bearer(tokens.refresh.as_ref().unwrap_or(&tokens.access));
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

    /// Makes a call with a good access token.
    pub async fn call<T, F, Fut>(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
        call: F,
    ) -> Result<T, Failed>
    where
        F: Fn(Secret) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, CallError>> + Send,
        T: Send,
    {
        self.tokens
            .call(account, &self.xrpc, is_stale, ctx, |tokens| {
                call(tokens.access)
            })
            .await
    }
}

/// Whether an answer says that the access token is not good any more.
fn is_stale(error: &CallError) -> bool {
    ["ExpiredToken", "InvalidToken", "BadJwt"]
        .iter()
        .any(|name| error.is(name))
        || matches!(error, CallError::Answered(e) if e.status == 401 && e.error == "AuthMissing")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `{"iat":1000,"exp":8200}` between dots.
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJpYXQiOjEwMDAsImV4cCI6ODIwMH0.c2ln";

    #[test]
    fn the_life_of_a_token_is_counted_from_its_arrival() {
        assert_eq!(lifetime(TOKEN), Some(Duration::from_hours(2)));
        let now = Timestamp::from_millis(7_000_000_000_000);
        let answer = json!({ "accessJwt": TOKEN, "refreshJwt": "r" });
        let tokens = of_answer(&answer, now).unwrap();
        assert_eq!(tokens.access_ends, Some(now.plus(Duration::from_hours(2))));
        for odd in ["", "a.b.c", "a.!.c", "opaque"] {
            assert_eq!(lifetime(odd), None, "{odd}");
        }
    }

    #[test]
    fn tokens_never_print() {
        let answer = json!({ "accessJwt": TOKEN, "refreshJwt": "refresh-secret" });
        let tokens = of_answer(&answer, Timestamp::from_millis(0)).unwrap();
        let printed = format!("{tokens:?}");
        assert!(
            !printed.contains("eyJ") && !printed.contains("refresh-secret"),
            "{printed}"
        );
    }
}
