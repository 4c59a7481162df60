//! Uploads at the sandbox of YouTube, and the videos they become.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::received::Received;

use super::{Answer, Refused, Shared, State, Upload, Video, bad, caller, held, text};

pub(super) type Fields = HashMap<String, String>;

/// Every piece but the last is a multiple of this.
const STEP: u64 = 262_144;

/// What YouTube calls a video's time: real, since people try the program with it.
#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a network has its own clock"
)]
fn now(state: &State) -> jiff::Timestamp {
    state.now.unwrap_or_else(jiff::Timestamp::now)
}

/// Until when a video is private; none when it is out, or was not to be kept.
pub(super) fn kept_until(state: &State, video: &Video) -> Option<jiff::Timestamp> {
    let at = video.asked["status"]["publishAt"].as_str()?;
    at.parse().ok().filter(|at| *at > now(state))
}

/// The status of a video as it is now.
pub(super) fn status(state: &State, video: &Video) -> Value {
    let mut status = video.asked["status"].clone();
    let asked = status.get("publishAt").is_some();
    if let Some(status) = status.as_object_mut()
        && asked
        && kept_until(state, video).is_none()
    {
        status.remove("publishAt");
        status.insert("privacyStatus".to_owned(), "public".into());
    }
    if let Some(privacy) = state.privacy {
        status["privacyStatus"] = privacy.into();
    }
    let (word, reason) = match video.refused {
        _ if video.busy > 0 => ("uploaded", None),
        Some((word, reason)) => (word, Some(reason)),
        None => ("processed", None),
    };
    status["uploadStatus"] = word.into();
    match reason {
        Some(reason) if word == "failed" => status["failureReason"] = reason.into(),
        Some(reason) => status["rejectionReason"] = reason.into(),
        None => {}
    }
    status
}

pub(super) fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

/// The whole contract of a new video.
fn check(asked: &Value) -> Result<(), Refused> {
    let known = [
        (
            "snippet",
            &["title", "description", "categoryId", "tags"][..],
        ),
        (
            "status",
            &[
                "privacyStatus",
                "selfDeclaredMadeForKids",
                "containsSyntheticMedia",
                "embeddable",
                "license",
                "publishAt",
            ],
        ),
    ];
    let parts = asked
        .as_object()
        .ok_or_else(|| bad("invalidVideoMetadata", "no resource"))?;
    for (name, part) in parts {
        let fields = known
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, fields)| *fields);
        let keys = part.as_object().map(|o| {
            o.keys()
                .all(|k| fields.is_some_and(|f| f.contains(&k.as_str())))
        });
        if keys != Some(true) {
            return Err(bad(
                "invalidVideoMetadata",
                format!("{name} has an unknown field"),
            ));
        }
    }
    let get = |path: &str| {
        asked
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let title = get("/snippet/title");
    let angles = |text: &str| text.contains(['<', '>']);
    if title.is_empty() || title.chars().count() > 100 || angles(title) {
        return Err(bad(
            "invalidTitle",
            "The request metadata specifies an invalid video title.",
        ));
    }
    let description = get("/snippet/description");
    if description.len() > 5_000 || angles(description) {
        return Err(bad("invalidDescription", "The description is invalid."));
    }
    if !get("/snippet/categoryId")
        .bytes()
        .all(|b| b.is_ascii_digit())
    {
        return Err(bad("invalidCategoryId", "The category is invalid."));
    }
    let tags = asked.pointer("/snippet/tags").and_then(Value::as_array);
    let length: usize = tags.map_or(0, |t| {
        t.iter().filter_map(Value::as_str).map(str::len).sum()
    });
    if length > 500 {
        return Err(bad("invalidTags", "The tags are invalid."));
    }
    if !["public", "unlisted", "private"].contains(&get("/status/privacyStatus"))
        || !["youtube", "creativeCommon"].contains(&get("/status/license"))
        || !asked["status"]["selfDeclaredMadeForKids"].is_boolean()
    {
        return Err(bad("invalidVideoMetadata", "The status is invalid."));
    }
    let at = asked.pointer("/status/publishAt");
    let time = at.map(|at| at.as_str().and_then(|t| t.parse::<jiff::Timestamp>().ok()));
    if time.is_some_and(|t| t.is_none())
        || (at.is_some() && get("/status/privacyStatus") != "private")
    {
        return Err(bad(
            "invalidPublishAt",
            "The request metadata specifies an invalid scheduled publishing time.",
        ));
    }
    Ok(())
}

