//! Taking posts in from files and writing them out: CSV, calendar files, the full export.

mod bundle;
mod csv_file;
mod export;

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::types::ApiError;

/// An absolute path that a person chose.
pub(crate) fn chosen(path: &str) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(ApiError::invalid("path", "Choose the file again."))
    }
}

/// The name of a file, for sentences.
fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || "the file".to_owned(),
        |n| n.to_string_lossy().into_owned(),
    )
}

/// What the file system said.
pub(crate) fn refused(what: &str, path: &Path, error: &std::io::Error) -> ApiError {
    use std::io::ErrorKind::{
        NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    let why = match error.kind() {
        StorageFull | QuotaExceeded => "The disk is full.".to_owned(),
        PermissionDenied | ReadOnlyFilesystem => {
            "The folder or file is not open to Almanac.".to_owned()
        }
        NotFound => "It is not there any more.".to_owned(),
        _ => format!("{error}."),
    };
    let message = format!("{what}: \"{}\" cannot be used. {why}", name_of(path));
    ApiError::new(model::ErrorCode::Storage, message).at("path")
}
