//! Posts as they are listed.

use std::collections::HashMap;

use axum::extract::Query;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::posts::FIRST;
use super::{
    Answer, Post, SCOPES, Sandbox, Shared, State, USERNAME, bad, caller, good, held, input, only,
};

const LIST: &str = SCOPES[2];

/// A public post with the fields that were asked for.
fn shown(post: &Post, fields: &str) -> Value {
    let mut whole = json!({
        "id": post.id.to_string(), "create_time": post.made, "title": "",
        "like_count": 3, "comment_count": 1, "share_count": 2, "view_count": 50,
        "duration": 9, "share_url": format!("https://www.tiktok.com/@{USERNAME}/video/{}", post.id),
    });
    let words = post
        .asked
        .get("description")
        .unwrap_or(&post.asked["title"]);
    let words: String = words
        .as_str()
        .unwrap_or_default()
        .chars()
        .take(150)
        .collect();
    whole["video_description"] = words.into();
    if let Some(whole) = whole.as_object_mut() {
        whole.retain(|name, _| fields.split(',').any(|f| f == name));
    }
    whole
}

impl Post {
    /// Where it stands in the list: no two posts at the same millisecond.
    fn listed_at(&self) -> i64 {
        self.made * 1_000 + (self.id % 1_000) as i64
    }
}

fn public(state: &State) -> impl Iterator<Item = &Post> {
    let posts = state.posts.iter().rev();
    posts.filter(|post| post.asked["privacy_level"] == "PUBLIC_TO_EVERYONE")
}

pub async fn list(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let state = held(&state);
    caller(&state, &headers, LIST)?;
    let asked = input(&headers, &body)?;
    only(&asked, &["max_count", "cursor"])?;
    let most = asked["max_count"].as_u64().unwrap_or(10);
    if !(1..=20).contains(&most) {
        return Err(bad("max_count is from 1 to 20."));
    }
    let fields = query.get("fields").map(String::as_str).unwrap_or_default();
    // Everything before this moment, in milliseconds.
    let cursor = asked["cursor"].as_i64().unwrap_or(i64::MAX);
    if !(asked["cursor"].is_null() || asked["cursor"].is_i64()) {
        return Err(bad("cursor is a number."));
    }
    let mut posts: Vec<&Post> = public(&state).collect();
    posts.sort_by_key(|post| std::cmp::Reverse(post.listed_at()));
    posts.retain(|post| post.listed_at() < cursor);
    let more = posts.len() > most as usize;
    posts.truncate(most as usize);
    let next = posts.last().map_or(0, |post| post.listed_at());
    let videos: Vec<Value> = posts.into_iter().map(|post| shown(post, fields)).collect();
    Ok(good(
        &json!({ "videos": videos, "cursor": next, "has_more": more }),
    ))
}

pub async fn query(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let state = held(&state);
    caller(&state, &headers, LIST)?;
    let asked = input(&headers, &body)?;
    only(&asked, &["filters"])?;
    let ids = asked["filters"]["video_ids"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if !(1..=20).contains(&ids.len()) || !ids.iter().all(Value::is_string) {
        return Err(bad("video_ids are 1 to 20 texts."));
    }
    let fields = query.get("fields").map(String::as_str).unwrap_or_default();
    let videos: Vec<Value> = public(&state)
        .filter(|post| ids.contains(&json!(post.id.to_string())))
        .map(|post| shown(post, fields))
        .collect();
    Ok(good(&json!({ "videos": videos })))
}

impl Sandbox {
    /// The account posts so many others in the app, all in this second.
    pub fn crowd(&self, many: usize, at: jiff::Timestamp) {
        let mut state = self.state();
        for n in 0..many {
            let number = FIRST + state.posts.len() as u64;
            let asked = json!({
                "title": format!("Something else {n}"), "privacy_level": "PUBLIC_TO_EVERYONE",
            });
            state.posts.push(Post {
                id: number,
                asked,
                files: 1,
                made: at.as_second(),
            });
        }
    }
}
