//! Signing in at the sandbox of LinkedIn, and who somebody is.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::issuer::Grant;
use super::{
    Answer, CLIENT, COMMENT_SCOPES, PAGE_SCOPES, PAGES_CLIENT, PERSON, PROFILE_SCOPES, REDIRECTS,
    Refused, SECRET, Shared, caller, held, only, versioned,
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
    let allowed = match get("client_id") {
        CLIENT => PROFILE_SCOPES.to_vec(),
        PAGES_CLIENT => [&PAGE_SCOPES[..], &COMMENT_SCOPES].concat(),
        _ => return page("The passed in client_id is invalid"),
    };
    if !REDIRECTS.contains(&get("redirect_uri")) {
        return page("The redirect_uri does not match the registered value");
    }
    if get("response_type") != "code" || get("state").is_empty() {
        return page("The request cannot be used");
    }
    let asked: Vec<String> = get("scope").split(' ').map(str::to_owned).collect();
    let answer = if asked.iter().any(|s| !allowed.contains(&s.as_str())) {
        "error=unauthorized_scope_error&error_description=Scope+is+not+authorized".to_owned()
    } else if state.denies {
        "error=user_cancelled_authorize&error_description=The+user+cancelled".to_owned()
    } else {
        let grant = Grant {
            owner: PERSON.to_owned(),
            client: get("client_id").to_owned(),
            scopes: state.grants.clone().unwrap_or(asked),
        };
        let code = state.issuer.code(grant, get("redirect_uri"), None);
        format!("code={code}")
    };
    let to = format!("{}?{answer}&state={}", get("redirect_uri"), get("state"));
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
    let known = [CLIENT, PAGES_CLIENT].contains(&get("client_id"));
    if !known || get("client_secret") != SECRET {
        return refused(401, "invalid_client", "Client authentication failed");
    }
    // Whoever sends a verifier asks for the flow that was not switched on for these apps.
    if get("grant_type") != "authorization_code" || form.contains_key("code_verifier") {
        return refused(
            400,
            "invalid_request",
            "This flow is not enabled for the app",
        );
    }
    let redeemed = state
        .issuer
        .redeem(get("code"), get("client_id"), get("redirect_uri"), None);
    match redeemed {
        Ok(grant) => {
            let access = state.issuer.access(&grant);
            let answer = json!({
                "access_token": access, "expires_in": 5_184_000, "token_type": "Bearer",
                "scope": grant.scopes.join(","),
            });
            axum::Json(answer).into_response()
        }
        Err(_) => refused(
            400,
            "invalid_request",
            "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.",
        ),
    }
}

pub async fn revoke(axum::extract::State(state): Shared, Form(form): Form<Fields>) -> Response {
    let mut state = held(&state);
    if field(&form, "client_secret") != SECRET {
        return refused(401, "invalid_client", "Client authentication failed");
    }
    state.issuer.revoke(field(&form, "token"));
    StatusCode::OK.into_response()
}

pub async fn userinfo(axum::extract::State(state): Shared, headers: HeaderMap) -> Answer {
    let state = held(&state);
    let grant = caller(&state, &headers)?;
    if !grant.covers("openid") || !grant.covers("profile") {
        let message = "Not enough permissions to access: userinfo.GET.NO_VERSION";
        return Err(Refused::new(403, "ACCESS_DENIED", message));
    }
    let sub = grant.owner.rsplit(':').next().unwrap_or_default();
    let answer = json!({
        "sub": sub, "name": "Ana Example", "given_name": "Ana", "family_name": "Example",
        "locale": { "country": "DE", "language": "de" },
    });
    Ok(axum::Json(answer).into_response())
}

pub async fn roles(
    axum::extract::State(state): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    only(&query, &["q", "role", "state"])?;
    if !grant.covers("rw_organization_admin") {
        let message = "Not enough permissions to access: organizationAcls.FINDER-roleAssignee";
        return Err(Refused::new(403, "ACCESS_DENIED", message));
    }
    let role = query.get("role");
    let elements: Vec<Value> = state
        .roles
        .iter()
        .filter(|(_, r)| role.is_none_or(|role| role == *r))
        .map(|(id, role)| {
            json!({
                "role": role, "organization": format!("urn:li:organization:{id}"),
                "roleAssignee": grant.owner, "state": "APPROVED",
            })
        })
        .collect();
    Ok(axum::Json(json!({ "elements": elements })).into_response())
}

pub async fn page(
    axum::extract::State(state): Shared,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    if !grant.covers("rw_organization_admin") {
        return Err(Refused::new(403, "ACCESS_DENIED", "Not enough permissions"));
    }
    if !state.roles.contains_key(&id) {
        return Err(Refused::new(404, "NOT_FOUND", "Could not find entity"));
    }
    let answer = json!({
        "id": id, "localizedName": format!("Page {id}"), "vanityName": format!("page-{id}"),
    });
    Ok(axum::Json(answer).into_response())
}
