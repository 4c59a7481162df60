//! Pictures as a person edited them: made from the original and kept beside it, so that everything
//! after works on an ordinary file.

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageFormat, ImageResult};
use model::MediaId;
use model::edit::Operation;

use crate::as_jpeg::as_jpeg_at_once;
use crate::bound;
use crate::decode;
use crate::edit::edited;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::{Library, shard};
use crate::rendition::needed;
use crate::strip::strip;

/// Good enough to be encoded once more for a network without anybody seeing it.
const QUALITY: u8 = 95;

/// A picture as it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a picture of this kind becomes by being edited: a photo stays one (what is transparent in an
/// AVIF becomes white), everything else keeps every pixel. None of what is no picture: it is not edited.
#[must_use]
pub const fn edited_kind(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::Jpeg | Kind::Avif | Kind::Heic => Some(Kind::Jpeg),
        Kind::Png | Kind::Gif | Kind::Webp => Some(Kind::Png),
        Kind::Mp4 | Kind::Mov | Kind::Webm | Kind::Pdf => None,
    }
}

impl Library {
    /// The picture with these operations done to it, made now when it is not there yet; the first
    /// frame of a moving one. Without operations it is the file without anything but the picture, or
    /// another one where networks do not take its kind. `name` is what it is called towards people.
    pub async fn edited(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
    ) -> Result<Edited, MediaError> {
        let (library, id) = (self.clone(), id.clone());
        bound::run(name.clone(), move || {
            let original = library.find(&id)?;
            let kind = Kind::ALL
                .into_iter()
                .find(|kind| library.path(&id, *kind) == original);
            let made = kind
                .and_then(|kind| {
                    if operations.is_empty() && kind.is_shown_anywhere() {
                        Some(kind)
                    } else {
                        edited_kind(kind)
                    }
                })
                .ok_or_else(|| MediaError::NotAPicture { name: name.clone() })?;
            let path = library.edited_path(&id, made, &operations);
            if let Ok(about) = fs::metadata(&path)
                && about.len() > 0
            {
                return Ok(Edited {
                    path,
                    kind: made,
                    bytes: about.len(),
                });
            }
            let marks = library.marks(&operations)?;
            let bytes = decode::read(&original, &name)?;
            let picture = decode::decode_for(&name, &bytes, &|size| enough(size, &operations))?;
            let untouched = operations.is_empty()
                && picture.kind == made
                && (!picture.remade || picture.moving);
            let clean = untouched.then(|| strip(made, &bytes).ok()).flatten();
            drop(bytes);
            let bytes = if let Some(clean) = clean {
                clean.bytes
            } else {
                let pixels = edited(picture.pixels, &operations, &|id| marks.find(id))?;
                encode(&pixels, made).map_err(|error| {
                    tracing::error!(%error, "an edited picture could not be encoded");
                    MediaError::Fault { name: name.clone() }
                })?
            };
            library
                .put(&path, &bytes)
                .map_err(|e| MediaError::io(&name, e))?;
            Ok(Edited {
                path,
                kind: made,
                bytes: bytes.len() as u64,
            })
        })
        .await
    }

    /// Where the edited picture of that kind lies, or would.
    #[must_use]
    pub fn edited_path(&self, id: &MediaId, kind: Kind, operations: &[Operation]) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        // Writing to a hasher cannot fail, and operations always serialise.
        serde_json::to_writer(&mut hasher, operations).ok();
        let name = format!("{}.{}", &hasher.finalize().to_hex()[..32], kind.extension());
        self.edited_folder(id).join(name)
    }

    /// Removes pictures edited before an instant; they are made again when they are asked for.
    pub fn forget_edited(&self, before: SystemTime) -> Result<(), MediaError> {
        let old = |path: &Path| {
            let made = fs::metadata(path).and_then(|about| about.modified());
            made.is_ok_and(|made| made < before)
        };
        let sweep = || -> io::Result<()> {
            for shard in folders(&self.root.join("edited"))? {
                for picture in folders(&shard)? {
                    for file in fs::read_dir(&picture)? {
                        let path = file?.path();
                        if old(&path) {
                            fs::remove_file(path)?;
                        }
                    }
                    // Only succeeds when it is empty, which is all that is wanted.
                    fs::remove_dir(&picture).ok();
                }
            }
            Ok(())
        };
        sweep().map_err(|e| MediaError::io("The folder of edited pictures", e))
    }

    pub(crate) fn edited_folder(&self, id: &MediaId) -> PathBuf {
        self.root.join("edited").join(shard(id)).join(id.as_str())
    }
}

