//! Rows of the export: the model's own shapes, with what the store keeps beside them.

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::post::{Attempt, Draft, Post};
use model::{MediaId, TargetId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingRow {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Value,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceRow {
    /// The workspace.
    #[serde(flatten)]
    pub workspace: Workspace,
    /// When it went to the bin.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarRow {
    /// The calendar.
    #[serde(flatten)]
    pub calendar: Calendar,
    /// When it went to the bin.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
    /// When it was changed last; none where that was not noted yet, and in older exports.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
}

/// An account. Its secrets are not here: after an import it has to be connected again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// When it went to the bin.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
    /// When its secrets were removed for good; only its past is kept.
    #[serde(default)]
    pub purged_at: Option<Timestamp>,
}

/// A file of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaRow {
    /// Its content hash.
    pub id: MediaId,
    /// Its media type.
    pub mime: String,
    /// Its size.
    pub bytes: u64,
    /// Pixels across.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// The name it came with.
    pub name: String,
    /// Its usual description.
    #[serde(default)]
    pub alt: String,
    /// When it came.
    pub imported_at: Timestamp,
    /// Labels. Exports before version 4 have none, nor what follows.
    #[serde(default)]
    pub labels: Vec<String>,
    /// A note on who owns it and what is allowed.
    #[serde(default)]
    pub rights: String,
    /// A picture with more than one frame.
    #[serde(default)]
    pub moving: bool,
    /// When it went to the bin.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostRow {
    /// The post with its targets, its unconfirmed edit and the bin's date.
    #[serde(flatten)]
    pub post: Post,
    /// What the publisher keeps of each target.
    #[serde(default)]
    pub deliveries: Vec<DeliveryRow>,
    /// What the post said when the unconfirmed edit began.
    #[serde(default)]
    pub edit_base: Option<Draft>,
}

/// What the publisher keeps of a target, beyond what is shown. A target that was in the middle of a
/// send is put in as unconfirmed: nobody else can know how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRow {
    /// The target.
    pub target_id: TargetId,
    /// The person called this one off.
    #[serde(default)]
    pub called_off: bool,
    /// What the network answered, as its connector keeps it.
    #[serde(default)]
    pub remote: Option<Value>,
    /// The handle that makes sending twice harmless.
    #[serde(default)]
    pub handle: Option<Value>,
    /// Hash of what was sent.
    #[serde(default)]
    pub content_hash: Option<String>,
    /// How often it was deleted on its network and goes out anew.
    #[serde(default)]
    pub turn: u32,
    /// Tries so far.
    #[serde(default)]
    pub attempts_made: u32,
    /// Finished steps of a send that takes several.
    #[serde(default)]
    pub steps: Vec<StepRow>,
}

/// A finished step of a send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRow {
    /// Which step.
    pub key: String,
    /// What came of it.
    pub value: Value,
    /// It made something visible.
    pub visible: bool,
    /// When.
    pub at: Timestamp,
}

/// A line of the job log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptRow {
    /// The attempt.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// Hash of what was to be sent.
    #[serde(default)]
    pub content_hash: String,
    /// The step it was at.
    #[serde(default)]
    pub step: String,
    /// That step makes something visible.
    #[serde(default)]
    pub step_visible: bool,
    /// When its last step that makes something visible began; none where nothing can have shown, and in
    /// older exports.
    #[serde(default)]
    pub shown_at: Option<Timestamp>,
}
