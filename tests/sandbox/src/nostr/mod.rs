//! A relay of Nostr: checks every event as the protocol says, answers questions, forgets what its author
//! wants forgotten, and can want to know who is there.
//!
//! Faults are ordered for the messages `EVENT` and `REQ`. A canned answer to an event is its `OK`, with
//! the fields `ok` and `message`; whatever is not JSON of this form is sent as it is.

mod event;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::hex::hex;
use super::wire::Wired;
use super::{Canned, Fault, Faults};
use event::Rejected;

/// The secret key of the person who is known here.
const SECRET: [u8; 32] = *b"almanac: a secret key for tests!";
/// What a caller has to sign where the relay wants to know who is there.
const CHALLENGE: &str = "challenge-of-the-sandbox";
/// How far ahead of the clock an event may be, in seconds.
const AHEAD: i64 = 900;

/// A running sandbox; it stops when it is dropped, and every connection with it.
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    faults: Faults,
    running: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    origin: String,
    any_time: bool,
    wants_auth: bool,
    events: BTreeMap<String, Value>,
    deleted: BTreeSet<String>,
    /// Names of all notes that ever were here.
    notes: BTreeSet<String>,
    messages: usize,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Sandbox {
    /// Starts a relay that knows the profile of one person.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State {
            origin: format!("ws://{address}"),
            ..State::default()
        }));
        let faults = Faults::default();
        faults.wire().listens(address);
        let (inside, ordered) = (Arc::clone(&state), faults.clone());
        let running = tokio::spawn(async move {
            // Connections live in here, so that none outlives the relay.
            let mut open = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((stream, _)) = accepted else { return };
                        open.spawn(serve(stream, Arc::clone(&inside), ordered.clone()));
                    }
                    Some(_) = open.join_next() => {}
                }
            }
        });
        let sandbox = Self {
            address,
            state,
            faults,
            running,
        };
        let profile = json!({ "name": "ana", "display_name": "Ana", "nip05": "ana@example.org" });
        sandbox.add(0, &json!([]), &profile.to_string());
        Ok(sandbox)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its address, as web addresses begin.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address, as relays are named.
    #[must_use]
    pub fn relay(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// The secret key of the person, as 64 digits.
    #[must_use]
    pub fn secret(&self) -> String {
        hex(&SECRET)
    }

    /// The public key of the person.
    #[must_use]
    pub fn public(&self) -> String {
        event::public(&SECRET)
    }

    /// Where faults are ordered.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Messages that arrived so far.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.state().messages
    }

    /// Takes events of any time: for tests whose clock stands still.
    pub fn take_any_time(&self) {
        self.state().any_time = true;
    }

    /// Wants to know who is there before it takes or tells anything (NIP-42).
    pub fn want_auth(&self) {
        self.state().wants_auth = true;
    }

    /// Adds an event of the person, as another app would.
    pub fn add(&self, kind: u64, tags: &Value, content: &str) {
        let event = event::signed(&SECRET, 1_700_000_000, kind, tags, content);
        let id = event["id"].as_str().unwrap_or_default().to_owned();
        self.state().events.insert(id, event);
    }

    /// Notes that are here, oldest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        let state = self.state();
        let notes = state.events.values().filter(|e| e["kind"] == 1);
        let mut notes: Vec<Value> = notes.cloned().collect();
        notes.sort_by_key(|e| e["created_at"].as_i64());
        notes
    }

    /// How many notes ever were here, deleted ones included.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().notes.len()
    }
}

type Socket = WebSocketStream<Wired<TcpStream>>;

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>, faults: Faults) {
    let Ok(mut socket) = accept_async(Wired::new(stream, faults.wire().clone())).await else {
        return;
    };
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = !lock().wants_auth;
    if !known
        && say(&mut socket, &json!(["AUTH", CHALLENGE]))
            .await
            .is_none()
    {
        return;
    }
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        lock().messages += 1;
        let words: Value = serde_json::from_str(text.as_str()).unwrap_or_default();
        let kind = words[0].as_str().unwrap_or_default().to_owned();
        faults.wire().call(kind.clone());
        let went_on = match kind.as_str() {
            "EVENT" => {
                let fault = faults.take("", "EVENT");
                take(&mut socket, &state, &words, known, fault).await
            }
            "AUTH" => {
                let answer = introduced(&lock(), &words[1]);
                known |= answer[2] == true;
                say(&mut socket, &answer).await
            }
            "REQ" => {
                let fault = faults.take("", "REQ");
                tell(&mut socket, &state, &words, known, fault).await
            }
            "CLOSE" => Some(()),
            _ => say(&mut socket, &json!(["NOTICE", "error: unknown message"])).await,
        };
        if went_on.is_none() {
            return;
        }
    }
}

/// Sends a message; none when the connection is gone.
async fn say(socket: &mut Socket, message: &Value) -> Option<()> {
    socket.send(Message::text(message.to_string())).await.ok()
}

/// An answer made in advance, for an event.
fn canned(canned: &Canned, id: &str) -> String {
    let json: Value = serde_json::from_str(&canned.body).unwrap_or_default();
    match json["ok"].as_bool() {
        Some(ok) => json!(["OK", id, ok, json["message"]]).to_string(),
        None => canned.body.clone(),
    }
}

