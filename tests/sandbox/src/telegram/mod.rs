//! A Bot API server with one bot and a few chats. It knows the fields of every method it offers and
//! refuses others, in Telegram's words, and counts what was posted: an album once.

mod calls;
mod fields;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Map, Value, json};

use super::{Faults, Server};

/// The bot's token.
pub const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
/// A channel in which the bot may post.
pub const CHANNEL: &str = "@ana_news";
/// Number of [`CHANNEL`].
pub const CHANNEL_ID: i64 = -1_001_000_000_001;
/// A private group in which the bot is a member; of the smaller kind, which has smaller numbers.
pub const GROUP_ID: i64 = -4_000_000_002;
/// The number that [`GROUP_ID`] gets when it grows.
pub const GROWN_ID: i64 = -1_001_000_000_005;
/// A channel whose administrator the bot is, without the right to post.
pub const READ_ONLY: &str = "@ana_archive";
/// A channel the bot was thrown out of.
pub const LEFT: &str = "@bo_news";
/// Most messages a group takes in a minute.
const PER_MINUTE: usize = 20;

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

/// What was posted by one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The chat.
    pub chat: i64,
    /// The method.
    pub method: String,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Its files, in the order of the form.
    pub files: Vec<File>,
    /// Pictures that stand for its videos, each with the name of its field.
    pub posters: Vec<(String, File)>,
    /// Numbers of its messages.
    pub messages: Vec<i64>,
}

#[derive(Clone)]
struct Chat {
    id: i64,
    kind: &'static str,
    title: &'static str,
    username: Option<&'static str>,
    /// What the bot is in it, as `getChatMember` says.
    member: Value,
    gone: bool,
    moved_to: Option<i64>,
}

struct State {
    revoked: bool,
    chats: Vec<Chat>,
    posts: Vec<Post>,
    made: usize,
    messages_made: i64,
    /// When messages were posted, by chat.
    times: Vec<(i64, Instant)>,
}

/// A call as it arrived.
struct Call {
    fields: Map<String, Value>,
    /// By the name of the part.
    files: Vec<(String, File)>,
}

type Answer = Result<Value, Refused>;

/// A refusal: the code, the words, and what stands in `parameters`.
struct Refused(u16, String, Option<Value>);

impl Refused {
    fn bad(words: &str) -> Self {
        Self(400, format!("Bad Request: {words}"), None)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(code, description, parameters) = self;
        let mut body = json!({ "ok": false, "error_code": code, "description": description });
        if let Some(parameters) = parameters {
            body["parameters"] = parameters;
        }
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, axum::Json(body)).into_response()
    }
}

impl Sandbox {
    /// Starts a sandbox.
    pub async fn start() -> std::io::Result<Self> {
        let chat = |id, kind, title, username, member| Chat {
            id,
            kind,
            title,
            username,
            member,
            gone: false,
            moved_to: None,
        };
        let admin = |may: bool| {
            json!({
                "status": "administrator", "can_post_messages": may, "can_delete_messages": true,
            })
        };
        let name = |typed: &'static str| typed.strip_prefix('@');
        let chats = vec![
            chat(
                CHANNEL_ID,
                "channel",
                "Ana's news",
                name(CHANNEL),
                admin(true),
            ),
            chat(
                GROUP_ID,
                "group",
                "Friends of Ana",
                None,
                json!({ "status": "member" }),
            ),
            chat(
                -1_001_000_000_003,
                "channel",
                "Ana's archive",
                name(READ_ONLY),
                admin(false),
            ),
            chat(
                -1_001_000_000_004,
                "channel",
                "Bo's news",
                name(LEFT),
                json!({ "status": "kicked", "until_date": 0 }),
            ),
        ];
        let state = Arc::new(Mutex::new(State {
            revoked: false,
            chats,
            posts: vec![],
            made: 0,
            messages_made: 0,
            times: vec![],
        }));
        let routes = Router::new()
            .route("/{bot}/{method}", any(call))
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

    /// Where faults are ordered, by method.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// Posts that exist now.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.state().posts.clone()
    }

