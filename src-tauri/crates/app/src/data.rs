//! The data folder: where it lies, its backups, moving it, the log, bundles for bug reports.

mod diagnostics;
mod log;
mod moving;
mod restore;

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::app::App;
use crate::error::Result;
use crate::types::data::{Backup, DataStatus};
use crate::types::{ApiError, Nothing};

pub(crate) use restore::restore_if_asked;

/// Name of the database in the data folder.
pub(crate) const DATABASE: &str = "almanac.db";

impl App {
    /// Where the data lies and its backups.
    pub async fn data_status(&self, _: Nothing) -> Result<DataStatus> {
        let dir = self.inner.config.data_dir.clone();
        tokio::task::spawn_blocking(move || status(&dir))
            .await
            .map_err(|e| ApiError::fault("looking at the data folder", &e))
    }

    /// Makes a backup now.
    pub async fn data_backup(&self, _: Nothing) -> Result<DataStatus> {
        self.inner.store.backup_now().await?;
        self.data_status(Nothing {}).await
    }
}

fn status(dir: &Path) -> DataStatus {
    let size = |name: &str| std::fs::metadata(dir.join(name)).map_or(0, |m| m.len());
    DataStatus {
        folder: dir.to_string_lossy().into_owned(),
        database_bytes: size(DATABASE) + size(&format!("{DATABASE}-wal")),
        media_bytes: bytes_below(&dir.join("media")),
        backups: store::backup::list(dir)
            .into_iter()
            .map(|b| Backup {
                path: b.path.to_string_lossy().into_owned(),
                at: b.at,
                bytes: b.bytes,
            })
            .collect(),
    }
}

/// The bytes of every file below a folder, also of what links in it lead to. What cannot be read is left
/// out.
fn bytes_below(folder: &Path) -> u64 {
    WalkDir::new(folder)
        .follow_links(true)
        .into_iter()
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| entry.metadata().ok())
        .map(|meta| meta.len())
        .sum()
}

/// An absolute path that a person chose.
fn chosen(path: &str) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(ApiError::invalid(
            "path",
            "Choose the file or folder again.",
        ))
    }
}

/// What the file system said, in a sentence: what was not done, and why.
fn refused(doing: &str, error: &std::io::Error) -> ApiError {
    use std::io::ErrorKind::{
        NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    let why = match error.kind() {
        StorageFull | QuotaExceeded => "The disk is full.".to_owned(),
        PermissionDenied | ReadOnlyFilesystem => "Nothing can be written there.".to_owned(),
        NotFound => "The file or folder is not there.".to_owned(),
        _ => format!("{error}."),
    };
    ApiError::new(
        model::ErrorCode::Storage,
        format!("{doing} {why} Nothing was changed."),
    )
}
