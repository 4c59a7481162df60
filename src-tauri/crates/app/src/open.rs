//! Opening the program and its bad days.

use std::path::{Path, PathBuf};

use model::Timestamp;
use serde::Serialize;
use store::StoreError;

use crate::error::Result;
use crate::types::ApiError;

/// Why the program could not start, in a way that a host can offer the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenTrouble {
    /// A newer Almanac wrote the file.
    NewerDatabase,
    /// The file is damaged.
    Corrupt,
    /// Another process has the folder or the file.
    InUse,
    /// Nothing can be written.
    ReadOnly,
    /// No room left.
    DiskFull,
    /// The library is too old to be trusted.
    OldSqlite,
    /// Anything else.
    Other,
}

/// The program did not start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub struct OpenError {
    /// What kind of bad day it is.
    pub trouble: OpenTrouble,
    /// What happened, what is safe and what to do, for a person.
    pub message: String,
    /// The newest backup, where restoring it is the way out ([`restore_backup`]).
    pub backup: Option<PathBuf>,
    /// The folder in question.
    pub folder: PathBuf,
}

impl OpenError {
    /// From what the store said about this folder.
    pub(crate) fn of(error: &StoreError, folder: &Path) -> Self {
        let (trouble, backup) = match error {
            StoreError::NewerFile { .. } => (OpenTrouble::NewerDatabase, None),
            StoreError::Corrupt { backup } => (OpenTrouble::Corrupt, backup.clone()),
            StoreError::FolderInUse { .. } | StoreError::Locked => (OpenTrouble::InUse, None),
            StoreError::ReadOnly { .. } => (OpenTrouble::ReadOnly, None),
            StoreError::DiskFull => (OpenTrouble::DiskFull, None),
            StoreError::OldSqlite { .. } => (OpenTrouble::OldSqlite, None),
            _ => (OpenTrouble::Other, None),
        };
        if trouble == OpenTrouble::Other {
            tracing::error!(?error, "the data folder could not be opened");
        }
        Self {
            trouble,
            message: error.to_string(),
            backup,
            folder: folder.to_owned(),
        }
    }

    /// The sealed file of passwords could not be opened.
    pub(crate) fn of_vault(error: &ApiError, folder: &Path) -> Self {
        Self {
            trouble: OpenTrouble::Other,
            message: error.message.clone(),
            backup: None,
            folder: folder.to_owned(),
        }
    }

    /// The media folder could not be opened.
    pub(crate) fn of_media(error: &media::MediaError, folder: &Path) -> Self {
        Self {
            trouble: OpenTrouble::ReadOnly,
            message: error.to_string(),
            backup: None,
            folder: folder.to_owned(),
        }
    }
}

/// Puts a backup in the place of a damaged database, while the program is not open. The damaged file
/// is kept; its new place is returned. Everything is held afterwards.
pub async fn restore_backup(data_dir: &Path, backup: &Path, now: Timestamp) -> Result<PathBuf> {
    Ok(store::backup::restore(data_dir, backup, now).await?)
}

/// Where the data lies: the folder a pointer file names when it is there, else the usual one.
#[must_use]
pub fn data_folder(pointer_file: &Path, usual: PathBuf) -> PathBuf {
    let Ok(text) = std::fs::read_to_string(pointer_file) else {
        return usual;
    };
    let named = PathBuf::from(text.trim());
    if named.is_absolute() { named } else { usual }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_day_has_a_kind_and_keeps_its_sentence() {
        let folder = Path::new("/data");
        let of = |error: StoreError| OpenError::of(&error, folder);
        let newer = of(StoreError::NewerFile {
            by: "9.0".to_owned(),
            found: 9,
            known: 1,
        });
        assert_eq!(newer.trouble, OpenTrouble::NewerDatabase);
        assert!(newer.message.contains("9.0"));
        let backup = Some(PathBuf::from("/data/backups/daily-2026-05-14.db"));
        let corrupt = of(StoreError::Corrupt {
            backup: backup.clone(),
        });
        assert_eq!(
            (corrupt.trouble, corrupt.backup),
            (OpenTrouble::Corrupt, backup)
        );
        assert_eq!(of(StoreError::Locked).trouble, OpenTrouble::InUse);
        assert_eq!(of(StoreError::DiskFull).trouble, OpenTrouble::DiskFull);
    }

    #[test]
    fn a_pointer_that_says_nothing_useful_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let (pointer, usual) = (dir.path().join("folder"), PathBuf::from("/usual"));
        assert_eq!(data_folder(&pointer, usual.clone()), usual);
        std::fs::write(&pointer, "relative\n").unwrap();
        assert_eq!(data_folder(&pointer, usual.clone()), usual);
        std::fs::write(&pointer, "/moved/here\n").unwrap();
        assert_eq!(data_folder(&pointer, usual), PathBuf::from("/moved/here"));
    }
}
