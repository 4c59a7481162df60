//! Uploads at the sandbox of LinkedIn.

use std::collections::{BTreeMap, HashMap};

use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{
    Answer, Captions, File, Refused, Shared, State, caller, held, may_write, only, text, versioned,
};
use crate::received::Received;

/// Bytes of a part of a video.
const PART: u64 = 4 << 20;

fn invalid(message: &str) -> Refused {
    Refused::new(400, "INVALID_VALUE_FOR_FIELD", message)
}

/// The fields of an object, which has these and no others.
fn fields<'a>(body: &'a Value, name: &str, known: &[&str]) -> Result<&'a Value, Refused> {
    let request = body.get(name).filter(|r| r.is_object());
    let request = request.ok_or_else(|| invalid("The request lacks its body"))?;
    let keys = request.as_object().into_iter().flat_map(|o| o.keys());
    if keys.into_iter().any(|k| !known.contains(&k.as_str())) {
        return Err(Refused::new(
            422,
            "UNPROCESSABLE_ENTITY",
            "unrecognized field found but not allowed",
        ));
    }
    Ok(request)
}

fn begin(
    state: &mut State,
    headers: &HeaderMap,
    query: &HashMap<String, String>,
    body: &Value,
    sort: &'static str,
) -> Answer {
    let grant = versioned(state, headers)?;
    only(query, &["action"])?;
    if query.get("action").map(String::as_str) != Some("initializeUpload") {
        return Err(invalid("The action is not known"));
    }
    let known: &[&str] = if sort == "video" {
        &[
            "owner",
            "fileSizeBytes",
            "uploadCaptions",
            "uploadThumbnail",
        ]
    } else {
        &["owner"]
    };
    let request = fields(body, "initializeUploadRequest", known)?;
    let owner = request
        .get("owner")
        .and_then(Value::as_str)
        .unwrap_or_default();
    may_write(state, &grant, owner)?;
    let total = request.get("fileSizeBytes").and_then(Value::as_u64);
    if sort == "video" && !total.is_some_and(|t| (75_000..=500_000_000).contains(&t)) {
        return Err(invalid("fileSizeBytes has to be from 75 KB to 500 MB"));
    }
    let captioned = request.get("uploadCaptions") == Some(&json!(true));
    let urn = format!("urn:li:{sort}:C{}", state.number());
    state.files.insert(
        urn.clone(),
        File {
            sort,
            owner: owner.to_owned(),
            total,
            parts: BTreeMap::new(),
            finalized: sort != "video",
            captions: if captioned {
                Captions::Awaited
            } else {
                Captions::None
            },
        },
    );
    let origin = &state.origin;
    let mut value = json!({ sort: urn });
    if let Some(total) = total.filter(|_| sort == "video") {
        let parts: Vec<Value> = (0..total.div_ceil(PART))
            .map(|n| {
                json!({
                    "uploadUrl": format!("{origin}/dms/{urn}/{n}/put-part"),
                    "firstByte": n * PART, "lastByte": ((n + 1) * PART).min(total) - 1,
                })
            })
            .collect();
        value["uploadInstructions"] = parts.into();
        value["uploadToken"] = "".into();
        if captioned {
            value["captionsUploadUrl"] = format!("{origin}/dms/{urn}/put-captions").into();
        }
        value["uploadUrlsExpireAt"] = 1_900_000_000_000_u64.into();
    } else {
        value["uploadUrl"] = format!("{origin}/dms/{urn}/put-file").into();
        value["uploadUrlExpiresAt"] = 1_900_000_000_000_u64.into();
    }
    Ok(axum::Json(json!({ "value": value })).into_response())
}

pub async fn images(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    begin(&mut held(&state), &headers, &query, &body, "image")
}

pub async fn documents(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    begin(&mut held(&state), &headers, &query, &body, "document")
}

pub async fn videos(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    if query.get("action").map(String::as_str) != Some("finalizeUpload") {
        return begin(&mut state, &headers, &query, &body, "video");
    }
    let grant = versioned(&mut state, &headers)?;
    let known = ["video", "uploadToken", "uploadedPartIds"];
    let request = fields(&body, "finalizeUploadRequest", &known)?;
    let urn = request
        .get("video")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let owner = state.files.get(urn).map(|f| f.owner.clone());
    let owner =
        owner.ok_or_else(|| Refused::new(400, "INVALID_VIDEO_ID", "The video is not known"))?;
    may_write(&state, &grant, &owner)?;
    let file = state.files.get_mut(urn);
    let file =
        file.ok_or_else(|| Refused::new(400, "INVALID_VIDEO_ID", "The video is not known"))?;
    let names: Vec<Value> = file.parts.values().map(|(name, _)| json!(name)).collect();
    let size: u64 = file.parts.values().map(|(_, b)| b.size()).sum();
    if request.get("uploadedPartIds") != Some(&Value::Array(names)) || Some(size) != file.total {
        return Err(invalid("The parts do not match"));
    }
    // What becomes of such a video is not documented, so nobody may count on it.
    if matches!(file.captions, Captions::Awaited) {
        return Err(invalid("The captions are missing"));
    }
    file.finalized = true;
    Ok(StatusCode::OK.into_response())
}

