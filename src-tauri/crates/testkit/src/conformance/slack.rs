//! Slack over its sandbox, with a token and through a webhook.

use model::account::Account;
use networks::catalogue::{Confirms, Entry};
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::slack::{KEY, Slack};
use sandbox::Canned;
use sandbox::slack::{ARCHIVED, CHANNEL, HOOK_SECRET, OTHER, Sandbox, TOKEN};
use serde_json::json;

use super::filled::filled;
use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// Secrets of the right form that nobody has.
const WRONG_TOKEN: &str = "xoxb-110000000001-220000000001-AaAaAaAaAaAaAaAaAaAaAaAa";
const WRONG_SECRET: &str = "bBbBbBbBbBbBbBbBbBbBbBbB";

/// The bench of Slack.
pub struct SlackBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Slack,
    by_hook: bool,
}

impl SlackBench {
    /// A bench over a fresh sandbox, with a token.
    pub async fn token() -> Self {
        Self::start(false).await
    }

    /// A bench over a fresh sandbox, through a webhook.
    pub async fn webhook() -> Self {
        Self::start(true).await
    }

    /// # Panics
    /// When there is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    async fn start(by_hook: bool) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let addresses = Addresses::one(KEY, &sandbox.origin());
        let connector = Slack::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector,
            by_hook,
        }
    }

    /// A filled-in form with a token.
    #[must_use]
    pub fn with_token(token: &str, channel: &str) -> SignInFields {
        filled(&[("channel", channel)], &[("token", token)])
    }

    /// A filled-in form with a webhook's address.
    #[must_use]
    pub fn with_webhook(address: &str) -> SignInFields {
        filled(&[("name", "#news")], &[("address", address)])
    }
}

impl Bench for SlackBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn entry(&self) -> Entry {
        let entry = self.connector.entry().clone();
        if !self.by_hook {
            return entry;
        }
        let mut less = Entry {
            confirms: Confirms::AskPerson,
            can_delete: false,
            images: None,
            video: None,
            files: None,
            ..entry
        };
        less.publishes.images = false;
        less.publishes.video = false;
        less
    }

    /// Slack has no key by which it drops a second message; the channel is looked at before.
    fn knows_again(&self) -> bool {
        false
    }

    fn sign_in(&self) -> SignInFields {
        if self.by_hook {
            Self::with_webhook(&self.sandbox.address())
        } else {
            Self::with_token(TOKEN, "#news")
        }
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        if self.by_hook {
            let address = self.sandbox.address();
            return vec![
                Self::with_webhook(&address.replace(HOOK_SECRET, WRONG_SECRET)),
                Self::with_webhook(&address.replace("B00000001", "B00000009")),
                Self::with_webhook("https://example.org/services/T00000001/B00000001/abcdefgh"),
                Self::with_webhook("hello"),
            ];
        }
        let token = Self::with_token;
        vec![
            token(WRONG_TOKEN, CHANNEL),
            token("hello", CHANNEL),
            token("xoxe.xoxb-1-abcdefghijklmnopqrst", CHANNEL),
            token(TOKEN, "#nowhere"),
            token(TOKEN, "two words"),
            token(TOKEN, OTHER),
            token(TOKEN, ARCHIVED),
            token("", ""),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        match trouble {
            Trouble::SessionEnded => {
                self.sandbox.revoke();
                return true;
            }
            Trouble::AccountGone => {
                self.sandbox.delete_channel();
                return true;
            }
            _ => {}
        }
        let words = if self.by_hook { hook_words() } else { words() };
        let Some(faults) = words.faults(trouble, at) else {
            return false;
        };
        let methods: &[&str] = match (at, trouble) {
            (_, _) if self.by_hook => &[HOOK_SECRET],
            // Bytes go to an address that knows no accounts.
            (
                At::Upload,
                Trouble::Unauthorized | Trouble::Forbidden | Trouble::Wait | Trouble::WaitUntil,
            ) => &["files.getUploadURLExternal"],
            (At::Upload, _) => &["send"],
            _ => &["chat.postMessage", "files.completeUploadExternal"],
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
        // There is one server, and no account names it.
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
        [TOKEN, HOOK_SECRET, WRONG_TOKEN, WRONG_SECRET]
            .map(str::to_owned)
            .to_vec()
    }
}

/// How the Web API says it.
fn words() -> Words {
    let said = |status: u16, word: &str| {
        let body = json!({ "ok": false, "error": word, "echo": format!("Bearer {TOKEN}") });
        Canned::json(status, &body)
    };
    Words {
        unauthorized: Some((said(200, "invalid_auth"), 1)),
        forbidden: Some(said(200, "restricted_action")),
        wait_until: Some(said(429, "ratelimited").with("retry-after", "1200")),
        wait: Some(said(429, "ratelimited")),
        server_error: Canned::json(500, &json!({ "ok": false, "error": "internal_error" })),
        broken: Canned::broken(),
        media_lost: Some(said(200, "file_not_found")),
        media_too_large: None,
        duplicate: None,
    }
}

/// How a webhook says it.
fn hook_words() -> Words {
    let said = |status: u16, word: &str| Canned {
        kind: "text/plain",
        body: word.to_owned(),
        ..Canned::page(status)
    };
    Words {
        unauthorized: Some((said(403, "invalid_token"), 1)),
        forbidden: Some(said(403, "action_prohibited")),
        wait_until: Some(said(429, "rate_limited").with("retry-after", "1200")),
        wait: Some(said(429, "rate_limited")),
        server_error: said(500, "rollup_error"),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
