//! A server that plays X: its sign-in, uploads in one call and in pieces, posts, the own timeline,
//! credits and rate limits. It takes exactly the documented fields.

mod auth;
mod files;
mod posts;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde_json::{Value, json};

use super::issuer::{Grant, Issuer};
use super::received::Received;
use super::{Faults, Server};

/// A public app, as desktop programs are.
pub const CLIENT: &str = "bmF0aXZlLWFwcA";
/// An app with a secret.
pub const WEB_CLIENT: &str = "d2ViLWFwcA";
/// That secret.
pub const WEB_SECRET: &str = "the-secret-of-the-web-app";
/// Where browsers may come back to.
pub const REDIRECTS: [&str; 3] = [
    "http://127.0.0.1:47811/callback",
    "http://127.0.0.1:47812/callback",
    "http://127.0.0.1:47813/callback",
];
/// Everything the app may be allowed.
const SCOPES: [&str; 5] = [
    "tweet.read",
    "tweet.write",
    "users.read",
    "media.write",
    "offline.access",
];

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// An account of the sandbox.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// Its name, without `@`.
    pub username: String,
    /// `None`, `Basic`, `Premium` or `PremiumPlus`.
    pub subscription: String,
}

/// An uploaded file.
#[derive(Debug, Clone)]
struct File {
    owner: String,
    category: String,
    /// Bytes by piece.
    pieces: BTreeMap<u64, Received>,
    total: u64,
    finalized: bool,
    /// Questions that are still answered with "in progress".
    busy: u32,
    alt: Option<String>,
    /// Captions by language.
    subtitles: BTreeMap<String, String>,
}

struct Post {
    id: String,
    author: String,
    created: String,
    /// The post as it was asked for.
    asked: Value,
    /// Whether it was deleted.
    gone: bool,
}

struct State {
    people: Vec<Person>,
    issuer: Issuer,
    /// Scopes the person grants; none for everything asked for.
    grants: Option<Vec<String>>,
    /// The person says no.
    denies: bool,
    files: BTreeMap<u64, File>,
    posts: Vec<Post>,
    /// Millionths of a dollar.
    credits: i64,
    spent: i64,
    /// Posts after which it asks to wait; none without limit.
    limit: Option<usize>,
    /// Only the new names of fields are known.
    renamed: bool,
    /// Largest upload in one call, in bytes.
    max_upload: usize,
    /// How often a new video is said to be in progress.
    busy: u32,
    /// The next video cannot be read.
    unreadable: bool,
    numbers: u64,
}

impl State {
    fn number(&mut self) -> u64 {
        self.numbers += 1;
        1_990_000_000_000_000_000 + self.numbers
    }

    /// Takes money, or says that there is none.
    fn charge(&mut self, micro_dollars: i64) -> Result<(), Problem> {
        if self.credits <= 0 {
            return Err(Problem::new(
                402,
                "CreditsDepleted",
                "Your enrolled account does not have any credits to fulfill this request.",
            )
            .of_type("https://api.x.com/2/problems/credits"));
        }
        self.credits -= micro_dollars;
        self.spent += micro_dollars;
        Ok(())
    }
}

/// An answer of the sandbox.
type Answer = Result<Response, Problem>;

