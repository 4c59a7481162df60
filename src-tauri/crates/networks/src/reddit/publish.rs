//! Publishing: one call makes the post, after its community was asked what it takes and its files were
//! uploaded. Posts of text, links and galleries get their name at once; for a single picture and for videos
//! Reddit says only that it took them, and they are looked for in the account's own list until they are there.
//!
//! Steps: `media/0/i` (a file), `poster/0` (what stands for a video), `accepted/0` (Reddit took the post and works on it), `segment/0` (it is
//! there).

use model::failure::Category;
use serde_json::{Value, json};

use super::catalogue::{
    OPTION_COMMUNITY, OPTION_FLAIR, OPTION_FLAIR_TEXT, OPTION_LINK, OPTION_NSFW, OPTION_REPLIES,
    OPTION_RESUBMIT, OPTION_SPOILER,
};
use super::client::Carry;
use super::confirm::Looked;
use super::files::Uploaded;
use super::rules::Draft;
use super::text::{community, option, title_and_text, toggle};
use super::{Reddit, errors};
use crate::api::Failed;
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// The step that shows.
const SHOWN: &str = "segment/0";
/// Where a step keeps who holds a post back, in Reddit's word.
pub(super) const HELD: &str = "held";
/// The step after which a post is only waited for.
const ACCEPTED: &str = "accepted/0";
/// How often one looks whether a post is there, each time after twice the wait.
const LOOKS: u32 = 5;

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Link,
    Picture,
    Gallery,
    Video,
}

impl Kind {
    pub(super) fn of(job: &Job) -> Self {
        let media = job.first_media();
        let link = option(&job.options, OPTION_LINK);
        Self::from(media.len(), job.first_video().is_some(), link)
    }

    /// What a post with so many files, a video among them or not, and this link is.
    pub(super) const fn from(files: usize, video: bool, link: &str) -> Self {
        match (files, video) {
            (_, true) => Self::Video,
            (2.., _) => Self::Gallery,
            (1, _) => Self::Picture,
            (0, _) if link.is_empty() => Self::Text,
            (0, _) => Self::Link,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Text => "self",
            Self::Link => "link",
            Self::Picture | Self::Gallery => "image",
            Self::Video => "video",
        }
    }

    /// Whether Reddit names the post in its answer.
    pub(super) const fn named_at_once(self) -> bool {
        matches!(self, Self::Text | Self::Link | Self::Gallery)
    }
}

/// A post as Reddit gets it.
pub(super) struct Post {
    pub(super) kind: Kind,
    pub(super) community: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) link: String,
}

impl Post {
    pub(super) fn of(job: &Job) -> Self {
        let (title, text) = title_and_text(&job.options, &job.title, job.first_text());
        Self {
            kind: Kind::of(job),
            community: community(option(&job.options, OPTION_COMMUNITY)).to_owned(),
            title,
            text,
            link: option(&job.options, OPTION_LINK).to_owned(),
        }
    }
}

impl Post {
    /// The post as the rules of its community see it.
    fn draft<'a>(&'a self, job: &Job) -> Draft<'a> {
        Draft {
            kind: self.kind,
            words: Some((&self.title, &self.text)),
            link: &self.link,
            has_flair: !option(&job.options, OPTION_FLAIR).is_empty(),
        }
    }
}

/// What of a post is uploaded.
struct Sent {
    /// Its files, in order.
    files: Vec<Uploaded>,
    /// Where the picture lies that stands for its video; none where that is one of the files.
    poster: Option<String>,
}

/// A post that is there, as an earlier attempt recorded it.
pub(super) fn shown(job: &Job) -> Option<Delivered> {
    job.step(SHOWN).map(delivered)
}

/// Whether Reddit took the post of a job.
pub(super) fn accepted(job: &Job) -> bool {
    job.step(ACCEPTED).is_some()
}

