//! Instagram over its sandbox, with a web folder of the person's own.

use std::path::PathBuf;

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::hosting::Hosting;
use networks::instagram::Instagram;
use networks::registry::Addresses;
use networks::vault::Secret;
use sandbox::Canned;
use sandbox::Server;
use sandbox::instagram::Sandbox;
use sandbox::meta::web;

use super::graph::{DUE_SECONDS, PATIENCE, form, refused, words};
use super::http::shared_http;
use super::{At, Bench, Trouble};

/// The bench of Instagram, connected through its Page.
pub struct InstagramBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The server of the web folder.
    pub web: Server,
    folder: tempfile::TempDir,
    connector: Instagram,
}

impl InstagramBench {
    /// A bench over a fresh sandbox.
    ///
    /// # Panics
    /// When there is no free port or no room for a temporary folder.
    pub async fn start() -> Self {
        Self::lending(&Hosting::default()).await
    }

    /// The same, which lends files from where these settings say.
    ///
    /// # Panics
    /// When there is no free port or no room for a temporary folder.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    pub async fn lending(hosting: &Hosting) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        sandbox.set_clock(DUE_SECONDS);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let web = web::start(folder.path().to_owned()).await;
        let addresses = Addresses::one("instagram", &sandbox.origin());
        let connector = Instagram::new(&shared_http(), &addresses).expect("the connector starts");
        Self {
            sandbox,
            web: web.expect("the web server starts"),
            folder,
            connector: connector.patient(PATIENCE).lending(hosting),
        }
    }

    /// The web folder on this computer.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn web_fields(&self) -> [(&'static str, String); 2] {
        [
            ("webAddress", format!("{}/public", self.web.origin())),
            (
                "webFolder",
                self.folder.path().to_string_lossy().into_owned(),
            ),
        ]
    }

    /// The form of Instagram's own door, with the web folder.
    #[must_use]
    pub fn own_form(&self, token: &str) -> SignInFields {
        let web = self.web_fields();
        let web: Vec<(&str, &str)> = web.iter().map(|(k, v)| (*k, v.as_str())).collect();
        form(token, &web)
    }
}

/// The form of the door through the Page.
#[must_use]
pub fn page_form(token: &str, plain: &[(&str, &str)]) -> SignInFields {
    let mut fields = form("", plain);
    fields
        .secret
        .insert("page_token".to_owned(), Secret::new(token));
    fields
}

impl Bench for InstagramBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        let web = self.web_fields();
        let web: Vec<(&str, &str)> = web.iter().map(|(k, v)| (*k, v.as_str())).collect();
        page_form(&self.sandbox.page_token(), &web)
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let token = self.sandbox.token();
        let lacking = self
            .sandbox
            .token_without(&["instagram_business_content_publish"]);
        vec![
            form("", &[]),
            form("EAAwrongwrongwrongwrongwrongwrong", &[]),
            page_form("EAAwrongwrongwrongwrongwrongwrong", &[]),
            page_form("short", &[]),
            form(&lacking, &[]),
            form(&token, &[("webAddress", "https://example.org/a/")]),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        if trouble == Trouble::SessionEnded {
            self.sandbox.revoke();
            return true;
        }
        let Some(faults) = words(80_002).faults(trouble, at) else {
            return false;
        };
        let method = match at {
            At::Upload => "POST media",
            At::Show(_) => "POST media_publish",
        };
        for fault in faults {
            self.sandbox.faults().order(method, fault);
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
