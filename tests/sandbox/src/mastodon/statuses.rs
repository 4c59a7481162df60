//! Posts.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as From};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

use super::form::{Fields, fields, flag, only, pairs, text};
use super::people::profile;
use super::scheduled::{self, Scheduled};
use super::{Answer, Person, Refused, Shared, State, header_text, lock, ok};

/// How long the result of a key is kept.
const KEY_LIFE: Duration = Duration::from_hours(1);
/// The window of the limit of posts.
const WINDOW: Duration = Duration::from_hours(3);
const FIELDS: [&str; 9] = [
    "status",
    "media_ids",
    "in_reply_to_id",
    "sensitive",
    "spoiler_text",
    "visibility",
    "language",
    "poll",
    "scheduled_at",
];

/// A post.
#[derive(Clone)]
pub struct Status {
    pub id: u64,
    pub username: String,
    /// What was asked for.
    pub asked: Value,
    text: String,
    warning: String,
    pub files: Vec<String>,
    reply_to: Option<String>,
    visibility: String,
    pub made: Duration,
}

/// A post as the server shows it.
pub fn shown(state: &State, status: &Status) -> Value {
    let (origin, name) = (&state.origin, &status.username);
    let files: Vec<Value> = status
        .files
        .iter()
        .map(|id| match state.media.get(id) {
            Some(file) => file.shown(state, id),
            None => json!({ "id": id, "description": null }),
        })
        .collect();
    let person = state.people.iter().find(|p| p.username == *name);
    let account = person.map_or_else(|| json!({ "username": name }), |p| profile(state, p));
    json!({
        "id": status.id.to_string(), "created_at": State::date(status.made),
        "in_reply_to_id": status.reply_to, "spoiler_text": status.warning,
        "sensitive": status.asked.get("sensitive").and_then(Value::as_bool) == Some(true) || !status.warning.is_empty(),
        "visibility": status.visibility, "uri": format!("{origin}/users/{name}/statuses/{}", status.id),
        "url": format!("{origin}/@{name}/{}", status.id), "content": html(&status.text), "reblog": null,
        "favourites_count": 3, "reblogs_count": 2, "replies_count": 1, "quotes_count": 0,
        "media_attachments": files, "account": account, "language": status.asked.get("language"),
        "poll": poll(status),
    })
}

/// The poll of a post as the server shows it; nobody voted yet.
fn poll(status: &Status) -> Value {
    let Some(asked) = status.asked.get("poll").filter(|poll| poll.is_object()) else {
        return Value::Null;
    };
    let options = asked["options"].as_array().into_iter().flatten();
    let options: Vec<Value> = options
        .map(|title| json!({ "title": title, "votes_count": 0 }))
        .collect();
    let life = Duration::from_secs(asked["expires_in"].as_u64().unwrap_or_default());
    json!({
        "id": status.id.to_string(), "expires_at": State::date(status.made + life), "expired": false,
        "multiple": asked["multiple"].as_bool().unwrap_or(false), "votes_count": 0,
        "options": options, "emojis": [],
    })
}

/// Paragraphs, links and mentions as the server writes them.
fn html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let words = escaped.split(' ').map(|word| {
        if let Some(rest) = word.strip_prefix("https://") {
            return format!(
                "<a href=\"{word}\" rel=\"nofollow\"><span class=\"invisible\">https://</span><span class=\"\">{rest}</span></a>"
            );
        }
        match word.strip_prefix('@').and_then(|name| name.split('@').next()) {
            Some(name) => format!("<span class=\"h-card\"><a href=\"x\">@<span>{name}</span></a></span>"),
            None => word.to_owned(),
        }
    });
    let whole = words.collect::<Vec<_>>().join(" ");
    format!(
        "<p>{}</p>",
        whole.replace("\n\n", "</p><p>").replace('\n', "<br />")
    )
}

/// How long the server finds a text: links alike, mentions without their server.
fn length(text: &str, per_link: usize) -> usize {
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let bare = word.trim_end();
        let space = word.graphemes(true).count() - bare.graphemes(true).count();
        let linked = bare.starts_with("https://") || bare.starts_with("http://");
        let counted = match bare.strip_prefix('@').and_then(|name| name.split_once('@')) {
            _ if linked => per_link,
            Some((name, _)) => name.graphemes(true).count() + 1,
            None => bare.graphemes(true).count(),
        };
        counted + space
    });
    words.sum()
}

