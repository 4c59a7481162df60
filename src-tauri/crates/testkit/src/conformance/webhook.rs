//! A webhook over its sandbox.

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::vault::Secret;
use networks::webhook::Webhook;
use sandbox::Canned;
use sandbox::webhook::Sandbox;
use serde_json::json;

use super::http::{Words, closed_port, shared_http};
use super::{At, Bench, Trouble};

/// The bench of webhooks.
pub struct WebhookBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Webhook,
}

impl WebhookBench {
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
        let connector = Webhook::new(&shared_http(), &Addresses::default());
        let connector = connector.expect("the connector starts");
        Self { sandbox, connector }
    }

    /// A filled-in form.
    #[must_use]
    pub fn form(plain: &[(&str, &str)], secret: &str, token: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        for (name, value) in plain {
            fields.plain.insert((*name).to_owned(), (*value).to_owned());
        }
        for (name, value) in [("secret", secret), ("token", token)] {
            fields.secret.insert(name.to_owned(), Secret::new(value));
        }
        fields
    }
}

impl Bench for WebhookBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        let address = self.sandbox.address();
        let plain = [("address", address.as_str()), ("private", "true")];
        Self::form(&plain, &self.sandbox.secret(), &self.sandbox.token())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let (here, secret) = (self.sandbox.address(), self.sandbox.secret());
        let private = ("private", "true");
        vec![
            Self::form(&[("address", "")], &secret, ""),
            Self::form(&[("address", "example.org/hook")], &secret, ""),
            Self::form(&[("address", here.as_str())], &secret, ""),
            Self::form(&[("address", "http://example.org/hook")], &secret, ""),
            Self::form(&[("address", here.as_str()), private], "whsec_short", ""),
            Self::form(&[("address", here.as_str()), private], &secret, "two words"),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        // One delivery carries everything.
        if at != At::Show(0) {
            return false;
        }
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        for fault in faults {
            self.sandbox.faults().order("hook", fault);
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
    }

    fn mend(&self) {}

    fn unreachable(&self, account: &Account) -> Option<Account> {
        Some(Account {
            server: format!("{}/hook", closed_port()),
            ..account.clone()
        })
    }

    fn visible(&self) -> usize {
        self.sandbox.posts().len()
    }

    fn ever_made(&self) -> usize {
        self.sandbox.posts().len()
    }

    fn units(&self, _parts: usize) -> usize {
        1
    }

    fn asks(&self) -> bool {
        // Before a delivery was tried, there is nothing to send once more.
        true
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.sandbox.secret(), self.sandbox.token()]
    }
}

/// How receivers say it.
fn words() -> Words {
    let error = |status: u16| Canned::json(status, &json!({ "error": "no" }));
    Words {
        unauthorized: Some((error(401), 1)),
        forbidden: Some(error(403)),
        wait_until: Some(error(429).with("retry-after", "1200")),
        wait: Some(error(429)),
        server_error: error(500),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
