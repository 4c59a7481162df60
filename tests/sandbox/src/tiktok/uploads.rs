//! Pieces of a video, strictly in order, to an address that carries its own proof.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Shared, held, posts, text};

/// `bytes 0-99/300`.
fn range(headers: &HeaderMap) -> Option<(u64, u64, u64)> {
    let (bytes, total) = text(headers, "content-range")
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let (first, last) = bytes.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
}

fn at(status: StatusCode, there: u64, total: u64) -> Response {
    let range = format!("bytes 0-{}/{total}", there.saturating_sub(1));
    (status, [(header::CONTENT_RANGE, range)]).into_response()
}

pub async fn piece(
    axum::extract::State(state): Shared,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = held(&state);
    let bad = |words: &str| (StatusCode::BAD_REQUEST, words.to_owned()).into_response();
    let Some(upload) = state.uploads.get_mut(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if query.get("upload_token") != Some(&upload.token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if headers.contains_key(header::AUTHORIZATION) {
        return bad("no token belongs here");
    }
    let kind = text(&headers, "content-type");
    let kinds = ["video/mp4", "video/quicktime", "video/webm"];
    let Some((size, chunk, count)) = upload.size.filter(|_| kinds.contains(&kind)) else {
        return bad("the content type is not that of a video");
    };
    let Some((first, last, total)) = range(&headers).filter(|r| r.2 == size) else {
        return bad("the range cannot be read");
    };
    let there = upload.bytes.len() as u64;
    if first != there {
        return at(StatusCode::RANGE_NOT_SATISFIABLE, there, total);
    }
    let whole = (last + 1).saturating_sub(first);
    let is_last = last + 1 == total;
    let fits = whole == body.len() as u64
        && text(&headers, "content-length") == body.len().to_string()
        && last < total
        && if is_last {
            upload.pieces + 1 == count
        } else {
            whole == chunk && upload.pieces + 1 < count
        };
    if !fits {
        return bad("the piece is not the one that was announced");
    }
    upload.bytes.extend_from_slice(&body);
    upload.pieces += 1;
    if !is_last {
        return at(StatusCode::PARTIAL_CONTENT, last + 1, total);
    }
    posts::published(&mut state, &id, 1);
    at(StatusCode::CREATED, total, total)
}
