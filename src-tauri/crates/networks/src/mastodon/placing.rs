//! Posts that the server holds until their time. What becomes of one is not linked to it afterwards, so
//! it is found among the account's posts by its words.
//!
//! Step: `placed/0` (the post as the server holds it). A time in the past is published at once, and other
//! software may not know the field and do the same, so only Mastodon itself is asked to hold anything.

use std::time::Duration;

use model::failure::Category;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Carry, told};
use super::confirm::Looked;
use super::instance::Instance;
use super::options::Wanted;
use super::publish::{Sending, Shown, delivered, key_holds, poster_lacks, step_key};
use super::{Mastodon, catalogue, text};
use crate::api::Failed;
use crate::connector::{CheckInput, Confirmation, Ctx, Delivered, Job, Kept, Refusal, StepLog};
use crate::sending::{Ended, Stop};
use crate::tokens::CallFailed;
use model::Timestamp;
use model::account::Account;

/// The step after which the server holds it.
pub(super) const PLACED: &str = "placed/0";
/// Most held posts of a page.
const PAGE: &str = "40";
/// Most pages of held posts: a server holds 300 of an account.
const MAX_PAGES: usize = 8;
/// How long after its time a post may still be on its way out.
const LATE: Duration = Duration::from_mins(10);

/// Something the server holds, as later calls need it; `posterless` where a video of it just lost its poster.
fn kept(job: &Job, id: &str, posterless: bool) -> Delivered {
    Delivered {
        remote_id: id.to_owned(),
        url: None,
        remote: json!({ "scheduled": id }),
    }
    .lacking(poster_lacks(job, posterless).into_iter().collect())
}

