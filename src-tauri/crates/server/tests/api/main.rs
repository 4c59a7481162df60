//! The contracts over HTTP, against the whole program with networks in memory. Requests are those of the
//! documents, with dates moved ahead; answers are compared field by field, identifiers and instants by
//! their shape.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

/// As the desktop program listens.
const WITHOUT_WINDOW: bool = false;

mod access;
mod calendar_entries;
mod connecting;
mod content_calendar;
mod doors;
mod events;
mod files;
mod fuzz;
mod going_out;
mod hostile;
mod instagram_editor;
mod keys;
mod log;
mod mcp;
mod pasting;
mod routes;
mod scheduler;
mod social_publishing;
mod support;
mod sweep;
mod things;
mod uploads;
mod webhooks;
mod whole;
