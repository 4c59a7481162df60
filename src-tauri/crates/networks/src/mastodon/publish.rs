//! Publishing in steps that can be resumed: for each part of a thread its files, and the one call that
//! shows it.
//!
//! Steps by part `n`: `media/n/i` (an uploaded file), `segment/n` (the part as the server knows it). The
//! showing call carries a key that follows from the target, its turn and the part, under which Mastodon
//! does it once for an hour. After that, and on other software, the account's latest posts are looked at
//! before anything is sent again.

use std::time::Duration;

use model::account::Account;
use model::failure::Category;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::Carry;
use super::confirm::Looked;
use super::errors::{self, Doing};
use super::files::left_poster_out;
use super::instance::Instance;
use super::options::Wanted;
use super::{Mastodon, catalogue, confirm, text};
use crate::api::{Answer, Failed};
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// How long a key is trusted: a little less than the hour for which Mastodon keeps it.
const KEY_LIFE: Duration = Duration::from_mins(55);
/// How often a post is looked for that the spam filter may have dropped.
const LOOKS: u32 = 3;

/// A part that is on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) url: Option<String>,
    /// Who sees it, by the server's word; none when it did not say.
    visibility: Option<String>,
    /// A video of it lacks its poster, as far as this attempt knows.
    pub(super) posterless: bool,
}

impl Shown {
    /// Reads it from an answer or a finished step.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        Some(Self {
            id: text("id").filter(|id| !id.is_empty())?.to_owned(),
            url: text("url").or_else(|| text("uri")).map(str::to_owned),
            visibility: text("visibility").map(str::to_owned),
            posterless: false,
        })
    }

    fn to_json(&self) -> Value {
        json!({ "id": self.id, "url": self.url, "visibility": self.visibility })
    }
}

/// The key of part `n`, under which a server does it once.
pub(super) fn key(job: &Job, n: usize) -> String {
    let name = format!("almanac:{}:{}:{n}", catalogue::KEY, job.turn);
    Uuid::new_v5(&job.target_id.0, name.as_bytes()).to_string()
}

/// The name of the visible step of part `n`.
pub(super) fn step_key(n: usize) -> String {
    format!("segment/{n}")
}

/// A part that an earlier attempt showed.
pub(super) fn shown(job: &Job, n: usize) -> Option<Shown> {
    job.step(&step_key(n)).and_then(Shown::read)
}

/// Whether the server does a part only once when it is sent again now.
pub(super) fn key_holds(job: &Job, ctx: Ctx<'_>) -> bool {
    let since = job.first_sent_try_at;
    let young = since.is_none_or(|at| ctx.clock.now().since(at) < KEY_LIFE);
    Instance::of(&job.account).keyed && young
}

/// A post as later calls need it.
pub(super) fn delivered(job: &Job, posted: &[Shown]) -> Delivered {
    let first = posted.first();
    let lacks = seen_by_others(job, posted).into_iter();
    let posterless = posted.iter().any(|part| part.posterless);
    let lacks = lacks.chain(poster_lacks(job, posterless)).collect();
    Delivered {
        remote_id: first.map(|s| s.id.clone()).unwrap_or_default(),
        url: first.and_then(|s| s.url.clone()),
        remote: json!({ "ids": posted.iter().map(|s| &s.id).collect::<Vec<_>>() }),
    }
    .lacking(lacks)
}

/// What is told when a server took a video only without its poster: in this attempt, or in an earlier one.
pub(super) fn poster_lacks(job: &Job, now: bool) -> Option<String> {
    (now || left_poster_out(job)).then(|| fitting::poster_left_out(catalogue::NAME))
}

/// What is told when somebody else sees the post than was chosen: servers make public posts of accounts
/// that were limited there quiet ones.
fn seen_by_others(job: &Job, posted: &[Shown]) -> Option<String> {
    let (wanted, server) = (Wanted::read(&job.options), Instance::of(&job.account));
    let differs = posted.iter().enumerate().find_map(|(n, part)| {
        let chosen = wanted.visibility(n, &server)?;
        let seen = part.visibility.as_deref()?;
        (seen != chosen).then_some((chosen, seen))
    });
    let (chosen, seen) = differs?;
    Some(format!(
        "The server made it visible to \"{}\", where \"{}\" was chosen. Those who run it may have limited the account; ask them.",
        shown_as(seen),
        shown_as(chosen)
    ))
}

/// What people call the server's word for who sees a post.
fn shown_as(visibility: &str) -> &str {
    let mut known = catalogue::VISIBILITIES.into_iter();
    let named = known.find(|(word, _)| *word == visibility);
    named.map_or(visibility, |(_, name)| name)
}

/// A post being published.
pub(super) struct Sending<'a> {
    pub(super) mastodon: &'a Mastodon,
    pub(super) job: &'a Job,
    pub(super) server: Instance,
    pub(super) wanted: Wanted,
    pub(super) ctx: Ctx<'a>,
}

impl Mastodon {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        let sending = Sending {
            mastodon: self,
            job,
            server: Instance::of(&job.account),
            wanted: Wanted::read(&job.options),
            ctx,
        };
        let mut look = job.first_sent_try_at.is_some() && !key_holds(job, ctx);
        let mut posted: Vec<Shown> = Vec::new();
        for n in 0..job.segments.len() {
            let part = match shown(job, n) {
                Some(part) => part,
                None => match sending.found(n, &posted, &mut look).await? {
                    Some(part) => sending.finish(n, part, steps).await?,
                    None => sending.part(n, &posted, steps).await?,
                },
            };
            posted.push(part);
        }
        Ok(delivered(job, &posted))
    }
}

