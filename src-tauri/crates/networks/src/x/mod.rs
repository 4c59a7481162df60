//! X (API v2), through an app of the person's own.
//!
//! What was looked up beyond the documentation: the developer console is at `console.x.com`, an app of
//! the type *Native App* is a public client, and addresses on this computer have to be spelt
//! `127.0.0.1` (developer apps page, 2026). Weights of characters are those of `twitter-text` 3. The
//! renaming of `tweet.fields` to `post.fields` in the API's description of August 2026 is met by
//! reading both spellings and asking with the other one when the first is refused. Not verified
//! against the live service: how late a post shows in its own timeline, for how long the same words
//! count as a duplicate, and what failed calls cost.

mod captions;
mod catalogue;
mod client;
mod confirm;
mod errors;
mod pieces;
mod publish;
mod sign_in;
mod text;
mod upload;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::{Fix, Problem};
use model::money::dollars;
use model::{AccountId, Timestamp};
use reqwest::Method;
use serde_json::Value;

use crate::api::Api;
use crate::catalogue::{Entry, PricedFor};
use crate::check;
use crate::connector::{
    Begun, CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome,
    PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::edited::facts_at;
use crate::http::{Clients, HttpConfig, HttpError};
use crate::looking::Missed;
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::Sessions;

pub use catalogue::KEY;

/// The connector of X.
pub struct X {
    entry: Entry,
    api: Api,
    /// Where calls go.
    origin: String,
    /// Where the browser is sent.
    authorize: String,
    sessions: Sessions,
    /// What a second of the network's waits is.
    second: Duration,
    missed: Missed,
}

impl X {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            origin: addresses.of(KEY, "https://api.x.com"),
            authorize: format!("{}/i/oauth2/authorize", addresses.of(KEY, "https://x.com")),
            sessions: Sessions::default(),
            second: Duration::from_secs(1),
            missed: Missed::default(),
        })
    }

    /// The same with shorter seconds while the network works on a file or has trouble: for tests.
    #[must_use]
    pub fn with_second(mut self, second: Duration) -> Self {
        self.second = second;
        self
    }
}

#[async_trait]
impl Connector for X {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common_measured(&self.entry, &input, |of| self.measure(of));
        for (n, segment) in input.segments.iter().enumerate() {
            let spans = text::find(&segment.text);
            if spans
                .iter()
                .filter(|f| f.what == text::What::Cashtag)
                .count()
                > 1
            {
                let message = "X takes one cashtag such as $ABC in a post that comes from an app.";
                found.error("cashtags", Some(n), message.to_owned(), vec![Fix::Tailor]);
            }
            if spans.iter().any(|f| f.what == text::What::Link) {
                let price = |of| dollars(self.entry.price(of).unwrap_or(0));
                let message = format!(
                    "X charges {} for a post with a link in it, and about {} without.",
                    price(PricedFor::SegmentWithLink),
                    price(PricedFor::Segment)
                );
                found.warning("link_costs", Some(n), message, vec![Fix::Tailor]);
            }
            let gif = |index: &usize| {
                facts_at(&input, n, *index).is_some_and(|facts| facts.mime == "image/gif")
            };
            let last = (0..segment.media.len()).rev().find(gif);
            if let Some(index) = last.filter(|_| segment.media.len() > 1) {
                let index = index as u32;
                let message = "X takes a GIF alone, without other pictures beside it.".to_owned();
                let fixes = vec![Fix::RemoveMedia { index }, Fix::Tailor];
                found.error("gif_alone", Some(n), message, fixes);
            }
        }
        found.into_problems()
    }

    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        let moving = of.file.mime == "image/gif" && of.together.len() == 1;
        Some(upload::picture_limits(moving))
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        text::measure(of.text, catalogue::longest(of.account))
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        sending::prepared(job, ctx)
    }

    fn shows_at_once(&self, job: &Job) -> Option<String> {
        let plain = job.segments.first().is_some_and(|s| s.media.is_empty());
        let first = job.done.is_empty() && job.first_sent_try_at.is_none();
        (plain && first).then(|| publish::segment_key(0))
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![
            self.sign_in_with_token(account_id, &fields, ctx).await?,
        ])
    }

    async fn begin(
        &self,
        _method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_in_browser(fields, redirect, ctx)
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![
            self.finish_in_browser(account_id, begun, answer, ctx)
                .await?,
        ])
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

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let answer = self.get(account, "/2/users/me", &sign_in::ME, ctx).await?;
        sign_in::signed_in(&answer).ok_or_else(|| sign_in::odd_answer(&answer))
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.revoke(account, ctx).await
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
        // From the end, so that what is left after a failure is still a whole thread.
        for id in publish::ids_of(delivered).iter().rev() {
            self.delete_post(account, id, ctx).await?;
        }
        Ok(())
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let query = [
            ("ids", delivered.remote_id.as_str()),
            ("tweet.fields", "public_metrics"),
        ];
        let call = self.call(account, Method::GET, "/2/tweets", ctx, |call| {
            call.query(&query)
        });
        let answer = self.paid(account, PricedFor::Numbers, ctx, call).await;
        let answer = answer.map_err(|failed| client::told(failed, account, ctx))?;
        let numbers = answer.pointer("/data/0/public_metrics");
        Ok(numbers.map(|numbers| {
            let number = |names: &[&str]| {
                let found = names.iter().find_map(|name| numbers.get(*name));
                found.and_then(Value::as_u64)
            };
            Metrics {
                likes: number(&["like_count"]),
                reposts: number(&["retweet_count", "repost_count"]),
                replies: number(&["reply_count"]),
                quotes: number(&["quote_count"]),
                views: number(&["impression_count"]),
            }
        }))
    }
}