pub async fn begin(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
    axum::Json(asked): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    if field(&query, "uploadType") != "resumable" || field(&query, "part") != "snippet,status" {
        return Err(bad(
            "invalidVideoMetadata",
            "The upload cannot be begun so.",
        ));
    }
    let total: Option<u64> = text(&headers, "x-upload-content-length").parse().ok();
    let mime = text(&headers, "x-upload-content-type");
    let Some(total) = total.filter(|t| *t > 0 && mime.starts_with("video/")) else {
        return Err(bad(
            "mediaBodyRequired",
            "The request does not include the video content.",
        ));
    };
    check(&asked)?;
    if state.left == 0 {
        let words = "The request cannot be completed because you have exceeded your quota.";
        return Err(Refused(403, "quotaExceeded", words.to_owned()));
    }
    state.left -= 1;
    state.numbers += 1;
    // A number that nothing else looks like.
    let number = 880_000_000_000_000_000 + state.numbers;
    state.uploads.insert(
        number,
        Upload {
            asked,
            total,
            bytes: Received::default(),
            video: None,
        },
    );
    let to = format!(
        "{}/upload/youtube/v3/videos?uploadType=resumable&upload_id={number}",
        state.origin
    );
    Ok((StatusCode::OK, [(header::LOCATION, to)]).into_response())
}

fn incomplete(upload: &Upload) -> axum::response::Response {
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    if upload.bytes.size() > 0 {
        let range = format!("bytes=0-{}", upload.bytes.size() - 1);
        if let Ok(range) = range.parse() {
            response.headers_mut().insert(header::RANGE, range);
        }
    }
    response
}

/// `bytes 0-99/300` or `bytes */300`.
fn range(headers: &HeaderMap) -> Option<(Option<(u64, u64)>, u64)> {
    let (bytes, total) = text(headers, "content-range")
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let total = total.parse().ok()?;
    if bytes == "*" {
        return Some((None, total));
    }
    let (from, to) = bytes.split_once('-')?;
    Some((Some((from.parse().ok()?, to.parse().ok()?)), total))
}

pub async fn piece(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    let number: u64 = field(&query, "upload_id").parse().unwrap_or_default();
    let (bytes, total) =
        range(&headers).ok_or_else(|| bad("badRequest", "The range cannot be read."))?;
    if text(&headers, "content-length") != body.len().to_string() {
        return Err(bad("badRequest", "The length is missing."));
    }
    let lost = || Refused(404, "notFound", "Not Found".to_owned());
    let upload = state.uploads.get_mut(&number).ok_or_else(lost)?;
    if upload.total != total {
        return Err(bad("badRequest", "The total has changed."));
    }
    let there = upload.bytes.size();
    if let Some((from, to)) = bytes {
        let whole = to + 1 - from;
        let last = to + 1 == total;
        if from != there
            || whole != body.len() as u64
            || (!last && whole % STEP != 0)
            || to >= total
        {
            return Err(bad("badRequest", "The piece does not fit."));
        }
        upload.bytes.take(&body, total);
    }
    if upload.bytes.size() < total {
        return Ok(incomplete(upload));
    }
    let (asked, known) = (upload.asked.clone(), upload.video.clone());
    let id = match known {
        Some(id) => id,
        None => finished(&mut state, number, asked.clone(), total),
    };
    let mut resource = asked;
    resource["id"] = id.into();
    resource["kind"] = "youtube#video".into();
    Ok((StatusCode::OK, axum::Json(resource)).into_response())
}

fn finished(state: &mut State, number: u64, asked: Value, size: u64) -> String {
    let id = format!("vid{:08}", state.videos.len() + 1);
    let made = format!("{:.0}", now(state));
    state.videos.push(Video {
        id: id.clone(),
        asked,
        size,
        made,
        gone: false,
        busy: state.works,
        refused: state.refuses,
    });
    if let Some(upload) = state.uploads.get_mut(&number) {
        upload.video = Some(id.clone());
    }
    id
}

pub(super) fn there<'a>(state: &'a State, id: &str) -> Result<&'a Video, Refused> {
    let video = state.videos.iter().find(|v| v.id == id && !v.gone);
    video.ok_or_else(|| {
        Refused(
            404,
            "videoNotFound",
            "The video cannot be found.".to_owned(),
        )
    })
}

pub async fn thumbnail(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    let id = field(&query, "videoId");
    there(&state, id)?;
    if state.unconfirmed {
        let words = "The thumbnail can't be set for the specified video. The request might not be properly authorized.";
        return Err(Refused(403, "forbidden", words.to_owned()));
    }
    let magic: &[u8] = match text(&headers, "content-type") {
        "image/jpeg" => &[0xff, 0xd8, 0xff],
        "image/png" => b"\x89PNG",
        _ => {
            return Err(bad(
                "imageFormatUnsupported",
                "The format is not supported.",
            ));
        }
    };
    if field(&query, "uploadType") != "media" || !body.starts_with(magic) || body.len() > 50 << 20 {
        return Err(bad(
            "invalidImage",
            "The provided image content is invalid.",
        ));
    }
    state.thumbnails.insert(id.to_owned(), body.to_vec());
    Ok(axum::Json(json!({ "items": [{}] })).into_response())
}
