//! Publishing in steps that can be resumed: for each part of a thread its pictures, its frozen
//! record, and the one call that shows it.
//!
//! Steps by part `n`: `blob/n/i` (an uploaded picture), `record/n` (the record as it is sent, whatever
//! happens), `segment/n` (the record as the server knows it). The record's key was chosen before
//! the first attempt and is written with "must not exist yet", so no repetition can post twice or
//! overwrite anything.

use serde_json::{Value, json};

use super::client::{Auth, CallError};
use super::errors::{self, Doing};
use super::record::{self, COLLECTION, Embed, Image, Parts, Strong};
use super::session::Failed;
use super::text::{self, What};
use super::{Bluesky, Handle, card};
use crate::connector::{
    Confirmation, Ctx, Delivered, Job, JobMedia, Outcome, Refusal, StepLog, StepLost,
};
use model::account::Account;
use model::failure::Category;

use super::catalogue::MAX_IMAGE_BYTES;

/// Longest side of a picture in pixels: what the official app shows at most.
const MAX_SIDE: u32 = 2_000;
/// How often a picture is made smaller when a server takes less than most do.
const MAX_SHRINKS: u32 = 2;

/// Why a delivery stopped.
pub(super) enum Stop {
    /// Certainly not sent.
    NotSent(Refusal),
    /// The visible call may have worked.
    Uncertain(Refusal),
    /// A step could not be recorded.
    Lost(StepLost),
}

impl From<StepLost> for Stop {
    fn from(lost: StepLost) -> Self {
        Self::Lost(lost)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::NotSent(refusal)
    }
}

impl Stop {
    pub(super) fn into_outcome(self) -> Outcome {
        match self {
            Self::NotSent(refusal) => Outcome::NotSent(refusal),
            Self::Uncertain(refusal) => Outcome::Uncertain(refusal),
            Self::Lost(lost) => Outcome::Interrupted(lost),
        }
    }
}

/// What a record key holds on the server.
enum Held {
    Nothing,
    Record(Strong, Value),
}

/// A post being published.
struct Sending<'a> {
    bluesky: &'a Bluesky,
    job: &'a Job,
    handle: Handle,
    ctx: Ctx<'a>,
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
            let strong = match job.step(&segment_key(n)).and_then(Strong::read) {
                Some(strong) => strong,
                None => sending.segment(n, &posted, steps).await?,
            };
            posted.push(strong);
        }
        Ok(delivered(&job.account, &posted))
    }

    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        let Ok(handle) = Handle::read(&job.handle, job.segments.len()) else {
            return Confirmation::CannotTell(
                "Almanac no longer knows under which name this was sent to Bluesky.".to_owned(),
            );
        };
        let mut posted = Vec::new();
        for key in &handle.keys {
            match self.held(&job.account, key, ctx).await {
                Ok(Held::Record(strong, _)) => posted.push(strong),
                Ok(Held::Nothing) => return Confirmation::Absent,
                Err(refusal) => return Confirmation::NotNow(refusal),
            }
        }
        Confirmation::Found(delivered(&job.account, &posted))
    }

    /// Reads back what a key holds. Needs no session.
    async fn held(&self, account: &Account, key: &str, ctx: Ctx<'_>) -> Result<Held, Refusal> {
        let parameters = [
            ("repo", account.remote_id.as_str()),
            ("collection", COLLECTION),
            ("rkey", key),
        ];
        let method = "com.atproto.repo.getRecord";
        match self
            .xrpc
            .query(&account.server, method, &parameters, Auth::None, ctx.clock)
            .await
        {
            Ok(answer) => match Strong::read(&answer) {
                Some(strong) => Ok(Held::Record(
                    strong,
                    answer.get("value").cloned().unwrap_or_default(),
                )),
                None => Err(odd_answer("getRecord without a record", &account.handle)),
            },
            Err(error) if error.is("RecordNotFound") => Ok(Held::Nothing),
            // Older servers answer so.
            Err(CallError::Answered(e))
                if e.status == 400
                    && e.error == "InvalidRequest"
                    && e.message.starts_with("Could not locate record") =>
            {
                Ok(Held::Nothing)
            }
            Err(error) => Err(errors::refusal(&error, Doing::Calling, &account.handle)),
        }
    }
}

