//! What the server is, and who has an account on it.

use axum::extract::{RawQuery, State as From};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::form::{only, pairs};
use super::{Answer, Person, Refused, Shared, State, lock, ok};

fn configuration(state: &State) -> Value {
    let rules = &state.rules;
    json!({
        "statuses": {
            "max_characters": rules.characters, "max_media_attachments": rules.files,
            "characters_reserved_per_url": rules.per_link,
        },
        "media_attachments": {
            "supported_mime_types": [
                "image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime", "video/webm",
            ],
            "description_limit": rules.description,
            "image_size_limit": rules.image_bytes, "image_matrix_limit": 33_177_600,
            "video_size_limit": 103_809_024, "video_frame_rate_limit": 120, "video_matrix_limit": 8_294_400,
        },
        "polls": {
            "max_options": rules.answers, "max_characters_per_option": 50,
            "min_expiration": 300, "max_expiration": 2_629_746,
        },
    })
}

fn domain(state: &State) -> &str {
    state.origin.rsplit('/').next().unwrap_or_default()
}

fn refuse_closed(state: &State, headers: &HeaderMap) -> Result<(), Refused> {
    if state.rules.closed && state.caller(headers, "read:accounts").is_err() {
        return Err(Refused::new(401, "This API requires an authenticated user"));
    }
    Ok(())
}

pub async fn instance_v2(From(state): From<Shared>, headers: HeaderMap) -> Answer {
    let state = lock(&state);
    if !state.rules.mastodon {
        return Err(Refused::gone());
    }
    refuse_closed(&state, &headers)?;
    ok(json!({
        "domain": domain(&state), "title": "Sandbox", "version": "4.5.2",
        "source_url": "https://github.com/mastodon/mastodon", "api_versions": { "mastodon": 7 },
        "configuration": configuration(&state),
    }))
}

pub async fn instance_v1(From(state): From<Shared>, headers: HeaderMap) -> Answer {
    let state = lock(&state);
    refuse_closed(&state, &headers)?;
    let version = if state.rules.mastodon {
        "4.5.2"
    } else {
        "2.7.2 (compatible; Sandbox 1.0)"
    };
    ok(json!({
        "uri": domain(&state), "title": "Sandbox", "version": version,
        "configuration": configuration(&state),
    }))
}

pub(super) fn profile(state: &State, person: &Person) -> Value {
    json!({
        "id": person.id, "username": person.username, "acct": person.username,
        "display_name": person.shown, "url": format!("{}/@{}", state.origin, person.username),
        "locked": false,
    })
}

pub async fn me(From(state): From<Shared>, headers: HeaderMap) -> Answer {
    let state = lock(&state);
    let person = state.caller(&headers, "profile");
    let person = person.or_else(|_| state.caller(&headers, "read:accounts"))?;
    let mut profile = profile(&state, &person);
    profile["source"] =
        json!({ "privacy": person.privacy, "sensitive": false, "language": null, "note": "" });
    ok(profile)
}

pub async fn search(
    From(state): From<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let state = lock(&state);
    state.caller(&headers, "read:accounts")?;
    let pairs = pairs(&query.unwrap_or_default())?;
    only(
        pairs.iter().map(|p| p.0.as_str()),
        &["q", "limit", "offset", "resolve", "following"],
    )?;
    let wanted = pairs
        .iter()
        .find(|p| p.0 == "q")
        .map(|p| p.1.to_lowercase());
    let wanted = wanted.ok_or_else(|| Refused::invalid("q can't be blank"))?;
    let mut found: Vec<Value> = state
        .people
        .iter()
        .filter(|p| p.username.contains(&wanted) || p.shown.to_lowercase().contains(&wanted))
        .map(|p| profile(&state, p))
        .collect();
    if "cleo".contains(&wanted) {
        found.push(json!({
            "id": "900", "username": "cleo", "acct": "cleo@elsewhere.example", "display_name": "Cleo",
            "url": "https://elsewhere.example/@cleo", "locked": false,
        }));
    }
    ok(Value::Array(found))
}

/// Where a name lives.
pub async fn webfinger(From(state): From<Shared>, RawQuery(query): RawQuery) -> Answer {
    let state = lock(&state);
    let pairs = pairs(&query.unwrap_or_default())?;
    let resource = pairs
        .iter()
        .find(|p| p.0 == "resource")
        .map(|p| p.1.as_str());
    let name = resource.and_then(|r| r.strip_prefix("acct:")?.split('@').next());
    let person = state.person(name.unwrap_or_default())?;
    let own = format!("{}/users/{}", state.origin, person.username);
    ok(json!({ "subject": resource, "links": [
        { "rel": "self", "type": "application/activity+json", "href": own },
    ]}))
}