/// A post as later calls need it, with who holds it back.
pub(super) fn delivered(step: &Value) -> Delivered {
    let text = |name: &str| step[name].as_str().filter(|t| !t.is_empty());
    let held = text(HELD).and_then(errors::held).map(str::to_owned);
    Delivered {
        remote_id: text("id").unwrap_or_default().to_owned(),
        url: text("url").map(str::to_owned),
        remote: step.clone(),
    }
    .lacking(held.into_iter().collect())
}

impl Reddit {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        if let Some(delivered) = shown(job) {
            return Ok(delivered);
        }
        let post = Post::of(job);
        if accepted(job) {
            steps.about_to_show(SHOWN).await?;
        } else {
            if post.community.is_empty() || post.title.is_empty() {
                return Err(Refusal::never(
                    Category::Validation,
                    "Reddit needs a community and a title.",
                )
                .into());
            }
            let rules = self.rules(&job.account, &post.community, ctx).await;
            let broken = rules.and_then(|rules| rules.broken(&post.community, &post.draft(job)));
            if let Some(broken) = broken {
                return Err(Refusal::never(Category::Validation, broken.sentence).into());
            }
            // What may be impossible comes before what takes long.
            let poster = self.poster(job, steps, ctx).await?;
            let files = self.files(job, steps, ctx).await?;
            let uploaded = Sent { files, poster };
            // Renewed before the call is announced, so that its only answer is about the post.
            let good = self.sessions.good(&job.account, self, None, ctx).await?;
            drop(good);
            steps.about_to_show(SHOWN).await?;
            if let Some(mut step) = self.submit(job, &post, &uploaded, ctx).await? {
                steps.finished(SHOWN, step.clone()).await?;
                step[HELD] = self.held(job, &step, ctx).await;
                return Ok(delivered(&step));
            }
            steps.finished(ACCEPTED, json!(true)).await?;
            steps.about_to_show(SHOWN).await?;
        }
        let step = self.awaited(job, &post, ctx).await?;
        steps.finished(SHOWN, step.clone()).await?;
        Ok(delivered(&step))
    }

    /// The one call that shows; none when Reddit took the post without naming it.
    async fn submit(
        &self,
        job: &Job,
        post: &Post,
        uploaded: &Sent,
        ctx: Ctx<'_>,
    ) -> Result<Option<Value>, Stop> {
        let account = &job.account;
        let answer = if post.kind == Kind::Gallery {
            let body = gallery(job, post, &uploaded.files);
            let path = "/api/submit_gallery_post.json";
            self.ask(
                account,
                reqwest::Method::POST,
                path,
                Carry::Json(&body),
                ctx,
            )
            .await
        } else {
            let form = form(job, post, uploaded);
            self.post(account, "/api/submit", &form, ctx).await
        };
        let now = ctx.clock.now();
        let answer = match answer {
            Ok(answer) => answer,
            Err(CallFailed::Before(refusal)) => return Err(refusal.into()),
            Err(CallFailed::Call(failed)) => {
                // It may be this very post that stands there already.
                if errors::is_duplicate(&failed)
                    && let Ok(Looked::One(step)) = self.look_for(job, post, ctx).await
                {
                    return Ok(Some(step));
                }
                let refusal = errors::refusal(&failed, &account.handle, now);
                return Err(Stop::after_showing(failed.may_have_worked(), refusal));
            }
        };
        let data = &answer["json"]["data"];
        let id = ["name", "id"].iter().find_map(|name| data[*name].as_str());
        if let Some(id) = id.filter(|id| id.starts_with("t3_")) {
            return Ok(Some(json!({ "id": id, "url": data["url"].as_str() })));
        }
        if !post.kind.named_at_once() && data.is_object() {
            return Ok(None);
        }
        let odd = Failed::Cut("an answer without the post".to_owned());
        Err(Stop::Uncertain(errors::refusal(&odd, &account.handle, now)))
    }

    /// Why a post that is there is shown to nobody; null when it is shown or Reddit does not say. Filters
    /// take a moment.
    async fn held(&self, job: &Job, step: &Value, ctx: Ctx<'_>) -> Value {
        tokio::time::sleep(self.first_wait).await;
        let id = step["id"].as_str().unwrap_or_default();
        let query = [("id", id)];
        let asked = self.get(&job.account, "/api/info", &query, ctx).await;
        let Ok(mut answer) = asked else {
            return Value::Null;
        };
        let why = answer.pointer_mut("/data/children/0/data/removed_by_category");
        why.map(Value::take).unwrap_or_default()
    }

    /// Waits until a post that Reddit took is there.
    async fn awaited(&self, job: &Job, post: &Post, ctx: Ctx<'_>) -> Result<Value, Stop> {
        let mut wait = self.first_wait;
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            let looked = self.look_for(job, post, ctx).await;
            if let Looked::One(step) = looked.map_err(Stop::Uncertain)? {
                return Ok(step);
            }
        }
        Err(Stop::Uncertain(working()))
    }
}

