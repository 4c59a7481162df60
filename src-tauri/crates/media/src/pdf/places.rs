//! What photos of a document tell, taken out of it. A photo lies in a PDF as its whole JPEG file, with whatever a
//! camera wrote into it; in a copy that is overwritten where it stands, so that nothing else moves. What is
//! packed once more, or locked, is not looked into.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memmem;
use model::MediaId;
use tempfile::NamedTempFile;

use crate::arriving::place;
use crate::bound;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::{Library, is_there};

/// Segments of a JPEG that tell where, when and by whom it was taken: the marker of each, and how it begins.
const TELLING: [(u8, &[u8]); 3] = [
    (0xe1, b"Exif\0\0"),
    (0xe1, b"http://ns.adobe.com/"),
    (0xed, b"Photoshop 3.0\0"),
];
/// Bytes that are looked through at a time, and as many of those before as the beginning of a segment may take.
const PART: usize = 1024 * 1024;
const BEFORE: usize = 64;
/// As long as a segment can be.
static ZEROES: [u8; 0x1_0000] = [0; 0x1_0000];

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
            let some = bare.map_err(|e| MediaError::io(&name, e))?;
            Ok(some.then_some(to))
        })
        .await
    }

    /// Whether there was something to take out.
    fn bared(&self, original: &Path, to: &Path) -> io::Result<bool> {
        let mut from = File::open(original)?;
        let mut some = false;
        each(&mut from, |_| {
            some = true;
            Ok(())
        })?;
        if !some {
            return Ok(false);
        }
        let mut file = NamedTempFile::new_in(self.incoming())?;
        from.seek(SeekFrom::Start(0))?;
        let length = io::copy(&mut from, file.as_file_mut())?;
        from.seek(SeekFrom::Start(0))?;
        each(&mut from, |told| {
            let most = told.end.min(length).saturating_sub(told.start);
            file.seek(SeekFrom::Start(told.start))?;
            file.write_all(&ZEROES[..(most as usize).min(ZEROES.len())])
        })?;
        place(file, to)?;
        Ok(true)
    }
}

/// Finds the insides of all segments that tell something. None of a kind lies in another one of it, so that no byte
/// is told more often than there are kinds.
fn each(
    from: &mut impl Read,
    mut found: impl FnMut(Range<u64>) -> io::Result<()>,
) -> io::Result<()> {
    let mut ends = [0_u64; TELLING.len()];
    let mut part = Vec::with_capacity(PART + BEFORE);
    let mut begins = 0_u64;
    loop {
        if from.by_ref().take(PART as u64).read_to_end(&mut part)? == 0 {
            return Ok(());
        }
        for ((marker, words), end) in TELLING.iter().zip(&mut ends) {
            for at in memmem::find_iter(&part, words) {
                let head = at.checked_sub(4).and_then(|head| part.get(head..at));
                let start = begins + at as u64;
                if let Some([0xff, kind, high, low]) = head
                    && kind == marker
                    && start >= *end
                {
                    // The length counts itself as well.
                    let length = u16::from_be_bytes([*high, *low]).saturating_sub(2);
                    *end = start + u64::from(length);
                    found(start..*end)?;
                }
            }
        }
        let gone = part.len().saturating_sub(BEFORE);
        part.drain(..gone);
        begins += gone as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::pdf::samples::plain;
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

    #[test]
    fn a_segment_is_found_wherever_it_lies_and_told_once() {
        for before in [0, 100, PART - 70, PART - 12, PART - 3, 2 * PART - 9] {
            let mut bytes = vec![b' '; before];
            bytes.extend([0xff, 0xe1, 0, 20]);
            // The same words inside of it, and elsewhere without a marker.
            bytes.extend(b"Exif\0\0\xff\xe1\xff\xffExif\0\0..Exif\0\0");
            let mut told = Vec::new();
            let mut from = bytes.as_slice();
            each(&mut from, |range| {
                told.push(range);
                Ok(())
            })
            .unwrap();
            let start = before as u64 + 4;
            let wanted = start..start + 18;
            assert!(told.iter().eq([&wanted]), "{before}: {told:?}");
        }
    }
}
