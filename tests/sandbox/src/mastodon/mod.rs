//! A Mastodon server: takes exactly what the documentation of its interface names, refuses everything else
//! in its form, honours idempotency keys for an hour, works on videos for a while, and counts posts. It can
//! also play other software that speaks the same language and keeps fewer promises.

mod auth;
mod form;
mod media;
mod people;
mod rules;
mod scheduled;
mod statuses;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{Faults, Server};
use auth::{App, Code, Token};
use media::Upload;
pub use rules::Rules;
use scheduled::Scheduled;
use statuses::Status;

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// Somebody with an account here.
#[derive(Debug, Clone)]
struct Person {
    id: String,
    username: String,
    shown: String,
    privacy: &'static str,
    /// The account may not be used.
    disabled: bool,
    /// Those who run the server limited it: what it posts stands in no public list.
    limited: bool,
}

struct State {
    origin: String,
    people: Vec<Person>,
    rules: Rules,
    /// What its clock shows; the real time when none.
    still: Option<Duration>,
    /// How far its clock was moved.
    moved: Duration,
    made: u64,
    apps: HashMap<String, App>,
    codes: HashMap<String, Code>,
    tokens: HashMap<String, Token>,
    /// Refresh tokens that were not used yet, with the token each came with.
    refresh: HashMap<String, String>,
    /// Who signs in next in the browser, and how.
    next: Next,
    statuses: BTreeMap<u64, Status>,
    /// Posts that are held until their time.
    scheduled: BTreeMap<u64, Scheduled>,
    /// Posts that were ever made.
    posts_made: usize,
    keys: HashMap<(String, String), (u64, Duration)>,
    media: HashMap<String, Upload>,
    /// The next post finds its files gone.
    lose_files: bool,
    /// The next post is dropped without a word.
    drop_next: bool,
}

/// What happens in the browser.
#[derive(Debug, Clone)]
struct Next {
    username: String,
    denies: bool,
    /// Grants only these.
    only: Option<Vec<String>>,
}

type Shared = Arc<Mutex<State>>;

fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error as the server writes it.
#[derive(Debug)]
struct Refused(u16, Value);

impl Refused {
    fn new(status: u16, words: impl Into<String>) -> Self {
        Self(status, json!({ "error": words.into() }))
    }

    /// A value that is not as it has to be.
    fn invalid(words: impl std::fmt::Display) -> Self {
        Self::new(422, format!("Validation failed: {words}"))
    }

    fn gone() -> Self {
        Self::new(404, "Record not found")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, axum::Json(self.1)).into_response()
    }
}

type Answer = Result<Response, Refused>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every handler ends with an answer or a refusal"
)]
fn ok(value: Value) -> Answer {
    Ok(axum::Json(value).into_response())
}

impl State {
    /// The time since 1970 by the server's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "a server has a clock of its own, and so has its stand-in"
    )]
    fn now(&self) -> Duration {
        let real = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let shown = self.still.unwrap_or_else(|| real().unwrap_or_default());
        shown + self.moved
    }

    fn date(time: Duration) -> String {
        let at = jiff::Timestamp::from_millisecond(time.as_millis() as i64);
        at.unwrap_or_default()
            .strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
            .to_string()
    }

    /// A number that was never given out; ids grow with time.
    fn next_id(&mut self) -> u64 {
        self.made += 1;
        110_000_000_000_000_000 + self.made
    }

    /// A text that nobody guesses, and the same in every run.
    fn opaque(&mut self, kind: &str) -> String {
        self.made += 1;
        let name = format!("{kind} {} of {}", self.made, self.origin);
        blake3::hash(name.as_bytes())
            .to_hex()
            .chars()
            .take(43)
            .collect()
    }

    fn person(&self, username: &str) -> Result<&Person, Refused> {
        self.people
            .iter()
            .find(|p| p.username == username)
            .ok_or_else(Refused::gone)
    }

    /// Who calls, when their token is good for this.
    fn caller(&self, headers: &HeaderMap, scope: &str) -> Result<Person, Refused> {
        auth::caller(self, headers, scope)
    }
}

