//! Files on their way into the library: streamed and hashed, looked into, and moved to their place.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::MediaId;
use model::clip::Clip;
use model::document::DocumentFacts;
use tempfile::NamedTempFile;

use crate::bound;
use crate::decode;
use crate::error::MediaError;
use crate::kind::{HEAD_BYTES, Kind};
use crate::library::{Imported, Library};
use crate::pdf;
use crate::thumb;
use crate::video::{self, Film};
use crate::watched::{Seen, Watched};

impl Library {
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
        let called = name.clone();
        let looked = bound::run(name.clone(), move || look_into(&called, arrived)).await?;
        self.settled(name, looked).await
    }

    /// Apart from opening, so that the next one is opened while this one waits for the disk.
    async fn settled(&self, name: String, looked: Looked) -> Result<Imported, MediaError> {
        let (library, called) = (self.clone(), name.clone());
        bound::settle(name, move || library.keep(&called, looked)).await
    }

    /// Puts bytes into the library, as from the clipboard.
    pub async fn import_bytes(&self, name: String, bytes: Vec<u8>) -> Result<Imported, MediaError> {
        let (library, called) = (self.clone(), name.clone());
        let looked = bound::run(name.clone(), move || {
            look_into(&called, library.receive(&called, bytes.as_slice())?)
        })
        .await?;
        self.settled(name, looked).await
    }

    /// The same from a stream, on the caller's thread. The file is in the library, on disk and whole,
    /// when this returns; on any error nothing of it is.
    pub fn import_reader(&self, name: &str, from: impl Read) -> Result<Imported, MediaError> {
        let arrived = self.receive(name, from)?;
        self.keep(name, look_into(name, arrived)?)
    }

    /// Moves a file that was looked into to its place.
    fn keep(&self, name: &str, looked: Looked) -> Result<Imported, MediaError> {
        let Looked {
            arrived,
            thumbnail,
            size,
            moving,
            clip,
            document,
        } = looked;
        let Arrived {
            file,
            id,
            kind,
            bytes,
        } = arrived;
        let to = self.path(&id, kind);
        let joined = fs::metadata(&to).is_ok_and(|there| there.len() == bytes);
        if !joined {
            place(file, &to).map_err(|e| MediaError::io(name, e))?;
        }
        if let Some((small_kind, small)) = thumbnail
            && let Err(error) = self.put(&self.thumb_path(&id, small_kind), &small)
        {
            // It is made when it is asked for.
            tracing::warn!(%error, "a thumbnail could not be stored");
        }
        Ok(Imported {
            id,
            name: name.to_owned(),
            kind,
            mime: kind.mime().to_owned(),
            bytes,
            width: size.map(|s| s.0),
            height: size.map(|s| s.1),
            moving,
            clip,
            document,
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
}

/// What is inside a video that has arrived.
fn film_of(file: &NamedTempFile, kind: Kind, name: &str) -> Result<Option<Film>, MediaError> {
    if !kind.is_video() {
        return Ok(None);
    }
    let file = file.reopen().map_err(|e| MediaError::io(name, e))?;
    Ok(video::look(file, kind))
}

/// What is inside a document that has arrived.
fn document_of(
    file: &NamedTempFile,
    kind: Kind,
    name: &str,
) -> Result<Option<DocumentFacts>, MediaError> {
    if kind != Kind::Pdf {
        return Ok(None);
    }
    let file = file.reopen().map_err(|e| MediaError::io(name, e))?;
    Ok(Some(pdf::look(name, file)))
}

/// Looks into a file that has arrived: whether it is whole, what is in it, and how it looks when it is small.
fn look_into(name: &str, arrived: Arrived) -> Result<Looked, MediaError> {
    let (file, kind) = (&arrived.file, arrived.kind);
    if kind.is_picture() {
        let bytes = decode::read(file.path(), name)?;
        let picture = decode::decode_for(name, &bytes, &thumb::enough)?;
        return Ok(Looked {
            thumbnail: Some(thumb::make(name, &picture.pixels)?),
            size: Some(picture.size),
            moving: picture.moving,
            clip: None,
            document: None,
            arrived,
        });
    }
    let film = film_of(file, kind, name)?;
    let document = document_of(file, kind, name)?;
    Ok(Looked {
        thumbnail: None,
        size: film.and_then(|f| f.width.zip(f.height)),
        moving: false,
        clip: film.map(|f| f.clip),
        document,
        arrived,
    })
}

/// A file that was looked into and is not in its place yet.
struct Looked {
    arrived: Arrived,
    thumbnail: Option<(Kind, Vec<u8>)>,
    /// As shown.
    size: Option<(u32, u32)>,
    moving: bool,
    clip: Option<Clip>,
    document: Option<DocumentFacts>,
}

/// A file on its way in.
struct Arrived {
    file: NamedTempFile,
    id: MediaId,
    kind: Kind,
    bytes: u64,
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
