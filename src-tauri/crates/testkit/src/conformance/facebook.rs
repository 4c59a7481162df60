//! Facebook Pages over its sandbox.

use model::Timestamp;
use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::facebook::Facebook;
use networks::registry::Addresses;
use sandbox::Canned;
use sandbox::facebook::Sandbox;

use super::graph::{DUE_SECONDS, PATIENCE, form, refused, words};
use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// The bench of Facebook Pages.
pub struct FacebookBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Facebook,
}

impl FacebookBench {
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
        sandbox.set_clock(DUE_SECONDS);
        let addresses = Addresses::one("facebook", &sandbox.origin());
        let connector = Facebook::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector: connector.patient(PATIENCE),
        }
    }
}

impl Bench for FacebookBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        form(&self.sandbox.page_token(), &[])
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        vec![
            form("", &[]),
            form("too-short", &[]),
            form("not a token because of its spaces", &[]),
            form("EAAwrongwrongwrongwrongwrongwrong", &[]),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        if trouble == Trouble::SessionEnded {
            self.sandbox.revoke();
            return true;
        }
        let Some(faults) = facebook_words().faults(trouble, at) else {
            return false;
        };
        // Pictures are uploaded one by one; a video is begun, sent and published at one address.
        let places = match at {
            At::Upload => [("POST photos", 0), ("POST videos", 1)],
            At::Show(_) => [("POST feed", 0), ("POST videos", 2)],
        };
        for (method, passes) in places {
            let mut passes = passes;
            for fault in faults.clone() {
                self.sandbox.faults().order_after(method, passes, fault);
                passes = 0;
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

    fn set_clock(&self, at: Timestamp) {
        self.sandbox.set_clock(at.as_millis() / 1_000);
    }

    fn held(&self) -> usize {
        self.sandbox.held()
    }

    fn out(&self) -> usize {
        self.visible() - self.held()
    }

    fn drop_held(&self) {
        self.sandbox.drop_held();
    }

    fn move_held(&self, at: Timestamp) {
        self.sandbox.move_held(at.as_millis() / 1_000);
    }

    fn ever_made(&self) -> usize {
        self.sandbox.made()
    }

    fn units(&self, parts: usize) -> usize {
        parts
    }

    /// A text that is not in the list of posts may be there all the same.
    fn asks(&self) -> bool {
        true
    }

    fn comments(&self) -> Vec<String> {
        let all = self.sandbox.comments();
        all.into_iter().map(|(_, words)| words).collect()
    }

    fn comment_refused(&self) -> Canned {
        refused(400, 200, 0, "(#200) Permissions error")
    }

    fn secrets(&self) -> Vec<String> {
        self.sandbox.secrets()
    }
}

fn facebook_words() -> Words {
    Words {
        media_lost: Some(refused(400, 324, 0, "(#324) Missing or invalid photo id")),
        media_too_large: Some(refused(
            400,
            324,
            2_069_019,
            "(#324) Missing or invalid image file",
        )),
        duplicate: Some(refused(400, 506, 0, "(#506) Duplicate status message")),
        ..words(80_001)
    }
}
