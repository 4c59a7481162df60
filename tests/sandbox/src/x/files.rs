//! Uploads at the sandbox of X.

use std::collections::{BTreeMap, HashMap};

use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{Answer, File, Problem, Shared, State, caller, held, only};
use crate::received::Received;

const CREATE: i64 = 15_000;
const METADATA: i64 = 5_000;
/// Largest piece in bytes.
const MAX_PIECE: usize = 5 << 20;

fn lost() -> Problem {
    Problem::invalid("One or more of your media ids are invalid.")
}

fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_| lost())
}

/// The text fields of a form and the bytes of `media`.
async fn read(mut form: Multipart) -> Result<(HashMap<String, String>, Vec<u8>, String), Problem> {
    let (mut texts, mut bytes, mut mime) = (HashMap::new(), vec![], String::new());
    let broken = |_| Problem::invalid("The form cannot be read.");
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "media" {
            field
                .content_type()
                .unwrap_or_default()
                .clone_into(&mut mime);
            bytes = field.bytes().await.map_err(broken)?.to_vec();
        } else {
            texts.insert(name, field.text().await.map_err(broken)?);
        }
    }
    Ok((texts, bytes, mime))
}

fn answer(id: u64, file: &File) -> Value {
    let mut data = json!({
        "id": id.to_string(), "media_key": format!("3_{id}"),
        "size": file.total, "expires_after_secs": 86_400,
    });
    if file.busy > 0 {
        data["processing_info"] = json!({
            "state": "in_progress", "check_after_secs": 1, "progress_percent": 50,
        });
    }
    json!({ "data": data })
}

pub async fn in_one_call(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    form: Multipart,
) -> Answer {
    let (texts, bytes, mime) = read(form).await?;
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    only(&texts, &["media_category", "media_type"])?;
    if texts.get("media_category").map(String::as_str) != Some("tweet_image") {
        return Err(Problem::invalid("media_category has to be tweet_image"));
    }
    let magic: &[u8] = match mime.as_str() {
        "image/jpeg" => &[0xff, 0xd8, 0xff],
        "image/png" => &[0x89, b'P', b'N', b'G'],
        "image/webp" => b"RIFF",
        "image/gif" => b"GIF8",
        _ => return Err(Problem::invalid("media type unrecognized.")),
    };
    if !bytes.starts_with(magic) {
        return Err(Problem::invalid("media type unrecognized."));
    }
    if bytes.len() > state.max_upload {
        return Err(Problem::new(413, "Payload Too Large", "media is too large"));
    }
    state.charge(CREATE)?;
    let id = state.number();
    let file = File {
        owner,
        category: "tweet_image".to_owned(),
        total: bytes.len() as u64,
        pieces: BTreeMap::from([(0, Received::of(&bytes, bytes.len() as u64))]),
        finalized: true,
        busy: 0,
        alt: None,
        subtitles: BTreeMap::new(),
    };
    let answer = answer(id, &file);
    state.files.insert(id, file);
    Ok(axum::Json(answer).into_response())
}

pub async fn initialize(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let total = body.get("total_bytes").and_then(Value::as_u64);
    let keys = body.as_object().map(|o| o.keys().collect::<Vec<_>>());
    let known = ["media_type", "total_bytes", "media_category"];
    let unknown = keys.is_none_or(|keys| keys.iter().any(|k| !known.contains(&k.as_str())));
    let fits = match text("media_category") {
        "tweet_video" => {
            ["video/mp4", "video/quicktime", "video/webm"].contains(&text("media_type"))
                && total.is_some_and(|t| t <= 512_000_000)
        }
        "subtitles" => text("media_type") == "text/srt" && total.is_some_and(|t| t > 0),
        "tweet_gif" => text("media_type") == "image/gif" && total.is_some_and(|t| t <= 15_000_000),
        _ => false,
    };
    let Some(total) = total.filter(|_| fits && !unknown) else {
        return Err(Problem::invalid("The media request cannot be used."));
    };
    state.charge(CREATE)?;
    let id = state.number();
    let file = File {
        owner,
        category: text("media_category").to_owned(),
        pieces: BTreeMap::new(),
        total,
        finalized: false,
        busy: 0,
        alt: None,
        subtitles: BTreeMap::new(),
    };
    let answer = answer(id, &file);
    state.files.insert(id, file);
    Ok(axum::Json(answer).into_response())
}

fn own<'a>(state: &'a mut State, id: &str, owner: &str) -> Result<(u64, &'a mut File), Problem> {
    let id = number(id)?;
    let file = state.files.get_mut(&id).filter(|f| f.owner == owner);
    Ok((id, file.ok_or_else(lost)?))
}

