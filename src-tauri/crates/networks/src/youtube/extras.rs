//! What comes after a video: its thumbnail, its captions and its playlist. None of it undoes or repeats the
//! video. What does not work is recorded as the sentence that tells it.
//!
//! Steps: `thumbnail/0`, `captions/0/…` by language and `playlist/0`, each `true` or the sentence.

use super::YouTube;
use super::catalogue::OPTION_PLAYLIST;
use super::client::told;
use super::publish::{option, picture_limits};
use crate::after::{self, once};
use crate::connector::{Ctx, Job, JobMedia, Refusal, StepLog, StepLost};
use crate::fitting;

/// Longest video that may be a Short, in milliseconds.
const SHORT_MS: u32 = 3 * 60_000;

/// What becomes the thumbnail: the picture beside the video, else the video, of which a moment was chosen.
fn thumbnail_of(job: &Job) -> Option<&JobMedia> {
    let media = job.first_media();
    let picture = media.iter().find(|f| f.facts.mime.starts_with("image/"));
    picture.or_else(|| job.first_video().filter(|video| video.poster.is_some()))
}

/// Whether anything comes after the video.
pub(super) fn wanted(job: &Job) -> bool {
    let captioned = job
        .first_video()
        .is_some_and(|video| !video.captions.is_empty());
    thumbnail_of(job).is_some() || captioned || !option(&job.options, OPTION_PLAYLIST).is_empty()
}

/// Whether YouTube may make a Short of the video: an upright or square one of up to three minutes. What is
/// not known may be so.
fn may_be_short(job: &Job) -> bool {
    let Some(facts) = job.first_video().map(|video| &video.facts) else {
        return false;
    };
    let wide = facts
        .width
        .zip(facts.height)
        .is_some_and(|(width, height)| width > height);
    let length = facts.clip.as_ref().and_then(|clip| clip.length_ms);
    !wide && length.is_none_or(|ms| ms <= SHORT_MS)
}

fn why(refusal: &Refusal) -> String {
    after::why("YouTube", refusal)
}

impl YouTube {
    /// Adds what comes after a video, and gives a sentence for each thing that is not there. `ready` tells
    /// whether YouTube is done with the video.
    pub(super) async fn extras(
        &self,
        job: &Job,
        id: &str,
        ready: bool,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Vec<String>, StepLost> {
        let mut lacks = vec![];
        if let Some(file) = thumbnail_of(job) {
            let work = self.thumbnail(job, id, file, ready, ctx);
            once(job, "thumbnail/0", &mut lacks, steps, work).await?;
        }
        for own in job.first_video().map_or(&[][..], |video| &video.captions) {
            let key = format!("captions/0/{}", own.language);
            let work = async {
                let added = self.insert_captions(job, id, own, ctx).await;
                added.map_err(|refusal| {
                    let why = why(&refusal);
                    format!(
                        "Its captions in {} are not there. {why} Add them in YouTube Studio.",
                        own.language
                    )
                })
            };
            once(job, &key, &mut lacks, steps, work).await?;
        }
        let playlist = option(&job.options, OPTION_PLAYLIST);
        if !playlist.is_empty() {
            let work = async {
                let added = self.add_to_playlist(&job.account, playlist, id, ctx).await;
                added.map_err(|failed| {
                    let refusal = told(failed, &job.account, ctx);
                    let why = why(&refusal);
                    format!("It is not in the playlist. {why} Add it in YouTube Studio.")
                })
            };
            once(job, "playlist/0", &mut lacks, steps, work).await?;
        }
        Ok(lacks)
    }

    async fn thumbnail(
        &self,
        job: &Job,
        id: &str,
        file: &JobMedia,
        ready: bool,
        ctx: Ctx<'_>,
    ) -> Result<(), String> {
        // A Short keeps no thumbnail that is set before YouTube is done with it.
        if !ready && may_be_short(job) {
            return Err("Its thumbnail is not there, since YouTube was still working on the video. Set it in YouTube Studio.".to_owned());
        }
        let poster = fitting::poster(file, picture_limits()).await;
        if file.poster.is_some() && poster.is_none() {
            return Err("Its thumbnail is not there, since it could not be cut out of the video. Set it in YouTube Studio.".to_owned());
        }
        let set = async {
            let made = match poster {
                Some(made) => made,
                None => fitting::picture(file, picture_limits()).await?,
            };
            self.set_thumbnail(job, id, &made, ctx).await
        };
        set.await.map_err(|refusal| {
            let why = why(&refusal);
            format!("Its thumbnail is not there. {why} Set it in YouTube Studio.")
        })
    }
}
