//! Files of a part: made to fit, uploaded, and waited for while the server works on them. Nobody sees an upload, so a
//! video that the server refuses is sent once more without its poster.

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::client::{self, Carry};
use super::errors::{self, Doing};
use super::instance::Instance;
use super::publish::Sending;
use crate::api::{Answer, Failed, bearer, file_part};
use crate::connector::{Job, JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;
use crate::tokens::{CallFailed, Tokens};

/// Longest side of a picture, in pixels: more than a server shows, and within the pixels all allow.
const MAX_SIDE: u64 = 4_096;
/// Longest side of the picture that stands for a video, in pixels.
const MAX_POSTER_SIDE: u32 = 1_280;
/// Where the step of a video keeps that its poster was left out.
const POSTERLESS: &str = "posterless";
/// How often a picture is made smaller when a server takes less than it said.
const MAX_SHRINKS: u32 = 2;
/// How often is asked whether the server is done with a file: over half a minute altogether.
const MAX_ASKS: u32 = 6;

/// The files of a part on the server.
pub(super) struct Files {
    pub(super) ids: Vec<String>,
    /// One of them lacks its poster.
    pub(super) posterless: bool,
}

/// A file on the server.
struct Sent {
    id: String,
    posterless: bool,
}

/// What became of a file on the server.
enum State {
    Ready,
    Working,
    Gone,
}

/// What is sent.
#[derive(Clone, Copy)]
enum Source<'a> {
    Picture(&'a media::Rendition),
    /// With the picture that stands for it.
    Video(&'a JobMedia, Option<&'a media::Rendition>),
}

/// Why an upload failed.
enum UploadFailed {
    File(Refusal),
    Call(Failed),
}

impl From<Refusal> for UploadFailed {
    fn from(refusal: Refusal) -> Self {
        Self::File(refusal)
    }
}

impl From<Failed> for UploadFailed {
    fn from(failed: Failed) -> Self {
        Self::Call(failed)
    }
}

impl Sending<'_> {
    /// A part's files, each uploaded and ready.
    pub(super) async fn files(&self, n: usize, steps: &mut dyn StepLog) -> Result<Files, Stop> {
        let (mut ids, mut posterless) = (Vec::new(), false);
        for (i, file) in self.job.segments[n].media.iter().enumerate() {
            let before = self
                .job
                .step(&step_key(n, i))
                .and_then(|s| s.get("id")?.as_str());
            let there = match before {
                // Older servers leave out a file they do not know any more without a word.
                Some(id) if self.becomes_ready(id).await? => Some(id.to_owned()),
                _ => None,
            };
            ids.push(if let Some(id) = there {
                id
            } else {
                let sent = self.file(n, i, file, steps).await?;
                posterless |= sent.posterless;
                sent.id
            });
        }
        Ok(Files { ids, posterless })
    }

    /// After the server refused a part with files: uploads anew those it lost. False when it has them all,
    /// so that something else is wrong.
    pub(super) async fn restore(
        &self,
        n: usize,
        files: &mut Files,
        steps: &mut dyn StepLog,
    ) -> Result<bool, Stop> {
        let mut restored = false;
        for (i, file) in self.job.segments[n].media.iter().enumerate() {
            if let Some(id) = files.ids.get_mut(i)
                && !self.becomes_ready(id).await?
            {
                let sent = self.file(n, i, file, steps).await?;
                *id = sent.id;
                files.posterless |= sent.posterless;
                restored = true;
            }
        }
        Ok(restored)
    }

    /// Uploads a file, commits its id, and waits until it can be used.
    async fn file(
        &self,
        n: usize,
        i: usize,
        file: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Sent, Stop> {
        let (sent, posterless) = if file.facts.is_video() {
            self.video(file).await
        } else {
            (self.picture(file).await, false)
        };
        let answer = sent.map_err(|failed| self.refused(failed))?;
        let json = answer.json().unwrap_or_default();
        let Some(id) = json.get("id").and_then(Value::as_str) else {
            let odd = UploadFailed::Call(Failed::Answered(answer));
            return Err(Stop::NotSent(self.refused(odd)));
        };
        let mut step = json!({ "id": id });
        if posterless {
            step[POSTERLESS] = json!(true);
        }
        steps.finished(&step_key(n, i), step).await?;
        if answer.status == 202 && !self.becomes_ready(id).await? {
            return Err(Stop::NotSent(Refusal::later(
                Category::MediaError,
                "The server lost a file of this post right after it came. It is sent again.",
            )));
        }
        Ok(Sent {
            id: id.to_owned(),
            posterless,
        })
    }

    /// Uploads a video with its poster, or without it where the server may refuse the video for that; gives whether it
    /// was left out.
    async fn video(&self, file: &JobMedia) -> (Result<Answer, UploadFailed>, bool) {
        let poster = fitting::poster(file, poster_limits(&self.server)).await;
        let video = Source::Video(file, poster.as_ref());
        match self.upload(video, &file.alt).await {
            Err(UploadFailed::Call(failed)) if poster.is_some() => {
                let refused = self.refused(UploadFailed::Call(failed.clone()));
                if fitting::may_be_for_poster(&refused) {
                    let bare = Source::Video(file, None);
                    (self.upload(bare, &file.alt).await, true)
                } else {
                    (Err(UploadFailed::Call(failed)), false)
                }
            }
            other => (other, false),
        }
    }

    /// Makes a picture fit and uploads it; smaller again when the server takes less than it said.
    async fn picture(&self, file: &JobMedia) -> Result<Answer, UploadFailed> {
        let mut limits = picture_limits(&self.server);
        let mut shrinks = 0;
        loop {
            let made = fitting::picture(file, limits.clone()).await;
            let made = made.map_err(UploadFailed::File)?;
            match self.upload(Source::Picture(&made), &file.alt).await {
                Err(UploadFailed::Call(failed))
                    if failed.status() == Some(413) && shrinks < MAX_SHRINKS =>
                {
                    shrinks += 1;
                    limits.max_bytes = made.bytes.len() as u64 / 2;
                }
                other => return other,
            }
        }
    }

    /// Uploads a file, by the older call where the newer one is not known.
    async fn upload(&self, source: Source<'_>, alt: &str) -> Result<Answer, UploadFailed> {
        match self.upload_to("/api/v2/media", source, alt).await {
            Err(UploadFailed::Call(failed)) if failed.status() == Some(404) => {
                self.upload_to("/api/v1/media", source, alt).await
            }
            other => other,
        }
    }

    async fn upload_to(
        &self,
        path: &str,
        source: Source<'_>,
        alt: &str,
    ) -> Result<Answer, UploadFailed> {
        let address = format!("{}{path}", self.account().server);
        let (api, address) = (&self.mastodon.api, &address);
        let call = |tokens: Tokens| async move {
            let (part, mut bytes) = source.part().await?;
            let mut form = multipart::Form::new().part("file", part);
            if let Source::Video(_, Some(poster)) = source {
                let (part, more) = picture_part(poster)?;
                form = form.part("thumbnail", part);
                bytes += more;
            }
            if !alt.trim().is_empty() {
                form = form.text("description", alt.to_owned());
            }
            let request = api.upload(Method::POST, address, bytes).await?;
            let request = bearer(request, &tokens.access).multipart(form);
            Ok(api.send(request).await?)
        };
        let stale = |failed: &UploadFailed| match failed {
            UploadFailed::Call(failed) => client::stale(failed),
            UploadFailed::File(_) => false,
        };
        let sessions = &self.mastodon.sessions;
        let answered = sessions
            .call(self.account(), self.mastodon, stale, self.ctx, call)
            .await;
        answered.map_err(|failed| match failed {
            CallFailed::Before(refusal) => UploadFailed::File(refusal),
            CallFailed::Call(failed) => failed,
        })
    }

    fn refused(&self, failed: UploadFailed) -> Refusal {
        match failed {
            UploadFailed::File(refusal) => refusal,
            UploadFailed::Call(failed) => {
                let now = self.ctx.clock.now();
                errors::refusal(&failed, Doing::Uploading, &self.account().handle, now)
            }
        }
    }

    /// Waits until the server is done with a file. False when it has none under this id.
    async fn becomes_ready(&self, id: &str) -> Result<bool, Refusal> {
        let mut wait = self.mastodon.wait;
        for ask in 1..=MAX_ASKS {
            match self.state(id).await? {
                State::Ready => return Ok(true),
                State::Gone => return Ok(false),
                State::Working if ask < MAX_ASKS => tokio::time::sleep(wait).await,
                State::Working => {}
            }
            wait *= 2;
        }
        Err(errors::still_working())
    }

    async fn state(&self, id: &str) -> Result<State, Refusal> {
        let path = format!("/api/v1/media/{id}");
        let (account, ctx) = (self.account(), self.ctx);
        let asked = self
            .mastodon
            .ask(account, Method::GET, &path, Carry::Nothing, ctx)
            .await;
        match asked {
            Ok(answer) if answer.status == 206 => Ok(State::Working),
            // A page in place of the answer is none.
            Ok(answer) if answer.json().is_some() => Ok(State::Ready),
            Ok(answer) => Err(self.refused(UploadFailed::Call(Failed::Answered(answer)))),
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => Ok(State::Gone),
            Err(CallFailed::Call(failed)) if failed.status() == Some(422) => {
                Err(errors::cannot_use().with_detail(failed.detail()))
            }
            Err(failed) => Err(client::told(failed, account, ctx)),
        }
    }
}

impl Source<'_> {
    /// As a part of a form, and how many bytes it has. A video is read while it is sent.
    async fn part(self) -> Result<(multipart::Part, u64), Refusal> {
        match self {
            Self::Picture(made) => picture_part(made),
            Self::Video(file, _) => {
                let facts = &file.facts;
                let kind = Kind::from_mime(&facts.mime).map_or("mp4", Kind::extension);
                let name = format!("video.{kind}");
                let part = file_part(&file.path, 0, facts.bytes, name, &facts.mime).await;
                Ok((part?, facts.bytes))
            }
        }
    }
}

