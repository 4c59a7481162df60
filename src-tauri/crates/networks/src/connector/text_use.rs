//! How long a text is for one account.

use model::account::Account;
use model::content::{MediaUse, Segment};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::CheckInput;

/// A text whose length is asked for, with what a network may count or go by besides its words.
#[derive(Debug, Clone, Copy)]
pub struct TextUse<'a> {
    /// The account; its settings may change limits.
    pub account: &'a Account,
    /// The text as it goes out.
    pub text: &'a str,
    /// Options as chosen.
    pub options: &'a Map<String, Value>,
    /// The files that go out with the text.
    pub files: &'a [MediaUse],
}

impl<'a> TextUse<'a> {
    /// The text of a segment that is checked.
    #[must_use]
    pub fn of(input: &CheckInput<'a>, segment: &'a Segment) -> Self {
        Self {
            account: input.account,
            text: &segment.text,
            options: &input.draft.options,
            files: &segment.media,
        }
    }
}

/// How long a text is as the network counts, for the counter beside the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// What counts, in the network's unit.
    pub used: u32,
    /// What the network allows; none when it has no limit.
    pub limit: Option<u32>,
    /// UTF-16 offset of the first unit too many, as text fields count; none while it fits.
    pub over_from: Option<u32>,
}
