//! Nostr over its sandbox, with one relay.

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::nostr::Nostr;
use networks::registry::Addresses;
use networks::vault::Secret;
use sandbox::Canned;
use sandbox::nostr::Sandbox;
use serde_json::json;

use super::http::{Words, closed_port, http};
use super::{At, Bench, Trouble};

/// The bench of Nostr.
pub struct NostrBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Nostr,
}

impl NostrBench {
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
        sandbox.take_any_time();
        let addresses = Addresses::one("nostr", &sandbox.origin());
        let connector = Nostr::new(&http(), &addresses).expect("the connector starts");
        Self { sandbox, connector }
    }

    /// A filled-in form.
    #[must_use]
    pub fn form(key: &str, relays: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields.plain.insert("relays".to_owned(), relays.to_owned());
        fields.secret.insert("key".to_owned(), Secret::new(key));
        fields
    }
}

/// A relay at which nobody listens.
fn closed_relay() -> String {
    closed_port().replace("http://", "ws://")
}

impl Bench for NostrBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        Self::form(&self.sandbox.secret(), "")
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let secret = self.sandbox.secret();
        vec![
            Self::form("", ""),
            Self::form("nsec1nonsense", ""),
            Self::form(&"0".repeat(64), ""),
            Self::form(
                "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg",
                "",
            ),
            Self::form(&secret, "ws://relay.example.org"),
            Self::form(&secret, &closed_relay()),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        let passes = match at {
            At::Upload => return false,
            At::Show(n) => n,
        };
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        let mut passes = passes;
        for fault in faults {
            self.sandbox.faults().order_after("EVENT", passes, fault);
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
            settings: json!({ "relays": [closed_relay()] }),
            ..account.clone()
        })
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
        vec![self.sandbox.secret()]
    }
}

/// How relays say it. They never name a time.
fn words() -> Words {
    let no = |message: &str| Canned::json(200, &json!({ "ok": false, "message": message }));
    Words {
        unauthorized: Some((no("auth-required: we only take notes of members"), 1)),
        forbidden: Some(no("blocked: you are banned from posting here")),
        wait_until: None,
        wait: Some(no("rate-limited: slow down there chief")),
        server_error: no("error: could not connect to the database"),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
