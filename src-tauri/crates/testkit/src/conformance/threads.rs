//! Threads over its sandbox, with a web folder of the person's own.

use std::path::PathBuf;

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::registry::Addresses;
use networks::threads::Threads;
use sandbox::Server;
use sandbox::meta::web;
use sandbox::threads::Sandbox;

use super::graph::{DUE_SECONDS, PATIENCE, form, words};
use super::http::shared_http;
use super::{At, Bench, Trouble};

/// The bench of Threads.
pub struct ThreadsBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The server of the web folder.
    pub web: Server,
    folder: tempfile::TempDir,
    connector: Threads,
}

impl ThreadsBench {
    /// A bench over a fresh sandbox.
    ///
    /// # Panics
    /// When there is no free port or no room for a temporary folder.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    pub async fn start() -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        sandbox.set_clock(DUE_SECONDS);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let web = web::start(folder.path().to_owned()).await;
        let addresses = Addresses::one("threads", &sandbox.origin());
        let connector = Threads::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            web: web.expect("the web server starts"),
            folder,
            connector: connector.patient(PATIENCE),
        }
    }

    /// The web folder on this computer.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The address of the web folder.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/public", self.web.origin())
    }

    /// The form with a token and the web folder.
    #[must_use]
    pub fn form(&self, token: &str) -> SignInFields {
        let folder = self.folder.path().to_string_lossy();
        form(
            token,
            &[("webAddress", &self.address()), ("webFolder", &folder)],
        )
    }
}

impl Bench for ThreadsBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        self.form(&self.sandbox.token())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let token = self.sandbox.token();
        let lacking = self.sandbox.token_without(&["threads_content_publish"]);
        vec![
            form("", &[]),
            form("EAAwrongwrongwrongwrongwrongwrong", &[]),
            form(&lacking, &[]),
            form(&token, &[("webAddress", "https://example.org/a/")]),
            form(
                &token,
                &[
                    ("webAddress", "https://example.org/a/"),
                    ("webFolder", "/no/such/folder"),
                ],
            ),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        if trouble == Trouble::SessionEnded {
            self.sandbox.revoke();
            return true;
        }
        let Some(faults) = words(4).faults(trouble, at) else {
            return false;
        };
        let (method, mut passes) = match at {
            At::Upload => ("POST threads", 0),
            At::Show(n) => ("POST threads_publish", n),
        };
        for fault in faults {
            self.sandbox.faults().order_after(method, passes, fault);
            passes = 0;
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

    /// A send whose container was forgotten cannot be told from one that never was.
    fn asks(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<String> {
        self.sandbox.secrets()
    }
}
