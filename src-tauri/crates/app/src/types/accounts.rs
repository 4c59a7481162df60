//! Workspaces, calendars and accounts.

use std::collections::BTreeMap;

use model::calendar::WorkingHours;
use model::when::Zone;
use model::{AccountId, CalendarId, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A new workspace. It starts with one calendar of the same name.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceCreate {
    /// Its name.
    pub name: String,
    /// Zone of its first calendar; the computer's when missing.
    #[serde(default)]
    pub zone: Option<Zone>,
}

/// Rename a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceRename {
    /// Which.
    pub id: WorkspaceId,
    /// The new name.
    pub name: String,
}

/// One workspace.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneWorkspace {
    /// Which.
    pub id: WorkspaceId,
}

/// What a person chooses for a calendar.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalendarDraft {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The zone people schedule in.
    pub zone: Zone,
    /// When people work on it.
    pub working_hours: Vec<WorkingHours>,
    /// Accounts a new post starts with.
    pub default_accounts: Vec<AccountId>,
    /// How late a post may still go out by itself, in minutes.
    pub grace_minutes: u32,
}

/// A new calendar.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalendarCreate {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// What was chosen.
    pub draft: CalendarDraft,
}

/// Change a calendar.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalendarUpdate {
    /// Which.
    pub id: CalendarId,
    /// What was chosen. A changed zone does not move posts: they keep wall time and zone as typed.
    pub draft: CalendarDraft,
}

/// Archive a calendar or take it back into use.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalendarArchive {
    /// Which.
    pub id: CalendarId,
    /// Archive or not.
    pub archived: bool,
}

/// Pause publishing from a calendar, or go on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalendarPause {
    /// Which.
    pub id: CalendarId,
    /// The reason shown; none goes on.
    pub reason: Option<String>,
}

/// One calendar.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneCalendar {
    /// Which.
    pub id: CalendarId,
}

/// Connect an account with what a person typed.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountConnect {
    /// The workspace it will belong to.
    pub workspace_id: WorkspaceId,
    /// Key of the network.
    pub network: String,
    /// Fields that are no secrets, by name of the catalogue.
    pub fields: BTreeMap<String, String>,
    /// Secret fields, by name of the catalogue; never logged.
    pub secrets: BTreeMap<String, String>,
}

/// Connect an account again.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountReconnect {
    /// Which.
    pub id: AccountId,
    /// Fields that are no secrets.
    pub fields: BTreeMap<String, String>,
    /// Secret fields; never logged.
    pub secrets: BTreeMap<String, String>,
}

/// One account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneAccount {
    /// Which.
    pub id: AccountId,
}

/// Pause publishing to an account, or go on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountPause {
    /// Which.
    pub id: AccountId,
    /// The reason shown; none goes on.
    pub reason: Option<String>,
}
