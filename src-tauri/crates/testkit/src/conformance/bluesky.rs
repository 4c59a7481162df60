//! Bluesky over its sandbox.

use std::time::Duration;

use model::account::Account;
use networks::bluesky::{Bluesky, Config};
use networks::connector::{Connector, SignInFields};
use networks::http::{HttpConfig, ProxyChoice, Reach, Timeouts};
use networks::vault::Secret;

use super::{At, Bench, Trouble};
use crate::sandbox::bluesky::Sandbox;
use crate::sandbox::{Canned, Fault};

/// When the sandbox lets a caller in again: 20 minutes after the suite's clock, in seconds.
const RESET: &str = "1778743500";

/// The bench of Bluesky.
pub struct BlueskyBench {
    /// The sandbox.
    pub sandbox: Sandbox,
    connector: Bluesky,
}

/// Settings for a server on this computer, with time limits short enough for silence to be tested and
/// long enough for a busy machine.
#[must_use]
pub fn http() -> HttpConfig {
    HttpConfig {
        proxy: ProxyChoice::Direct,
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            call: Duration::from_millis(750),
            upload: Duration::from_millis(750),
            card: Duration::from_secs(2),
        },
        ..HttpConfig::new("0.0.0-test")
    }
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
        let connector = Bluesky::new(&http(), config).expect("the connector starts");
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
        let (method, passes) = match at {
            At::Upload => ("com.atproto.repo.uploadBlob", 1),
            At::Show(n) => ("com.atproto.repo.putRecord", n),
        };
        let Some(faults) = faults(trouble, at) else {
            return false;
        };
        let mut passes = passes;
        for fault in faults {
            self.sandbox.faults().order_after(method, passes, fault);
            passes = 0;
        }
        true
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

/// The faults of one call, in a row.
fn faults(trouble: Trouble, at: At) -> Option<Vec<Fault>> {
    let answer = |status, error, message| Fault::Answer(Canned::xrpc(status, error, message));
    let limited = Canned::xrpc(429, "RateLimitExceeded", "Rate Limit Exceeded");
    Some(match trouble {
        Trouble::CutBefore => vec![Fault::CutBefore],
        Trouble::CutAfter => vec![Fault::CutAfter],
        Trouble::SilentBefore => vec![Fault::SilentBefore],
        Trouble::SilentAfter => vec![Fault::SilentAfter],
        Trouble::Unauthorized => {
            vec![
                answer(
                    400,
                    "InvalidToken",
                    "Bearer aaaa.bbbb.cccc could not be verified"
                );
                2
            ]
        }
        Trouble::Forbidden => vec![answer(403, "Forbidden", "Forbidden")],
        Trouble::WaitUntil => vec![Fault::Answer(limited.with("ratelimit-reset", RESET))],
        Trouble::Wait => vec![Fault::Answer(limited)],
        Trouble::ServerError => vec![Fault::Answer(Canned::page(502))],
        Trouble::ServerErrorAfter => {
            let error = Canned::xrpc(500, "InternalServerError", "Internal Server Error");
            vec![Fault::AnswerAfter(error)]
        }
        Trouble::Page => vec![Fault::Answer(Canned::page(200))],
        Trouble::PageAfter => vec![Fault::AnswerAfter(Canned::page(200))],
        Trouble::BrokenAnswer => vec![Fault::AnswerAfter(Canned::broken())],
        Trouble::MediaLost if matches!(at, At::Show(_)) => {
            vec![answer(400, "BlobNotFound", "Could not find blob: bafkrei")]
        }
        Trouble::MediaTooLarge if at == At::Upload => {
            vec![answer(413, "PayloadTooLarge", "request entity too large")]
        }
        Trouble::Duplicate if matches!(at, At::Show(_)) => {
            vec![answer(400, "InvalidSwap", "Record was at bafyrei")]
        }
        _ => return None,
    })
}

/// An address on this computer at which nobody listens: a port that was free a moment ago.
///
/// # Panics
/// When there is no free port.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "a suite without free ports cannot go on"
)]
pub fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("its address"))
}
