//! YouTube: videos, through a Google project of the person's own.
//!
//! The address of an upload is good for anybody who has it, so it lies in the vault until the upload
//! is over. A video exists once its last byte was taken, and the address can be asked afterwards: that
//! decides an uncertain send. Where the address is gone the channel's uploads are read.
//!
//! Not verified: for how long a finished address answers, how late a new video shows among the
//! uploads, and whether Google takes a desktop client without its secret (it is sent).

mod captions;
mod catalogue;
mod client;
mod comment;
mod confirm;
mod errors;
mod extras;
mod publish;
mod sign_in;
mod standing;
mod upload;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::{Fix, Problem};
use model::{AccountId, Timestamp};
use serde_json::Value;

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    Begun, CheckInput, Choice, CommentSeen, Commented, Confirmation, Connector, Ctx, Delivered,
    Job, Kept, Measure, Metrics, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog,
    TextSpan, TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::looking::Missed;
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::Sessions;
use catalogue::{MAX_TAGS, MAX_TITLE, OPTION_TAGS, OPTION_TITLE};

pub use catalogue::KEY;

/// Length from which a channel has to be confirmed, in milliseconds.
const LONG_MS: u32 = 15 * 60_000;

/// The connector of YouTube.
pub struct YouTube {
    entry: Entry,
    api: Api,
    /// Where calls go.
    origin: String,
    /// Where people sign in.
    accounts: String,
    /// Where codes become tokens.
    oauth: String,
    sessions: Sessions,
    missed: Missed,
    /// Bytes of a piece of an upload, a multiple of 256 KiB.
    piece: u64,
    /// The first wait while YouTube works on a video.
    first_wait: Duration,
}

impl YouTube {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            origin: addresses.of(KEY, "https://www.googleapis.com"),
            accounts: addresses.of(KEY, "https://accounts.google.com"),
            oauth: addresses.of(KEY, "https://oauth2.googleapis.com"),
            sessions: Sessions::default(),
            missed: Missed::default(),
            piece: 8 << 20,
            // A second, where calls may take half a minute.
            first_wait: http.timeouts.call / 30,
        })
    }

    /// The same with smaller pieces: for tests. A piece has to be a multiple of 256 KiB.
    #[must_use]
    pub fn with_pieces(mut self, bytes: u64) -> Self {
        self.piece = bytes;
        self
    }
}

#[async_trait]
impl Connector for YouTube {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let Some(segment) = input.segments.first() else {
            return found.into_problems();
        };
        let set = |name: &str| {
            vec![Fix::SetOption {
                name: name.to_owned(),
            }]
        };
        let mut known = segment
            .media
            .iter()
            .filter_map(|file| check::facts_of(&input, &file.media_id))
            .filter(|facts| !facts.missing);
        let videos = known.clone().filter(|facts| facts.is_video()).count();
        let longest = known.clone().filter_map(|f| f.clip?.length_ms).max();
        if longest.is_some_and(|ms| ms > LONG_MS) {
            let message = "YouTube takes more than 15 minutes only from channels with a confirmed phone number.";
            found.warning("video_long", Some(0), message.to_owned(), vec![]);
        }
        if known.next().is_some() && videos == 0 {
            let message = "YouTube needs a video; a picture is only its thumbnail.".to_owned();
            found.error("needs_media", Some(0), message, vec![Fix::AddMedia]);
        }
        let title = publish::title(&input.draft.options, "", &segment.text);
        let written = publish::option(&input.draft.options, OPTION_TITLE);
        if written.chars().count() > MAX_TITLE {
            let message = format!("A title on YouTube has up to {MAX_TITLE} characters.");
            found.error("title_too_long", None, message, set(OPTION_TITLE));
        }
        if title.contains(['<', '>']) || segment.text.contains(['<', '>']) {
            let message = "YouTube takes no < and > in titles and descriptions.".to_owned();
            found.error("angle_brackets", Some(0), message, vec![Fix::Tailor]);
        }
        if videos > 0 && title.is_empty() {
            let message = "A video on YouTube needs a title.".to_owned();
            found.error("title_missing", None, message, set(OPTION_TITLE));
        }
        let tags = publish::tags(&input.draft.options);
        if publish::tags_length(&tags) > MAX_TAGS {
            let message = format!("YouTube takes {MAX_TAGS} characters of tags altogether.");
            found.error("tags_too_long", None, message, set(OPTION_TAGS));
        }
        if publish::toggle(&input.draft.options, catalogue::OPTION_KIDS, false) {
            let why = "YouTube takes no comments on videos made for children: the first comment is left out.";
            check::comment_left_out(&self.entry, &input, why, &mut found);
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
        publish::spans(text)
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

    async fn choices(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        if option != catalogue::OPTION_PLAYLIST {
            return Ok(vec![]);
        }
        self.playlists(account, query, ctx).await
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let answer = self.get(account, sign_in::CHANNEL, ctx).await?;
        sign_in::channel(&answer)
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.forget(account, ctx).await
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        let chosen = publish::option(&input.draft.options, catalogue::OPTION_PRIVACY);
        let public = matches!(chosen, "" | "public");
        (!public).then(|| "YouTube publishes only public videos by itself.".to_owned())
    }

    async fn look_at_kept(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        self.look_at_kept_now(job, kept, ctx).await
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
        self.delete_video(account, &delivered.remote_id, ctx).await
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let path = format!(
            "/youtube/v3/videos?part=statistics&id={}",
            delivered.remote_id
        );
        let answer = self.get(account, &path, ctx).await?;
        let numbers = answer.pointer("/items/0/statistics");
        Ok(numbers.map(|numbers| {
            // They come as texts.
            let number = |name: &str| numbers.get(name)?.as_str()?.parse().ok();
            Metrics {
                likes: number("likeCount"),
                reposts: None,
                replies: number("commentCount"),
                quotes: None,
                views: number("viewCount"),
            }
        }))
    }
}
