//! Publishing. A picture goes with the one call that makes the pin. A video is announced, uploaded to
//! where Pinterest says (`video`), worked on there, and then named by that call (`pin`).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use media::{Kind, Limits};
use model::failure::Category;
use reqwest::{Method, multipart};
use serde_json::{Map, Value, json};

use super::catalogue::{MAX_IMAGE_BYTES, OPTION_BOARD, OPTION_COVER, OPTION_LINK, OPTION_TITLE};
use super::sign_in::told;
use super::{Pinterest, errors};
use crate::api::{Failed, file_part};
use crate::connector::{Ctx, Delivered, Job, JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;
use crate::tokens::CallFailed;
use crate::video::cover_ms;

/// The step that shows.
const SHOW: &str = "pin";
/// The step that uploads a video.
const VIDEO: &str = "video";
/// Longest side of a picture in pixels.
const MAX_SIDE: u32 = 5_000;
/// How often one looks whether a video is ready, each time after twice the wait.
const LOOKS: u32 = 6;

/// An option's text, without spaces around it.
pub(super) fn text_of<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let text = options.get(name).and_then(Value::as_str);
    text.unwrap_or_default().trim()
}

/// The pin without its picture or video.
pub(super) fn words(job: &Job) -> Map<String, Value> {
    let segment = job.segments.first();
    let file = segment.and_then(|s| s.media.first());
    let mut pin = Map::new();
    let parts = [
        ("board_id", text_of(&job.options, OPTION_BOARD)),
        ("title", text_of(&job.options, OPTION_TITLE)),
        ("link", text_of(&job.options, OPTION_LINK)),
        ("description", segment.map_or("", |s| s.text.trim())),
        ("alt_text", file.map_or("", |f| f.alt.trim())),
    ];
    for (name, text) in parts {
        if !text.is_empty() {
            pin.insert(name.to_owned(), json!(text));
        }
    }
    pin
}

fn no_media() -> Refusal {
    Refusal::never(
        Category::Validation,
        "Pinterest needs a picture or a video.",
    )
}

