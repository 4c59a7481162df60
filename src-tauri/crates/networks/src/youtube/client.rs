//! Calls on YouTube with an account's tokens.

use model::account::Account;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{YouTube, errors};
use crate::api::{Answer, Failed, bearer};
use crate::connector::{Choice, Ctx, Refusal};
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

impl YouTube {
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
                    self.api.send(make(bearer(call, &tokens.access))).await
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
    ) -> Result<Value, Refusal> {
        let answer = self
            .call(account, Method::GET, path, ctx, |call| call)
            .await;
        let answer = answer.map_err(|failed| told(failed, account, ctx))?;
        answer.json().ok_or_else(|| {
            let failed = CallFailed::Call(Failed::Answered(answer));
            told(failed, account, ctx)
        })
    }

    /// Deletes a video; one that is gone counts as deleted.
    pub(super) async fn delete_video(
        &self,
        account: &Account,
        id: &str,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let path = format!("/youtube/v3/videos?id={id}");
        match self
            .call(account, Method::DELETE, &path, ctx, |call| call)
            .await
        {
            Ok(_) => Ok(()),
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => Ok(()),
            Err(failed) => Err(told(failed, account, ctx)),
        }
    }

    /// The playlists of the channel whose names hold what was typed.
    pub(super) async fn playlists(
        &self,
        account: &Account,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let path = "/youtube/v3/playlists?part=snippet&mine=true&maxResults=50";
        let answer = self.get(account, path, ctx).await?;
        let items = answer.get("items").and_then(Value::as_array);
        let wanted = query.trim().to_lowercase();
        Ok(items
            .into_iter()
            .flatten()
            .filter_map(|item| {
                let id = item.get("id")?.as_str()?;
                let title = item.pointer("/snippet/title")?.as_str()?;
                title.to_lowercase().contains(&wanted).then(|| Choice {
                    value: id.to_owned(),
                    label: title.to_owned(),
                })
            })
            .collect())
    }

    /// Adds a video to a playlist.
    pub(super) async fn add_to_playlist(
        &self,
        account: &Account,
        playlist: &str,
        video: &str,
        ctx: Ctx<'_>,
    ) -> Result<(), CallError> {
        let body = json!({ "snippet": {
            "playlistId": playlist, "resourceId": { "kind": "youtube#video", "videoId": video },
        }});
        let path = "/youtube/v3/playlistItems?part=snippet";
        self.call(account, Method::POST, path, ctx, |call| call.json(&body))
            .await
            .map(|_| ())
    }

    /// Whether an address is one of Google's, or of the server that stands in.
    pub(super) fn is_own(&self, address: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(address) else {
            return false;
        };
        let host = url.host_str().unwrap_or_default();
        let google = host == "www.googleapis.com" || host.ends_with(".googleapis.com");
        address.starts_with(&format!("{}/", self.origin)) || (google && url.scheme() == "https")
    }
}