fn picture_part(made: &media::Rendition) -> Result<(multipart::Part, u64), Refusal> {
    let name = format!("picture.{}", made.kind.extension());
    let part = multipart::Part::bytes(made.bytes.clone()).file_name(name);
    let part = part.mime_str(made.mime());
    let part = part.map_err(|_| errors::cannot_use())?;
    Ok((part, made.bytes.len() as u64))
}

/// Whether an earlier attempt left the poster of a video out.
pub(super) fn left_poster_out(job: &Job) -> bool {
    let mut files = job.done.iter().filter(|s| s.key.starts_with("media/"));
    files.any(|step| {
        job.step(&step.key)
            .is_some_and(|value| value[POSTERLESS] == true)
    })
}

/// The name of the step of a file.
fn step_key(n: usize, i: usize) -> String {
    format!("media/{n}/{i}")
}

/// What a server takes as the `thumbnail` of a video, which the documentation of `POST /api/v2/media` names a
/// picture without more words: a picture as any other, and not larger than people see it.
fn poster_limits(server: &Instance) -> Limits {
    Limits::bytes(server.image_bytes).side(MAX_POSTER_SIDE)
}

/// What a server takes of a picture.
pub(super) fn picture_limits(server: &Instance) -> Limits {
    let kinds = [Kind::Jpeg, Kind::Png, Kind::Gif, Kind::Webp];
    let said = &server.formats;
    let takes = |kind: &Kind| said.is_empty() || said.iter().any(|f| f == kind.mime());
    let side = server.image_pixels.isqrt().min(MAX_SIDE);
    Limits {
        formats: kinds.into_iter().filter(takes).collect(),
        ..Limits::bytes(server.image_bytes).side(u32::try_from(side).unwrap_or(u32::MAX))
    }
}
