//! Publishing in steps that can be resumed.
//!
//! Steps: `photo/i` (a picture that was uploaded, unpublished), for a video those of
//! [`video`](super::video) and [`poster`], `post`, the one call that shows it, and then those of
//! [`captions`](super::captions).

use model::Timestamp;
use reqwest::multipart;
use serde_json::{Value, json};

use super::catalogue::{MAX_IMAGE_BYTES, OPTION_LINK, OPTION_TITLE};
use super::{Facebook, Kind, errors, option, poster};
use crate::api::Failed;
use crate::connector::{Ctx, Delivered, Job, JobMedia, JobSegment, Refusal, StepLog};
use crate::fitting;
use crate::meta::client::{id_of, unreadable};
use crate::meta::errors as graph_errors;
use crate::meta::pass::Pass;
use crate::sending::{Ended, Stop};

/// The step that shows the post.
pub(super) const POST: &str = "post";
/// Longest side of a picture in pixels that Facebook keeps.
const MAX_SIDE: u32 = 2_048;
/// How often a picture is made smaller when Facebook takes less.
const MAX_SHRINKS: u32 = 2;

/// A post being published.
pub(super) struct Sending<'a> {
    pub(super) facebook: &'a Facebook,
    pub(super) job: &'a Job,
    pub(super) token: Pass,
    pub(super) kind: Kind,
    pub(super) ctx: Ctx<'a>,
}

impl Facebook {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Ended, Stop> {
        let shown = if let Some(shown) = job.step(POST) {
            shown.clone()
        } else {
            let sending = Sending {
                facebook: self,
                job,
                token: self.token(&job.account, ctx).await?,
                kind: Kind::of(&job.options),
                ctx,
            };
            sending.send(steps).await?
        };
        let lacks = self.captions(job, &shown, steps, ctx).await?;
        Ok(ended(&shown, job, lacks))
    }
}

/// What was shown, as the step keeps it.
pub(super) fn shown(kind: &str, id: &str) -> Value {
    json!({ "kind": kind, "id": id })
}

/// As later calls need it.
pub(super) fn delivered(shown: &Value) -> Delivered {
    let text = |name: &str| shown.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("id");
    let url = match text("kind") {
        "post" => Some(format!("https://www.facebook.com/{id}")),
        "reel" => Some(format!("https://www.facebook.com/reel/{id}")),
        "video" => Some(format!("https://www.facebook.com/watch/?v={id}")),
        _ => None,
    };
    Delivered {
        remote_id: id.to_owned(),
        url,
        remote: shown.clone(),
    }
}

/// Published, or kept by Facebook until its time, without what these sentences tell.
pub(super) fn ended(shown: &Value, job: &Job, mut lacks: Vec<String>) -> Ended {
    lacks.extend(poster::lacks(job, shown));
    Ended::of(delivered(shown).lacking(lacks), job.place_at.is_some())
}