/// A refusal as X writes it (problem+json).
struct Problem {
    status: u16,
    title: String,
    detail: String,
    kind: String,
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    fn new(status: u16, title: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title: title.to_owned(),
            detail: detail.into(),
            kind: "about:blank".to_owned(),
            headers: vec![],
        }
    }

    fn invalid(detail: impl Into<String>) -> Self {
        Self::new(400, "Invalid Request", detail)
            .of_type("https://api.x.com/2/problems/invalid-request")
    }

    fn of_type(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "title": self.title, "detail": self.detail, "type": self.kind, "status": self.status,
        });
        let mut response = (status, axum::Json(body)).into_response();
        for (name, value) in self.headers {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

type Shared = axum::extract::State<Arc<Mutex<State>>>;

fn held(state: &Arc<Mutex<State>>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who calls, if they may do this.
fn caller(state: &State, headers: &HeaderMap, scope: &str) -> Result<Grant, Problem> {
    let signed_out = || Problem::new(401, "Unauthorized", "Unauthorized");
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or_else(signed_out)?;
    let grant = state.issuer.caller(token).map_err(|_| signed_out())?;
    if !grant.covers(scope) {
        let detail = "You are not permitted to perform this action.";
        return Err(Problem::new(403, "Forbidden", detail));
    }
    Ok(grant)
}

impl Sandbox {
    /// Starts a sandbox with two accounts, `ana_x` and `bo_x`; who signs in is Ana.
    pub async fn start() -> std::io::Result<Self> {
        let person = |id: &str, username: &str| Person {
            id: id.to_owned(),
            username: username.to_owned(),
            subscription: "None".to_owned(),
        };
        let state = Arc::new(Mutex::new(State {
            people: vec![person("1001", "ana_x"), person("1002", "bo_x")],
            issuer: Issuer::new("xsandbox", Duration::from_secs(30)),
            grants: None,
            denies: false,
            files: BTreeMap::new(),
            posts: vec![],
            credits: 1_000_000_000,
            spent: 0,
            limit: None,
            renamed: false,
            max_upload: 5_000_000,
            busy: 0,
            unreadable: false,
            numbers: 0,
        }));
        let routes = Router::new()
            .route("/i/oauth2/authorize", get(auth::authorize))
            .route("/2/oauth2/token", post(auth::token))
            .route("/2/oauth2/revoke", post(auth::revoke))
            .route("/2/users/me", get(posts::me))
            .route("/2/users/{id}/tweets", get(posts::timeline))
            .route("/2/tweets", post(posts::create).get(posts::lookup))
            .route("/2/tweets/{id}", delete(posts::remove))
            .route(
                "/2/media/upload",
                post(files::in_one_call).get(files::status),
            )
            .route("/2/media/upload/initialize", post(files::initialize))
            .route("/2/media/upload/{id}/append", post(files::append))
            .route("/2/media/upload/{id}/finalize", post(files::finalize))
            .route("/2/media/metadata", post(files::metadata))
            .route("/2/media/subtitles", post(files::subtitles))
            .layer(DefaultBodyLimit::max(16 << 20))
            .with_state(Arc::clone(&state));
        Ok(Self {
            server: Server::start(routes).await?,
            state,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// Where faults are ordered, such as for `POST tweets`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// The account that signs in.
    #[must_use]
    pub fn ana(&self) -> Person {
        self.state().people[0].clone()
    }

    /// A fresh refresh token of Ana for the public app.
    #[must_use]
    pub fn refresh_token(&self) -> String {
        let mut state = self.state();
        let grant = Grant {
            owner: state.people[0].id.clone(),
            client: CLIENT.to_owned(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
        };
        state.issuer.refresh(&grant)
    }

    /// Posts that exist now, as they were asked for, oldest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        let state = self.state();
        let there = state.posts.iter().filter(|p| !p.gone);
        there.map(|p| p.asked.clone()).collect()
    }

    /// How many posts were ever made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().posts.len()
    }

    /// The description of a file.
    #[must_use]
    pub fn alt(&self, media: &str) -> Option<String> {
        let state = self.state();
        state.files.get(&media.parse().ok()?)?.alt.clone()
    }

    /// The captions of a video, by language.
    #[must_use]
    pub fn subtitles(&self, media: &str) -> BTreeMap<String, String> {
        let state = self.state();
        let file = media.parse().ok().and_then(|id: u64| state.files.get(&id));
        file.map(|file| file.subtitles.clone()).unwrap_or_default()
    }

    /// A file's category and bytes.
    #[must_use]
    pub fn file(&self, media: &str) -> Option<(String, Vec<u8>)> {
        let state = self.state();
        let file = state.files.get(&media.parse().ok()?)?;
        let pieces = file.pieces.values();
        let bytes = pieces.flat_map(Received::kept).copied().collect();
        Some((file.category.clone(), bytes))
    }

    /// Every token that was ever given out.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        self.state().issuer.all()
    }

    /// How often a token was renewed, and how many refresh tokens are still good.
    #[must_use]
    pub fn renewals(&self) -> (usize, usize) {
        let state = self.state();
        (state.issuer.renewed(), state.issuer.open())
    }

    /// All access tokens end now.
    pub fn end_access(&self) {
        self.state().issuer.end_access();
    }

    /// All sessions end now, as when a person takes the app away.
    pub fn end_sessions(&self) {
        self.state().issuer.end_all();
    }

    /// Codes that were given out run out now.
    pub fn expire_codes(&self) {
        self.state().issuer.expire_codes();
    }

    /// The person says no in the browser.
    pub fn deny(&self) {
        self.state().denies = true;
    }

    /// The person grants only these scopes.
    pub fn grant_only(&self, scopes: &[&str]) {
        self.state().grants = Some(scopes.iter().map(|&s| s.to_owned()).collect());
    }

    /// Ana subscribes.
    pub fn subscribe(&self, subscription: &str) {
        subscription.clone_into(&mut self.state().people[0].subscription);
    }

    /// Sets the credits, in millionths of a dollar.
    pub fn set_credits(&self, micro_dollars: i64) {
        self.state().credits = micro_dollars;
    }

    /// What was charged so far, in millionths of a dollar.
    #[must_use]
    pub fn spent(&self) -> i64 {
        self.state().spent
    }

    /// Asks to wait after so many posts.
    pub fn limit_posts(&self, posts: usize) {
        self.state().limit = Some(posts);
    }

    /// Knows only the new names of fields from now on.
    pub fn rename_fields(&self) {
        self.state().renamed = true;
    }

    /// The largest upload in one call, in bytes.
    pub fn limit_uploads(&self, bytes: usize) {
        self.state().max_upload = bytes;
    }

    /// Says so often that a new video is in progress.
    pub fn work_on_videos(&self, questions: u32) {
        self.state().busy = questions;
    }

    /// The next video cannot be read.
    pub fn refuse_videos(&self) {
        self.state().unreadable = true;
    }

    /// Forgets every uploaded file.
    pub fn lose_files(&self) {
        self.state().files.clear();
    }

    /// Somebody deletes all posts on the network itself.
    pub fn delete_posts(&self) {
        self.state().posts.iter_mut().for_each(|p| p.gone = true);
    }
}

/// The parameters of a call; unknown ones are refused with their name.
fn only(query: &HashMap<String, String>, known: &[&str]) -> Result<(), Problem> {
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Problem::invalid(format!(
            "The query parameter [{name}] is not one of [{}]",
            known.join(",")
        ))),
        None => Ok(()),
    }
}
