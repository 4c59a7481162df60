//! Public addresses for files.

use networks::hosting::{CheckStep, StorageSettings};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where files are lent from to networks that fetch them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublicFiles {
    /// The storage; none when there is none.
    pub storage: Option<StorageSettings>,
    /// Whether its key is kept; none when passwords cannot be read just now.
    pub has_key: Option<bool>,
    /// Networks that need a public address, and for what.
    pub needed_by: Vec<NeedsAddress>,
}

/// A network that fetches files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NeedsAddress {
    /// Key of the network.
    pub network: String,
    /// What it fetches and why that needs an address, as a sentence.
    pub why: String,
}

/// Use this storage.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublicFilesSet {
    /// Where.
    pub storage: StorageSettings,
    /// What the service calls the key; empty to keep the one that is kept.
    #[serde(default)]
    pub key_id: String,
    /// Its secret; empty to keep the one that is kept.
    #[serde(default)]
    pub secret: String,
}

/// What came of trying it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublicFilesChecked {
    /// Everything worked.
    pub works: bool,
    /// The parts in order; what follows from one that did not work is left out.
    pub steps: Vec<CheckStep>,
}
