//! A Slack workspace with one app and one webhook. It knows the arguments of every method it offers and
//! refuses others, answers 200 whatever happens as Slack does, and counts what was posted.

mod calls;
mod checked;
mod files;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::StreamExt;
use serde_json::{Map, Value, json};

use super::received::Received;
use super::{Faults, Server};

/// The app's token.
pub const TOKEN: &str = "xoxb-110000000001-220000000001-QwErTyUiOpAsDfGhJkLzXcVb";
/// The workspace.
pub const TEAM: &str = "T00000001";
/// A channel the app is in, `#news`.
pub const CHANNEL: &str = "C0000000001";
/// A public channel the app is not in, `#random`.
pub const OTHER: &str = "C0000000002";
/// An archived channel, `#old`.
pub const ARCHIVED: &str = "C0000000003";
/// The secret part of the webhook's address.
pub const HOOK_SECRET: &str = "aBcDeFgHiJkLmNoPqRsTuVwX";
/// The webhook, without its secret.
pub const HOOK: &str = "T00000001/B00000001";
/// Every scope that the guide of the program names.
pub const SCOPES: [&str; 7] = [
    "chat:write",
    "files:write",
    "files:read",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
];
/// No message is older than this, whatever the clock of this computer says: May 2026, in seconds.
const NOT_BEFORE: u64 = 1_778_742_300;

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// A file as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub alt: String,
    /// Its bytes.
    pub bytes: Received,
}

/// A message that was posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// As it is given back.
    pub message: Value,
    /// As it was asked for.
    pub input: Value,
    /// Its files.
    pub files: Vec<File>,
    /// Looks at the channel that do not show it yet.
    hidden: usize,
}

/// A file between its announcement and its end.
struct Upload {
    file: File,
    length: u64,
    sent: bool,
    shown: bool,
}

struct State {
    origin: String,
    revoked: bool,
    hook_gone: bool,
    channel_gone: bool,
    scopes: Vec<String>,
    posts: Vec<Post>,
    made: usize,
    uploads: HashMap<String, Upload>,
    numbers: u64,
    hide_files: usize,
}

type Answer = Result<Value, Refused>;

/// Slack's word for what is wrong, with more fields.
struct Refused(&'static str, Value);

impl From<&'static str> for Refused {
    fn from(word: &'static str) -> Self {
        Self(word, json!({}))
    }
}

impl Refused {
    fn scope(needed: &str, state: &State) -> Self {
        let provided = state.scopes.join(",");
        Self(
            "missing_scope",
            json!({ "needed": needed, "provided": provided }),
        )
    }
}

impl Sandbox {
    /// Starts a sandbox.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            origin: String::new(),
            revoked: false,
            hook_gone: false,
            channel_gone: false,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            posts: vec![],
            made: 0,
            uploads: HashMap::new(),
            numbers: 0,
            hide_files: 0,
        }));
        let routes = Router::new()
            .route("/api/{method}", post(method))
            .route("/services/{team}/{hook}/{secret}", post(hook))
            .route("/upload/v1/{id}/send", post(upload))
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

    /// The webhook's address, as a person copies it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/services/{HOOK}/{HOOK_SECRET}", self.origin())
    }

    /// Where faults are ordered: by method, `send` for the bytes of a file, and the webhook's secret.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// Is gone from the network, until the sandbox is dropped.
    pub async fn go_away(&mut self) {
        self.server.go_away().await;
    }

    /// Messages that exist now.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.state().posts.clone()
    }

    /// How many messages were ever made, deleted ones included.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().made
    }

    /// How many files there are.
    #[must_use]
    pub fn files(&self) -> usize {
        self.state().uploads.len()
    }

    /// The token and the webhook are revoked.
    pub fn revoke(&self) {
        let mut state = self.state();
        state.revoked = true;
        state.hook_gone = true;
    }

    /// The channel is deleted.
    pub fn delete_channel(&self) {
        let mut state = self.state();
        state.channel_gone = true;
        state.posts.clear();
    }

    /// The app has these scopes and no others.
    pub fn grant(&self, scopes: &[&str]) {
        self.state().scopes = scopes.iter().map(|&s| s.to_owned()).collect();
    }

    /// Files are shared only after so many looks at the channel.
    pub fn hide_files(&self, looks: usize) {
        self.state().hide_files = looks;
    }

    /// Files that nobody shared are cleared away.
    pub fn lose_files(&self) {
        self.state().uploads.retain(|_, upload| upload.shown);
    }

    /// Somebody reacts to every message and answers it.
    pub fn react(&self) {
        for post in &mut self.state().posts {
            post.message["reactions"] = json!([{ "name": "tada", "count": 2 }]);
            post.message["reply_count"] = json!(4);
        }
    }
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default().to_owned()
}

