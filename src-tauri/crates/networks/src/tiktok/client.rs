//! Calls on TikTok with an account's tokens. Every answer says in its body whether it is a good one,
//! whatever its status.

use model::account::Account;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::{TikTok, errors};
use crate::api::{Answer, Failed, bearer};
use crate::connector::{Ctx, Refusal};
use crate::tokens::CallFailed;
use crate::vault::Secret;

/// Why a call with tokens failed.
pub(super) type CallError = CallFailed<Failed>;

/// A failed call as a refusal, where nothing was to be shown.
pub(super) fn told(failed: CallError, account: &Account, ctx: Ctx<'_>) -> Refusal {
    failed.into_refusal(|f| errors::refusal(&f, &account.handle, ctx.clock.now()))
}

/// What an answer holds, if it is a good one.
#[expect(
    clippy::result_large_err,
    reason = "the same error as that of every call"
)]
pub(super) fn data(answer: Answer) -> Result<Value, Failed> {
    let mut body = answer.json().unwrap_or_default();
    let code = body.pointer("/error/code").and_then(Value::as_str);
    match code {
        Some("ok") => Ok(body["data"].take()),
        // A refusal with a good status is a refusal all the same.
        Some(code) if answer.status < 300 => Err(Failed::Answered(Answer {
            status: errors::status_of(code),
            ..answer
        })),
        _ => Err(Failed::Answered(answer)),
    }
}

impl TikTok {
    /// A call with a token; `input` makes it a POST.
    pub(super) async fn with_token(
        &self,
        token: &Secret,
        path: &str,
        input: Option<&Value>,
    ) -> Result<Value, Failed> {
        let method = if input.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let address = format!("{}{path}", self.origin);
        let mut call = bearer(self.api.call(method, &address).await?, token);
        if let Some(input) = input {
            call = call
                .header(CONTENT_TYPE, "application/json; charset=UTF-8")
                .body(input.to_string());
        }
        data(self.api.send(call).await?)
    }

    /// A call of an account.
    pub(super) async fn ask(
        &self,
        account: &Account,
        path: &str,
        input: Option<&Value>,
        ctx: Ctx<'_>,
    ) -> Result<Value, CallError> {
        self.sessions
            .call(account, self, errors::stale, ctx, |tokens| async move {
                self.with_token(&tokens.access, path, input).await
            })
            .await
    }

    /// Whether an address is one of TikTok's, or of the server that stands in.
    pub(super) fn is_own(&self, address: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(address) else {
            return false;
        };
        let host = url.host_str().unwrap_or_default();
        let tiktok = host == "tiktokapis.com" || host.ends_with(".tiktokapis.com");
        address.starts_with(&format!("{}/", self.origin)) || (tiktok && url.scheme() == "https")
    }
}
