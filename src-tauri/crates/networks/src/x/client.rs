//! Calls on X with an account's tokens.

use model::account::Account;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{X, errors};
use crate::api::{Failed, bearer};
use crate::catalogue::PricedFor;
use crate::connector::{Ctx, Refusal};
use crate::money;
use crate::tokens::CallFailed;

/// Why a call with tokens failed.
pub(super) type CallError = CallFailed<Failed>;

/// The access token is not taken any more.
pub(super) fn stale(failed: &Failed) -> bool {
    failed.status() == Some(401)
}

/// A failed call as a refusal, where nothing was to be shown.
pub(super) fn told(failed: CallError, account: &Account, ctx: Ctx<'_>) -> Refusal {
    failed.into_refusal(|f| errors::refusal(&f, &account.handle, ctx.clock.now()))
}

impl X {
    /// A call of the account; `make` adds the body.
    pub(super) async fn call(
        &self,
        account: &Account,
        method: Method,
        path: &str,
        ctx: Ctx<'_>,
        make: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync,
    ) -> Result<Value, CallError> {
        let address = format!("{}{path}", self.origin);
        let (address, make) = (&address, &make);
        self.sessions
            .call(account, self, stale, ctx, |tokens| {
                let method = method.clone();
                async move {
                    let call = bearer(self.api.call(method, address).await?, &tokens.access);
                    self.api.json(make(call)).await
                }
            })
            .await
    }

    /// The same for a call that X charges for.
    pub(super) async fn paid<T: Send>(
        &self,
        account: &Account,
        of: PricedFor,
        ctx: Ctx<'_>,
        call: impl Future<Output = Result<T, CallError>> + Send,
    ) -> Result<T, CallError> {
        money::paid(&self.entry, account, of, ctx, call).await
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        account: &Account,
        path: &str,
        query: &[(&str, &str)],
        ctx: Ctx<'_>,
    ) -> Result<Value, Refusal> {
        self.call(account, Method::GET, path, ctx, |call| call.query(query))
            .await
            .map_err(|failed| told(failed, account, ctx))
    }

    /// Creates a post: the call that shows. `of` is what X charges for it.
    pub(super) async fn create(
        &self,
        account: &Account,
        post: &Value,
        of: PricedFor,
        ctx: Ctx<'_>,
    ) -> Result<String, CallError> {
        let call = self.call(account, Method::POST, "/2/tweets", ctx, |call| {
            call.json(post)
        });
        let answer = self.paid(account, of, ctx, call).await?;
        let id = answer.pointer("/data/id").and_then(Value::as_str);
        id.filter(|id| !id.is_empty())
            .map(str::to_owned)
            // It was taken, and nothing says under which name.
            .ok_or_else(|| CallFailed::Call(Failed::Cut("an answer without an id".to_owned())))
    }

    /// Deletes a post; one that is gone counts as deleted.
    pub(super) async fn delete_post(
        &self,
        account: &Account,
        id: &str,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let path = format!("/2/tweets/{id}");
        let call = self.call(account, Method::DELETE, &path, ctx, |call| call);
        match self.paid(account, PricedFor::Delete, ctx, call).await {
            Ok(_) => Ok(()),
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => Ok(()),
            Err(failed) => Err(told(failed, account, ctx)),
        }
    }

    /// Gives an uploaded picture its description.
    pub(super) async fn describe(
        &self,
        account: &Account,
        media: &str,
        alt: &str,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let body = json!({ "id": media, "metadata": { "alt_text": { "text": alt } } });
        let call = self.call(account, Method::POST, "/2/media/metadata", ctx, |call| {
            call.json(&body)
        });
        let answer = self.paid(account, PricedFor::AltText, ctx, call).await;
        answer
            .map(|_| ())
            .map_err(|failed| told(failed, account, ctx))
    }
}