/// Takes an event, or fails as ordered; none when the connection is to be closed.
async fn take(
    socket: &mut Socket,
    state: &Mutex<State>,
    words: &Value,
    known: bool,
    fault: Option<Fault>,
) -> Option<()> {
    let id = words[1]["id"].as_str().unwrap_or_default();
    match &fault {
        Some(Fault::CutBefore | Fault::CutInBody) => return None,
        Some(Fault::SilentBefore) => return std::future::pending().await,
        Some(Fault::Answer(answer)) => {
            return socket.send(Message::text(canned(answer, id))).await.ok();
        }
        _ => {}
    }
    let answer = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (good, why) = match keep(&mut state, &words[1], known) {
            Ok(why) => (true, why),
            Err(Rejected(why)) => (false, why),
        };
        json!(["OK", id, good, why])
    };
    match fault {
        Some(Fault::CutAfter) => None,
        Some(Fault::SilentAfter) => std::future::pending().await,
        Some(Fault::CutInAnswer) => {
            // The head of a text of 100 bytes, and only some of them.
            let _ = socket.get_mut().write_all(b"\x81\x64[\"OK\",").await;
            None
        }
        Some(Fault::AnswerAfter(answer)) => {
            socket.send(Message::text(canned(&answer, id))).await.ok()
        }
        _ => say(socket, &answer).await,
    }
}

/// Keeps an event, when it is as it has to be.
fn keep(state: &mut State, event: &Value, known: bool) -> Result<String, Rejected> {
    let reject = |why: &str| Rejected(why.to_owned());
    if !known {
        return Err(reject("auth-required: who are you?"));
    }
    event::check(event)?;
    let id = event["id"].as_str().unwrap_or_default().to_owned();
    #[expect(
        clippy::disallowed_methods,
        reason = "a relay stands in the real world"
    )]
    let now = jiff::Timestamp::now().as_second();
    let at = event["created_at"].as_i64().unwrap_or_default();
    if !state.any_time && at > now + AHEAD {
        return Err(reject(
            "invalid: event creation date is too far off from the current time",
        ));
    }
    if state.deleted.contains(&id) {
        return Err(reject("blocked: this event was deleted"));
    }
    if state.events.contains_key(&id) {
        return Ok("duplicate: already have this event".to_owned());
    }
    match event["kind"].as_u64() {
        Some(1) => {
            state.notes.insert(id.clone());
        }
        Some(5) => {
            let tags = event["tags"].as_array().into_iter().flatten();
            let named: Vec<String> = tags
                .filter(|t| t[0] == "e")
                .filter_map(|t| t[1].as_str().map(str::to_owned))
                .collect();
            for name in named {
                let mine = state
                    .events
                    .get(&name)
                    .is_some_and(|e| e["pubkey"] == event["pubkey"]);
                if mine {
                    state.events.remove(&name);
                    state.deleted.insert(name);
                }
            }
        }
        Some(0 | 6 | 7 | 10_002) => {}
        _ => {
            return Err(reject(
                "blocked: this relay does not take events of this kind",
            ));
        }
    }
    state.events.insert(id, event.clone());
    Ok(String::new())
}

/// Checks an answer to the challenge.
fn introduced(state: &State, event: &Value) -> Value {
    let tag = |name: &str| {
        let tags = event["tags"].as_array().into_iter().flatten();
        let found = tags.clone().find(|t| t[0] == name);
        found
            .and_then(|t| t[1].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let good = event::check(event).is_ok()
        && event["kind"] == 22_242
        && tag("challenge") == CHALLENGE
        && tag("relay") == state.origin;
    let why = if good {
        ""
    } else {
        "restricted: not signed as it has to be"
    };
    json!(["OK", event["id"], good, why])
}

/// Answers a question; none when the connection is to be closed.
async fn tell(
    socket: &mut Socket,
    state: &Mutex<State>,
    words: &Value,
    known: bool,
    fault: Option<Fault>,
) -> Option<()> {
    match fault {
        None | Some(Fault::Pass) => {}
        Some(Fault::SilentBefore | Fault::SilentAfter) => return std::future::pending().await,
        Some(Fault::Answer(answer)) => return socket.send(Message::text(answer.body)).await.ok(),
        Some(_) => return None,
    }
    let name = words[1].as_str().unwrap_or_default();
    let closed = |why: &str| json!(["CLOSED", name, why]);
    if name.is_empty() || name.len() > 64 {
        return say(socket, &closed("invalid: no name of a subscription")).await;
    }
    if !known {
        return say(socket, &closed("auth-required: who are you?")).await;
    }
    let found = {
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        event::matching(&words[2], state.events.values())
    };
    let Some(found) = found else {
        return say(
            socket,
            &closed("unsupported: filter contains unknown elements"),
        )
        .await;
    };
    for event in found {
        say(socket, &json!(["EVENT", name, event])).await?;
    }
    say(socket, &json!(["EOSE", name])).await
}
