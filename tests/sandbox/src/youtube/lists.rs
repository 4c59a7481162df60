//! Videos and lists of them at the sandbox of YouTube: how they stand, deleting, playlists.

use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::videos::{Fields, field, status, there};
use super::{Answer, PLAYLIST, Refused, Shared, UPLOADS, Video, bad, caller, held};

pub async fn list(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    let id = field(&query, "id");
    let items: Vec<Value> = there(&state, id)
        .map(|video| {
            let mut item = json!({ "id": video.id });
            for part in field(&query, "part").split(',') {
                item[part] = match part {
                    "fileDetails" => json!({ "fileSize": video.size.to_string() }),
                    "statistics" => {
                        json!({ "viewCount": "50", "likeCount": "3", "commentCount": "1" })
                    }
                    "status" => status(&state, video),
                    "processingDetails" => {
                        let word = match &video.refused {
                            _ if video.busy > 0 => "processing",
                            Some(_) => "failed",
                            None => "succeeded",
                        };
                        json!({ "processingStatus": word })
                    }
                    other => video.asked[other].clone(),
                };
            }
            item
        })
        .into_iter()
        .collect();
    // Each look brings a video that is worked on nearer.
    if field(&query, "part").contains("processingDetails")
        && let Some(video) = state.videos.iter_mut().find(|v| v.id == id)
    {
        video.busy = video.busy.saturating_sub(1);
    }
    Ok(axum::Json(json!({ "items": items })).into_response())
}

pub async fn remove(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    let id = field(&query, "id");
    there(&state, id)?;
    let videos = state.videos.iter_mut().filter(|v| v.id == id);
    videos.for_each(|v| v.gone = true);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn items(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let state = held(&state);
    caller(&state, &headers)?;
    if field(&query, "playlistId") != UPLOADS {
        return Err(Refused(
            404,
            "playlistNotFound",
            "The playlist cannot be found.".to_owned(),
        ));
    }
    let most: usize = field(&query, "maxResults").parse().unwrap_or(5);
    // A token stands for the last video of the page before.
    let after = field(&query, "pageToken");
    let mut videos: Vec<&Video> = state.videos.iter().rev().collect();
    videos.retain(|v| !v.gone);
    videos.sort_by(|a, b| b.made.cmp(&a.made));
    let start = match after.strip_prefix("CAU") {
        Some(id) => videos.iter().position(|v| v.id == id).map(|at| at + 1),
        None => after.is_empty().then_some(0),
    };
    let Some(start) = start.filter(|_| (1..=50).contains(&most)) else {
        let words = "The request specifies an invalid page token.";
        return Err(bad("invalidPageToken", words));
    };
    let more = videos.len() > start + most;
    videos = videos.into_iter().skip(start).take(most).collect();
    let items: Vec<Value> = videos
        .iter()
        .map(|v| {
            json!({
                "snippet": { "title": v.asked["snippet"]["title"], "publishedAt": v.made },
                "contentDetails": { "videoId": v.id },
            })
        })
        .collect();
    let mut answer = json!({ "items": items });
    if let Some(last) = videos.last().filter(|_| more) {
        answer["nextPageToken"] = format!("CAU{}", last.id).into();
    }
    Ok(axum::Json(answer).into_response())
}

pub async fn add(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers)?;
    let get = |path: &str| {
        body.pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if get("/snippet/playlistId") != PLAYLIST {
        return Err(Refused(
            404,
            "playlistNotFound",
            "The playlist cannot be found.".to_owned(),
        ));
    }
    let id = get("/snippet/resourceId/videoId").to_owned();
    if get("/snippet/resourceId/kind") != "youtube#video" {
        return Err(bad("invalidResourceType", "The type is not supported."));
    }
    there(&state, &id)?;
    state.playlist.push(id);
    Ok(axum::Json(json!({ "kind": "youtube#playlistItem" })).into_response())
}

pub async fn playlists(axum::extract::State(state): Shared, headers: HeaderMap) -> Answer {
    let state = held(&state);
    caller(&state, &headers)?;
    let items = json!([
        { "id": PLAYLIST, "snippet": { "title": "Travels" } },
        { "id": "PLother", "snippet": { "title": "Cooking" } },
    ]);
    Ok(axum::Json(json!({ "items": items })).into_response())
}
