//! Files that other programs bring: written to disk while they arrive, or fetched from an address.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::edit::Operation;
use model::{ErrorCode, MediaId};

use crate::app::{App, MediaWanted};
use crate::error::Result;
use crate::types::ApiError;
use crate::types::data::MediaInfo;

/// Longest name of a file, in characters.
const MAX_NAME: usize = 200;

/// A file taken into the library.
#[derive(Debug, Clone)]
pub struct MediaTaken {
    /// What is known of it.
    pub info: MediaInfo,
}

/// A file that arrives; it goes when this is dropped.
pub struct Arriving(tempfile::NamedTempFile);

impl Arriving {
    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Opens it for writing.
    pub fn open(&self) -> Result<std::fs::File> {
        self.0
            .reopen()
            .map_err(|error| ApiError::fault("opening a file for what arrives", &error))
    }
}

/// A folder for files that arrive or are fetched under names of their own; it goes when this is dropped.
pub struct ArrivingFolder(tempfile::TempDir);

impl ArrivingFolder {
    /// Where a file of this name lies in it. Names are made plain: never a path.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        let plain = plain_name(name);
        let bare = plain.trim_start_matches('.');
        self.0
            .path()
            .join(if bare.is_empty() { "File" } else { bare })
    }
}

/// The last part of what a program calls a file: never a path.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME)
        .collect();
    if clean.trim().is_empty() {
        "File".to_owned()
    } else {
        clean
    }
}

impl App {
    /// A new empty file beside the library, for bytes that arrive; it goes when the answer is dropped.
    pub fn arriving_file(&self) -> Result<Arriving> {
        let dir = self.inner.store.dir().join("arriving");
        std::fs::create_dir_all(&dir)
            .and_then(|()| tempfile::NamedTempFile::new_in(&dir))
            .map(Arriving)
            .map_err(|error| ApiError::fault("making a file for what arrives", &error))
    }

    /// A new empty folder beside the library, for files that go in or out under names of their own.
    pub fn arriving_folder(&self) -> Result<ArrivingFolder> {
        let dir = self.inner.store.dir().join("arriving");
        std::fs::create_dir_all(&dir)
            .and_then(|()| tempfile::TempDir::new_in(&dir))
            .map(ArrivingFolder)
            .map_err(|error| ApiError::fault("making a folder for what arrives", &error))
    }

    /// Takes a file that has arrived into the library under a name, within the bounds of every file that
    /// is taken in.
    pub async fn media_take(&self, path: PathBuf, name: &str) -> Result<MediaTaken> {
        let library = &self.inner.library;
        let imported = library
            .import_file_named(path, plain_name(name), Arc::new(|_| true))
            .await?;
        let info = self.note_file(imported).await?;
        Ok(MediaTaken { info })
    }

    /// Fetches a file from a web address into the library. Never reaches into a private network.
    pub async fn media_fetch(&self, address: &str) -> Result<MediaTaken> {
        // To a program it is its own file that cannot be used, whatever is wrong with the way there.
        let fetched = self.fetch_file(address).await.map_err(|error| {
            if error.code == ErrorCode::Network {
                return ApiError {
                    code: ErrorCode::Media,
                    ..error
                };
            }
            error
        })?;
        let Some((_, imported)) = fetched else {
            let message = "The file was not taken in: a person stopped it in the window.";
            return Err(ApiError::new(ErrorCode::Media, message).at("url"));
        };
        let info = self.note_file(imported).await?;
        Ok(MediaTaken { info })
    }

    /// Makes a file of its own of a picture with edits done to it.
    pub async fn media_with_edits(
        &self,
        id: &MediaId,
        name: &str,
        edits: Vec<Operation>,
    ) -> Result<MediaTaken> {
        model::edit::check(&edits)
            .map_err(|error| ApiError::invalid("edits", error.to_string()))?;
        let path = self
            .media_file(id, MediaWanted::Edited(edits))
            .await?
            .ok_or_else(|| ApiError::missing("picture"))?;
        self.media_take(path, name).await
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn names_are_never_paths() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\x\\photo.jpg"), "photo.jpg");
        assert_eq!(plain_name("a\0b\n.png"), "ab.png");
        assert_eq!(plain_name(".."), "..");
        assert_eq!(plain_name("/"), "File");
        assert_eq!(plain_name(&"x".repeat(500)).len(), 200);
    }
}
