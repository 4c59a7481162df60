//! Posts are made and deleted.

use std::collections::{BTreeMap, HashMap};

use axum::Form;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{
    Answer, CLOSED, FLAIR, FLAIRED, NO_TEXT, OPEN, Post, Refused, Sandbox, Shared, State, USER,
    caller, held,
};

/// Real, since people try the program with it, and never before May 2026.
#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a network has its own clock"
)]
fn now() -> i64 {
    jiff::Timestamp::now().as_second().max(1_778_742_300)
}

/// The name of a post.
pub(super) fn name_of(post: &Post) -> String {
    format!("t3_1sand{:03}", post.id)
}

fn code(code: &'static str, words: &str, field: &'static str) -> Refused {
    Refused::Code(code, words.to_owned(), field)
}

/// What holds for posts of every kind. `get` reads a field as text.
fn check(state: &State, kind: &str, get: impl Fn(&str) -> String) -> Result<(), Refused> {
    if state.suspended {
        return Err(code("IN_TIMEOUT", "your account is suspended", "sr"));
    }
    let place = get("sr");
    let own = format!("u_{USER}");
    if place.is_empty() {
        return Err(code(
            "SUBREDDIT_REQUIRED",
            "you must specify a subreddit",
            "sr",
        ));
    }
    if ![OPEN, NO_TEXT, FLAIRED, CLOSED, &own].contains(&place.as_str()) {
        return Err(code(
            "SUBREDDIT_NOEXIST",
            "that subreddit doesn't exist",
            "sr",
        ));
    }
    if place == CLOSED {
        return Err(code(
            "SUBREDDIT_NOTALLOWED",
            "you aren't allowed to post there.",
            "sr",
        ));
    }
    if place == NO_TEXT && kind == "self" {
        return Err(code(
            "NO_SELFS",
            "that subreddit doesn't allow text posts",
            "sr",
        ));
    }
    let title = get("title");
    if title.trim().is_empty() {
        return Err(code("NO_TEXT", "we need something here", "title"));
    }
    if title.encode_utf16().count() > 300 {
        return Err(code("TOO_LONG", "this is too long (max: 300)", "title"));
    }
    if get("text").encode_utf16().count() > 40_000 {
        return Err(code("TOO_LONG", "this is too long (max: 40000)", "text"));
    }
    let flair = get("flair_id");
    if place == FLAIRED && flair.is_empty() {
        return Err(Refused::Rule("SUBMIT_VALIDATION_FLAIR_REQUIRED", "flair"));
    }
    if !flair.is_empty() && (place != FLAIRED || flair != FLAIR) {
        return Err(code("BAD_FLAIR_TEMPLATE_ID", "bad flair template", "flair"));
    }
    super::rules::check(state, kind, &get)?;
    if let Some(minutes) = state.brake {
        let words = format!("you are doing that too much. try again in {minutes} minutes.");
        return Err(Refused::Wait(f64::from(minutes) * 60.0, words));
    }
    Ok(())
}

fn made(
    state: &mut State,
    asked: BTreeMap<String, Value>,
    kind: &'static str,
    hidden: usize,
) -> String {
    let post = Post {
        id: state.posts.len() as u64 + 1,
        asked,
        kind,
        made: now(),
        hidden,
        gone: false,
        removed: state.holds,
    };
    let name = name_of(&post);
    state.posts.push(post);
    name
}

/// The answer that names a post.
fn named(state: &State, name: &str, field: &str) -> Value {
    let id = name.trim_start_matches("t3_");
    let url = format!("{}/r/x/comments/{id}/", state.origin);
    let mut data = json!({ "url": url, "drafts_count": 0 });
    data[field] = name.into();
    json!({ "json": { "errors": [], "data": data } })
}

const FIELDS: [&str; 14] = [
    "api_type",
    "kind",
    "sr",
    "title",
    "text",
    "url",
    "video_poster_url",
    "resubmit",
    "sendreplies",
    "nsfw",
    "spoiler",
    "flair_id",
    "flair_text",
    "validate_on_submit",
];

/// Whether a file lies in storage under this address.
fn is_stored(state: &State, address: &str) -> bool {
    let key = address.strip_prefix(&format!("{}/storage/bucket/", state.origin));
    key.is_some_and(|key| state.files.contains_key(key))
}

