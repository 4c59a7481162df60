//! Threads with one person and one app: containers, chains, tokens that are prolonged.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::meta::login::{App, LONG_LIFE, Login, SHORT_LIFE, Token};
use crate::meta::phases::{Phases, Post, fetched};
use crate::meta::{self, Answer, Call, Network, Refused, seconds, written};
use crate::{Faults, Server};

/// Scopes that exist.
const SCOPES: &[&str] = &[
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_manage_insights",
    "threads_delete",
];
/// The person's id.
const ANA: &str = "24000000000000001";
/// A token has to be a day old before it is prolonged, in seconds.
const DAY: i64 = 86_400;

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

struct State {
    phases: Phases,
    prolonged: usize,
}

impl Sandbox {
    /// Starts a sandbox. The app is `3001`, its secret `threads-secret-of-the-sandbox`.
    pub async fn start() -> std::io::Result<Self> {
        let app = App {
            id: "3001".to_owned(),
            secret: "threads-secret-of-the-sandbox".to_owned(),
            redirect: "https://127.0.0.1/almanac".to_owned(),
        };
        let state = Arc::new(Mutex::new(State {
            phases: Phases::new(Login::new(app, SCOPES)),
            prolonged: 0,
        }));
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
        self.state().phases.now = Some(seconds);
    }

    /// The app's id and secret.
    #[must_use]
    pub fn app(&self) -> App {
        self.state().phases.login.app.clone()
    }

    /// A long token with all scopes but these.
    #[must_use]
    pub fn token_without(&self, lacking: &[&str]) -> String {
        let scopes = SCOPES.iter().filter(|s| !lacking.contains(s));
        let scopes = scopes.map(|&s| s.to_owned()).collect();
        self.state().give(scopes, LONG_LIFE)
    }

    /// A long token.
    #[must_use]
    pub fn token(&self) -> String {
        self.token_without(&[])
    }

    /// What is published now.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.state().phases.posts.clone()
    }

    /// How many things were ever published.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().phases.made
    }

    /// How often a token was prolonged.
    #[must_use]
    pub fn prolonged(&self) -> usize {
        self.state().prolonged
    }

    /// Everything that must not leak.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.state().phases.login.secrets()
    }

    /// All tokens are revoked.
    pub fn revoke(&self) {
        self.state().phases.login.revoke();
    }

    /// All codes end now.
    pub fn end_codes(&self) {
        self.state().phases.login.end_codes();
    }

    /// The person says no in the browser.
    pub fn deny(&self) {
        self.state().phases.login.denies = true;
    }

    /// The person unticks a scope in the browser.
    pub fn untick(&self, scope: &str) {
        let mut state = self.state();
        state.phases.login.unticked.insert(scope.to_owned());
    }

    /// How often a file is still worked on when somebody looks.
    pub fn work_for(&self, polls: u32) {
        self.state().phases.polls = polls;
    }

    /// Containers with a file fail so; none ends it.
    pub fn fail_files(&self, why: Option<&str>) {
        self.state().phases.fails = why.map(str::to_owned);
    }

    /// Most posts of a day.
    pub fn limit_posts(&self, most: usize) {
        self.state().phases.quota = most;
    }
}

impl State {
    fn give(&mut self, scopes: BTreeSet<String>, life: i64) -> String {
        let now = seconds(self.phases.now);
        self.phases.login.give(Token {
            owner: ANA.to_owned(),
            kind: "threads",
            scopes,
            made: now,
            ends: Some(now + life),
            good: true,
        })
    }

