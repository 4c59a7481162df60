//! What the sandboxes of the Graph networks share: reading a call, errors as the interface writes
//! them, and signing in.

pub mod login;
pub mod phases;
pub mod web;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::hmac;
use serde_json::{Value, json};

use super::Server;
use super::hex::hex;

/// A file of a form.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name; empty where it was fetched.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A call as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// `GET`, `POST` or `DELETE`.
    pub verb: String,
    /// The parts of the path, without the version.
    pub path: Vec<String>,
    /// Query and form together.
    pub params: BTreeMap<String, String>,
    /// Files of the form.
    pub files: BTreeMap<String, File>,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, when it is no form.
    pub body: Bytes,
    /// What was found behind `image_url` or `video_url`.
    pub fetched: Option<Result<File, String>>,
}

/// An answer of a sandbox.
pub type Answer = Result<Reply, Refused>;

/// A good answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// JSON.
    Json(Value),
    /// To another address.
    To(String),
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

/// A refusal.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Status and body.
    pub status: u16,
    /// Body.
    pub body: Value,
}

impl Refused {
    /// An error with code, sub-code and words.
    #[must_use]
    pub fn graph(code: i64, subcode: i64, message: &str) -> Self {
        let mut error = json!({
            "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf",
        });
        if subcode != 0 {
            error["error_subcode"] = json!(subcode);
        }
        let status = if code == 190 { 401 } else { 400 };
        Self {
            status,
            body: json!({ "error": error }),
        }
    }

    /// A parameter that is wrong.
    #[must_use]
    pub fn parameter(message: &str) -> Self {
        Self::graph(100, 0, &format!("(#100) {message}"))
    }

    /// Something that is not there.
    #[must_use]
    pub fn gone(id: &str) -> Self {
        let message = format!(
            "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
        );
        Self::graph(100, 33, &message)
    }
}

impl Call {
    /// A parameter; empty when it is not given.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.params
            .get(name)
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// A parameter that has to be given.
    pub fn need(&self, name: &str) -> Result<&str, Refused> {
        match self.get(name) {
            "" => Err(Refused::parameter(&format!(
                "The parameter {name} is required"
            ))),
            value => Ok(value),
        }
    }

    /// Refuses parameters besides these; a name ending in `[` stands for a list.
    pub fn only(&self, names: &[&str]) -> Result<(), Refused> {
        let known = |given: &str| {
            names
                .iter()
                .any(|name| given == *name || (name.ends_with('[') && given.starts_with(name)))
        };
        match self
            .params
            .keys()
            .chain(self.files.keys())
            .find(|k| !known(k))
        {
            Some(odd) => Err(Refused::parameter(&format!("Unknown parameter {odd}"))),
            None => Ok(()),
        }
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<u64, Refused> {
        self.need(name)?
            .parse()
            .map_err(|_| Refused::parameter(&format!("Param {name} must be an integer")))
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default()
    }

    /// The token, from the header.
    pub fn token(&self) -> Result<&str, Refused> {
        let given = self.header("authorization");
        let token = given
            .strip_prefix("Bearer ")
            .or_else(|| given.strip_prefix("OAuth "));
        token.ok_or_else(|| {
            Refused::graph(
                2500,
                0,
                "An active access token must be used to query information about the current user.",
            )
        })
    }

    /// The path as text slices.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }
}

/// A network of the sandbox.
pub trait Network: Send + 'static {
    /// The secret of the app that calls, where calls may prove it, and whether the app demands that.
    fn secret(&self) -> Option<(&str, bool)> {
        None
    }

    /// Answers a call.
    fn answer(&mut self, call: &Call) -> Answer;
}

/// Serves a network.
pub async fn serve<N: Network>(network: Arc<Mutex<N>>) -> std::io::Result<Server> {
    let routes = Router::new()
        .fallback(one::<N>)
        .layer(DefaultBodyLimit::disable())
        .with_state(network);
    Server::start(routes).await
}

