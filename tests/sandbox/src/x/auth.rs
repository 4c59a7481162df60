//! Signing in at the sandbox of X.

use std::collections::HashMap;

use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::issuer::Grant;
use super::{CLIENT, REDIRECTS, SCOPES, Shared, State, WEB_CLIENT, WEB_SECRET, held};

type Fields = HashMap<String, String>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

/// What the browser shows when the app itself is at fault.
fn page(words: &str) -> Response {
    (StatusCode::BAD_REQUEST, words.to_owned()).into_response()
}

pub async fn authorize(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
) -> Response {
    let mut state = held(&state);
    let get = |name| field(&query, name);
    if ![CLIENT, WEB_CLIENT].contains(&get("client_id")) {
        return page("Something went wrong: this app is not known.");
    }
    if !REDIRECTS.contains(&get("redirect_uri")) {
        return page("Something went wrong: the callback address is not registered.");
    }
    let asked: Vec<String> = get("scope").split(' ').map(str::to_owned).collect();
    let wrong = get("response_type") != "code"
        || get("state").is_empty()
        || get("state").len() > 500
        || get("code_challenge").len() < 43
        || !["S256", "plain"].contains(&get("code_challenge_method"))
        || asked.iter().any(|s| !SCOPES.contains(&s.as_str()));
    if wrong {
        return page("Something went wrong: the request cannot be used.");
    }
    let answer = if state.denies {
        "error=access_denied".to_owned()
    } else {
        let grant = Grant {
            owner: state.people[0].id.clone(),
            client: get("client_id").to_owned(),
            scopes: state.grants.clone().unwrap_or(asked),
        };
        let challenge = (
            get("code_challenge").to_owned(),
            get("code_challenge_method") == "S256",
        );
        let code = state
            .issuer
            .code(grant, get("redirect_uri"), Some(challenge));
        format!("code={code}")
    };
    let to = format!("{}?state={}&{answer}", get("redirect_uri"), get("state"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

fn refused(status: u16, error: &str, words: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({ "error": error, "error_description": words });
    (status, axum::Json(body)).into_response()
}

/// The app that calls: in the form when it is public, in the header when it has a secret.
fn app(headers: &HeaderMap, form: &Fields) -> Result<String, Box<Response>> {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Basic "))
        .and_then(|v| STANDARD.decode(v).ok());
    let shown = format!("{WEB_CLIENT}:{WEB_SECRET}");
    match (basic, field(form, "client_id")) {
        (Some(pair), _) if pair == shown.as_bytes() => Ok(WEB_CLIENT.to_owned()),
        (None, CLIENT) => Ok(CLIENT.to_owned()),
        (None, WEB_CLIENT) => Err(Box::new(refused(
            401,
            "unauthorized_client",
            "Missing valid authorization header",
        ))),
        _ => Err(Box::new(refused(
            401,
            "invalid_client",
            "The app is not known",
        ))),
    }
}

fn tokens(state: &mut State, grant: &Grant) -> Response {
    let access = state.issuer.access(grant);
    let mut answer = json!({
        "token_type": "bearer", "expires_in": 7200, "access_token": access,
        "scope": grant.scopes.join(" "),
    });
    if grant.covers("offline.access") {
        answer["refresh_token"] = state.issuer.refresh(grant).into();
    }
    axum::Json(answer).into_response()
}

pub async fn token(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    let mut state = held(&state);
    let client = match app(&headers, &form) {
        Ok(client) => client,
        Err(refused) => return *refused,
    };
    let get = |name| field(&form, name);
    let granted = match get("grant_type") {
        "authorization_code" => state.issuer.redeem(
            get("code"),
            &client,
            get("redirect_uri"),
            Some(get("code_verifier")),
        ),
        "refresh_token" => state.issuer.renew(get("refresh_token"), &client, true),
        _ => return refused(400, "unsupported_grant_type", "This grant is not known"),
    };
    match granted {
        Ok(grant) => tokens(&mut state, &grant),
        Err(_) => refused(
            400,
            "invalid_grant",
            "Value passed for the token was invalid.",
        ),
    }
}

pub async fn revoke(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    let mut state = held(&state);
    if let Err(refused) = app(&headers, &form) {
        return *refused;
    }
    let revoked = state.issuer.revoke(field(&form, "token"));
    axum::Json(json!({ "revoked": revoked })).into_response()
}
