//! A server that plays TikTok: its sign-in for desktop programs with a challenge in hexadecimal digits,
//! what a creator may do, uploads in pieces, photos fetched from the web, and what became of a post.

mod auth;
mod lists;
mod posts;
mod uploads;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde_json::{Value, json};

use super::issuer::{Grant, Issuer};
use super::{Faults, Server};

/// Bytes of the smallest and of the largest piece of a video, the last one aside.
const PIECES: (u64, u64) = (5_000_000, 64_000_000);

/// The app's client key.
pub const CLIENT: &str = "awsandbox1234567";
/// Its secret.
pub const SECRET: &str = "the-secret-of-the-tiktok-app";
/// What the app may be allowed.
pub const SCOPES: [&str; 3] = ["user.info.basic", "video.publish", "video.list"];
/// The account.
pub const OPEN_ID: &str = "-000sandboxAnaOpenId";
/// Its name in addresses.
pub const USERNAME: &str = "ana.films";
/// The registered redirect address.
pub const REDIRECT: &str = "http://127.0.0.1:8720/callback/";

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// A post that was announced.
struct Upload {
    asked: Value,
    /// Bytes, in how many pieces; none where the files are fetched.
    size: Option<(u64, u64, u64)>,
    /// Proof that stands in the address.
    token: String,
    bytes: Vec<u8>,
    pieces: u64,
    /// How often was asked what became of it since everything is there.
    looks: usize,
    /// The post it became.
    post: Option<u64>,
}

struct Post {
    id: u64,
    asked: Value,
    files: usize,
    made: i64,
}

struct State {
    issuer: Issuer,
    origin: String,
    denies: bool,
    /// The person turns these off in the browser.
    unticked: BTreeSet<&'static str>,
    /// The app was not audited.
    unaudited: bool,
    privacy: Vec<&'static str>,
    no_comments: bool,
    no_duet: bool,
    no_stitch: bool,
    /// Longest video of the account.
    max_seconds: u32,
    uploads: BTreeMap<String, Upload>,
    posts: Vec<Post>,
    /// Posts that may still be made today.
    left: usize,
    /// Looks until a post is ready.
    works: usize,
    /// Why posts fail after everything is there.
    fails: Option<&'static str>,
    /// Smallest and largest piece.
    pieces: (u64, u64),
    numbers: u64,
}

type Shared = axum::extract::State<Arc<Mutex<State>>>;
type Answer = Result<Response, Refused>;

fn held(state: &Arc<Mutex<State>>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error as TikTok writes it.
#[derive(Debug)]
struct Refused(u16, &'static str, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = json!({ "code": code, "message": message, "log_id": "20261126000000ABCDEF" });
        (status, axum::Json(json!({ "data": {}, "error": error }))).into_response()
    }
}

fn bad(message: impl Into<String>) -> Refused {
    Refused(400, "invalid_params", message.into())
}

/// A good answer.
fn good(data: &Value) -> Response {
    let error = json!({ "code": "ok", "message": "", "log_id": "20261126000000ABCDEF" });
    axum::Json(json!({ "data": data, "error": error })).into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// Who calls, for something that needs a scope.
fn caller(state: &State, headers: &HeaderMap, scope: &str) -> Result<Grant, Refused> {
    let bad = || {
        let words = "The access token is invalid or not found in the request.";
        Refused(401, "access_token_invalid", words.to_owned())
    };
    let token = text(headers, header::AUTHORIZATION.as_str()).strip_prefix("Bearer ");
    let grant = state.issuer.caller(token.ok_or_else(bad)?);
    let grant = grant.map_err(|_| bad())?;
    if grant.covers(scope) {
        return Ok(grant);
    }
    let words = "The user did not authorize the scope required for completing this request.";
    Err(Refused(401, "scope_not_authorized", words.to_owned()))
}

/// The body of a call, which has to call itself JSON.
fn input(headers: &HeaderMap, body: &str) -> Result<Value, Refused> {
    let kind = text(headers, header::CONTENT_TYPE.as_str()).to_ascii_lowercase();
    if kind.replace(' ', "") != "application/json;charset=utf-8" {
        return Err(bad(
            "The content type has to be application/json; charset=UTF-8.",
        ));
    }
    let input: Value = serde_json::from_str(body).map_err(|e| bad(e.to_string()))?;
    if input.is_object() {
        Ok(input)
    } else {
        Err(bad("The body has to be an object."))
    }
}

/// Every field has to be one of these.
fn only(part: &Value, known: &[&str]) -> Result<(), Refused> {
    let fields = part
        .as_object()
        .ok_or_else(|| bad("An object is missing."))?;
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(bad(format!("Unknown field {name}."))),
        None => Ok(()),
    }
}

