//! What a network can do, as data that the screen, the API and the checks read.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A network in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// Key, such as `bluesky`; stable for ever.
    pub key: String,
    /// Its name, such as `Bluesky`.
    pub name: String,
    /// What kinds of content it publishes.
    pub publishes: Publishes,
    /// Limits of text.
    pub text: TextLimits,
    /// Limits of pictures; none when it takes none.
    pub images: Option<ImageLimits>,
    /// Options a person may set per target.
    pub options: Vec<OptionField>,
    /// How one signs in: fields of the form.
    pub sign_in: SignIn,
    /// How an unknown send is decided.
    pub confirms: Confirms,
    /// Whether a published post can be deleted through the network.
    pub can_delete: bool,
    /// Most targets sent to one account in an hour and a day; none when the network names no number.
    pub quota: Quota,
    /// Names of the numbers it gives.
    pub metrics: Vec<String>,
    /// Whether a preview can be exact; otherwise it is marked "about like this".
    pub exact_preview: bool,
    /// Whether sending needs the internet.
    pub needs_internet: bool,
    /// Notes for people, one sentence each.
    pub notes: Vec<String>,
}

/// Kinds of content a network takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Publishes {
    /// Text alone.
    pub text: bool,
    /// Pictures.
    pub images: bool,
    /// Videos.
    pub video: bool,
    /// Several segments in a row.
    pub thread: bool,
    /// A post with neither text nor media is refused when false.
    pub empty: bool,
}

/// How a text is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CountUnit {
    /// Grapheme clusters (Unicode Annex 29).
    Graphemes,
    /// UTF-16 units.
    Utf16,
    /// UTF-8 bytes.
    Bytes,
}

/// Limits of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextLimits {
    /// The unit of `max`.
    pub unit: CountUnit,
    /// Most units of one segment; none without limit.
    pub max: Option<u32>,
    /// Most UTF-8 bytes besides; none without limit.
    pub max_bytes: Option<u32>,
}

/// Limits of pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageLimits {
    /// Most pictures of one segment.
    pub max_count: u32,
    /// Largest picture in bytes; larger ones are shrunk and re-encoded.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// Media types taken as they are; others are re-encoded.
    pub formats: Vec<String>,
    /// Whether pictures carry a description.
    pub alt: bool,
    /// Longest description in graphemes.
    pub max_alt: Option<u32>,
}

/// Quota of sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quota {
    /// Most posts in an hour on one account.
    pub per_hour: Option<u32>,
    /// Most posts in a day on one account.
    pub per_day: Option<u32>,
}

/// How an uncertain send is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Confirms {
    /// The record's id is chosen before sending: sending again is safe.
    ChosenId,
    /// The feed is read back and matched.
    ReadBack,
    /// Only the person can tell.
    AskPerson,
}

/// Which part of the program fills a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// A web address.
    Address,
    /// A secret, shown as dots and kept in the keyring.
    Secret,
    /// A folder on this computer.
    Folder,
    /// Yes or no.
    Toggle,
    /// One of `choices`.
    Choice,
}

/// A field of the sign-in form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInField {
    /// Name in `SignInFields`.
    pub name: String,
    /// Label on screen.
    pub label: String,
    /// What it is and where to find it, one sentence.
    pub help: String,
    /// How it is entered.
    pub kind: FieldKind,
    /// May stay empty.
    pub optional: bool,
    /// Shown while empty.
    pub placeholder: String,
}

/// How one signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    /// What to do, in steps, as shown above the form.
    pub guide: Vec<String>,
    /// The form.
    pub fields: Vec<SignInField>,
}

/// An option of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptionField {
    /// Name in the target's options.
    pub name: String,
    /// Label on screen.
    pub label: String,
    /// One sentence of help.
    pub help: String,
    /// How it is entered.
    pub kind: FieldKind,
    /// Values of a choice, each with its label.
    pub choices: Vec<(String, String)>,
    /// Value while none is set.
    #[ts(type = "unknown")]
    pub default: serde_json::Value,
}
