//! TikTok over its sandbox, with a web folder of the person's own.

use std::path::PathBuf;

use model::account::Account;
use networks::catalogue::Entry;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::tiktok::{KEY, TikTok};
use sandbox::meta::web;
use sandbox::tiktok::{CLIENT, SECRET, Sandbox};
use sandbox::{Canned, Server};
use serde_json::{Map, Value, json};

use super::filled::filled;
use super::graph::PATIENCE;
use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// Bytes of a piece: the suite's video has three of them.
const PIECE: u64 = 100_000;

/// The bench of TikTok.
pub struct TikTokBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The server of the web folder.
    web: Server,
    folder: tempfile::TempDir,
    connector: TikTok,
    videos: bool,
}

impl TikTokBench {
    /// A bench over a fresh sandbox for videos, whose bytes are sent.
    pub async fn videos() -> Self {
        Self::start(true).await
    }

    /// A bench over a fresh sandbox for photos, which are fetched.
    pub async fn photos() -> Self {
        Self::start(false).await
    }

    /// # Panics
    /// When there is no free port or no room for a temporary folder.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    async fn start(videos: bool) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        sandbox.scale(PIECE, PIECE * 2 - 1);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let web = web::start(folder.path().to_owned()).await;
        let addresses = Addresses::one(KEY, &sandbox.origin());
        let connector = TikTok::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            web: web.expect("the web server starts"),
            folder,
            connector: connector.hurried(PIECE, PATIENCE),
            videos,
        }
    }

    /// The web folder on this computer.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The app's key with this secret, and the web folder.
    #[must_use]
    pub fn app(&self, key: &str, secret: &str) -> SignInFields {
        let address = format!("{}/public", self.web.origin());
        let folder = self.folder.path().to_string_lossy();
        filled(
            &[
                ("clientKey", key),
                ("webAddress", &address),
                ("webFolder", &folder),
            ],
            &[("clientSecret", secret)],
        )
    }

    /// A filled-in form of the way without a browser.
    #[must_use]
    pub fn form(&self, secret: &str, refresh_token: &str) -> SignInFields {
        let mut fields = self.app(CLIENT, secret);
        let token = networks::vault::Secret::new(refresh_token);
        fields.secret.insert("refreshToken".to_owned(), token);
        fields
    }
}

impl Bench for TikTokBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn entry(&self) -> Entry {
        let mut entry = self.connector.entry().clone();
        entry.publishes.images = !self.videos;
        entry.publishes.video = self.videos;
        entry
    }

    fn sign_in(&self) -> SignInFields {
        self.form(SECRET, &self.sandbox.refresh_token())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let good = self.sandbox.refresh_token();
        let mut folder = self.form(SECRET, &good);
        folder
            .plain
            .insert("webFolder".to_owned(), "/no/such/folder".to_owned());
        vec![
            self.form(SECRET, "never-given-out"),
            self.form("another-secret", &good),
            self.form("", &good),
            self.form(SECRET, ""),
            folder,
        ]
    }

    fn options(&self) -> Map<String, Value> {
        Map::from_iter([("privacy".to_owned(), json!("PUBLIC_TO_EVERYONE"))])
    }

    /// Posts have no key by which a second one is dropped; what is public is looked at before.
    fn knows_again(&self) -> bool {
        false
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        match trouble {
            Trouble::AccessEnded => {
                self.sandbox.end_access();
                return true;
            }
            Trouble::SessionEnded | Trouble::AccountGone => {
                self.sandbox.end_sessions();
                return true;
            }
            _ => {}
        }
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        let said = matches!(
            trouble,
            Trouble::Unauthorized | Trouble::Forbidden | Trouble::Wait
        );
        let (method, mut passes) = match (self.videos, at) {
            (true, At::Upload) if said => ("POST init", 0),
            (true, At::Upload) => ("PUT upload", 0),
            // Where pieces go nobody knows accounts.
            (true, At::Show(_)) if said => return false,
            // The last piece makes the post.
            (true, At::Show(_)) => ("PUT upload", 2),
            // The person's own folder is no part of TikTok.
            (false, At::Upload) => return false,
            (false, At::Show(_)) if trouble == Trouble::MediaLost => return false,
            (false, At::Show(_)) => ("POST init", 0),
        };
        for fault in faults {
            self.sandbox.faults().order_after(method, passes, fault);
            passes = 0;
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
    }

    fn true_to_size(&self) {
        self.sandbox.scale_as_tiktok_does();
    }

    fn mend(&self) {
        self.sandbox.faults().clear();
    }

    fn unreachable(&self, _account: &Account) -> Option<Account> {
        None
    }

    fn visible(&self) -> usize {
        self.sandbox.posts().len()
    }

    fn ever_made(&self) -> usize {
        self.sandbox.made()
    }

    fn units(&self, parts: usize) -> usize {
        parts
    }

    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.sandbox.all_tokens();
        secrets.extend([SECRET.to_owned(), "never-given-out".to_owned()]);
        secrets
    }
}

/// How TikTok says it.
fn words() -> Words {
    let said = |status: u16, code: &str, words: &str| {
        let error = json!({ "code": code, "message": words, "log_id": "20261126" });
        Canned::json(status, &json!({ "data": {}, "error": error }))
    };
    let token = "The access token Bearer aaaa.bbbb.cccc is invalid";
    Words {
        unauthorized: Some((said(401, "access_token_invalid", token), 2)),
        forbidden: Some(said(401, "scope_not_authorized", "No scope")),
        // It never says until when.
        wait_until: None,
        wait: Some(said(
            429,
            "rate_limit_exceeded",
            "The rate limit was exceeded",
        )),
        server_error: said(500, "internal_error", "Something went wrong"),
        broken: Canned::broken(),
        media_lost: Some(Canned::page(404)),
        media_too_large: None,
        duplicate: None,
    }
}