async fn method(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = text_of(&headers, header::AUTHORIZATION);
    let kind = text_of(&headers, header::CONTENT_TYPE);
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = state.authorised(&token).and_then(|()| {
        let input = checked::input(&name, &kind, &body)?;
        state.answer(&name, &input)
    });
    let scopes = state.scopes.join(",");
    let body = match answer {
        Ok(mut answer) => {
            answer["ok"] = json!(true);
            answer
        }
        Err(Refused(word, mut more)) => {
            more["ok"] = json!(false);
            more["error"] = json!(word);
            more
        }
    };
    ([("x-oauth-scopes", scopes)], axum::Json(body)).into_response()
}

async fn hook(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path((team, name, secret)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = text_of(&headers, header::CONTENT_TYPE);
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let known = format!("{team}/{name}") == HOOK && !state.hook_gone;
    let answer = if !known {
        (404, "no_service")
    } else if secret != HOOK_SECRET {
        (403, "invalid_token")
    } else if state.channel_gone {
        (404, "channel_not_found")
    } else {
        state.post_by_hook(&kind, &body)
    };
    let status = StatusCode::from_u16(answer.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, answer.1).into_response()
}

async fn upload(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let length = text_of(&headers, header::CONTENT_LENGTH);
    let (mut file, mut pieces) = (Received::default(), body.into_data_stream());
    while let Some(piece) = pieces.next().await {
        let Ok(piece) = piece else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        file.take(&piece, length.parse().unwrap_or_default());
    }
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match state.receive(&id, &length, file) {
        Ok(words) => words.into_response(),
        Err((status, words)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, words).into_response()
        }
    }
}

impl State {
    fn authorised(&self, authorization: &str) -> Result<(), Refused> {
        match authorization.strip_prefix("Bearer ") {
            None => Err("not_authed".into()),
            Some(_) if self.revoked => Err("token_revoked".into()),
            Some(TOKEN) => Ok(()),
            Some(_) => Err("invalid_auth".into()),
        }
    }

    fn needs(&self, scope: &str) -> Result<(), Refused> {
        if self.scopes.iter().any(|s| s == scope) {
            return Ok(());
        }
        Err(Refused::scope(scope, self))
    }

    /// The next message's name: seconds since 1970, and a number.
    #[expect(
        clippy::disallowed_methods,
        reason = "a server has a clock of its own, which no test sets"
    )]
    fn ts(&mut self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |t| t.as_secs()).max(NOT_BEFORE);
        self.numbers += 1;
        format!("{now}.{:06}", self.numbers)
    }

    fn keep(&mut self, message: Value, input: &Map<String, Value>, files: Vec<File>) {
        self.made += 1;
        let hidden = if files.is_empty() { 0 } else { self.hide_files };
        self.posts.push(Post {
            message,
            input: Value::Object(input.clone()),
            files,
            hidden,
        });
    }

    /// A webhook's message: the status and the word it answers with.
    fn post_by_hook(&mut self, kind: &str, body: &[u8]) -> (u16, &'static str) {
        if !kind.starts_with("application/json") {
            return (400, "invalid_payload");
        }
        let Ok(Value::Object(input)) = serde_json::from_slice(body) else {
            return (400, "invalid_payload");
        };
        let known = [
            "text",
            "blocks",
            "mrkdwn",
            "unfurl_links",
            "unfurl_media",
            "thread_ts",
        ];
        if input.keys().any(|name| !known.contains(&name.as_str())) {
            return (400, "invalid_payload");
        }
        match checked::message(&input) {
            Ok(()) => {}
            Err(Refused("no_text", _)) => return (400, "no_text"),
            Err(_) => return (400, "invalid_blocks"),
        }
        let ts = self.ts();
        let message = json!({ "ts": ts, "text": input.get("text"), "bot_id": "B00000001" });
        self.keep(message, &input, vec![]);
        (200, "ok")
    }
}
