//! The library: files by the hash of their bytes, copied in whole and never changed in place.
//!
//! Under its root: `ab/abcdef….jpg` for the file whose hash begins with `ab`, `thumbs/ab/…` for
//! thumbnails and `edited/ab/…` for edited pictures (made again when they are missing), `incoming/` for files on their way in.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::MediaId;
use model::clip::Clip;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use ts_rs::TS;

use crate::bound;
use crate::decode;
use crate::error::MediaError;
use crate::kind::{HEAD_BYTES, Kind};
use crate::proof;
use crate::thumb;
use crate::video::{self, Film, Workshop};
use crate::watched::{Seen, Watched};

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

    /// Copies the file at `path` into the library.
    pub async fn import_file(&self, path: PathBuf) -> Result<Imported, MediaError> {
        self.import_file_watched(path, Arc::new(|_| true)).await
    }

    /// The same, telling `seen` of every part that was read and ending when it says so.
    pub async fn import_file_watched(
        &self,
        path: PathBuf,
        seen: Seen,
    ) -> Result<Imported, MediaError> {
        let name = name_of(&path);
        self.import_file_named(path, name, seen).await
    }

    /// The same under another name than the file has where it lies.
    pub async fn import_file_named(
        &self,
        path: PathBuf,
        name: String,
        seen: Seen,
    ) -> Result<Imported, MediaError> {
        let (library, called) = (self.clone(), name.clone());
        let arrived = bound::copy(name.clone(), move || {
            let from = decode::open(&path, &called)?;
            library.receive(&called, Watched { from, seen })
        })
        .await?;
        self.arrived(name, arrived).await
    }

    /// Takes a file in that comes in parts, as from the web.
    pub async fn import_stream(
        &self,
        name: String,
        from: impl Read + Send + 'static,
        seen: Seen,
    ) -> Result<Imported, MediaError> {
        let (library, called) = (self.clone(), name.clone());
        let arrived = bound::fetch(name.clone(), move || {
            library.receive(&called, Watched { from, seen })
        })
        .await?;
        self.arrived(name, arrived).await
    }

    async fn arrived(&self, name: String, arrived: Arrived) -> Result<Imported, MediaError> {
        let library = self.clone();
        bound::run(name.clone(), move || library.keep(&name, arrived)).await
    }

    /// Puts bytes into the library, as from the clipboard.
    pub async fn import_bytes(&self, name: String, bytes: Vec<u8>) -> Result<Imported, MediaError> {
        let library = self.clone();
        bound::run(name.clone(), move || {
            library.import_reader(&name, bytes.as_slice())
        })
        .await
    }

    /// The same from a stream, on the caller's thread. The file is in the library, on disk and whole,
    /// when this returns; on any error nothing of it is.
    pub fn import_reader(&self, name: &str, from: impl Read) -> Result<Imported, MediaError> {
        let arrived = self.receive(name, from)?;
        self.keep(name, arrived)
    }

    /// Looks into a file that has arrived, and moves the file to its place.
    fn keep(&self, name: &str, arrived: Arrived) -> Result<Imported, MediaError> {
        let Arrived {
            file,
            id,
            kind,
            bytes,
        } = arrived;
        let picture = if kind.is_picture() {
            let bytes = decode::read(file.path(), name)?;
            Some(decode::decode_for(name, &bytes, &thumb::enough)?)
        } else {
            None
        };
        let film = film_of(&file, kind, name)?;
        let to = self.path(&id, kind);
        let joined = fs::metadata(&to).is_ok_and(|there| there.len() == bytes);
        if !joined {
            place(file, &to).map_err(|e| MediaError::io(name, e))?;
        }
        if let Some(picture) = &picture {
            let (small_kind, small) = thumb::make(name, &picture.pixels)?;
            if let Err(error) = self.put(&self.thumb_path(&id, small_kind), &small) {
                // It is made when it is asked for.
                tracing::warn!(%error, "a thumbnail could not be stored");
            }
        }
        let size = picture
            .as_ref()
            .map(|p| p.size)
            .or_else(|| film.and_then(|f| f.width.zip(f.height)));
        Ok(Imported {
            id,
            name: name.to_owned(),
            kind,
            mime: kind.mime().to_owned(),
            bytes,
            width: size.map(|s| s.0),
            height: size.map(|s| s.1),
            moving: picture.is_some_and(|p| p.moving()),
            clip: film.map(|f| f.clip),
            joined,
        })
    }

    /// Streams a file into `incoming/`, hashing on the way and stopping when it grows too big.
    fn receive(&self, name: &str, mut from: impl Read) -> Result<Arrived, MediaError> {
        const CHUNK: usize = 256 * 1024;
        let wrong = |e| MediaError::io(name, e);
        let mut head = Vec::with_capacity(HEAD_BYTES);
        from.by_ref()
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(wrong)?;
        let kind = Kind::sniff(name, &head)?;
        let limit = bound::largest(kind);

        let mut file = NamedTempFile::new_in(self.root.join("incoming")).map_err(wrong)?;
        let mut hasher = blake3::Hasher::new();
        let mut bytes = 0_u64;
        let mut chunk = head;
        while !chunk.is_empty() {
            bytes += chunk.len() as u64;
            if bytes > limit {
                return Err(MediaError::TooBig {
                    name: name.to_owned(),
                    bytes,
                    limit,
                });
            }
            hasher.update(&chunk);
            file.write_all(&chunk).map_err(wrong)?;
            chunk.clear();
            from.by_ref()
                .take(CHUNK as u64)
                .read_to_end(&mut chunk)
                .map_err(wrong)?;
        }
        let id = id_of(&hasher, name)?;
        Ok(Arrived {
            file,
            id,
            kind,
            bytes,
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

/// What is inside a video that has arrived.
fn film_of(file: &NamedTempFile, kind: Kind, name: &str) -> Result<Option<Film>, MediaError> {
    if !kind.is_video() {
        return Ok(None);
    }
    let file = file.reopen().map_err(|e| MediaError::io(name, e))?;
    Ok(video::look(file, kind))
}

/// A file on its way in.
struct Arrived {
    file: NamedTempFile,
    id: MediaId,
    kind: Kind,
    bytes: u64,
}

/// Whether something that can be made again was made and is whole.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() > 0)
}

/// Moves a finished file to its place so that, whenever the power fails, either all of it is there
/// or nothing.
pub(crate) fn place(file: NamedTempFile, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(to);
    file.as_file().sync_all()?;
    fs::create_dir_all(folder)?;
    file.persist(to).map_err(|e| e.error)?;
    sync_folder(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Makes a rename durable. Only Unix has and needs it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// Hex digits in the name of a folder that shares out the files.
const SHARD_DIGITS: usize = 2;

pub(crate) fn shard(id: &MediaId) -> &str {
    &id.as_str()[..SHARD_DIGITS]
}

fn id_of(hasher: &blake3::Hasher, name: &str) -> Result<MediaId, MediaError> {
    let hex = hasher.finalize().to_hex();
    hex.parse().map_err(|_| MediaError::Fault {
        name: name.to_owned(),
    })
}

/// The file's own name, without its folder: what people know it by, and all that an error may tell.
fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| "That".to_owned(), |n| n.to_string_lossy().into_owned())
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
