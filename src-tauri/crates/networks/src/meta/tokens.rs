//! Tokens that live sixty days and can be prolonged while they live, without any secret of the app.
//! One that ran out cannot be renewed: a person has to sign in again.
//!
//! Prolonging is tried a week after the last time and then every day, so that a token that cannot be
//! prolonged just now goes on being used for as long as it lives. The networks document the token as
//! a parameter of that call; it stands in no error and no log.

use std::time::Duration;

use async_trait::async_trait;
use model::Timestamp;
use model::account::Account;
use reqwest::Method;
use serde_json::Value;

use crate::api::Api;
use crate::connector::{Ctx, Refusal};
use crate::tokens::{Renew, Tokens, signed_out};
use crate::vault::Secret;

/// How long a token lives.
pub const LIFE: Duration = Duration::from_hours(60 * 24);
/// When prolonging begins.
const PROLONG_AFTER: Duration = Duration::from_hours(7 * 24);
/// When it is tried again; a token younger than a day cannot be prolonged.
const AGAIN_AFTER: Duration = Duration::from_hours(25);

/// A long-lived token. It is its own refresh token.
#[must_use]
pub fn long(access: Secret, life: Duration, now: Timestamp) -> Tokens {
    Tokens {
        refresh: Some(access.clone()),
        access_ends: Some(now.plus(PROLONG_AFTER.min(life / 2))),
        sign_in_ends: Some(now.plus(life)),
        ..Tokens::lasting(access)
    }
}

/// How a network prolongs tokens.
pub struct Prolong<'a> {
    /// Calls.
    pub api: &'a Api,
    /// Its name.
    pub network: &'a str,
    /// Where.
    pub address: String,
    /// The grant's name there, such as `th_refresh_token`.
    pub grant: &'static str,
}

impl Prolong<'_> {
    /// A token of unknown age: prolonged if that can be, else taken as new.
    pub async fn adopt(&self, access: Secret, now: Timestamp) -> Tokens {
        match self.ask(&access, now).await {
            Some(tokens) => tokens,
            None => Tokens {
                access_ends: Some(now.plus(AGAIN_AFTER)),
                ..long(access, LIFE, now)
            },
        }
    }

    async fn ask(&self, access: &Secret, now: Timestamp) -> Option<Tokens> {
        let call = self.api.call(Method::GET, &self.address).await.ok()?;
        let query = [
            ("grant_type", self.grant),
            ("access_token", access.reveal()),
        ];
        let answer = self.api.json(call.query(&query)).await.ok()?;
        read(&answer, now)
    }
}

/// A long-lived token in an answer.
#[must_use]
pub fn read(answer: &Value, now: Timestamp) -> Option<Tokens> {
    let access = answer.get("access_token")?.as_str()?;
    let life = answer.get("expires_in").and_then(Value::as_u64);
    let life = life.map_or(LIFE, Duration::from_secs);
    Some(long(Secret::new(access), life, now))
}

#[async_trait]
impl Renew for Prolong<'_> {
    fn network(&self) -> &str {
        self.network
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let now = ctx.clock.now();
        let Some(ends) = old.sign_in_ends.filter(|ends| now < *ends) else {
            return Err(signed_out(self.network, &account.handle));
        };
        let prolonged = self.ask(&old.access, now).await;
        Ok(match prolonged {
            Some(tokens) => Tokens {
                more: old.more.clone(),
                ..tokens
            },
            None => Tokens {
                access_ends: Some(now.plus(AGAIN_AFTER).min(ends)),
                ..old.clone()
            },
        })
    }
}
