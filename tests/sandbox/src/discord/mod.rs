//! A Discord with one server, in which a webhook and a bot post. It knows the fields of a message and
//! refuses others, drops a second message with an enforced key, and counts what was posted.

mod calls;
mod message;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Faults, Server};

/// Number of the webhook of [`CHANNEL`].
pub const WEBHOOK: &str = "1100000000000000001";
/// Its token.
pub const WEBHOOK_TOKEN: &str =
    "kQx3vT9bYw2LrN8sJd5FgHc7MzPa4EoUi1XyB6tRqWnVlSfKhGjDpZmCuOeAI0_9-abc";
/// The bot's token.
pub const BOT_TOKEN: &str =
    "MTEwMDAwMDAwMDAwMDAwMDAwOQ.GhT4kz.x8QpLw3nVb7RsY2tKdJfHgMcZaEoUiXyB6tRqW";
/// Number of the bot.
pub const BOT_ID: &str = "1100000000000000009";
/// The server.
pub const GUILD: &str = "1100000000000000100";
/// A text channel in which both may post.
pub const CHANNEL: &str = "1100000000000000201";
/// A channel in which the bot may not write.
pub const READ_ONLY: &str = "1100000000000000202";
/// A forum, and the webhook of it; its token is [`WEBHOOK_TOKEN`] too.
pub const FORUM: &str = "1100000000000000203";
/// Number of the webhook of [`FORUM`].
pub const FORUM_WEBHOOK: &str = "1100000000000000002";
/// No message is older than this, whatever the clock of this computer says: May 2026.
const NOT_BEFORE: u64 = 1_778_742_300_000;
/// When Discord's numbers begin, in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;
/// How long an enforced key counts.
const KEY_COUNTS: Duration = Duration::from_mins(3);
/// Posts that a webhook may make within [`LATELY`].
const BURST: usize = 30;
const LATELY: Duration = Duration::from_mins(1);

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// A file as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The file's name.
    pub name: String,
    /// Its media type, as sent.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A message that was posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// As the interface shows it.
    pub message: Value,
    /// As it was asked for.
    pub input: Value,
    /// Its files.
    pub files: Vec<File>,
}

struct State {
    webhook_gone: bool,
    bot_gone: bool,
    channel_gone: bool,
    /// The bot sees no messages, as without the right to read the history.
    no_history: bool,
    posts: Vec<Post>,
    made: usize,
    numbers: u64,
    /// Keys of the bot's messages: when they were used, and for which message.
    keys: HashMap<String, (Instant, String)>,
    times: Vec<Instant>,
    last_message: Option<String>,
}

type Answer = Result<Value, Refused>;

/// A refusal: status, Discord's code, words, and more fields.
struct Refused(u16, u64, String, Value);

impl Refused {
    fn new(status: u16, code: u64, words: &str) -> Self {
        Self(status, code, words.to_owned(), json!({}))
    }

    /// A field of the message is not right.
    fn field(name: &str, code: &str) -> Self {
        let mut errors = json!({});
        errors[name] = json!({ "_errors": [{ "code": code, "message": "not right" }] });
        let words = "Invalid Form Body".to_owned();
        Self(400, 50_035, words, json!({ "errors": errors }))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, code, message, mut body) = self;
        body["code"] = json!(code);
        body["message"] = json!(message);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, axum::Json(body)).into_response()
    }
}

/// A call as it arrived.
struct Call {
    method: Method,
    path: String,
    query: HashMap<String, String>,
    authorization: String,
    body: Value,
    files: Vec<(String, File)>,
}

