//! A server that plays YouTube: Google's sign-in for desktop clients, resumable uploads, the channel's
//! uploads, thumbnails and playlists.

mod auth;
mod captions;
mod comments;
mod lists;
mod orders;
mod videos;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::issuer::{Grant, Issuer};
use super::received::Received;
use super::{Faults, Server};

/// The client.
pub const CLIENT: &str = "1234-sandbox.apps.googleusercontent.com";
/// Its secret.
pub const SECRET: &str = "GOCSPX-the-secret-of-the-client";
/// What it may be allowed.
pub const SCOPE: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
/// The same without comments.
pub const WITHOUT_COMMENTS: &str = "https://www.googleapis.com/auth/youtube";
/// The channel.
pub const CHANNEL: &str = "UCsandbox";
/// The list of its uploads.
const UPLOADS: &str = "UUsandbox";
/// A playlist of the channel.
pub const PLAYLIST: &str = "PLsandbox";

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

struct Upload {
    asked: Value,
    total: u64,
    bytes: Received,
    /// The video it became.
    video: Option<String>,
}

struct Video {
    id: String,
    asked: Value,
    size: u64,
    made: String,
    gone: bool,
    /// Looks until it is ready.
    busy: usize,
    /// Whether it `failed` or was `rejected` once it is ready, and why.
    refused: Option<(&'static str, &'static str)>,
}

struct State {
    issuer: Issuer,
    origin: String,
    /// The channel is there.
    channel: bool,
    /// The person leaves every box unticked.
    unticked: bool,
    denies: bool,
    uploads: BTreeMap<u64, Upload>,
    videos: Vec<Video>,
    thumbnails: HashMap<String, Vec<u8>>,
    /// Captions: their video, their language and the file.
    captions: Vec<(String, String, String)>,
    playlist: Vec<String>,
    /// Uploads that may still begin today.
    left: usize,
    numbers: u64,
    /// What its clock shows; the real time when none.
    now: Option<jiff::Timestamp>,
    /// Looks until a new video is ready.
    works: usize,
    /// What becomes of new videos when they are not taken.
    refuses: Option<(&'static str, &'static str)>,
    /// Who sees videos whatever was asked for.
    privacy: Option<&'static str>,
    /// The channel has confirmed no phone number, so that it sets no thumbnails.
    unconfirmed: bool,
    comments: Vec<(String, String)>,
}

type Shared = axum::extract::State<Arc<Mutex<State>>>;
type Answer = Result<Response, Refused>;

fn held(state: &Arc<Mutex<State>>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error as Google writes it.
struct Refused(u16, &'static str, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(code, reason, message) = self;
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "error": {
            "code": code, "message": message,
            "errors": [{ "domain": "youtube", "reason": reason, "message": message }],
        }});
        (status, axum::Json(body)).into_response()
    }
}

