//! Facebook with one person, three Pages, a business with two more, and one app: takes exactly what the
//! documents name, and keeps what was published.

mod comments;
mod people;
mod posts;
mod video;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::meta::login::{App, LONG_LIFE, Login, SHORT_LIFE, Token};
use crate::meta::{self, Answer, Call, Network, Refused, seconds};
use crate::{Faults, Server};

/// Scopes that exist.
const SCOPES: &[&str] = &[
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_manage_engagement",
    "business_management",
];

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// A Page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub username: String,
    /// What the person may do on it.
    pub tasks: &'static [&'static str],
    /// The list of a business in which it stands; none where the person has it by themselves.
    pub business: Option<&'static str>,
}

/// Something that was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Its id.
    pub id: String,
    /// The Page's id.
    pub page: String,
    /// `post`, `video`, `reel` or `story`.
    pub kind: &'static str,
    /// Everything else that was said of it.
    pub fields: BTreeMap<String, String>,
    /// Ids of its photos.
    pub photos: Vec<String>,
    /// When, in seconds since 1970.
    pub created: i64,
    /// Until when it is kept, in seconds since 1970.
    pub until: Option<i64>,
}

struct Photo {
    page: String,
    alt: String,
    used: Option<String>,
}

struct State {
    login: Login,
    pages: Vec<Page>,
    now: Option<i64>,
    serial: u64,
    photos: BTreeMap<String, Photo>,
    videos: BTreeMap<String, video::Video>,
    /// Captions by video and locale.
    captions: BTreeMap<(String, String), String>,
    /// Pictures that stand for videos.
    thumbs: BTreeMap<String, Vec<u8>>,
    posts: Vec<Post>,
    made: usize,
    max_photo: usize,
    max_piece: u64,
    polls: u32,
    unusable: bool,
    /// The app wants its secret proven with every call.
    demands_proof: bool,
    comments: Vec<(String, String)>,
}

impl Sandbox {
    /// Starts a sandbox. The app is `1001`, its secret `app-secret-of-the-sandbox`.
    pub async fn start() -> std::io::Result<Self> {
        let page = |id: &str, name: &str, tasks| Page {
            id: id.to_owned(),
            name: name.to_owned(),
            username: name.to_lowercase().replace(' ', "."),
            tasks,
            business: None,
        };
        let of_business = |id, name, edge| Page {
            business: Some(edge),
            ..page(id, name, &["CREATE_CONTENT"])
        };
        let app = App {
            id: "1001".to_owned(),
            secret: "app-secret-of-the-sandbox".to_owned(),
            redirect: "https://www.facebook.com/connect/login_success.html".to_owned(),
        };
        let mut state = State {
            login: Login::new(app, SCOPES),
            pages: vec![
                page("501", "Ana Bakes", &["CREATE_CONTENT", "MODERATE"]),
                page("502", "Ana Builds", &["CREATE_CONTENT", "MANAGE"]),
                page("503", "Ana Watches", &["ANALYZE"]),
                of_business("504", "Ana Brands", "owned_pages"),
                of_business("505", "Bo Brands", "client_pages"),
            ],
            now: None,
            serial: 2_000,
            photos: BTreeMap::new(),
            videos: BTreeMap::new(),
            captions: BTreeMap::new(),
            thumbs: BTreeMap::new(),
            posts: vec![],
            made: 0,
            max_photo: 10_000_000,
            max_piece: 10 << 20,
            polls: 1,
            unusable: false,
            demands_proof: false,
            comments: vec![],
        };
        for page in ["501", "502", "503"] {
            state.page_token(page);
        }
        let state = Arc::new(Mutex::new(state));
        Ok(Self {
            server: meta::serve(Arc::clone(&state)).await?,
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

    /// Where faults are ordered, by the last part of a path.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// Sets the clock, in seconds since 1970.
    pub fn set_clock(&self, seconds: i64) {
        self.state().now = Some(seconds);
    }

    /// The app's id and secret.
    #[must_use]
    pub fn app(&self) -> App {
        self.state().login.app.clone()
    }

    /// The token of the first Page.
    #[must_use]
    pub fn page_token(&self) -> String {
        self.state().page_token("501")
    }

    /// A token of the person, with all scopes.
    #[must_use]
    pub fn user_token(&self) -> String {
        let mut state = self.state();
        let scopes = SCOPES.iter().map(|&s| s.to_owned()).collect();
        state.user_token(scopes, LONG_LIFE)
    }

    /// What is published now.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.state().posts.clone()
    }

    /// How many posts are kept until their time.
    #[must_use]
    pub fn held(&self) -> usize {
        let state = self.state();
        state.posts.iter().filter(|p| state.keeps(p)).count()
    }

    /// Somebody deletes on Facebook itself what is kept.
    pub fn drop_held(&self) {
        let mut state = self.state();
        let now = seconds(state.now);
        state.posts.retain(|p| p.until.is_none_or(|u| u <= now));
    }

    /// Somebody gives what is kept another time on Facebook itself, in seconds since 1970.
    pub fn move_held(&self, until: i64) {
        let mut state = self.state();
        let kept = state.posts.iter_mut().filter(|p| p.until.is_some());
        kept.for_each(|p| p.until = Some(until));
    }

    /// How many things were ever published.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().made
    }

    /// Comments, each with the id of its post.
    #[must_use]
    pub fn comments(&self) -> Vec<(String, String)> {
        self.state().comments.clone()
    }

    /// The captions of all videos by locale, as there is one video in most tests.
    #[must_use]
    pub fn captions(&self) -> Vec<(String, String)> {
        let state = self.state();
        let all = state.captions.iter();
        all.map(|((_, locale), words)| (locale.clone(), words.clone()))
            .collect()
    }

    /// The picture that stands for a video.
    #[must_use]
    pub fn thumb(&self, video: &str) -> Option<Vec<u8>> {
        self.state().thumbs.get(video).cloned()
    }

    /// The alternative text of a photo.
    #[must_use]
    pub fn alt_of(&self, photo: &str) -> String {
        let state = self.state();
        state
            .photos
            .get(photo)
            .map(|p| p.alt.clone())
            .unwrap_or_default()
    }

    /// Everything that must not leak.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.state().login.secrets()
    }

