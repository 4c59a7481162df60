//! Discord over its sandbox, through a webhook and with a bot.

use model::account::Account;
use networks::catalogue::{Confirms, Entry};
use networks::connector::{Connector, SignInFields};
use networks::discord::{Discord, KEY};
use networks::registry::Addresses;
use sandbox::Canned;
use sandbox::discord::{BOT_TOKEN, CHANNEL, FORUM, READ_ONLY, Sandbox, WEBHOOK, WEBHOOK_TOKEN};
use serde_json::json;

use super::filled::filled;
use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// Secrets of the right form that nobody has.
const WRONG: &str = "MTEwMDAwMDAwMDAwMDAwMDAwOQ.XXXXXX.x8QpLw3nVb7RsY2tKdJfHgMcZaEoUiXyB6tRqW";

/// The bench of Discord.
pub struct DiscordBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Discord,
    by_bot: bool,
}

impl DiscordBench {
    /// A bench over a fresh sandbox, through a webhook.
    pub async fn webhook() -> Self {
        Self::start(false).await
    }

    /// A bench over a fresh sandbox, with a bot.
    pub async fn bot() -> Self {
        Self::start(true).await
    }

    /// # Panics
    /// When there is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    async fn start(by_bot: bool) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let addresses = Addresses::one(KEY, &sandbox.origin());
        let connector = Discord::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector,
            by_bot,
        }
    }

    /// A filled-in form with a webhook's address.
    #[must_use]
    pub fn with_webhook(address: &str) -> SignInFields {
        filled(&[], &[("address", address)])
    }

    /// A filled-in form with a bot's token.
    #[must_use]
    pub fn with_bot(token: &str, channel: &str) -> SignInFields {
        filled(&[("channel", channel)], &[("token", token)])
    }
}

impl Bench for DiscordBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn entry(&self) -> Entry {
        let entry = self.connector.entry().clone();
        let confirms = if self.by_bot {
            entry.confirms
        } else {
            Confirms::AskPerson
        };
        Entry { confirms, ..entry }
    }

    fn sign_in(&self) -> SignInFields {
        if self.by_bot {
            Self::with_bot(BOT_TOKEN, CHANNEL)
        } else {
            Self::with_webhook(&self.sandbox.address(WEBHOOK))
        }
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        if self.by_bot {
            return vec![
                Self::with_bot(WRONG, CHANNEL),
                Self::with_bot("short", CHANNEL),
                Self::with_bot(BOT_TOKEN, "general"),
                Self::with_bot(BOT_TOKEN, "1100000000000000999"),
                Self::with_bot(BOT_TOKEN, READ_ONLY),
                Self::with_bot(BOT_TOKEN, FORUM),
            ];
        }
        let unknown = self.sandbox.address("1100000000000000999");
        let wrong = self.sandbox.address(WEBHOOK).replace(WEBHOOK_TOKEN, WRONG);
        vec![
            Self::with_webhook(&unknown),
            Self::with_webhook(&wrong),
            Self::with_webhook("https://discord.com/channels/1/2"),
            Self::with_webhook("https://example.org/api/webhooks/1100000000000000001/x"),
            Self::with_webhook(""),
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
        // A post is one call; nothing is uploaded before it.
        let secret = if self.by_bot {
            BOT_TOKEN
        } else {
            WEBHOOK_TOKEN
        };
        let Some(faults) = words(secret)
            .faults(trouble, at)
            .filter(|_| at == At::Show(0))
        else {
            return false;
        };
        let method = if self.by_bot {
            "POST messages".to_owned()
        } else {
            format!("POST {WEBHOOK_TOKEN}")
        };
        for fault in faults {
            self.sandbox.faults().order(&method, fault);
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
        [BOT_TOKEN, WEBHOOK_TOKEN, WRONG]
            .map(str::to_owned)
            .to_vec()
    }
}

/// How Discord says it. One answer repeats the caller's secret, as some servers do, to look for leaks.
fn words(secret: &str) -> Words {
    let said = |status: u16, code: u32, words: &str| {
        Canned::json(status, &json!({ "code": code, "message": words }))
    };
    let limited = |seconds: Option<f64>| {
        let mut body = json!({ "message": "You are being rate limited.", "global": false });
        if let Some(seconds) = seconds {
            body["retry_after"] = json!(seconds);
        }
        Canned::json(429, &body)
    };
    let leak = format!("401: Unauthorized /webhooks/1/{secret}");
    Words {
        unauthorized: Some((said(401, 0, &leak), 1)),
        forbidden: Some(said(403, 50_013, "Missing Permissions")),
        wait_until: Some(limited(Some(1_200.0))),
        wait: Some(limited(None)),
        server_error: said(500, 0, "500: Internal Server Error"),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
