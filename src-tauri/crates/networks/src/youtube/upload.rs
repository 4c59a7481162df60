//! The resumable upload: an address that takes pieces, says how far it came, and once everything is
//! there gives the video.

use model::failure::Category;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use serde_json::Value;

use super::client::{stale, told};
use super::{YouTube, errors, publish, standing};
use crate::api::{Answer, Failed, bearer, file_body};
use crate::catalogue::wants_native;
use crate::connector::{Ctx, Job, JobMedia, Refusal};
use crate::paging::ReadBack;
use crate::sending::prepared_at;
use crate::tokens::{CallFailed, vault_refusal};
use crate::vault::Secret;

/// How far an upload came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reached {
    /// Everything is there: the video's id.
    Done(String),
    /// So many bytes are there.
    Bytes(u64),
    /// The address is not known any more.
    Gone,
}

/// Most pages of the channel's uploads that a look reads; each has fifty.
const MAX_PAGES: usize = 10;

/// Whether a video is among the channel's uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Among {
    /// It is: its id.
    Found(String),
    /// It is not.
    Nothing,
    /// More was uploaded since than is read.
    TooMuch,
}

/// Why a piece did not arrive.
pub(super) enum PieceFailed {
    /// The file cannot be read.
    File(Refusal),
    /// The call failed.
    Call(Failed),
}

impl From<Failed> for PieceFailed {
    fn from(failed: Failed) -> Self {
        Self::Call(failed)
    }
}

/// A piece of a file.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) from: u64,
    pub(super) bytes: u64,
}

/// Under which name the vault keeps the address of an upload.
fn name_of(job: &Job) -> String {
    let (target, turn) = (job.target_id.0, job.turn);
    match job.place_at {
        // The time stands in what an upload was begun with.
        Some(at) => format!("upload/{target}/{turn}/{}", at.as_millis()),
        None => format!("upload/{target}/{turn}"),
    }
}

#[expect(
    clippy::result_large_err,
    reason = "the same error as that of every call"
)]
fn reached(answer: Result<Answer, Failed>) -> Result<Reached, Failed> {
    match answer {
        Ok(answer) => {
            let id = answer.json();
            let id = id.as_ref().and_then(|body| body.get("id")?.as_str());
            match id.filter(|id| !id.is_empty()) {
                Some(id) => Ok(Reached::Done(id.to_owned())),
                None => Err(Failed::Answered(answer)),
            }
        }
        Err(Failed::Answered(answer)) if answer.status == 308 => {
            let end = answer.header(RANGE.as_str());
            let end = end.and_then(|r| r.rsplit('-').next()?.trim().parse::<u64>().ok());
            Ok(Reached::Bytes(end.map_or(0, |last| last + 1)))
        }
        Err(Failed::Answered(answer)) if matches!(answer.status, 404 | 410) => Ok(Reached::Gone),
        Err(failed) => Err(failed),
    }
}

impl YouTube {
    /// The address of an upload that was begun.
    pub(super) async fn begun(&self, job: &Job, ctx: Ctx<'_>) -> Result<Option<Secret>, Refusal> {
        let kept = ctx.vault.get(job.account.id, &name_of(job)).await;
        kept.map_err(|e| vault_refusal(&e))
    }

    /// The upload is over, and so is one that was begun to be handed over and came to nothing.
    pub(super) async fn over(&self, job: &Job, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let mut names = vec![name_of(job)];
        if job.place_at.is_none() && wants_native(&job.options) {
            let place_at = Some(job.due_at);
            names.push(name_of(&Job {
                place_at,
                ..job.clone()
            }));
        }
        for name in names {
            let forgotten = ctx.vault.forget(job.account.id, &name).await;
            forgotten.map_err(|e| vault_refusal(&e))?;
        }
        Ok(())
    }

