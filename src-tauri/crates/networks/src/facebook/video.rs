//! Videos: uploaded in pieces that can be resumed, published by one last call, and then worked on by
//! Facebook.
//!
//! Steps: `video` (the ids of the upload), `sent/n` (a piece of a feed video that Facebook has, and
//! where the next one begins), `uploaded`.

use model::failure::Category;
use reqwest::multipart;
use serde_json::{Value, json};

use super::errors::unusable_video;
use super::publish::{POST, Sending, seconds, shown};
use super::{Facebook, Kind, poster};
use crate::api::{Failed, file_part};
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::meta::client::{UploadFailed, id_of, send_bytes, unreadable};
use crate::meta::errors::GraphError;
use crate::meta::pass::{Pass, Signs};
use crate::sending::Stop;

/// The step with the ids of an upload.
pub(super) const VIDEO: &str = "video";
/// The step after the last byte.
pub(super) const UPLOADED: &str = "uploaded";
/// A piece of a feed video is refused: Facebook wants it from elsewhere.
const OFFSET_WRONG: i64 = 1_363_037;
/// Most pieces of one video in one attempt.
const MAX_PIECES: usize = 100_000;

/// What a video is on Facebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Facebook has so many bytes.
    Uploading(u64),
    /// Facebook has it all, and it was not asked to be published.
    Uploaded,
    /// It was asked to be published, and Facebook works on it.
    Working,
    /// Published, or kept until its minute.
    Published,
    /// Facebook cannot use it.
    Failed,
}

