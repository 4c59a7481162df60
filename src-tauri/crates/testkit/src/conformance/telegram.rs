//! Telegram over its sandbox.

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::telegram::{KEY, Telegram};
use sandbox::Canned;
use sandbox::telegram::{CHANNEL, CHANNEL_ID, LEFT, READ_ONLY, Sandbox, TOKEN};
use serde_json::json;

use super::filled::filled;
use super::http::{Words, closed_port, shared_http};
use super::{At, Bench, Trouble};

/// A token of the right form that no bot has.
const WRONG_TOKEN: &str = "110201543:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

/// The bench of Telegram.
pub struct TelegramBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Telegram,
}

impl TelegramBench {
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
        let connector = Telegram::new(&shared_http(), &addresses).expect("the connector starts");
        Self { sandbox, connector }
    }

    /// A filled-in form.
    #[must_use]
    pub fn form(token: &str, chat: &str, server: &str) -> SignInFields {
        filled(&[("chat", chat), ("server", server)], &[("token", token)])
    }
}

impl Bench for TelegramBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        Self::form(TOKEN, CHANNEL, "")
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let form = Self::form;
        vec![
            form(WRONG_TOKEN, CHANNEL, ""),
            form("no token", CHANNEL, ""),
            form(TOKEN, "@nobody_here", ""),
            form(TOKEN, "not a name", ""),
            form(TOKEN, READ_ONLY, ""),
            form(TOKEN, LEFT, ""),
            form(TOKEN, CHANNEL, &closed_port()),
            form(TOKEN, CHANNEL, "http://bots.example.com"),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        match trouble {
            Trouble::SessionEnded => {
                self.sandbox.revoke();
                return true;
            }
            Trouble::AccountGone => {
                self.sandbox.delete_chat(CHANNEL_ID);
                return true;
            }
            _ => {}
        }
        // A post is one call; nothing is uploaded before it.
        let Some(faults) = words().faults(trouble, at).filter(|_| at == At::Show(0)) else {
            return false;
        };
        for method in ["sendMessage", "sendMediaGroup", "sendVideo"] {
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

    fn unreachable(&self, account: &Account) -> Option<Account> {
        Some(Account {
            server: closed_port(),
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
        [TOKEN, WRONG_TOKEN].map(str::to_owned).to_vec()
    }
}

/// How the Bot API says it. The answers repeat the address, as some servers do, to look for leaks.
fn words() -> Words {
    let said = |code: u16, words: &str| {
        let body = json!({
            "ok": false, "error_code": code, "description": words,
        });
        Canned::json(code, &body)
    };
    let wait = json!({
        "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 1200",
        "parameters": { "retry_after": 1_200 },
    });
    let leak = format!("Unauthorized: /bot{TOKEN}/sendMessage");
    Words {
        unauthorized: Some((said(401, &leak), 1)),
        forbidden: Some(said(
            403,
            "Forbidden: bot is not a member of the channel chat",
        )),
        wait_until: Some(Canned::json(429, &wait)),
        wait: Some(said(429, "Too Many Requests")),
        server_error: said(500, "Internal Server Error"),
        broken: Canned::broken(),
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
