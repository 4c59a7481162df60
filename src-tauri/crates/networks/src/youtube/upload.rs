//! The resumable upload: an address that takes pieces, says how far it came, and once everything is
//! there gives the video.

use model::failure::Category;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use serde_json::Value;

use super::client::{stale, told};
use super::{YouTube, errors, publish};
use crate::api::{Answer, Failed, bearer, file_body};
use crate::catalogue::wants_native;
use crate::connector::{Ctx, Job, JobMedia, Refusal};
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
            .map_err(|failed| told(failed, &job.account, ctx))
    }

    /// The video of a job among the newest uploads of the channel: the same title, as large as the file,
    /// and made since the job was prepared, or to be published at the very time that the job names.
    pub(super) async fn among_uploads(
        &self,
        job: &Job,
        total: u64,
        ctx: Ctx<'_>,
    ) -> Result<Option<String>, Refusal> {
        let uploads = job.account.settings.get("uploads").and_then(Value::as_str);
        let Some(uploads) = uploads.filter(|u| !u.is_empty()) else {
            return Ok(None);
        };
        let path = format!(
            "/youtube/v3/playlistItems?part=snippet,contentDetails&playlistId={uploads}&maxResults=50"
        );
        let answer = self.get(&job.account, &path, ctx).await?;
        let items = answer.get("items").and_then(Value::as_array);
        let wanted = publish::title_of(job);
        let since = crate::sending::prepared_at(job)
            .minus(super::confirm::SKEW)
            .as_millis();
        let found: Vec<(&str, bool)> = items
            .into_iter()
            .flatten()
            .filter_map(|item| {
                let text = |path: &str| item.pointer(path).and_then(Value::as_str);
                let at =
                    text("/snippet/publishedAt").and_then(|t| t.parse::<jiff::Timestamp>().ok());
                let recent = at.is_some_and(|at| at.as_millisecond() >= since);
                let may_be = recent || job.place_at.is_some();
                let same = text("/snippet/title") == Some(wanted.as_str());
                let id = text("/contentDetails/videoId")?;
                (same && may_be).then_some((id, recent))
            })
            .collect();
        let asked = job.place_at.map(|at| at.as_millis().div_euclid(1_000));
        for (id, recent) in found {
            let path = format!("/youtube/v3/videos?part=fileDetails,status&id={id}");
            let answer = self.get(&job.account, &path, ctx).await?;
            let until = answer.pointer("/items/0/status/publishAt");
            let until = until.and_then(|at| at.as_str()?.parse::<jiff::Timestamp>().ok());
            let until = until.map(|at| at.as_millisecond().div_euclid(1_000));
            let fits = match (asked, until) {
                (Some(asked), Some(until)) => asked == until,
                _ => recent,
            };
            if !fits {
                continue;
            }
            let size = answer.pointer("/items/0/fileDetails/fileSize");
            let size = size
                .and_then(Value::as_str)
                .and_then(|s| s.parse::<u64>().ok());
            if size.is_none_or(|size| size == total) {
                return Ok(Some(id.to_owned()));
            }
        }
        Ok(None)
    }
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
