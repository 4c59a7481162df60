//! The library: looking through it, and changing what is known of files.

use model::captions::Cue;
use model::library::FileQuery;
use model::post::Chip;
use model::{AccountId, MediaId, Problem, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::data::MediaInfo;

/// Which files, and which part of them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaAsk {
    /// Which and in which order.
    pub query: FileQuery,
    /// How many to leave out from the start.
    pub offset: u32,
    /// How many to give, at most 500.
    pub limit: u32,
}

/// Files of the library.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaPage {
    /// Those asked for.
    pub files: Vec<MediaInfo>,
    /// How many the query finds.
    pub total: u32,
    /// How many the library has.
    pub whole: u32,
    /// Every label of the library.
    pub labels: Vec<MediaLabelCount>,
}

/// A label of files.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaLabelCount {
    /// The label.
    pub label: String,
    /// How many files have it.
    pub files: u32,
}

/// One file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneMedia {
    /// Which.
    pub id: MediaId,
}

/// Posts that use a file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaUses {
    /// The posts, at most a hundred, latest first.
    pub chips: Vec<Chip>,
    /// How many there are.
    pub total: u32,
}

/// A file and the accounts it might go to.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaFitsAsk {
    /// The file.
    pub id: MediaId,
    /// Whose accounts.
    pub workspace_id: WorkspaceId,
}

/// Whether an account takes a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaFit {
    /// The account.
    pub account_id: AccountId,
    /// As which sort of post: the option's value. None where the network has one sort only.
    pub kind: Option<String>,
    /// The sort of post as people call it, such as "Reel".
    pub kind_name: Option<String>,
    /// Why not, and what would help; empty when it fits.
    pub problems: Vec<Problem>,
}

/// Where a copy of a file goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaCopy {
    /// Which.
    pub id: MediaId,
    /// Absolute path of the copy.
    pub path: String,
}

/// Words about a file; what is missing stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaDescribe {
    /// Which.
    pub id: MediaId,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// What new uses start with as their description.
    #[serde(default)]
    pub alt: Option<String>,
    /// Who owns it and what is allowed.
    #[serde(default)]
    pub rights: Option<String>,
}

/// Changes labels of files.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaLabel {
    /// Which.
    pub ids: Vec<MediaId>,
    /// Labels to add.
    #[serde(default)]
    pub add: Vec<String>,
    /// Labels to take off.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// What came of deleting files.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaRemoved {
    /// Those in the bin now.
    pub removed: Vec<MediaId>,
    /// Those that posts still to go out need.
    pub kept: Vec<MediaKept>,
}

/// A file that was not deleted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaKept {
    /// Which.
    pub id: MediaId,
    /// Its name.
    pub name: String,
    /// Why, as a sentence.
    pub message: String,
}

/// How far taking files in has come. All zero when nothing is on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaImporting {
    /// Files that were asked for since the last time nothing was on its way.
    pub files: u32,
    /// Of these, how many are done.
    pub done: u32,
    /// Bytes of all of them as far as they are known.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes read.
    #[ts(type = "number")]
    pub read: u64,
    /// The name of one that is on its way.
    pub name: String,
    /// The version of a video that is being made just now.
    pub making: Option<VideoMaking>,
}

/// A version of a video that is being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VideoMaking {
    /// The video it is made of.
    pub media_id: MediaId,
    /// How much of it is made, in milliseconds of the version.
    pub done_ms: u32,
    /// How long it will run; none where that is not known.
    pub length_ms: Option<u32>,
}

/// A file of captions on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaptionsFile {
    /// Where it lies.
    pub path: String,
}

/// What is in a file of captions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaptionsRead {
    /// The language that the file's name tells; none when it tells none.
    pub language: Option<String>,
    /// What is said, and when.
    pub cues: Vec<Cue>,
}
