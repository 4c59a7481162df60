//! Connected accounts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;
use crate::id::{AccountId, WorkspaceId};

/// The setting of an account that says when its sign-in ends, in UTC milliseconds. The program keeps it
/// up to date beside the network's own settings.
pub const SIGN_IN_ENDS: &str = "signInEnds";

/// Whether an account can send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AccountHealth {
    /// Signed in.
    Ok,
    /// The network signed it out, or its sign-in ran out: a person has to connect it again.
    NeedsReconnect {
        /// Why, in a sentence.
        reason: String,
        /// Since when.
        since: Timestamp,
    },
}

/// A connected account on a network. Its secrets are in the keyring, never here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// Key of the network in the catalogue, such as `bluesky`.
    pub network: String,
    /// The network's own stable id of the account (a DID, a folder path).
    pub remote_id: String,
    /// The name people know it by on the network, such as `ana.example.com`.
    pub handle: String,
    /// The name it shows.
    pub display_name: String,
    /// Address of the server, where the network has several; empty otherwise.
    pub server: String,
    /// Connector settings that are no secrets, as a JSON object with the fields the catalogue names.
    #[ts(type = "Record<string, unknown>")]
    pub settings: serde_json::Value,
    /// Whether it can send.
    pub health: AccountHealth,
    /// Publishing to it is paused; the text is the reason shown.
    pub paused: Option<String>,
    /// When it was connected.
    pub created_at: Timestamp,
}