pub async fn create(From(state): From<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let mut state = lock(&state);
    match created(&mut state, &headers, &body) {
        Ok(status) => axum::Json(status).into_response(),
        Err(refused) if refused.0 == 429 => {
            let reset = State::date(state.now() + WINDOW);
            ([("x-ratelimit-reset", reset)], refused).into_response()
        }
        Err(refused) => refused.into_response(),
    }
}

fn created(state: &mut State, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refused> {
    let person = state.caller(headers, "write:statuses")?;
    let fields = fields(headers, body, &FIELDS)?;
    let now = state.now();
    let key = (
        person.username.clone(),
        header_text(headers, "idempotency-key").to_owned(),
    );
    if state.rules.mastodon
        && let Some((id, made)) = state.keys.get(&key)
        && now.saturating_sub(*made) < KEY_LIFE
    {
        if let Some(status) = state.statuses.get(id) {
            return Ok(shown(state, status));
        }
        if let Some(held) = state.scheduled.get(id) {
            return Ok(scheduled::shown(held));
        }
    }
    let recent = state
        .statuses
        .values()
        .filter(|s| now.saturating_sub(s.made) < WINDOW);
    if recent.count() >= state.rules.posts {
        return Err(Refused::new(429, "Too many requests"));
    }
    let mut status = checked(state, &person, &fields)?;
    let at = scheduled::time(state, &fields)?;
    if std::mem::take(&mut state.drop_next) {
        status.id = state.next_id();
        return Ok(shown(state, &status));
    }
    status.id = state.next_id();
    status.made = now;
    for id in &status.files {
        if let Some(file) = state.media.get_mut(id) {
            file.attached = true;
        }
    }
    if let Some(at) = at {
        let held = Scheduled {
            id: status.id,
            at,
            status,
        };
        if !key.1.is_empty() {
            state.keys.insert(key, (held.id, now));
        }
        let answer = scheduled::shown(&held);
        state.scheduled.insert(held.id, held);
        return Ok(answer);
    }
    state.posts_made += 1;
    if !key.1.is_empty() {
        state.keys.insert(key, (status.id, now));
    }
    state.statuses.insert(status.id, status.clone());
    Ok(shown(state, &status))
}

/// A post as it was asked for, if the server takes it.
fn checked(state: &mut State, person: &Person, fields: &Fields) -> Result<Status, Refused> {
    let words = text(fields, "status")?
        .unwrap_or_default()
        .trim()
        .to_owned();
    let warning = text(fields, "spoiler_text")?
        .unwrap_or_default()
        .trim()
        .to_owned();
    flag(fields, "sensitive")?;
    let visibility = text(fields, "visibility")?.unwrap_or(person.privacy);
    if !["public", "unlisted", "private", "direct"].contains(&visibility) {
        return Err(Refused::invalid("Visibility is not included in the list"));
    }
    let visibility = match visibility {
        "public" if person.limited => "unlisted",
        asked => asked,
    };
    if let Some(language) = text(fields, "language")?
        && !(2..=7).contains(&language.len())
    {
        return Err(Refused::invalid("Language is not included in the list"));
    }
    let reply_to = text(fields, "in_reply_to_id")?;
    if let Some(id) = reply_to {
        let there = id
            .parse()
            .is_ok_and(|id: u64| state.statuses.contains_key(&id));
        there.then_some(()).ok_or_else(Refused::gone)?;
    }
    let files = files(state, person, fields)?;
    let poll = fields.get("poll").filter(|p| !p.is_null());
    if words.is_empty() && files.is_empty() {
        return Err(Refused::invalid("Text can't be blank"));
    }
    let most = state.rules.characters;
    if length(&words, state.rules.per_link) + warning.graphemes(true).count() > most {
        return Err(Refused::invalid(format!(
            "Text character limit of {most} exceeded"
        )));
    }
    if let Some(poll) = poll {
        if !files.is_empty() {
            return Err(Refused::invalid(
                "Cannot attach a poll to a post with media",
            ));
        }
        check_poll(state, poll)?;
    }
    Ok(Status {
        id: 0,
        username: person.username.clone(),
        asked: Value::Object(fields.clone()),
        text: words,
        warning,
        files,
        reply_to: reply_to.map(str::to_owned),
        visibility: visibility.to_owned(),
        made: Duration::ZERO,
    })
}

fn files(state: &mut State, person: &Person, fields: &Fields) -> Result<Vec<String>, Refused> {
    let ids = match fields.get("media_ids") {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(Value::Array(ids)) => ids,
        Some(_) => return Err(Refused::invalid("media_ids has to be a list")),
    };
    let ids: Option<Vec<String>> = ids
        .iter()
        .map(|id| id.as_str().map(str::to_owned))
        .collect();
    let ids = ids.ok_or_else(|| Refused::invalid("ids are texts"))?;
    if !ids.is_empty() && std::mem::take(&mut state.lose_files) {
        state.media.retain(|_, m| m.attached);
    }
    if ids.len() > state.rules.files {
        return Err(Refused::new(
            422,
            format!("Cannot attach more than {} files", state.rules.files),
        ));
    }
    let mut found = Vec::new();
    for id in &ids {
        let file = state
            .media
            .get(id)
            .filter(|m| m.username == person.username && !m.attached);
        found.push(file.ok_or_else(|| {
            Refused::new(
                422,
                format!("Media {id} not found or already attached to another post"),
            )
        })?);
    }
    if found.iter().any(|f| f.work > 0) {
        return Err(Refused::new(
            422,
            "Cannot attach files that have not finished processing. Try again in a moment!",
        ));
    }
    if found.len() > 1 && found.iter().any(|f| f.is_video()) {
        return Err(Refused::new(
            422,
            "Cannot attach a video to a post that already contains images",
        ));
    }
    Ok(ids)
}

fn check_poll(state: &State, poll: &Value) -> Result<(), Refused> {
    let poll = poll
        .as_object()
        .ok_or_else(|| Refused::invalid("poll has to be an object"))?;
    only(
        poll.keys().map(String::as_str),
        &["options", "expires_in", "multiple", "hide_totals"],
    )?;
    flag(poll, "multiple")?;
    flag(poll, "hide_totals")?;
    let answers = poll.get("options").and_then(Value::as_array);
    let answers: Vec<&str> = answers
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut different = answers.clone();
    different.sort_unstable();
    different.dedup();
    let sized = answers
        .iter()
        .all(|a| (1..=50).contains(&a.graphemes(true).count()));
    if !(2..=state.rules.answers).contains(&answers.len())
        || different.len() != answers.len()
        || !sized
    {
        return Err(Refused::invalid("Options are not as they have to be"));
    }
    let seconds = poll.get("expires_in").and_then(Value::as_u64);
    if !seconds.is_some_and(|s| (300..=2_629_746).contains(&s)) {
        return Err(Refused::invalid(
            "Expires at is too soon or too far into the future",
        ));
    }
    Ok(())
}

fn held<'a>(state: &'a State, id: &str) -> Result<&'a Status, Refused> {
    let id = id.parse::<u64>().ok();
    id.and_then(|id| state.statuses.get(&id))
        .ok_or_else(Refused::gone)
}

