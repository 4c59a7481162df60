//! Where a program sends a browser to ask a person for access: `GET /oauth/authorize` (RFC 6749 section
//! 4.1.1). The page says where the person answers, asks after the answer every two seconds without a
//! script, and goes back to the program.

use std::collections::HashMap;
use std::sync::Arc;

use app::programs::{AccessStanding, AccessWish};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::key::KeyRole;
use url::Url;

use crate::fault::Fault;
use crate::host::{Host, named};
use crate::limits::{Bucket, Who};
use crate::sheet::told;

/// Where a browser is sent to.
pub(crate) const PATH: &str = "/oauth/authorize";
/// Longest text that a program gets back as it came, in bytes.
const MAX_STATE: usize = 1_000;
/// What a program may do that does not say what it wants: a person schedules what it makes.
const USUAL: KeyRole = KeyRole::Editor;

/// What a program may ask for, by the word of its scope. Keys are made by a person alone.
pub(crate) fn role_of(scope: &str) -> Option<KeyRole> {
    match scope {
        "" => Some(USUAL),
        "admin" => Some(KeyRole::Admin),
        "member" => Some(KeyRole::Member),
        "editor" => Some(KeyRole::Editor),
        "viewer" => Some(KeyRole::Viewer),
        _ => None,
    }
}

/// The word of a scope.
pub(crate) const fn scope_of(role: KeyRole) -> &'static str {
    match role {
        KeyRole::Owner => "owner",
        KeyRole::Admin => "admin",
        KeyRole::Member => "member",
        KeyRole::Editor => "editor",
        KeyRole::Viewer => "viewer",
    }
}

const fn wants(role: KeyRole) -> &'static str {
    match role {
        KeyRole::Owner | KeyRole::Admin => {
            "make, change, remove and publish posts, and connect accounts"
        }
        KeyRole::Member => "make, change, remove and publish posts",
        KeyRole::Editor => "make and change posts, which you schedule yourself",
        KeyRole::Viewer => "read the calendar",
    }
}

/// Its addresses.
pub(crate) fn router(host: &Arc<Host>) -> Router {
    let (asking, waiting) = (Arc::clone(host), Arc::clone(host));
    Router::new()
        .route(
            PATH,
            get(move |request: Request| {
                let host = Arc::clone(&asking);
                let query = request.uri().query().unwrap_or_default().to_owned();
                async move { ask(&host, &query).await }
            }),
        )
        .route(
            "/oauth/authorize/{ask}",
            get(move |params: axum::extract::RawPathParams| {
                let ask = named(&params).remove("ask").unwrap_or_default();
                let host = Arc::clone(&waiting);
                async move { wait(&host, &ask).await }
            }),
        )
}

/// Why the program's browser goes back at once, in the words of RFC 6749 section 4.1.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    InvalidRequest,
    UnsupportedResponseType,
    InvalidScope,
    Unavailable,
    Denied,
}

impl Refusal {
    const fn word(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::Unavailable => "temporarily_unavailable",
            Self::Denied => "access_denied",
        }
    }
}

async fn ask(host: &Host, query: &str) -> Response {
    let asked = once_each(query.as_bytes()).unwrap_or_default();
    let say = |name: &str| asked.get(name).map_or("", String::as_str);
    let way = asked.get("redirect_uri").map(String::as_str);
    // Nobody is sent anywhere before it is known that the program itself named the place.
    let back = match host.app.access_way_back(say("client_id"), way).await {
        Ok(back) => back,
        Err(error) => return failed(&Fault::from(error)),
    };
    // A program that is known has a limit of its own, which nobody else uses up.
    let who = match &back {
        Some(_) => Who::Program(say("client_id").to_owned()),
        None => Who::Strangers,
    };
    let now = host.app.now();
    if host.limits.count(who, Bucket::Requests, now).over {
        return told(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests",
            "Try again in an hour.",
        );
    }
    let Some(back) = back else {
        return told(
            StatusCode::BAD_REQUEST,
            "This program is not known here",
            "Nobody registered it, or it names another address to go back to than the one that was registered. Look at it in Almanac's Settings, Programs.",
        );
    };
    match wish(&asked) {
        Err(refusal) => gone_back(&back, say("state"), &Err(refusal)),
        Ok(wish) => match host.app.access_ask(wish).await {
            Ok(ask) => to(&format!("{PATH}/{ask}")),
            Err(error) if error.code == model::ErrorCode::Conflict => {
                gone_back(&back, say("state"), &Err(Refusal::Unavailable))
            }
            Err(error) => failed(&Fault::from(error)),
        },
    }
}

