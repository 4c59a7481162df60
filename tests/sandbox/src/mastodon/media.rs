//! Files: taken with what they are, worked on for a while, swept when no post holds them.

use axum::extract::{Multipart, Path, State as From};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

use super::{Answer, Refused, Shared, State, lock, ok};

/// An uploaded file.
#[derive(Clone)]
pub struct Upload {
    pub username: String,
    pub mime: String,
    pub bytes: usize,
    pub description: String,
    /// The picture that stands for it.
    pub thumbnail: Option<Vec<u8>>,
    pub attached: bool,
    /// How often it is still worked on when it is asked for.
    pub work: usize,
}

/// The kind a file begins as.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    if begins(&[0xff, 0xd8, 0xff]) {
        Some("image/jpeg")
    } else if begins(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if begins(b"GIF8") {
        Some("image/gif")
    } else if begins(b"RIFF") {
        Some("image/webp")
    } else if bytes.get(4..8) == Some(b"ftyp") {
        Some("video/mp4")
    } else {
        None
    }
}

impl Upload {
    pub fn is_video(&self) -> bool {
        self.mime.starts_with("video/")
    }

    pub(super) fn shown(&self, state: &State, id: &str) -> Value {
        let kind = if self.is_video() { "video" } else { "image" };
        let url = (self.work == 0).then(|| format!("{}/media/{id}", state.origin));
        json!({ "id": id, "type": kind, "url": url, "preview_url": url, "description": self.description })
    }
}

pub async fn upload(
    From(state): From<Shared>,
    uri: Uri,
    headers: HeaderMap,
    mut form: Multipart,
) -> Answer {
    let odd = |_| Refused::new(400, "a form that cannot be read");
    let (mut file, mut said, mut description) = (None, String::new(), String::new());
    let mut thumbnail = None;
    while let Some(part) = form.next_field().await.map_err(odd)? {
        match part.name().unwrap_or_default() {
            "file" => {
                if part.file_name().is_none_or(str::is_empty) {
                    return Err(Refused::invalid("File has no name"));
                }
                part.content_type()
                    .unwrap_or_default()
                    .clone_into(&mut said);
                file = Some(part.bytes().await.map_err(odd)?);
            }
            "thumbnail" => {
                let named = part.file_name().is_some_and(|name| !name.is_empty());
                let said = part.content_type().unwrap_or_default().to_owned();
                let bytes = part.bytes().await.map_err(odd)?;
                if !named || !said.starts_with("image/") || kind_of(&bytes) != Some(said.as_str()) {
                    return Err(Refused::invalid("Thumbnail content type is invalid"));
                }
                thumbnail = Some(bytes.to_vec());
            }
            "description" => description = part.text().await.map_err(odd)?,
            "focus" => {
                part.text().await.map_err(odd)?;
            }
            other => return Err(Refused::invalid(format!("unknown field {other}"))),
        }
    }
    // The whole call is read before anything is said, as the proxy in front of a server does.
    let mut state = lock(&state);
    let person = state.caller(&headers, "write:media")?;
    let file = file.ok_or_else(|| Refused::invalid("File can't be blank"))?;
    if file.len() > state.rules.body_bytes {
        // Said by what stands in front of the server.
        return Ok((
            StatusCode::PAYLOAD_TOO_LARGE,
            "<html>413 Request Entity Too Large</html>",
        )
            .into_response());
    }
    if kind_of(&file) != Some(said.as_str()) {
        return Err(Refused::invalid("File content type is invalid"));
    }
    let video = said.starts_with("video/");
    if file.len()
        > if video {
            103_809_024
        } else {
            state.rules.image_bytes
        }
    {
        return Err(Refused::invalid("File file size must be less than it is"));
    }
    if description.graphemes(true).count() > state.rules.description {
        return Err(Refused::invalid("Description is too long"));
    }
    let id = state.next_id().to_string();
    // The older call waits until it is done.
    let works = video && uri.path().starts_with("/api/v2/");
    let made = Upload {
        username: person.username,
        mime: said,
        bytes: file.len(),
        description,
        thumbnail,
        attached: false,
        work: if works { state.rules.work } else { 0 },
    };
    let shown = made.shown(&state, &id);
    let status = if made.work > 0 {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    state.media.insert(id, made);
    Ok((status, axum::Json(shown)).into_response())
}

pub async fn get(From(state): From<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let mut state = lock(&state);
    let person = state.caller(&headers, "write:media")?;
    let held = state
        .media
        .get(&id)
        .filter(|m| m.username == person.username && !m.attached);
    let held = held.cloned().ok_or_else(Refused::gone)?;
    let shown = held.shown(&state, &id);
    if held.work == 0 {
        return ok(shown);
    }
    if let Some(held) = state.media.get_mut(&id) {
        held.work -= 1;
    }
    Ok((StatusCode::PARTIAL_CONTENT, axum::Json(shown)).into_response())
}
