//! Posts at the sandbox of X.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{Answer, Post, Problem, Sandbox, Shared, State, caller, held, only};

const CREATE: i64 = 15_000;
const CREATE_WITH_LINK: i64 = 200_000;
const OWNED_READ: i64 = 1_000;

/// What X calls a post's time: real, since people try the program with it.
#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a network has its own clock"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn is_link(word: &str) -> bool {
    word.starts_with("https://") || word.starts_with("http://")
}

pub async fn me(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let state = held(&state);
    let grant = caller(&state, &headers, "users.read")?;
    only(&query, &["user.fields"])?;
    let person = state.people.iter().find(|p| p.id == grant.owner);
    let Some(person) = person else {
        return Err(Problem::new(401, "Unauthorized", "Unauthorized"));
    };
    let data = json!({
        "id": person.id, "username": person.username, "name": format!("The account {}", person.username),
        "verified": false, "subscription_type": person.subscription,
    });
    Ok(axum::Json(json!({ "data": data })).into_response())
}

/// The whole contract of a new post.
fn check(state: &State, owner: &str, post: &Value) -> Result<(), Problem> {
    let known = [
        "text",
        "media",
        "reply",
        "reply_settings",
        "made_with_ai",
        "paid_partnership",
    ];
    let fields = post
        .as_object()
        .ok_or_else(|| Problem::invalid("not an object"))?;
    if let Some(name) = fields.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(Problem::invalid(format!("[{name}] is not a known field")));
    }
    let text = post.get("text").map_or(Some(""), Value::as_str);
    let text = text.ok_or_else(|| Problem::invalid("[text] has to be a string"))?;
    let media = match post.pointer("/media/media_ids").map(Value::as_array) {
        None if post.get("media").is_none() => vec![],
        Some(Some(ids)) if (1..=4).contains(&ids.len()) => ids.clone(),
        _ => {
            return Err(Problem::invalid(
                "[media_ids] takes a minimum of 1 and a maximum of 4 items",
            ));
        }
    };
    if text.is_empty() && media.is_empty() {
        return Err(Problem::invalid("Post text or media is required."));
    }
    let long: usize = text
        .split_inclusive(char::is_whitespace)
        .map(|w| if is_link(w) { 23 } else { w.chars().count() })
        .sum();
    let person = state.people.iter().find(|p| p.id == owner);
    let most = if person.is_none_or(|p| p.subscription == "None") {
        280
    } else {
        25_000
    };
    if long > most {
        return Err(Problem::invalid("Your post text is too long."));
    }
    let mut kinds = vec![];
    for id in &media {
        let id = id.as_str().and_then(|id| id.parse::<u64>().ok());
        let file = id.and_then(|id| state.files.get(&id));
        match file.filter(|f| f.owner == owner && f.finalized && f.busy == 0) {
            Some(file) => kinds.push(file.category.as_str()),
            None => {
                return Err(Problem::invalid(
                    "One or more of your media ids are invalid.",
                ));
            }
        }
    }
    if kinds.len() > 1 && kinds.iter().any(|k| *k != "tweet_image") {
        return Err(Problem::invalid("media of these types cannot be combined"));
    }
    if let Some(who) = post.get("reply_settings") {
        let known = ["following", "mentionedUsers", "subscribers", "verified"];
        if !who.as_str().is_some_and(|who| known.contains(&who)) {
            return Err(Problem::invalid(
                "[reply_settings] is not one of the known values",
            ));
        }
    }
    for flag in ["made_with_ai", "paid_partnership"] {
        if post.get(flag).is_some_and(|v| !v.is_boolean()) {
            return Err(Problem::invalid(format!("[{flag}] has to be a boolean")));
        }
    }
    let parent = post
        .get("reply")
        .map(|r| r.get("in_reply_to_tweet_id").and_then(Value::as_str));
    if let Some(parent) = parent {
        let there = state
            .posts
            .iter()
            .any(|p| Some(p.id.as_str()) == parent && !p.gone);
        if !there {
            let detail = "You attempted to reply to a Tweet that is deleted or not visible to you.";
            return Err(Problem::new(403, "Forbidden", detail));
        }
    }
    let cashtags = text.split_whitespace().filter(|w| {
        let name = w.strip_prefix('$').unwrap_or_default();
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic())
    });
    if cashtags.count() > 1 {
        let detail = "Posts may contain a maximum of one cashtag.";
        return Err(Problem::new(403, "Forbidden", detail));
    }
    let same = |p: &Post| {
        p.author == owner
            && !p.gone
            && p.asked.get("text") == post.get("text")
            && p.asked.get("reply") == post.get("reply")
    };
    if !text.is_empty() && state.posts.iter().any(same) {
        let detail = "You are not allowed to create a Tweet with duplicate content.";
        return Err(Problem::new(403, "Forbidden", detail));
    }
    Ok(())
}

