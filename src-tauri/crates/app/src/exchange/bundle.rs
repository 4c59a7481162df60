//! The full export: one zip of JSON and media that goes back into an empty program with nothing
//! lost, and that another program can read.
//!
//! ```text
//! manifest.json           what it is: format, program, instant, and for each table rows and hash
//! tables/<table>.json     a JSON array, one row a line
//! media/ab/abcdef….jpg    files by the BLAKE3 hash of their bytes
//! ```
//!
//! Secrets are never in it. Rows and files stream through, one at a time.

mod read;
mod rows;
mod write;

use std::collections::BTreeMap;
use std::io;

use model::{MediaId, Timestamp};
use serde::{Deserialize, Serialize};

pub use read::BundleReader;
pub use rows::{
    AccountRow, AttemptRow, CalendarRow, DeliveryRow, MediaRow, PostRow, SettingRow, StepRow,
    WorkspaceRow,
};
pub use write::{BundleWriter, TableWriter};

/// The newest format this program reads, and the one it writes.
pub const FORMAT_VERSION: u32 = 6;
const FORMAT: &str = "almanac-export";
const MANIFEST: &str = "manifest.json";

/// A table of the export. The order is the one in which they can be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// [`SettingRow`].
    Settings,
    /// [`WorkspaceRow`], those in the bin included, as with all that follow.
    Workspaces,
    /// [`CalendarRow`].
    Calendars,
    /// [`AccountRow`].
    Accounts,
    /// [`model::slot::Slot`].
    Slots,
    /// [`model::slot::DayPause`]. Exports of version 1 have none.
    DayPauses,
    /// [`store::spending::Row`]. Exports before version 3 have none.
    Spends,
    /// [`store::keys::Portable`], hashes of keys alone. Exports before version 5 have none.
    Keys,
    /// [`store::programs::Note`], what other programs said. Exports before version 5 have none.
    Notes,
    /// [`store::access::Portable`], programs that may ask for access, with the hash of their secret alone.
    /// Exports before version 6 have none.
    Programs,
    /// [`store::webhooks::Webhook`]. Their secrets stay behind. Exports before version 6 have none.
    Webhooks,
    /// [`MediaRow`].
    Media,
    /// [`PostRow`], with targets and what was sent.
    Posts,
    /// [`AttemptRow`], the job log.
    Attempts,
}

impl Table {
    /// Every table, in order.
    pub const ALL: [Self; 14] = [
        Self::Settings,
        Self::Workspaces,
        Self::Calendars,
        Self::Accounts,
        Self::Slots,
        Self::DayPauses,
        Self::Spends,
        Self::Keys,
        Self::Notes,
        Self::Programs,
        Self::Webhooks,
        Self::Media,
        Self::Posts,
        Self::Attempts,
    ];

    /// Its name in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Workspaces => "workspaces",
            Self::Calendars => "calendars",
            Self::Accounts => "accounts",
            Self::Slots => "slots",
            Self::DayPauses => "day_pauses",
            Self::Spends => "spends",
            Self::Keys => "keys",
            Self::Notes => "notes",
            Self::Programs => "programs",
            Self::Webhooks => "webhooks",
            Self::Media => "media",
            Self::Posts => "posts",
            Self::Attempts => "attempts",
        }
    }

    fn path(self) -> String {
        format!("tables/{}.json", self.word())
    }
}

/// What an export says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always `almanac-export`.
    pub format: String,
    /// Version of the format.
    pub version: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// When it was written, in milliseconds since 1970.
    pub exported_at: Timestamp,
    /// What each table holds.
    pub tables: BTreeMap<Table, TableFacts>,
    /// How many files of media.
    pub media: u64,
}

/// What one table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableFacts {
    /// Rows.
    pub rows: u64,
    /// BLAKE3 of the table's file, in hex.
    pub blake3: String,
}

/// An export that cannot be written or read, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// No zip, or one of something else.
    #[error(
        "Nothing was imported: this file is not an Almanac export. Choose one that ends in .zip and was made with Export everything."
    )]
    NotAnExport,
    /// From a newer program.
    #[error(
        "Nothing was imported: this export was made by a newer Almanac ({program}). Update Almanac, \
         then import it again."
    )]
    Newer {
        /// The program that wrote it.
        program: String,
    },
    /// It names places outside itself, or is built to take the machine's memory.
    #[error(
        "Nothing was imported: this file is built in a way no Almanac export is ({0}). Do not trust where it came from."
    )]
    Hostile(&'static str),
    /// Something in it was changed or lost.
    #[error("Nothing was imported: the export is damaged ({0}). Copy or export it again.")]
    Damaged(String),
    /// A file of the library is no longer what its name says; it was left out.
    #[error("One file of the library was damaged and left out of the export: {0}.")]
    MediaDamaged(MediaId),
    /// Reading or writing failed.
    #[error(
        "The export could not be read or written: the disk answered with an error. Check the disk and its free space and try again."
    )]
    Disk(#[source] io::Error),
    /// The receiver of a row or file refused it.
    #[error("{0}")]
    Refused(String),
}

impl From<io::Error> for BundleError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Disk(error),
        }
    }
}

#[cfg(test)]
mod held;
#[cfg(test)]
mod tests;
