//! Mastodon over its sandbox.

use std::time::Duration;

use model::Timestamp;
use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::mastodon::{KEY, Mastodon};
use networks::registry::Addresses;
use networks::vault::Secret;
use sandbox::Canned;
use sandbox::mastodon::Sandbox;
use serde_json::json;

use super::http::{Words, closed_port, shared_http};
use super::{At, Bench, Trouble};

/// When the sandbox lets a caller in again: 20 minutes after the suite's clock.
const RESET: &str = "2026-05-14T07:25:00.000Z";
/// What Almanac asks for.
const SCOPES: &str = "read:accounts read:statuses write:media write:statuses";

/// The bench of Mastodon.
pub struct MastodonBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Mastodon,
    token: String,
    weak: String,
}

impl MastodonBench {
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
        let connector = Mastodon::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            connector: connector.waiting(Duration::from_millis(1)),
            token: sandbox.token("ana", SCOPES),
            weak: sandbox.token("ana", "read:accounts"),
            sandbox,
        }
    }

    /// What a person types who has a token.
    #[must_use]
    pub fn form(&self, server: &str, token: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields.plain.insert("server".to_owned(), server.to_owned());
        fields.secret.insert("token".to_owned(), Secret::new(token));
        fields
    }
}

impl Bench for MastodonBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        self.form(&format!("{}/@ana", self.sandbox.origin()), &self.token)
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let here = self.sandbox.origin();
        vec![
            self.form(&here, "not-a-token-of-this-server"),
            self.form(&here, ""),
            self.form(&here, &self.weak),
            self.form("", &self.token),
            self.form("@ana", &self.token),
            self.form("http://mastodon.example", &self.token),
            self.form(&closed_port(), &self.token),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        match (trouble, at) {
            (Trouble::SessionEnded, _) => {
                self.sandbox.end_sessions();
                return true;
            }
            (Trouble::AccountGone, _) => {
                self.sandbox.delete_account("ana");
                return true;
            }
            (Trouble::MediaLost, At::Show(_)) => {
                self.sandbox.lose_files_at_next_post();
                return true;
            }
            _ => {}
        }
        let (method, passes) = match at {
            At::Upload => ("POST media", 0),
            At::Show(n) => ("POST statuses", n),
        };
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        let mut passes = passes;
        for fault in faults {
            self.sandbox.faults().order_after(method, passes, fault);
            passes = 0;
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
    }

    fn mend(&self) {}

    fn unreachable(&self, account: &Account) -> Option<Account> {
        Some(Account {
            server: closed_port(),
            ..account.clone()
        })
    }

    fn visible(&self) -> usize {
        self.sandbox.posts().len()
    }

    fn set_clock(&self, at: Timestamp) {
        self.sandbox.set_clock(at.as_millis().unsigned_abs());
    }

    fn held(&self) -> usize {
        self.sandbox.held()
    }

    fn drop_held(&self) {
        self.sandbox.drop_held();
    }

    fn move_held(&self, at: Timestamp) {
        self.sandbox.move_held(at.as_millis().unsigned_abs());
    }

    fn ever_made(&self) -> usize {
        self.sandbox.made()
    }

    fn units(&self, parts: usize) -> usize {
        parts
    }

    fn secrets(&self) -> Vec<String> {
        self.sandbox.secrets()
    }
}

/// How Mastodon says it.
fn words() -> Words {
    let error = |status: u16, words: &str| Canned::json(status, &json!({ "error": words }));
    let limited = error(429, "Too many requests");
    Words {
        unauthorized: Some((error(401, "The access token was revoked"), 1)),
        forbidden: Some(error(403, "This action is not allowed")),
        wait_until: Some(limited.clone().with("x-ratelimit-reset", RESET)),
        wait: Some(limited),
        server_error: error(
            503,
            "There was a temporary problem serving your request, please try again",
        ),
        broken: Canned::broken(),
        media_lost: None,
        // A video cannot be made smaller; for pictures there is a test of its own.
        media_too_large: None,
        duplicate: None,
    }
}
