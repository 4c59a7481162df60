//! A server that plays Reddit: its sign-in for apps without a secret, communities with rules, storage for
//! files, posts that take a while to be listed, and its ways to say no.

mod auth;
mod comments;
mod files;
mod lists;
mod posts;
mod rules;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::issuer::{Grant, Issuer};
use super::{Faults, Server};

/// The app's id; it has no secret.
pub const CLIENT: &str = "sAndb0xInstalledApp01";
/// The name of its owner.
pub const OWNER: &str = "ana";
/// The account.
pub const USER: &str = "ana_films";
/// Its id.
pub const USER_ID: &str = "4n4f1lm5";
/// The registered redirect address.
pub const REDIRECT: &str = "http://127.0.0.1:8721/callback";
/// What is asked for.
pub const SCOPES: [&str; 7] = [
    "identity",
    "submit",
    "read",
    "history",
    "flair",
    "edit",
    "mysubreddits",
];
/// A community that takes everything.
pub const OPEN: &str = "test";
/// One that takes no text posts.
pub const NO_TEXT: &str = "links_only";
/// One that takes no posts of the account.
pub const CLOSED: &str = "members_only";
/// One that wants a flair.
pub const FLAIRED: &str = "flaired";
/// A flair of it whose words may be changed.
pub const FLAIR: &str = "11111111-aaaa-11ee-9999-000000000001";

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

struct Post {
    id: u64,
    /// As it was asked for, by name.
    asked: BTreeMap<String, Value>,
    kind: &'static str,
    made: i64,
    /// Looks at the list until it stands there.
    hidden: usize,
    gone: bool,
    /// Who keeps it from being seen.
    removed: Option<&'static str>,
}

struct State {
    issuer: Issuer,
    origin: String,
    denies: bool,
    /// What the person allows.
    scopes: Vec<String>,
    suspended: bool,
    posts: Vec<Post>,
    /// Files in storage, by their key.
    files: BTreeMap<String, Vec<u8>>,
    leases: u64,
    /// Looks until a picture or video is listed.
    works: usize,
    /// What is still let through before Reddit asks to wait, and for how long in seconds.
    budget: (f64, u32),
    /// The account may post again only after so many minutes.
    brake: Option<u32>,
    /// Largest file storage takes.
    largest: usize,
    /// What the community that takes everything wants all the same: about itself, and of posts.
    demands: [Value; 2],
    /// Who keeps new posts from being seen.
    holds: Option<&'static str>,
    comments: Vec<(String, String)>,
}

type Shared = axum::extract::State<Arc<Mutex<State>>>;
type Answer = Result<Response, Refused>;

