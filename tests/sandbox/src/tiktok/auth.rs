//! Signing in at the sandbox of TikTok, and who signed in.

use std::collections::HashMap;

use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::super::issuer::Grant;
use super::{
    Answer, CLIENT, OPEN_ID, REDIRECT, Refused, SCOPES, SECRET, Shared, caller, good, held,
};

type Fields = HashMap<String, String>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

/// What a challenge in hexadecimal digits is in the standard's writing.
fn challenge(hex: &str) -> Option<String> {
    let small = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if hex.len() != 64 || !hex.bytes().all(small) {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..32)
        .map(|n| u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok())
        .collect();
    Some(URL_SAFE_NO_PAD.encode(bytes?))
}

pub async fn authorize(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
) -> Response {
    let mut state = held(&state);
    let get = |name| field(&query, name);
    let page = |words: &str| (StatusCode::BAD_REQUEST, words.to_owned()).into_response();
    if get("client_key") != CLIENT {
        return page("Something went wrong: client_key");
    }
    let back = get("redirect_uri");
    if back != REDIRECT {
        return page("Something went wrong: redirect_uri");
    }
    let proof = challenge(get("code_challenge"));
    let (Some(proof), "code", "S256", false) = (
        proof,
        get("response_type"),
        get("code_challenge_method"),
        get("state").is_empty(),
    ) else {
        return page("Something went wrong: code_challenge");
    };
    let asked: Vec<&str> = get("scope").split(',').collect();
    if asked.iter().any(|scope| !SCOPES.contains(scope)) {
        return page("Something went wrong: scope");
    }
    let answer = if state.denies {
        "error=access_denied&error_description=User%20denied".to_owned()
    } else {
        let granted = asked
            .iter()
            .filter(|scope| !state.unticked.contains(**scope));
        let grant = Grant {
            owner: OPEN_ID.to_owned(),
            client: CLIENT.to_owned(),
            scopes: granted.map(|&scope| scope.to_owned()).collect(),
        };
        let scopes = grant.scopes.join("%2C");
        let code = state.issuer.code(grant, back, Some((proof, true)));
        format!("code={code}&scopes={scopes}")
    };
    let to = format!("{back}?{answer}&state={}", get("state"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// TikTok refuses token calls with a good status and an error in the body.
fn refused(error: &str, words: &str) -> Response {
    let body = json!({ "error": error, "error_description": words, "log_id": "2026112600" });
    axum::Json(body).into_response()
}

pub async fn token(axum::extract::State(state): Shared, Form(form): Form<Fields>) -> Response {
    let mut state = held(&state);
    let get = |name| field(&form, name);
    if get("client_key") != CLIENT || get("client_secret") != SECRET {
        return refused("invalid_client", "Client key or secret is incorrect.");
    }
    let granted = match get("grant_type") {
        "authorization_code" => state.issuer.redeem(
            get("code"),
            CLIENT,
            get("redirect_uri"),
            Some(get("code_verifier")),
        ),
        "refresh_token" => state.issuer.renew(get("refresh_token"), CLIENT, true),
        _ => return refused("unsupported_grant_type", "Grant type is not supported."),
    };
    let Ok(grant) = granted else {
        return refused(
            "invalid_grant",
            "Authorization code or refresh token is expired.",
        );
    };
    let access = state.issuer.access(&grant);
    let refresh = state.issuer.refresh(&grant);
    axum::Json(json!({
        "open_id": OPEN_ID, "scope": grant.scopes.join(","), "token_type": "Bearer",
        "access_token": access, "expires_in": 7_200,
        "refresh_token": refresh, "refresh_expires_in": 15_552_000,
    }))
    .into_response()
}

pub async fn revoke(axum::extract::State(state): Shared, Form(form): Form<Fields>) -> Response {
    let mut state = held(&state);
    let get = |name| field(&form, name);
    if get("client_key") != CLIENT || get("client_secret") != SECRET {
        return refused("invalid_client", "Client key or secret is incorrect.");
    }
    state.issuer.revoke(get("token"));
    axum::Json(json!({})).into_response()
}

pub async fn user(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let state = held(&state);
    caller(&state, &headers, SCOPES[0])?;
    let mut user = Map::new();
    for name in field(&query, "fields").split(',') {
        let value: Value = match name {
            "open_id" => json!(OPEN_ID),
            "union_id" => json!("union-ana"),
            "display_name" => json!("Ana Films"),
            "avatar_url" => json!("https://p16.tiktokcdn.com/ana.jpeg"),
            _ => {
                let words = format!("The field {name} needs another scope.");
                return Err(Refused(401, "scope_permission_missed", words));
            }
        };
        user.insert(name.to_owned(), value);
    }
    Ok(good(&json!({ "user": user })))
}
