//! Servers that play a network: they enforce its documented contract, count what is posted, and
//! fail on order.
//!
//! A fault is ordered for the next call of a method ([`Faults::order`]) and used up by it. A method is
//! the last part of a path, alone (`statuses`) or with the verb in front (`POST statuses`).

pub mod bluesky;
pub mod discord;
pub mod facebook;
mod hex;
pub mod instagram;
pub mod issuer;
mod lexicon;
pub mod linkedin;
pub mod mastodon;
pub mod meta;
pub mod nostr;
pub mod pages;
pub mod pinterest;
pub mod received;
pub mod reddit;
mod serve;
pub mod slack;
#[cfg(feature = "storage")]
pub mod storage;
pub mod telegram;
pub mod threads;
pub mod tiktok;
pub mod webhook;
pub mod wire;
pub mod wordpress;
pub mod x;
pub mod youtube;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

pub use serve::Server;

/// How a call goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// None: this call goes well, and the next one takes its turn.
    Pass,
    /// The connection closes before the call is looked at.
    CutBefore,
    /// The call has its effect, then the connection closes without an answer.
    CutAfter,
    /// The connection closes while the call is still being sent, before it is looked at.
    CutInBody,
    /// The call has its effect, and the connection closes in the middle of its answer.
    CutInAnswer,
    /// No answer ever comes, and the call has no effect.
    SilentBefore,
    /// The call has its effect, and no answer ever comes.
    SilentAfter,
    /// This answer in place of the call.
    Answer(Canned),
    /// The call has its effect, then this answer comes in place of the right one.
    AnswerAfter(Canned),
}

/// An answer made in advance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    /// Status.
    pub status: u16,
    /// Headers besides the content type.
    pub headers: Vec<(&'static str, String)>,
    /// Content type.
    pub kind: &'static str,
    /// Body.
    pub body: String,
}

impl Canned {
    /// An error of the AT Protocol.
    #[must_use]
    pub fn xrpc(status: u16, error: &str, message: &str) -> Self {
        let body = serde_json::json!({ "error": error, "message": message }).to_string();
        Self {
            status,
            headers: vec![],
            kind: "application/json",
            body,
        }
    }

    /// A web page, as gateways and hotel networks send them.
    #[must_use]
    pub fn page(status: u16) -> Self {
        let body =
            "<!doctype html><title>Welcome</title><p>Please sign in to the network.".to_owned();
        Self {
            status,
            headers: vec![],
            kind: "text/html; charset=utf-8",
            body,
        }
    }

    /// JSON with a status.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![],
            kind: "application/json",
            body: body.to_string(),
        }
    }

    /// JSON that breaks off.
    #[must_use]
    pub fn broken() -> Self {
        Self {
            status: 200,
            headers: vec![],
            kind: "application/json",
            body: "{\"uri\":\"at://did:plc:".to_owned(),
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Faults that were ordered, by method, and the wire that they happen on.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    ordered: Arc<Mutex<HashMap<String, VecDeque<Fault>>>>,
    wire: wire::Wire,
}

impl Faults {
    /// Orders a fault for the next call of a method that has none ordered yet; `"*"` stands for any.
    pub fn order(&self, method: &str, fault: Fault) {
        self.lock()
            .entry(method.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// Orders a fault for a call of a method after so many that go well.
    pub fn order_after(&self, method: &str, passes: usize, fault: Fault) {
        (0..passes).for_each(|_| self.order(method, Fault::Pass));
        self.order(method, fault);
    }

    /// Takes back every order that was not used up yet.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Whether every ordered fault happened.
    #[must_use]
    pub fn all_used(&self) -> bool {
        self.lock().values().all(VecDeque::is_empty)
    }

    /// What goes over the server's connections.
    #[must_use]
    pub fn wire(&self) -> &wire::Wire {
        &self.wire
    }

    /// The fault of a call: what was ordered for `POST method` and the like goes before `method`.
    fn take(&self, verb: &str, method: &str) -> Option<Fault> {
        let mut ordered = self.lock();
        let mut pop = |name: &str| ordered.get_mut(name).and_then(VecDeque::pop_front);
        pop(&format!("{verb} {method}"))
            .or_else(|| pop(method))
            .or_else(|| pop("*"))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, VecDeque<Fault>>> {
        self.ordered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
