//! Comments below videos.

use std::collections::HashMap;

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::videos::kept_until;
use super::{Answer, CHANNEL, Refused, SCOPE, Shared, State, bad, caller, held};

/// A video below which one may comment.
fn takes_comments(state: &State, id: &str) -> Result<(), Refused> {
    let video = state.videos.iter().find(|v| v.id == id && !v.gone);
    let video = video.ok_or_else(|| {
        Refused(
            404,
            "videoNotFound",
            "The video cannot be found.".to_owned(),
        )
    })?;
    let status = &video.asked["status"];
    let private = status["privacyStatus"] == "private" && status.get("publishAt").is_none();
    let closed = private || kept_until(state, video).is_some();
    if closed || status["selfDeclaredMadeForKids"] == true {
        let words = "The video has disabled comments.";
        return Err(Refused(403, "commentsDisabled", words.to_owned()));
    }
    Ok(())
}

/// Who calls, with the right to comment.
fn commenter(state: &State, headers: &HeaderMap) -> Result<(), Refused> {
    if caller(state, headers)?.covers(SCOPE) {
        return Ok(());
    }
    let words = "Request had insufficient authentication scopes.";
    Err(Refused(403, "insufficientPermissions", words.to_owned()))
}

pub async fn write(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    axum::Json(thread): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    commenter(&state, &headers)?;
    let text = |path: &str| {
        thread
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let snippet = thread.get("snippet").and_then(Value::as_object);
    let known = ["channelId", "videoId", "topLevelComment"];
    let plain = snippet.is_some_and(|s| s.keys().all(|k| known.contains(&k.as_str())));
    if query.get("part").map(String::as_str) != Some("snippet") || !plain {
        return Err(bad(
            "invalidCommentThreadMetadata",
            "The thread is invalid.",
        ));
    }
    let (video, words) = (
        text("/snippet/videoId"),
        text("/snippet/topLevelComment/snippet/textOriginal"),
    );
    if text("/snippet/channelId") != CHANNEL {
        return Err(Refused(
            404,
            "channelNotFound",
            "No such channel.".to_owned(),
        ));
    }
    if words.is_empty() {
        return Err(bad("commentTextRequired", "The comment is empty."));
    }
    if words.chars().count() > 10_000 {
        return Err(bad("commentTextTooLong", "The comment is too long."));
    }
    takes_comments(&state, video)?;
    state.comments.push((video.to_owned(), words.to_owned()));
    Ok(axum::Json(json!({ "kind": "youtube#commentThread", "id": "Ug1" })).into_response())
}

pub async fn list(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let state = held(&state);
    commenter(&state, &headers)?;
    let video = query.get("videoId").map(String::as_str).unwrap_or_default();
    takes_comments(&state, video)?;
    let below = state.comments.iter().filter(|(id, _)| id == video);
    let items: Vec<Value> = below
        .map(|(_, words)| {
            json!({ "snippet": { "topLevelComment": { "snippet": {
                "textOriginal": words, "textDisplay": words, "authorChannelId": { "value": CHANNEL },
            }}}})
        })
        .collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}
