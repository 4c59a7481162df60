//! Videos: uploads in pieces, and working on what was uploaded.

use serde_json::{Value, json};

use super::State;
use crate::meta::{Answer, Call, Refused};

/// A video on its way.
pub struct Video {
    page: String,
    kind: &'static str,
    session: String,
    size: u64,
    received: u64,
    finished: bool,
    polls: u32,
    unusable: bool,
}

impl State {
    fn begin(&mut self, page: String, kind: &'static str, size: u64) -> (String, String) {
        let (id, session) = (self.id(), self.id());
        let video = Video {
            page,
            kind,
            session: session.clone(),
            size,
            received: 0,
            finished: false,
            polls: self.polls,
            unusable: self.unusable,
        };
        self.videos.insert(id.clone(), video);
        (id, session)
    }

    pub(super) fn feed_video(&mut self, call: &Call, page: &str) -> Answer {
        let page = self.writes(call, page)?;
        match call.need("upload_phase")? {
            "start" => {
                call.only(&["upload_phase", "file_size"])?;
                let size = call.number("file_size")?;
                let (id, session) = self.begin(page, "video", size);
                let end = size.min(self.max_piece).to_string();
                Ok(json!({
                    "video_id": id, "upload_session_id": session, "start_offset": "0", "end_offset": end,
                }).into())
            }
            "transfer" => {
                call.only(&[
                    "upload_phase",
                    "upload_session_id",
                    "start_offset",
                    "video_file_chunk",
                ])?;
                self.transfer(call)
            }
            "finish" => {
                call.only(&[
                    "upload_phase",
                    "upload_session_id",
                    "description",
                    "title",
                    "published",
                    "scheduled_publish_time",
                    "thumb",
                ])?;
                self.check_schedule(call)?;
                let session = call.need("upload_session_id")?;
                let id = self.of_session(session)?;
                let thumb = thumb(call)?;
                let answer = self.finish(call, &id)?;
                self.thumbs.extend(thumb.map(|bytes| (id, bytes)));
                Ok(answer)
            }
            _ => Err(Refused::parameter(
                "Param upload_phase must be one of start, transfer, finish",
            )),
        }
    }

    fn of_session(&self, session: &str) -> Result<String, Refused> {
        let found = self.videos.iter().find(|(_, v)| v.session == session);
        let found = found.map(|(id, _)| id.clone());
        found.ok_or_else(|| Refused::graph(6_000, 1_363_021, "The upload session is not there"))
    }

    fn transfer(&mut self, call: &Call) -> Answer {
        let id = self.of_session(call.need("upload_session_id")?)?;
        let from = call.number("start_offset")?;
        let piece = call.files.get("video_file_chunk");
        let piece = piece.ok_or_else(|| Refused::parameter("video_file_chunk is required"))?;
        let (bytes, most) = (piece.bytes.len() as u64, self.max_piece);
        let video = self.videos.get_mut(&id).ok_or_else(|| Refused::gone(&id))?;
        let offsets = |video: &Video| {
            let end = (video.received + most).min(video.size);
            (video.received.to_string(), end.to_string())
        };
        if from != video.received || bytes == 0 || bytes > most {
            let (start, end) = offsets(video);
            let mut refused = Refused::graph(
                6_001,
                1_363_037,
                "The start offset is not the one that is wanted",
            );
            refused.body["error"]["error_data"] =
                json!({ "start_offset": start, "end_offset": end });
            return Err(refused);
        }
        video.received += bytes;
        let (start, end) = offsets(video);
        Ok(json!({ "start_offset": start, "end_offset": end }).into())
    }

    pub(super) fn short_video(&mut self, call: &Call, page: &str, kind: &'static str) -> Answer {
        let page = self.writes(call, page)?;
        match call.need("upload_phase")? {
            "start" => {
                call.only(&["upload_phase"])?;
                let (id, _) = self.begin(page, kind, 0);
                let upload_url = format!("https://rupload.facebook.com/video-upload/v25.0/{id}");
                Ok(json!({ "video_id": id, "upload_url": upload_url }).into())
            }
            "finish" if kind == "story" => {
                call.only(&["upload_phase", "video_id"])?;
                let id = call.need("video_id")?.to_owned();
                self.finish(call, &id)
            }
            "finish" => {
                call.only(&[
                    "upload_phase",
                    "video_id",
                    "video_state",
                    "description",
                    "title",
                    "scheduled_publish_time",
                ])?;
                match call.need("video_state")? {
                    "PUBLISHED" if call.get("scheduled_publish_time").is_empty() => {}
                    "SCHEDULED" => self.check_schedule(call)?,
                    _ => return Err(Refused::parameter("Param video_state is wrong")),
                }
                let id = call.need("video_id")?.to_owned();
                self.finish(call, &id)
            }
            _ => Err(Refused::parameter(
                "Param upload_phase must be one of start, finish",
            )),
        }
    }

