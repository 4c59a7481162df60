//! What a workspace keeps for writing: groups of hashtags, parameters on links, the mark of pictures.

use std::collections::BTreeMap;

use model::WorkspaceId;
use model::edit::mark::Watermark;
use model::links::LinkRules;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Hashtags that are used together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagGroup {
    /// Its name, unique in its workspace.
    pub name: String,
    /// The hashtags in order, without their sign.
    pub tags: Vec<String>,
}

/// What a workspace keeps for writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Writing {
    /// Groups of hashtags, by name.
    pub tag_groups: Vec<TagGroup>,
    /// Parameters that are put into links, by network.
    pub links: LinkRules,
    /// The mark of its pictures, on or off; none when there is none.
    pub watermark: Option<Watermark>,
}

/// What the workspaces keep for writing, by workspace; those that keep nothing are left out.
pub type Writings = BTreeMap<WorkspaceId, Writing>;

/// Make a group of hashtags, or change one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagGroupPut {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The name it has now; none for a new one.
    #[serde(default)]
    pub was: Option<String>,
    /// The group; hashtags with or without their sign.
    pub group: TagGroup,
}

/// Remove a group of hashtags.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagGroupRemove {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub name: String,
}

/// Say which mark pictures get.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatermarkSet {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The mark; none to forget it.
    #[serde(default)]
    pub watermark: Option<Watermark>,
}

/// Say which parameters links get.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkRulesSet {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// All of it.
    pub rules: LinkRules,
}