pub async fn submit(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "submit")?;
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let flags = [
        "sendreplies",
        "nsfw",
        "spoiler",
        "resubmit",
        "validate_on_submit",
    ];
    let odd = flags.iter().any(|flag| {
        let value = get(flag);
        !["", "true", "false"].contains(&value.as_str())
    });
    if odd || get("api_type") != "json" || form.keys().any(|k| !FIELDS.contains(&k.as_str())) {
        return Err(Refused::Status(400));
    }
    let kind = match get("kind").as_str() {
        "self" => "self",
        "link" => "link",
        "image" => "image",
        "video" => "video",
        _ => return Err(code("INVALID_OPTION", "that option is not valid", "kind")),
    };
    check(&state, kind, get)?;
    let url = get("url");
    match kind {
        "self" if !url.is_empty() => return Err(Refused::Status(400)),
        "link" => link(&state, &form)?,
        "image" if !is_stored(&state, &url) => {
            return Err(code("BAD_IMAGE", "the image cannot be read", "url"));
        }
        "video" if !is_stored(&state, &url) || !is_stored(&state, &get("video_poster_url")) => {
            return Err(code("NO_URL", "a url is required", "video_poster_url"));
        }
        _ => {}
    }
    let asked = form.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
    let works = state.works;
    Ok(axum::Json(if matches!(kind, "image" | "video") {
        made(&mut state, asked, kind, works);
        json!({ "json": { "errors": [], "data": {
            "user_submitted_page": format!("https://www.reddit.com/user/{USER}/submitted/"),
            "websocket_url": null,
        }}})
    } else {
        let name = made(&mut state, asked, kind, 0);
        named(&state, &name, "name")
    })
    .into_response())
}

/// A link that stands in the community already needs to be meant.
fn link(state: &State, form: &HashMap<String, String>) -> Result<(), Refused> {
    let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let url = get("url");
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(code("BAD_URL", "you should check that url", "url"));
    }
    let same = |post: &&Post| {
        let is = |name: &str| post.asked.get(name) == Some(&json!(get(name)));
        !post.gone && post.kind == "link" && is("url") && is("sr")
    };
    if get("resubmit") != "true" && state.posts.iter().find(same).is_some() {
        let words = "that link has already been submitted";
        return Err(code("ALREADY_SUB", words, "url"));
    }
    Ok(())
}

pub async fn gallery(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "submit")?;
    let known = [
        "api_type",
        "show_error_list",
        "validate_on_submit",
        "sr",
        "title",
        "text",
        "items",
        "nsfw",
        "spoiler",
        "sendreplies",
        "flair_id",
        "flair_text",
    ];
    let fields = body.as_object().ok_or(Refused::Status(400))?;
    let flags = ["nsfw", "spoiler", "sendreplies", "show_error_list"];
    if fields.keys().any(|k| !known.contains(&k.as_str()))
        || flags.iter().any(|flag| !body[*flag].is_boolean())
        || body["api_type"] != "json"
    {
        return Err(Refused::Status(400));
    }
    let get = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    check(&state, "gallery", get)?;
    let items = body["items"].as_array().map_or(&[][..], Vec::as_slice);
    let stored = |item: &Value| {
        let key = format!(
            "rte_images/{}",
            item["media_id"].as_str().unwrap_or_default()
        );
        state.files.contains_key(&key)
    };
    if !(2..=20).contains(&items.len()) || !items.iter().all(stored) {
        return Err(code("BAD_IMAGE", "an image cannot be used", "items"));
    }
    let asked = fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let name = made(&mut state, asked, "gallery", 0);
    Ok(axum::Json(named(&state, &name, "id")).into_response())
}

pub async fn delete(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "edit")?;
    let id = form.get("id").cloned().unwrap_or_default();
    if form.len() != 1 || !id.starts_with("t3_") {
        return Err(Refused::Status(400));
    }
    let posts = state.posts.iter_mut().filter(|p| name_of(p) == id);
    posts.for_each(|p| p.gone = true);
    Ok(axum::Json(json!({})).into_response())
}

impl Sandbox {
    /// The account posts so many others on Reddit itself, all in this second.
    pub fn crowd(&self, posts: usize, at: jiff::Timestamp) {
        let mut state = self.state();
        for n in 0..posts {
            let title = format!("Something else {n}");
            let asked = [("sr", OPEN), ("title", title.as_str()), ("kind", "self")];
            let asked = asked.map(|(name, value)| (name.to_owned(), json!(value)));
            let post = Post {
                id: state.posts.len() as u64 + 1,
                asked: BTreeMap::from(asked),
                kind: "self",
                made: at.as_second(),
                hidden: 0,
                gone: false,
                removed: None,
            };
            state.posts.push(post);
        }
    }
}
