//! What a person asks of the library: which files, in which order.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{AccountId, PostId};

/// Longest name of a file, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Longest note on rights, in UTF-8 bytes.
pub const MAX_RIGHTS_BYTES: usize = 4_000;

/// What a file is to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileSort {
    /// A still picture.
    Picture,
    /// A picture with more than one frame.
    Moving,
    /// A video.
    Video,
    /// Anything else, such as a PDF.
    Document,
}

impl FileSort {
    /// The word that queries compare with.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Moving => "moving",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

/// Whether posts use a file. Posts in the bin do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileUse {
    /// At least one does.
    Used,
    /// None does.
    Unused,
}

/// In which order files stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileOrder {
    /// The one that came last first.
    #[default]
    Newest,
    /// By name.
    Name,
    /// The largest first.
    Largest,
    /// Those no post uses first, each part by when it came.
    UnusedFirst,
}

/// An account that has to be able to take a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileFits {
    /// The account.
    pub account_id: AccountId,
    /// As which sort of post, where its network has several, such as `reel`.
    #[serde(default)]
    pub kind: Option<String>,
}

/// Which files are wanted; every condition has to hold. The empty query is the whole library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileQuery {
    /// Words that all have to stand in the name, a label or the description, in any part of a word;
    /// small and capital letters and accents are alike.
    #[serde(default)]
    pub words: String,
    /// What the file may be; empty for anything.
    #[serde(default)]
    pub sorts: Vec<FileSort>,
    /// Used or not; both when missing.
    #[serde(default)]
    pub usage: Option<FileUse>,
    /// Only files of this post.
    #[serde(default)]
    pub used_in: Option<PostId>,
    /// Only files with this label.
    #[serde(default)]
    pub label: Option<String>,
    /// Only files that this account takes.
    #[serde(default)]
    pub fits: Option<FileFits>,
    /// The order.
    #[serde(default)]
    pub order: FileOrder,
}