impl Pinterest {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        if let Some(delivered) = shown(job) {
            return Ok(delivered);
        }
        let segment = job.segments.first();
        let file = segment.and_then(|s| s.media.first()).ok_or_else(no_media)?;
        let source = if file.facts.is_video() {
            self.video(job, file, steps, ctx).await?
        } else {
            picture(file).await?
        };
        let mut pin = words(job);
        pin.insert("media_source".to_owned(), source);
        let pin = Value::Object(pin);
        // Renewed before the call is announced, so that its only answer is about the pin.
        let good = self.sessions.good(&job.account, self, None, ctx).await?;
        drop(good);
        steps.about_to_show(SHOW).await?;
        let answer = self
            .sessions
            .call(&job.account, self, errors::stale, ctx, |tokens| {
                let pin = &pin;
                async move { self.post(&tokens.access, "/v5/pins", pin).await }
            })
            .await;
        let failed = match answer {
            Ok(pin) => match pin["id"].as_str() {
                Some(id) => {
                    let step = json!({ "id": id });
                    steps.finished(SHOW, step.clone()).await?;
                    return Ok(delivered(&step));
                }
                None => Failed::Cut("a pin without its number".to_owned()),
            },
            Err(CallFailed::Before(refusal)) => return Err(refusal.into()),
            Err(CallFailed::Call(failed)) => failed,
        };
        let refusal = errors::refusal(&failed, &job.account.handle, ctx.clock.now());
        Err(Stop::after_showing(failed.may_have_worked(), refusal))
    }

    /// A video that Pinterest has finished working on.
    async fn video(
        &self,
        job: &Job,
        file: &JobMedia,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Value, Stop> {
        let done = job.step(VIDEO).and_then(|step| step["id"].as_str());
        let id = if let Some(id) = done {
            id.to_owned()
        } else {
            let id = self.upload(job, file, ctx).await?;
            steps.finished(VIDEO, json!({ "id": id })).await?;
            id
        };
        let path = format!("/v5/media/{id}");
        let mut wait = self.first_wait;
        for look in 0..LOOKS {
            let media = self
                .sessions
                .call(&job.account, self, errors::stale, ctx, |tokens| {
                    let path = &path;
                    async move { self.get(&tokens.access, path, &[]).await }
                })
                .await;
            let media = media.map_err(|failed| told(failed, &job.account, ctx))?;
            match media["status"].as_str().unwrap_or_default() {
                "succeeded" => {
                    let cover = cover_ms(&job.options, OPTION_COVER, file);
                    return Ok(json!({
                        "source_type": "video_id", "media_id": id,
                        "cover_image_key_frame_time": cover.map_or(0, |ms| ms / 1_000),
                    }));
                }
                "failed" => {
                    return Err(Refusal::never(
                        Category::MediaError,
                        "Pinterest could not use the video. It takes MP4 with H.264, from 4 seconds to 15 minutes.",
                    )
                    .into());
                }
                _ if look + 1 < LOOKS => tokio::time::sleep(wait).await,
                _ => {}
            }
            wait *= 2;
        }
        Err(Refusal::later(
            Category::MediaProcessing,
            "Pinterest is still working on the video.",
        )
        .into())
    }

    async fn upload(&self, job: &Job, file: &JobMedia, ctx: Ctx<'_>) -> Result<String, Stop> {
        let announced = self
            .sessions
            .call(
                &job.account,
                self,
                errors::stale,
                ctx,
                |tokens| async move {
                    let input = json!({ "media_type": "video" });
                    self.post(&tokens.access, "/v5/media", &input).await
                },
            )
            .await;
        let announced = announced.map_err(|failed| told(failed, &job.account, ctx))?;
        let now = ctx.clock.now();
        let odd = |words: &str| {
            let odd = Failed::Cut(words.to_owned());
            Stop::from(errors::refusal(&odd, &job.account.handle, now))
        };
        let text = |name: &str| announced[name].as_str().map(str::to_owned);
        let parameters = announced["upload_parameters"].as_object();
        let (Some(id), Some(address), Some(parameters)) =
            (text("media_id"), text("upload_url"), parameters)
        else {
            return Err(odd("an answer without an address for the video"));
        };
        let mut form = multipart::Form::new();
        for (name, value) in parameters {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            form = form.text(name.clone(), value);
        }
        let bytes = file.facts.bytes;
        let kind = Kind::from_mime(&file.facts.mime).unwrap_or(Kind::Mp4);
        let name = format!("video.{}", kind.extension());
        // The file comes last: storage reads the rest before it.
        let part = file_part(&file.path, 0, bytes, name, &file.facts.mime).await?;
        let request = self.api.upload(Method::POST, &address, bytes).await;
        let sent = match request {
            Ok(request) => {
                self.api
                    .send(request.multipart(form.part("file", part)))
                    .await
            }
            Err(failed) => Err(failed),
        };
        match sent {
            // Storage answers with nothing.
            Ok(answer) if answer.body.is_empty() || answer.status == 204 => Ok(id),
            Ok(answer) => {
                let failed = Failed::Answered(answer);
                Err(failed.usual("Pinterest", &job.account.handle, now).into())
            }
            Err(failed) if failed.status().is_some_and(|s| (400..429).contains(&s)) => {
                let refusal = Refusal::later(
                    Category::MediaError,
                    "Pinterest did not take the video. It is uploaded again.",
                );
                Err(refusal.with_detail(failed.detail()).into())
            }
            Err(failed) => Err(failed.usual("Pinterest", &job.account.handle, now).into()),
        }
    }

    /// How long one waits before looking again: a second, where calls may take half a minute.
    pub(super) fn first_wait(call: Duration) -> Duration {
        call / 30
    }
}

async fn picture(file: &JobMedia) -> Result<Value, Refusal> {
    let made = fitting::picture(file, picture_limits()).await?;
    Ok(json!({
        "source_type": "image_base64", "content_type": made.mime(),
        "data": STANDARD.encode(&made.bytes),
    }))
}

pub(super) fn shown(job: &Job) -> Option<Delivered> {
    job.step(SHOW).map(delivered)
}

pub(super) fn delivered(step: &Value) -> Delivered {
    let id = step["id"].as_str().unwrap_or_default();
    Delivered {
        remote_id: id.to_owned(),
        url: Some(format!("https://www.pinterest.com/pin/{id}/")),
        remote: step.clone(),
    }
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> Limits {
    Limits {
        formats: vec![Kind::Jpeg, Kind::Png],
        ..Limits::bytes(MAX_IMAGE_BYTES).side(MAX_SIDE)
    }
}