fn time_of(held: &Value) -> Option<Timestamp> {
    let at: jiff::Timestamp = held.get("scheduled_at")?.as_str()?.parse().ok()?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

/// Why the server cannot publish this by itself.
pub(super) fn cannot_keep(server: &Instance, input: &CheckInput<'_>) -> Option<String> {
    let name = catalogue::NAME;
    if !server.keyed {
        return Some(format!(
            "This server does not run {name} itself, so it may not hold posts until their time."
        ));
    }
    (input.segments.len() > 1)
        .then(|| format!("{name} holds single posts until their time, but no threads."))
}

impl Mastodon {
    /// Hands a post over to be published at its time.
    pub(super) async fn place_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Ended, Stop> {
        let done = job.step(PLACED).and_then(|v| v.get("id")?.as_str());
        if let Some(id) = done {
            return Ok(Ended::Placed(kept(job, id, false)));
        }
        if job.first_sent_try_at.is_some() && !key_holds(job, ctx) {
            match self.look_among_kept(job, ctx).await? {
                Looked::Found(part) => {
                    steps.finished(PLACED, json!({ "id": part.id })).await?;
                    return Ok(Ended::Placed(kept(job, &part.id, false)));
                }
                Looked::Nothing => {}
                Looked::Unclear => return Err(Stop::NotSent(several())),
            }
        }
        let sending = Sending {
            mastodon: self,
            job,
            server: Instance::of(&job.account),
            wanted: Wanted::read(&job.options),
            ctx,
        };
        let (answer, posterless) = sending.call(0, &[], PLACED, steps).await?;
        let held = answer.json().unwrap_or_default();
        let id = held.get("id").and_then(Value::as_str).unwrap_or_default();
        if time_of(&held).is_some() && !id.is_empty() {
            steps.finished(PLACED, json!({ "id": id })).await?;
            return Ok(Ended::Placed(kept(job, id, posterless)));
        }
        // Its time came while the call was on its way.
        match Shown::read(&held).filter(|_| held.get("content").is_some()) {
            Some(mut part) => {
                part.posterless = posterless;
                let part = sending.finish(0, part, steps).await?;
                Ok(Ended::Sent(delivered(job, &[part])))
            }
            None => Err(sending.failed(0, CallFailed::Call(Failed::Answered(answer)))),
        }
    }

    pub(super) async fn confirm_kept(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        let due = job.place_at.unwrap_or(job.due_at);
        let looked = match self.look_among_kept(job, ctx).await {
            Ok(Looked::Nothing) if due <= ctx.clock.now() => {
                let posted = self.look(&published_at(job, due), 0, &[], ctx).await;
                match posted {
                    Ok(Looked::Found(part)) => {
                        return Confirmation::Found(delivered(job, &[part]));
                    }
                    other => other,
                }
            }
            other => other,
        };
        match looked {
            Ok(Looked::Found(part)) => Confirmation::Placed(kept(job, &part.id, false)),
            Ok(Looked::Nothing) => Confirmation::Absent,
            // Sent once more under its key, the server gives the right one.
            Ok(Looked::Unclear) if key_holds(job, ctx) => Confirmation::Absent,
            Ok(Looked::Unclear) => Confirmation::CannotTell(several().message),
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    /// Looks for a post among those the server holds.
    async fn look_among_kept(&self, job: &Job, ctx: Ctx<'_>) -> Result<Looked, Refusal> {
        let due = job.place_at.unwrap_or(job.due_at);
        let words = text::squeezed(&job.segments[0].text);
        let warning = text::squeezed(&Wanted::read(&job.options).warning);
        let files = job.segments[0].media.len();
        let same = |held: &Value| {
            let said = |path: &str| held.pointer(path).and_then(Value::as_str);
            let attached = held.get("media_attachments").and_then(Value::as_array);
            text::squeezed(said("/params/text").unwrap_or_default()) == words
                && text::squeezed(said("/params/spoiler_text").unwrap_or_default()) == warning
                && attached.map_or(0, Vec::len) == files
        };
        let (mut older, mut fits) = (String::new(), Vec::new());
        for _ in 0..MAX_PAGES {
            let mut parameters = vec![("limit", PAGE)];
            if !older.is_empty() {
                parameters.push(("max_id", older.as_str()));
            }
            let path = "/api/v1/scheduled_statuses";
            let answer = self
                .read(&job.account, path, Carry::Query(&parameters), ctx)
                .await?;
            let page = answer.json().unwrap_or_default();
            let page = page.as_array().map(Vec::as_slice).unwrap_or_default();
            for held in page.iter().filter(|held| same(held)) {
                let off =
                    time_of(held).map_or(u64::MAX, |at| at.as_millis().abs_diff(due.as_millis()));
                fits.extend(Shown::read(held).map(|part| (off, part)));
            }
            let last = page.last().and_then(|held| held.get("id")?.as_str());
            let Some(last) = last.filter(|_| page.len() >= 40) else {
                break;
            };
            last.clone_into(&mut older);
        }
        // The same words may be held for several days: the time tells which one it is.
        fits.sort_by_key(|(off, _)| *off);
        let tied = fits.get(1).is_some_and(|(off, _)| *off == fits[0].0);
        Ok(match fits.into_iter().next() {
            Some(_) if tied => Looked::Unclear,
            Some((_, part)) => Looked::Found(part),
            None => Looked::Nothing,
        })
    }

    pub(super) async fn look_at_kept_now(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        let path = format!("/api/v1/scheduled_statuses/{}", kept.remote_id);
        let held = self
            .ask(&job.account, Method::GET, &path, Carry::Nothing, ctx)
            .await;
        let due = job.place_at.unwrap_or(job.due_at);
        match held {
            Ok(answer) => {
                if let Some(at) = answer.json().as_ref().and_then(time_of) {
                    return Kept::Until(at);
                }
                let failed = CallFailed::Call(Failed::Answered(answer));
                Kept::NotNow(told(failed, &job.account, ctx))
            }
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => {
                if ctx.clock.now() < due {
                    return Kept::Gone;
                }
                self.published_since(job, due, ctx).await
            }
            Err(failed) => Kept::NotNow(told(failed, &job.account, ctx)),
        }
    }

    /// The server holds it no more and its time has come.
    async fn published_since(&self, job: &Job, due: Timestamp, ctx: Ctx<'_>) -> Kept {
        match self.look(&published_at(job, due), 0, &[], ctx).await {
            Ok(Looked::Found(part)) => Kept::Published(delivered(job, &[part])),
            Ok(Looked::Nothing) if ctx.clock.now() < due.plus(LATE) => Kept::Until(due),
            Ok(_) => Kept::CannotTell(format!(
                "{} does not hold it any more, and Almanac did not find it among the latest posts of {}.",
                catalogue::NAME,
                job.account.handle
            )),
            Err(refusal) => Kept::NotNow(refusal),
        }
    }

    pub(super) async fn take_back_now(
        &self,
        account: &Account,
        kept: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let path = format!("/api/v1/scheduled_statuses/{}", kept.remote_id);
        match self
            .ask(account, Method::DELETE, &path, Carry::Nothing, ctx)
            .await
        {
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => Ok(()),
            Err(failed) => Err(told(failed, account, ctx)),
            Ok(_) => Ok(()),
        }
    }
}

/// The job as if it had been sent at this time: what came before cannot be it.
fn published_at(job: &Job, due: Timestamp) -> Job {
    let mut job = job.clone();
    job.done.retain(|step| step.key != step_key(0));
    Job {
        place_at: None,
        first_sent_try_at: Some(due),
        ..job
    }
}

fn several() -> Refusal {
    Refusal::never(
        Category::Duplicate,
        "The server holds these words more than once for the same time. Look at the scheduled posts there, then decide whether to send again.",
    )
}