/// How large a picture has to be opened when the last thing done to it is shrinking it, as for a
/// screen.
fn enough((width, height): (u32, u32), operations: &[Operation]) -> Option<u32> {
    let (Operation::Resize { side }, before) = operations.split_last()? else {
        return None;
    };
    let part = model::edit::size(before, width, height);
    needed((width, height), part, *side)
}

pub(crate) fn folders(of: &Path) -> io::Result<Vec<PathBuf>> {
    let all = match fs::read_dir(of) {
        Ok(all) => all,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut found = Vec::new();
    for entry in all {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn encode(pixels: &DynamicImage, kind: Kind) -> ImageResult<Vec<u8>> {
    if kind == Kind::Jpeg {
        return as_jpeg_at_once(pixels, QUALITY);
    }
    let mut out = Vec::new();
    if kind == Kind::Webp {
        pixels.write_with_encoder(WebPEncoder::new_lossless(&mut out))?;
    } else if kind == Kind::Gif {
        pixels.write_to(&mut Cursor::new(&mut out), ImageFormat::Gif)?;
    } else {
        pixels.write_with_encoder(PngEncoder::new(&mut out))?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::edit::{Area, WHOLE};

    use super::*;
    use crate::testing::{jpeg, noise, png};

    fn left_half() -> Vec<Operation> {
        vec![Operation::Crop {
            area: Area {
                width: WHOLE / 2,
                ..Area::ALL
            },
        }]
    }

    fn open() -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        (folder, library)
    }

    #[tokio::test]
    async fn a_photo_stays_a_photo_and_the_original_stays_as_it_is() {
        let (_folder, library) = open();
        let original = jpeg(&noise(60, 40));
        let file = library
            .import_bytes("sea.jpg".into(), original.clone())
            .await
            .unwrap();
        let made = library
            .edited(&file.id, "sea.jpg".into(), left_half())
            .await
            .unwrap();
        assert_eq!(made.kind, Kind::Jpeg);
        let bytes = fs::read(&made.path).unwrap();
        assert_eq!(bytes.len() as u64, made.bytes);
        let picture = decode::decode("x", &bytes).unwrap();
        assert_eq!((picture.pixels.width(), picture.pixels.height()), (30, 40));
        assert_eq!(fs::read(library.find(&file.id).unwrap()).unwrap(), original);
        // The library lists originals alone.
        assert_eq!(library.all().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn it_is_made_once_and_again_after_it_was_forgotten() {
        let (_folder, library) = open();
        let file = library
            .import_bytes("a.png".into(), png(noise(8, 8)))
            .await
            .unwrap();
        let make = || library.edited(&file.id, "a.png".into(), left_half());
        let first = make().await.unwrap();
        // A mark that a second making would wipe out.
        fs::write(&first.path, b"kept").unwrap();
        assert_eq!(make().await.unwrap().bytes, 4);
        let made = fs::metadata(&first.path).unwrap().modified().unwrap();
        library.forget_edited(made).unwrap();
        assert!(first.path.exists());
        library
            .forget_edited(made + Duration::from_secs(1))
            .unwrap();
        assert!(!first.path.exists());
        assert!(make().await.unwrap().bytes > 4);
    }

    #[tokio::test]
    async fn removing_the_original_removes_what_was_made_of_it() {
        let (_folder, library) = open();
        let file = library
            .import_bytes("a.png".into(), png(noise(8, 8)))
            .await
            .unwrap();
        let made = library
            .edited(&file.id, "a.png".into(), left_half())
            .await
            .unwrap();
        library.remove(&file.id).unwrap();
        assert!(!made.path.exists());
    }
}