/// Captions of a video that was announced with them: a form with what they are and their file.
pub async fn captions(
    axum::extract::State(state): Shared,
    Path(urn): Path<String>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Answer {
    let unreadable = |_| invalid("The form cannot be read");
    let (mut metadata, mut file) = (Value::Null, String::new());
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let words = part.text().await.map_err(unreadable)?;
        match name.as_str() {
            "metadata" => metadata = serde_json::from_str(&words).unwrap_or_default(),
            "file" => file = words,
            _ => return Err(invalid("The form has a part too many")),
        }
    }
    let said = |path: &str| metadata.pointer(path).and_then(Value::as_str);
    let capitals = |path: &str| {
        said(path).is_some_and(|s| s.len() == 2 && s.bytes().all(|b| b.is_ascii_uppercase()))
    };
    let whole = said("/format") == Some("SRT")
        && said("/source") == Some("USER_PROVIDED")
        && said("/transcriptType") == Some("CLOSED_CAPTION")
        && capitals("/locale/language")
        && (said("/locale/country").is_none() || capitals("/locale/country"));
    if !whole || !file.starts_with("1\n00:") {
        return Err(invalid("The captions cannot be read"));
    }
    let mut state = held(&state);
    let grant = caller(&state, &headers)?;
    let owner = state.files.get(&urn).map(|f| f.owner.clone());
    may_write(&state, &grant, &owner.unwrap_or_default())?;
    let video = state.files.get_mut(&urn);
    let video = video.filter(|v| matches!(v.captions, Captions::Awaited));
    let video =
        video.ok_or_else(|| Refused::new(400, "EXPIRED_UPLOAD_URL", "The address ran out"))?;
    video.captions = Captions::There(metadata, file);
    Ok(StatusCode::CREATED.into_response())
}

fn sized(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    if text(headers, header::CONTENT_LENGTH.as_str()) != body.len().to_string() {
        return Err(Refused::new(
            411,
            "LENGTH_REQUIRED",
            "The length is missing",
        ));
    }
    if body.len() > state.max_upload {
        return Err(Refused::new(
            413,
            "REQUEST_ENTITY_TOO_LARGE",
            "The file is too large",
        ));
    }
    Ok(())
}

/// A whole picture or document, with the token.
pub async fn whole(
    axum::extract::State(state): Shared,
    Path(urn): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = held(&state);
    let grant = caller(&state, &headers)?;
    sized(&state, &headers, &body)?;
    let owner = state
        .files
        .get(&urn)
        .map(|f| f.owner.clone())
        .unwrap_or_default();
    may_write(&state, &grant, &owner)?;
    let file = state.files.get_mut(&urn);
    let file =
        file.ok_or_else(|| Refused::new(400, "EXPIRED_UPLOAD_URL", "The address ran out"))?;
    let magic = [&b"\xff\xd8\xff"[..], b"\x89PNG", b"GIF8", b"%PDF"];
    let fits = if file.sort == "image" {
        &magic[..3]
    } else {
        &magic[3..]
    };
    if !fits.iter().any(|m| body.starts_with(m)) {
        return Err(Refused::new(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "The format is not taken",
        ));
    }
    let kept = Received::of(&body, body.len() as u64);
    file.parts.insert(0, (String::new(), kept));
    Ok(StatusCode::CREATED.into_response())
}

/// A part of a video, without the token: its address is all it takes.
pub async fn part(
    axum::extract::State(state): Shared,
    Path((urn, part)): Path<(String, usize)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = held(&state);
    sized(&state, &headers, &body)?;
    let octets = text(&headers, header::CONTENT_TYPE.as_str()) == "application/octet-stream";
    if headers.contains_key(header::AUTHORIZATION) || !octets {
        return Err(invalid("Only the bytes are taken here"));
    }
    let file = state.files.get_mut(&urn);
    let file =
        file.ok_or_else(|| Refused::new(400, "EXPIRED_UPLOAD_URL", "The address ran out"))?;
    let total = file.total.unwrap_or_default();
    let wanted = PART.min(total.saturating_sub(part as u64 * PART));
    if wanted == 0 || body.len() as u64 != wanted {
        return Err(invalid("The part has another size"));
    }
    let etag = format!("/ambry/part-{part}-{}", body.len());
    let kept = Received::of(&body, total);
    file.parts.insert(part, (etag.clone(), kept));
    Ok((StatusCode::OK, [(header::ETAG, etag)]).into_response())
}

pub async fn state(
    axum::extract::State(state): Shared,
    Path(urn): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    if !grant.covers("r_organization_social") {
        let message = "Not enough permissions to access: images.GET";
        return Err(Refused::new(403, "ACCESS_DENIED", message));
    }
    let busy = state.busy > 0;
    state.busy = state.busy.saturating_sub(1);
    let broken = state.broken;
    let file = state.files.get(&urn);
    let file = file.ok_or_else(|| Refused::new(404, "NOT_FOUND", "Could not find entity"))?;
    let status = match (file.parts.is_empty() || !file.finalized, busy, broken) {
        (true, ..) => "WAITING_UPLOAD",
        (_, true, _) => "PROCESSING",
        (_, _, true) => "PROCESSING_FAILED",
        _ => "AVAILABLE",
    };
    Ok(axum::Json(json!({ "id": urn, "owner": file.owner, "status": status })).into_response())
}
