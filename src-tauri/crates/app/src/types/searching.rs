//! Finding posts by their words.

use model::{CalendarId, PostId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Find posts by words.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Search {
    /// Words; the last may be a beginning.
    pub query: String,
    /// Calendars; empty for all.
    pub calendars: Vec<CalendarId>,
    /// At most this many, 1 to 200.
    pub limit: u32,
}

/// Find out which posts have some words.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsFind {
    /// Words; each may be a beginning.
    pub query: String,
    /// Calendars; empty for all that are in use.
    pub calendars: Vec<CalendarId>,
}

/// Posts that have them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundPosts {
    /// All of them, in no order.
    pub ids: Vec<PostId>,
}
