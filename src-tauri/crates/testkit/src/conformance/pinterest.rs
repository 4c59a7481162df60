//! Pinterest over its sandbox.

use model::account::Account;
use networks::catalogue::Entry;
use networks::connector::{Connector, SignInFields};
use networks::pinterest::{KEY, Pinterest};
use networks::registry::Addresses;
use sandbox::Canned;
use sandbox::pinterest::{BOARD, Sandbox, TOKEN};
use serde_json::{Map, Value, json};

use super::filled::filled;
use super::http::{Words, shared_http};
use super::{At, Bench, Trouble};

/// A token of the right form that nobody has.
const WRONG_TOKEN: &str = "pina_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
/// When the sandbox lets a caller in again: 20 minutes after the suite's clock, in seconds.
const RESET: &str = "1200";

/// The bench of Pinterest.
pub struct PinterestBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Pinterest,
    videos: bool,
}

impl PinterestBench {
    /// A bench over a fresh sandbox for pins with pictures, which go with the pin itself.
    pub async fn pictures() -> Self {
        Self::start(false).await
    }

    /// A bench over a fresh sandbox for pins with videos, which are uploaded before.
    pub async fn videos() -> Self {
        Self::start(true).await
    }

    /// # Panics
    /// When there is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    async fn start(videos: bool) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let addresses = Addresses::one(KEY, &sandbox.origin());
        let connector = Pinterest::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            connector,
            videos,
        }
    }
}

impl Bench for PinterestBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn entry(&self) -> Entry {
        let mut entry = self.connector.entry().clone();
        entry.publishes.images = !self.videos;
        entry.publishes.video = self.videos;
        entry
    }

    fn sign_in(&self) -> SignInFields {
        filled(&[], &[("token", TOKEN)])
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        [WRONG_TOKEN, "hello", ""]
            .map(|token| filled(&[], &[("token", token)]))
            .into()
    }

    /// Pins have no key by which a second one is dropped; the board is looked at before.
    fn knows_again(&self) -> bool {
        false
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        match trouble {
            Trouble::SessionEnded => {
                self.sandbox.end_sessions();
                return true;
            }
            Trouble::AccountGone => {
                self.sandbox.close();
                return true;
            }
            _ => {}
        }
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        let said = matches!(
            trouble,
            Trouble::Unauthorized | Trouble::Forbidden | Trouble::Wait | Trouble::WaitUntil
        );
        let method = match at {
            At::Upload if !self.videos => return false,
            // Storage answers with nothing, which has no middle.
            At::Upload if trouble == Trouble::CutInAnswer => return false,
            // Storage knows no accounts.
            At::Upload if said => "POST media",
            At::Upload => "upload",
            At::Show(_) => "POST pins",
        };
        for fault in faults {
            self.sandbox.faults().order(method, fault);
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
        self.sandbox.pins().len()
    }

    fn ever_made(&self) -> usize {
        self.sandbox.made()
    }

    fn units(&self, parts: usize) -> usize {
        parts
    }

    fn options(&self) -> Map<String, Value> {
        Map::from_iter([("board".to_owned(), json!(BOARD))])
    }

    fn secrets(&self) -> Vec<String> {
        let mut secrets = self.sandbox.all_tokens();
        secrets.push(WRONG_TOKEN.to_owned());
        secrets
    }
}

/// How Pinterest says it.
fn words() -> Words {
    let said = |status: u16, code: i64, words: &str| {
        Canned::json(status, &json!({ "code": code, "message": words }))
    };
    let limited = said(429, 8, "You have exceeded your rate limit.");
    Words {
        unauthorized: Some((said(401, 2, "Authentication failed."), 2)),
        forbidden: Some(said(
            403,
            7,
            "You are not permitted to access that resource.",
        )),
        wait_until: Some(limited.clone().with("x-ratelimit-reset", RESET)),
        wait: Some(limited),
        server_error: said(500, 12, "Something went wrong on our end."),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
