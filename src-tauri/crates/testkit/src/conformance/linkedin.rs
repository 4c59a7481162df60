//! LinkedIn over its sandbox: as a person, whose posts cannot be read back, and as a page.

use std::time::Duration;

use model::account::Account;
use networks::catalogue::Entry;
use networks::connector::{Connector, SignInFields};
use networks::linkedin::{KEY, LinkedIn};
use networks::registry::Addresses;
use networks::vault::Secret;
use sandbox::linkedin::{COMMENT_SCOPES, PAGE_SCOPES, PROFILE_SCOPES, Sandbox};
use sandbox::{Canned, Fault};
use serde_json::json;

use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// The bench of LinkedIn.
pub struct LinkedInBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: LinkedIn,
    page: bool,
}

impl LinkedInBench {
    /// A bench over a fresh sandbox for a person's profile.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn profile() -> Self {
        Self::start(false).await
    }

    /// The same for a company page.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn page() -> Self {
        Self::start(true).await
    }

    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    async fn start(page: bool) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let addresses = Addresses::one(KEY, &sandbox.origin());
        let connector = LinkedIn::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector: connector.with_second(Duration::from_millis(1)),
            page,
        }
    }

    /// A filled-in form of the way with a token.
    #[must_use]
    pub fn form(token: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields.secret.insert("token".to_owned(), Secret::new(token));
        fields
    }
}

impl Bench for LinkedInBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn entry(&self) -> Entry {
        let mut entry = self.connector.entry().clone();
        if !self.page {
            // Programs comment for pages only.
            entry.first_comment = None;
        }
        entry
    }

    fn sign_in(&self) -> SignInFields {
        let scopes = if self.page {
            [&PAGE_SCOPES[..], &COMMENT_SCOPES].concat()
        } else {
            PROFILE_SCOPES.to_vec()
        };
        Self::form(&self.sandbox.token(&scopes))
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        vec![
            Self::form("never-given-out-by-anybody"),
            Self::form("short"),
            Self::form("two words that are no token at all"),
            Self::form(&self.sandbox.token(&["email"])),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        match trouble {
            // Tokens are not renewed.
            Trouble::AccessEnded => return false,
            Trouble::SessionEnded | Trouble::AccountGone => {
                self.sandbox.end_sessions();
                return true;
            }
            _ => {}
        }
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        // The second of several pictures is hit.
        let calls: &[(&str, usize)] = match at {
            At::Upload => &[("put-file", 1), ("put-part", 0)],
            At::Show(n) => &[("POST posts", n)],
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

    fn asks(&self) -> bool {
        !self.page
    }

    fn comments(&self) -> Vec<String> {
        let all = self.sandbox.comments();
        all.into_iter().map(|(_, words)| words).collect()
    }

    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.sandbox.all_tokens();
        secrets.push("never-given-out-by-anybody".to_owned());
        secrets
    }
}

fn refused(status: u16, code: &str, message: &str) -> Canned {
    let body = json!({ "status": status, "code": code, "message": message });
    Canned::json(status, &body)
}

/// How LinkedIn says it.
fn words() -> Words {
    let token = "The token Bearer aaaa.bbbb.cccc has been revoked";
    Words {
        unauthorized: Some((refused(401, "REVOKED_ACCESS_TOKEN", token), 1)),
        forbidden: Some(refused(403, "ACCESS_DENIED", "Not enough permissions")),
        // It never says until when.
        wait_until: None,
        wait: Some(refused(429, "TOO_MANY_REQUESTS", "Resource level throttle")),
        server_error: refused(500, "INTERNAL_SERVER_ERROR", "Internal Server Error"),
        broken: Canned::broken(),
        media_lost: Some(refused(
            400,
            "MEDIA_ASSET_PROCESSING_FAILED",
            "The media asset could not be processed",
        )),
        media_too_large: Some(refused(413, "REQUEST_ENTITY_TOO_LARGE", "too large")),
        duplicate: Some(Canned::json(
            422,
            &json!({
                "status": 422, "message": "Content is a duplicate of urn:li:share:71",
                "errorDetails": { "inputErrors": [{ "code": "DUPLICATE_POST" }] },
            }),
        )),
    }
}