async fn one<N: Network>(State(network): State<Arc<Mutex<N>>>, request: Request) -> Response {
    let call = match read(request).await {
        Ok(call) => call,
        Err(refused) => return refused.into_response(),
    };
    let mut network = network.lock().unwrap_or_else(PoisonError::into_inner);
    let call = match network.secret() {
        Some((secret, demanded)) => proven(call, secret, demanded),
        None => Ok(call),
    };
    match call.and_then(|call| network.answer(&call)) {
        Ok(Reply::Json(value)) => axum::Json(value).into_response(),
        Ok(Reply::To(address)) => {
            (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
        }
        Err(refused) => refused.into_response(),
    }
}

/// A call whose proof of the app's secret holds, without it.
fn proven(mut call: Call, secret: &str, demanded: bool) -> Result<Call, Refused> {
    let given = call.params.remove("appsecret_proof");
    // Bytes of a video go to another host, which is not asked for it.
    let Some(token) = call.header("authorization").strip_prefix("Bearer ") else {
        return Ok(call);
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, token.as_bytes());
    let wanted = hex(tag.as_ref());
    match given {
        Some(given) if given == wanted => Ok(call),
        Some(_) => Err(Refused::graph(
            100,
            0,
            "Invalid appsecret_proof provided in the API argument",
        )),
        None if demanded => Err(Refused::graph(
            100,
            0,
            "API calls from the server require an appsecret_proof argument",
        )),
        None => Ok(call),
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, axum::Json(self.body)).into_response()
    }
}

async fn read(request: Request) -> Result<Call, Refused> {
    let unreadable = |_| Refused::parameter("The body cannot be read");
    let mut call = Call {
        verb: request.method().to_string(),
        headers: request.headers().clone(),
        ..Call::default()
    };
    let path = request.uri().path().trim_matches('/').split('/');
    call.path = path.filter(|p| !is_version(p)).map(str::to_owned).collect();
    call.params = pairs(request.uri().query().unwrap_or_default());
    let kind = call.header("content-type").to_owned();
    if kind.starts_with("multipart/form-data") {
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|_| Refused::parameter("The form cannot be read"))?;
        while let Some(field) = form
            .next_field()
            .await
            .map_err(|_| Refused::parameter("A part"))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            let mime = field.content_type().map(str::to_owned);
            let file_name = field.file_name().map(str::to_owned);
            let bytes = field
                .bytes()
                .await
                .map_err(|_| Refused::parameter("A part"))?;
            if let Some(file_name) = file_name {
                let file = File {
                    name: file_name,
                    mime: mime.unwrap_or_default(),
                    bytes,
                };
                call.files.insert(name, file);
            } else {
                call.params
                    .insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    } else {
        let body = Bytes::from_request(request, &())
            .await
            .map_err(unreadable)?;
        if kind.starts_with("application/x-www-form-urlencoded") {
            call.params.extend(pairs(&String::from_utf8_lossy(&body)));
        } else {
            call.body = body;
        }
    }
    for name in ["image_url", "video_url"] {
        if let Some(address) = call.params.get(name) {
            call.fetched = Some(web::fetch(address).await);
        }
    }
    Ok(call)
}

fn is_version(part: &str) -> bool {
    let digits = part.strip_prefix('v').unwrap_or("x");
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Reads `a=b&c=d`.
#[must_use]
pub fn pairs(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter(|p| !p.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unescaped(name), unescaped(value))
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                out.extend(u8::from_str_radix(&digits, 16).ok());
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Text made safe for an address.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Seconds since 1970: those of a test, else those of this computer.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a server has the clock of its computer"
)]
pub fn seconds(fixed: Option<i64>) -> i64 {
    fixed.unwrap_or_else(|| jiff::Timestamp::now().as_second())
}

/// A time as the interface writes it.
#[must_use]
pub fn written(seconds: i64) -> String {
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    format!("{}+0000", at.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// What kind of picture bytes begin as.
#[must_use]
pub fn picture_kind(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        _ => "",
    }
}