    /// All tokens are revoked.
    pub fn revoke(&self) {
        self.state().login.revoke();
    }

    /// All codes end now.
    pub fn end_codes(&self) {
        self.state().login.end_codes();
    }

    /// The person says no in the browser.
    pub fn deny(&self) {
        self.state().login.denies = true;
    }

    /// The person unticks a scope in the browser.
    pub fn untick(&self, scope: &str) {
        self.state().login.unticked.insert(scope.to_owned());
    }

    /// The person may do nothing but look on every Page.
    pub fn take_rights(&self) {
        self.state()
            .pages
            .iter_mut()
            .for_each(|p| p.tasks = &["ANALYZE"]);
    }

    /// The app wants its secret proven with every call.
    pub fn demand_proof(&self) {
        self.state().demands_proof = true;
    }

    /// The owner of the app has made a new secret.
    pub fn reset_secret(&self) {
        self.state().login.reset_secret();
    }

    /// The person has only the first Page.
    pub fn one_page(&self) {
        self.keep_pages(&["501"]);
    }

    /// The person has these Pages only, by themselves or through a business.
    pub fn keep_pages(&self, ids: &[&str]) {
        let there = |page: &Page| ids.contains(&page.id.as_str());
        self.state().pages.retain(there);
    }

    /// Largest photo it takes, in bytes.
    pub fn limit_photos(&self, bytes: usize) {
        self.state().max_photo = bytes;
    }

    /// Largest piece of a video it asks for, in bytes.
    pub fn limit_pieces(&self, bytes: u64) {
        self.state().max_piece = bytes;
    }

    /// How often a video is still worked on when somebody looks.
    pub fn work_for(&self, polls: u32) {
        self.state().polls = polls;
    }

    /// Videos are taken and cannot be used.
    pub fn refuse_videos(&self) {
        self.state().unusable = true;
    }
}

impl State {
    fn id(&mut self) -> String {
        self.serial += 1;
        self.serial.to_string()
    }

    fn page_token(&mut self, page: &str) -> String {
        let found = self
            .login
            .tokens
            .iter()
            .find(|(_, t)| t.owner == page && t.good);
        if let Some((text, _)) = found {
            return text.clone();
        }
        self.login.give(Token {
            owner: page.to_owned(),
            kind: "page",
            scopes: BTreeSet::new(),
            made: 0,
            ends: None,
            good: true,
        })
    }

