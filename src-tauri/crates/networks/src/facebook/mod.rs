//! Facebook Pages: text, link, pictures, video, reels and stories.
//!
//! Everything is uploaded as bytes. What is uploaded is not seen by anybody until one last call shows
//! it, so only that call can be in doubt. A video's own state then says whether it was published; a
//! text is looked for in the list of the Page's posts. That list is known to leave posts out, so
//! nothing in it is no proof, and the person is asked.
//!
//! Facebook's documents say nothing certain on these, which were decided so: a text may have 63,206
//! UTF-16 units (what programs see it refuse), a post ten pictures (what other programs allow), a
//! picture 4 MB (the smaller of two figures), and a post is kept ahead for at most 29 days (the
//! documents name 30 and 75). Posts of an app that is not switched to Live may be hidden from others,
//! which the guide tells. Signing out forgets the Page's token here; the app's right ends in the
//! person's own settings on Facebook, since a Page's token cannot end it.

mod captions;
mod catalogue;
mod confirm;
mod errors;
mod poster;
mod publish;
mod sign_in;
mod video;

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::account::Account;
use model::content::MediaUse;
use model::edit;
use model::error::{Fix, Problem};
use model::{AccountId, Timestamp};
use serde_json::{Map, Value, json};

use crate::api::{Api, Failed};
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    Begun, CheckInput, CommentSeen, Commented, Confirmation, Connector, Ctx, Delivered, Job, Kept,
    Measure, Metrics, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan,
    TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::meta::client::{Graph, VERSION};
use crate::meta::comments::Below;
use crate::meta::pages::{choose_one, keep_one};
use crate::meta::pass::Pass;
use crate::meta::{Patience, errors as graph_errors, text};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{Sessions, no_sign_in};
use catalogue::{KEY, NAME, OPTION_KIND, OPTION_LINK};

/// The connector of Facebook Pages.
pub struct Facebook {
    entry: Entry,
    origin: String,
    dialog: String,
    uploads: String,
    graph: Graph,
    patience: Patience,
    sessions: Sessions,
}

impl Facebook {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        let api = Api::new(Clients::new(http)?, http.timeouts);
        let origin = addresses.of(KEY, "https://graph.facebook.com");
        let uploads = addresses.of(KEY, "https://rupload.facebook.com");
        Ok(Self {
            entry: catalogue::entry(),
            graph: Graph::new(api, format!("{origin}/{VERSION}")),
            origin,
            dialog: addresses.of(KEY, "https://www.facebook.com"),
            uploads: format!("{uploads}/video-upload/{VERSION}"),
            patience: Patience::default(),
            sessions: Sessions::default(),
        })
    }

    /// The same with another patience while Facebook works on a video.
    #[must_use]
    pub fn patient(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The Page's token.
    async fn token(&self, account: &Account, ctx: Ctx<'_>) -> Result<Pass, Refusal> {
        let tokens = keep_one(&self.sessions, account.id, &account.remote_id, ctx).await?;
        tokens
            .map(Pass::kept)
            .ok_or_else(|| no_sign_in(&account.handle))
    }
}

impl Facebook {
    /// Something below a post, with the Page's token.
    fn below<'a>(
        &'a self,
        id: &'a str,
        token: &'a Pass,
        told: &'a (dyn Fn(&Failed) -> Refusal + Send + Sync),
    ) -> Below<'a> {
        Below {
            graph: &self.graph,
            token,
            id,
            field: "message",
            told,
            right: sign_in::COMMENTS,
            network: NAME,
        }
    }
}

/// What a post becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Post,
    Reel,
    Story,
}

impl Kind {
    fn of(options: &Map<String, Value>) -> Self {
        match options.get(OPTION_KIND).and_then(Value::as_str) {
            Some("reel") => Self::Reel,
            Some("story") => Self::Story,
            _ => Self::Post,
        }
    }
}

/// An option's text, without spaces around it; empty when it is not set.
fn option<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let text = options.get(name).and_then(Value::as_str);
    text.unwrap_or_default().trim()
}

