//! What every network over HTTP shares: short time limits, and how troubles become faults of a call.

use std::sync::OnceLock;
use std::time::Duration;

use networks::http::{Clients, HttpConfig, ProxyChoice, Timeouts};
use sandbox::{Canned, Fault};

use super::{At, Trouble};

/// The settings of [`http`] with clients that all benches share: each that is made anew reads all
/// certificates of the system.
///
/// # Panics
/// When there is no cryptography.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "a suite without its clients cannot go on"
)]
pub fn shared_http() -> HttpConfig {
    static CLIENTS: OnceLock<Clients> = OnceLock::new();
    let clients = CLIENTS.get_or_init(|| Clients::new(&http()).expect("clients"));
    HttpConfig {
        shared: Some(clients.clone()),
        ..http()
    }
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
            ..Timeouts::default()
        },
        ..HttpConfig::new("0.0.0-test")
    }
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

/// How a network says what all networks say. None where it never says so.
#[derive(Debug, Clone)]
pub struct Words {
    /// Signed out, and renewing does not help; as often as it has to be said in a row.
    pub unauthorized: Option<(Canned, usize)>,
    /// Not allowed.
    pub forbidden: Option<Canned>,
    /// Too many requests, with the time when it ends, which has to be near the suite's clock
    /// ([`DUE`](crate::desk::DUE)).
    pub wait_until: Option<Canned>,
    /// Too many requests, without a time.
    pub wait: Option<Canned>,
    /// The server's own trouble.
    pub server_error: Canned,
    /// A good answer that breaks off.
    pub broken: Canned,
    /// Said by the showing call: an uploaded file is not there any more.
    pub media_lost: Option<Canned>,
    /// Said by an upload: larger than the server takes.
    pub media_too_large: Option<Canned>,
    /// Said by the showing call: the same was posted already.
    pub duplicate: Option<Canned>,
}

impl Words {
    /// The faults of one call in a row for a trouble; none when it cannot happen this way.
    #[must_use]
    pub fn faults(&self, trouble: Trouble, at: At) -> Option<Vec<Fault>> {
        let answer = |canned: &Option<Canned>| canned.clone().map(Fault::Answer);
        let shows = matches!(at, At::Show(_));
        let one = match trouble {
            Trouble::CutBefore => Some(Fault::CutBefore),
            Trouble::CutAfter => Some(Fault::CutAfter),
            Trouble::CutInBody => Some(Fault::CutInBody),
            Trouble::CutInAnswer => Some(Fault::CutInAnswer),
            Trouble::SilentBefore => Some(Fault::SilentBefore),
            Trouble::SilentAfter => Some(Fault::SilentAfter),
            Trouble::Unauthorized => {
                let (canned, times) = self.unauthorized.clone()?;
                return Some(vec![Fault::Answer(canned); times]);
            }
            Trouble::Forbidden => answer(&self.forbidden),
            Trouble::WaitUntil => answer(&self.wait_until),
            Trouble::Wait => answer(&self.wait),
            Trouble::ServerError => Some(Fault::Answer(Canned::page(502))),
            Trouble::ServerErrorAfter => Some(Fault::AnswerAfter(self.server_error.clone())),
            Trouble::Page => Some(Fault::Answer(Canned::page(200))),
            Trouble::PageAfter => Some(Fault::AnswerAfter(Canned::page(200))),
            Trouble::BrokenAnswer => Some(Fault::AnswerAfter(self.broken.clone())),
            Trouble::MediaLost if shows => answer(&self.media_lost),
            Trouble::MediaTooLarge if at == At::Upload => answer(&self.media_too_large),
            Trouble::Duplicate if shows => answer(&self.duplicate),
            _ => None,
        };
        one.map(|fault| vec![fault])
    }
}
