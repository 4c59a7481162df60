//! Bluesky over its sandbox.

use model::account::Account;
use networks::bluesky::{Bluesky, Config};
use networks::connector::{Connector, SignInFields};
use networks::http::Reach;
use networks::vault::Secret;

use sandbox::Canned;
use sandbox::bluesky::Sandbox;

use super::http::{Words, closed_port, shared_http};
use super::{At, Bench, Trouble};

/// When the sandbox lets a caller in again: 20 minutes after the suite's clock, in seconds.
const RESET: &str = "1778743500";

/// The bench of Bluesky.
pub struct BlueskyBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Bluesky,
}

impl BlueskyBench {
    /// A bench over a fresh sandbox.
    ///
    /// # Panics
    /// When there is no free port or no room for a temporary folder.
    pub async fn start() -> Self {
        Self::with_cards(Reach::PublicAndLoopback).await
    }

    /// The same with link cards from where a test says.
    ///
    /// # Panics
    /// When there is no free port or no room for a temporary folder.
    #[expect(
        clippy::expect_used,
        reason = "a suite without its sandbox cannot go on"
    )]
    pub async fn with_cards(cards: Reach) -> Self {
        let sandbox = Sandbox::start().await.expect("the sandbox starts");
        let config = Config {
            entryway: sandbox.origin(),
            directory: sandbox.origin(),
            cards,
            ..Config::default()
        };
        let connector = Bluesky::new(&shared_http(), config).expect("the connector starts");
        Self { sandbox, connector }
    }
}

/// A filled-in form.
#[must_use]
pub fn form(identifier: &str, password: &str, server: &str) -> SignInFields {
    let mut fields = SignInFields::default();
    fields
        .plain
        .insert("identifier".to_owned(), identifier.to_owned());
    fields.plain.insert("server".to_owned(), server.to_owned());
    fields
        .secret
        .insert("password".to_owned(), Secret::new(password));
    fields
}

impl Bench for BlueskyBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        let ana = self.sandbox.ana();
        form(&ana.handle, &ana.password, "")
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let ana = self.sandbox.ana();
        let here = self.sandbox.origin();
        vec![
            form(&ana.handle, "zzzz-zzzz-zzzz-zzzz", &here),
            form(&ana.handle, &ana.main_password, &here),
            form("nobody.test", &ana.password, &here),
            form(&ana.handle, &ana.password, "http://pds.example.com"),
            form(&ana.handle, &ana.password, &closed_port()),
            form("ana", &ana.password, &here),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        let ana = self.sandbox.ana();
        // Once each, whatever the call: the state of the account and its session.
        match trouble {
            Trouble::AccessEnded => {
                self.sandbox.end_access();
                return true;
            }
            Trouble::SessionEnded => {
                self.sandbox.end_sessions();
                return true;
            }
            Trouble::AccountGone => {
                self.sandbox.delete_account(&ana.did);
                return true;
            }
            _ => {}
        }
        // Of pictures the second is hit; there is only one video.
        let methods = match at {
            At::Upload => vec![
                ("com.atproto.repo.uploadBlob", 1),
                ("com.atproto.repo.uploadBlob video", 0),
            ],
            At::Show(n) => vec![("com.atproto.repo.putRecord", n)],
        };
        // A video cannot be made smaller; `bluesky_video` has a test of its own.
        let hit = |method: &str| trouble != Trouble::MediaTooLarge || !method.ends_with("video");
        let Some(faults) = words().faults(trouble, at) else {
            return false;
        };
        for (method, mut passes) in methods.into_iter().filter(|(method, _)| hit(method)) {
            for fault in &faults {
                let ordered = self.sandbox.faults();
                ordered.order_after(method, passes, fault.clone());
                passes = 0;
            }
        }
        true
    }

    fn faults(&self) -> Option<&sandbox::Faults> {
        Some(self.sandbox.faults())
    }

    fn mend(&self) {}

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
        self.sandbox.posts_made()
    }

    fn units(&self, parts: usize) -> usize {
        parts
    }

    fn secrets(&self) -> Vec<String> {
        let ana = self.sandbox.ana();
        let mut secrets = self.sandbox.all_tokens();
        secrets.extend([
            ana.password,
            ana.main_password,
            "zzzz-zzzz-zzzz-zzzz".to_owned(),
        ]);
        secrets
    }
}

/// How the AT Protocol says it.
fn words() -> Words {
    let limited = Canned::xrpc(429, "RateLimitExceeded", "Rate Limit Exceeded");
    let token = "Bearer aaaa.bbbb.cccc could not be verified";
    Words {
        unauthorized: Some((Canned::xrpc(400, "InvalidToken", token), 2)),
        forbidden: Some(Canned::xrpc(403, "Forbidden", "Forbidden")),
        wait_until: Some(limited.clone().with("ratelimit-reset", RESET)),
        wait: Some(limited),
        server_error: Canned::xrpc(500, "InternalServerError", "Internal Server Error"),
        broken: Canned::broken(),
        media_lost: Some(Canned::xrpc(
            400,
            "BlobNotFound",
            "Could not find blob: bafkrei",
        )),
        media_too_large: Some(Canned::xrpc(
            413,
            "PayloadTooLarge",
            "request entity too large",
        )),
        duplicate: Some(Canned::xrpc(400, "InvalidSwap", "Record was at bafyrei")),
    }
}