    /// Begins an upload; its address is kept before a byte is sent.
    pub(super) async fn begin_upload(
        &self,
        job: &Job,
        video: &JobMedia,
        ctx: Ctx<'_>,
    ) -> Result<Secret, Refusal> {
        let resource = publish::resource(job);
        let notify = publish::toggle(&job.options, super::catalogue::OPTION_NOTIFY, true);
        let path = format!(
            "/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&notifySubscribers={notify}"
        );
        let answer = self
            .call(&job.account, Method::POST, &path, ctx, |call| {
                call.header("X-Upload-Content-Length", video.facts.bytes)
                    .header("X-Upload-Content-Type", &video.facts.mime)
                    .json(&resource)
            })
            .await
            .map_err(|failed| told(failed, &job.account, ctx))?;
        let address = answer.header(LOCATION.as_str()).map(str::to_owned);
        let Some(address) = address.filter(|a| self.is_own(a)) else {
            let failed = CallFailed::Call(Failed::Answered(answer));
            return Err(told(failed, &job.account, ctx));
        };
        let address = Secret::new(address);
        let kept = ctx.vault.set(job.account.id, &name_of(job), &address).await;
        kept.map_err(|e| vault_refusal(&e))?;
        Ok(address)
    }

    /// Asks an address how far it came.
    pub(super) async fn reached(
        &self,
        job: &Job,
        address: &Secret,
        total: u64,
        ctx: Ctx<'_>,
    ) -> Result<Reached, Refusal> {
        let api = &self.api;
        let asked = self
            .sessions
            .call(&job.account, self, stale, ctx, |tokens| async move {
                let call = api.call(Method::PUT, address.reveal()).await?;
                let call = bearer(call, &tokens.access)
                    .header(CONTENT_LENGTH, 0)
                    .header(CONTENT_RANGE, format!("bytes */{total}"));
                reached(api.send(call).await)
            })
            .await;
        asked.map_err(|failed| told(failed, &job.account, ctx))
    }

    /// Sends a piece. It is read from the file while it is sent.
    pub(super) async fn send_piece(
        &self,
        job: &Job,
        address: &Secret,
        video: &JobMedia,
        piece: Piece,
        ctx: Ctx<'_>,
    ) -> Result<Reached, CallFailed<PieceFailed>> {
        let Piece { from, bytes } = piece;
        let (api, total) = (&self.api, video.facts.bytes);
        let old = |e: &PieceFailed| matches!(e, PieceFailed::Call(failed) if stale(failed));
        self.sessions
            .call(&job.account, self, old, ctx, |tokens| async move {
                let body = file_body(&video.path, from, bytes)
                    .await
                    .map_err(PieceFailed::File)?;
                let call = api.upload(Method::PUT, address.reveal(), bytes).await?;
                let last = from + bytes - 1;
                let call = bearer(call, &tokens.access)
                    .header(CONTENT_LENGTH, bytes)
                    .header(CONTENT_RANGE, format!("bytes {from}-{last}/{total}"))
                    .body(body);
                Ok(reached(api.send(call).await)?)
            })
            .await
    }

    /// Sets the picture of a video.
    pub(super) async fn set_thumbnail(
        &self,
        job: &Job,
        id: &str,
        picture: &media::Rendition,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let address = format!(
            "{}/upload/youtube/v3/thumbnails/set?videoId={id}&uploadType=media",
            self.origin
        );
        let (api, address) = (&self.api, &address);
        let bytes = picture.bytes.len() as u64;
        self.sessions
            .call(&job.account, self, stale, ctx, |tokens| async move {
                let call = api.upload(Method::POST, address, bytes).await?;
                let call = bearer(call, &tokens.access)
                    .header(reqwest::header::CONTENT_TYPE, picture.mime())
                    .body(picture.bytes.clone());
                api.send(call).await
            })
            .await
            .map(|_| ())
            .map_err(|failed| match failed {
                CallFailed::Call(failed) if errors::reason(&failed) == "forbidden" => {
                    errors::no_thumbnails()
                }
                failed => told(failed, &job.account, ctx),
            })
    }

