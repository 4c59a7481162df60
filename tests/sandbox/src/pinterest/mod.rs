//! A Pinterest with one business account and two boards: its sign-in through the browser with an app
//! that has a secret, pins with a picture or a video, and the storage videos go to.

mod auth;
mod calls;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{
    DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State as Shared,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use serde_json::{Value, json};

use super::{Faults, Server};

/// The app.
pub const CLIENT_ID: &str = "1500001";
/// Its secret.
pub const CLIENT_SECRET: &str = "d0f6a1b2c3e4958677a8b9c0d1e2f3a4b5c6d7e8";
/// The registered redirect address.
pub const REDIRECT: &str = "http://localhost:8085/";
/// A token for trying, from the developer portal.
pub const TOKEN: &str = "pina_AMA7JXQXADZ4UAIAGDAALDZ4MXN2ODQBACGSPUVWXYZ";
/// A board.
pub const BOARD: &str = "900000000000000001";
/// Another board, on the second page of the list.
pub const OTHER_BOARD: &str = "900000000000000002";
/// What is asked for.
pub const SCOPES: &str = "boards:read,boards:write,pins:read,pins:write,user_accounts:read";

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// A code on its way through the browser.
struct Code {
    at: Instant,
    scopes: String,
}

/// A token that was given out.
#[derive(Clone)]
struct Access {
    good: bool,
    scopes: String,
}

struct Upload {
    sent: bool,
    looks: usize,
}

struct State {
    origin: String,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, bool>,
    tokens_made: u64,
    denies: bool,
    grants: String,
    pins: Vec<Value>,
    made: usize,
    uploads: HashMap<String, Upload>,
    numbers: u64,
    works: usize,
    closed: bool,
}

type Answer = Result<Value, Refused>;

/// A refusal: status, Pinterest's code, words.
struct Refused(u16, i64, String);

impl Refused {
    fn new(status: u16, code: i64, words: &str) -> Self {
        Self(status, code, words.to_owned())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "code": self.1, "message": self.2 });
        (status, axum::Json(body)).into_response()
    }
}

impl Sandbox {
    /// Starts a sandbox.
    pub async fn start() -> std::io::Result<Self> {
        let trying = Access {
            good: true,
            scopes: SCOPES.to_owned(),
        };
        let state = Arc::new(Mutex::new(State {
            origin: String::new(),
            codes: HashMap::new(),
            access: HashMap::from([(TOKEN.to_owned(), trying)]),
            refresh: HashMap::new(),
            tokens_made: 0,
            denies: false,
            grants: SCOPES.to_owned(),
            pins: vec![],
            made: 0,
            uploads: HashMap::new(),
            numbers: 900_000_000_000_001_000,
            works: 1,
            closed: false,
        }));
        let routes = Router::new()
            .route("/oauth/", get(authorize))
            .route("/v5/oauth/token", post(token))
            .route("/storage/{id}/upload", post(storage))
            .route("/v5/{*path}", any(call))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&state));
        let sandbox = Self {
            server: Server::start(routes).await?,
            state,
        };
        let origin = sandbox.origin();
        sandbox.state().origin = origin;
        Ok(sandbox)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// Where faults are ordered: `POST pins` makes a pin, `upload` takes the bytes of a video.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// Pins that exist now.
    #[must_use]
    pub fn pins(&self) -> Vec<Value> {
        self.state().pins.clone()
    }

    /// How many pins were ever made, deleted ones included.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().made
    }

    /// Every token that was ever given out, for looking for leaks.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        let state = self.state();
        let all = state.access.keys().chain(state.refresh.keys());
        all.cloned().collect()
    }

    /// All access tokens end now.
    pub fn end_access(&self) {
        self.state()
            .access
            .values_mut()
            .for_each(|a| a.good = false);
    }

    /// All sign-ins end now.
    pub fn end_sessions(&self) {
        self.end_access();
        self.state()
            .refresh
            .values_mut()
            .for_each(|good| *good = false);
    }

    /// The account is closed.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.pins.clear();
    }

    /// The person in the browser says no.
    pub fn deny(&self) {
        self.state().denies = true;
    }

    /// The person in the browser allows this much.
    pub fn grant(&self, scopes: &str) {
        scopes.clone_into(&mut self.state().grants);
    }

    /// Codes that are on their way are too old now.
    pub fn age_codes(&self) {
        self.state().codes.clear();
    }

    /// Videos are ready after so many looks.
    pub fn work_for(&self, looks: usize) {
        self.state().works = looks;
    }
}

async fn authorize(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match state.authorize(&query) {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(words) => (StatusCode::BAD_REQUEST, words).into_response(),
    }
}

async fn token(
    Shared(state): Shared<Arc<Mutex<State>>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match state.token(&headers, &body) {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// The storage: every parameter first, the file last, and an answer of nothing.
async fn storage(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let signed = request.headers().contains_key(header::AUTHORIZATION);
    let mut names = Vec::new();
    if let Ok(mut form) = Multipart::from_request(request, &()).await {
        while let Ok(Some(mut part)) = form.next_field().await {
            names.push(part.name().unwrap_or_default().to_owned());
            loop {
                match part.chunk().await {
                    // Nobody asks for the bytes again.
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => {
                        let words = "<Error>IncompleteBody</Error>";
                        return (StatusCode::BAD_REQUEST, words).into_response();
                    }
                }
            }
        }
    }
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let complete = ["key", "policy", "Content-Type"]
        .iter()
        .all(|n| names.iter().any(|m| m == n));
    let last = names.last().is_some_and(|name| name == "file");
    match state.uploads.get_mut(&id) {
        Some(upload) if complete && last && !signed => {
            upload.sent = true;
            StatusCode::NO_CONTENT.into_response()
        }
        _ => (StatusCode::FORBIDDEN, "<Error>AccessDenied</Error>").into_response(),
    }
}

async fn call(
    Shared(state): Shared<Arc<Mutex<State>>>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match state.answer(&method, uri.path(), &query, &headers, &body) {
        Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
        Ok(answer) => {
            let status = if method == Method::POST {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            (status, axum::Json(answer)).into_response()
        }
        Err(refused) => refused.into_response(),
    }
}
