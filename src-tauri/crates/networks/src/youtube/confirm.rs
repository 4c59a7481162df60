//! Looking for a send: the upload's address knows, as long as it is there; then the channel's uploads.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use super::YouTube;
use super::publish::{delivered, shown, video_of};
use super::upload::Reached;
use crate::connector::{Confirmation, Ctx, Delivered, Job, Kept, Refusal};
use crate::sending::Ended;

/// How far clocks may be apart.
pub(super) const SKEW: Duration = Duration::from_mins(2);
/// How far apart two looks in vain have to be.
const APART: Duration = Duration::from_mins(5);

impl YouTube {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(id) = shown(job) {
            return ended(&id, job).found();
        }
        match self.look(job, ctx).await {
            Err(refusal) => Confirmation::NotNow(refusal),
            Ok(Reached::Done(id)) => {
                self.missed.found(job);
                ended(&id, job).found()
            }
            // The address waits for the rest: going on cannot make a second video.
            Ok(Reached::Bytes(_)) => Confirmation::Absent,
            Ok(Reached::Gone) if job.first_sent_try_at.is_none() => Confirmation::Absent,
            Ok(Reached::Gone) if self.missed.again(job, ctx.clock.now(), APART) => {
                Confirmation::Absent
            }
            Ok(Reached::Gone) => Confirmation::NotNow(Refusal::later(
                Category::NetworkError,
                "YouTube does not show this video yet. Almanac looks again in a few minutes.",
            )),
        }
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

    async fn look(&self, job: &Job, ctx: Ctx<'_>) -> Result<Reached, Refusal> {
        let total = video_of(job).map_or(0, |v| v.facts.bytes);
        if let Some(address) = self.begun(job, ctx).await? {
            match self.reached(job, &address, total, ctx).await? {
                Reached::Gone => {}
                known => return Ok(known),
            }
        }
        let found = self.among_uploads(job, total, ctx).await?;
        Ok(found.map_or(Reached::Gone, Reached::Done))
    }
}

/// Public, or private until its time.
fn ended(id: &str, job: &Job) -> Ended {
    Ended::of(delivered(id), job.place_at.is_some())
}
