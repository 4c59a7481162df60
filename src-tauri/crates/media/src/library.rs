//! The library: files by the hash of their bytes, copied in whole and never changed in place.
//!
//! Under its root: `ab/abcdef….jpg` for the file whose hash begins with `ab`, `thumbs/ab/…` for
//! thumbnails and `edited/ab/…` for edited pictures (made again when they are missing), `incoming/` for files on their way in.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::MediaId;
use model::clip::Clip;
use model::document::DocumentFacts;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use ts_rs::TS;

use crate::bound;
use crate::decode;
use crate::error::MediaError;
use crate::kind::{HEAD_BYTES, Kind};
use crate::proof;
use crate::thumb;
use crate::video::Workshop;

/// A file that is in the library now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// Its content hash.
    pub id: MediaId,
    /// The name it had outside, for people; no folder.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its media type, as HTTP wants it.
    pub mime: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Pixels across as shown; none of a document.
    pub width: Option<u32>,
    /// Pixels down as shown; none of a document.
    pub height: Option<u32>,
    /// A picture with more than one frame.
    pub moving: bool,
    /// What is inside a video; none of what is no video, or cannot be read.
    pub clip: Option<Clip>,
    /// What is inside a document; none of other files.
    pub document: Option<DocumentFacts>,
    /// The same bytes were there before.
    pub joined: bool,
}

/// The library in one folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) root: Arc<Path>,
    /// Small pictures of the editor.
    pub(crate) open: Arc<proof::Open>,
    /// The program that changes videos.
    pub(crate) workshop: Arc<Workshop>,
}

impl PartialEq for Library {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Eq for Library {}

impl Library {
    /// Opens the library in the folder `root`, making it when it is missing. Files that were on
    /// their way in when the program died are removed, so a folder is opened once a process and then
    /// cloned.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, MediaError> {
        let root: PathBuf = root.into();
        let incoming = root.join("incoming");
        let prepare = || {
            fs::create_dir_all(&incoming)?;
            fs::create_dir_all(root.join("thumbs"))?;
            fs::read_dir(&incoming)?.try_for_each(|entry| fs::remove_file(entry?.path()))
        };
        prepare().map_err(|e| MediaError::io("The media folder", e))?;
        Ok(Self {
            root: root.into(),
            open: Arc::default(),
            workshop: Arc::default(),
        })
    }

    /// Where the file with this hash and kind is, or would be.
    #[must_use]
    pub fn path(&self, id: &MediaId, kind: Kind) -> PathBuf {
        self.root
            .join(shard(id))
            .join(format!("{id}.{}", kind.extension()))
    }

    /// Where the file with this hash is.
    pub fn find(&self, id: &MediaId) -> Result<PathBuf, MediaError> {
        Kind::ALL
            .into_iter()
            .map(|kind| self.path(id, kind))
            .find(|path| path.is_file())
            .ok_or_else(|| MediaError::NotInLibrary { id: id.to_string() })
    }

    /// A picture of at most 256 × 256 pixels, made now when there is none yet; none of a document,
    /// and of a video where `ffmpeg` is not at hand.
    pub async fn thumbnail(&self, id: &MediaId) -> Result<Option<PathBuf>, MediaError> {
        if let Some(made) = self.made_thumbnail(id) {
            return Ok(Some(made));
        }
        if self.find_video(id, "").is_ok() {
            return self.video_thumbnail(id).await;
        }
        let (library, id) = (self.clone(), id.clone());
        let name = format!("The picture {}", &id.as_str()[..8]);
        bound::run(name.clone(), move || {
            let path = library.find(&id)?;
            let mut head = Vec::with_capacity(HEAD_BYTES);
            let file = decode::open(&path, &name)?;
            let wrong = |e| MediaError::io(&name, e);
            file.take(HEAD_BYTES as u64)
                .read_to_end(&mut head)
                .map_err(wrong)?;
            if !Kind::sniff(&name, &head)?.is_picture() {
                return Ok(None);
            }
            let bytes = decode::read(&path, &name)?;
            let picture = decode::decode_for(&name, &bytes, &thumb::enough)?;
            let (kind, small) = thumb::make(&name, &picture.pixels)?;
            let to = library.thumb_path(&id, kind);
            library.put(&to, &small).map_err(wrong)?;
            Ok(Some(to))
        })
        .await
    }

    /// The thumbnail when it was made already; never makes one.
    #[must_use]
    pub fn made_thumbnail(&self, id: &MediaId) -> Option<PathBuf> {
        thumb::KINDS
            .into_iter()
            .map(|kind| self.thumb_path(id, kind))
            .find(|path| is_there(path))
    }

    /// Every file of the library, in order of its hash, for cleaning up and exporting.
    pub fn all(&self) -> Result<Vec<(MediaId, PathBuf)>, MediaError> {
        let mut found = Vec::new();
        let mut list = || {
            for folder in fs::read_dir(&self.root)? {
                let folder = folder?;
                if folder.file_name().len() != SHARD_DIGITS {
                    continue;
                }
                for file in fs::read_dir(folder.path())? {
                    let path = file?.path();
                    let id = path.file_stem().and_then(|s| s.to_str()).map(str::parse);
                    if let Some(Ok(id)) = id {
                        found.push((id, path));
                    }
                }
            }
            io::Result::Ok(())
        };
        list().map_err(|e| MediaError::io("The media folder", e))?;
        found.sort();
        Ok(found)
    }

    /// Removes a file and its thumbnail for good. Nothing happens when it is not there.
    pub fn remove(&self, id: &MediaId) -> Result<(), MediaError> {
        let thumbs = thumb::KINDS
            .into_iter()
            .map(|kind| self.thumb_path(id, kind));
        let files = Kind::ALL.into_iter().map(|kind| self.path(id, kind));
        for path in files.chain(thumbs) {
            match fs::remove_file(&path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(MediaError::io("A file of the library", e));
                }
                _ => {}
            }
        }
        match fs::remove_dir_all(self.edited_folder(id)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(MediaError::io("An edited picture", e))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn thumb_path(&self, id: &MediaId, kind: Kind) -> PathBuf {
        let name = format!("{id}.{}", kind.extension());
        self.root.join("thumbs").join(shard(id)).join(name)
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// Keeps something that can be made again. Nothing waits for the disk: one that the power cut off
    /// is empty, and [`is_there`] takes it for missing.
    pub(crate) fn put(&self, to: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(self.root.join("incoming"))?;
        file.write_all(bytes)?;
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        file.persist(to).map_err(|e| e.error)?;
        Ok(())
    }
}

/// Whether something that can be made again was made and is whole.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() > 0)
}

/// Hex digits in the name of a folder that shares out the files.
const SHARD_DIGITS: usize = 2;

pub(crate) fn shard(id: &MediaId) -> &str {
    &id.as_str()[..SHARD_DIGITS]
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