    /// How many posts were ever made, deleted ones included.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().made
    }

    /// The token is revoked with its bot for bots.
    pub fn revoke(&self) {
        self.state().revoked = true;
    }

    /// A chat is deleted.
    pub fn delete_chat(&self, id: i64) {
        let mut state = self.state();
        state.posts.retain(|post| post.chat != id);
        if let Some(chat) = state.chats.iter_mut().find(|chat| chat.id == id) {
            chat.gone = true;
        }
    }

    /// The group grows into the larger kind, and gets a number of that kind. Whoever writes under the old one
    /// is told, whoever reads is not, and what was posted under it stays behind.
    pub fn grow(&self) {
        let mut state = self.state();
        let Some(old) = state.chats.iter_mut().find(|chat| chat.id == GROUP_ID) else {
            return;
        };
        old.moved_to = Some(GROWN_ID);
        let new = Chat {
            id: GROWN_ID,
            kind: "supergroup",
            moved_to: None,
            ..old.clone()
        };
        state.chats.push(new);
    }

    /// The bot loses its right to post.
    pub fn take_right(&self, id: i64) {
        if let Some(chat) = self.state().chats.iter_mut().find(|chat| chat.id == id) {
            chat.member["can_post_messages"] = json!(false);
        }
    }
}

async fn call(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let read = read(request).await;
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let known = bot.strip_prefix("bot").filter(|_| !state.revoked);
    let answer = match known {
        None if bot.starts_with("bot") => Err(Refused(401, "Unauthorized".to_owned(), None)),
        Some(TOKEN) => read.and_then(|call| state.answer(&method, &call)),
        Some(token) if token.contains(':') => Err(Refused(401, "Unauthorized".to_owned(), None)),
        _ => Err(Refused(404, "Not Found".to_owned(), None)),
    };
    match answer {
        Ok(result) => axum::Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Reads JSON or a form with files.
async fn read(request: Request) -> Result<Call, Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut call = Call {
        fields: Map::new(),
        files: vec![],
    };
    let odd = |_| Refused::bad("the body cannot be read");
    if kind.starts_with("application/json") {
        let bytes = axum::body::to_bytes(request.into_body(), 1 << 20)
            .await
            .map_err(|_| Refused(413, "Request Entity Too Large".to_owned(), None))?;
        let body: Value =
            serde_json::from_slice(&bytes).map_err(|_| Refused::bad("can't parse JSON object"))?;
        call.fields = body
            .as_object()
            .cloned()
            .ok_or_else(|| Refused::bad("the body has to be a JSON object"))?;
        return Ok(call);
    }
    if !kind.starts_with("multipart/form-data") {
        return Err(Refused::bad("unknown content type"));
    }
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refused::bad("the form cannot be read"))?;
    while let Some(part) = form.next_field().await.map_err(odd)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let mime = part.content_type().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(odd)?.to_vec();
        if let Some(file) = file {
            let file = File {
                name: file,
                mime,
                bytes,
            };
            call.files.push((name, file));
        } else {
            let text =
                String::from_utf8(bytes).map_err(|_| Refused::bad("strings must be UTF-8"))?;
            call.fields.insert(name, Value::String(text));
        }
    }
    Ok(call)
}

impl State {
    /// A group takes so many messages in a minute and no more.
    fn take_turn(&mut self, chat: i64, messages: usize) -> Result<(), Refused> {
        let minute = Duration::from_mins(1);
        self.times.retain(|(_, at)| at.elapsed() < minute);
        let lately = self.times.iter().filter(|(of, _)| *of == chat).count();
        if lately + messages > PER_MINUTE {
            let words = "Too Many Requests: retry after 30".to_owned();
            return Err(Refused(429, words, Some(json!({ "retry_after": 30 }))));
        }
        let now = Instant::now();
        self.times
            .extend(std::iter::repeat_n((chat, now), messages));
        Ok(())
    }
}
