//! TikTok: videos and photos through an app of the person's own (Content Posting API).
//!
//! Decided where TikTok's documents leave room: a megabyte is read so that ten of them as 2^20 and
//! sixty-four as 10^6 bytes hold either way; the form that ends a sign-in names client key, secret and
//! token; for how long a post can be asked for by its name is not stated, so the public posts are read
//! besides. Photos have no mark for being made with AI in the documents, so none is sent. A description
//! of photos may have 4,000 characters and the counter stops at the 2,200 of videos. The other way of
//! the interface, which leaves a draft in the TikTok app, is not used: it carries neither words nor
//! settings.

mod catalogue;
mod check;
mod client;
mod confirm;
mod creator;
mod errors;
mod post;
mod publish;
mod sign_in;
mod token;
mod upload;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::Problem;
use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check as common;
use crate::connector::{
    Begun, CheckInput, Choice, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics,
    Missing, Outcome, PictureUse, Refusal, SignInFields, SignedIn, SpanKind, StepLog, TextSpan,
    TextUse,
};
use crate::hosting::{self, Hosting};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::looking::Missed;
use crate::registry::Addresses;
use crate::tokens::Sessions;
use crate::waiting::Patience;
use crate::{sending, spotting};
use catalogue::{FETCHES, NAME, OPTION_PRIVACY};
use client::told;
use creator::Creator;
use upload::{Pieces, Standing};

pub use catalogue::KEY;

/// The connector of TikTok.
pub struct TikTok {
    entry: Entry,
    api: Api,
    /// Where calls go.
    origin: String,
    /// Where people sign in.
    www: String,
    sessions: Sessions,
    hosting: Hosting,
    missed: Missed,
    pieces: Pieces,
    /// How long one waits for the public folder.
    patience: Patience,
    /// The first wait while TikTok works on a post.
    first_wait: Duration,
    /// How long a public post may take until it is listed.
    listed_after: Duration,
}

impl TikTok {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            origin: addresses.of(KEY, "https://open.tiktokapis.com"),
            www: addresses.of(KEY, "https://www.tiktok.com"),
            sessions: Sessions::default(),
            hosting: Hosting::default(),
            missed: Missed::default(),
            pieces: Pieces::USUAL,
            patience: Patience::default(),
            // A second, where calls may take half a minute.
            first_wait: http.timeouts.call / 30,
            listed_after: Duration::from_mins(10),
        })
    }

    /// The same, which lends files from where the settings say.
    #[must_use]
    pub fn lending(mut self, hosting: &Hosting) -> Self {
        self.hosting = hosting.clone();
        self
    }

    /// The same with smaller pieces, twice of which go in one, and with less patience: for tests.
    #[must_use]
    pub fn hurried(mut self, piece: u64, patience: Patience) -> Self {
        self.pieces = Pieces {
            piece,
            whole: piece * 2 - 1,
        };
        self.patience = patience;
        self.first_wait = patience.between;
        self.listed_after = Duration::from_mins(5);
        self
    }
}

#[async_trait]
impl Connector for TikTok {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn entry_for(&self, account: &Account) -> Cow<'_, Entry> {
        let known = Creator::kept(account).max_ms();
        let limit = |entry: &Entry| entry.video.as_ref().and_then(|video| video.clip.max_ms);
        match (known, limit(&self.entry)) {
            (Some(most), Some(usual)) if most < usual => {
                let mut entry = self.entry.clone();
                if let Some(video) = &mut entry.video {
                    video.clip.max_ms = Some(most);
                }
                Cow::Owned(entry)
            }
            _ => Cow::Borrowed(&self.entry),
        }
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        check::problems(&self.entry_for(input.account), &input, &self.hosting)
    }

    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        Some(post::picture_limits(of.file))
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        common::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        spotting::spans(text, |rest, before| {
            let word = |sign, kind| Some((spotting::word_after(sign, rest, before)?, kind));
            word('#', SpanKind::Tag).or_else(|| word('@', SpanKind::Mention))
        })
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

    fn missing(&self, account: &Account) -> Vec<Missing> {
        if self.hosting.has_place(account) {
            return vec![];
        }
        vec![hosting::missing(NAME, FETCHES)]
    }

    async fn choices(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        if option != OPTION_PRIVACY {
            return Ok(vec![]);
        }
        Ok(self.creator(account, ctx).await?.choices(query))
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

    async fn delete(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        Err(Refusal::never(
            Category::Unknown,
            "TikTok lets no program delete a post. Delete it in the TikTok app.",
        ))
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        if account.settings["lists"] != true {
            return Ok(None);
        }
        let text = |name: &str| delivered.remote[name].as_str().filter(|t| !t.is_empty());
        let id = match (text("postId"), text("publishId")) {
            (Some(id), _) => id.to_owned(),
            // A post gets its number once TikTok has looked at it.
            (None, Some(publish)) => match self.standing(account, publish, ctx).await? {
                Standing::Published(posts) if !posts.is_empty() => posts[0].clone(),
                _ => return Ok(None),
            },
            (None, None) => return Ok(None),
        };
        let path = "/v2/video/query/?fields=id,like_count,comment_count,share_count,view_count";
        let input = json!({ "filters": { "video_ids": [id] } });
        let data = self.ask(account, path, Some(&input), ctx).await;
        let data = data.map_err(|failed| told(failed, account, ctx))?;
        Ok(data["videos"].get(0).map(|video| {
            let number = |name: &str| video[name].as_u64();
            Metrics {
                likes: number("like_count"),
                reposts: number("share_count"),
                replies: number("comment_count"),
                quotes: None,
                views: number("view_count"),
            }
        }))
    }
}