impl Sending<'_> {
    pub(super) fn told(&self, failed: &Failed) -> Refusal {
        errors::refusal(failed, &self.job.account.handle, self.ctx.clock.now())
    }

    /// What a failed visible call means.
    pub(super) fn after_showing(&self, failed: &Failed) -> Stop {
        Stop::after_showing(graph_errors::may_have_worked(failed), self.told(failed))
    }

    pub(super) fn page(&self, edge: &str) -> String {
        format!("{}/{edge}", self.job.account.remote_id)
    }

    pub(super) fn segment(&self) -> Result<&JobSegment, Refusal> {
        self.job.segments.first().ok_or_else(|| {
            Refusal::never(
                model::failure::Category::Validation,
                "There is nothing to post on Facebook.",
            )
        })
    }

    /// When Facebook is to publish it by itself; none when it is published at once.
    pub(super) fn kept_until(&self) -> Option<Timestamp> {
        self.job.place_at
    }

    pub(super) fn title(&self) -> &str {
        option(&self.job.options, OPTION_TITLE)
    }

    async fn send(&self, steps: &mut dyn StepLog) -> Result<Value, Stop> {
        let segment = self.segment()?;
        let first = segment.media.first();
        let video = first.filter(|file| file.facts.is_video());
        match (self.kind, video, first) {
            (Kind::Post, Some(video), _) => self.feed_video(video, steps).await,
            (Kind::Reel | Kind::Story, Some(video), _) => self.short_video(video, steps).await,
            (Kind::Story, None, Some(picture)) => self.photo_story(picture, steps).await,
            _ => self.feed(segment, steps).await,
        }
    }

    /// A post in the feed: text, a link, or pictures. Pictures that Facebook lost are uploaded again.
    async fn feed(&self, segment: &JobSegment, steps: &mut dyn StepLog) -> Result<Value, Stop> {
        let mut anew = false;
        loop {
            let form = self.form(segment, anew, steps).await?;
            let form: Vec<(&str, String)> =
                form.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
            steps.about_to_show(POST).await?;
            let graph = &self.facebook.graph;
            let id = graph
                .post_id(&self.page("feed"), &self.token, &form, "id")
                .await;
            match id {
                Ok(id) => return self.done(shown("post", &id), steps).await,
                Err(failed) if !anew && errors::lost_photo(&failed) => anew = true,
                Err(failed) => return Err(self.after_showing(&failed)),
            }
        }
    }

    async fn form(
        &self,
        segment: &JobSegment,
        anew: bool,
        steps: &mut dyn StepLog,
    ) -> Result<Vec<(String, String)>, Stop> {
        let mut form = vec![];
        for (i, picture) in segment.media.iter().enumerate() {
            let id = self.photo(i, picture, anew, steps).await?;
            form.push((
                format!("attached_media[{i}]"),
                json!({ "media_fbid": id }).to_string(),
            ));
        }
        if !segment.text.is_empty() {
            form.push(("message".to_owned(), segment.text.clone()));
        }
        let link = option(&self.job.options, OPTION_LINK);
        if !link.is_empty() && segment.media.is_empty() {
            form.push(("link".to_owned(), link.to_owned()));
        }
        if let Some(until) = self.kept_until() {
            form.push(("published".to_owned(), "false".to_owned()));
            form.push(("scheduled_publish_time".to_owned(), seconds(until)));
        }
        Ok(form)
    }

    pub(super) async fn done(&self, shown: Value, steps: &mut dyn StepLog) -> Result<Value, Stop> {
        steps.finished(POST, shown.clone()).await?;
        Ok(shown)
    }

    /// A picture that nobody sees yet.
    async fn photo(
        &self,
        i: usize,
        picture: &JobMedia,
        anew: bool,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let key = format!("photo/{i}");
        let kept = self.job.step(&key).filter(|_| !anew);
        if let Some(id) = kept.and_then(Value::as_str) {
            return Ok(id.to_owned());
        }
        let mut max_bytes = MAX_IMAGE_BYTES;
        let mut shrinks = 0;
        let id = loop {
            match self.upload(picture, max_bytes).await? {
                Ok(id) => break id,
                Err(failed) => {
                    let error = graph_errors::GraphError::of(&failed);
                    let too_large =
                        error.is_some_and(|e| matches!(e.subcode, 2_069_019 | 1_366_046));
                    if !too_large || shrinks == MAX_SHRINKS {
                        return Err(Stop::NotSent(self.told(&failed)));
                    }
                    shrinks += 1;
                    max_bytes /= 2;
                }
            }
        };
        steps.finished(&key, json!(id)).await?;
        Ok(id)
    }

    async fn upload(
        &self,
        picture: &JobMedia,
        max_bytes: u64,
    ) -> Result<Result<String, Failed>, Stop> {
        let limits = media::Limits {
            max_bytes,
            ..picture_limits()
        };
        let made = fitting::picture(picture, limits).await?;
        let (mime, bytes) = (made.mime(), made.bytes.len() as u64);
        let file_name = if mime == "image/png" {
            "picture.png"
        } else {
            "picture.jpg"
        };
        let part = multipart::Part::bytes(made.bytes).file_name(file_name);
        let Ok(part) = part.mime_str(mime) else {
            return Err(Stop::NotSent(self.told(&Failed::Unreached(String::new()))));
        };
        let mut form = multipart::Form::new()
            .text("published", "false")
            .part("source", part);
        if self.kept_until().is_some() {
            form = form.text("temporary", "true");
        }
        let alt = picture.alt.trim();
        if !alt.is_empty() {
            form = form.text("alt_text_custom", alt.to_owned());
        }
        let answer = self
            .facebook
            .graph
            .post_file(&self.page("photos"), &self.token, form, bytes)
            .await;
        Ok(match answer {
            Ok(answer) => id_of(&answer, "id").ok_or_else(|| unreadable(&answer)),
            Err(failed) => Err(failed),
        })
    }

    async fn photo_story(
        &self,
        picture: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Value, Stop> {
        let id = self.photo(0, picture, false, steps).await?;
        steps.about_to_show(POST).await?;
        let form = [("photo_id", id)];
        let path = self.page("photo_stories");
        let graph = &self.facebook.graph;
        let id = graph.post_id(&path, &self.token, &form, "post_id").await;
        let id = id.map_err(|failed| self.after_showing(&failed))?;
        self.done(shown("story", &id), steps).await
    }
}

/// Seconds since 1970.
pub(super) fn seconds(at: Timestamp) -> String {
    at.as_millis().div_euclid(1_000).to_string()
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> media::Limits {
    media::Limits {
        formats: vec![media::Kind::Jpeg, media::Kind::Png],
        ..media::Limits::bytes(MAX_IMAGE_BYTES).side(MAX_SIDE)
    }
}
