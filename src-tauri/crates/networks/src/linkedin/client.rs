//! Calls on LinkedIn: the headers every one of them needs, and names in addresses.

use std::fmt::Write;

use model::account::Account;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{LinkedIn, errors};
use crate::api::{Answer, Failed, bearer};
use crate::connector::{Ctx, Refusal};
use crate::tokens::CallFailed;
use crate::vault::Secret;

/// The version of the interface that is spoken; each is alive for at least a year.
const VERSION: &str = "202609";
/// Posts of a page that one call reads.
const FEED_POSTS: usize = 10;

/// Why a call with tokens failed.
pub(super) type CallError = CallFailed<Failed>;

/// The access token is not taken any more.
pub(super) fn stale(failed: &Failed) -> bool {
    failed.status() == Some(401)
}

/// A name as a part of an address: only letters and digits stay what they are.
pub(super) fn encoded(urn: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    urn.bytes().fold(String::new(), |mut out, b| {
        if plain(b) {
            out.push(char::from(b));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// The headers of every call.
pub(super) fn signed(call: RequestBuilder, token: &Secret) -> RequestBuilder {
    bearer(call, token)
        .header("LinkedIn-Version", VERSION)
        .header("X-Restli-Protocol-Version", "2.0.0")
}

/// A good answer without what it has to hold.
pub(super) fn odd(what: &str) -> Failed {
    Failed::Answered(Answer {
        status: 200,
        headers: HeaderMap::new(),
        body: what.as_bytes().to_vec(),
    })
}

/// A failed call as a refusal, where nothing was to be shown.
pub(super) fn told(failed: CallError, account: &Account, ctx: Ctx<'_>) -> Refusal {
    failed.into_refusal(|f| errors::refusal(&f, &account.handle, ctx.clock.now()))
}

impl LinkedIn {
    /// A call of the account; `make` adds the body.
    pub(super) async fn call(
        &self,
        account: &Account,
        method: Method,
        path: &str,
        ctx: Ctx<'_>,
        make: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, CallError> {
        let address = format!("{}{path}", self.origin);
        let (address, make) = (&address, &make);
        self.sessions
            .call(account, self, stale, ctx, |tokens| {
                let method = method.clone();
                async move {
                    let call = self.api.call(method, address).await?;
                    self.api.send(make(signed(call, &tokens.access))).await
                }
            })
            .await
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        account: &Account,
        path: &str,
        ctx: Ctx<'_>,
    ) -> Result<Value, CallError> {
        let answer = self
            .call(account, Method::GET, path, ctx, |call| call)
            .await?;
        answer
            .json()
            .ok_or(CallFailed::Call(Failed::Answered(answer)))
    }

    /// Asks for something with a body, such as where to upload.
    pub(super) async fn ask(
        &self,
        account: &Account,
        path: &str,
        body: &Value,
        ctx: Ctx<'_>,
    ) -> Result<Value, CallError> {
        let answer = self
            .call(account, Method::POST, path, ctx, |call| call.json(body))
            .await?;
        answer
            .json()
            .ok_or(CallFailed::Call(Failed::Answered(answer)))
    }

    /// Creates a post: the call that shows. Its name comes in a header.
    pub(super) async fn create(
        &self,
        account: &Account,
        post: &Value,
        ctx: Ctx<'_>,
    ) -> Result<String, CallError> {
        let answer = self
            .call(account, Method::POST, "/rest/posts", ctx, |call| {
                call.json(post)
            })
            .await?;
        let urn = answer
            .header("x-restli-id")
            .filter(|u| u.starts_with("urn:li:"));
        match urn {
            Some(urn) => Ok(urn.to_owned()),
            None => Err(CallFailed::Call(Failed::Answered(answer))),
        }
    }

    /// Deletes a post; one that is gone counts as deleted.
    pub(super) async fn delete_post(
        &self,
        account: &Account,
        urn: &str,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let path = format!("/rest/posts/{}", encoded(urn));
        let deleted = self
            .call(account, Method::DELETE, &path, ctx, |call| {
                call.header("X-RestLi-Method", "DELETE")
            })
            .await;
        match deleted {
            Ok(_) => Ok(()),
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => Ok(()),
            Err(failed) => Err(told(failed, account, ctx)),
        }
    }

    /// So many posts of a page, those that were changed last first, from the one with this number on, and
    /// with which number more begin. A list may leave posts out, so only the link says whether it ends; where
    /// there is no link, a full list may go on.
    pub(super) async fn feed(
        &self,
        account: &Account,
        start: usize,
        ctx: Ctx<'_>,
    ) -> Result<(Vec<Value>, Option<usize>), Refusal> {
        let path = format!(
            "/rest/posts?author={}&q=author&start={start}&count={FEED_POSTS}&sortBy=LAST_MODIFIED",
            encoded(&account.remote_id)
        );
        let answer = self
            .call(account, Method::GET, &path, ctx, |call| {
                call.header("X-RestLi-Method", "FINDER")
            })
            .await;
        let answer = answer.map_err(|failed| told(failed, account, ctx))?;
        let body = answer.json().unwrap_or_default();
        let Some(posts) = body.get("elements").and_then(Value::as_array) else {
            let failed = CallFailed::Call(Failed::Answered(answer));
            return Err(told(failed, account, ctx));
        };
        let links = body.pointer("/paging/links").and_then(Value::as_array);
        let linked = links
            .into_iter()
            .flatten()
            .any(|link| link["rel"] == "next");
        let more = linked || posts.len() >= FEED_POSTS;
        Ok((posts.clone(), more.then_some(start + FEED_POSTS)))
    }

    /// The numbers of a page's post.
    pub(super) async fn statistics(
        &self,
        account: &Account,
        urn: &str,
        ctx: Ctx<'_>,
    ) -> Result<Value, Refusal> {
        let list = if urn.starts_with("urn:li:ugcPost:") {
            "ugcPosts"
        } else {
            "shares"
        };
        let path = format!(
            "/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={}&{list}=List({})",
            encoded(&account.remote_id),
            encoded(urn)
        );
        self.get(account, &path, ctx)
            .await
            .map_err(|failed| told(failed, account, ctx))
    }

    /// Sends bytes to an address that LinkedIn named. Only LinkedIn itself gets them.
    pub(super) fn is_own(&self, address: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(address) else {
            return false;
        };
        let host = url.host_str().unwrap_or_default();
        let linkedin = host == "linkedin.com" || host.ends_with(".linkedin.com");
        address.starts_with(&format!("{}/", self.origin)) || (linkedin && url.scheme() == "https")
    }
}

/// The content type of raw bytes.
pub(super) fn raw(call: RequestBuilder, bytes: u64) -> RequestBuilder {
    call.header(CONTENT_TYPE, "application/octet-stream")
        .header(reqwest::header::CONTENT_LENGTH, bytes)
}