/// Reddit has it and works on it.
pub(super) fn working() -> Refusal {
    Refusal::later(
        Category::MediaProcessing,
        "Reddit has it and is still working on it. Almanac looks again in some minutes.",
    )
}

fn form(job: &Job, post: &Post, uploaded: &Sent) -> Vec<(&'static str, String)> {
    let options = &job.options;
    let flag = |name: &str, default| toggle(options, name, default).to_string();
    let mut form = vec![
        ("api_type", "json".to_owned()),
        ("kind", post.kind.word().to_owned()),
        ("sr", post.community.clone()),
        ("title", post.title.clone()),
        ("nsfw", flag(OPTION_NSFW, false)),
        ("spoiler", flag(OPTION_SPOILER, false)),
        ("sendreplies", flag(OPTION_REPLIES, true)),
        ("validate_on_submit", "true".to_owned()),
    ];
    if post.kind == Kind::Text || !post.text.is_empty() {
        form.push(("text", post.text.clone()));
    }
    let of_sort = |video: bool| {
        let pairs = job.first_media().iter().zip(&uploaded.files);
        let mut fitting = pairs.filter(move |(file, _)| file.facts.is_video() == video);
        fitting.next().map(|(_, uploaded)| uploaded.address.clone())
    };
    match post.kind {
        Kind::Link => {
            form.push(("url", post.link.clone()));
            form.push(("resubmit", flag(OPTION_RESUBMIT, false)));
        }
        Kind::Picture => form.push(("url", of_sort(false).unwrap_or_default())),
        Kind::Video => {
            form.push(("url", of_sort(true).unwrap_or_default()));
            let poster = of_sort(false).or_else(|| uploaded.poster.clone());
            form.push(("video_poster_url", poster.unwrap_or_default()));
        }
        Kind::Text | Kind::Gallery => {}
    }
    form.extend(flair(job));
    form
}

/// The flair, and its words where they were changed.
fn flair(job: &Job) -> Vec<(&'static str, String)> {
    let flair = option(&job.options, OPTION_FLAIR);
    let words = option(&job.options, OPTION_FLAIR_TEXT);
    let mut found = vec![];
    if !flair.is_empty() {
        found.push(("flair_id", flair.to_owned()));
        if !words.is_empty() {
            found.push(("flair_text", words.to_owned()));
        }
    }
    found
}

fn gallery(job: &Job, post: &Post, uploaded: &[Uploaded]) -> Value {
    let options = &job.options;
    let items: Vec<Value> = uploaded
        .iter()
        .map(|file| json!({ "media_id": file.id, "caption": "", "outbound_url": "" }))
        .collect();
    let mut body = json!({
        "api_type": "json", "show_error_list": true, "validate_on_submit": true,
        "sr": post.community, "title": post.title, "items": items,
        "nsfw": toggle(options, OPTION_NSFW, false),
        "spoiler": toggle(options, OPTION_SPOILER, false),
        "sendreplies": toggle(options, OPTION_REPLIES, true),
    });
    if !post.text.is_empty() {
        body["text"] = json!(post.text);
    }
    for (name, value) in flair(job) {
        body[name] = json!(value);
    }
    body
}
