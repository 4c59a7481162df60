//! Who is signed in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::programs::Bearer;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use blake3::Hash;
use model::{ErrorCode, Timestamp};
use serde::Deserialize;
use serde_json::json;

use crate::almanac::{Problem, caller, json_text};
use crate::arriving;
use crate::host::Host;
use crate::limits::{Bucket, Who};
use crate::pipeline::BODY_LIMIT;

/// The cookie where pages come in plain, from this computer alone.
const COOKIE: &str = "almanac_session";
/// The cookie where pages come over TLS: browsers take this name for the whole host and over TLS only.
const SECURE_COOKIE: &str = "__Host-almanac_session";
/// How long a sign-in lasts.
const LASTS: Duration = Duration::from_hours(24 * 30);
/// Most sign-ins at a time; the oldest ends when one more comes.
const MOST: usize = 1_000;
/// Random bytes of a cookie and of what the page shows.
const BYTES: usize = 32;
/// Largest request to sign in, in bytes.
const MAX_BODY: usize = 4 * 1024;

struct Session {
    bearer: Bearer,
    csrf: String,
    began: Timestamp,
}

/// Sign-ins by the hash of their cookie.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Hash, Session>>);

impl Sessions {
    /// What the cookie of a request says.
    pub fn token(headers: &HeaderMap) -> &str {
        let cookies = headers.get_all(header::COOKIE).iter();
        cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| [COOKIE, SECURE_COOKIE].contains(name))
            .map_or("", |(_, value)| value)
    }

    /// Who signed in with this cookie.
    pub fn bearer(&self, token: &str, now: Timestamp) -> Option<Bearer> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(&blake3::hash(token.as_bytes()))?;
        let lasts = now >= session.began && now.since(session.began) < LASTS;
        lasts.then(|| session.bearer.clone())
    }

    /// Whether this is what the page that signed in was given.
    pub fn is_page(&self, token: &str, shown: &str) -> bool {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(&blake3::hash(token.as_bytes()));
        // Hashes are compared in a time that tells nothing.
        session.is_some_and(|s| blake3::hash(s.csrf.as_bytes()) == blake3::hash(shown.as_bytes()))
    }

    /// Ends a sign-in.
    pub fn end(&self, token: &str) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(&blake3::hash(token.as_bytes()));
    }

    fn csrf(&self, token: &str) -> Option<String> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(&blake3::hash(token.as_bytes()))?;
        Some(session.csrf.clone())
    }

    fn begin(&self, host: &Host, bearer: Bearer) -> (String, String) {
        let (token, csrf) = (host.app.random_hex(BYTES), host.app.random_hex(BYTES));
        let now = host.app.now();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, s| now >= s.began && now.since(s.began) < LASTS);
        if sessions.len() >= MOST {
            let oldest = sessions
                .iter()
                .min_by_key(|(_, s)| s.began)
                .map(|(id, _)| *id);
            oldest.map(|id| sessions.remove(&id));
        }
        let session = Session {
            bearer,
            csrf: csrf.clone(),
            began: now,
        };
        sessions.insert(blake3::hash(token.as_bytes()), session);
        (token, csrf)
    }
}

#[derive(Deserialize)]
struct Enter {
    key: String,
}

/// Signs in with a key.
pub(super) async fn enter(host: &Host, request: Request) -> Result<Response, Problem> {
    let bad = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::Validation,
            "Send the key as JSON: { \"key\": \"…\" }.",
        )
    };
    // A form of another site cannot send this kind.
    let kind = request.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"application/json")) {
        return Err(bad());
    }
    let body = arriving::whole(request.into_body(), MAX_BODY, BODY_LIMIT)
        .await
        .map_err(|cut| cut.fault("key", MAX_BODY as u64))?;
    let Enter { key } = serde_json::from_slice(&body).map_err(|_| bad())?;
    let Some(bearer) = host.app.bearer(key.trim()).await? else {
        let now = host.app.now();
        let count = host.limits.take(Who::Strangers, Bucket::Requests, now)?;
        let unknown = Problem::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Permission,
            "This key is not known, was revoked, or has run out.",
        );
        return Err(unknown.counted(count));
    };
    tracing::info!(key = %bearer.key, "somebody signed in to the screen");
    let (token, csrf) = host.sessions.begin(host, bearer.clone());
    let mut response = told(&bearer, &csrf);
    set_cookie(host, &mut response, &token, LASTS);
    Ok(response)
}

/// Who is signed in, for a page that was loaded anew.
pub(super) async fn who(host: &Host, headers: &HeaderMap) -> Result<Response, Problem> {
    let caller = caller(host, &Method::GET, headers).await?;
    let csrf = host.sessions.csrf(Sessions::token(headers));
    match csrf.filter(|_| caller.signed_in) {
        Some(csrf) => Ok(told(&caller.bearer, &csrf)),
        None => Err(Problem::stranger()),
    }
}

/// Signs out.
pub(super) async fn leave(host: &Host, headers: &HeaderMap) -> Result<Response, Problem> {
    caller(host, &Method::DELETE, headers).await?;
    host.sessions.end(Sessions::token(headers));
    let mut response = json_text("{}".to_owned());
    set_cookie(host, &mut response, "", Duration::ZERO);
    Ok(response)
}

fn told(bearer: &Bearer, csrf: &str) -> Response {
    let body = json!({
        "csrf": csrf,
        "workspaceId": bearer.workspace,
        "permissions": bearer.permissions,
    });
    json_text(body.to_string())
}

fn set_cookie(host: &Host, response: &mut Response, token: &str, lasts: Duration) {
    let (name, secure) = if host.is_secure() {
        (SECURE_COOKIE, "; Secure")
    } else {
        (COOKIE, "")
    };
    let cookie = format!(
        "{name}={token}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        lasts.as_secs()
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
