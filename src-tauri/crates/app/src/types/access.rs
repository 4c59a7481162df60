//! Programs that ask a person for access instead of being given a key.

use model::key::KeyRole;
use model::{Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A program that may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessProgram {
    /// Its public identifier, `client_id` in OAuth.
    pub id: String,
    /// The workspace it asks for.
    pub workspace_id: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// Where the browser goes back to, exactly.
    pub redirect_uri: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// How often it was let in, and was not shut out since.
    pub granted: u32,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A program asks; the person answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessAsk {
    /// Which question.
    pub id: String,
    /// What people call the program.
    pub name: String,
    /// Where the browser goes back to.
    pub redirect_uri: String,
    /// What it wants to do.
    pub role: KeyRole,
}

/// The programs of a workspace, the newest first, and what they ask, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessList {
    /// The programs.
    pub programs: Vec<AccessProgram>,
    /// What waits for an answer.
    pub asks: Vec<AccessAsk>,
}

/// Let a program ask for access.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessRegister {
    /// The workspace it may ask for.
    pub workspace_id: WorkspaceId,
    /// What to call it.
    pub name: String,
    /// Where the browser goes back to: https, or http on this computer.
    pub redirect_uri: String,
}

/// A program that was registered. The only time that its secret is shown.
#[derive(Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessRegistered {
    /// What is kept of it.
    pub program: AccessProgram,
    /// Its secret, `client_secret` in OAuth; never logged, never kept.
    pub secret: String,
}

/// One program of a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneAccessProgram {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: String,
}

/// What a person says to a program that asks for access.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessAnswer {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which question.
    pub id: String,
    /// It is let in; otherwise it is told no.
    pub yes: bool,
}