    /// The video of a job among the uploads of the channel: the same title, as large as the file, not refused,
    /// and made since the job was prepared, or to be published at the very time that the job names.
    pub(super) async fn among_uploads(
        &self,
        job: &Job,
        total: u64,
        ctx: Ctx<'_>,
    ) -> Result<Among, Refusal> {
        let uploads = job.account.settings.get("uploads").and_then(Value::as_str);
        let Some(uploads) = uploads.filter(|u| !u.is_empty()) else {
            return Ok(Among::Nothing);
        };
        let wanted = publish::title_of(job);
        let since = prepared_at(job).minus(super::confirm::SKEW).as_millis();
        // One that waits for its time may have been uploaded long before, and an earlier attempt knew when.
        let any_age = job.place_at.is_some() && job.first_sent_try_at.is_some();
        let mut list = ReadBack::of(MAX_PAGES);
        while let Some(place) = list.goes_on_at() {
            let from = if place.is_empty() {
                String::new()
            } else {
                format!("&pageToken={place}")
            };
            let path = format!(
                "/youtube/v3/playlistItems?part=snippet,contentDetails&playlistId={uploads}&maxResults=50{from}"
            );
            let mut answer = self.get(&job.account, &path, ctx).await?;
            let items = answer.get_mut("items").map(Value::take);
            let items = match items {
                Some(Value::Array(items)) => items,
                _ => vec![],
            };
            for item in &items {
                let text = |path: &str| item.pointer(path).and_then(Value::as_str);
                let recent = made_at(item).is_some_and(|at| at >= since);
                let may_be = recent || job.place_at.is_some();
                if text("/snippet/title") != Some(wanted.as_str()) || !may_be {
                    continue;
                }
                if let Some(id) = text("/contentDetails/videoId")
                    && self.is_it(job, id, recent, total, ctx).await?
                {
                    return Ok(Among::Found(id.to_owned()));
                }
            }
            let next = answer.get("nextPageToken").and_then(Value::as_str);
            let next = next.filter(|token| is_token(token)).map(str::to_owned);
            list.take(items, next, |item| {
                !any_age && made_at(item).is_some_and(|at| at < since)
            });
        }
        Ok(if list.saw_all() {
            Among::Nothing
        } else {
            Among::TooMuch
        })
    }

    /// Whether a video with the right title is the one that was uploaded for a job.
    async fn is_it(
        &self,
        job: &Job,
        id: &str,
        recent: bool,
        total: u64,
        ctx: Ctx<'_>,
    ) -> Result<bool, Refusal> {
        let path = format!("/youtube/v3/videos?part=fileDetails,status&id={id}");
        let answer = self.get(&job.account, &path, ctx).await?;
        if answer
            .pointer("/items/0/status")
            .is_some_and(|status| standing::refused(status).is_some())
        {
            return Ok(false);
        }
        let until = answer.pointer("/items/0/status/publishAt");
        let until = until.and_then(|at| at.as_str()?.parse::<jiff::Timestamp>().ok());
        let until = until.map(|at| at.as_millisecond().div_euclid(1_000));
        let asked = job.place_at.map(|at| at.as_millis().div_euclid(1_000));
        let fits = match (asked, until) {
            (Some(asked), Some(until)) => asked == until,
            _ => recent,
        };
        let size = answer.pointer("/items/0/fileDetails/fileSize");
        let size = size
            .and_then(Value::as_str)
            .and_then(|s| s.parse::<u64>().ok());
        Ok(fits && size.is_none_or(|size| size == total))
    }
}

/// When an upload was made, in milliseconds since 1970.
fn made_at(item: &Value) -> Option<i64> {
    let at = item.pointer("/snippet/publishedAt")?.as_str()?;
    let at: jiff::Timestamp = at.parse().ok()?;
    Some(at.as_millisecond())
}

/// Whether a place in a list can stand in an address as it is.
fn is_token(token: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'=');
    token.bytes().all(plain)
}

/// The address of an upload ran out before everything was there.
pub(super) fn gone() -> Refusal {
    Refusal::later(
        Category::MediaError,
        format!(
            "{} gave up on an upload that took too long. It begins anew.",
            errors::NAME
        ),
    )
}
