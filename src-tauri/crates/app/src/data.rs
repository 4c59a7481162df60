//! The data folder: where it lies, its backups, moving it, the log, bundles for bug reports.

mod diagnostics;
mod log;
mod moving;
mod restore;

use std::path::{Path, PathBuf};

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
        media_bytes: files_below(&dir.join("media"))
            .iter()
            .map(|(_, bytes)| bytes)
            .sum(),
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

/// Every file below a folder with its size, in order of its path. What cannot be read is left out.
fn files_below(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = std::fs::read_dir(next) else {
            continue;
        };
        for entry in entries.filter_map(std::result::Result::ok) {
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => open.push(entry.path()),
                Ok(meta) if meta.is_file() => found.push((entry.path(), meta.len())),
                _ => {}
            }
        }
    }
    found.sort();
    found
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
