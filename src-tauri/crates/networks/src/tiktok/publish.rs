//! Publishing. A video is announced, which nobody sees, and its bytes are sent in pieces: the last one
//! makes the post. Photos are fetched by TikTok from the person's public folder as soon as it is told
//! to. Either way TikTok works on it for a while and can be asked what became of it.
//!
//! The step `segment/0` holds what is published.

use model::failure::Category;
use serde_json::{Value, json};

use super::catalogue::{FETCHES, NAME, OPTION_PRIVACY};
use super::creator::Creator;
use super::post::{option, photo_info, picture_limits, video_info};
use super::upload::{Put, PutFailed, Standing, Upload};
use super::{TikTok, errors};
use crate::api::Failed;
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::hosting::Lending;
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// The step that shows.
const SHOWN: &str = "segment/0";
/// How often one looks whether TikTok is done, each time after twice the wait.
const LOOKS: u32 = 6;

/// What is published, as an earlier attempt recorded it.
pub(super) fn shown(job: &Job) -> Option<Delivered> {
    job.step(SHOWN).map(|step| delivered(job, step))
}

/// A published post as later calls need it.
pub(super) fn delivered(job: &Job, step: &Value) -> Delivered {
    let text = |name: &str| step[name].as_str().filter(|t| !t.is_empty());
    let (post, publish) = (text("postId"), text("publishId"));
    let kind = if job.first_video().is_some() {
        "video"
    } else {
        "photo"
    };
    let username = job.account.settings["username"].as_str();
    let url = post.zip(username.filter(|name| !name.is_empty()));
    Delivered {
        remote_id: post.or(publish).unwrap_or_default().to_owned(),
        url: url.map(|(id, name)| format!("https://www.tiktok.com/@{name}/{kind}/{id}")),
        remote: step.clone(),
    }
}

/// What the step of a published post holds.
pub(super) fn step(publish_id: &str, posts: &[String]) -> Value {
    json!({ "publishId": publish_id, "postId": posts.first() })
}

