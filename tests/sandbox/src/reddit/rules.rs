//! What communities want of posts, as it is asked for and as it is enforced.

use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::lists::{Fields, raw};
use super::{
    Answer, CLOSED, FLAIRED, NO_TEXT, OPEN, Refused, Sandbox, Shared, State, USER, caller, held,
};

/// What holds unless a community wants otherwise.
fn usual(name: &str, wanted: &Value, mut all: Value) -> Value {
    let own = wanted.as_object().filter(|_| name == OPEN);
    for (field, value) in own.into_iter().flatten() {
        all[field] = value.clone();
    }
    all
}

fn known(name: &str) -> Result<(), Refused> {
    match name {
        OPEN | NO_TEXT | FLAIRED => Ok(()),
        CLOSED => Err(Refused::Status(403)),
        _ => Err(Refused::Status(404)),
    }
}

fn about_of(state: &State, name: &str) -> Value {
    let kinds = if name == NO_TEXT { "link" } else { "any" };
    let all = json!({
        "display_name": name, "subreddit_type": "public", "submission_type": kinds,
        "allow_images": true, "allow_videos": true, "allow_galleries": true,
        "spoilers_enabled": true, "over18": false, "restrict_posting": false,
        "user_is_banned": false,
    });
    usual(name, &state.demands[0], all)
}

fn wanted_of(state: &State, name: &str) -> Value {
    let all = json!({
        "title_text_min_length": null, "title_text_max_length": null,
        "body_text_min_length": null, "body_text_max_length": null,
        "body_restriction_policy": "none", "link_restriction_policy": "none",
        "domain_whitelist": [], "domain_blacklist": [],
        "title_required_strings": [], "title_blacklisted_strings": [],
        "body_required_strings": [], "body_blacklisted_strings": [],
        "title_regexes": [], "body_regexes": [], "is_flair_required": name == FLAIRED,
        "guidelines_text": null,
    });
    usual(name, &state.demands[1], all)
}

pub async fn about(
    axum::extract::State(state): Shared,
    Path(name): Path<String>,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "read")?;
    raw(&query)?;
    known(&name)?;
    let data = about_of(&state, &name);
    Ok(axum::Json(json!({ "kind": "t5", "data": data })).into_response())
}

pub async fn wanted(
    axum::extract::State(state): Shared,
    Path(name): Path<String>,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "submit")?;
    raw(&query)?;
    known(&name)?;
    Ok(axum::Json(wanted_of(&state, &name)).into_response())
}

/// Refuses what a community does not want. `get` reads a field as text.
pub(super) fn check(
    state: &State,
    kind: &str,
    get: &impl Fn(&str) -> String,
) -> Result<(), Refused> {
    let place = get("sr");
    if place == format!("u_{USER}") {
        return Ok(());
    }
    let (about, wanted) = (about_of(state, &place), wanted_of(state, &place));
    if matches!(kind, "image" | "gallery") && about["allow_images"] == false {
        let words = "this community does not allow images";
        return Err(Refused::Code("NO_IMAGES", words.to_owned(), "kind"));
    }
    let least = wanted["title_text_min_length"].as_u64().unwrap_or(0);
    if (get("title").chars().count() as u64) < least {
        return Err(Refused::Rule("SUBMIT_VALIDATION_MIN_LENGTH", "title"));
    }
    if wanted["body_restriction_policy"] == "notAllowed" && !get("text").is_empty() {
        return Err(Refused::Rule("SUBMIT_VALIDATION_BODY_NOT_ALLOWED", "body"));
    }
    Ok(())
}

impl Sandbox {
    /// The community that takes everything wants this from now on: fields of what it says about itself, and of
    /// its requirements.
    pub fn demand(&self, about: Value, requirements: Value) {
        self.state().demands = [about, requirements];
    }

    /// New posts are kept from being seen, by Reddit's word for whoever does so.
    pub fn hold(&self, by: &'static str) {
        self.state().holds = Some(by);
    }
}