    /// Captions of a video that was published, named by their locale.
    pub(super) fn caption(&mut self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        call.only(&["captions_file", "default_locale", "locales_to_delete"])?;
        let video = self.videos.get(id).filter(|v| v.page == caller.owner);
        video
            .filter(|v| v.finished && v.kind != "story")
            .ok_or_else(|| Refused::gone(id))?;
        let file = call.files.get("captions_file");
        let file = file.ok_or_else(|| Refused::parameter("captions_file is required"))?;
        let named = file.name.strip_suffix(".srt");
        let locale = named.and_then(|name| Some(name.rsplit_once('.')?.1));
        let is_locale = |l: &&str| {
            l.split_once('_').is_some_and(|(language, country)| {
                language.len() == 2
                    && language.bytes().all(|b| b.is_ascii_lowercase())
                    && country.len() == 2
                    && country.bytes().all(|b| b.is_ascii_uppercase())
            })
        };
        let Some(locale) = locale.filter(is_locale) else {
            return Err(Refused::graph(
                385,
                0,
                "(#385) The caption file name must be in the format filename.locale.srt",
            ));
        };
        if file.bytes.len() > 200 * 1_024 || !file.bytes.starts_with(b"1\n") {
            return Err(Refused::graph(386, 0, "(#386) The caption file is invalid"));
        }
        let words = String::from_utf8_lossy(&file.bytes).into_owned();
        let place = (id.to_owned(), locale.to_owned());
        self.captions.insert(place, words);
        Ok(json!({ "success": true }).into())
    }

    pub(super) fn receive(&mut self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        let refused = |kind: &str, message: &str| Refused {
            status: 400,
            body: json!({ "debug_info": { "retriable": true, "type": kind, "message": message } }),
        };
        if !call.header("authorization").starts_with("OAuth ") {
            return Err(Refused::graph(190, 0, "rupload wants OAuth"));
        }
        let number = |name: &str| call.header(name).parse::<u64>();
        let (Ok(offset), Ok(size)) = (number("offset"), number("file_size")) else {
            return Err(refused(
                "MissingHeaderError",
                "offset and file_size are required",
            ));
        };
        let video = self.videos.get_mut(id).filter(|v| v.page == caller.owner);
        let video = video.ok_or_else(|| Refused::gone(id))?;
        if offset != video.received {
            return Err(refused(
                "OffsetInvalidError",
                "Request starting offset is invalid",
            ));
        }
        video.received += call.body.len() as u64;
        video.size = size;
        if video.received != size {
            return Err(refused(
                "PartialRequestError",
                "Partial request (did not match length of file)",
            ));
        }
        Ok(json!({ "success": true }).into())
    }

    fn finish(&mut self, call: &Call, id: &str) -> Answer {
        let video = self.videos.get_mut(id).ok_or_else(|| Refused::gone(id))?;
        if video.received != video.size || video.size == 0 {
            return Err(Refused::graph(
                6_000,
                1_363_030,
                "The video file is not there as a whole",
            ));
        }
        if video.finished {
            return Err(Refused::parameter("The video was published already"));
        }
        video.finished = true;
        let (page, kind, unusable) = (video.page.clone(), video.kind, video.unusable);
        if !unusable {
            let mut post = self.post(&page, kind, id.to_owned());
            post.fields = call.params.clone();
            post.until = Self::until(call);
            self.show(post);
        }
        Ok(json!({ "success": true }).into())
    }

    pub(super) fn status(&mut self, id: &str) -> Answer {
        let video = self.videos.get_mut(id).ok_or_else(|| Refused::gone(id))?;
        let whole = video.received == video.size && video.size > 0;
        let (mut word, mut publishing) = match (whole, video.finished) {
            (false, _) => ("uploading", "not_started"),
            (true, false) => ("upload_complete", "not_started"),
            (true, true) if video.polls > 0 => {
                video.polls -= 1;
                ("processing", "in_progress")
            }
            (true, true) => ("ready", "complete"),
        };
        if video.finished && video.unusable && word == "ready" {
            (word, publishing) = ("error", "error");
        }
        let mut status = json!({
            "video_status": word,
            "uploading_phase": {
                "status": if whole { "complete" } else { "in_progress" },
                "bytes_transfered": video.received,
            },
        });
        if video.kind != "video" {
            let kept = self.posts.iter().any(|p| p.id == id && self.keeps(p));
            let state: Value = if publishing == "complete" && kept {
                json!("scheduled")
            } else if publishing == "complete" {
                json!("published")
            } else {
                json!("draft")
            };
            status["publishing_phase"] = json!({ "status": publishing, "publish_status": state });
        }
        Ok(json!({ "id": id, "status": status }).into())
    }
}

/// The picture that stands for a video: a file of up to 10 MB.
fn thumb(call: &Call) -> Result<Option<Vec<u8>>, Refused> {
    if call.params.contains_key("thumb") {
        return Err(Refused::parameter("Param thumb must be an uploaded image"));
    }
    let Some(file) = call.files.get("thumb") else {
        return Ok(None);
    };
    let is_picture = [&b"\xff\xd8\xff"[..], b"\x89PNG"]
        .iter()
        .any(|magic| file.bytes.starts_with(magic));
    if !is_picture || file.bytes.len() > 10_000_000 {
        return Err(Refused::parameter("Param thumb is no image of up to 10 MB"));
    }
    Ok(Some(file.bytes.to_vec()))
}
