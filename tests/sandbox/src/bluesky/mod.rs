//! A server of the AT Protocol that takes exactly what the lexicons allow, refuses what the
//! reference server refuses, in its words and with its statuses, and counts posts.

mod auth;
mod repo;
mod video;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Value, json};

use super::{Faults, Server};

/// Largest picture a post may hold.
const MAX_IMAGE_BYTES: usize = 1_000_000;

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// An account of the sandbox.
#[derive(Debug, Clone)]
pub struct Person {
    /// Decentralised id.
    pub did: String,
    /// Handle.
    pub handle: String,
    /// App password.
    pub password: String,
    /// Main password, which has a second factor.
    pub main_password: String,
}

/// What the account is, as `getSession` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    TakenDown,
    Deleted,
}

struct Blob {
    mime: String,
    bytes: Vec<u8>,
}

#[derive(Clone)]
struct Record {
    cid: String,
    value: Value,
}

struct State {
    people: Vec<Person>,
    standing: HashMap<String, Standing>,
    /// Token to account and whether it is still good.
    access: HashMap<String, (String, bool)>,
    refresh: HashMap<String, (String, bool)>,
    tokens_made: u64,
    blobs: HashMap<String, Blob>,
    records: BTreeMap<(String, String, String), Record>,
    /// Posts that were ever made, by each write that made one.
    posts_made: usize,
    max_upload: usize,
    refreshes: usize,
    videos: video::Service,
}

impl State {
    fn person(&self, did: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.did == did)
    }
}

/// An answer of the sandbox: JSON, or an error of the protocol.
type Answer = Result<Value, Refused>;

/// An error as the protocol writes it.
struct Refused(u16, &'static str, String);

impl Refused {
    fn invalid(message: impl Into<String>) -> Self {
        Self(400, "InvalidRequest", message.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (
            status,
            axum::Json(json!({ "error": self.1, "message": self.2 })),
        )
            .into_response()
    }
}

/// A call as it arrived.
struct Call<'a> {
    query: &'a HashMap<String, String>,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Call<'_> {
    fn parameter(&self, name: &str) -> Result<&str, Refused> {
        self.query.get(name).map(String::as_str).ok_or_else(|| {
            Refused::invalid(format!("Error: Params must have the property \"{name}\""))
        })
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    fn json(&self) -> Answer {
        if !self
            .header(header::CONTENT_TYPE)
            .starts_with("application/json")
        {
            return Err(Refused::invalid("Wrong request encoding (Content-Type)"));
        }
        serde_json::from_slice(self.body).map_err(|_| Refused::invalid("invalid JSON"))
    }
}

/// A field of a JSON input that has to be text.
fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str, Refused> {
    input
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Refused::invalid(format!("Input/{name} must be a string")))
}

impl Sandbox {
    /// Starts a sandbox with two accounts, `ana.test` and `bo.test`.
    pub async fn start() -> std::io::Result<Self> {
        let person = |name: &str, did: &str, password: &str| Person {
            did: format!("did:plc:{did}"),
            handle: format!("{name}.test"),
            password: password.to_owned(),
            main_password: format!("the main password of {name}"),
        };
        let state = Arc::new(Mutex::new(State {
            people: vec![
                person("ana", "anaanaanaanaanaanaanaana", "aaaa-bbbb-cccc-dddd"),
                person("bo", "bobobobobobobobobobobobo", "eeee-ffff-gggg-hhhh"),
            ],
            standing: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            tokens_made: 0,
            blobs: HashMap::new(),
            records: BTreeMap::new(),
            posts_made: 0,
            max_upload: 5 << 20,
            refreshes: 0,
            videos: video::Service::default(),
        }));
        let routes = Router::new()
            .route("/xrpc/{method}", any(call))
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

    /// Where faults are ordered, by XRPC method.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Is gone from the network, with all it knows, until [`Self::come_back`].
    pub async fn go_away(&mut self) {
        self.server.go_away().await;
    }

    /// Is there again, at the same address.
    pub async fn come_back(&mut self) -> std::io::Result<()> {
        self.server.come_back().await
    }

    /// The first account.
    #[must_use]
    pub fn ana(&self) -> Person {
        self.state().people[0].clone()
    }

    /// The second account.
    #[must_use]
    pub fn bo(&self) -> Person {
        self.state().people[1].clone()
    }

    /// Posts that exist now, by record key.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        self.state()
            .records
            .iter()
            .filter(|((_, collection, _), _)| collection == "app.bsky.feed.post")
            .map(|(_, record)| record.value.clone())
            .collect()
    }

    /// How many posts were ever made, deleted ones included.
    #[must_use]
    pub fn posts_made(&self) -> usize {
        self.state().posts_made
    }

    /// How often a session was renewed.
    #[must_use]
    pub fn refreshes(&self) -> usize {
        self.state().refreshes
    }

    /// How many sessions could still be renewed.
    #[must_use]
    pub fn open_sessions(&self) -> usize {
        let state = self.state();
        state.refresh.values().filter(|(_, good)| *good).count()
    }

    /// Every token that was ever given out, for looking for leaks.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        let state = self.state();
        state
            .access
            .keys()
            .chain(state.refresh.keys())
            .cloned()
            .collect()
    }

    /// All access tokens end now.
    pub fn end_access(&self) {
        self.state()
            .access
            .values_mut()
            .for_each(|(_, good)| *good = false);
    }

    /// All sessions end now, as when an app password is revoked.
    pub fn end_sessions(&self) {
        let mut state = self.state();
        state
            .access
            .values_mut()
            .for_each(|(_, good)| *good = false);
        state
            .refresh
            .values_mut()
            .for_each(|(_, good)| *good = false);
    }

    /// Takes an account down.
    pub fn take_down(&self, did: &str) {
        self.state()
            .standing
            .insert(did.to_owned(), Standing::TakenDown);
    }

    /// Deletes an account with everything in it.
    pub fn delete_account(&self, did: &str) {
        let mut state = self.state();
        state.standing.insert(did.to_owned(), Standing::Deleted);
        state.access.retain(|_, (owner, _)| owner != did);
        state.refresh.retain(|_, (owner, _)| owner != did);
        state.records.retain(|(owner, ..), _| owner != did);
    }

    /// Somebody deletes all posts on the network itself.
    pub fn delete_posts(&self) {
        self.state()
            .records
            .retain(|(_, collection, _), _| collection != "app.bsky.feed.post");
    }

    /// Unreferenced files are collected.
    pub fn collect_blobs(&self) {
        self.state().blobs.clear();
    }

    /// Every file that was uploaded and not collected, in no order.
    #[must_use]
    pub fn uploads(&self) -> Vec<Vec<u8>> {
        self.state()
            .blobs
            .values()
            .map(|blob| blob.bytes.clone())
            .collect()
    }

    /// The bytes of a file, by the name in a record's blob.
    #[must_use]
    pub fn blob(&self, link: &str) -> Option<Vec<u8>> {
        self.state().blobs.get(link).map(|blob| blob.bytes.clone())
    }

    /// How many videos came through the service.
    #[must_use]
    pub fn served_videos(&self) -> usize {
        self.state().videos.jobs()
    }

    /// The largest upload it takes, in bytes.
    pub fn limit_uploads(&self, bytes: usize) {
        self.state().max_upload = bytes;
    }
}

async fn call(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path(name): Path<String>,
    method: Method,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call {
        query: &query,
        headers: &headers,
        body: &body,
    };
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match dispatch(&mut state, &name, &method, &call) {
        Ok(Value::Null) => StatusCode::OK.into_response(),
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refused) => refused.into_response(),
    }
}

