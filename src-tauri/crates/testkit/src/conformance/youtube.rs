//! YouTube over its sandbox.

use model::Timestamp;
use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::vault::Secret;
use networks::youtube::{KEY, YouTube};
use sandbox::youtube::{CLIENT, SECRET, Sandbox};
use sandbox::{Canned, Fault};
use serde_json::json;

use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// Bytes of a piece: the suite's video has two of them.
const PIECE: u64 = 262_144;

/// The bench of YouTube.
pub struct YouTubeBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: YouTube,
}

impl YouTubeBench {
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
        let connector = YouTube::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector: connector.with_pieces(PIECE),
        }
    }

    /// A filled-in form of the way without a browser.
    #[must_use]
    pub fn form(secret: &str, refresh_token: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields
            .plain
            .insert("clientId".to_owned(), CLIENT.to_owned());
        for (name, value) in [("clientSecret", secret), ("refreshToken", refresh_token)] {
            fields.secret.insert(name.to_owned(), Secret::new(value));
        }
        fields
    }
}

impl Bench for YouTubeBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        Self::form(SECRET, &self.sandbox.refresh_token())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let good = self.sandbox.refresh_token();
        vec![
            Self::form(SECRET, "never-given-out"),
            Self::form("another-secret", &good),
            Self::form("", &good),
            Self::form(SECRET, ""),
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
        // The last piece shows the video.
        if at != At::Upload {
            self.sandbox.faults().order("PUT videos", Fault::Pass);
        }
        for fault in faults {
            self.sandbox.faults().order("PUT videos", fault);
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
        self.sandbox.videos().len()
    }

    fn set_clock(&self, at: Timestamp) {
        self.sandbox.set_clock(instant(at));
    }

    fn held(&self) -> usize {
        self.sandbox.held()
    }

    fn out(&self) -> usize {
        self.visible() - self.held()
    }

    fn drop_held(&self) {
        self.sandbox.delete_videos();
    }

    fn move_held(&self, at: Timestamp) {
        self.sandbox.move_held(instant(at));
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
        "POST commentThreads"
    }

    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.sandbox.all_tokens();
        secrets.extend([SECRET.to_owned(), "never-given-out".to_owned()]);
        secrets
    }
}

fn refused(status: u16, reason: &str, message: &str) -> Canned {
    let body = json!({ "error": {
        "code": status, "message": message, "errors": [{ "reason": reason, "message": message }],
    }});
    Canned::json(status, &body)
}

/// How YouTube says it.
fn words() -> Words {
    let token = "Bearer aaaa.bbbb.cccc is not good";
    Words {
        unauthorized: Some((refused(401, "authError", token), 2)),
        forbidden: Some(refused(403, "insufficientPermissions", "Insufficient")),
        // It never says until when.
        wait_until: None,
        wait: Some(refused(403, "rateLimitExceeded", "Rate Limit Exceeded")),
        server_error: refused(503, "backendError", "Backend Error"),
        broken: Canned::broken(),
        media_lost: Some(refused(404, "notFound", "Not Found")),
        media_too_large: None,
        duplicate: None,
    }
}

/// An instant as the sandbox takes it.
#[expect(clippy::expect_used, reason = "every instant of a test is one")]
fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.as_millis()).expect("an instant")
}
