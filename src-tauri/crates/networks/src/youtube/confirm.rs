//! Looking for a send: the upload's address knows, as long as it is there; then the channel's uploads. What is
//! there counts once YouTube says that it can use it.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use super::extras::wanted;
use super::publish::{delivered, shown};
use super::standing::{self, State, WORKS_FOR};
use super::upload::{Among, Reached};
use super::{YouTube, errors};
use crate::after::Unrecorded;
use crate::connector::{Confirmation, Ctx, Delivered, Job, Kept, Refusal};
use crate::sending::Ended;

/// How far clocks may be apart.
pub(super) const SKEW: Duration = Duration::from_mins(2);
/// How far apart two looks in vain have to be.
const APART: Duration = Duration::from_mins(5);

/// Where a video is.
enum Seen {
    /// There, and what comes after it was not added yet as far as is known here.
    Sent(String),
    /// There, with or without what comes after it.
    Listed(String),
    /// Its upload waits for the rest: going on cannot make a second video.
    Waiting,
    Nowhere,
    /// More was uploaded since than is read.
    TooMuch,
}

impl YouTube {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        let never_sent = job.first_sent_try_at.is_none();
        let looked = match self.look(job, ctx).await {
            Err(refusal) => return Confirmation::NotNow(refusal),
            Ok(seen) => seen,
        };
        let found = match looked {
            Seen::Sent(id) => self.found(job, &id, true, ctx).await,
            Seen::Listed(id) => self.found(job, &id, false, ctx).await,
            Seen::Waiting => Ok(Confirmation::Absent),
            Seen::Nowhere | Seen::TooMuch if never_sent => Ok(Confirmation::Absent),
            Seen::TooMuch => Ok(Confirmation::CannotTell(format!(
                "{} has so many newer videos that Almanac could not find out whether this one is there. Look in YouTube Studio.",
                job.account.handle
            ))),
            Seen::Nowhere if self.missed.again(job, ctx.clock.now(), APART) => {
                Ok(Confirmation::Absent)
            }
            Seen::Nowhere => Err(Refusal::later(
                Category::NetworkError,
                "YouTube does not show this video yet. Almanac looks again in a few minutes.",
            )),
        };
        found.unwrap_or_else(Confirmation::NotNow)
    }

    /// A video that is there: whether YouTube can use it, and what is to be known of it.
    async fn found(
        &self,
        job: &Job,
        id: &str,
        fresh: bool,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        let standing = self.look_at(&job.account, id, ctx).await?;
        let ready = match &standing.state {
            // Going on says why, and begins anew only when the person wants it.
            State::Refused(_) if fresh => return Ok(Confirmation::Absent),
            State::Working if !self.missed.again(job, ctx.clock.now(), WORKS_FOR) => {
                return Err(errors::working());
            }
            State::Working => false,
            State::Ready | State::Refused(_) => true,
        };
        self.missed.found(job);
        let mut lacks = vec![];
        if fresh {
            lacks = standing.told(job);
            let added = self.extras(job, id, ready, &mut Unrecorded, ctx).await;
            lacks.extend(added.unwrap_or_default());
        } else if wanted(job) {
            lacks.push("Almanac found the video on YouTube and does not know whether its thumbnail, captions and playlist came along. Look at it there.".to_owned());
        }
        Ok(ended(id, lacks, job).found())
    }

    /// Looks at a video that is private until its time.
    pub(super) async fn look_at_kept_now(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        let path = format!("/youtube/v3/videos?part=status&id={}", kept.remote_id);
        let answer = match self.get(&job.account, &path, ctx).await {
            Ok(answer) => answer,
            Err(refusal) => return Kept::NotNow(refusal),
        };
        let Some(status) = answer.pointer("/items/0/status") else {
            return Kept::Gone;
        };
        if let Some(reason) = standing::refused(status) {
            return Kept::CannotTell(errors::refused(&reason).message);
        }
        let text = |name: &str| status.get(name).and_then(Value::as_str);
        let time = text("publishAt").and_then(|t| t.parse::<jiff::Timestamp>().ok());
        match (text("privacyStatus"), time) {
            (Some("private"), Some(at)) => {
                Kept::Until(Timestamp::from_millis(at.as_millisecond()))
            }
            (Some("private"), None) => Kept::CannotTell(
                "The video is on YouTube, private and without a time. Make it public in YouTube Studio, or delete it there."
                    .to_owned(),
            ),
            _ => Kept::Published(kept.clone()),
        }
    }

    async fn look(&self, job: &Job, ctx: Ctx<'_>) -> Result<Seen, Refusal> {
        if let Some(id) = shown(job) {
            return Ok(Seen::Sent(id));
        }
        let total = job.first_video().map_or(0, |v| v.facts.bytes);
        if let Some(address) = self.begun(job, ctx).await? {
            match self.reached(job, &address, total, ctx).await? {
                Reached::Done(id) => return Ok(Seen::Sent(id)),
                Reached::Bytes(_) => return Ok(Seen::Waiting),
                Reached::Gone => {}
            }
        }
        Ok(match self.among_uploads(job, total, ctx).await? {
            Among::Found(id) => Seen::Listed(id),
            Among::Nothing => Seen::Nowhere,
            Among::TooMuch => Seen::TooMuch,
        })
    }
}

/// Public, or private until its time.
fn ended(id: &str, lacks: Vec<String>, job: &Job) -> Ended {
    Ended::of(delivered(id).lacking(lacks), job.place_at.is_some())
}