pub async fn append(
    axum::extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Multipart,
) -> Answer {
    let (texts, bytes, _) = read(form).await?;
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    only(&texts, &["segment_index"])?;
    let index = texts.get("segment_index").and_then(|i| i.parse().ok());
    let index: u64 = index
        .filter(|i| *i <= 999)
        .ok_or_else(|| Problem::invalid("segment_index has to be from 0 to 999"))?;
    if bytes.is_empty() || bytes.len() > MAX_PIECE {
        return Err(Problem::new(413, "Payload Too Large", "media is too large"));
    }
    let (_, file) = own(&mut state, &id, &owner)?;
    if file.finalized {
        return Err(Problem::invalid("This media was finalized already."));
    }
    // The same piece again takes the place of the first.
    file.pieces.insert(index, Received::of(&bytes, file.total));
    let answer = json!({ "data": { "expires_at": 1_900_000_000 } });
    Ok(axum::Json(answer).into_response())
}

pub async fn finalize(
    axum::extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    let busy = state.busy;
    let (number, file) = own(&mut state, &id, &owner)?;
    let whole: u64 = file.pieces.values().map(Received::size).sum();
    let in_row = file.pieces.keys().copied().eq(0..file.pieces.len() as u64);
    if !body.is_empty() || whole != file.total || !in_row {
        return Err(Problem::invalid("Not all of this media has arrived."));
    }
    if !file.finalized {
        file.finalized = true;
        file.busy = busy;
    }
    Ok(axum::Json(answer(number, file)).into_response())
}

pub async fn status(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    only(&query, &["command", "media_id"])?;
    if query.get("command").map(String::as_str) != Some("STATUS") {
        return Err(Problem::invalid("command has to be STATUS"));
    }
    let id = query.get("media_id").cloned().unwrap_or_default();
    let unreadable = state.unreadable;
    let (number, file) = own(&mut state, &id, &owner)?;
    file.busy = file.busy.saturating_sub(1);
    let mut answer = answer(number, file);
    if file.busy == 0 {
        answer["data"]["processing_info"] = if unreadable {
            json!({ "state": "failed", "error": {
                "code": 1, "name": "InvalidMedia", "message": "file is currently unsupported",
            }})
        } else {
            json!({ "state": "succeeded", "progress_percent": 100 })
        };
    }
    Ok(axum::Json(answer).into_response())
}

pub async fn metadata(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    let alt = body
        .pointer("/metadata/alt_text/text")
        .and_then(Value::as_str);
    let alt = alt.filter(|alt| (1..=1_000).contains(&alt.chars().count()));
    let id = body.get("id").and_then(Value::as_str);
    let (Some(alt), Some(id)) = (alt, id) else {
        return Err(Problem::invalid("The metadata cannot be used."));
    };
    own(&mut state, id, &owner)?;
    state.charge(METADATA)?;
    let (number, file) = own(&mut state, id, &owner)?;
    file.alt = Some(alt.to_owned());
    let answer =
        json!({ "data": { "id": number.to_string(), "associated_metadata": body["metadata"] } });
    Ok(axum::Json(answer).into_response())
}

/// Joins an uploaded file of captions to an uploaded video.
pub async fn subtitles(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "media.write")?.owner;
    let text = |path: &str| {
        body.pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let code = text("/subtitles/language_code");
    let named = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if text("/media_category") != "TweetVideo"
        || !named
        || text("/subtitles/display_name").is_empty()
    {
        return Err(Problem::invalid("The subtitles cannot be used."));
    }
    let (_, words) = own(&mut state, text("/subtitles/id"), &owner)?;
    let srt: Vec<u8> = words
        .pieces
        .values()
        .flat_map(Received::kept)
        .copied()
        .collect();
    if words.category != "subtitles" || !words.finalized || !srt.starts_with(b"1\n") {
        return Err(Problem::invalid("The file is no subtitles."));
    }
    let (_, video) = own(&mut state, text("/id"), &owner)?;
    if video.category != "tweet_video" || !video.finalized {
        return Err(Problem::invalid("Subtitles belong to a video."));
    }
    let words = String::from_utf8_lossy(&srt).into_owned();
    video.subtitles.insert(code.to_owned(), words);
    let answer =
        json!({ "data": { "id": text("/id"), "associated_subtitles": [body["subtitles"]] } });
    Ok(axum::Json(answer).into_response())
}
