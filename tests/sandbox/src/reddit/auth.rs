//! Signing in at the sandbox of Reddit, and who signed in.

use std::collections::HashMap;

use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::issuer::Grant;
use super::{
    Answer, CLIENT, REDIRECT, Refused, SCOPES, Shared, USER, USER_ID, caller, held, named, text,
};

type Fields = HashMap<String, String>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

pub async fn authorize(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
) -> Response {
    let mut state = held(&state);
    let get = |name| field(&query, name);
    let page = |words: &str| (StatusCode::BAD_REQUEST, words.to_owned()).into_response();
    if get("client_id") != CLIENT {
        return page("bad request: invalid client id");
    }
    let back = get("redirect_uri");
    if back != REDIRECT {
        return page("bad request: invalid redirect_uri parameter");
    }
    let mut asked = get("scope").split(' ');
    if get("response_type") != "code"
        || get("state").is_empty()
        || get("duration") != "permanent"
        || !asked.all(|scope| SCOPES.contains(&scope))
    {
        return page("bad request");
    }
    let answer = if state.denies {
        "error=access_denied".to_owned()
    } else {
        let grant = Grant {
            owner: USER.to_owned(),
            client: CLIENT.to_owned(),
            scopes: state.scopes.clone(),
        };
        // Reddit passes over what it does not know, such as a challenge.
        format!("code={}", state.issuer.code(grant, back, None))
    };
    let to = format!("{back}?state={}&{answer}", get("state"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// Whether an app shows itself as one without a secret does.
fn is_app(headers: &HeaderMap) -> bool {
    let wanted = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:")));
    text(headers, header::AUTHORIZATION.as_str()) == wanted
}

pub async fn token(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Answer {
    let mut state = held(&state);
    named(&headers)?;
    if !is_app(&headers) {
        return Err(Refused::Status(401));
    }
    let get = |name| field(&form, name);
    // Refused with a good status.
    let refused = |error: &str| Ok(axum::Json(json!({ "error": error })).into_response());
    let first = get("grant_type") == "authorization_code";
    let granted = match get("grant_type") {
        "authorization_code" => {
            let redirect = get("redirect_uri");
            state.issuer.redeem(get("code"), CLIENT, redirect, None)
        }
        "refresh_token" => state.issuer.renew(get("refresh_token"), CLIENT, false),
        _ => return refused("unsupported_grant_type"),
    };
    let Ok(grant) = granted else {
        return if first {
            refused("invalid_grant")
        } else {
            Err(Refused::Status(400))
        };
    };
    let mut answer = json!({
        "access_token": state.issuer.access(&grant), "token_type": "bearer",
        "expires_in": 3_600, "scope": grant.scopes.join(" "),
    });
    if first {
        answer["refresh_token"] = state.issuer.refresh(&grant).into();
    }
    Ok(axum::Json(answer).into_response())
}

pub async fn revoke(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Answer {
    named(&headers)?;
    if !is_app(&headers) {
        return Err(Refused::Status(401));
    }
    let known = ["refresh_token", "access_token"].contains(&field(&form, "token_type_hint"));
    if !known {
        return Err(Refused::Status(400));
    }
    held(&state).issuer.revoke(field(&form, "token"));
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn me(axum::extract::State(state): Shared, headers: HeaderMap) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "identity")?;
    Ok(axum::Json(json!({
        "id": USER_ID, "name": USER, "is_suspended": state.suspended, "has_verified_email": true,
        "total_karma": 120, "created_utc": 1_600_000_000.0,
        "subreddit": { "display_name": format!("u_{USER}"), "title": "Ana makes films" },
    }))
    .into_response())
}
