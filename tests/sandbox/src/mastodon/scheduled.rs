//! Posts that the server holds until their time: at least five minutes ahead, at most 25 for a day and 300
//! in all. One whose time has passed is published at once.

use std::time::Duration;

use axum::extract::{Path, RawQuery, State as From};
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::form::{Fields, only, pairs};
use super::statuses::Status;
use super::{Answer, Refused, Shared, State, lock, ok};

/// How far ahead a time has to be.
const LEAST: Duration = Duration::from_mins(5);
/// Most held posts of an account for one day, and in all.
const MOST: [usize; 2] = [25, 300];
const DAY: u128 = 86_400_000;

/// A post that is held.
#[derive(Clone)]
pub struct Scheduled {
    pub id: u64,
    pub at: Duration,
    pub status: Status,
}

/// The time that was asked for; none when it is to be published at once.
pub fn time(state: &State, fields: &Fields) -> Result<Option<Duration>, Refused> {
    let Some(text) = fields.get("scheduled_at").and_then(Value::as_str) else {
        return Ok(None);
    };
    let at: jiff::Timestamp = text
        .parse()
        .map_err(|_| Refused::invalid("Scheduled at is not a date"))?;
    let at = Duration::from_millis(u64::try_from(at.as_millisecond()).unwrap_or_default());
    let now = state.now();
    if at <= now {
        return Ok(None);
    }
    if at < now + LEAST {
        return Err(Refused::invalid(
            "Scheduled at The scheduled date must be in the future",
        ));
    }
    let day = |time: Duration| time.as_millis() / DAY;
    let that_day = state.scheduled.values().filter(|s| day(s.at) == day(at));
    if that_day.count() >= MOST[0] || state.scheduled.len() >= MOST[1] {
        return Err(Refused::invalid(
            "Base You have exceeded the limit of scheduled posts",
        ));
    }
    Ok(Some(at))
}

/// A held post as the server shows it.
pub fn shown(one: &Scheduled) -> Value {
    let asked = |name: &str| one.status.asked.get(name).cloned().unwrap_or(Value::Null);
    let mut params = Map::new();
    for name in [
        "media_ids",
        "in_reply_to_id",
        "sensitive",
        "spoiler_text",
        "visibility",
        "language",
        "poll",
    ] {
        params.insert(name.to_owned(), asked(name));
    }
    params.insert("text".to_owned(), asked("status"));
    let files = one.status.files.iter().map(|id| json!({ "id": id }));
    json!({
        "id": one.id.to_string(), "scheduled_at": State::date(one.at), "params": params,
        "media_attachments": files.collect::<Vec<_>>(),
    })
}

/// Publishes what is due.
pub fn publish_due(state: &mut State) {
    let now = state.now();
    let due: Vec<u64> = state
        .scheduled
        .values()
        .filter(|s| s.at <= now)
        .map(|s| s.id)
        .collect();
    for id in due {
        let Some(mut one) = state.scheduled.remove(&id) else {
            continue;
        };
        one.status.id = state.next_id();
        one.status.made = one.at;
        state.posts_made += 1;
        state.statuses.insert(one.status.id, one.status);
    }
}

pub async fn list(
    From(state): From<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let mut state = lock(&state);
    let person = state.caller(&headers, "read:statuses")?;
    publish_due(&mut state);
    let pairs = pairs(&query.unwrap_or_default())?;
    let known = ["max_id", "min_id", "since_id", "limit"];
    only(pairs.iter().map(|p| p.0.as_str()), &known)?;
    let text = |name: &str| pairs.iter().find(|p| p.0 == name).map(|p| p.1.as_str());
    let limit = text("limit").and_then(|l| l.parse().ok()).unwrap_or(20);
    let before = text("max_id")
        .and_then(|l| l.parse().ok())
        .unwrap_or(u64::MAX);
    let page = state.scheduled.range(..before).rev();
    let page = page.filter(|(_, s)| s.status.username == person.username);
    ok(page
        .take(usize::min(limit, 40))
        .map(|(_, one)| shown(one))
        .collect())
}

fn held(state: &State, headers: &HeaderMap, scope: &str, id: &str) -> Result<Scheduled, Refused> {
    let person = state.caller(headers, scope)?;
    let one = id.parse().ok().and_then(|id: u64| state.scheduled.get(&id));
    let one = one.filter(|s| s.status.username == person.username);
    one.cloned().ok_or_else(Refused::gone)
}

pub async fn get(From(state): From<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let mut state = lock(&state);
    publish_due(&mut state);
    ok(shown(&held(&state, &headers, "read:statuses", &id)?))
}

pub async fn delete(
    From(state): From<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut state = lock(&state);
    publish_due(&mut state);
    let one = held(&state, &headers, "write:statuses", &id)?;
    state.scheduled.remove(&one.id);
    ok(json!({}))
}