#[async_trait]
impl Connector for Facebook {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let options = &input.draft.options;
        let set = |name: &str| {
            vec![Fix::SetOption {
                name: name.to_owned(),
            }]
        };
        let Some(segment) = input.segments.first() else {
            return found.into_problems();
        };
        let videos = segment
            .media
            .iter()
            .filter(|m| check::is_video(&input, &m.media_id));
        let (videos, files) = (videos.count(), segment.media.len());
        let link = option(options, OPTION_LINK);
        match Kind::of(options) {
            Kind::Reel if videos != 1 || files != 1 => found.error(
                "reel_needs_video",
                Some(0),
                "A reel on Facebook is one video.".to_owned(),
                set(OPTION_KIND),
            ),
            Kind::Story if files != 1 => found.error(
                "story_needs_one",
                Some(0),
                "A story on Facebook is one picture or one video.".to_owned(),
                vec![
                    if files == 0 { Fix::AddMedia } else { check::beyond(1, files) },
                    Fix::SetOption {
                        name: OPTION_KIND.to_owned(),
                    },
                ],
            ),
            Kind::Story if !segment.text.trim().is_empty() => found.warning(
                "story_text",
                Some(0),
                "A story on Facebook shows no text: only the picture or video goes out.".to_owned(),
                set(OPTION_KIND),
            ),
            Kind::Post if !link.is_empty() && files > 0 => found.error(
                "link_with_media",
                Some(0),
                "Facebook shows a link's card only on posts without pictures or video. Put the link into the text.".to_owned(),
                vec![check::clear(OPTION_LINK), check::beyond(0, files)],
            ),
            Kind::Post if !link.is_empty() && !is_web(link) => found.error(
                "link_odd",
                Some(0),
                "The link has to begin with https:// or http://.".to_owned(),
                set(OPTION_LINK),
            ),
            _ => {}
        }
        let captioned = |m: &MediaUse| edit::captions(&m.edits).next().is_some();
        if Kind::of(options) == Kind::Story && segment.media.iter().any(captioned) {
            found.warning(
                "captions_left_out",
                Some(0),
                "A story on Facebook takes no captions, so this one goes there without them."
                    .to_owned(),
                set(OPTION_KIND),
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
        text::spans(text)
    }

    fn freeze(&self, _job: &Job, _ctx: Ctx<'_>) -> Value {
        json!({})
    }

    fn shows_at_once(&self, job: &Job) -> Option<String> {
        let plain = job.segments.iter().all(|s| s.media.is_empty());
        (plain && job.done.is_empty()).then(|| publish::POST.to_owned())
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.sign_in_with(account_id, &fields, ctx).await
    }

    async fn begin(
        &self,
        method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_now(method, fields, redirect, ctx)
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.finish_now(account_id, begun, answer, ctx).await
    }

    async fn choose(
        &self,
        account_id: AccountId,
        chosen: &SignedIn,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        choose_one(&self.sessions, account_id, chosen, ctx).await
    }

    async fn sign_in_ends(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        self.sessions.sign_in_ends(account.id, ctx).await
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let token = self.token(account, ctx).await?;
        let fields = [("fields", "id,name,username")];
        let answer = self.graph.get(&account.remote_id, &token, &fields).await;
        let answer =
            answer.map_err(|failed| errors::refusal(&failed, &account.handle, ctx.clock.now()))?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let name = text("name").unwrap_or(&account.display_name);
        Ok(SignedIn {
            remote_id: account.remote_id.clone(),
            handle: text("username").unwrap_or(name).to_owned(),
            display_name: name.to_owned(),
            server: account.server.clone(),
            settings: account.settings.clone(),
        })
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sessions.take(account.id, ctx).await.map(|_| ())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        match self.confirm_now(job, ctx).await {
            Ok(confirmation) => confirmation,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        (Kind::of(&input.draft.options) == Kind::Story)
            .then(|| "Facebook keeps no stories until their time.".to_owned())
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
        let told = |failed: &Failed| errors::refusal(failed, &account.handle, ctx.clock.now());
        match self.token(account, ctx).await {
            Ok(token) => {
                let below = self.below(&delivered.remote_id, &token, &told);
                below.write(words).await
            }
            Err(refusal) => Commented::NotWritten(refusal),
        }
    }

    async fn look_for_comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        let told = |failed: &Failed| errors::refusal(failed, &account.handle, ctx.clock.now());
        match self.token(account, ctx).await {
            Ok(token) => {
                let below = self.below(&delivered.remote_id, &token, &told);
                below.look(words).await
            }
            Err(refusal) => CommentSeen::NotNow(refusal),
        }
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let token = self.token(account, ctx).await?;
        match self.graph.delete(&delivered.remote_id, &token).await {
            Ok(_) => Ok(()),
            Err(failed) if graph_errors::is_gone(&failed) => Ok(()),
            Err(failed) => Err(errors::refusal(&failed, &account.handle, ctx.clock.now())),
        }
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let fields = match delivered.remote.get("kind").and_then(Value::as_str) {
            Some("post") => {
                "shares,comments.summary(true).limit(0),reactions.summary(true).limit(0)"
            }
            Some("video" | "reel") => {
                "comments.summary(true).limit(0),likes.summary(true).limit(0)"
            }
            _ => return Ok(None),
        };
        let token = self.token(account, ctx).await?;
        let query = [("fields", fields)];
        let answer: Result<Value, Failed> =
            self.graph.get(&delivered.remote_id, &token, &query).await;
        let answer =
            answer.map_err(|failed| errors::refusal(&failed, &account.handle, ctx.clock.now()))?;
        let number = |path: &str| answer.pointer(path).and_then(Value::as_u64);
        Ok(Some(Metrics {
            likes: number("/reactions/summary/total_count")
                .or_else(|| number("/likes/summary/total_count")),
            replies: number("/comments/summary/total_count"),
            reposts: number("/shares/count"),
            ..Metrics::default()
        }))
    }
}

fn is_web(link: &str) -> bool {
    reqwest::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