/// An answer in the protocol's form that lacks what it has to have.
fn odd_answer(what: &str, handle: &str) -> Refusal {
    let odd = CallError::Strange {
        status: 200,
        detail: what.to_owned(),
    };
    errors::refusal(&odd, Doing::Calling, handle)
}

fn segment_key(n: usize) -> String {
    format!("segment/{n}")
}

fn record_key(n: usize) -> String {
    format!("record/{n}")
}

fn delivered(account: &Account, posted: &[Strong]) -> Delivered {
    let first = posted.first();
    Delivered {
        remote_id: first.map(|s| s.uri.clone()).unwrap_or_default(),
        url: first.map(|s| {
            format!(
                "https://bsky.app/profile/{}/post/{}",
                account.remote_id,
                s.key()
            )
        }),
        remote: json!({ "segments": posted.iter().map(Strong::to_json).collect::<Vec<_>>() }),
    }
}

impl Sending<'_> {
    fn account(&self) -> &Account {
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
        if self.job.attempt > 1 && n > 0 && self.job.step(&segment_key(n - 1)).is_some() {
            self.refuse_if_gone(&self.handle.keys[n - 1]).await?;
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
            None => self.frozen(n, posted, steps).await?,
        };
        steps.about_to_show(&segment_key(n)).await?;
        match self.put(n, &record).await {
            Ok(strong) => self.finish(n, strong, steps).await,
            Err(Failed::Call(error)) if error.is("BlobNotFound") => {
                // Unreferenced blobs may be collected; the same bytes get the same name again.
                let record = self.frozen(n, posted, steps).await?;
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
        Err(if error.may_have_worked() {
            Stop::Uncertain(refusal)
        } else {
            Stop::NotSent(refusal)
        })
    }

    /// Takes a record that is on the server for the one that was to be sent, if it is that.
    async fn adopt(
        &self,
        n: usize,
        strong: Strong,
        there: &Value,
        wanted: &Value,
        steps: &mut dyn StepLog,
    ) -> Result<Strong, Stop> {
        let same = |name: &str| there.get(name) == wanted.get(name);
        if same("text") && same("createdAt") {
            return self.finish(n, strong, steps).await;
        }
        Err(Stop::NotSent(Refusal::never(
            Category::Duplicate,
            "Bluesky already holds a different post under the name of this one.",
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

    /// Makes the record of a part and commits it.
    async fn frozen(
        &self,
        n: usize,
        posted: &[Strong],
        steps: &mut dyn StepLog,
    ) -> Result<Value, Stop> {
        let segment = &self.job.segments[n];
        let found = text::find(&segment.text);
        let mut facets = Vec::new();
        for hit in &found {
            let did = match &hit.what {
                What::Mention(handle) => self.did_of(handle).await?,
                _ => None,
            };
            facets.extend(record::facet(hit, did.as_deref()));
        }
        let embed = if segment.media.is_empty() {
            self.card(&found).await?.map(Embed::Card)
        } else {
            Some(Embed::Images(self.images(n, &segment.media, steps).await?))
        };
        let reply = posted.first().cloned().zip(posted.last().cloned());
        let languages = record::languages(&self.job.options).unwrap_or_default();
        let record = record::record(Parts {
            text: &segment.text,
            created_at: self.handle.created_at(n),
            facets,
            languages,
            embed,
            reply,
        });
        steps.finished(&record_key(n), record.clone()).await?;
        Ok(record)
    }

    /// The account behind a mention; none when nobody answers to it. Trouble on the way is an error,
    /// so that a mention is not lost to a passing fault.
    async fn did_of(&self, handle: &str) -> Result<Option<String>, Refusal> {
        let account = self.account();
        let method = "com.atproto.identity.resolveHandle";
        let parameters = [("handle", handle)];
        let (xrpc, clock) = (&self.bluesky.xrpc, self.ctx.clock);
        match xrpc
            .query(&account.server, method, &parameters, Auth::None, clock)
            .await
        {
            Ok(answer) => Ok(answer.get("did").and_then(Value::as_str).map(str::to_owned)),
            Err(CallError::Answered(e)) if e.status < 429 || e.status == 501 => Ok(None),
            // Servers answer 5xx when the name's own server cannot be asked.
            Err(CallError::Answered(e)) if e.status >= 500 => Ok(None),
            Err(error) => Err(errors::refusal(&error, Doing::Calling, &account.handle)),
        }
    }

    async fn images(
        &self,
        n: usize,
        media: &[JobMedia],
        steps: &mut dyn StepLog,
    ) -> Result<Vec<Image>, Stop> {
        let mut images = Vec::new();
        for (i, file) in media.iter().enumerate() {
            let key = format!("blob/{n}/{i}");
            let (blob, width, height) = self.image(file).await?;
            steps
                .finished(
                    &key,
                    json!({ "blob": blob, "width": width, "height": height }),
                )
                .await?;
            images.push(Image {
                blob,
                alt: file.alt.clone(),
                width,
                height,
            });
        }
        Ok(images)
    }

    /// Makes a picture fit and uploads it; smaller again when this server takes less than most.
    async fn image(&self, file: &JobMedia) -> Result<(Value, u32, u32), Stop> {
        let mut max_bytes = MAX_IMAGE_BYTES;
        for shrinks in 0.. {
            let limits = media::Limits::bytes(max_bytes).side(MAX_SIDE);
            let name = "a picture of this post".to_owned();
            let rendition = media::render_for(file.path.clone(), name, limits)
                .await
                .map_err(|error| unusable(&error))?;
            let (width, height) = (rendition.width, rendition.height);
            match self.upload(rendition.mime(), rendition.bytes).await {
                Ok(blob) => return Ok((blob, width, height)),
                Err(Failed::Call(CallError::Answered(e)))
                    if e.status == 413 && shrinks < MAX_SHRINKS =>
                {
                    max_bytes /= 2;
                }
                Err(failed) => {
                    return Err(Stop::NotSent(failed.into_refusal(&self.account().handle)));
                }
            }
        }
        Err(Stop::NotSent(Refusal::never(
            Category::MediaError,
            "A picture could not be made small enough.",
        )))
    }

    async fn upload(&self, mime: &'static str, bytes: Vec<u8>) -> Result<Value, Failed> {
        let (account, xrpc, ctx, bytes) = (self.account(), &self.bluesky.xrpc, self.ctx, &bytes);
        let answer = self
            .bluesky
            .sessions
            .call(account, ctx, |token| async move {
                let method = "com.atproto.repo.uploadBlob";
                let auth = Auth::Bearer(&token);
                xrpc.upload(
                    &account.server,
                    method,
                    mime,
                    bytes.clone(),
                    auth,
                    ctx.clock,
                )
                .await
            })
            .await?;
        answer
            .get("blob")
            .filter(|b| b.is_object())
            .cloned()
            .ok_or_else(|| {
                Failed::Call(CallError::Strange {
                    status: 200,
                    detail: "uploadBlob without a blob".to_owned(),
                })
            })
    }

    /// The card of the first link. Only its upload can hold the post up, and only when the session
    /// itself is at fault; everything else drops the card or its picture.
    async fn card(&self, found: &[text::Found]) -> Result<Option<Value>, Stop> {
        let link = found.iter().find_map(|f| match &f.what {
            What::Link(uri) => Some(uri),
            _ => None,
        });
        let Some(uri) = link.filter(|_| record::wants_card(&self.job.options)) else {
            return Ok(None);
        };
        let limit = self.bluesky.config.card_limit;
        let Some(card) = card::read(&self.bluesky.pages, uri, limit).await else {
            return Ok(None);
        };
        let mut external =
            json!({ "uri": uri, "title": card.title, "description": card.description });
        if let Some(picture) = card.picture {
            match self.upload(picture.mime, picture.bytes).await {
                Ok(blob) => external["thumb"] = blob,
                Err(Failed::Before(refusal)) => return Err(Stop::NotSent(refusal)),
                Err(Failed::Call(_)) => {}
            }
        }
        Ok(Some(external))
    }
}

/// A picture that cannot be made to fit.
fn unusable(error: &media::MediaError) -> Stop {
    let refusal = match error.code() {
        model::ErrorCode::Storage | model::ErrorCode::Internal => {
            Refusal::later(Category::MediaError, error.to_string())
        }
        _ => Refusal::never(Category::MediaError, error.to_string()),
    };
    Stop::NotSent(match error.detail() {
        Some(detail) => refusal.with_detail(detail),
        None => refusal,
    })
}
