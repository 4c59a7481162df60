//! Looking for a send: the upload's address knows, as long as it is there; then the channel's uploads.

use std::time::Duration;

use model::failure::Category;

use super::YouTube;
use super::publish::{delivered, shown, video_of};
use super::upload::Reached;
use crate::connector::{Confirmation, Ctx, Job, Refusal};

/// How far clocks may be apart.
pub(super) const SKEW: Duration = Duration::from_mins(2);
/// How far apart two looks in vain have to be.
const APART: Duration = Duration::from_mins(5);

impl YouTube {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(id) = shown(job) {
            return Confirmation::Found(delivered(&id));
        }
        match self.look(job, ctx).await {
            Err(refusal) => Confirmation::NotNow(refusal),
            Ok(Reached::Done(id)) => {
                self.missed.found(job);
                Confirmation::Found(delivered(&id))
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
