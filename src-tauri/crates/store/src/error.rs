//! What can go wrong in the store, each with a sentence a person can act on.

use std::io;
use std::path::{Path, PathBuf};

use model::ErrorCode;

/// A refusal of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thing does not exist (any more).
    #[error("This {what} is not there any more.")]
    NotFound {
        /// What was looked for, as people call it: `post`, `account` …
        what: &'static str,
    },
    /// It changed since the caller read it, or its state does not allow this.
    #[error("{0}")]
    Conflict(String),
    /// A send may be in flight, so nothing about it may change.
    #[error("{0}")]
    InFlight(String),
    /// Its network holds it until its time; it has to be taken back first.
    #[error("{0}")]
    Placed(String),
    /// The value cannot be stored.
    #[error("{message}")]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// A sentence for a person.
        message: String,
    },
    /// Another process has this data folder open.
    #[error(
        "Almanac is already open with the data folder {}. Use the window that is open, or close it first.",
        dir.display()
    )]
    FolderInUse {
        /// The folder.
        dir: PathBuf,
    },
    /// The file was written by a newer version of the program.
    #[error(
        "Your calendar was last opened by a newer Almanac ({by}). Nothing was changed. Install that version or a later one, or put a backup made before the update in place."
    )]
    NewerFile {
        /// Version of the program that wrote it.
        by: String,
        /// Schema number found.
        found: i64,
        /// Newest schema number known here.
        known: i64,
    },
    /// The `SQLite` library is too old to be trusted with commits.
    #[error(
        "The SQLite library {found} has a fault that can lose saved changes; 3.51.3 or later is needed. Install a current build of Almanac."
    )]
    OldSqlite {
        /// Version of the library.
        found: String,
    },
    /// The database file is damaged.
    #[error("{}", corrupt_sentence(backup.as_deref()))]
    Corrupt {
        /// The newest backup, where there is one.
        backup: Option<PathBuf>,
    },
    /// Nothing can be written to the data folder.
    #[error(
        "Almanac cannot write to {}. Nothing was lost. Make the folder writable, or choose another one in Settings, Data.",
        path.display()
    )]
    ReadOnly {
        /// The folder or file.
        path: PathBuf,
    },
    /// No room left.
    #[error(
        "The disk is full, so the last change was not saved; everything before it is safe. Free some space and try again."
    )]
    DiskFull,
    /// Another program holds the database.
    #[error(
        "Another program is using the calendar's database, so the last change was not saved. Close that program (a backup, sync or database tool) and try again."
    )]
    Locked,
    /// The store was closed.
    #[error("Almanac is closing, so this was not done.")]
    Closed,
    /// The file system refused.
    #[error("Almanac could not {doing}: {source}.")]
    Io {
        /// What was tried, as in "read the backup".
        doing: &'static str,
        /// The refusal.
        source: io::Error,
    },
    /// A fault of this program.
    #[error(
        "Something in the calendar's database is not as it should be, so this was not done. The log has the detail."
    )]
    Internal {
        /// For the log, never for the screen.
        detail: String,
    },
}

fn corrupt_sentence(backup: Option<&Path>) -> String {
    match backup {
        Some(path) => format!(
            "The calendar's database is damaged. The newest backup is {}. Restore it; the damaged file is kept beside it.",
            path.file_name().unwrap_or(path.as_os_str()).display()
        ),
        None => "The calendar's database is damaged, and there is no backup beside it yet. \
                 The file is left as it is; copy one of your own backups to its place."
            .to_owned(),
    }
}

impl StoreError {
    /// The code for the outside.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::Conflict(_) | Self::InFlight(_) | Self::Placed(_) => ErrorCode::Conflict,
            Self::Invalid { .. } => ErrorCode::Validation,
            Self::FolderInUse { .. }
            | Self::NewerFile { .. }
            | Self::OldSqlite { .. }
            | Self::Corrupt { .. }
            | Self::ReadOnly { .. }
            | Self::DiskFull
            | Self::Locked
            | Self::Closed
            | Self::Io { .. } => ErrorCode::Storage,
            Self::Internal { .. } => ErrorCode::Internal,
        }
    }

    /// Whether the same may work later: the disk or another program is the reason, not what was asked.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::DiskFull
                | Self::Locked
                | Self::ReadOnly { .. }
                | Self::Io { .. }
                | Self::Corrupt { .. }
        )
    }

    /// A fault of the stored data: a word or number this version does not know.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::Internal {
            detail: detail.into(),
        }
    }

    pub(crate) const fn not_found(what: &'static str) -> Self {
        Self::NotFound { what }
    }

    /// A file-system refusal; a lack of room or of permission gets its own sentence.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly {
                path: path.to_owned(),
            },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io { doing, source },
        }
    }
}

/// Primary result codes of `SQLite`: <https://www.sqlite.org/rescode.html>.
mod result_code {
    pub const BUSY: i32 = 5;
    pub const LOCKED: i32 = 6;
    pub const READONLY: i32 = 8;
    pub const IOERR: i32 = 10;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const CANTOPEN: i32 = 14;
    pub const NOTADB: i32 = 26;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<i32>().ok())
            // The low byte of an extended code is the primary one.
            .map(|code| code & 0xff);
        match (code, &error) {
            (Some(result_code::BUSY | result_code::LOCKED), _) => Self::Locked,
            (Some(result_code::FULL), _) => Self::DiskFull,
            (Some(result_code::IOERR), _) => Self::Io {
                doing: "read or write the calendar's database",
                source: io::Error::other(error.to_string()),
            },
            (Some(result_code::READONLY | result_code::CANTOPEN), _) => Self::ReadOnly {
                path: PathBuf::from("the data folder"),
            },
            (Some(result_code::CORRUPT | result_code::NOTADB), _) => Self::Corrupt { backup: None },
            (_, sqlx::Error::PoolClosed) => Self::Closed,
            (_, sqlx::Error::PoolTimedOut) => Self::Locked,
            _ => Self::Internal {
                detail: error.to_string(),
            },
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format!("stored json: {error}"))
    }
}

/// What the functions of this crate return.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