fn routes(state: &Shared) -> Router {
    Router::new()
        .route("/api/v1/apps", post(auth::register))
        .route("/api/v1/apps/verify_credentials", get(auth::app))
        .route("/oauth/authorize", get(auth::authorize))
        .route("/oauth/token", post(auth::token))
        .route("/oauth/revoke", post(auth::revoke))
        .route("/api/v1/instance", get(people::instance_v1))
        .route("/api/v2/instance", get(people::instance_v2))
        // Some clients write it so, and the real one takes it.
        .route("/api/v1/instance/", get(people::instance_v1))
        .route("/api/v2/instance/", get(people::instance_v2))
        .route("/api/v1/accounts/verify_credentials", get(people::me))
        .route("/api/v1/accounts/search", get(people::search))
        .route("/api/v1/accounts/{id}/statuses", get(statuses::list))
        .route("/.well-known/webfinger", get(people::webfinger))
        .route("/api/v2/media", post(media::upload))
        .route("/api/v1/media", post(media::upload))
        .route("/api/v1/media/{id}", get(media::get))
        .route("/api/v1/statuses", post(statuses::create))
        .route(
            "/api/v1/statuses/{id}",
            get(statuses::get).delete(statuses::delete),
        )
        .route("/api/v1/statuses/{id}/source", get(statuses::source))
        .route("/api/v1/scheduled_statuses", get(scheduled::list))
        .route(
            "/api/v1/scheduled_statuses/{id}",
            get(scheduled::get).delete(scheduled::delete),
        )
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(axum::middleware::map_response_with_state(
            Arc::clone(state),
            dated,
        ))
        .with_state(Arc::clone(state))
}

/// An answer says what time the server has.
async fn dated(
    axum::extract::State(state): axum::extract::State<Shared>,
    mut answer: Response,
) -> Response {
    let at = jiff::Timestamp::from_millisecond(lock(&state).now().as_millis() as i64);
    let date = at.unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(date) = date.to_string().parse() {
        answer.headers_mut().insert(header::DATE, date);
    }
    answer
}

impl Sandbox {
    /// Starts a server with two accounts, `ana` and `bo`.
    pub async fn start() -> std::io::Result<Self> {
        let person = |id: &str, username: &str, shown: &str| Person {
            id: id.to_owned(),
            username: username.to_owned(),
            shown: shown.to_owned(),
            privacy: "public",
            disabled: false,
            limited: false,
        };
        let state = Arc::new(Mutex::new(State {
            origin: String::new(),
            people: vec![person("101", "ana", "Ana Example"), person("102", "bo", "")],
            rules: Rules::default(),
            still: None,
            moved: Duration::ZERO,
            made: 0,
            apps: HashMap::new(),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            refresh: HashMap::new(),
            next: Next {
                username: "ana".to_owned(),
                denies: false,
                only: None,
            },
            statuses: BTreeMap::new(),
            scheduled: BTreeMap::new(),
            posts_made: 0,
            keys: HashMap::new(),
            media: HashMap::new(),
            lose_files: false,
            drop_next: false,
        }));
        let server = Server::start(routes(&state)).await?;
        lock(&state).origin = server.origin();
        Ok(Self { server, state })
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// Where faults are ordered.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// Changes what it allows.
    pub fn change(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut lock(&self.state).rules);
    }

    /// A token as somebody makes it in their preferences, with these scopes.
    #[must_use]
    pub fn token(&self, username: &str, scopes: &str) -> String {
        auth::own_token(&mut lock(&self.state), username, scopes)
    }

    /// Who is signed in in the browser.
    pub fn browser_of(&self, username: &str) {
        username.clone_into(&mut lock(&self.state).next.username);
    }

    /// The next sign-in in the browser is denied.
    pub fn deny_next(&self) {
        lock(&self.state).next.denies = true;
    }

    /// Sign-ins grant only these scopes.
    pub fn grant_only(&self, scopes: &str) {
        lock(&self.state).next.only = Some(scopes.split(' ').map(str::to_owned).collect());
    }

    /// Every code that was given out is too old.
    pub fn expire_codes(&self) {
        lock(&self.state).codes.clear();
    }

    /// Every program that introduced itself is forgotten.
    pub fn forget_apps(&self) {
        lock(&self.state).apps.clear();
    }

    /// How many programs introduced themselves.
    #[must_use]
    pub fn apps(&self) -> usize {
        lock(&self.state).apps.len()
    }

