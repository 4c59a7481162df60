//! Calls on Reddit with an account's tokens, under the name Reddit wants programs to have, and no faster
//! than it allows.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::account::Account;
use model::failure::{Category, Retry};
use model::{AccountId, Timestamp};
use reqwest::Method;
use serde_json::Value;

use super::catalogue::OWNER;
use super::{Reddit, errors};
use crate::api::{Answer, Api, Failed, bearer};
use crate::connector::{Ctx, Refusal};
use crate::tokens::{CallFailed, Tokens};

/// Why a call with tokens failed.
pub(super) type CallError = CallFailed<Failed>;

/// With fewer calls left than this, one waits.
const FEW: f64 = 2.0;
/// A wait longer than this is not believed: Reddit counts over ten minutes.
const MAX_WAIT: f64 = 600.0;

/// What a call carries.
#[derive(Clone, Copy)]
pub(super) enum Carry<'a> {
    Query(&'a [(&'a str, &'a str)]),
    Form(&'a [(&'static str, String)]),
    Json(&'a Value),
}

/// A failed call as a refusal, where nothing was to be shown.
pub(super) fn told(failed: CallError, account: &Account, ctx: Ctx<'_>) -> Refusal {
    failed.into_refusal(|f| errors::refusal(&f, &account.handle, ctx.clock.now()))
}

/// When accounts may call again, by what Reddit says with each answer.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<AccountId, Timestamp>>);

impl Pace {
    fn wait(&self, account: AccountId, now: Timestamp) -> Option<Timestamp> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&account).copied().filter(|until| *until > now)
    }

    fn note(&self, account: AccountId, answer: &Answer, now: Timestamp) {
        let number = |name: &str| answer.header(name)?.trim().parse::<f64>().ok();
        let Some((left, reset)) = number("x-ratelimit-remaining").zip(number("x-ratelimit-reset"))
        else {
            return;
        };
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if left < FEW && (0.0..=MAX_WAIT).contains(&reset) {
            held.insert(account, now.plus(Duration::from_secs_f64(reset)));
        } else {
            held.remove(&account);
        }
    }
}

impl Reddit {
    /// Calls under the name Reddit wants programs to have.
    pub(super) fn named(&self, owner: &str) -> Api {
        let (system, version) = (std::env::consts::OS, &self.version);
        self.api.named(&format!(
            "{system}:almanac-calendar:{version} (by /u/{owner})"
        ))
    }

    /// A call with tokens.
    pub(super) async fn with_tokens(
        &self,
        tokens: &Tokens,
        method: Method,
        path: &str,
        carry: Carry<'_>,
    ) -> Result<Answer, Failed> {
        let api = self.named(tokens.more(OWNER));
        let call = api.call(method, &format!("{}{path}", self.origin)).await?;
        // Without this Reddit writes `&`, `<` and `>` as HTML.
        let call = call.query(&[("raw_json", "1")]);
        let call = match carry {
            Carry::Query(query) => call.query(query),
            Carry::Form(form) => call.form(form),
            Carry::Json(json) => call.json(json),
        };
        api.send(bearer(call, &tokens.access)).await
    }

    /// A call of an account.
    pub(super) async fn ask(
        &self,
        account: &Account,
        method: Method,
        path: &str,
        carry: Carry<'_>,
        ctx: Ctx<'_>,
    ) -> Result<Value, CallError> {
        if let Some(until) = self.pace.wait(account.id, ctx.clock.now()) {
            let message = "Reddit asks to wait: too many requests for now.";
            let wait = Refusal::new(Category::RateLimited, Retry::At(until), message);
            return Err(CallFailed::Before(wait));
        }
        let answered = self
            .sessions
            .call(account, self, errors::stale, ctx, |tokens| {
                let method = method.clone();
                async move { self.with_tokens(&tokens, method, path, carry).await }
            })
            .await;
        let now = ctx.clock.now();
        match answered {
            Ok(answer) => {
                self.pace.note(account.id, &answer, now);
                errors::read(answer).map_err(CallFailed::Call)
            }
            Err(CallFailed::Call(Failed::Answered(answer))) => {
                self.pace.note(account.id, &answer, now);
                Err(CallFailed::Call(Failed::Answered(answer)))
            }
            Err(failed) => Err(failed),
        }
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        account: &Account,
        path: &str,
        query: &[(&str, &str)],
        ctx: Ctx<'_>,
    ) -> Result<Value, CallError> {
        self.ask(account, Method::GET, path, Carry::Query(query), ctx)
            .await
    }

    /// Sends a form.
    pub(super) async fn post(
        &self,
        account: &Account,
        path: &str,
        form: &[(&'static str, String)],
        ctx: Ctx<'_>,
    ) -> Result<Value, CallError> {
        self.ask(account, Method::POST, path, Carry::Form(form), ctx)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    #[test]
    fn one_waits_only_when_hardly_any_calls_are_left() {
        let account = AccountId(uuid::Uuid::from_u128(1));
        let now = Timestamp::from_millis(1_778_742_300_000);
        let pace = Pace::default();
        let said = |left: &str, reset: &str| {
            let headers = [
                ("x-ratelimit-remaining", left),
                ("x-ratelimit-reset", reset),
            ];
            let answer = Answer {
                status: 200,
                headers: headers
                    .iter()
                    .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                    .collect::<HeaderMap>(),
                body: vec![],
            };
            pace.note(account, &answer, now);
            pace.wait(account, now)
        };
        assert_eq!(said("99.0", "300"), None);
        let until = now.plus(Duration::from_secs(42));
        assert_eq!(said("1.0", "42"), Some(until));
        assert_eq!(pace.wait(account, until), None);
        assert_eq!(said("0", "99999"), None);
        assert_eq!(said("none", "42"), None);
    }
}
