//! Reddit over its sandbox.

use std::time::Duration;

use model::account::Account;
use networks::catalogue::Entry;
use networks::connector::{Connector, SignInFields};
use networks::reddit::{KEY, Reddit};
use networks::registry::Addresses;
use sandbox::Canned;
use sandbox::reddit::{CLIENT, OPEN, OWNER, Sandbox};
use serde_json::{Map, Value, json};

use super::filled::filled;
use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// Calls that make posts.
const SHOWING: [&str; 2] = ["POST submit", "POST submit_gallery_post.json"];

/// The bench of Reddit.
pub struct RedditBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Reddit,
}

impl RedditBench {
    /// A bench over a fresh sandbox.
    ///
    /// # Panics
    /// When there is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    pub async fn start() -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let addresses = Addresses::one(KEY, &sandbox.origin());
        let connector = Reddit::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector: connector.hurried(Duration::from_millis(2)),
        }
    }

    /// A filled-in form of the way without a browser.
    #[must_use]
    pub fn form(client: &str, owner: &str, refresh_token: &str) -> SignInFields {
        filled(
            &[("clientId", client), ("owner", owner)],
            &[("refreshToken", refresh_token)],
        )
    }
}

impl Bench for RedditBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    /// Videos need a picture beside them, which the suite does not bring.
    fn entry(&self) -> Entry {
        let mut entry = self.connector.entry().clone();
        entry.publishes.video = false;
        entry
    }

    fn sign_in(&self) -> SignInFields {
        Self::form(CLIENT, OWNER, &self.sandbox.refresh_token())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let good = self.sandbox.refresh_token();
        vec![
            Self::form(CLIENT, OWNER, "never-given-out"),
            Self::form("another-app", OWNER, &good),
            Self::form(CLIENT, "somebody-else", &good),
            Self::form(CLIENT, "", &good),
            Self::form("", OWNER, &good),
            Self::form(CLIENT, OWNER, ""),
        ]
    }

    fn options(&self) -> Map<String, Value> {
        Map::from_iter([("community".to_owned(), json!(OPEN))])
    }

    /// Posts have no key by which a second one is dropped; the account's list is looked at before.
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
            Trouble::Unauthorized | Trouble::Forbidden | Trouble::Wait | Trouble::WaitUntil
        );
        let methods: &[&str] = match at {
            // Storage knows no accounts.
            At::Upload if said => &["POST asset.json"],
            At::Upload => &["POST bucket"],
            At::Show(_) => &SHOWING,
        };
        for method in methods {
            for fault in &faults {
                self.sandbox.faults().order(method, fault.clone());
            }
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
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

    fn comments(&self) -> Vec<String> {
        let all = self.sandbox.comments();
        all.into_iter().map(|(_, words)| words).collect()
    }

    fn comment_call(&self) -> &'static str {
        "POST comment"
    }

    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.sandbox.all_tokens();
        secrets.push("never-given-out".to_owned());
        secrets
    }
}

/// How Reddit says it.
fn words() -> Words {
    let plain = |status: u16, words: &str| {
        Canned::json(status, &json!({ "message": words, "error": status }))
    };
    let refused = |code: &str, words: &str| {
        Canned::json(200, &json!({ "json": { "errors": [[code, words, "sr"]] } }))
    };
    let limited = plain(429, "Too Many Requests");
    let too_large = Canned {
        body: "<?xml version=\"1.0\"?><Error><Code>EntityTooLarge</Code></Error>".to_owned(),
        kind: "application/xml",
        ..Canned::page(400)
    };
    Words {
        unauthorized: Some((plain(401, "Unauthorized: Bearer aaaa.bbbb.cccc"), 2)),
        forbidden: Some(plain(403, "Forbidden").with(
            "www-authenticate",
            r#"Bearer realm="reddit", error="insufficient_scope""#,
        )),
        wait_until: Some(limited.with("x-ratelimit-reset", "1200")),
        wait: Some(refused(
            "RATELIMIT",
            "you are doing that too much. try again in 9 minutes.",
        )),
        server_error: plain(503, "Service Unavailable"),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: Some(too_large),
        duplicate: Some(refused(
            "ALREADY_SUB",
            "that link has already been submitted",
        )),
    }
}
