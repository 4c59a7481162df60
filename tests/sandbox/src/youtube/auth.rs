//! Google's sign-in for desktop clients, and the channel.

use std::collections::HashMap;

use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::issuer::Grant;
use super::{Answer, CHANNEL, CLIENT, SCOPE, SECRET, Shared, UPLOADS, caller, held};

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
        return page("Error 401: invalid_client");
    }
    let back = get("redirect_uri");
    if !back.starts_with("http://127.0.0.1:") && !back.starts_with("http://[::1]:") {
        return page("Error 400: redirect_uri_mismatch");
    }
    let wrong = get("response_type") != "code"
        || get("state").is_empty()
        || get("code_challenge").len() != 43
        || get("code_challenge_method") != "S256"
        || get("access_type") != "offline"
        || get("scope") != SCOPE;
    if wrong {
        return page("Error 400: invalid_request");
    }
    let answer = if state.denies {
        "error=access_denied".to_owned()
    } else {
        let scopes = if state.unticked {
            vec![]
        } else {
            vec![SCOPE.to_owned()]
        };
        let grant = Grant {
            owner: CHANNEL.to_owned(),
            client: CLIENT.to_owned(),
            scopes,
        };
        let challenge = (get("code_challenge").to_owned(), true);
        let code = state.issuer.code(grant, back, Some(challenge));
        format!("code={code}")
    };
    let to = format!("{back}?state={}&{answer}", get("state"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

fn refused(status: u16, error: &str, words: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({ "error": error, "error_description": words });
    (status, axum::Json(body)).into_response()
}

pub async fn token(axum::extract::State(state): Shared, Form(form): Form<Fields>) -> Response {
    let mut state = held(&state);
    let get = |name| field(&form, name);
    if get("client_id") != CLIENT {
        return refused(401, "invalid_client", "The OAuth client was not found.");
    }
    if get("client_secret") != SECRET {
        return refused(
            401,
            "invalid_client",
            "The provided client secret is invalid.",
        );
    }
    let first = get("grant_type") == "authorization_code";
    let granted = match get("grant_type") {
        "authorization_code" => state.issuer.redeem(
            get("code"),
            CLIENT,
            get("redirect_uri"),
            Some(get("code_verifier")),
        ),
        // The refresh token stays the same.
        "refresh_token" => state.issuer.renew(get("refresh_token"), CLIENT, false),
        _ => return refused(400, "unsupported_grant_type", "Invalid grant_type"),
    };
    let Ok(grant) = granted else {
        return refused(400, "invalid_grant", "Token has been expired or revoked.");
    };
    let access = state.issuer.access(&grant);
    let mut answer = json!({
        "access_token": access, "expires_in": 3599, "token_type": "Bearer",
        "scope": if grant.scopes.is_empty() { "openid".to_owned() } else { grant.scopes.join(" ") },
    });
    if first {
        answer["refresh_token"] = state.issuer.refresh(&grant).into();
    }
    axum::Json(answer).into_response()
}

pub async fn channel(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let state = held(&state);
    if !state.channel && field(&query, "mine") == "true" {
        return Ok(axum::Json(json!({ "items": [] })).into_response());
    }
    caller(&state, &headers)?;
    let item = json!({
        "id": CHANNEL, "snippet": { "title": "Ana films", "customUrl": "@anafilms" },
        "contentDetails": { "relatedPlaylists": { "uploads": UPLOADS } },
    });
    Ok(axum::Json(json!({ "items": [item] })).into_response())
}