pub async fn get(From(state): From<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let state = lock(&state);
    state.caller(&headers, "read:statuses")?;
    ok(shown(&state, held(&state, &id)?))
}

pub async fn source(
    From(state): From<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let state = lock(&state);
    state.caller(&headers, "read:statuses")?;
    let status = held(&state, &id)?;
    ok(json!({ "id": id, "text": status.text, "spoiler_text": status.warning }))
}

pub async fn delete(
    From(state): From<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut state = lock(&state);
    let person = state.caller(&headers, "write:statuses")?;
    let status = held(&state, &id)?.clone();
    if status.username != person.username {
        return Err(Refused::gone());
    }
    let answer = shown(&state, &status);
    state.statuses.remove(&status.id);
    ok(answer)
}

pub async fn list(
    From(state): From<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let mut state = lock(&state);
    let caller = state.caller(&headers, "read:statuses")?;
    scheduled::publish_due(&mut state);
    let pairs = pairs(&query.unwrap_or_default())?;
    let known = [
        "max_id",
        "min_id",
        "since_id",
        "limit",
        "exclude_reblogs",
        "exclude_replies",
    ];
    only(pairs.iter().map(|p| p.0.as_str()), &known)?;
    let text = |name: &str| pairs.iter().find(|p| p.0 == name).map(|p| p.1.as_str());
    let owner = state
        .people
        .iter()
        .find(|p| p.id == id)
        .ok_or_else(Refused::gone)?;
    let limit = text("limit").map_or(Ok(20), str::parse::<usize>);
    let limit = limit.map_err(|_| Refused::invalid("limit"))?.min(40);
    let before = text("max_id").map_or(Ok(u64::MAX), str::parse::<u64>);
    let before = before.map_err(|_| Refused::invalid("max_id"))?;
    let own = caller.username == owner.username;
    let page = state
        .statuses
        .range(..before)
        .rev()
        .map(|(_, status)| status)
        .filter(|s| s.username == owner.username)
        .filter(|s| own || matches!(s.visibility.as_str(), "public" | "unlisted"))
        .take(limit);
    ok(page.map(|s| shown(&state, s)).collect())
}
