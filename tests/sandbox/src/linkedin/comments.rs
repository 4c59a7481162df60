//! Comments below posts (`socialActions`).

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{Answer, Refused, Shared, State, held, versioned};

/// The author of a post that is there.
fn author_of(state: &State, urn: &str) -> Result<String, Refused> {
    let post = state.posts.iter().find(|p| p.urn == urn && !p.gone);
    let author = post.map(|p| p.author.clone());
    author.ok_or_else(|| Refused::new(404, "NOT_FOUND", "Could not find entity"))
}

fn denied() -> Refused {
    Refused::new(
        403,
        "ACCESS_DENIED",
        "Not enough permissions to access: socialActions.comments",
    )
}

pub async fn write(
    axum::extract::State(state): Shared,
    Path(urn): Path<String>,
    headers: HeaderMap,
    axum::Json(comment): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    let author = author_of(&state, &urn)?;
    let text = |path: &str| {
        comment
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let known = ["actor", "object", "message"];
    let fields = comment
        .as_object()
        .map(|o| o.keys().all(|k| known.contains(&k.as_str())));
    let words = text("/message/text");
    if fields != Some(true) || text("/object") != urn || words.is_empty() {
        return Err(Refused::new(
            400,
            "ILLEGAL_ARGUMENT",
            "The comment is not well formed",
        ));
    }
    let page = text("/actor").starts_with("urn:li:organization:");
    if !page || text("/actor") != author || !grant.covers("w_organization_social_feed") {
        return Err(denied());
    }
    if words.chars().count() > 1_250 {
        return Err(Refused::new(400, "FIELD_LENGTH_TOO_LONG", "/message/text"));
    }
    state.comments.push((urn.clone(), words.to_owned()));
    let id = state.number().to_string();
    let body = json!({
        "id": id, "actor": author, "object": urn, "message": { "attributes": [], "text": words },
    });
    Ok((StatusCode::CREATED, [("x-restli-id", id)], axum::Json(body)).into_response())
}

pub async fn list(
    axum::extract::State(state): Shared,
    Path(urn): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    let author = author_of(&state, &urn)?;
    if !grant.covers("r_organization_social_feed") {
        return Err(denied());
    }
    let below = state.comments.iter().filter(|(post, _)| *post == urn);
    let elements: Vec<Value> = below
        .map(|(_, words)| json!({ "actor": author, "message": { "text": words } }))
        .collect();
    Ok(axum::Json(json!({ "elements": elements })).into_response())
}