impl Sandbox {
    /// Starts a sandbox with one account.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            issuer: Issuer::new("act.sandbox", Duration::from_secs(30)),
            origin: String::new(),
            denies: false,
            unticked: BTreeSet::new(),
            unaudited: false,
            privacy: vec!["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
            no_comments: false,
            no_duet: false,
            no_stitch: false,
            max_seconds: 600,
            uploads: BTreeMap::new(),
            posts: vec![],
            left: 15,
            works: 1,
            fails: None,
            pieces: PIECES,
            numbers: 0,
        }));
        let routes = Router::new()
            .route("/v2/auth/authorize/", get(auth::authorize))
            .route("/v2/oauth/token/", post(auth::token))
            .route("/v2/oauth/revoke/", post(auth::revoke))
            .route("/v2/user/info/", get(auth::user))
            .route("/v2/post/publish/creator_info/query/", post(posts::creator))
            .route("/v2/post/publish/video/init/", post(posts::video))
            .route("/v2/post/publish/content/init/", post(posts::photos))
            .route("/v2/post/publish/status/fetch/", post(posts::status))
            .route("/v2/video/list/", post(lists::list))
            .route("/v2/video/query/", post(lists::query))
            .route("/video/{id}/upload", put(uploads::piece))
            .layer(DefaultBodyLimit::max(160 << 20))
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

    /// Where faults are ordered: `POST init` announces a post, `PUT upload` takes a piece.
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
            owner: OPEN_ID.to_owned(),
            client: CLIENT.to_owned(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
        })
    }

    /// Posts that were made, as they were asked for, oldest first.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        self.state().posts.iter().map(|p| p.asked.clone()).collect()
    }

    /// How many posts were ever made; none is ever deleted through the interface.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().posts.len()
    }

    /// How many files the newest post has.
    #[must_use]
    pub fn newest_files(&self) -> usize {
        self.state().posts.last().map_or(0, |p| p.files)
    }

    /// The bytes of the newest upload.
    #[must_use]
    pub fn newest_bytes(&self) -> Vec<u8> {
        let state = self.state();
        let newest = state.uploads.values().next_back();
        newest.map(|u| u.bytes.clone()).unwrap_or_default()
    }

    /// Every token that was ever given out, and every proof in an address.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        let state = self.state();
        let mut all = state.issuer.all();
        all.extend(state.uploads.values().map(|u| u.token.clone()));
        all
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

    /// The person turns a right off in the browser.
    pub fn untick(&self, scope: &'static str) {
        self.state().unticked.insert(scope);
    }

    /// The app was not audited: only private posts are taken.
    pub fn unaudit(&self) {
        self.state().unaudited = true;
    }

    /// The account offers only these to whoever posts.
    pub fn offer(&self, privacy: &[&'static str]) {
        self.state().privacy = privacy.to_vec();
    }

    /// The account takes no comments.
    pub fn close_comments(&self) {
        self.state().no_comments = true;
    }

    /// The account allows neither duets nor stitches.
    pub fn close_remixes(&self) {
        let mut state = self.state();
        (state.no_duet, state.no_stitch) = (true, true);
    }

    /// The account may post videos of up to so many seconds.
    pub fn limit_length(&self, seconds: u32) {
        self.state().max_seconds = seconds;
    }

    /// So many posts may still be made today.
    pub fn limit_posts(&self, posts: usize) {
        self.state().left = posts;
    }

    /// Posts are ready after so many looks.
    pub fn work_for(&self, looks: usize) {
        self.state().works = looks;
    }

    /// Posts fail after everything is there, for this reason; none for no more.
    pub fn fail_with(&self, reason: Option<&'static str>) {
        self.state().fails = reason;
    }

    /// Pieces have from so many to so many bytes.
    pub fn scale(&self, smallest: u64, largest: u64) {
        self.state().pieces = (smallest, largest);
    }

    /// Pieces have as many bytes as TikTok takes.
    pub fn scale_as_tiktok_does(&self) {
        self.state().pieces = PIECES;
    }

    /// Uploads that were begun are forgotten; posts stay.
    pub fn lose_uploads(&self) {
        self.state().uploads.clear();
    }
}