impl Sending<'_> {
    pub(super) fn account(&self) -> &Account {
        &self.job.account
    }

    /// A part that an earlier attempt showed without learning of it. What comes after a part that is not
    /// there is not there either.
    async fn found(
        &self,
        n: usize,
        posted: &[Shown],
        look: &mut bool,
    ) -> Result<Option<Shown>, Stop> {
        if !*look {
            return Ok(None);
        }
        match self.mastodon.look(self.job, n, posted, self.ctx).await? {
            Looked::Found(part) => Ok(Some(part)),
            Looked::Nothing => {
                *look = false;
                Ok(None)
            }
            Looked::Unclear => Err(Stop::NotSent(Refusal::never(
                Category::Duplicate,
                "The account shows these words more than once already. Look at its profile, then decide whether to send again.",
            ))),
        }
    }

    /// Publishes one part.
    async fn part(
        &self,
        n: usize,
        posted: &[Shown],
        steps: &mut dyn StepLog,
    ) -> Result<Shown, Stop> {
        let (answer, posterless) = self.call(n, posted, &step_key(n), steps).await?;
        let status = answer.json().unwrap_or_default();
        let Some(mut part) = Shown::read(&status) else {
            return Err(self.failed(n, CallFailed::Call(Failed::Answered(answer))));
        };
        part.posterless = posterless;
        if self.job.first_sent_try_at.is_some() {
            self.refuse_if_other(n, &status).await?;
        }
        if text::mentions(&self.job.segments[n].text) {
            self.refuse_if_dropped(&part).await?;
        }
        self.finish(n, part, steps).await
    }

    /// Sends the files of a part and makes the call that shows it, which is the visible step `step`. Gives also
    /// whether a video lacks its poster.
    pub(super) async fn call(
        &self,
        n: usize,
        posted: &[Shown],
        step: &str,
        steps: &mut dyn StepLog,
    ) -> Result<(Answer, bool), Stop> {
        let mut media = self.files(n, steps).await?;
        steps.about_to_show(step).await?;
        let mut shown = self.show(n, &media.ids, posted).await;
        if !media.ids.is_empty()
            && let Err(CallFailed::Call(failed)) = &shown
            && failed.status() == Some(422)
            && self.restore(n, &mut media, steps).await?
        {
            steps.about_to_show(step).await?;
            shown = self.show(n, &media.ids, posted).await;
        }
        let answer = shown.map_err(|failed| self.failed(n, failed))?;
        Ok((answer, media.posterless))
    }

    pub(super) async fn finish(
        &self,
        n: usize,
        part: Shown,
        steps: &mut dyn StepLog,
    ) -> Result<Shown, Stop> {
        steps.finished(&step_key(n), part.to_json()).await?;
        Ok(part)
    }

    /// The call that shows a part.
    async fn show(
        &self,
        n: usize,
        media: &[String],
        posted: &[Shown],
    ) -> Result<Answer, CallFailed<Failed>> {
        let reply_to = posted.last().map(|s| s.id.as_str());
        let words = &self.job.segments[n].text;
        let mut body = self.wanted.status(n, words, media, reply_to, &self.server);
        if let Some(at) = self.job.place_at {
            body["scheduled_at"] = at.rfc3339().into();
        }
        let key = key(self.job, n);
        let once = Carry::Once(&body, &key);
        let path = "/api/v1/statuses";
        self.mastodon
            .ask(self.account(), Method::POST, path, once, self.ctx)
            .await
    }

    pub(super) fn failed(&self, n: usize, failed: CallFailed<Failed>) -> Stop {
        match failed {
            CallFailed::Before(refusal) => Stop::NotSent(refusal),
            CallFailed::Call(failed) => {
                let doing = Doing::Showing { reply: n > 0 };
                let now = self.ctx.clock.now();
                let refusal = errors::refusal(&failed, doing, &self.account().handle, now);
                Stop::after_showing(failed.may_have_worked(), refusal)
            }
        }
    }

    /// Under its key a server gives what it was sent first, whatever was edited since.
    async fn refuse_if_other(&self, n: usize, status: &Value) -> Result<(), Stop> {
        let sent = text::squeezed(&self.job.segments[n].text);
        if confirm::words_of(status) == sent {
            return Ok(());
        }
        // Software that writes the words in another way still knows what was sent.
        match self.mastodon.source(self.job, status, self.ctx).await {
            Some(there) if there != sent => Err(Stop::NotSent(Refusal::never(
                Category::Duplicate,
                "The account shows an earlier version of this post already. Delete it there first, or leave it.",
            ))),
            _ => Ok(()),
        }
    }

    /// The spam filter answers as if it had posted. Only a post that stays away is believed to be dropped:
    /// trouble while looking says nothing.
    async fn refuse_if_dropped(&self, part: &Shown) -> Result<(), Stop> {
        let path = format!("/api/v1/statuses/{}", part.id);
        for look in 1..=LOOKS {
            let call =
                self.mastodon
                    .ask(self.account(), Method::GET, &path, Carry::Nothing, self.ctx);
            match call.await {
                Err(CallFailed::Call(failed)) if failed.status() == Some(404) => {}
                _ => return Ok(()),
            }
            if look < LOOKS {
                tokio::time::sleep(self.mastodon.wait).await;
            }
        }
        Err(Stop::NotSent(Refusal::never(
            Category::Validation,
            "The server took this post and does not show it: its spam filter may have dropped it. Leave out who is mentioned, or ask those who run the server.",
        )))
    }
}
