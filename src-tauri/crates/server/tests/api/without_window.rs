//! The same examples and the same harm against the host as it is without a window, with the screen beside
//! the contracts.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

/// As `almanac-server` listens.
const WITHOUT_WINDOW: bool = true;

mod access;
mod calendar_entries;
mod connecting;
mod content_calendar;
mod doors;
mod hostile;
mod instagram_editor;
mod keys;
mod pasting;
mod scheduler;
mod social_publishing;
mod support;
mod uploads;
mod webhooks;
