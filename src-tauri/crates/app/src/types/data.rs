//! Media, import and export, backups, the log.

use model::clip::Clip;
use model::document::DocumentFacts;
use model::edit::Operation;
use model::when::Zone;
use model::{CalendarId, MediaId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Files on this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Paths {
    /// Absolute paths.
    pub paths: Vec<String>,
}

/// One file on this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OnePath {
    /// Absolute path.
    pub path: String,
}

/// A file from the clipboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaBytes {
    /// A name for it.
    pub name: String,
    /// Base64.
    pub data: String,
}

/// Files by id.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaIds {
    /// Which.
    pub ids: Vec<MediaId>,
}

/// A picture that is to be cut to another shape.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaCrop {
    /// Which.
    pub id: MediaId,
    /// What is done to it before.
    #[serde(default)]
    pub edits: Vec<Operation>,
    /// Width and height of the shape, such as 4 and 5.
    pub ratio: (u32, u32),
}

/// A file of the library.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaInfo {
    /// Which.
    pub id: MediaId,
    /// The name it came with.
    pub name: String,
    /// Media type found in its bytes.
    pub mime: String,
    /// Size in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// What is inside a video; none of other files, and while nothing is known of it.
    pub clip: Option<Clip>,
    /// What is inside a document; none of other files, and while nothing is known of it.
    pub document: Option<DocumentFacts>,
    /// The library has lost the file.
    pub missing: bool,
    /// A picture with more than one frame.
    pub moving: bool,
    /// What new uses start with as their description.
    pub alt: String,
    /// Labels.
    pub labels: Vec<String>,
    /// A note on who owns it and what is allowed.
    pub rights: String,
    /// When it came.
    pub imported_at: Timestamp,
    /// How many posts use it, the bin not counted.
    pub used: u32,
}

/// The program that changes videos.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VideoTool {
    /// Videos can be changed on this computer.
    pub ready: bool,
    /// Its version; none where it is not there.
    pub version: Option<String>,
    /// What to do where it is missing or too old; empty where it is ready.
    pub advice: String,
}

/// What came of taking files in.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaImported {
    /// Files taken in, in the order given; those that were there before are among them.
    pub files: Vec<MediaInfo>,
    /// Files refused: name and a sentence.
    pub refused: Vec<MediaRefused>,
    /// How many of the files were in the library already.
    pub joined: u32,
    /// How many were not taken in, since the person stopped.
    pub left: u32,
}

/// A file that was not taken in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaRefused {
    /// Its name.
    pub name: String,
    /// Why, and what to do.
    pub message: String,
}

/// Look at a CSV file before taking it in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CsvImport {
    /// Absolute path of the file.
    pub path: String,
    /// The calendar its posts go to.
    pub calendar_id: CalendarId,
    /// Zone of times that name none; the calendar's when missing.
    #[serde(default)]
    pub zone: Option<Zone>,
    /// Schedule rows that are ready; otherwise all become plans.
    pub schedule: bool,
}

/// What a CSV file would give.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CsvPreview {
    /// Columns found and what each was taken for; none when it is not used.
    pub columns: Vec<CsvColumn>,
    /// Rows that are fine.
    pub good: u32,
    /// Rows that are not.
    pub bad: u32,
    /// The first 500 rows.
    pub rows: Vec<CsvRow>,
    /// What to know of the file as a whole, such as how dates are read that can mean two days.
    pub notes: Vec<String>,
}

/// A column of a CSV file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CsvColumn {
    /// Its heading.
    pub heading: String,
    /// What it was taken for.
    pub means: Option<String>,
}

/// A row of a CSV file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CsvRow {
    /// Line in the file, from 1.
    pub line: u32,
    /// First words.
    pub words: String,
    /// When, as it would be.
    pub at: Option<Timestamp>,
    /// Why it is left out; none when it is fine.
    pub problem: Option<String>,
    /// What it lacks to be scheduled, when it becomes a plan instead.
    pub note: Option<String>,
}

/// How many things were taken in or written.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Posts.
    pub posts: u32,
    /// Files.
    pub files: u32,
    /// Left out.
    pub left_out: u32,
}

/// Write calendars to a file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalendarExport {
    /// Absolute path of the file to write.
    pub path: String,
    /// Calendars; empty for all.
    pub calendars: Vec<CalendarId>,
}

/// The data folder.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DataStatus {
    /// Where it lies.
    pub folder: String,
    /// Bytes of the database.
    #[ts(type = "number")]
    pub database_bytes: u64,
    /// Bytes of media.
    #[ts(type = "number")]
    pub media_bytes: u64,
    /// Backups, newest first.
    pub backups: Vec<Backup>,
}

/// A backup of the database.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Where it lies.
    pub path: String,
    /// When it was made.
    pub at: Timestamp,
    /// Bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Read the end of the log.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogTail {
    /// At most this many lines, 1 to 5,000.
    pub lines: u32,
}

/// Lines of the log, oldest first, already without secrets.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogLines {
    /// The lines.
    pub lines: Vec<String>,
}
