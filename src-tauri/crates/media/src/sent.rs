//! Pictures as networks get them: a person's edits and a network's limits in one go, so that what is
//! shown beforehand and what is sent are the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use image::DynamicImage;
use model::MediaId;
use model::edit::Operation;
use model::edit::mark::MarkOf;

use crate::bound;
use crate::decode;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::{Library, is_there};
use crate::rendition::{Limits, Rendition, fitted};
use crate::strip;
use scale::shrunk;

/// Longest side of a picture that a mark is made of, in pixels: enough for a mark of the largest
/// picture that networks take.
const MARK_SIDE: u32 = 1024;

/// A picture as a network gets it, kept for a while to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its name in the folder of what was made of the original.
    pub file: String,
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// It has more than one frame.
    pub moving: bool,
    /// It is the original without its metadata.
    pub untouched: bool,
}

/// Pictures that marks are made of, opened beforehand.
pub(crate) struct Marks(BTreeMap<MediaId, DynamicImage>);

impl Marks {
    /// One of them.
    pub fn find(&self, id: &MediaId) -> Result<DynamicImage, MediaError> {
        self.0.get(id).cloned().ok_or(MediaError::NoMark)
    }
}

impl Library {
    /// The rendition of a picture of the library with edits, called `name` towards people.
    pub async fn rendition(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
        limits: Limits,
    ) -> Result<Rendition, MediaError> {
        let (library, path) = (self.clone(), self.find(id)?);
        bound::run(name.clone(), move || {
            library.fit(&path, &name, &operations, &limits)
        })
        .await
    }

    /// The same, kept to be looked at; made once as long as it is kept.
    pub async fn sent(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
        limits: Limits,
    ) -> Result<Sent, MediaError> {
        let (library, id) = (self.clone(), id.clone());
        bound::run(name.clone(), move || {
            let original = library.find(&id)?;
            let stem = stem(&operations, &limits);
            if let Some(sent) = library.kept(&id, &stem) {
                return Ok(sent);
            }
            let rendition = library.fit(&original, &name, &operations, &limits)?;
            let sent = Sent {
                file: file_name(&stem, rendition.kind, rendition.untouched),
                kind: rendition.kind,
                bytes: rendition.bytes.len() as u64,
                width: rendition.width,
                height: rendition.height,
                moving: rendition.moving,
                untouched: rendition.untouched,
            };
            library
                .put(
                    &library.edited_folder(&id).join(&sent.file),
                    &rendition.bytes,
                )
                .map_err(|e| MediaError::io(&name, e))?;
            Ok(sent)
        })
        .await
    }

    /// A picture as connectors get it that hand files on: with edits, at its full size, or without
    /// anything but the picture.
    pub async fn handed(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
    ) -> Result<Sent, MediaError> {
        let as_it_is = operations.is_empty();
        let edited = self.edited(id, name.clone(), operations).await?;
        let original = self.find(id)?;
        bound::run(name.clone(), move || {
            let untouched = as_it_is && original.extension() == edited.path.extension();
            let file = edited.path.file_name().map(|f| f.to_string_lossy());
            let file = file.unwrap_or_default().into_owned();
            described(&edited.path, file, edited.kind, untouched).ok_or(MediaError::Fault { name })
        })
        .await
    }

    /// What was made before, as far as it can be read.
    fn kept(&self, id: &MediaId, stem: &str) -> Option<Sent> {
        let folder = self.edited_folder(id);
        let names = Kind::ALL.into_iter().flat_map(|kind| {
            [true, false].map(|untouched| (file_name(stem, kind, untouched), kind, untouched))
        });
        let found =
            names.map(|(file, kind, untouched)| (folder.join(&file), file, kind, untouched));
        let (path, file, kind, untouched) = found.into_iter().find(|f| is_there(&f.0))?;
        described(&path, file, kind, untouched)
    }

    /// Where a picture lies that [`Self::sent`] named; none when it is gone or the name is none of
    /// that kind.
    #[must_use]
    pub fn sent_path(&self, id: &MediaId, file: &str) -> Option<PathBuf> {
        let (stem, ending) = file.split_once('.')?;
        let (hex, end) = stem.split_at_checked(STEM)?;
        let hex = hex.bytes().all(|b| b.is_ascii_hexdigit()) && ["", KEPT, MADE].contains(&end);
        let known = Kind::ALL.into_iter().any(|k| k.extension() == ending);
        let path = self.edited_folder(id).join(file);
        (hex && known && is_there(&path)).then_some(path)
    }

