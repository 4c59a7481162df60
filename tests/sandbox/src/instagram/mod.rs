//! Instagram with three accounts and two doors: at Instagram itself, and through a Facebook Page.

mod posts;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::meta::login::{App, LONG_LIFE, Login, SHORT_LIFE, Token};
use crate::meta::phases::{Phases, Post};
use crate::meta::{self, Answer, Call, Network, Refused, seconds};
use crate::{Faults, Server};

/// Scopes at Instagram.
const OWN: &[&str] = &[
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
];
/// Scopes through the Page.
const PAGE: &[&str] = &[
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_contents",
    "pages_show_list",
    "pages_read_engagement",
];
/// The account.
const ANA: &str = "17841400000000001";
/// The other account.
const BO: &str = "17841400000000002";
/// A token has to be a day old before it is prolonged, in seconds.
const DAY: i64 = 86_400;

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

struct State {
    /// Everything, with the login at Instagram.
    phases: Phases,
    /// The login through the Page.
    pages: Login,
    personal: bool,
    unlinked: bool,
    comments: Vec<(String, String)>,
}

impl Sandbox {
    /// Starts a sandbox. The app at Instagram is `4001` with `instagram-secret-of-the-sandbox`, the one
    /// behind the Page `1001` with `app-secret-of-the-sandbox`.
    pub async fn start() -> std::io::Result<Self> {
        let app = |id: &str, secret: &str, redirect: &str| App {
            id: id.to_owned(),
            secret: secret.to_owned(),
            redirect: redirect.to_owned(),
        };
        let own = app(
            "4001",
            "instagram-secret-of-the-sandbox",
            "https://localhost/almanac",
        );
        let page = app(
            "1001",
            "app-secret-of-the-sandbox",
            "https://www.facebook.com/connect/login_success.html",
        );
        let mut phases = Phases::new(Login::new(own, OWN));
        phases.quota = 50;
        let state = Arc::new(Mutex::new(State {
            phases,
            pages: Login::new(page, PAGE),
            personal: false,
            unlinked: false,
            comments: vec![],
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

    /// The app at Instagram.
    #[must_use]
    pub fn app(&self) -> App {
        self.state().phases.login.app.clone()
    }

    /// The app behind the Page.
    #[must_use]
    pub fn page_app(&self) -> App {
        self.state().pages.app.clone()
    }

    /// A long token of the account with all scopes but these.
    #[must_use]
    pub fn token_without(&self, lacking: &[&str]) -> String {
        let scopes = OWN.iter().filter(|s| !lacking.contains(s));
        let scopes = scopes.map(|&s| s.to_owned()).collect();
        self.state().own_token(scopes, LONG_LIFE)
    }

    /// A long token of the account.
    #[must_use]
    pub fn token(&self) -> String {
        self.token_without(&[])
    }

    /// The token of the Page that the account is linked to.
    #[must_use]
    pub fn page_token(&self) -> String {
        let scopes = PAGE.iter().map(|&s| s.to_owned()).collect();
        self.state().page_token(ANA, scopes)
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

    /// Comments, each with the id of its post.
    #[must_use]
    pub fn comments(&self) -> Vec<(String, String)> {
        self.state().comments.clone()
    }

    /// Everything that must not leak.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let state = self.state();
        let mut all = state.phases.login.secrets();
        all.extend(state.pages.secrets());
        all
    }

    /// All tokens are revoked.
    pub fn revoke(&self) {
        let mut state = self.state();
        state.phases.login.revoke();
        state.pages.revoke();
    }

    /// All codes end now.
    pub fn end_codes(&self) {
        let mut state = self.state();
        state.phases.login.end_codes();
        state.pages.end_codes();
    }

    /// The person says no in the browser.
    pub fn deny(&self) {
        let mut state = self.state();
        state.phases.login.denies = true;
        state.pages.denies = true;
    }

    /// The person unticks a scope in the browser.
    pub fn untick(&self, scope: &str) {
        let mut state = self.state();
        state.phases.login.unticked.insert(scope.to_owned());
        state.pages.unticked.insert(scope.to_owned());
    }

    /// The owner of the app behind the Page has made a new secret.
    pub fn reset_secret(&self) {
        self.state().pages.reset_secret();
    }

    /// The account is a personal one.
    pub fn make_personal(&self) {
        self.state().personal = true;
    }

    /// No account is linked to any Page.
    pub fn unlink(&self) {
        self.state().unlinked = true;
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
    fn now(&self) -> i64 {
        seconds(self.phases.now)
    }

    fn own_token(&mut self, scopes: BTreeSet<String>, life: i64) -> String {
        let now = self.now();
        self.phases.login.give(Token {
            owner: ANA.to_owned(),
            kind: "ig",
            scopes,
            made: now,
            ends: Some(now + life),
            good: true,
        })
    }

    fn page_token(&mut self, account: &str, scopes: BTreeSet<String>) -> String {
        self.pages.give(Token {
            owner: account.to_owned(),
            kind: "page",
            scopes,
            made: 0,
            ends: None,
            good: true,
        })
    }

    /// Who calls, by either door.
    fn caller(&self, call: &Call) -> Result<Token, Refused> {
        let (token, now) = (call.token()?, self.now());
        let page = self.pages.tokens.contains_key(token);
        let login = if page {
            &self.pages
        } else {
            &self.phases.login
        };
        Ok(login.caller(token, now)?.clone())
    }

    /// Who calls, about an account of theirs, with the right to do it: its name at Instagram or through
    /// the Page.
    fn allowed(&self, call: &Call, owner: &str, own: &str, page: &str) -> Result<Token, Refused> {
        let token = self.caller(call)?;
        if token.kind == "user" || token.owner != owner {
            return Err(Refused::gone(owner));
        }
        let scope = if token.kind == "ig" { own } else { page };
        if !token.scopes.contains(scope) {
            return Err(Refused::graph(
                10,
                0,
                "(#10) Application does not have permission for this action",
            ));
        }
        Ok(token)
    }

    fn publishes(&self, call: &Call, owner: &str) -> Result<Token, Refused> {
        self.allowed(
            call,
            owner,
            "instagram_business_content_publish",
            "instagram_content_publish",
        )
    }

    fn long(&mut self, scopes: BTreeSet<String>) -> Value {
        let token = self.own_token(scopes, LONG_LIFE);
        json!({ "access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE })
    }

    /// Both doors have their token call at the same path here; the app tells them apart.
    fn exchange(&mut self, call: &Call) -> Answer {
        let now = self.now();
        if call.get("client_id") == self.phases.login.app.id {
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
            let scopes = self.phases.login.redeem(call, now).map_err(|r| plain(&r))?;
            let names: Vec<String> = scopes.iter().cloned().collect();
            let token = self.own_token(scopes, SHORT_LIFE);
            return Ok(json!({ "data": [{
                "access_token": token, "user_id": ANA, "permissions": names.join(","),
            }]})
            .into());
        }
        let (scopes, life) = if call.get("grant_type") == "fb_exchange_token" {
            call.only(&[
                "grant_type",
                "client_id",
                "client_secret",
                "fb_exchange_token",
            ])?;
            self.pages.check_app(call, true)?;
            let old = self.pages.caller(call.need("fb_exchange_token")?, now)?;
            (old.scopes.clone(), LONG_LIFE)
        } else {
            call.only(&[
                "client_id",
                "client_secret",
                "redirect_uri",
                "code",
                "code_verifier",
            ])?;
            (self.pages.redeem(call, now)?, SHORT_LIFE)
        };
        let token = self.pages.give(Token {
            owner: "person".to_owned(),
            kind: "user",
            scopes,
            made: now,
            ends: Some(now + life),
            good: true,
        });
        Ok(json!({ "access_token": token, "token_type": "bearer", "expires_in": life }).into())
    }

    fn lengthen(&mut self, call: &Call) -> Answer {
        call.only(&["grant_type", "client_secret", "access_token"])?;
        if call.need("grant_type")? != "ig_exchange_token" {
            return Err(Refused::parameter("Invalid grant_type"));
        }
        self.phases.login.check_app(call, false)?;
        let now = self.now();
        let old = self.phases.login.caller(call.need("access_token")?, now)?;
        let scopes = old.scopes.clone();
        Ok(self.long(scopes).into())
    }

    fn prolong(&mut self, call: &Call) -> Answer {
        call.only(&["grant_type", "access_token"])?;
        if call.need("grant_type")? != "ig_refresh_token" {
            return Err(Refused::parameter("Invalid grant_type"));
        }
        let now = self.now();
        let token = call.need("access_token")?;
        let old = self.phases.login.caller(token, now)?.clone();
        if now - old.made < DAY {
            return Err(Refused::parameter(
                "The access token is less than 24 hours old",
            ));
        }
        Ok(self.long(old.scopes).into())
    }

    fn me(&mut self, call: &Call) -> Answer {
        let token = self.caller(call)?;
        match token.kind {
            "ig" => {
                if !token.scopes.contains("instagram_business_basic") {
                    return Err(Refused::graph(
                        10,
                        0,
                        "(#10) Application does not have permission for this action",
                    ));
                }
                let kind = if self.personal {
                    "PERSONAL"
                } else {
                    "BUSINESS"
                };
                Ok(json!({
                    "id": "25000000000000009", "user_id": ANA, "username": "ana", "name": "Ana Bakes",
                    "account_type": kind,
                }).into())
            }
            "page" if self.unlinked => Ok(json!({ "id": "501" }).into()),
            "page" => Ok(json!({
                "id": "501", "instagram_business_account": behind(&token.owner),
            })
            .into()),
            _ => Err(Refused::parameter(
                "Tried accessing nonexisting field (instagram_business_account) on node type (User)",
            )),
        }
    }

    fn accounts(&mut self, call: &Call) -> Answer {
        let token = self.caller(call)?;
        if token.kind != "user" {
            return Err(Refused::parameter(
                "Tried accessing nonexisting field (accounts)",
            ));
        }
        let mut data = vec![
            json!({ "id": "503", "name": "Without Instagram", "access_token": "none-of-it-is-good" }),
        ];
        if !self.unlinked {
            for (page, account) in [("501", ANA), ("502", BO)] {
                let access = self.page_token(account, token.scopes.clone());
                data.push(json!({
                    "id": page, "name": "A Page", "access_token": access,
                    "instagram_business_account": behind(account),
                }));
            }
        }
        Ok(json!({ "data": data }).into())
    }

    fn permissions(&self, call: &Call) -> Answer {
        Ok(self.caller(call)?.permissions(PAGE).into())
    }
}

/// The account behind a Page.
fn behind(account: &str) -> Value {
    let (name, shown) = if account == ANA {
        ("ana", "Ana Bakes")
    } else {
        ("bo", "Bo")
    };
    json!({ "id": account, "username": name, "name": shown })
}

/// The form of an error of the token call.
fn plain(refused: &Refused) -> Refused {
    let message = refused.body.pointer("/error/message").cloned();
    Refused {
        status: 400,
        body: json!({ "error_type": "OAuthException", "code": 400, "error_message": message }),
    }
}

impl Network for State {
    fn secret(&self) -> Option<(&str, bool)> {
        Some((self.pages.app.secret.as_str(), false))
    }

    fn answer(&mut self, call: &Call) -> Answer {
        let now = self.now();
        match (call.verb.as_str(), call.parts().as_slice()) {
            ("GET", ["oauth", "authorize"]) => self.phases.login.authorize(call, now),
            ("GET", ["dialog", "oauth"]) => self.pages.authorize(call, now),
            ("POST", ["oauth", "access_token"]) => self.exchange(call),
            ("GET", ["access_token"]) => self.lengthen(call),
            ("GET", ["refresh_access_token"]) => self.prolong(call),
            ("GET", ["me"]) => self.me(call),
            ("GET", ["me", "accounts"]) => self.accounts(call),
            ("GET", ["me", "permissions"]) => self.permissions(call),
            ("GET", [owner, "content_publishing_limit"]) => {
                self.publishes(call, owner)?;
                Ok(json!({ "data": [{ "quota_usage": self.phases.posts.len() }] }).into())
            }
            ("POST", [owner, "media"]) => self.create(call, owner),
            ("POST", [owner, "media_publish"]) => {
                self.publishes(call, owner)?;
                Ok(self.phases.publish(call, owner)?.into())
            }
            ("POST", ["ig-api-upload", id]) => self.receive(call, id),
            ("GET", [owner, edge @ ("media" | "stories")]) => self.list(call, owner, edge),
            ("POST", [id, "comments"]) => self.comment(call, id),
            ("GET", [id, "comments"]) => self.listed_comments(call, id),
            ("GET", [id]) => self.thing(call, id),
            ("DELETE", [id]) => self.remove(call, id),
            _ => Err(Refused::graph(2500, 0, "Unknown path components")),
        }
    }
}