impl Sandbox {
    /// Starts a sandbox.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            webhook_gone: false,
            bot_gone: false,
            channel_gone: false,
            no_history: false,
            posts: vec![],
            made: 0,
            numbers: 0,
            keys: HashMap::new(),
            times: vec![],
            last_message: None,
        }));
        let routes = Router::new()
            .fallback(call)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&state));
        Ok(Self {
            server: Server::start(routes).await?,
            state,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// The address of a webhook, as a person copies it.
    #[must_use]
    pub fn address(&self, webhook: &str) -> String {
        format!("{}/api/webhooks/{webhook}/{WEBHOOK_TOKEN}", self.origin())
    }

    /// Where faults are ordered: posting is `POST` of the webhook's token, or `POST messages`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Is gone from the network, until the sandbox is dropped.
    pub async fn go_away(&mut self) {
        self.server.go_away().await;
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
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

    /// Enforced keys count no longer, as some minutes later.
    pub fn forget_keys(&self) {
        self.state().keys.clear();
    }

    /// The webhook is deleted, and the bot's token is reset.
    pub fn revoke(&self) {
        let mut state = self.state();
        state.webhook_gone = true;
        state.bot_gone = true;
    }

    /// The channel is deleted, with its webhook.
    pub fn delete_channel(&self) {
        let mut state = self.state();
        state.channel_gone = true;
        state.webhook_gone = true;
        state.posts.clear();
    }

    /// The bot may not read the history any more.
    pub fn hide_history(&self) {
        self.state().no_history = true;
    }

    /// Somebody reacts to every message.
    pub fn react(&self) {
        for post in &mut self.state().posts {
            post.message["reactions"] = json!([
                { "count": 2, "emoji": { "name": "🎉" } }, { "count": 1, "emoji": { "name": "👍" } },
            ]);
        }
    }
}

async fn call(Shared(state): Shared<Arc<Mutex<State>>>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let query = Query::<HashMap<String, String>>::try_from_uri(request.uri());
    let query = query.map(|q| q.0).unwrap_or_default();
    let text = |headers: &HeaderMap, name: header::HeaderName| {
        let value = headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let agent = text(request.headers(), header::USER_AGENT);
    let authorization = text(request.headers(), header::AUTHORIZATION);
    let kind = text(request.headers(), header::CONTENT_TYPE);
    if !agent.starts_with("DiscordBot (") {
        return Refused::new(403, 40_333, "internal network error").into_response();
    }
    let (body, files) = match read(request, &kind).await {
        Ok(read) => read,
        Err(refused) => return refused.into_response(),
    };
    let call = Call {
        method,
        path,
        query,
        authorization,
        body,
        files,
    };
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match state.answer(&call) {
        Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Reads JSON, or a form with the message in `payload_json` and files beside it.
async fn read(request: Request, kind: &str) -> Result<(Value, Vec<(String, File)>), Refused> {
    let odd = || Refused::new(400, 50_109, "The request body contains invalid JSON.");
    if !kind.starts_with("multipart/form-data") {
        let bytes = Bytes::from_request(request, &()).await.map_err(|_| odd())?;
        if bytes.is_empty() {
            return Ok((Value::Null, vec![]));
        }
        if !kind.starts_with("application/json") {
            return Err(Refused::new(400, 0, "Expected \"Content-Type\" header"));
        }
        let body = serde_json::from_slice(&bytes).map_err(|_| odd())?;
        return Ok((body, vec![]));
    }
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| odd())?;
    let (mut body, mut files) = (Value::Null, Vec::new());
    while let Some(part) = form.next_field().await.map_err(|_| odd())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let mime = part.content_type().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|_| odd())?.to_vec();
        match file {
            Some(file) => files.push((
                name,
                File {
                    name: file,
                    mime,
                    bytes,
                },
            )),
            None if name == "payload_json" => {
                body = serde_json::from_slice(&bytes).map_err(|_| odd())?;
            }
            None => return Err(Refused::field(&name, "UNKNOWN_FIELD")),
        }
    }
    Ok((body, files))
}

impl State {
    /// The next number: as Discord makes them, from the time.
    #[expect(
        clippy::disallowed_methods,
        reason = "a server has a clock of its own, which no test sets"
    )]
    fn number(&mut self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |t| u64::try_from(t.as_millis()).unwrap_or(0));
        self.numbers += 1;
        let number = ((now.max(NOT_BEFORE) - EPOCH) << 22) + self.numbers;
        number.to_string()
    }

    fn take_turn(&mut self) -> Result<(), Refused> {
        self.times.retain(|at| at.elapsed() < LATELY);
        if self.times.len() >= BURST {
            let more = json!({ "retry_after": 12.5, "global": false });
            let words = "You are being rate limited.".to_owned();
            return Err(Refused(429, 0, words, more));
        }
        self.times.push(Instant::now());
        Ok(())
    }
}
