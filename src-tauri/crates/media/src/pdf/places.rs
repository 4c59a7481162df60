//! What photos of a document tell, taken out of it. A photo lies in a PDF as its whole JPEG file, with whatever a
//! camera wrote into it, and a document that was made of one may describe itself as the photo did; in a copy that
//! is overwritten where it stands, so that nothing else moves. What is locked, written as text or packed in more than
//! one way is not looked into.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use model::MediaId;
use tempfile::NamedTempFile;

use super::{packed, telling};
use crate::arriving::place;
use crate::bound;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::{Library, is_there};

impl Library {
    /// A document without what its photos tell; none where they tell nothing and it goes out as it is.
    pub async fn bare_document(
        &self,
        id: &MediaId,
        name: String,
    ) -> Result<Option<PathBuf>, MediaError> {
        let (library, id) = (self.clone(), id.clone());
        bound::copy(name.clone(), move || {
            let to = library.edited_path(&id, Kind::Pdf, &[]);
            if is_there(&to) {
                return Ok(Some(to));
            }
            let original = library.find(&id)?;
            let bare = library.bared(&original, &to);
            let some = bare.map_err(|error| {
                if packed::place_stays(&error) {
                    MediaError::PlaceStays { name: name.clone() }
                } else {
                    MediaError::io(&name, error)
                }
            })?;
            Ok(some.then_some(to))
        })
        .await
    }

    /// Whether there was something to take out.
    fn bared(&self, original: &Path, to: &Path) -> io::Result<bool> {
        let mut from = File::open(original)?;
        let length = from.metadata()?.len();
        let mut copy = Overwritten {
            original,
            incoming: self.incoming(),
            file: None,
        };
        telling::each(&mut from, |told| {
            let most = told.range.end.min(length).saturating_sub(told.range.start);
            let over = vec![told.over; usize::try_from(most).unwrap_or(0)];
            copy.write(told.range.start, &over)
        })?;
        packed::each(&mut from, |at, cleaned| copy.write(at, &cleaned))?;
        let Some(file) = copy.file else {
            return Ok(false);
        };
        place(file, to)?;
        Ok(true)
    }
}

/// A copy that is made once something has to be overwritten in it.
struct Overwritten<'a> {
    original: &'a Path,
    incoming: PathBuf,
    file: Option<NamedTempFile>,
}

impl Overwritten<'_> {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let mut file = NamedTempFile::new_in(&self.incoming)?;
                io::copy(&mut File::open(self.original)?, file.as_file_mut())?;
                none.insert(file)
            }
        };
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;
    use crate::pdf::samples::{plain, zipped};
    use crate::testing::{contains, exif, jpeg, noise};

    /// A photo with a place in it.
    fn photo() -> Vec<u8> {
        let bare = jpeg(&noise(40, 30));
        let told = exif();
        let length = u16::try_from(told.len() + 2).unwrap().to_be_bytes();
        [&bare[..2], &[0xff, 0xe1], &length, &told, &bare[2..]].concat()
    }

    #[tokio::test]
    async fn photos_of_a_document_tell_no_place_and_nothing_else_moves() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let (text, photo) = (plain(2, ""), photo());
        let bytes = [&text[..], b"\nstream\n", &photo, b"\nendstream\n"].concat();
        let import = async |bytes: &[u8]| {
            let file = library.import_bytes("a.pdf".into(), bytes.to_vec()).await;
            file.unwrap().id
        };
        let id = import(&bytes).await;
        let bare = async |id| library.bare_document(id, "a.pdf".into()).await.unwrap();
        let path = bare(&id).await.unwrap();
        let made = fs::read(&path).unwrap();
        assert!(contains(&bytes, b"SECRETPLACE") && !contains(&made, b"SECRETPLACE"));
        assert_eq!(made.len(), bytes.len());
        let at = text.len() + 8;
        assert_eq!(made[..at], bytes[..at]);
        let pixels = |from: &[u8]| image::load_from_memory(from).unwrap().into_rgb8();
        assert_eq!(pixels(&made[at..at + photo.len()]), pixels(&photo));
        assert_eq!(bare(&id).await, Some(path));
        let original = fs::read(library.find(&id).unwrap()).unwrap();
        assert_eq!(original, bytes);
        let silent = import(&text).await;
        assert_eq!(bare(&silent).await, None);
    }

    #[tokio::test]
    async fn photos_and_descriptions_that_are_packed_once_more_tell_no_place_either() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let photo = photo();
        let described = "<?xpacket begin='' ?><x:xmpmeta><rdf:Description \
             exif:GPSLatitude=\"SECRETPLACE\" dc:title=\"Kept\"/></x:xmpmeta>";
        let streams = [zipped(&photo), zipped(described.as_bytes())];
        let plain = plain(2, "");
        let bytes = [
            &plain[..],
            b"\nstream\n",
            &streams[0],
            b"\nendstream\nstream\r\n",
            &streams[1],
            b"\nendstream\n",
            described.as_bytes(),
        ]
        .concat();
        let file = library.import_bytes("a.pdf".into(), bytes.clone()).await;
        let id = file.unwrap().id;
        let bare = library.bare_document(&id, "a.pdf".into()).await;
        let made = fs::read(bare.unwrap().unwrap()).unwrap();
        assert_eq!(made.len(), bytes.len());
        assert!(!contains(&made, b"SECRETPLACE"));
        let unpacked = |at: usize, length: usize| {
            let mut inner = Vec::new();
            let mut unpacker = ZlibDecoder::new(&made[at..at + length]);
            unpacker.read_to_end(&mut inner).unwrap();
            inner
        };
        let at = plain.len() + 8;
        assert_eq!(made[..at], bytes[..at]);
        let inner = unpacked(at, streams[0].len());
        assert!(contains(&photo, b"SECRETPLACE") && !contains(&inner, b"SECRETPLACE"));
        let pixels = |from: &[u8]| image::load_from_memory(from).unwrap().into_rgb8();
        assert_eq!(pixels(&inner), pixels(&photo));
        let inner = unpacked(at + streams[0].len() + 19, streams[1].len());
        let told = described.replace("SECRETPLACE", "           ");
        assert_eq!(inner, told.as_bytes());
        assert!(made.ends_with(told.as_bytes()));
    }
}
