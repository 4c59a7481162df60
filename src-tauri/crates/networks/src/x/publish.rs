//! Publishing in steps that can be resumed: for each part of a thread its files and the one call that
//! shows it.
//!
//! X has no key that makes a call harmless when it is repeated. So whenever an earlier attempt may have
//! shown a part, and whenever X says that it has the same words already, the own timeline is read
//! first, and what is found there is taken for the part.

use serde_json::{Map, Value, json};

use super::catalogue::{OPTION_AI, OPTION_PAID, OPTION_REPLIES};
use super::client::{self, CallError};
use super::confirm::{Part, unread};
use super::upload::{Uploaded, media_key};
use super::{X, errors, text};
use crate::catalogue::PricedFor;
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// A post being published.
pub(super) struct Sending<'a> {
    pub(super) x: &'a X,
    pub(super) job: &'a Job,
    pub(super) ctx: Ctx<'a>,
}

/// Name of the step that shows a part.
pub(super) fn segment_key(n: usize) -> String {
    format!("segment/{n}")
}

/// The id of a part that was shown.
pub(super) fn shown(job: &Job, n: usize) -> Option<String> {
    let value = job.step(&segment_key(n))?;
    value.get("id").and_then(Value::as_str).map(str::to_owned)
}

impl X {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        let sending = Sending { x: self, job, ctx };
        let mut posted: Vec<String> = Vec::new();
        // Only the first part that is not recorded can have been shown by an earlier attempt.
        let mut doubtful = job.first_sent_try_at.is_some();
        for n in 0..job.segments.len() {
            let id = if let Some(id) = shown(job, n) {
                id
            } else {
                let first = std::mem::take(&mut doubtful);
                sending.segment(n, &posted, first, steps).await?
            };
            posted.push(id);
        }
        Ok(delivered(job, &posted))
    }
}

impl Sending<'_> {
    pub(super) fn told(&self, failed: CallError) -> Refusal {
        client::told(failed, &self.job.account, self.ctx)
    }

    async fn segment(
        &self,
        n: usize,
        posted: &[String],
        doubtful: bool,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let parent = posted.last().map(String::as_str);
        if doubtful && let Some(id) = self.found(n, parent, vec![]).await? {
            return self.finish(n, id, steps).await;
        }
        let mut files = Vec::new();
        for (i, file) in self.job.segments[n].media.iter().enumerate() {
            files.push(self.uploaded(n, i, file, steps).await?);
        }
        let post = body(self.job, n, parent, &files);
        steps.about_to_show(&segment_key(n)).await?;
        let charged = charged_for(&self.job.segments[n].text);
        let account = &self.job.account;
        match self.x.create(account, &post, charged, self.ctx).await {
            Ok(id) => self.finish(n, id, steps).await,
            Err(failed) => self.failed(n, parent, &files, failed, steps).await,
        }
    }

    async fn finish(&self, n: usize, id: String, steps: &mut dyn StepLog) -> Result<String, Stop> {
        steps.finished(&segment_key(n), json!({ "id": id })).await?;
        Ok(id)
    }

    /// Looks for a part on the own timeline. Where more was posted since than is read, the person was asked
    /// before this attempt and said that it is not there.
    async fn found(
        &self,
        n: usize,
        parent: Option<&str>,
        files: Vec<String>,
    ) -> Result<Option<String>, Refusal> {
        let part = Part::of(self.job, n, parent, files);
        let mut timeline = unread();
        self.x.find(&part, &mut timeline, self.job, self.ctx).await
    }

    /// What a failed visible call means.
    async fn failed(
        &self,
        n: usize,
        parent: Option<&str>,
        files: &[Uploaded],
        failed: CallError,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let failed = match failed {
            CallFailed::Before(refusal) => return Err(Stop::NotSent(refusal)),
            CallFailed::Call(failed) => failed,
        };
        let handle = &self.job.account.handle;
        let refusal = errors::refusal(&failed, handle, self.ctx.clock.now());
        if errors::is_duplicate(&failed) {
            let files = files.iter().map(|f| f.key.clone()).collect();
            // Not found, or no way to look: the refusal stands, and nothing was sent by this call.
            if let Ok(Some(id)) = self.found(n, parent, files).await {
                return self.finish(n, id, steps).await;
            }
        }
        if errors::is_media_lost(&failed) {
            for i in 0..files.len() {
                steps.finished(&media_key(n, i), Value::Null).await?;
            }
        }
        Err(Stop::after_showing(failed.may_have_worked(), refusal))
    }
}

/// What X charges for a part: with a link in it, more than ten times as much.
fn charged_for(words: &str) -> PricedFor {
    let found = text::find(words);
    if found.iter().any(|f| f.what == text::What::Link) {
        PricedFor::SegmentWithLink
    } else {
        PricedFor::Segment
    }
}

/// The post as the network wants it.
fn body(job: &Job, n: usize, parent: Option<&str>, files: &[Uploaded]) -> Value {
    let mut post = Map::new();
    post.insert("text".to_owned(), job.segments[n].text.clone().into());
    if !files.is_empty() {
        let ids: Vec<&str> = files.iter().map(|f| f.id.as_str()).collect();
        post.insert("media".to_owned(), json!({ "media_ids": ids }));
    }
    if let Some(parent) = parent {
        post.insert(
            "reply".to_owned(),
            json!({ "in_reply_to_tweet_id": parent }),
        );
    }
    let replies = job.options.get(OPTION_REPLIES).and_then(Value::as_str);
    if let Some(who) = replies.filter(|who| !who.is_empty() && parent.is_none()) {
        post.insert("reply_settings".to_owned(), who.into());
    }
    for (option, field) in [
        (OPTION_AI, "made_with_ai"),
        (OPTION_PAID, "paid_partnership"),
    ] {
        if job.options.get(option).and_then(Value::as_bool) == Some(true) {
            post.insert(field.to_owned(), true.into());
        }
    }
    post.into()
}

/// A post as later calls need it.
pub(super) fn delivered(job: &Job, posted: &[String]) -> Delivered {
    let first = posted.first().cloned().unwrap_or_default();
    let name = job.account.handle.trim_start_matches('@');
    Delivered {
        url: Some(format!("https://x.com/{name}/status/{first}")),
        remote_id: first,
        remote: json!({ "ids": posted }),
    }
}

/// The ids of every part.
pub(super) fn ids_of(delivered: &Delivered) -> Vec<String> {
    let all = delivered.remote.get("ids").and_then(Value::as_array);
    let texts = all.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