    /// How many tokens are good.
    #[must_use]
    pub fn open_sessions(&self) -> usize {
        lock(&self.state).tokens.values().filter(|t| t.good).count()
    }

    /// Every token is revoked.
    pub fn end_sessions(&self) {
        lock(&self.state)
            .tokens
            .values_mut()
            .for_each(|t| t.good = false);
    }

    /// An account may not be used any more.
    pub fn disable(&self, username: &str) {
        let mut state = lock(&self.state);
        let person = state.people.iter_mut().filter(|p| p.username == username);
        person.for_each(|p| p.disabled = true);
    }

    /// Those who run the server limit an account.
    pub fn limit(&self, username: &str) {
        let mut state = lock(&self.state);
        let person = state.people.iter_mut().filter(|p| p.username == username);
        person.for_each(|p| p.limited = true);
    }

    /// An account is deleted with everything in it.
    pub fn delete_account(&self, username: &str) {
        let mut state = lock(&self.state);
        state.people.retain(|p| p.username != username);
        state.tokens.retain(|_, t| t.username != username);
        state.statuses.retain(|_, s| s.username != username);
    }

    /// Posts that exist now, oldest first, each with what was asked for (`asked`) and what came of it.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        let state = lock(&self.state);
        let post = |s: &Status| json!({ "asked": s.asked, "status": statuses::shown(&state, s) });
        state.statuses.values().map(post).collect()
    }

    /// How many posts were ever made, deleted ones included.
    #[must_use]
    pub fn made(&self) -> usize {
        lock(&self.state).posts_made
    }

    /// Somebody deletes all posts on the server itself.
    pub fn delete_posts(&self) {
        lock(&self.state).statuses.clear();
    }

    /// Files that no post holds are swept.
    pub fn sweep_files(&self) {
        lock(&self.state).media.retain(|_, m| m.attached);
    }

    /// Files that were ever uploaded and are still there: description, media type and size.
    #[must_use]
    pub fn files(&self) -> Vec<(String, String, usize)> {
        let state = lock(&self.state);
        let of = |m: &Upload| (m.description.clone(), m.mime.clone(), m.bytes);
        state.media.values().map(of).collect()
    }

    /// Pictures that stand for videos, of files that are there.
    #[must_use]
    pub fn thumbnails(&self) -> Vec<Vec<u8>> {
        let state = lock(&self.state);
        let all = state.media.values();
        all.filter_map(|m| m.thumbnail.clone()).collect()
    }

    /// The next post with files finds them gone.
    pub fn lose_files_at_next_post(&self) {
        lock(&self.state).lose_files = true;
    }

    /// The spam filter drops the next post without a word.
    pub fn drop_next_post(&self) {
        lock(&self.state).drop_next = true;
    }

    /// Sets its clock, in milliseconds since 1970; what is due by then is published.
    pub fn set_clock(&self, millis: u64) {
        let mut state = lock(&self.state);
        state.still = Some(Duration::from_millis(millis));
        scheduled::publish_due(&mut state);
    }

    /// How many posts it holds until their time.
    #[must_use]
    pub fn held(&self) -> usize {
        lock(&self.state).scheduled.len()
    }

    /// Somebody deletes on the server itself what it holds.
    pub fn drop_held(&self) {
        lock(&self.state).scheduled.clear();
    }

    /// Somebody gives what it holds another time on the server itself, in milliseconds since 1970.
    pub fn move_held(&self, millis: u64) {
        let mut state = lock(&self.state);
        let held = state.scheduled.values_mut();
        held.for_each(|s| s.at = Duration::from_millis(millis));
    }

    /// Time passes on the server.
    pub fn pass(&self, time: Duration) {
        lock(&self.state).moved += time;
    }

    /// Every secret that was ever given out, for looking for leaks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let state = lock(&self.state);
        let apps = state.apps.values().map(|a| a.secret.clone());
        let tokens = state.tokens.keys().chain(state.refresh.keys()).cloned();
        tokens.chain(apps).collect()
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

/// The token of a call.
fn bearer(headers: &HeaderMap) -> &str {
    let all = header_text(headers, header::AUTHORIZATION.as_str());
    all.strip_prefix("Bearer ").unwrap_or_default()
}
