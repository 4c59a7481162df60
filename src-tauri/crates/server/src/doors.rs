//! Almanac's own doors beside the contracts, as one list: what the router, the description and the documents
//! are made from.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;

use crate::host::Host;
use crate::{almanac, events, mcp, screen};

/// JSON.
pub(crate) const JSON: &str = "application/json";
/// Bytes of a file.
pub(crate) const BYTES: &str = "application/octet-stream";
/// Server-sent events.
pub(crate) const EVENTS: &str = "text/event-stream";
/// A word, or figures for Prometheus.
pub(crate) const TEXT: &str = "text/plain";

type Serve = fn(&Arc<Host>) -> MethodRouter;

/// A door.
pub struct Door {
    /// Its method.
    pub method: Method,
    /// Its path as the router has it.
    pub path: &'static str,
    /// What it is for.
    pub what: &'static str,
    /// It is there only where Almanac serves its screen.
    pub with_screen: bool,
    /// The kind of what it reads.
    pub(crate) takes: Option<&'static str>,
    /// The kind of what it answers.
    pub(crate) gives: &'static str,
    /// Fields of its query, each with what it is for.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// It is open without a key.
    pub(crate) open: bool,
    serve: Serve,
}

impl Door {
    /// One that needs a key and answers JSON.
    pub(crate) fn new(
        method: Method,
        path: &'static str,
        what: &'static str,
        serve: Serve,
    ) -> Self {
        Self {
            method,
            path,
            what,
            with_screen: false,
            takes: None,
            gives: JSON,
            query: &[],
            open: false,
            serve,
        }
    }

    /// The same, reading this kind.
    pub(crate) fn takes(mut self, kind: &'static str) -> Self {
        self.takes = Some(kind);
        self
    }

    /// The same, answering this kind.
    pub(crate) fn gives(mut self, kind: &'static str) -> Self {
        self.gives = kind;
        self
    }

    /// The same with a query.
    pub(crate) fn asks(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// The same without a key.
    pub(crate) fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// The same, only where the screen is served.
    pub(crate) fn with_screen(mut self) -> Self {
        self.with_screen = true;
        self
    }

    /// Its path as descriptions write it.
    #[must_use]
    pub fn described(&self) -> String {
        self.path.replace("{*", "{")
    }
}

/// Every door.
#[must_use]
pub fn all() -> Vec<Door> {
    let mut all = almanac::doors();
    all.push(events::door());
    all.push(mcp::door());
    all.extend(screen::doors());
    all
}

/// Those of them that a host has.
pub(crate) fn router(host: &Arc<Host>) -> Router {
    let screen = host.outside.screen.is_some();
    all()
        .into_iter()
        .filter(|door| screen || !door.with_screen)
        .fold(Router::new(), |router, door| {
            router.route(door.path, (door.serve)(host))
        })
}