    fn long(&mut self, scopes: BTreeSet<String>) -> Value {
        let token = self.give(scopes, LONG_LIFE);
        json!({ "access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE })
    }

    fn redeem(&mut self, call: &Call) -> Answer {
        call.only(&[
            "client_id",
            "client_secret",
            "grant_type",
            "redirect_uri",
            "code",
        ])?;
        if call.need("grant_type")? != "authorization_code" {
            return Err(Refused::parameter("Invalid grant_type"));
        }
        let now = seconds(self.phases.now);
        let scopes = self
            .phases
            .login
            .redeem(call, now)
            .map_err(|refused| plain(&refused))?;
        let token = self.give(scopes, SHORT_LIFE);
        let id: u64 = ANA.parse().unwrap_or_default();
        Ok(json!({ "access_token": token, "user_id": id }).into())
    }

    fn lengthen(&mut self, call: &Call) -> Answer {
        call.only(&["grant_type", "client_secret", "access_token"])?;
        if call.need("grant_type")? != "th_exchange_token" {
            return Err(Refused::parameter("Invalid grant_type"));
        }
        self.phases.login.check_app(call, false)?;
        let now = seconds(self.phases.now);
        let old = self.phases.login.caller(call.need("access_token")?, now)?;
        let scopes = old.scopes.clone();
        Ok(self.long(scopes).into())
    }

    fn prolong(&mut self, call: &Call) -> Answer {
        call.only(&["grant_type", "access_token"])?;
        if call.need("grant_type")? != "th_refresh_token" {
            return Err(Refused::parameter("Invalid grant_type"));
        }
        let now = seconds(self.phases.now);
        let old = self
            .phases
            .login
            .caller(call.need("access_token")?, now)?
            .clone();
        if now - old.made < DAY {
            return Err(Refused::parameter(
                "The access token is less than 24 hours old",
            ));
        }
        self.prolonged += 1;
        Ok(self.long(old.scopes).into())
    }

    fn create(&mut self, call: &Call, owner: &str) -> Answer {
        self.phases
            .allowed(call, owner, "threads_content_publish")?;
        call.only(&[
            "media_type",
            "text",
            "image_url",
            "video_url",
            "alt_text",
            "is_carousel_item",
            "children",
            "reply_to_id",
            "reply_control",
            "topic_tag",
        ])?;
        let text = call.get("text");
        if length(text) > 500 {
            return Err(Refused::parameter(
                "Param text must be at most 500 characters long.",
            ));
        }
        let topic = call.get("topic_tag");
        if topic.contains(['.', '&']) || topic.chars().count() > 50 {
            return Err(Refused::parameter("Param topic_tag is invalid"));
        }
        match call.get("reply_control") {
            "" | "everyone" | "accounts_you_follow" | "mentioned_only" | "followers_only" => {}
            _ => return Err(Refused::parameter("Param reply_control is invalid")),
        }
        let reply = call.get("reply_to_id");
        if !reply.is_empty() && !self.phases.posts.iter().any(|p| p.id == reply) {
            return Err(Refused::gone(reply));
        }
        let kind = call.need("media_type")?;
        let only = |name: &str| {
            let others = ["image_url", "video_url", "children"];
            let odd = others
                .iter()
                .find(|o| **o != name && !call.get(o).is_empty());
            odd.map_or(Ok(()), |o| {
                Err(Refused::parameter(&format!(
                    "Param {o} does not belong here"
                )))
            })
        };
        let file = match kind {
            "TEXT" => {
                only("")?;
                if text.is_empty() || !call.get("alt_text").is_empty() {
                    return Err(Refused::parameter("A text needs text and no alt_text"));
                }
                None
            }
            "IMAGE" => {
                only("image_url")?;
                Some(fetched(call, "image")?)
            }
            "VIDEO" => {
                only("video_url")?;
                Some(fetched(call, "video")?)
            }
            "CAROUSEL" => {
                only("children")?;
                self.phases.children(call, 20)?;
                None
            }
            _ => return Err(Refused::parameter("Param media_type is invalid")),
        };
        let id = self.phases.create(call, owner, file, false);
        Ok(json!({ "id": id }).into())
    }

    fn list(&self, call: &Call, owner: &str, replies: bool) -> Answer {
        let scope = if replies {
            "threads_read_replies"
        } else {
            "threads_basic"
        };
        self.phases.allowed(call, owner, scope)?;
        call.only(&["fields", "since", "limit"])?;
        let since = call.number("since")? as i64;
        let posts = self
            .phases
            .posts
            .iter()
            .rev()
            .filter(|p| p.created >= since && p.fields.contains_key("reply_to_id") == replies);
        let data: Vec<Value> = posts
            .map(|p| json!({ "id": p.id, "text": p.fields.get("text"), "timestamp": written(p.created) }))
            .collect();
        Ok(json!({ "data": data }).into())
    }

    fn thing(&mut self, call: &Call, id: &str) -> Answer {
        call.only(&["fields"])?;
        self.phases.caller(call)?;
        if self.phases.containers.contains_key(id) {
            let (status, why) = self.phases.standing(call, id)?;
            let mut answer = json!({ "id": id, "status": status });
            if !why.is_empty() {
                answer["error_message"] = json!(why);
            }
            return Ok(answer.into());
        }
        if !self.phases.posts.iter().any(|p| p.id == id) {
            return Err(Refused::gone(id));
        }
        Ok(
            json!({ "id": id, "permalink": format!("https://www.threads.net/@ana/post/C{id}") })
                .into(),
        )
    }

    fn numbers(&self, call: &Call, id: &str) -> Answer {
        self.phases.allowed(call, ANA, "threads_manage_insights")?;
        if !self.phases.posts.iter().any(|p| p.id == id) {
            return Err(Refused::gone(id));
        }
        let metrics = call.need("metric")?.split(',').enumerate();
        let data: Vec<Value> = metrics
            .map(|(n, name)| json!({ "name": name, "period": "lifetime", "values": [{ "value": n }] }))
            .collect();
        Ok(json!({ "data": data }).into())
    }
}

/// The form of an error of the token call.
fn plain(refused: &Refused) -> Refused {
    let message = refused.body.pointer("/error/message").cloned();
    Refused {
        status: 400,
        body: json!({ "error_type": "OAuthException", "code": 400, "error_message": message }),
    }
}

/// As Threads counts: an emoji by its bytes.
fn length(text: &str) -> usize {
    let emoji = |c: char| u32::from(c) >= 0x1_F000;
    text.chars()
        .map(|c| if emoji(c) { c.len_utf8() } else { 1 })
        .sum()
}

impl Network for State {
    fn answer(&mut self, call: &Call) -> Answer {
        let now = seconds(self.phases.now);
        match (call.verb.as_str(), call.parts().as_slice()) {
            ("GET", ["oauth", "authorize"]) => self.phases.login.authorize(call, now),
            ("POST", ["oauth", "access_token"]) => self.redeem(call),
            ("GET", ["access_token"]) => self.lengthen(call),
            ("GET", ["refresh_access_token"]) => self.prolong(call),
            ("GET", ["me"]) => {
                self.phases.allowed(call, ANA, "threads_basic")?;
                Ok(json!({ "id": ANA, "username": "ana", "name": "Ana Bakes" }).into())
            }
            ("GET", [owner, "threads_publishing_limit"]) => {
                self.phases
                    .allowed(call, owner, "threads_content_publish")?;
                Ok(json!({ "data": [{ "quota_usage": self.phases.posts.len() }] }).into())
            }
            ("POST", [owner, "threads"]) => self.create(call, owner),
            ("POST", [owner, "threads_publish"]) => {
                self.phases
                    .allowed(call, owner, "threads_content_publish")?;
                Ok(self.phases.publish(call, owner)?.into())
            }
            ("GET", [owner, "threads"]) => self.list(call, owner, false),
            ("GET", [owner, "replies"]) => self.list(call, owner, true),
            ("GET", [id, "insights"]) => self.numbers(call, id),
            ("GET", [id]) => self.thing(call, id),
            ("DELETE", [id]) => {
                self.phases.allowed(call, ANA, "threads_delete")?;
                Ok(self.phases.remove(ANA, id)?.into())
            }
            _ => Err(Refused::graph(2500, 0, "Unknown path components")),
        }
    }
}