    fn user_token(&mut self, scopes: BTreeSet<String>, life: i64) -> String {
        let now = seconds(self.now);
        self.login.give(Token {
            owner: "ana".to_owned(),
            kind: "user",
            scopes,
            made: now,
            ends: Some(now + life),
            good: true,
        })
    }

    fn caller(&self, call: &Call) -> Result<Token, Refused> {
        let token = self.login.caller(call.token()?, seconds(self.now))?;
        Ok(token.clone())
    }

    /// The Page that calls about itself.
    fn page(&self, call: &Call, id: &str) -> Result<Page, Refused> {
        let token = self.caller(call)?;
        let page = self.pages.iter().find(|p| p.id == id);
        let page = page.ok_or_else(|| Refused::gone(id))?;
        if token.kind != "page" || token.owner != id {
            return Err(Refused::graph(
                200,
                0,
                "(#200) The user hasn't authorized the application to perform this action",
            ));
        }
        Ok(page.clone())
    }

    /// A Page that may be written to.
    fn writes(&self, call: &Call, id: &str) -> Result<String, Refused> {
        let page = self.page(call, id)?;
        if page.tasks.contains(&"CREATE_CONTENT") {
            return Ok(page.id);
        }
        Err(Refused::graph(
            200,
            0,
            "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts",
        ))
    }

    fn exchange(&mut self, call: &Call) -> Answer {
        let now = seconds(self.now);
        if call.get("grant_type") == "fb_exchange_token" {
            call.only(&[
                "grant_type",
                "client_id",
                "client_secret",
                "fb_exchange_token",
            ])?;
            self.login.check_app(call, true)?;
            let old = self
                .login
                .caller(call.need("fb_exchange_token")?, now)?
                .clone();
            let token = self.user_token(old.scopes, LONG_LIFE);
            return Ok(
                json!({ "access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE })
                    .into(),
            );
        }
        call.only(&[
            "client_id",
            "client_secret",
            "redirect_uri",
            "code",
            "code_verifier",
        ])?;
        let scopes = self.login.redeem(call, now)?;
        let token = self.user_token(scopes, SHORT_LIFE);
        Ok(
            json!({ "access_token": token, "token_type": "bearer", "expires_in": SHORT_LIFE })
                .into(),
        )
    }
}

impl Network for State {
    fn secret(&self) -> Option<(&str, bool)> {
        Some((self.login.app.secret.as_str(), self.demands_proof))
    }

    fn answer(&mut self, call: &Call) -> Answer {
        let now = seconds(self.now);
        match (call.verb.as_str(), call.parts().as_slice()) {
            ("GET", ["dialog", "oauth"]) => self.login.authorize(call, now),
            ("POST", ["oauth", "access_token"]) => self.exchange(call),
            ("GET", ["me"]) => self.me(call),
            ("GET", ["me", "accounts"]) => self.accounts(call),
            ("GET", ["me", "permissions"]) => self.permissions(call),
            ("GET", ["me", "businesses"]) => self.businesses(call),
            ("GET", [id, edge @ ("owned_pages" | "client_pages")]) => {
                self.of_business(call, id, edge)
            }
            ("POST", ["video-upload", id]) => self.receive(call, id),
            ("POST", [page, "feed"]) => self.feed(call, page),
            ("POST", [page, "photos"]) => self.photo(call, page),
            ("POST", [page, "photo_stories"]) => self.photo_story(call, page),
            ("POST", [page, "videos"]) => self.feed_video(call, page),
            ("POST", [page, "video_reels"]) => self.short_video(call, page, "reel"),
            ("POST", [page, "video_stories"]) => self.short_video(call, page, "story"),
            ("GET", [page, "published_posts"]) => self.list(call, page),
            ("GET", [page, "scheduled_posts"]) => self.scheduled(call, page),
            ("GET", [page, "stories"]) => self.stories(call, page),
            ("POST", [id, "captions"]) => self.caption(call, id),
            ("POST", [id, "comments"]) => self.comment(call, id),
            ("GET", [id, "comments"]) => self.listed_comments(call, id),
            ("GET", [id]) => self.thing(call, id),
            ("DELETE", [id]) => self.remove(call, id),
            _ => Err(Refused::graph(2500, 0, "Unknown path components")),
        }
    }
}
