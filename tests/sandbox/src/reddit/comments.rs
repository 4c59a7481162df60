//! Comments below posts.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::posts::name_of;
use super::{Answer, Refused, Shared, State, USER, caller, held};

fn is_there(state: &State, name: &str) -> bool {
    state.posts.iter().any(|p| !p.gone && name_of(p) == name)
}

pub async fn write(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "submit")?;
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let known = ["api_type", "thing_id", "text"];
    if get("api_type") != "json" || form.keys().any(|k| !known.contains(&k.as_str())) {
        return Err(Refused::Status(400));
    }
    let (name, words) = (get("thing_id"), get("text"));
    let code = |code, words: &str, field| Err(Refused::Code(code, words.to_owned(), field));
    if !is_there(&state, &name) {
        return code(
            "DELETED_LINK",
            "the link you are commenting on has been deleted",
            "parent",
        );
    }
    if words.trim().is_empty() {
        return code("NO_TEXT", "we need something here", "text");
    }
    if words.chars().count() > 10_000 {
        return code("TOO_LONG", "this is too long (max: 10000)", "text");
    }
    if let Some(minutes) = state.brake {
        let words = format!("you are doing that too much. try again in {minutes} minutes.");
        return Err(Refused::Wait(f64::from(minutes) * 60.0, words));
    }
    state.comments.push((name, words));
    let id = format!("t1_c{}", state.comments.len());
    let things = json!([{ "kind": "t1", "data": { "id": id, "name": id, "permalink": "/r/x/" } }]);
    Ok(
        axum::Json(json!({ "json": { "errors": [], "data": { "things": things } } }))
            .into_response(),
    )
}

pub async fn list(
    axum::extract::State(state): Shared,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "read")?;
    let name = format!("t3_{id}");
    if query.get("raw_json").map(String::as_str) != Some("1") {
        return Err(Refused::Status(400));
    }
    if !is_there(&state, &name) {
        return Err(Refused::Status(404));
    }
    let below = state.comments.iter().filter(|(post, _)| *post == name);
    let children: Vec<Value> = below
        .map(|(_, words)| json!({ "kind": "t1", "data": { "author": USER, "body": words } }))
        .collect();
    let listing =
        |children: Vec<Value>| json!({ "kind": "Listing", "data": { "children": children } });
    let post = json!({ "kind": "t3", "data": { "name": name } });
    Ok(axum::Json(json!([listing(vec![post]), listing(children)])).into_response())
}
