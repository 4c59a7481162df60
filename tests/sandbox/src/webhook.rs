//! A receiver of signed deliveries: checks the signature of Standard Webhooks, the form of the JSON and
//! the digest of every file, and drops a delivery whose name it has seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};
use serde_json::{Value, json};

use super::hex::hex;
use super::{Faults, Server};

/// Largest body of JSON that is read, in bytes.
const MAX_JSON: usize = 16 << 20;
/// How old or early a delivery may be, in seconds.
const TOLERANCE: i64 = 300;
/// What deliveries are signed with.
const KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";
/// What a delivery shows besides.
const TOKEN: &str = "receiver-token-1";

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    any_time: bool,
    /// Every delivery by its name, in order.
    kept: Vec<(String, Value)>,
    /// Files of all deliveries, by name of the form's part.
    files: HashMap<String, u64>,
    repeats: usize,
}

impl Sandbox {
    /// Starts a receiver at `/hook`.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let routes = Router::new()
            .route("/hook", post(receive))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&state));
        let server = Server::start(routes).await?;
        Ok(Self { server, state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// Where deliveries are sent.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/hook", self.origin())
    }

    /// The signing secret, as it is shown.
    #[must_use]
    pub fn secret(&self) -> String {
        format!("whsec_{}", STANDARD.encode(KEY))
    }

    /// The token that it wants besides.
    #[must_use]
    pub fn token(&self) -> String {
        TOKEN.to_owned()
    }

    /// Where faults are ordered, for the method `hook`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// Takes deliveries of any time: for tests whose clock stands still.
    pub fn take_any_time(&self) {
        self.state().any_time = true;
    }

    /// What was delivered, in order.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        self.state().kept.iter().map(|(_, p)| p.clone()).collect()
    }

    /// Size of every file that came, by name of its part.
    #[must_use]
    pub fn files(&self) -> HashMap<String, u64> {
        self.state().files.clone()
    }

    /// How often a delivery came again under its name.
    #[must_use]
    pub fn repeats(&self) -> usize {
        self.state().repeats
    }
}

/// Why a delivery is not taken.
struct Refused(u16, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::BAD_REQUEST);
        (status, axum::Json(json!({ "error": self.1 }))).into_response()
    }
}

async fn receive(Shared(state): Shared<Arc<Mutex<State>>>, request: Request) -> Response {
    match take(&state, request).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn take(state: &Mutex<State>, request: Request) -> Result<Value, Refused> {
    let headers = request.headers().clone();
    let kind = text(&headers, header::CONTENT_TYPE.as_str()).to_owned();
    let mut files = HashMap::new();
    let payload = if kind.starts_with("multipart/form-data") {
        let form = Multipart::from_request(request, &()).await;
        let form = form.map_err(|_| Refused(400, "no form"))?;
        read(form, &mut files).await?
    } else if kind == "application/json" {
        let body = axum::body::to_bytes(request.into_body(), MAX_JSON).await;
        body.map_err(|_| Refused(413, "too large"))?
    } else {
        return Err(Refused(415, "neither JSON nor a form"));
    };
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let id = verify(&state, &headers, &payload)?;
    let json: Value = serde_json::from_slice(&payload).map_err(|_| Refused(400, "no JSON"))?;
    check(&json, &id, &files)?;
    let number = match state.kept.iter().position(|(known, _)| *known == id) {
        Some(at) if state.kept[at].1 != json => {
            return Err(Refused(422, "another delivery under this name"));
        }
        Some(at) => {
            state.repeats += 1;
            at
        }
        None => {
            state.kept.push((id, json));
            let sizes = files.into_iter().map(|(name, (size, _))| (name, size));
            state.files.extend(sizes);
            state.kept.len() - 1
        }
    };
    let n = number + 1;
    Ok(json!({ "id": n.to_string(), "url": format!("https://receiver.example/posts/{n}") }))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// Reads a form: the payload, and the size and digest of each file.
async fn read(
    mut form: Multipart,
    files: &mut HashMap<String, (u64, String)>,
) -> Result<Bytes, Refused> {
    let broken = |_| Refused(400, "the form broke off");
    let mut payload = None;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "payload" {
            if field.content_type() != Some("application/json") {
                return Err(Refused(415, "the payload is no JSON"));
            }
            payload = Some(field.bytes().await.map_err(broken)?);
            continue;
        }
        let mut context = digest::Context::new(&digest::SHA256);
        let mut size = 0;
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            size += piece.len() as u64;
            context.update(&piece);
        }
        let sum = context.finish();
        files.insert(name, (size, hex(sum.as_ref())));
    }
    payload.ok_or(Refused(400, "no payload"))
}

/// Checks who sends, and gives the delivery's name.
fn verify(state: &State, headers: &HeaderMap, payload: &[u8]) -> Result<String, Refused> {
    let (id, at) = (
        text(headers, "webhook-id"),
        text(headers, "webhook-timestamp"),
    );
    let seconds: i64 = at.parse().map_err(|_| Refused(401, "no time"))?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a server stands in the real world"
    )]
    let now = jiff::Timestamp::now().as_second();
    if !state.any_time && (now - seconds).abs() > TOLERANCE {
        return Err(Refused(401, "too old or too early"));
    }
    if id.is_empty() || id.contains('.') || text(headers, "idempotency-key") != id {
        return Err(Refused(400, "no name"));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &KEY);
    let mut signed = format!("{id}.{at}.").into_bytes();
    signed.extend_from_slice(payload);
    let good = text(headers, "webhook-signature").split(' ').any(|one| {
        let sum = one.strip_prefix("v1,").map(|s| STANDARD.decode(s));
        matches!(sum, Some(Ok(sum)) if hmac::verify(&key, &signed, &sum).is_ok())
    });
    let token = text(headers, header::AUTHORIZATION.as_str());
    if !good || (!token.is_empty() && token != format!("Bearer {TOKEN}")) {
        return Err(Refused(401, "not signed as it has to be"));
    }
    Ok(id.to_owned())
}

/// Checks the form of a delivery.
fn check(json: &Value, id: &str, files: &HashMap<String, (u64, String)>) -> Result<(), Refused> {
    let only = |value: &Value, known: &[&str]| {
        let map = value.as_object();
        map.is_some_and(|m| m.keys().all(|k| known.contains(&k.as_str())))
    };
    let data = &json["data"];
    let known = [
        "id",
        "title",
        "text",
        "tags",
        "scheduled_at",
        "parts",
        "link",
        "language",
    ];
    let texts = ["id", "title", "text", "scheduled_at"];
    let whole = only(json, &["type", "timestamp", "data"])
        && only(data, &known)
        && texts.iter().all(|t| data[t].is_string())
        && data["tags"].is_array()
        && data["id"] == id
        && json["type"] == "post.published";
    if !whole {
        return Err(Refused(422, "not a delivery"));
    }
    let parts = data["parts"].as_array().cloned().unwrap_or_default();
    let media = parts
        .iter()
        .flat_map(|p| p["media"].as_array().into_iter().flatten());
    for file in media {
        let Some(part) = file["part"].as_str() else {
            continue;
        };
        let fits = files
            .get(part)
            .is_some_and(|(size, sum)| file["size"] == *size && file["sha256"] == *sum);
        if !fits {
            return Err(Refused(422, "a file is not the one that was signed"));
        }
    }
    Ok(())
}