fn held(state: &Arc<Mutex<State>>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reddit's ways to refuse.
#[derive(Debug)]
enum Refused {
    /// With a good status and codes in the body.
    Code(&'static str, String, &'static str),
    /// The same with a number of seconds to wait.
    Wait(f64, String),
    /// A rule of a community.
    Rule(&'static str, &'static str),
    /// By status alone.
    Status(u16),
    /// The token is not good for this.
    Scope,
    /// The program does not say who it is.
    Agent,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let coded = |errors: Value| axum::Json(json!({ "json": errors })).into_response();
        match self {
            Self::Code(code, words, field) => coded(json!({ "errors": [[code, words, field]] })),
            Self::Wait(seconds, words) => coded(json!({
                "ratelimit": seconds, "errors": [["RATELIMIT", words, "ratelimit"]],
            })),
            Self::Rule(reason, field) => {
                let body = json!({
                    "fields": [field], "explanation": "this community does not allow that",
                    "message": "Bad Request", "reason": reason,
                    "error_type": "SUBMIT_VALIDATION_ERROR",
                });
                (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
            }
            Self::Status(status) => {
                let code = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
                let words = code.canonical_reason().unwrap_or_default();
                let body = json!({ "message": words, "error": status });
                (code, axum::Json(body)).into_response()
            }
            Self::Scope => {
                let why = r#"Bearer realm="reddit", error="insufficient_scope""#;
                let body = json!({ "message": "Forbidden", "error": 403 });
                let headers = [(header::WWW_AUTHENTICATE, why)];
                (StatusCode::FORBIDDEN, headers, axum::Json(body)).into_response()
            }
            Self::Agent => {
                let page = "<!doctype html><title>Blocked</title>whoa there, pardner!";
                (StatusCode::FORBIDDEN, axum::response::Html(page)).into_response()
            }
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// Whether a program names itself as Reddit wants it: `<system>:<app>:<version> (by /u/<name>)`.
fn named(headers: &HeaderMap) -> Result<(), Refused> {
    let agent = text(headers, header::USER_AGENT.as_str());
    let whole = agent.split_once(" (by /u/").filter(|(program, owner)| {
        let parts: Vec<&str> = program.split(':').collect();
        parts.len() == 3
            && parts.iter().all(|part| !part.is_empty())
            && owner.strip_suffix(')').is_some_and(|o| o == OWNER)
    });
    whole.map(|_| ()).ok_or(Refused::Agent)
}

/// Who calls, for something that needs a scope; the call counts.
fn caller(state: &mut State, headers: &HeaderMap, scope: &str) -> Result<Grant, Refused> {
    named(headers)?;
    let token = text(headers, header::AUTHORIZATION.as_str());
    let token = token
        .split_once(' ')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let token = token.map_or("", |(_, token)| token);
    let grant = state
        .issuer
        .caller(token)
        .map_err(|_| Refused::Status(401))?;
    if state.budget.0 < 1.0 {
        return Err(Refused::Status(429));
    }
    state.budget.0 -= 1.0;
    if grant.covers(scope) {
        Ok(grant)
    } else {
        Err(Refused::Scope)
    }
}

/// Tells with each answer of the interface how many calls are left.
async fn counted(
    axum::extract::State(state): Shared,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let mut response = next.run(request).await;
    let (left, reset) = held(&state).budget;
    let said = [
        ("x-ratelimit-remaining", format!("{left:.1}")),
        ("x-ratelimit-reset", reset.to_string()),
        ("x-ratelimit-used", "1".to_owned()),
    ];
    for (name, value) in said {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

impl Sandbox {
    /// Starts a sandbox with one account.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            issuer: Issuer::new("redditsandbox", Duration::from_secs(30)),
            origin: String::new(),
            denies: false,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            suspended: false,
            posts: vec![],
            files: BTreeMap::new(),
            leases: 0,
            works: 1,
            budget: (1_000.0, 300),
            brake: None,
            largest: 20_000_000,
            demands: [json!({}), json!({})],
            holds: None,
            comments: vec![],
        }));
        let routes = Router::new()
            .route("/api/v1/me", get(auth::me))
            .route("/subreddits/mine/subscriber", get(lists::mine))
            .route("/subreddits/search", get(lists::search))
            .route("/r/{name}/api/link_flair_v2", get(lists::flairs))
            .route("/r/{name}/about", get(rules::about))
            .route("/api/v1/{name}/post_requirements", get(rules::wanted))
            .route("/user/{name}/submitted", get(lists::submitted))
            .route("/api/info", get(lists::info))
            .route("/api/media/asset.json", post(files::lease))
            .route("/api/submit", post(posts::submit))
            .route("/api/submit_gallery_post.json", post(posts::gallery))
            .route("/api/del", post(posts::delete))
            .route("/api/comment", post(comments::write))
            .route("/comments/{id}", get(comments::list))
            .layer(axum::middleware::from_fn_with_state(
                Arc::clone(&state),
                counted,
            ))
            .route("/api/v1/authorize", get(auth::authorize))
            .route("/api/v1/access_token", post(auth::token))
            .route("/api/v1/revoke_token", post(auth::revoke))
            .route("/storage/bucket", post(files::store))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&state));
        let server = Server::start(routes).await?;
        held(&state).origin = server.origin();
        Ok(Self { server, state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// Where faults are ordered: `POST submit` and `POST submit_gallery_post.json` make posts,
    /// `POST asset.json` leases a place for a file, `POST bucket` takes it.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// A refresh token of the account.
    #[must_use]
    pub fn refresh_token(&self) -> String {
        self.state().issuer.refresh(&Grant {
            owner: USER.to_owned(),
            client: CLIENT.to_owned(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
        })
    }

    /// Posts that exist now, as they were asked for, oldest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        let state = self.state();
        let there = state.posts.iter().filter(|p| !p.gone);
        there.map(|p| json!(p.asked)).collect()
    }

    /// How many posts were ever made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().posts.len()
    }

    /// Comments, each with the name of its post.
    #[must_use]
    pub fn comments(&self) -> Vec<(String, String)> {
        self.state().comments.clone()
    }

    /// How many bytes each stored file has, by its key.
    #[must_use]
    pub fn stored(&self) -> Vec<usize> {
        self.state().files.values().map(Vec::len).collect()
    }

    /// Every token that was ever given out.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        self.state().issuer.all()
    }

    /// How often a token was renewed.
    #[must_use]
    pub fn renewals(&self) -> usize {
        self.state().issuer.renewed()
    }

    /// How many sign-ins are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.state().issuer.open()
    }

    /// All access tokens end now.
    pub fn end_access(&self) {
        self.state().issuer.end_access();
    }

    /// All sessions end now.
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

    /// The person allows only this in the browser.
    pub fn allow(&self, scopes: &[&str]) {
        self.state().scopes = scopes.iter().map(|&s| s.to_owned()).collect();
    }

    /// The account is suspended.
    pub fn suspend(&self) {
        self.state().suspended = true;
    }

    /// Pictures and videos are listed after so many looks.
    pub fn work_for(&self, looks: usize) {
        self.state().works = looks;
    }

    /// So many calls are left, and more only after so many seconds.
    pub fn limit_calls(&self, left: u32, reset: u32) {
        self.state().budget = (f64::from(left), reset);
    }

    /// The account may post again only after so many minutes; none lifts it.
    pub fn brake(&self, minutes: Option<u32>) {
        self.state().brake = minutes;
    }

    /// Storage takes files up to so many bytes.
    pub fn limit_files(&self, bytes: usize) {
        self.state().largest = bytes;
    }
}