pub async fn create(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(post): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "tweet.write")?.owner;
    if state.limit.is_some_and(|most| state.posts.len() >= most) {
        let mut problem = Problem::new(429, "Too Many Requests", "Too Many Requests")
            .of_type("https://api.x.com/2/problems/rate-limit-exceeded");
        let reset = now().as_second() + 900;
        problem.headers = vec![
            ("x-rate-limit-limit", "100".to_owned()),
            ("x-rate-limit-remaining", "0".to_owned()),
            ("x-rate-limit-reset", reset.to_string()),
        ];
        return Err(problem);
    }
    check(&state, &owner, &post)?;
    let text = post["text"].as_str().unwrap_or_default().to_owned();
    let linked = text.split_whitespace().any(is_link);
    state.charge(if linked { CREATE_WITH_LINK } else { CREATE })?;
    let id = state.number().to_string();
    state.posts.push(Post {
        id: id.clone(),
        author: owner,
        created: format!("{:.3}", now()),
        asked: post,
        gone: false,
    });
    let answer = json!({ "data": { "id": id, "text": text, "edit_history_post_ids": [id] } });
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

/// A post as it is read: escaped, with short links, and a link to its own files at the end.
fn shown(post: &Post, renamed: bool) -> Value {
    let asked = post.asked["text"].as_str().unwrap_or_default();
    let mut urls = vec![];
    let mut text = String::new();
    for word in asked.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if is_link(bare) {
            let short = format!("https://t.co/{}l{}", post.id, urls.len());
            urls.push(json!({ "url": short, "expanded_url": bare }));
            text.push_str(&short);
            text.push_str(&word[bare.len()..]);
        } else {
            text.push_str(
                &word
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;"),
            );
        }
    }
    let mut shown = json!({ "id": post.id, "created_at": post.created });
    let ids = post
        .asked
        .pointer("/media/media_ids")
        .and_then(Value::as_array);
    if let Some(ids) = ids {
        let keys: Vec<Value> = ids
            .iter()
            .filter_map(Value::as_str)
            .map(|id| json!(format!("3_{id}")))
            .collect();
        let short = format!("https://t.co/{}m", post.id);
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&short);
        urls.push(json!({
            "url": short, "media_key": keys[0],
            "expanded_url": format!("https://x.com/somebody/status/{}/photo/1", post.id),
        }));
        shown["attachments"] = json!({ "media_keys": keys });
    }
    shown["text"] = text.into();
    shown["entities"] = json!({ "urls": urls });
    if let Some(parent) = post.asked.pointer("/reply/in_reply_to_tweet_id") {
        let name = if renamed {
            "referenced_posts"
        } else {
            "referenced_tweets"
        };
        shown[name] = json!([{ "type": "replied_to", "id": parent }]);
    }
    shown
}

