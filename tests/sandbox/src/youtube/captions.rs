//! Captions at the sandbox of YouTube.

use std::collections::HashMap;

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{Answer, Shared, bad, caller, held, text};

/// The two parts of a `multipart/related` body: the resource and the file.
fn parts<'a>(kind: &str, body: &'a str) -> Option<(Value, &'a str)> {
    let boundary = kind.strip_prefix("multipart/related; boundary=")?;
    let line = format!("--{boundary}");
    let mut parts = body.split(&*line).skip(1);
    let inside = |part: &'a str| {
        let (head, inside) = part.trim_start_matches("\r\n").split_once("\r\n\r\n")?;
        Some((head, inside.strip_suffix("\r\n")?))
    };
    let (head, resource) = inside(parts.next()?)?;
    let (_, file) = inside(parts.next()?)?;
    let closed = parts.next() == Some("--\r\n") && parts.next().is_none();
    if !closed || !head.contains("application/json") {
        return None;
    }
    Some((serde_json::from_str(resource).ok()?, file))
}

pub async fn insert(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    if field("uploadType") != "multipart" || field("part") != "snippet" {
        return Err(bad("badRequest", "The captions cannot be uploaded so."));
    }
    let (resource, file) = parts(text(&headers, "content-type"), &body)
        .ok_or_else(|| bad("badRequest", "The parts cannot be read."))?;
    let get = |path: &str| resource.pointer(path).and_then(Value::as_str);
    let (Some(video), Some(language), Some(name)) = (
        get("/snippet/videoId"),
        get("/snippet/language").filter(|l| !l.is_empty()),
        get("/snippet/name").filter(|n| n.len() <= 150),
    ) else {
        return Err(bad(
            "invalidMetadata",
            "The request contains invalid metadata values.",
        ));
    };
    if !file.starts_with("1\n00:") {
        return Err(bad(
            "contentRequired",
            "The request does not contain the caption track contents.",
        ));
    }
    if !state.videos.iter().any(|v| v.id == video && !v.gone) {
        return Err(super::Refused(
            404,
            "videoNotFound",
            "The video could not be found.".to_owned(),
        ));
    }
    let twice = state
        .captions
        .iter()
        .any(|c| c.0 == video && c.1 == language);
    if twice {
        return Err(super::Refused(
            409,
            "captionExists",
            "A caption track exists already.".to_owned(),
        ));
    }
    let made = (video.to_owned(), language.to_owned(), file.to_owned());
    state.captions.push(made);
    let answer = json!({ "kind": "youtube#caption", "id": "cap1", "snippet": { "name": name } });
    Ok(axum::Json(answer).into_response())
}