fn dispatch(state: &mut State, name: &str, method: &Method, call: &Call<'_>) -> Answer {
    let is_query = *method == Method::GET;
    let wrong = || Refused::invalid("Incorrect HTTP method (GET) expected POST");
    let procedure = || if is_query { Err(wrong()) } else { Ok(()) };
    match name {
        "com.atproto.server.createSession" => procedure().and_then(|()| auth::create(state, call)),
        "com.atproto.server.refreshSession" => {
            procedure().and_then(|()| auth::refresh(state, call))
        }
        "com.atproto.server.deleteSession" => procedure().and_then(|()| auth::delete(state, call)),
        "com.atproto.server.getSession" => auth::get(state, call),
        "com.atproto.identity.resolveHandle" => resolve(state, call),
        "com.atproto.repo.uploadBlob" => procedure().and_then(|()| repo::upload(state, call)),
        "com.atproto.server.getServiceAuth" => video::token(state, call),
        "app.bsky.video.uploadVideo" => procedure().and_then(|()| video::upload(state, call)),
        "app.bsky.video.getJobStatus" => video::status(state, call),
        "com.atproto.repo.putRecord" => procedure().and_then(|()| repo::put(state, call)),
        "com.atproto.repo.deleteRecord" => procedure().and_then(|()| repo::delete(state, call)),
        "com.atproto.repo.getRecord" => repo::get(state, call),
        "com.atproto.repo.listRecords" => repo::list(state, call),
        "app.bsky.actor.getProfile" => profile(state, call),
        "app.bsky.actor.searchActorsTypeahead" => people(state, call),
        "app.bsky.feed.getPosts" => repo::posts(state, call),
        _ => Err(Refused(
            501,
            "MethodNotImplemented",
            "Method Not Implemented".to_owned(),
        )),
    }
}

fn resolve(state: &State, call: &Call<'_>) -> Answer {
    let handle = call.parameter("handle")?;
    match state.people.iter().find(|p| p.handle == handle) {
        Some(person) => Ok(json!({ "did": person.did })),
        None => Err(Refused::invalid("Unable to resolve handle")),
    }
}

fn profile(state: &State, call: &Call<'_>) -> Answer {
    let actor = call.parameter("actor")?;
    match state
        .people
        .iter()
        .find(|p| p.did == actor || p.handle == actor)
    {
        Some(p) => Ok(json!({ "did": p.did, "handle": p.handle, "followersCount": 0 })),
        None => Err(Refused::invalid("Profile not found")),
    }
}

/// People whose handle begins so; the real one asks for a session when it is asked through a server.
fn people(state: &State, call: &Call<'_>) -> Answer {
    auth::caller(state, call)?;
    let query = call.parameter("q")?.to_lowercase();
    let limit = call.query.get("limit").map_or("10", String::as_str);
    let limit: usize = limit
        .parse()
        .map_err(|_| Refused::invalid("Invalid limit"))?;
    if !(1..=100).contains(&limit) {
        return Err(Refused::invalid("Invalid limit"));
    }
    let actors: Vec<Value> = state
        .people
        .iter()
        .filter(|p| p.handle.starts_with(&query))
        .take(limit)
        .map(|p| {
            let mut name = p.handle.replace(".test", " Example");
            name.get_mut(..1).map(str::make_ascii_uppercase);
            json!({ "did": p.did, "handle": p.handle, "displayName": name })
        })
        .collect();
    Ok(json!({ "actors": actors }))
}