pub async fn timeline(
    axum::extract::State(state): Shared,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "tweet.read")?.owner;
    let fields = if state.renamed {
        "post.fields"
    } else {
        "tweet.fields"
    };
    only(
        &query,
        &["max_results", "start_time", "pagination_token", fields],
    )?;
    let most: usize = query
        .get("max_results")
        .and_then(|m| m.parse().ok())
        .unwrap_or(10);
    if !(5..=100).contains(&most) || id != owner {
        return Err(Problem::invalid("The request cannot be used."));
    }
    let start: Option<jiff::Timestamp> = match query.get("start_time") {
        // Whole seconds, as the documentation writes them.
        Some(time) if time.len() == 20 => time.parse().ok(),
        Some(_) => return Err(Problem::invalid("[start_time] is not valid")),
        None => None,
    };
    let recent = |p: &&Post| {
        let at: Option<jiff::Timestamp> = p.created.parse().ok();
        !p.gone && p.author == owner && start.is_none_or(|start| at.is_some_and(|at| at >= start))
    };
    // A token stands for the last post of the page before, so that newer posts move nothing.
    let before: Option<u64> = match query.get("pagination_token") {
        Some(token) => match token.strip_prefix("7140w").map(str::parse) {
            Some(Ok(id)) => Some(id),
            _ => return Err(Problem::invalid("[pagination_token] is not valid")),
        },
        None => None,
    };
    let older = |p: &&Post| {
        let id: Option<u64> = p.id.parse().ok();
        before.is_none_or(|before| id.is_some_and(|id| id < before))
    };
    let mut posts = state.posts.iter().rev().filter(recent).filter(older);
    let found: Vec<Value> = posts
        .by_ref()
        .take(most)
        .map(|p| shown(p, state.renamed))
        .collect();
    let more = posts.next().is_some();
    state.charge(OWNED_READ * found.len() as i64)?;
    let mut answer = json!({ "meta": { "result_count": found.len() } });
    let last = found.last().and_then(|post| post["id"].as_str());
    if let Some(last) = last.filter(|_| more) {
        answer["meta"]["next_token"] = format!("7140w{last}").into();
    }
    if !found.is_empty() {
        answer["data"] = found.into();
    }
    Ok(axum::Json(answer).into_response())
}

pub async fn lookup(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers, "tweet.read")?;
    only(&query, &["ids", "tweet.fields"])?;
    let ids = query.get("ids").cloned().unwrap_or_default();
    let found: Vec<Value> = state
        .posts
        .iter()
        .filter(|p| !p.gone && ids.split(',').any(|id| id == p.id))
        .map(|p| {
            json!({ "id": p.id, "text": p.asked["text"], "public_metrics": {
                "like_count": 3, "repost_count": 2, "reply_count": 1, "quote_count": 4,
                "impression_count": 50, "bookmark_count": 0,
            }})
        })
        .collect();
    state.charge(OWNED_READ * found.len() as i64)?;
    Ok(axum::Json(json!({ "data": found })).into_response())
}

pub async fn remove(
    axum::extract::State(state): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let owner = caller(&state, &headers, "tweet.write")?.owner;
    let post = state
        .posts
        .iter_mut()
        .find(|p| p.id == id && p.author == owner && !p.gone);
    match post {
        Some(post) => post.gone = true,
        None => {
            return Err(Problem::new(
                404,
                "Not Found Error",
                "Could not find tweet.",
            ));
        }
    }
    Ok(axum::Json(json!({ "data": { "deleted": true } })).into_response())
}

impl Sandbox {
    /// The account posts so many others on the network itself, all at this instant.
    pub fn crowd(&self, posts: usize, at: jiff::Timestamp) {
        let mut state = self.state();
        for n in 0..posts {
            let post = Post {
                id: state.number().to_string(),
                author: state.people[0].id.clone(),
                created: format!("{at:.3}"),
                asked: json!({ "text": format!("Something else {n}") }),
                gone: false,
            };
            state.posts.push(post);
        }
    }
}
