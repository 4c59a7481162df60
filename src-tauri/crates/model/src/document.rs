//! What is known of a document.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What was found inside a PDF. What could not be found is none, and then stops nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentFacts {
    /// How many pages it has.
    pub pages: Option<u32>,
    /// What is in it is encrypted, with a password or without one.
    pub locked: bool,
}
