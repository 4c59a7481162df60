//! Workspaces and calendars.

use jiff::civil;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;
use crate::id::{AccountId, CalendarId, WorkspaceId};
use crate::when::Zone;

/// Everything one brand or client owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// Identifier.
    pub id: WorkspaceId,
    /// Its name, unique among workspaces that are not in the bin.
    pub name: String,
    /// Most that paid calls may cost in a calendar month, in millionths of a US dollar; none without
    /// limit.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub monthly_budget: Option<u64>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether a calendar takes part in daily work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CalendarStatus {
    /// Shown and published.
    #[default]
    Active,
    /// Kept, hidden and never published from.
    Archived,
}

/// Working hours of one weekday, wall time of the calendar's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkingHours {
    /// 1 = Monday … 7 = Sunday (ISO 8601).
    pub weekday: u8,
    /// Start.
    #[ts(type = "string")]
    pub from: civil::Time,
    /// End, after the start.
    #[ts(type = "string")]
    pub to: civil::Time,
}

/// Monday to Friday, 09:00 to 17:00.
#[must_use]
pub fn usual_working_hours() -> Vec<WorkingHours> {
    let hour = |h| civil::Time::constant(h, 0, 0, 0);
    (1..=5)
        .map(|weekday| WorkingHours {
            weekday,
            from: hour(9),
            to: hour(17),
        })
        .collect()
}

/// Default grace time for missed posts: two hours, in minutes.
pub const DEFAULT_GRACE_MINUTES: u32 = 120;

/// A named plan in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    /// Identifier.
    pub id: CalendarId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The zone people schedule in.
    pub zone: Zone,
    /// When people work on it; hours outside are shaded.
    pub working_hours: Vec<WorkingHours>,
    /// Accounts a new post starts with.
    pub default_accounts: Vec<AccountId>,
    /// How late a post may still go out by itself, in minutes.
    pub grace_minutes: u32,
    /// Most posts it holds, those in the bin not counted; none without limit.
    #[serde(default)]
    pub most_posts: Option<u32>,
    /// Active or archived.
    pub status: CalendarStatus,
    /// Publishing from this calendar is paused; the text is the reason shown.
    pub paused: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}
