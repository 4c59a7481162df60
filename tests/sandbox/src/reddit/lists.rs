//! What is read: communities, flairs, and posts.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{
    Answer, CLOSED, FLAIR, FLAIRED, NO_TEXT, OPEN, Post, Refused, Shared, State, USER, caller, held,
};

pub(super) type Fields = HashMap<String, String>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

/// Without this Reddit writes HTML where text is meant, which no program here asks for.
pub(super) fn raw(query: &Fields) -> Result<(), Refused> {
    if field(query, "raw_json") == "1" {
        Ok(())
    } else {
        Err(Refused::Status(400))
    }
}

fn listing(kind: &str, all: Vec<Value>) -> Value {
    page(kind, all, false)
}

/// Some of a list; `more` when there are others after them.
fn page(kind: &str, all: Vec<Value>, more: bool) -> Value {
    let after = all.last().map(|last| last["name"].clone());
    let after = after.filter(|_| more);
    let children: Vec<Value> = all
        .into_iter()
        .map(|data| json!({ "kind": kind, "data": data }))
        .collect();
    json!({ "kind": "Listing", "data": { "children": children, "after": after } })
}

fn communities(matching: impl Fn(&str) -> bool) -> Value {
    let names = [OPEN, NO_TEXT, FLAIRED, CLOSED, "u_somebody_else"];
    let all = names.iter().filter(|name| matching(name));
    listing(
        "t5",
        all.map(|name| json!({ "display_name": name })).collect(),
    )
}

pub async fn mine(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    caller(&mut held(&state), &headers, "mysubreddits")?;
    raw(&query)?;
    Ok(axum::Json(communities(|name| [OPEN, FLAIRED].contains(&name))).into_response())
}

pub async fn search(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    caller(&mut held(&state), &headers, "read")?;
    raw(&query)?;
    let sought = field(&query, "q").to_lowercase();
    if sought.is_empty() {
        return Err(Refused::Status(400));
    }
    Ok(axum::Json(communities(|name| name.contains(&sought))).into_response())
}

pub async fn flairs(
    axum::extract::State(state): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer {
    caller(&mut held(&state), &headers, "flair")?;
    if name != FLAIRED {
        return Err(Refused::Status(403));
    }
    Ok(axum::Json(json!([
        { "id": FLAIR, "text": "Question", "text_editable": true, "mod_only": false },
        { "id": "22222222-aaaa-11ee-9999-000000000002", "text": "News", "text_editable": false, "mod_only": false },
        { "id": "33333333-aaaa-11ee-9999-000000000003", "text": "From the moderators", "mod_only": true },
    ]))
    .into_response())
}

/// A post as it is listed.
fn listed(state: &State, post: &Post) -> Value {
    let text = |name: &str| {
        post.asked
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let name = super::posts::name_of(post);
    let place = text("sr");
    let permalink = format!("/r/{place}/comments/{}/", name.trim_start_matches("t3_"));
    let url = match post.kind {
        "link" => text("url").to_owned(),
        "image" => format!("https://i.redd.it/{name}.jpeg"),
        "video" => format!("https://v.redd.it/{name}"),
        _ => format!("{}{permalink}", state.origin),
    };
    json!({
        "id": name.trim_start_matches("t3_"), "name": name, "title": text("title"),
        "subreddit": place, "author": USER, "created_utc": post.made as f64,
        "permalink": permalink, "url": url, "selftext": text("text"),
        "is_self": post.kind == "self", "is_video": post.kind == "video",
        "is_gallery": post.kind == "gallery", "removed_by_category": post.removed,
        "score": 7, "num_comments": 2, "num_crossposts": 1, "upvote_ratio": 0.9,
    })
}

pub async fn submitted(
    axum::extract::State(state): Shared,
    Path(name): Path<String>,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "history")?;
    raw(&query)?;
    if name != USER {
        return Err(Refused::Status(404));
    }
    let limit: usize = field(&query, "limit").parse().unwrap_or(25);
    let mut there: Vec<&Post> = state.posts.iter().rev().collect();
    there.retain(|p| !p.gone && p.hidden == 0);
    there.sort_by_key(|p| std::cmp::Reverse(p.made));
    let after = field(&query, "after");
    let start = match after {
        "" => 0,
        // After a post that is not there comes nothing.
        name => there
            .iter()
            .position(|p| super::posts::name_of(p) == name)
            .map_or(there.len(), |at| at + 1),
    };
    let limit = limit.clamp(1, 100);
    let more = there.len() > start + limit;
    let some = there.into_iter().skip(start).take(limit);
    let all = some.map(|p| listed(&state, p)).collect();
    let answer = page("t3", all, more);
    // Each look brings those that are worked on nearer.
    for post in &mut state.posts {
        post.hidden = post.hidden.saturating_sub(1);
    }
    Ok(axum::Json(answer).into_response())
}

pub async fn info(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "read")?;
    raw(&query)?;
    let ids: Vec<&str> = field(&query, "id").split(',').collect();
    let there = state.posts.iter().filter(|p| !p.gone);
    let asked = there.filter(|p| ids.contains(&super::posts::name_of(p).as_str()));
    let all = asked.map(|p| listed(&state, p)).collect();
    Ok(axum::Json(listing("t3", all)).into_response())
}
