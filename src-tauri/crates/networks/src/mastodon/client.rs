//! Calls on the server of an account, with its tokens.

use async_trait::async_trait;
use model::account::Account;
use reqwest::Method;
use serde_json::Value;

use super::app::{App, provider};
use super::errors::{self, Doing};
use super::{Mastodon, catalogue};
use crate::api::{Answer, Failed, bearer};
use crate::connector::{Ctx, Refusal};
use crate::tokens::{CallFailed, Renew, Tokens};

/// What a call carries.
#[derive(Debug, Clone, Copy)]
pub enum Carry<'a> {
    /// Nothing but its path.
    Nothing,
    /// Parameters.
    Query(&'a [(&'a str, &'a str)]),
    /// A body, and a key under which the server does it once.
    Once(&'a Value, &'a str),
}

/// Whether an answer says that the token is not good any more.
pub fn stale(failed: &Failed) -> bool {
    failed.status() == Some(401)
}

impl Mastodon {
    /// Calls the server of an account.
    pub(super) async fn ask(
        &self,
        account: &Account,
        method: Method,
        path: &str,
        carry: Carry<'_>,
        ctx: Ctx<'_>,
    ) -> Result<Answer, CallFailed<Failed>> {
        let address = format!("{}{path}", account.server);
        let (api, address, method) = (&self.api, &address, &method);
        let call = |tokens: Tokens| async move {
            let request = api.call(method.clone(), address).await?;
            let request = bearer(request, &tokens.access);
            let request = match carry {
                Carry::Nothing => request,
                Carry::Query(parameters) => request.query(parameters),
                Carry::Once(body, key) => request.header("Idempotency-Key", key).json(body),
            };
            api.send(request).await
        };
        self.sessions.call(account, self, stale, ctx, call).await
    }

    /// The same for a call that shows nothing and answers with JSON.
    pub(super) async fn read(
        &self,
        account: &Account,
        path: &str,
        carry: Carry<'_>,
        ctx: Ctx<'_>,
    ) -> Result<Answer, Refusal> {
        match self.ask(account, Method::GET, path, carry, ctx).await {
            Ok(answer) if answer.json().is_some() => Ok(answer),
            Ok(page) => Err(told(CallFailed::Call(Failed::Answered(page)), account, ctx)),
            Err(failed) => Err(told(failed, account, ctx)),
        }
    }
}

/// A failed call that shows nothing, as a refusal.
pub fn told(failed: CallFailed<Failed>, account: &Account, ctx: Ctx<'_>) -> Refusal {
    let now = ctx.clock.now();
    failed.into_refusal(|f| errors::refusal(&f, Doing::Calling, &account.handle, now))
}

/// Mastodon's own tokens last; other software gives some that end.
#[async_trait]
impl Renew for Mastodon {
    fn network(&self) -> &str {
        catalogue::NAME
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let app = App::of_tokens(old);
        let provider = provider(&account.server, &app, catalogue::NAME);
        let now = ctx.clock.now();
        let granted = provider.renew(&self.api, old, &account.handle, now).await?;
        Ok(granted.tokens)
    }
}
