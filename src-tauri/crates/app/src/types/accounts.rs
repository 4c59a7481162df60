//! Workspaces, calendars and accounts.

use std::collections::BTreeMap;

use model::account::Account;
use model::calendar::WorkingHours;
use model::when::Zone;
use model::{AccountId, CalendarId, WorkspaceId};
use networks::connector::Choice;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::types::Written;

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
    /// Most posts it holds, those in the bin not counted; none without limit.
    #[serde(default)]
    pub most_posts: Option<u32>,
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
    /// Key of the way to sign in; the network's first when empty.
    #[serde(default)]
    pub method: String,
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
    /// Key of the way to sign in; the network's first when empty.
    #[serde(default)]
    pub method: String,
    /// Fields that are no secrets.
    pub fields: BTreeMap<String, String>,
    /// Secret fields; never logged.
    pub secrets: BTreeMap<String, String>,
}

/// One of several accounts a sign-in gives access to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundAccount {
    /// The network's id of it.
    pub remote_id: String,
    /// The name people know it by.
    pub handle: String,
    /// The name it shows.
    pub display_name: String,
}

/// How far a sign-in is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum SignInAnswer {
    /// The account is connected.
    Connected {
        /// What was written.
        written: Box<Written<Account>>,
    },
    /// It gives access to several accounts: `accounts.sign_in_choose` takes one.
    Choose {
        /// The sign-in.
        id: String,
        /// The accounts.
        accounts: Vec<FoundAccount>,
    },
    /// The browser has to be sent to `address`; then `accounts.sign_in_wait` waits for it, or
    /// `accounts.sign_in_paste` takes the final address.
    Browser {
        /// The sign-in.
        id: String,
        /// Where to send the browser.
        address: String,
        /// Where it comes back to.
        redirect: String,
        /// It does not come back by itself: the person copies the final address.
        pasted: bool,
    },
}

impl SignInAnswer {
    /// What was written when the account is connected.
    #[must_use]
    pub fn connected(self) -> Option<Written<Account>> {
        match self {
            Self::Connected { written } => Some(*written),
            _ => None,
        }
    }
}

/// One sign-in that is under way.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneSignIn {
    /// Which.
    pub id: String,
}

/// The final address of a sign-in, copied out of the browser.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInPaste {
    /// Which sign-in.
    pub id: String,
    /// The address; never logged.
    pub address: String,
}

/// Take one of the accounts a sign-in gives access to.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInChoose {
    /// Which sign-in.
    pub id: String,
    /// The network's id of the account.
    pub remote_id: String,
}

/// One network.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneNetwork {
    /// Its key.
    pub network: String,
}

/// What is kept of the person's app at a network, so that it need not be typed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptApp {
    /// Fields that are no secrets, with their values.
    pub fields: BTreeMap<String, String>,
    /// Names of the secret fields that are kept.
    pub secrets: Vec<String>,
}

/// Ask a network what it offers an account for an option.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountChoices {
    /// The account.
    pub id: AccountId,
    /// Name of the option, or `mention` for names in a text.
    pub option: String,
    /// What was typed so far.
    pub query: String,
    /// What else was chosen for the target: some offers follow from it, such as a community's flairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "Record<string, unknown>")]
    pub chosen: Option<Map<String, Value>>,
}

/// What a network offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// At most 200.
    pub choices: Vec<Choice>,
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
