//! Opening the program and its bad days.

use std::path::{Path, PathBuf};

use model::Timestamp;
use serde::Serialize;
use store::StoreError;

use crate::data::DATABASE;
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
    /// There is no calendar where there was one.
    Missing,
    /// Another process has the folder or the file.
    InUse,
    /// Nothing can be written.
    ReadOnly,
    /// No room left.
    DiskFull,
    /// The library is too old to be trusted.
    OldSqlite,
    /// The backup that was asked for could not be put back: the next opening goes on with what the person
    /// wanted to leave, so it is for them to ask for it.
    NotRestored,
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
    named_by(pointer_file).unwrap_or(usual)
}

fn named_by(pointer_file: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(pointer_file).ok()?;
    let named = PathBuf::from(text.trim());
    named.is_absolute().then_some(named)
}

/// What is wrong with a folder that held a calendar and holds none now, as when the disk it was moved to
/// is not connected: opened as it is, it would be a new and empty one, and what is written to it would
/// vanish when the disk is back. None where all is well, and in a folder that never held any.
#[must_use]
pub fn missing_data(folder: &Path, pointer_file: Option<&Path>) -> Option<OpenError> {
    // What cannot even be asked is told by the opening itself.
    if !matches!(folder.join(DATABASE).try_exists(), Ok(false)) {
        return None;
    }
    let backup = store::backup::newest(folder);
    let pointer = pointer_file.filter(|p| named_by(p).is_some_and(|named| named == folder));
    let anew = pointer.map_or_else(
        || "move the folder backups away".to_owned(),
        |pointer| format!("delete the file {}", pointer.display()),
    );
    let message = match (&backup, pointer) {
        (Some(backup), _) => format!(
            "The calendar's database is not in {} any more, but its backups are; the newest is {}. Go back to it, or put {DATABASE} back and try again. To begin with an empty calendar instead, {anew}.",
            folder.display(),
            backup.file_name().unwrap_or(backup.as_os_str()).display()
        ),
        (None, Some(_)) => format!(
            "Your calendar was moved to {}, and there is none there now. Nothing was changed. Connect the disk it lies on, then try again. To begin with an empty calendar instead, {anew}.",
            folder.display()
        ),
        (None, None) => return None,
    };
    Some(OpenError {
        trouble: OpenTrouble::Missing,
        message,
        backup,
        folder: folder.to_owned(),
    })
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

    #[test]
    fn only_a_folder_that_held_a_calendar_can_miss_it() {
        let dir = tempfile::tempdir().unwrap();
        let (pointer, folder) = (dir.path().join("pointer"), dir.path().join("folder"));
        let missing = || missing_data(&folder, Some(&pointer));
        assert_eq!(missing(), None, "a first start");
        std::fs::write(&pointer, "/elsewhere").unwrap();
        assert_eq!(missing(), None, "another folder is named");
        std::fs::write(&pointer, folder.to_str().unwrap()).unwrap();
        let error = missing().unwrap();
        assert_eq!((error.trouble, error.backup), (OpenTrouble::Missing, None));
        assert!(
            error.message.contains("Connect the disk"),
            "{}",
            error.message
        );
        let delete = format!("delete the file {}", pointer.display());
        assert!(error.message.contains(&delete), "{}", error.message);
        assert_eq!(missing_data(&folder, None), None, "it was named by hand");

        let backup = folder.join("backups/daily-2026-05-14.db");
        std::fs::create_dir_all(folder.join("backups")).unwrap();
        std::fs::write(&backup, "").unwrap();
        let error = missing_data(&folder, None).unwrap();
        let names = |word: &str| error.message.contains(word);
        assert!(names("daily-2026-05-14.db"), "{}", error.message);
        assert!(names("move the folder backups away"), "{}", error.message);
        assert_eq!(error.backup, Some(backup));
        std::fs::write(folder.join(DATABASE), "").unwrap();
        assert_eq!(missing(), None, "it is there again");
    }
}
