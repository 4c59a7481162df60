//! X over its sandbox.

use std::time::Duration;

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::vault::Secret;
use networks::x::{KEY, X};
use sandbox::x::{CLIENT, Sandbox};
use sandbox::{Canned, Fault};
use serde_json::json;

use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// When the sandbox lets a caller in again: 20 minutes after the suite's clock, in seconds.
const RESET: &str = "1778743500";

/// The bench of X.
pub struct XBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: X,
}

impl XBench {
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
        let connector = X::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector: connector.with_second(Duration::from_millis(1)),
        }
    }

    /// A filled-in form of the way without a browser.
    #[must_use]
    pub fn form(client_id: &str, refresh_token: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields
            .plain
            .insert("clientId".to_owned(), client_id.to_owned());
        fields
            .secret
            .insert("refreshToken".to_owned(), Secret::new(refresh_token));
        fields
    }
}

impl Bench for XBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        Self::form(CLIENT, &self.sandbox.refresh_token())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let good = self.sandbox.refresh_token();
        vec![
            Self::form(CLIENT, "never-given-out"),
            Self::form("another-app", &good),
            Self::form("", &good),
            Self::form(CLIENT, ""),
            Self::form(CLIENT, "two words"),
        ]
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
        // Pictures go in one call, the second of which is hit; videos in pieces.
        let calls: &[(&str, usize)] = match at {
            At::Upload => &[("POST upload", 1), ("append", 0)],
            At::Show(n) => &[("POST tweets", n)],
        };
        for &(method, passes) in calls {
            (0..passes).for_each(|_| self.sandbox.faults().order(method, Fault::Pass));
            for fault in &faults {
                self.sandbox.faults().order(method, fault.clone());
            }
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
    }

    fn mend(&self) {}

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
        secrets.push("never-given-out".to_owned());
        secrets
    }
}

fn problem(status: u16, title: &str, detail: &str) -> Canned {
    let body = json!({ "title": title, "detail": detail, "type": "about:blank", "status": status });
    Canned::json(status, &body)
}

/// How X says it.
fn words() -> Words {
    let limited = problem(429, "Too Many Requests", "Too Many Requests");
    let token = "Bearer aaaa.bbbb.cccc is not good";
    Words {
        unauthorized: Some((problem(401, "Unauthorized", token), 2)),
        forbidden: Some(problem(
            403,
            "Unsupported Authentication",
            "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
        )),
        wait_until: Some(limited.clone().with("x-rate-limit-reset", RESET)),
        wait: Some(limited),
        server_error: problem(503, "Service Unavailable", "Service Unavailable"),
        broken: Canned::broken(),
        media_lost: Some(problem(
            400,
            "Invalid Request",
            "One or more of your media ids are invalid.",
        )),
        media_too_large: Some(problem(413, "Payload Too Large", "media is too large")),
        duplicate: Some(problem(
            403,
            "Forbidden",
            "You are not allowed to create a Tweet with duplicate content.",
        )),
    }
}
