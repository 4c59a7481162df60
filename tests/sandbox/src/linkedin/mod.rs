//! A server that plays LinkedIn: its sign-in, the versioned interface with its headers, uploads, posts
//! of people (which cannot be read back) and of pages (which can).

mod auth;
mod comments;
mod files;
mod posts;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use serde_json::{Value, json};

use super::issuer::{Grant, Issuer};
use super::received::Received;
use super::{Faults, Server};

/// An app with the products for a person's profile.
pub const CLIENT: &str = "86profileapp";
/// An app with the product for company pages.
pub const PAGES_CLIENT: &str = "86pagesapp";
/// The secret of both apps.
pub const SECRET: &str = "WPL_AP1.the-secret-of-the-app";
/// Where browsers may come back to.
pub const REDIRECTS: [&str; 2] = [
    "http://localhost:47821/callback",
    "http://localhost:47822/callback",
];
/// Scopes of a person's profile.
pub const PROFILE_SCOPES: [&str; 3] = ["openid", "profile", "w_member_social"];
/// Scopes of company pages.
pub const PAGE_SCOPES: [&str; 3] = [
    "r_organization_social",
    "w_organization_social",
    "rw_organization_admin",
];
/// What company pages need for comments besides.
pub const COMMENT_SCOPES: [&str; 2] = ["r_organization_social_feed", "w_organization_social_feed"];
/// Versions of the interface that are alive.
const VERSIONS: [&str; 4] = ["202608", "202609", "202610", "202611"];
/// The person who signs in.
pub const PERSON: &str = "urn:li:person:ana123";

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

struct File {
    sort: &'static str,
    owner: String,
    total: Option<u64>,
    /// Bytes by part, with the name each was given.
    parts: BTreeMap<usize, (String, Received)>,
    finalized: bool,
    captions: Captions,
}

/// Captions of a video.
enum Captions {
    /// None come.
    None,
    /// They were announced and are not there yet.
    Awaited,
    /// What they are, and their file.
    There(Value, String),
}

struct Post {
    urn: String,
    author: String,
    /// Milliseconds since 1970.
    created: i64,
    asked: Value,
    gone: bool,
}

struct State {
    issuer: Issuer,
    origin: String,
    /// Role of Ana at each page, by its id.
    roles: BTreeMap<u64, &'static str>,
    grants: Option<Vec<String>>,
    denies: bool,
    files: BTreeMap<String, File>,
    posts: Vec<Post>,
    max_upload: usize,
    /// How often a file is said to be in progress from now on.
    busy: u32,
    broken: bool,
    /// Calls of the day that are left.
    left: usize,
    numbers: u64,
    comments: Vec<(String, String)>,
}

impl State {
    fn number(&mut self) -> u64 {
        self.numbers += 1;
        7_300_000_000_000_000_000 + self.numbers
    }
}

type Shared = axum::extract::State<Arc<Mutex<State>>>;
type Answer = Result<Response, Refused>;

