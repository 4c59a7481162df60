//! Publishing in steps that can be resumed: for each part of a thread its pictures, its frozen
//! record, and the one call that shows it.
//!
//! Steps by part `n`: `blob/n/i` (an uploaded picture), `job/n` (the video service's number of its work),
//! `video/n` (an uploaded video), `record/n` (the record as it is sent, whatever
//! happens), `segment/n` (the record as the server knows it). The record's key was chosen before
//! the first attempt and is written with "must not exist yet", so no repetition can post twice or
//! overwrite anything.

use model::account::Account;
use model::failure::Category;
use serde_json::{Value, json};

use super::client::{Auth, CallError};
use super::confirm::{Held, delivered};
use super::errors::{self, Doing};
use super::record::{COLLECTION, Strong};
use super::session::Failed;
use super::{Bluesky, Handle};
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::sending::Stop;

/// A post being published.
pub(super) struct Sending<'a> {
    pub(super) bluesky: &'a Bluesky,
    pub(super) job: &'a Job,
    pub(super) handle: Handle,
    pub(super) ctx: Ctx<'a>,
}

impl Bluesky {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        let handle = Handle::read(&job.handle, job.segments.len())?;
        let sending = Sending {
            bluesky: self,
            job,
            handle,
            ctx,
        };
        let mut posted: Vec<Strong> = Vec::new();
        for n in 0..job.segments.len() {
            let strong = match shown(job, n) {
                Some(strong) => strong,
                None => sending.segment(n, &posted, steps).await?,
            };
            posted.push(strong);
        }
        Ok(delivered(&job.account, &posted))
    }
}

fn segment_key(n: usize) -> String {
    format!("segment/{n}")
}

/// A part that an earlier attempt showed, as the server knows it: under the name it went out with,
/// whatever was edited or chosen anew since.
pub(super) fn shown(job: &Job, n: usize) -> Option<Strong> {
    job.step(&segment_key(n)).and_then(Strong::read)
}

pub(super) fn record_key(n: usize) -> String {
    format!("record/{n}")
}

impl Sending<'_> {
    pub(super) fn account(&self) -> &Account {
        &self.job.account
    }

    /// Publishes one part.
    async fn segment(
        &self,
        n: usize,
        posted: &[Strong],
        steps: &mut dyn StepLog,
    ) -> Result<Strong, Stop> {
        let frozen = self.job.step(&record_key(n)).cloned();
        if let Some(before) = n.checked_sub(1).and_then(|n| shown(self.job, n)) {
            self.refuse_if_gone(before.key()).await?;
        }
        let record = match frozen {
            Some(record) => {
                // An earlier attempt got as far as this and may have shown it.
                if let Held::Record(strong, value) = self
                    .bluesky
                    .held(self.account(), &self.handle.keys[n], self.ctx)
                    .await?
                {
                    return self.adopt(n, strong, &value, &record, steps).await;
                }
                record
            }
            None => self.frozen(n, posted, false, steps).await?,
        };
        steps.about_to_show(&segment_key(n)).await?;
        match self.put(n, &record).await {
            Ok(strong) => self.finish(n, strong, steps).await,
            Err(Failed::Call(error)) if error.is("BlobNotFound") => {
                // Unreferenced blobs may be collected; the same bytes get the same name again.
                let record = self.frozen(n, posted, true, steps).await?;
                match self.put(n, &record).await {
                    Ok(strong) => self.finish(n, strong, steps).await,
                    Err(failed) => self.failed(n, failed, &record, steps).await,
                }
            }
            Err(failed) => self.failed(n, failed, &record, steps).await,
        }
    }

    async fn finish(
        &self,
        n: usize,
        strong: Strong,
        steps: &mut dyn StepLog,
    ) -> Result<Strong, Stop> {
        steps.finished(&segment_key(n), strong.to_json()).await?;
        Ok(strong)
    }

    /// What a failed visible call means.
    async fn failed(
        &self,
        n: usize,
        failed: Failed,
        record: &Value,
        steps: &mut dyn StepLog,
    ) -> Result<Strong, Stop> {
        let error = match failed {
            Failed::Before(refusal) => return Err(Stop::NotSent(refusal)),
            Failed::Call(error) => error,
        };
        if error.is("InvalidSwap") {
            // The key is taken: by this very post when an earlier answer was lost.
            if let Held::Record(strong, value) = self
                .bluesky
                .held(self.account(), &self.handle.keys[n], self.ctx)
                .await?
            {
                return self.adopt(n, strong, &value, record, steps).await;
            }
        }
        let refusal = errors::refusal(&error, Doing::Calling, &self.account().handle);
        Err(Stop::after_showing(error.may_have_worked(), refusal))
    }

    /// Takes a record that is on the server for the one that was to be sent, if it says the same. Its
    /// name is this target's own, so it is an earlier send, also one of another computer or of before a
    /// backup was put back; those have another date.
    async fn adopt(
        &self,
        n: usize,
        strong: Strong,
        there: &Value,
        wanted: &Value,
        steps: &mut dyn StepLog,
    ) -> Result<Strong, Stop> {
        if there.get("text") == wanted.get("text") {
            return self.finish(n, strong, steps).await;
        }
        Err(Stop::NotSent(Refusal::never(
            Category::Duplicate,
            "Bluesky already holds this post with other words. Delete it there first, or leave it.",
        )))
    }

    /// A thread does not go on below a post that somebody deleted since.
    async fn refuse_if_gone(&self, key: &str) -> Result<(), Stop> {
        match self.bluesky.held(self.account(), key, self.ctx).await? {
            Held::Record(..) => Ok(()),
            Held::Nothing => Err(Stop::NotSent(Refusal::never(
                Category::Validation,
                "The part before this one was deleted on Bluesky, so the rest of the thread was not posted.",
            ))),
        }
    }

    async fn put(&self, n: usize, record: &Value) -> Result<Strong, Failed> {
        let account = self.account();
        let input = json!({
            "repo": account.remote_id,
            "collection": COLLECTION,
            "rkey": self.handle.keys[n],
            "record": record,
            // "Must not exist yet": nothing is ever overwritten.
            "swapRecord": null,
        });
        let (xrpc, ctx, input) = (&self.bluesky.xrpc, self.ctx, &input);
        let answer = self
            .bluesky
            .sessions
            .call(account, ctx, |token| async move {
                let method = "com.atproto.repo.putRecord";
                xrpc.procedure(
                    &account.server,
                    method,
                    Some(input),
                    Auth::Bearer(&token),
                    ctx.clock,
                )
                .await
            })
            .await?;
        Strong::read(&answer).ok_or_else(|| {
            Failed::Call(CallError::Strange {
                status: 200,
                detail: "putRecord without a record".to_owned(),
            })
        })
    }
}