fn bad(reason: &'static str, message: impl Into<String>) -> Refused {
    Refused(400, reason, message.into())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// Who calls.
fn caller(state: &State, headers: &HeaderMap) -> Result<Grant, Refused> {
    let signed_out = || Refused(401, "authError", "Invalid Credentials".to_owned());
    let token = text(headers, header::AUTHORIZATION.as_str()).strip_prefix("Bearer ");
    let grant = state.issuer.caller(token.ok_or_else(signed_out)?);
    let grant = grant.map_err(|_| signed_out())?;
    if !grant.covers(SCOPE) && !grant.covers(WITHOUT_COMMENTS) {
        let words = "Request had insufficient authentication scopes.";
        return Err(Refused(403, "insufficientPermissions", words.to_owned()));
    }
    if !state.channel {
        let words = "Unauthorized";
        return Err(Refused(401, "youtubeSignupRequired", words.to_owned()));
    }
    Ok(grant)
}

impl Sandbox {
    /// Starts a sandbox with one channel.
    pub async fn start() -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            issuer: Issuer::new("ya29sandbox", Duration::from_mins(10)),
            origin: String::new(),
            channel: true,
            unticked: false,
            denies: false,
            uploads: BTreeMap::new(),
            videos: vec![],
            thumbnails: HashMap::new(),
            captions: vec![],
            playlist: vec![],
            left: 100,
            numbers: 0,
            now: None,
            works: 0,
            refuses: None,
            privacy: None,
            unconfirmed: false,
            comments: vec![],
        }));
        let routes = Router::new()
            .route("/o/oauth2/v2/auth", get(auth::authorize))
            .route("/token", post(auth::token))
            .route("/youtube/v3/channels", get(auth::channel))
            .route(
                "/upload/youtube/v3/videos",
                post(videos::begin).put(videos::piece),
            )
            .route("/upload/youtube/v3/thumbnails/set", post(videos::thumbnail))
            .route("/upload/youtube/v3/captions", post(captions::insert))
            .route("/youtube/v3/videos", get(lists::list).delete(lists::remove))
            .route(
                "/youtube/v3/playlistItems",
                get(lists::items).post(lists::add),
            )
            .route("/youtube/v3/playlists", get(lists::playlists))
            .route(
                "/youtube/v3/commentThreads",
                get(comments::list).post(comments::write),
            )
            .layer(DefaultBodyLimit::max(64 << 20))
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

    /// Where faults are ordered, such as for `PUT videos`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// A refresh token of the channel.
    #[must_use]
    pub fn refresh_token(&self) -> String {
        self.state().issuer.refresh(&Grant {
            owner: CHANNEL.to_owned(),
            client: CLIENT.to_owned(),
            scopes: vec![SCOPE.to_owned()],
        })
    }

    /// Videos that exist now, as they were asked for, oldest first.
    #[must_use]
    pub fn videos(&self) -> Vec<Value> {
        let state = self.state();
        let there = state.videos.iter().filter(|v| !v.gone);
        there.map(|v| v.asked.clone()).collect()
    }

    /// How many videos were ever made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().videos.len()
    }

    /// The bytes of the newest upload.
    #[must_use]
    pub fn newest_bytes(&self) -> Vec<u8> {
        let state = self.state();
        let newest = state.uploads.values().next_back();
        newest.map(|u| u.bytes.kept().to_vec()).unwrap_or_default()
    }

    /// Captions, each with its video, its language and its file.
    #[must_use]
    pub fn captions(&self) -> Vec<(String, String, String)> {
        self.state().captions.clone()
    }

    /// The thumbnail of a video.
    #[must_use]
    pub fn thumbnail(&self, video: &str) -> Option<Vec<u8>> {
        self.state().thumbnails.get(video).cloned()
    }

    /// Comments, each with the id of its video.
    #[must_use]
    pub fn comments(&self) -> Vec<(String, String)> {
        self.state().comments.clone()
    }

    /// What is in the playlist.
    #[must_use]
    pub fn playlist(&self) -> Vec<String> {
        self.state().playlist.clone()
    }

    /// Every token that was ever given out, and every address of an upload.
    #[must_use]
    pub fn all_tokens(&self) -> Vec<String> {
        let state = self.state();
        let mut all = state.issuer.all();
        all.extend(state.uploads.keys().map(|n| format!("upload_id={n}")));
        all
    }

    /// How often a token was renewed.
    #[must_use]
    pub fn renewals(&self) -> usize {
        self.state().issuer.renewed()
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

    /// The person leaves the boxes unticked.
    pub fn untick(&self) {
        self.state().unticked = true;
    }

    /// The Google account has no channel.
    pub fn take_channel(&self) {
        self.state().channel = false;
    }

    /// Addresses of uploads run out now; finished videos stay.
    pub fn lose_uploads(&self) {
        self.state().uploads.clear();
    }

    /// So many uploads may still begin today.
    pub fn limit_uploads(&self, uploads: usize) {
        self.state().left = uploads;
    }

    /// Sets its clock.
    pub fn set_clock(&self, now: jiff::Timestamp) {
        self.state().now = Some(now);
    }

    /// How many videos are private until their time.
    #[must_use]
    pub fn held(&self) -> usize {
        let state = self.state();
        let there = state.videos.iter().filter(|v| !v.gone);
        there
            .filter(|v| videos::kept_until(&state, v).is_some())
            .count()
    }

    /// Somebody gives all videos another time on the network itself.
    pub fn move_held(&self, at: jiff::Timestamp) {
        for video in &mut self.state().videos {
            video.asked["status"]["publishAt"] = format!("{at:.3}").into();
        }
    }

    /// Somebody deletes all videos on the network itself.
    pub fn delete_videos(&self) {
        self.state().videos.iter_mut().for_each(|v| v.gone = true);
    }
}