    /// Opens the pictures that marks among the operations are made of. Before the picture that they
    /// are put on, since only one is open at a time.
    pub(crate) fn marks(&self, operations: &[Operation]) -> Result<Marks, MediaError> {
        let mut found = BTreeMap::new();
        for operation in operations {
            let Operation::Mark { mark } = operation else {
                continue;
            };
            let MarkOf::Picture { media_id, .. } = &mark.what else {
                continue;
            };
            if found.contains_key(media_id) {
                continue;
            }
            let path = self.find(media_id).map_err(|_| MediaError::NoMark)?;
            let name = "The picture of the watermark";
            let bytes = decode::read(&path, name)?;
            let (pixels, _memory) = decode::decode(name, &bytes)?.into_pixels();
            let small = shrunk(&pixels, MARK_SIDE).unwrap_or(pixels);
            found.insert(media_id.clone(), small);
        }
        Ok(Marks(found))
    }

    fn fit(
        &self,
        path: &Path,
        name: &str,
        operations: &[Operation],
        limits: &Limits,
    ) -> Result<Rendition, MediaError> {
        let marks = self.marks(operations)?;
        let bytes = decode::read(path, name)?;
        fitted(name, &bytes, operations, limits, &|id| marks.find(id))
    }
}

/// Letters of the name of what was made.
const STEM: usize = 32;

/// What is known of a file that was made, by its header.
fn described(path: &Path, file: String, kind: Kind, untouched: bool) -> Option<Sent> {
    let bytes = decode::read(path, "A picture").ok()?;
    let reader = image::ImageReader::new(std::io::Cursor::new(&bytes));
    let (width, height) = reader.with_guessed_format().ok()?.into_dimensions().ok()?;
    Some(Sent {
        file,
        kind,
        bytes: bytes.len() as u64,
        width,
        height,
        moving: strip::moves(kind, &bytes).unwrap_or(false),
        untouched,
    })
}

/// Ends of names: of a file that was passed on as it is, and of one that was made again.
const KEPT: &str = "k";
const MADE: &str = "m";

fn file_name(stem: &str, kind: Kind, untouched: bool) -> String {
    let end = if untouched { KEPT } else { MADE };
    format!("{stem}{end}.{}", kind.extension())
}

fn stem(operations: &[Operation], limits: &Limits) -> String {
    let mut hasher = blake3::Hasher::new();
    // Writing to a hasher cannot fail, and operations always serialise.
    serde_json::to_writer(&mut hasher, operations).ok();
    hasher.update(format!("{limits:?}").as_bytes());
    hasher.finalize().to_hex()[..STEM].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{jpeg, noise, red_and_blue, with_secrets};

    fn turn() -> Vec<Operation> {
        vec![Operation::Turn { quarters: 1 }]
    }

    #[tokio::test]
    async fn what_is_shown_is_what_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let photo = with_secrets(&jpeg(&noise(300, 200)));
        let file = library.import_bytes("a.jpg".into(), photo).await.unwrap();
        let limits = Limits::bytes(40_000).side(150);
        let shown = library
            .sent(&file.id, "a.jpg".into(), turn(), limits.clone())
            .await
            .unwrap();
        let sent = library
            .rendition(&file.id, "a.jpg".into(), turn(), limits.clone())
            .await
            .unwrap();
        let path = library.sent_path(&file.id, &shown.file).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), sent.bytes);
        assert_eq!((shown.width, shown.height), (sent.width, sent.height));
        assert_eq!(
            (shown.bytes, shown.untouched),
            (sent.bytes.len() as u64, false)
        );
        // The second time it is read and says the same.
        let again = library.sent(&file.id, "a.jpg".into(), turn(), limits).await;
        assert_eq!(again.unwrap(), shown);
    }

    #[tokio::test]
    async fn a_file_that_fits_is_known_as_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let photo = jpeg(&red_and_blue(40, 30));
        let file = library.import_bytes("a.jpg".into(), photo).await.unwrap();
        let limits = Limits::bytes(1_000_000);
        for _ in 0..2 {
            let sent = library
                .sent(&file.id, "a.jpg".into(), Vec::new(), limits.clone())
                .await
                .unwrap();
            assert!(sent.untouched);
        }
        for wrong in ["../x.jpg", "a.jpg", "", &format!("{}k.exe", "0".repeat(32))] {
            assert_eq!(library.sent_path(&file.id, wrong), None, "{wrong}");
        }
    }
}