/// Reads the `status` of a video. Both `complete` and `completed` occur.
pub(super) fn state_of(video: &Value) -> Option<State> {
    let text = |path: &str| {
        video
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let whole = text("/status/video_status");
    let publishing = text("/status/publishing_phase/status");
    let published = text("/status/publishing_phase/publish_status");
    let phases = [
        publishing,
        text("/status/processing_phase/status"),
        published,
    ];
    if matches!(whole, "error" | "upload_failed" | "expired") || phases.contains(&"error") {
        return Some(State::Failed);
    }
    if matches!(published, "published" | "scheduled") || publishing.starts_with("complete") {
        return Some(State::Published);
    }
    if publishing == "in_progress" {
        return Some(State::Working);
    }
    // Videos of the feed are worked on only after the last call, and name no phase of publishing.
    if whole == "ready" && video.pointer("/status/publishing_phase").is_none() {
        return Some(State::Published);
    }
    match whole {
        "processing" => Some(State::Working),
        "upload_complete" | "ready" => Some(State::Uploaded),
        "uploading" => {
            let bytes = video.pointer("/status/uploading_phase/bytes_transfered");
            Some(State::Uploading(bytes.and_then(Value::as_u64).unwrap_or(0)))
        }
        _ => None,
    }
}

impl Facebook {
    pub(super) async fn video_state(&self, id: &str, token: &Pass) -> Result<State, Failed> {
        let answer = self.graph.get(id, token, &[("fields", "status")]).await?;
        state_of(&answer).ok_or_else(|| unreadable(&answer))
    }
}

impl Sending<'_> {
    async fn state(&self, id: &str) -> Result<State, Stop> {
        let state = self.facebook.video_state(id, &self.token).await;
        state.map_err(|failed| Stop::NotSent(self.told(&failed)))
    }

    fn id_of(&self, answer: &Value, name: &str) -> Result<String, Stop> {
        id_of(answer, name).ok_or_else(|| Stop::NotSent(self.told(&unreadable(answer))))
    }

    async fn call(&self, edge: &str, form: &[(&str, String)]) -> Result<Value, Failed> {
        let path = self.page(edge);
        self.facebook.graph.post(&path, &self.token, form).await
    }

    /// A video in the feed.
    pub(super) async fn feed_video(
        &self,
        video: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Value, Stop> {
        let (session, id, first) = self.begun(video, steps).await?;
        if self.job.step(UPLOADED).is_none() {
            self.pieces(video, &session, first, steps).await?;
            steps.finished(UPLOADED, json!(true)).await?;
        }
        let mut form = vec![
            ("upload_phase", "finish".to_owned()),
            ("upload_session_id", session),
        ];
        let text = &self.segment()?.text;
        if !text.is_empty() {
            form.push(("description", text.clone()));
        }
        if !self.title().is_empty() {
            form.push(("title", self.title().to_owned()));
        }
        if let Some(until) = self.kept_until() {
            form.push(("published", "false".to_owned()));
            form.push(("scheduled_publish_time", seconds(until)));
        }
        let poster = poster::of(video).await;
        let poster = poster.as_ref();
        self.shown_as("video", "videos", &id, &form, poster, steps)
            .await
    }

    /// The session and the id of the video, and the piece that Facebook wants first.
    async fn begun(
        &self,
        video: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<(String, String, (u64, u64)), Stop> {
        let kept = self.job.step(VIDEO);
        let text = |name: &str| kept?.get(name)?.as_str().map(str::to_owned);
        if let (Some(session), Some(id)) = (text("session"), text("id")) {
            let mut sent = self.job.done.iter().rev();
            let last = sent.find(|s| s.key.starts_with("sent/"));
            let last = last.map(|s| &s.value).or(kept).and_then(piece_of);
            return Ok((session, id, last.unwrap_or((0, video.facts.bytes))));
        }
        let form = [
            ("upload_phase", "start".to_owned()),
            ("file_size", video.facts.bytes.to_string()),
        ];
        let answer = self.call("videos", &form).await;
        let answer = answer.map_err(|failed| Stop::NotSent(self.told(&failed)))?;
        let session = self.id_of(&answer, "upload_session_id")?;
        let id = self.id_of(&answer, "video_id")?;
        let first = self.piece_in(&answer)?;
        let value = json!({ "session": session, "id": id, "from": first.0, "to": first.1 });
        steps.finished(VIDEO, value).await?;
        Ok((session, id, first))
    }

    fn piece_in(&self, answer: &Value) -> Result<(u64, u64), Stop> {
        piece_of(answer).ok_or_else(|| Stop::NotSent(self.told(&unreadable(answer))))
    }

    async fn pieces(
        &self,
        video: &JobMedia,
        session: &str,
        first: (u64, u64),
        steps: &mut dyn StepLog,
    ) -> Result<(), Stop> {
        let (mut from, mut to) = first;
        for _ in 0..MAX_PIECES {
            to = to.min(video.facts.bytes);
            if from >= to {
                return Ok(());
            }
            let answer = self.piece(video, session, from, to).await?;
            (from, to) = self.piece_in(&answer)?;
            let value = json!({ "from": from, "to": to });
            steps.finished(&format!("sent/{from}"), value).await?;
        }
        Err(Stop::NotSent(unusable_video()))
    }

    async fn piece(
        &self,
        video: &JobMedia,
        session: &str,
        from: u64,
        to: u64,
    ) -> Result<Value, Stop> {
        let bytes = to - from;
        let part = file_part(
            &video.path,
            from,
            bytes,
            "piece.mp4".to_owned(),
            "video/mp4",
        )
        .await?;
        let form = multipart::Form::new()
            .text("upload_phase", "transfer")
            .text("upload_session_id", session.to_owned())
            .text("start_offset", from.to_string())
            .part("video_file_chunk", part);
        let path = self.page("videos");
        let graph = &self.facebook.graph;
        match graph.post_file(&path, &self.token, form, bytes).await {
            Ok(answer) => Ok(answer),
            Err(failed) => {
                let moved = GraphError::of(&failed).is_some_and(|e| e.subcode == OFFSET_WRONG);
                let data = failed
                    .json()
                    .and_then(|j| j.pointer("/error/error_data").cloned());
                match data.filter(|data| moved && piece_of(data).is_some()) {
                    Some(data) => Ok(data),
                    None => Err(Stop::NotSent(self.told(&failed))),
                }
            }
        }
    }

    /// A reel or a story.
    pub(super) async fn short_video(
        &self,
        video: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Value, Stop> {
        let (kind, edge) = match self.kind {
            Kind::Story => ("story", "video_stories"),
            _ => ("reel", "video_reels"),
        };
        let id = self.uploaded(video, edge, steps).await?;
        let mut form = vec![
            ("upload_phase", "finish".to_owned()),
            ("video_id", id.clone()),
        ];
        if self.kind == Kind::Reel {
            match self.kept_until() {
                Some(until) => {
                    form.push(("video_state", "SCHEDULED".to_owned()));
                    form.push(("scheduled_publish_time", seconds(until)));
                }
                None => form.push(("video_state", "PUBLISHED".to_owned())),
            }
            let text = &self.segment()?.text;
            if !text.is_empty() {
                form.push(("description", text.clone()));
            }
            if !self.title().is_empty() {
                form.push(("title", self.title().to_owned()));
            }
        }
        self.shown_as(kind, edge, &id, &form, None, steps).await
    }

    /// Begins the upload of a short video and sends its bytes, from where an earlier attempt stopped.
    async fn uploaded(
        &self,
        video: &JobMedia,
        edge: &str,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let kept = self.job.step(VIDEO).and_then(|v| v.get("id"));
        let mut from = 0;
        let id = if let Some(id) = kept.and_then(Value::as_str) {
            if self.job.step(UPLOADED).is_some() {
                return Ok(id.to_owned());
            }
            match self.state(id).await? {
                State::Uploading(bytes) => from = bytes,
                State::Failed => return Err(Stop::NotSent(unusable_video())),
                _ => from = video.facts.bytes,
            }
            id.to_owned()
        } else {
            let form = [("upload_phase", "start".to_owned())];
            let answer = self.call(edge, &form).await;
            let answer = answer.map_err(|failed| Stop::NotSent(self.told(&failed)))?;
            let id = self.id_of(&answer, "video_id")?;
            steps.finished(VIDEO, json!({ "id": id })).await?;
            id
        };
        if from < video.facts.bytes {
            let address = format!("{}/{id}", self.facebook.uploads);
            let api = self.facebook.graph.api();
            let size = video.facts.bytes;
            let sent = send_bytes(api, &address, self.token.token(), &video.path, from, size).await;
            sent.map_err(|failed| match failed {
                UploadFailed::File(refusal) => refusal,
                UploadFailed::Call(failed) => self.told(&failed),
            })?;
        }
        steps.finished(UPLOADED, json!(true)).await?;
        Ok(id)
    }

    /// The call that shows a video, unless it was made already, and waiting for Facebook to work on it.
    async fn shown_as(
        &self,
        kind: &str,
        edge: &str,
        id: &str,
        form: &[(&str, String)],
        poster: Option<&media::Rendition>,
        steps: &mut dyn StepLog,
    ) -> Result<Value, Stop> {
        let mut asked = false;
        if self.job.step(UPLOADED).is_some() {
            match self.state(id).await? {
                State::Failed => return Err(Stop::NotSent(unusable_video())),
                State::Published | State::Working => asked = true,
                State::Uploaded | State::Uploading(_) => {}
            }
        }
        let mut posterless = self.job.step(poster::LEFT_OUT).is_some();
        steps.about_to_show(POST).await?;
        if !asked {
            let mut answer = match poster.filter(|_| !posterless) {
                Some(made) => self.call_with(edge, form, made).await,
                None => self.call(edge, form).await,
            };
            if let Err(failed) = &answer
                && poster.is_some()
                && !posterless
                && self.may_be_for_poster(failed)
            {
                posterless = true;
                steps.finished(poster::LEFT_OUT, json!(true)).await?;
                steps.about_to_show(POST).await?;
                answer = self.call(edge, form).await;
            }
            let answer = answer.map_err(|failed| self.after_showing(&failed))?;
            if answer.get("success").and_then(Value::as_bool) != Some(true) {
                return Err(self.after_showing(&unreadable(&answer)));
            }
        }
        for look in 0..self.facebook.patience.looks.max(1) {
            if look > 0 {
                tokio::time::sleep(self.facebook.patience.between).await;
            }
            match self.facebook.video_state(id, &self.token).await {
                Ok(State::Published) => {
                    let mut shown = shown(kind, id);
                    if posterless {
                        shown[poster::LEFT_OUT] = json!(true);
                    }
                    return self.done(shown, steps).await;
                }
                Ok(State::Failed) => return Err(Stop::NotSent(unusable_video())),
                // It was taken, so trouble in looking decides nothing.
                Ok(_) | Err(_) => {}
            }
        }
        Err(Stop::Uncertain(still_working()))
    }
}

/// Facebook works on a video.
pub(super) fn still_working() -> Refusal {
    Refusal::later(
        Category::MediaProcessing,
        "Facebook has the video and is still working on it.",
    )
}

/// The next piece that Facebook wants, from and to: numbers or numbers in quotes.
fn piece_of(value: &Value) -> Option<(u64, u64)> {
    let number = |names: [&str; 2]| {
        let value = names.iter().find_map(|name| value.get(name))?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    };
    Some((
        number(["start_offset", "from"])?,
        number(["end_offset", "to"])?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_video_is_read_in_both_spellings() {
        let of = |whole: &str, publishing: &str, published: &str| {
            state_of(&json!({ "status": {
                "video_status": whole,
                "publishing_phase": { "status": publishing, "publish_status": published },
                "uploading_phase": { "bytes_transfered": 7 },
            }}))
        };
        assert_eq!(
            of("uploading", "not_started", ""),
            Some(State::Uploading(7))
        );
        assert_eq!(
            of("upload_complete", "not_started", "draft"),
            Some(State::Uploaded)
        );
        assert_eq!(of("processing", "not_started", ""), Some(State::Working));
        assert_eq!(of("processing", "in_progress", ""), Some(State::Working));
        assert_eq!(of("ready", "complete", ""), Some(State::Published));
        assert_eq!(
            of("ready", "completed", "published"),
            Some(State::Published)
        );
        assert_eq!(
            of("ready", "not_started", "scheduled"),
            Some(State::Published)
        );
        assert_eq!(of("expired", "not_started", ""), Some(State::Failed));
        assert_eq!(of("ready", "error", ""), Some(State::Failed));
        assert_eq!(of("", "", ""), None);
    }

    #[test]
    fn pieces_are_numbers_also_in_quotes() {
        let of = |value: Value| piece_of(&value);
        assert_eq!(
            of(json!({ "start_offset": "5", "end_offset": 9 })),
            Some((5, 9))
        );
        assert_eq!(of(json!({ "from": 5, "to": "9" })), Some((5, 9)));
        assert_eq!(of(json!({ "from": -5, "to": 9 })), None);
    }
}
