//! Pinterest: pins with a picture or a video, through an app of the person's own (API v5).
//!
//! What was looked up: PKCE is not among what Pinterest describes; it is sent all the same, as the
//! standard lets servers pass over what they do not know. `localhost` with a port is what Pinterest's
//! own examples register as the redirect address. A refused token call is answered in Pinterest's own form (see `token.rs`).

mod catalogue;
mod confirm;
mod errors;
mod publish;
mod sign_in;
mod token;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::{Fix, Problem};
use model::{AccountId, Timestamp};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::api::{Api, Failed, bearer};
use crate::catalogue::Entry;
use crate::check::{self, grouped};
use crate::connector::{
    Begun, CheckInput, Choice, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics,
    Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::registry::Addresses;
use crate::sending;
use crate::spotting;
use crate::tokens::Sessions;
use crate::vault::Secret;
use catalogue::{OPTION_BOARD, OPTION_LINK, SHOWN_TEXT};

use sign_in::told;

pub use catalogue::KEY;

/// Pages of boards that are read.
const MAX_PAGES: usize = 8;

/// The connector of Pinterest.
pub struct Pinterest {
    entry: Entry,
    api: Api,
    server: String,
    www: String,
    sessions: Sessions,
    first_wait: Duration,
}

impl Pinterest {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            server: addresses.of(KEY, "https://api.pinterest.com"),
            www: addresses.of(KEY, "https://www.pinterest.com"),
            sessions: Sessions::default(),
            first_wait: Self::first_wait(http.timeouts.call),
        })
    }

    async fn get(
        &self,
        token: &Secret,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Value, Failed> {
        let address = format!("{}{path}", self.server);
        let request = self.api.call(Method::GET, &address).await?.query(query);
        self.api.json(bearer(request, token)).await
    }

    async fn post(&self, token: &Secret, path: &str, input: &Value) -> Result<Value, Failed> {
        let (address, body) = (format!("{}{path}", self.server), input.to_string());
        let bytes = body.len() as u64;
        let request = self.api.upload(Method::POST, &address, bytes).await?;
        let request = request
            .header("content-type", "application/json")
            .body(body);
        self.api.json(bearer(request, token)).await
    }

    /// The account's boards, each with its name.
    async fn boards(&self, account: &Account, ctx: Ctx<'_>) -> Result<Vec<Choice>, Refusal> {
        let mut boards = Vec::new();
        let mut bookmark = String::new();
        for _ in 0..MAX_PAGES {
            let mut query = vec![("page_size", "250".to_owned())];
            if !bookmark.is_empty() {
                query.push(("bookmark", bookmark));
            }
            let page = self
                .sessions
                .call(account, self, errors::stale, ctx, |tokens| {
                    let query = &query;
                    async move { self.get(&tokens.access, "/v5/boards", query).await }
                })
                .await;
            let page = page.map_err(|failed| told(failed, account, ctx))?;
            for board in page["items"].as_array().into_iter().flatten() {
                let text = |name: &str| board[name].as_str().map(str::to_owned);
                if let (Some(value), Some(label)) = (text("id"), text("name")) {
                    boards.push(Choice { value, label });
                }
            }
            bookmark = next_page(&page);
            if bookmark.is_empty() {
                break;
            }
        }
        Ok(boards)
    }
}

/// Where the next page begins; empty after the last.
fn next_page(page: &Value) -> String {
    page["bookmark"].as_str().unwrap_or_default().to_owned()
}

#[async_trait]
impl Connector for Pinterest {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let text = input.segments.first().map_or("", |s| s.text.trim());
        let units = text.encode_utf16().count() as u64;
        if units > u64::from(SHOWN_TEXT) && units <= 800 {
            let message = format!(
                "Pinterest shows {SHOWN_TEXT} characters of a description; this has {}.",
                grouped(units)
            );
            let fixes = vec![Fix::Shorten { from: SHOWN_TEXT }];
            found.warning("text_not_all_shown", Some(0), message, fixes);
        }
        let link = publish::text_of(&input.draft.options, OPTION_LINK);
        let good = Url::parse(link)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
        if !link.is_empty() && !good {
            found.error(
                "link_odd",
                None,
                "The pin's link has to begin with https://.".to_owned(),
                vec![Fix::SetOption {
                    name: OPTION_LINK.to_owned(),
                }],
            );
        }
        found.into_problems()
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(publish::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        spotting::spans(text, |rest, before| {
            let bytes = spotting::word_after('#', rest, before)?;
            Some((bytes, crate::connector::SpanKind::Tag))
        })
    }

    fn freeze(&self, _job: &Job, _ctx: Ctx<'_>) -> Value {
        // Pinterest has no key that a pin could be known by.
        json!({})
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![self.sign_in_with(account_id, &fields, ctx).await?])
    }

    async fn begin(
        &self,
        _method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_now(fields, redirect, ctx)
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let found = self.finish_now(account_id, begun, answer, ctx).await?;
        Ok(vec![found])
    }

    async fn sign_in_ends(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        self.sessions.sign_in_ends(account.id, ctx).await
    }

    async fn renew_sign_in(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let good = self.sessions.good(account, self, None, ctx).await;
        good.map(drop)
    }

    async fn choices(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        if option != OPTION_BOARD {
            return Ok(vec![]);
        }
        let wanted = query.trim().to_lowercase();
        let mut boards = self.boards(account, ctx).await?;
        boards.retain(|board| board.label.to_lowercase().contains(&wanted));
        Ok(boards)
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        // Pinterest ends such tokens only in its own settings: it is forgotten here.
        self.sessions.take(account.id, ctx).await.map(drop)
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let address = format!("{}/v5/pins/{}", self.server, delivered.remote_id);
        let deleted = self
            .sessions
            .call(account, self, errors::stale, ctx, |tokens| {
                let address = &address;
                async move {
                    let request = self.api.call(Method::DELETE, address).await?;
                    match self.api.send(bearer(request, &tokens.access)).await {
                        Err(failed) if errors::already_gone(&failed) => Ok(()),
                        other => other.map(drop),
                    }
                }
            })
            .await;
        deleted.map_err(|failed| told(failed, account, ctx))
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let path = format!("/v5/pins/{}", delivered.remote_id);
        let query = [("pin_metrics", "true".to_owned())];
        let pin = self
            .sessions
            .call(account, self, errors::stale, ctx, |tokens| {
                let (path, query) = (&path, &query);
                async move {
                    match self.get(&tokens.access, path, query).await {
                        Err(failed) if errors::already_gone(&failed) => Ok(Value::Null),
                        other => other,
                    }
                }
            })
            .await;
        let pin = pin.map_err(|failed| told(failed, account, ctx))?;
        let all = &pin["pin_metrics"]["lifetime_metrics"];
        let number = |name: &str| all[name].as_u64();
        Ok(all.is_object().then(|| Metrics {
            likes: number("reaction"),
            reposts: number("save"),
            replies: number("comment"),
            quotes: None,
            views: number("impression"),
        }))
    }
}
