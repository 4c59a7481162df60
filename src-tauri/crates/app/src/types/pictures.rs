//! Pictures: layers for the editor, and what accounts get of them.

use model::content::MediaUse;
use model::edit::Operation;
use model::error::Problem;
use model::{AccountId, MediaId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

/// Ask for what words or a mark lay over a picture.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LayerWanted {
    /// The words or the mark.
    pub operation: Operation,
    /// Width of the picture in pixels, at most 4096.
    pub width: u32,
    /// Its height in pixels, at most 4096.
    pub height: u32,
}

/// What lies over a picture, in its pixels.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureLayer {
    /// Distance from the left edge; less than nothing where it begins outside.
    #[ts(type = "number")]
    pub left: i64,
    /// Distance from the upper edge.
    #[ts(type = "number")]
    pub top: i64,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Height of the lines of words together; 0 of a mark.
    pub lines: u32,
    /// A PNG with what is transparent in it, in base64.
    pub png: String,
    /// Family of the font that was used; empty of a mark.
    pub font: String,
    /// The font that was asked for is not installed on this computer; another one was used.
    pub replaced: bool,
}

/// Ask what accounts get of files.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FitsWanted {
    /// Files of one segment, with their edits, in order.
    pub media: Vec<MediaUse>,
    /// The accounts and what is chosen for each.
    pub accounts: Vec<FitsAccount>,
}

/// An account that files may go to.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FitsAccount {
    /// Which.
    pub id: AccountId,
    /// Options as the catalogue names them.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub options: Map<String, Value>,
}

/// Whether a file goes to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Fits {
    /// As it is, without what tells where it was taken.
    AsItIs,
    /// Made to fit.
    Changed,
    /// Not at all, as it stands.
    No,
}

/// The picture that an account gets.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SentPicture {
    /// Its name, to show it by: `media://localhost/sent/<id>/<file>`.
    pub file: String,
    /// Media type.
    pub mime: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// It has more than one frame.
    pub moving: bool,
}

/// What an account gets of a file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureFit {
    /// The file.
    pub media_id: MediaId,
    /// Its position among the files that were asked for.
    pub index: u32,
    /// The account.
    pub account_id: AccountId,
    /// Whether it goes.
    pub fits: Fits,
    /// What goes, in a sentence; or why nothing does.
    pub words: String,
    /// The picture as it is sent; none of other files, and where none is sent.
    pub sent: Option<SentPicture>,
    /// What is wrong with it on this account's network, with what mends it.
    pub problems: Vec<Problem>,
}