fn held(state: &Arc<Mutex<State>>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error as LinkedIn writes it.
struct Refused {
    status: u16,
    code: String,
    message: String,
    inputs: Vec<&'static str>,
}

impl Refused {
    fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            inputs: vec![],
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({
            "status": self.status, "code": self.code, "message": self.message,
        });
        if !self.inputs.is_empty() {
            let inputs: Vec<Value> = self.inputs.iter().map(|c| json!({ "code": c })).collect();
            body["errorDetails"] = json!({ "inputErrors": inputs });
        }
        (status, axum::Json(body)).into_response()
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// Who calls with a token.
fn caller(state: &State, headers: &HeaderMap) -> Result<Grant, Refused> {
    let token = text(headers, header::AUTHORIZATION.as_str()).strip_prefix("Bearer ");
    let token = token
        .ok_or_else(|| Refused::new(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token"))?;
    let grant = state.issuer.caller(token);
    grant.map_err(|_| Refused::new(401, "INVALID_ACCESS_TOKEN", "Invalid access token"))
}

/// Who calls the versioned interface, with every header it wants.
fn versioned(state: &mut State, headers: &HeaderMap) -> Result<Grant, Refused> {
    let grant = caller(state, headers)?;
    let version = text(headers, "linkedin-version");
    if !VERSIONS.contains(&version) {
        let message = format!("Requested version {version} is not active");
        return Err(Refused::new(426, "NONEXISTENT_VERSION", message));
    }
    if text(headers, "x-restli-protocol-version") != "2.0.0" {
        let message = "X-Restli-Protocol-Version has to be 2.0.0";
        return Err(Refused::new(400, "ILLEGAL_ARGUMENT", message));
    }
    if state.left == 0 {
        let message = "Resource level throttle APPLICATION_AND_MEMBER DAY limit reached";
        return Err(Refused::new(429, "TOO_MANY_REQUESTS", message));
    }
    state.left -= 1;
    Ok(grant)
}

/// Whether the caller may act for an author.
fn may_write(state: &State, grant: &Grant, author: &str) -> Result<(), Refused> {
    let denied = || {
        Refused::new(
            403,
            "ACCESS_DENIED",
            "Not enough permissions to access: partnerApiPosts",
        )
    };
    if author == grant.owner {
        return if grant.covers("w_member_social") {
            Ok(())
        } else {
            Err(denied())
        };
    }
    let page = author
        .strip_prefix("urn:li:organization:")
        .and_then(|id| id.parse().ok());
    let Some(page) = page else {
        return Err(Refused::new(
            400,
            "INVALID_URN_TYPE",
            "The author is not a person or an organization",
        ));
    };
    let role: Option<&&str> = state.roles.get(&page);
    let may = role.is_some_and(|r| ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR"].contains(r));
    if may && grant.covers("w_organization_social") {
        Ok(())
    } else {
        Err(denied())
    }
}

impl Sandbox {
    /// Starts a sandbox with Ana, who may post for the pages 501 and 502 and only read 503.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            issuer: Issuer::new("AQsandbox", Duration::from_mins(30)),
            origin: String::new(),
            roles: BTreeMap::from([
                (501, "ADMINISTRATOR"),
                (502, "CONTENT_ADMINISTRATOR"),
                (503, "ANALYST"),
            ]),
            grants: None,
            denies: false,
            files: BTreeMap::new(),
            posts: vec![],
            max_upload: 100 << 20,
            busy: 0,
            broken: false,
            left: 10_000,
            numbers: 0,
            comments: vec![],
        }));
        let routes = Router::new()
            .route("/oauth/v2/authorization", get(auth::authorize))
            .route("/oauth/v2/accessToken", post(auth::token))
            .route("/oauth/v2/revoke", post(auth::revoke))
            .route("/v2/userinfo", get(auth::userinfo))
            .route("/rest/organizationAcls", get(auth::roles))
            .route("/rest/organizations/{id}", get(auth::page))
            .route("/rest/images", post(files::images))
            .route("/rest/videos", post(files::videos))
            .route("/rest/documents", post(files::documents))
            .route("/rest/images/{urn}", get(files::state))
            .route("/rest/videos/{urn}", get(files::state))
            .route("/rest/documents/{urn}", get(files::state))
            .route("/dms/{urn}/put-file", put(files::whole))
            .route("/dms/{urn}/{part}/put-part", put(files::part))
            .route("/dms/{urn}/put-captions", post(files::captions))
            .route("/rest/posts", post(posts::create).get(posts::feed))
            .route("/rest/posts/{urn}", delete(posts::remove))
            .route(
                "/rest/socialActions/{urn}/comments",
                post(comments::write).get(comments::list),
            )
            .route(
                "/rest/organizationalEntityShareStatistics",
                get(posts::statistics),
            )
            .layer(DefaultBodyLimit::max(256 << 20))
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

    /// Where faults are ordered, such as for `POST posts`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// A token of Ana with these scopes.
    #[must_use]
    pub fn token(&self, scopes: &[&str]) -> String {
        let grant = Grant {
            owner: PERSON.to_owned(),
            client: CLIENT.to_owned(),
            scopes: scopes.iter().map(|&s| s.to_owned()).collect(),
        };
        self.state().issuer.access(&grant)
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

    /// Comments, each with the name of its post.
    #[must_use]
    pub fn comments(&self) -> Vec<(String, String)> {
        self.state().comments.clone()
    }

    /// The bytes of a file.
    #[must_use]
    pub fn file(&self, urn: &str) -> Option<Vec<u8>> {
        let state = self.state();
        let parts = &state.files.get(urn)?.parts;
        Some(
            parts
                .values()
                .flat_map(|(_, bytes)| bytes.kept())
                .copied()
                .collect(),
        )
    }

    /// What was said of the captions of a video, and their file.
    #[must_use]
    pub fn captions(&self, urn: &str) -> Option<(Value, String)> {
        match &self.state().files.get(urn)?.captions {
            Captions::There(metadata, file) => Some((metadata.clone(), file.clone())),
            Captions::None | Captions::Awaited => None,
        }
    }

    /// Every token that was ever given out.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        self.state().issuer.all()
    }

    /// Every token ends now.
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

    /// Ana may only read every page.
    pub fn take_roles(&self) {
        self.state().roles.values_mut().for_each(|r| *r = "ANALYST");
    }

    /// The largest upload, in bytes.
    pub fn limit_uploads(&self, bytes: usize) {
        self.state().max_upload = bytes;
    }

    /// Says so often that a file is in progress.
    pub fn work_on_files(&self, questions: u32) {
        self.state().busy = questions;
    }

    /// Files cannot be read.
    pub fn refuse_files(&self) {
        self.state().broken = true;
    }

    /// So many calls are left today.
    pub fn limit_calls(&self, calls: usize) {
        self.state().left = calls;
    }

    /// Somebody deletes all posts on the network itself.
    pub fn delete_posts(&self) {
        self.state().posts.iter_mut().for_each(|p| p.gone = true);
    }
}

/// The parameters of a call; unknown ones are refused.
fn only(query: &HashMap<String, String>, known: &[&str]) -> Result<(), Refused> {
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refused::new(
            400,
            "QUERY_PARAM_NOT_ALLOWED",
            format!("Query parameter {name} is not allowed"),
        )),
        None => Ok(()),
    }
}