/// What a program asks, read from the address.
fn wish(asked: &HashMap<String, String>) -> Result<AccessWish, Refusal> {
    let say = |name: &str| asked.get(name).map_or("", String::as_str);
    if say("response_type") != "code" {
        return Err(match say("response_type") {
            "" => Refusal::InvalidRequest,
            _ => Refusal::UnsupportedResponseType,
        });
    }
    let challenge = asked.get("code_challenge").cloned();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    // RFC 7636 section 4.3: without a method the challenge would be the proof itself, which is no proof.
    let hashed = challenge.as_ref().is_none_or(|challenge| {
        say("code_challenge_method") == "S256"
            && challenge.len() == 43
            && challenge.bytes().all(plain)
    });
    if !hashed || say("state").len() > MAX_STATE {
        return Err(Refusal::InvalidRequest);
    }
    Ok(AccessWish {
        program: say("client_id").to_owned(),
        role: role_of(say("scope").trim()).ok_or(Refusal::InvalidScope)?,
        state: say("state").to_owned(),
        challenge,
    })
}

async fn wait(host: &Host, ask: &str) -> Response {
    match host.app.access_standing(ask).await {
        Ok(AccessStanding::Gone) => told(
            StatusCode::NOT_FOUND,
            "This question is over",
            "It was answered, or nobody answered it within ten minutes. Start again in the program.",
        ),
        Ok(AccessStanding::Waits { name, role }) => {
            let said = format!(
                "{name} wants to {}. Open Almanac, Settings, Programs, and answer it there. This page goes on by itself.",
                wants(role)
            );
            let mut response = told(StatusCode::OK, &format!("{name} asks for access"), &said);
            let headers = response.headers_mut();
            headers.insert(
                HeaderName::from_static("refresh"),
                HeaderValue::from_static("2"),
            );
            response
        }
        Ok(AccessStanding::Answered {
            redirect_uri,
            state,
            code,
        }) => gone_back(&redirect_uri, &state, &code.ok_or(Refusal::Denied)),
        Err(error) => failed(&Fault::from(error)),
    }
}

/// Sends the browser back to the program.
fn gone_back(back: &str, state: &str, answer: &Result<String, Refusal>) -> Response {
    let Ok(mut url) = Url::parse(back) else {
        return failed(&Fault::missing("address"));
    };
    let (name, value) = match answer {
        Ok(code) => ("code", code.as_str()),
        Err(refusal) => ("error", refusal.word()),
    };
    url.query_pairs_mut().append_pair(name, value);
    if !state.is_empty() {
        url.query_pairs_mut().append_pair("state", state);
    }
    to(url.as_str())
}

fn to(address: &str) -> Response {
    // An address that was read as one has no character that a header cannot have.
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(),
        Err(_) => failed(&Fault::missing("address")),
    }
}

fn failed(fault: &Fault) -> Response {
    told(fault.status(), "That did not work", &fault.message)
}

/// The names and values of a form or a query; none where a name stands twice (RFC 6749 section 3.1).
pub(crate) fn once_each(form: &[u8]) -> Option<HashMap<String, String>> {
    let mut all = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(form) {
        if all.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(all)
}
