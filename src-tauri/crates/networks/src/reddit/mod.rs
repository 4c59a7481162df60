//! Reddit: posts of text, links, pictures, galleries and videos, in communities and on the own profile
//! (Data API).
//!
//! Decided where documents are silent: PKCE is sent although Reddit never mentions it, since servers pass
//! over what they do not know; titles and texts are counted in UTF-16 units, the strictest reading; a
//! refresh token that comes with a renewal takes the place of the old one. What a picture or video became
//! is read in the account's own list and not over the websocket that Reddit names, which may stay silent.
//! Hashtags at the beginning of a line are kept from becoming headings.

mod catalogue;
mod check;
mod client;
mod comment;
mod confirm;
mod errors;
mod files;
mod places;
mod publish;
mod rules;
mod sign_in;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::Problem;
use model::{AccountId, Timestamp};
use serde_json::{Map, Value};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check as common;
use crate::connector::{
    Begun, CheckInput, Choice, CommentSeen, Commented, Confirmation, Connector, Ctx, Delivered,
    Job, Measure, Metrics, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan,
    TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::looking::Missed;
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::Sessions;
use catalogue::{OPTION_COMMUNITY, OPTION_FLAIR};
use client::{Pace, told};
use rules::Known;

pub use catalogue::KEY;

/// The connector of Reddit.
pub struct Reddit {
    entry: Entry,
    api: Api,
    /// The program's version, for the name Reddit wants it to have.
    version: String,
    /// Where calls go.
    origin: String,
    /// Where people sign in.
    www: String,
    sessions: Sessions,
    missed: Missed,
    pace: Pace,
    /// Rules of communities.
    known: Known,
    /// The first wait while Reddit works on a post.
    first_wait: Duration,
    /// How long a picture or video may take until it is listed.
    media_listed_after: Duration,
}

impl Reddit {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            version: http.version.clone(),
            origin: addresses.of(KEY, "https://oauth.reddit.com"),
            www: addresses.of(KEY, "https://www.reddit.com"),
            sessions: Sessions::default(),
            missed: Missed::default(),
            pace: Pace::default(),
            known: Known::default(),
            // Two seconds, where calls may take half a minute.
            first_wait: http.timeouts.call / 15,
            media_listed_after: Duration::from_mins(15),
        })
    }

    /// The same with less patience: for tests.
    #[must_use]
    pub fn hurried(mut self, first_wait: Duration) -> Self {
        self.first_wait = first_wait;
        self
    }
}

#[async_trait]
impl Connector for Reddit {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        check::problems(&self.entry, &input, &self.known)
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(files::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        common::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        sending::prepared(job, ctx)
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
        self.choices_beside(account, option, query, &Map::new(), ctx)
            .await
    }

    async fn choices_beside(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        chosen: &Map<String, Value>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        match option {
            OPTION_COMMUNITY => self.communities(account, query, ctx).await,
            OPTION_FLAIR => self.flairs(account, query, chosen, ctx).await,
            _ => Ok(vec![]),
        }
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sign_out_now(account, ctx).await
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    async fn comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        self.comment_now(account, delivered, words, ctx).await
    }

    async fn look_for_comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        self.look_for_comment_now(account, delivered, words, ctx)
            .await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        // One that is gone counts as deleted: Reddit says the same of both.
        let form = [("id", delivered.remote_id.clone())];
        let deleted = self.post(account, "/api/del", &form, ctx).await;
        deleted
            .map(drop)
            .map_err(|failed| told(failed, account, ctx))
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let query = [("id", delivered.remote_id.as_str())];
        let answer = self.get(account, "/api/info", &query, ctx).await;
        let answer = answer.map_err(|failed| told(failed, account, ctx))?;
        let post = answer.pointer("/data/children/0/data");
        Ok(post.map(|post| {
            let number = |name: &str| post[name].as_u64();
            Metrics {
                likes: number("score"),
                reposts: number("num_crossposts"),
                replies: number("num_comments"),
                ..Metrics::default()
            }
        }))
    }
}
