//! WordPress over its sandbox.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::vault::Secret;
use networks::wordpress::WordPress;
use sandbox::Canned;
use sandbox::wordpress::Sandbox;
use serde_json::json;

use super::http::{Words, closed_port, shared_http};
use super::{At, Bench, Trouble};
use crate::desk::DUE;

/// The bench of WordPress.
pub struct WordPressBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: WordPress,
}

impl WordPressBench {
    /// A bench over a fresh sandbox whose clock is the suite's.
    ///
    /// # Panics
    /// When there is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    pub async fn start() -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let now = jiff::Timestamp::from_millisecond(DUE.as_millis());
        sandbox.set_now(now.expect("the suite's clock is no odd one"));
        let connector = WordPress::new(&shared_http(), &Addresses::default());
        let connector = connector.expect("the connector starts");
        Self { sandbox, connector }
    }

    /// A filled-in form.
    #[must_use]
    pub fn form(site: &str, user: &str, password: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        for (name, value) in [("site", site), ("user", user)] {
            fields.plain.insert(name.to_owned(), value.to_owned());
        }
        let password = Secret::new(password);
        fields.secret.insert("password".to_owned(), password);
        fields
    }
}

impl Bench for WordPressBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        let ana = self.sandbox.ana();
        Self::form(&self.sandbox.origin(), &ana.login, &ana.password)
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let ana = self.sandbox.ana();
        let here = self.sandbox.origin();
        vec![
            Self::form(&here, &ana.login, "zzzz zzzz zzzz zzzz zzzz zzzz"),
            Self::form(&here, &ana.login, &ana.own_password),
            Self::form(&here, "nobody", &ana.password),
            Self::form(&here, &ana.login, ""),
            Self::form("http://example.org", &ana.login, &ana.password),
            Self::form("", &ana.login, &ana.password),
            Self::form(&closed_port(), &ana.login, &ana.password),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        if matches!(trouble, Trouble::SessionEnded) {
            self.sandbox.revoke(self.sandbox.ana().id);
            return true;
        }
        let method = match at {
            At::Upload => "POST media".to_owned(),
            // An article has one part.
            At::Show(0) => format!("POST {}", self.sandbox.next_post()),
            At::Show(_) => return false,
        };
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        for fault in faults {
            self.sandbox.faults().order(&method, fault);
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
    }

    fn mend(&self) {}

    fn unreachable(&self, account: &Account) -> Option<Account> {
        Some(Account {
            server: format!("{}/wp-json", closed_port()),
            ..account.clone()
        })
    }

    fn visible(&self) -> usize {
        self.sandbox.posts().len()
    }

    fn set_clock(&self, at: Timestamp) {
        self.sandbox.set_now(instant(at));
    }

    fn held(&self) -> usize {
        self.sandbox.all_posts("future").len()
    }

    fn out(&self) -> usize {
        self.visible() - self.held()
    }

    fn drop_held(&self) {
        self.sandbox.drop_held();
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

    fn secrets(&self) -> Vec<String> {
        let ana = self.sandbox.ana();
        let bare = ana.password.replace(' ', "");
        let pair = STANDARD.encode(format!("{}:{bare}", ana.login));
        vec![ana.password, bare, pair, ana.own_password]
    }
}

/// How WordPress says it.
fn words() -> Words {
    let error = |status: u16, code: &str| {
        let body = json!({ "code": code, "message": "Nein.", "data": { "status": status } });
        Canned::json(status, &body)
    };
    let limited = error(429, "too_many_requests");
    Words {
        unauthorized: Some((error(401, "rest_not_logged_in"), 1)),
        forbidden: Some(error(403, "rest_cannot_publish")),
        wait_until: Some(limited.clone().with("retry-after", "1200")),
        wait: Some(limited),
        server_error: error(500, "internal_server_error"),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: Some(error(413, "rest_upload_file_too_big")),
        duplicate: None,
    }
}

/// An instant as the sandbox takes it.
#[expect(clippy::expect_used, reason = "every instant of a test is one")]
fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.as_millis()).expect("an instant")
}