impl TikTok {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        if let Some(delivered) = shown(job) {
            return Ok(delivered);
        }
        let done = match self.resumed(job, steps, ctx).await? {
            Resumed::Published(step) => step,
            Resumed::Begun(upload, from) => self.send(job, &upload, from, steps, ctx).await?,
            Resumed::New => self.new_post(job, steps, ctx).await?,
        };
        steps.finished(SHOWN, done.clone()).await?;
        self.settled(job, ctx).await;
        Ok(delivered(job, &done))
    }

    /// Where an earlier attempt came to.
    async fn resumed(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Resumed, Stop> {
        let Some(upload) = self.begun(job, ctx).await? else {
            return Ok(Resumed::New);
        };
        let total = job.first_video().map(|video| video.facts.bytes);
        let id = &upload.publish_id;
        match self.standing(&job.account, id, ctx).await? {
            Standing::Published(posts) => {
                steps.about_to_show(SHOWN).await?;
                Ok(Resumed::Published(step(id, &posts)))
            }
            Standing::Failed(reason) => {
                let refusal = errors::failed(&reason, &job.account.handle);
                self.over(job, ctx).await?;
                // It was told when it failed, and the person or the clock sends it again; or it failed
                // after everything was sent, and is told now.
                if refusal.retry == model::failure::Retry::Never {
                    self.tidy(job, ctx).await;
                    return Err(refusal.into());
                }
                Ok(Resumed::New)
            }
            Standing::Unknown => {
                self.over(job, ctx).await?;
                Ok(Resumed::New)
            }
            Standing::Working(uploaded) => match (total, uploaded) {
                (Some(total), Some(uploaded)) if uploaded < total => {
                    Ok(Resumed::Begun(upload, uploaded))
                }
                _ => {
                    steps.about_to_show(SHOWN).await?;
                    let done = self.watched(job, id, ctx).await?;
                    Ok(Resumed::Published(done))
                }
            },
        }
    }

    async fn new_post(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Value, Stop> {
        let creator = self.creator(&job.account, ctx).await?;
        let level = option(&job.options, OPTION_PRIVACY);
        if !creator.privacy.iter().any(|offered| offered == level) {
            return Err(errors::privacy_gone().into());
        }
        let Some(video) = job.first_video() else {
            return self.photos(job, &creator, steps, ctx).await;
        };
        let length = video.facts.clip.as_ref().and_then(|clip| clip.length_ms);
        if let (Some(length), Some(most)) = (length, creator.max_seconds)
            && length > most.saturating_mul(1_000)
        {
            return Err(errors::too_long(length, most).into());
        }
        let total = video.facts.bytes;
        let (chunk, count) = self.pieces.of(total);
        let input = json!({
            "post_info": video_info(job, video, &creator),
            "source_info": {
                "source": "FILE_UPLOAD", "video_size": total,
                "chunk_size": chunk, "total_chunk_count": count,
            },
        });
        let path = "/v2/post/publish/video/init/";
        let data = self.ask(&job.account, path, Some(&input), ctx).await;
        let data = data.map_err(|failed| super::client::told(failed, &job.account, ctx))?;
        let text = |name: &str| data[name].as_str().map(str::to_owned);
        let address = text("upload_url").filter(|address| self.is_own(address));
        let (Some(publish_id), Some(address)) = (text("publish_id"), address) else {
            let odd = Failed::Cut("an answer without an address for the video".to_owned());
            return Err(errors::refusal(&odd, &job.account.handle, ctx.clock.now()).into());
        };
        let upload = Upload {
            publish_id,
            address: Some(address),
        };
        self.keep(job, &upload, ctx).await?;
        self.send(job, &upload, 0, steps, ctx).await
    }

    /// Sends what is missing of a video, and watches it.
    async fn send(
        &self,
        job: &Job,
        upload: &Upload,
        mut from: u64,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Value, Stop> {
        let (Some(video), Some(address)) = (job.first_video(), &upload.address) else {
            return Err(no_file().into());
        };
        let total = video.facts.bytes;
        let (mut moved, mut announced) = (false, false);
        while from < total {
            let end = self.pieces.end(from, total);
            let last = end == total;
            if last {
                steps.about_to_show(SHOWN).await?;
                announced = true;
            }
            match self.put(address, video, from, end).await {
                Ok(Put::All) => from = total,
                Ok(Put::More) if !last => from = end,
                // Once: TikTok knows better how far it came.
                Ok(Put::From(there)) if !moved && there != from && there <= total => {
                    moved = true;
                    from = there;
                }
                Ok(Put::Gone) => {
                    self.over(job, ctx).await?;
                    return Err(gone().into());
                }
                Ok(Put::More | Put::From(_)) => {
                    let odd = Failed::Cut("the upload does not go on".to_owned());
                    let refusal = errors::refusal(&odd, &job.account.handle, ctx.clock.now());
                    return Err(Stop::after_showing(last, refusal));
                }
                Err(PutFailed::File(refusal)) => return Err(refusal.into()),
                Err(PutFailed::Call(failed)) => return Err(not_put(&failed, job, last, ctx)),
            }
        }
        if !announced {
            // All pieces were there before.
            steps.about_to_show(SHOWN).await?;
        }
        self.watched(job, &upload.publish_id, ctx).await
    }

    async fn photos(
        &self,
        job: &Job,
        creator: &Creator,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Value, Stop> {
        if job.first_media().is_empty() {
            return Err(no_file().into());
        }
        let mut addresses = Vec::new();
        for file in job.first_media() {
            let lending = self.lends(job, picture_limits(&file.facts), ctx);
            match self.hosting.lend(lending, file).await {
                Ok(address) => addresses.push(address),
                Err(refusal) => {
                    self.tidy(job, ctx).await;
                    return Err(refusal.into());
                }
            }
        }
        let input = json!({
            "media_type": "PHOTO", "post_mode": "DIRECT_POST",
            "post_info": photo_info(job, creator),
            "source_info": {
                "source": "PULL_FROM_URL", "photo_images": addresses, "photo_cover_index": 0,
            },
        });
        // Renewed before the call is announced, so that its only answer is about the post.
        let good = self.sessions.good(&job.account, self, None, ctx).await?;
        drop(good);
        steps.about_to_show(SHOWN).await?;
        let path = "/v2/post/publish/content/init/";
        let data = match self.ask(&job.account, path, Some(&input), ctx).await {
            Ok(data) => data,
            Err(CallFailed::Before(refusal)) => return Err(refusal.into()),
            Err(CallFailed::Call(failed)) => {
                let open = failed.may_have_worked();
                if !open {
                    self.tidy(job, ctx).await;
                }
                let refusal = errors::refusal(&failed, &job.account.handle, ctx.clock.now());
                return Err(Stop::after_showing(open, refusal));
            }
        };
        let Some(publish_id) = data["publish_id"].as_str().map(str::to_owned) else {
            let odd = Failed::Cut("a post without its name".to_owned());
            let refusal = errors::refusal(&odd, &job.account.handle, ctx.clock.now());
            return Err(Stop::Uncertain(refusal));
        };
        let upload = Upload {
            publish_id,
            address: None,
        };
        // Without it a lost answer is looked for among the public posts.
        let _ = self.keep(job, &upload, ctx).await;
        self.watched(job, &upload.publish_id, ctx).await
    }

    /// Waits until TikTok says what became of a post. It was announced; there is no way back.
    async fn watched(&self, job: &Job, publish_id: &str, ctx: Ctx<'_>) -> Result<Value, Stop> {
        let mut wait = self.first_wait;
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            let standing = self.standing(&job.account, publish_id, ctx).await;
            match standing.map_err(Stop::Uncertain)? {
                Standing::Published(posts) => return Ok(step(publish_id, &posts)),
                Standing::Failed(reason) => {
                    self.settled(job, ctx).await;
                    return Err(errors::failed(&reason, &job.account.handle).into());
                }
                Standing::Working(_) | Standing::Unknown => {}
            }
        }
        Err(Stop::Uncertain(errors::working()))
    }

    /// TikTok has what it needs or wants nothing more: what was kept for it goes.
    async fn settled(&self, job: &Job, ctx: Ctx<'_>) {
        // A vault that is locked just now keeps something that is of no use any more.
        let _ = self.over(job, ctx).await;
        self.tidy(job, ctx).await;
    }

    /// Takes the photos of a job out of the public folder.
    pub(super) async fn tidy(&self, job: &Job, ctx: Ctx<'_>) {
        for file in job
            .first_media()
            .iter()
            .filter(|file| !file.facts.is_video())
        {
            let lending = self.lends(job, picture_limits(&file.facts), ctx);
            self.hosting.take_away(&lending, file).await;
        }
    }

    fn lends<'a>(&'a self, job: &'a Job, limits: media::Limits, ctx: Ctx<'a>) -> Lending<'a> {
        Lending {
            api: &self.api,
            ctx,
            network: NAME,
            fetches: FETCHES,
            account: &job.account,
            target: job.target_id,
            limits,
            patience: self.patience,
        }
    }
}

/// Where a delivery goes on.
enum Resumed {
    /// Nothing was begun.
    New,
    /// So many bytes are there.
    Begun(Upload, u64),
    /// It is published: what its step holds.
    Published(Value),
}

fn no_file() -> Refusal {
    Refusal::never(Category::Validation, "TikTok needs a picture or a video.")
}

/// The upload ran out before everything was there: nothing was posted.
fn gone() -> Refusal {
    Refusal::later(
        Category::MediaError,
        "TikTok gave up on an upload that took too long. It begins anew.",
    )
}

/// What a piece that did not arrive means.
fn not_put(failed: &Failed, job: &Job, last: bool, ctx: Ctx<'_>) -> Stop {
    let refusal = match failed.status() {
        Some(400) => Refusal::never(
            Category::MediaError,
            "TikTok does not take this file. Convert the video to MP4 and add it again.",
        )
        .with_detail(failed.detail()),
        _ => errors::refusal(failed, &job.account.handle, ctx.clock.now()),
    };
    Stop::after_showing(last && failed.may_have_worked(), refusal)
}
