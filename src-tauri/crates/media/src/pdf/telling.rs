//! Where a document tells a place: segments of its photos, and properties of what describes it as XMP.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memmem;

/// Segments of a JPEG that tell where, when and by whom it was taken: the marker of each, and how it begins.
const SEGMENTS: [(u8, &[u8]); 3] = [
    (0xe1, b"Exif\0\0"),
    (0xe1, b"http://ns.adobe.com/"),
    (0xed, b"Photoshop 3.0\0"),
];
/// Properties of XMP that tell a place, by how their names begin. A document that was made of one photo describes
/// itself as the photo did.
const PROPERTIES: [&[u8]; 8] = [
    b"exif:GPS",
    b"photoshop:City",
    b"photoshop:State",
    b"Iptc4xmpCore:Location",
    b"Iptc4xmpExt:City",
    b"Iptc4xmpExt:Sublocation",
    b"Iptc4xmpExt:ProvinceState",
    b"Iptc4xmpExt:LocationName",
];
const KINDS: usize = SEGMENTS.len() + PROPERTIES.len();
/// Bytes that are looked through at a time, and as many of those before as a beginning may take.
const PART: usize = 1024 * 1024;
const BEFORE: usize = 2 * LONGEST;
/// Most bytes of a property with its name.
const LONGEST: usize = 1024;

/// Bytes that tell a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) range: Range<u64>,
    /// What is written over them, so that whoever reads the rest finds nothing odd.
    pub(super) over: u8,
}

/// Finds all bytes that tell a place. None of a kind lie in others of it, so that no byte is told more often than there
/// are kinds.
pub(super) fn each(
    from: &mut impl Read,
    mut found: impl FnMut(Told) -> io::Result<()>,
) -> io::Result<()> {
    let mut ends = [0_u64; KINDS];
    let mut part = Vec::with_capacity(PART + BEFORE);
    let mut begins = 0_u64;
    loop {
        let last = from.by_ref().take(PART as u64).read_to_end(&mut part)? < PART;
        let mut told = |kind: usize, range: Range<u64>, over: u8| {
            if range.start < ends[kind] {
                return Ok(());
            }
            ends[kind] = range.end;
            found(Told { range, over })
        };
        for (kind, (marker, words)) in SEGMENTS.iter().enumerate() {
            for at in memmem::find_iter(&part, words) {
                let head = at.checked_sub(4).and_then(|head| part.get(head..at));
                if let Some([0xff, is, high, low]) = head
                    && is == marker
                {
                    // The length counts itself as well.
                    let length = u16::from_be_bytes([*high, *low]).saturating_sub(2);
                    let start = begins + at as u64;
                    told(kind, start..start + u64::from(length), 0)?;
                }
            }
        }
        for (kind, name) in PROPERTIES.iter().enumerate() {
            for at in memmem::find_iter(&part, name) {
                // The rest of one at the end comes with the next part.
                if !last && at + LONGEST > part.len() {
                    break;
                }
                let end = part.len().min(at + LONGEST);
                if at.checked_sub(1).is_some_and(|before| part[before] == b'/') {
                    continue;
                }
                if let Some(value) = value(&part[at + name.len()..end]) {
                    let start = begins + (at + name.len()) as u64;
                    let range = start + value.start as u64..start + value.end as u64;
                    told(SEGMENTS.len() + kind, range, b' ')?;
                }
            }
        }
        if last {
            return Ok(());
        }
        let gone = part.len().saturating_sub(BEFORE);
        part.drain(..gone);
        begins += gone as u64;
    }
}

/// Where the value of a property lies, behind the beginning of its name: in quotes as an attribute, or between tags.
fn value(after: &[u8]) -> Option<Range<usize>> {
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric();
    let at = after.iter().position(|byte| !of_name(byte))?;
    let until = |from: usize, ends: u8| {
        let length = memchr::memchr(ends, &after[from..]);
        from..length.map_or(after.len(), |length| from + length)
    };
    if after[at] == b'=' {
        let quote = *after.get(at + 1)?;
        return matches!(quote, b'"' | b'\'').then(|| until(at + 2, quote));
    }
    let begins = at + memchr::memchr(b'>', &after[at..])? + 1;
    Some(until(begins, b'<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Told> {
        let (mut told, mut from) = (Vec::new(), bytes);
        each(&mut from, |one| {
            told.push(one);
            Ok(())
        })
        .unwrap();
        told
    }

    #[test]
    fn a_segment_is_found_wherever_it_lies_and_told_once() {
        for before in [0, 100, PART - 70, PART - 12, PART - 3, 2 * PART - 9] {
            let mut bytes = vec![b' '; before];
            bytes.extend([0xff, 0xe1, 0, 20]);
            // The same words inside of it, and elsewhere without a marker.
            bytes.extend(b"Exif\0\0\xff\xe1\xff\xffExif\0\0..Exif\0\0");
            let start = before as u64 + 4;
            let range = start..start + 18;
            assert_eq!(all(&bytes), [Told { range, over: 0 }], "{before}");
        }
    }

    #[test]
    fn a_property_is_found_wherever_it_lies_and_told_once() {
        let written = [
            (&b"exif:GPSLatitude=\"52,31N\" x=\"1\""[..], 18),
            (b"photoshop:City='52,31N'>", 16),
            (b"<exif:GPSLongitude>52,31N</exif:GPSLongitude>", 19),
        ];
        for (words, at) in written {
            for before in [0, 100, PART - 70, PART - 12, PART, 2 * PART - 20] {
                let bytes = [&vec![b' '; before][..], words].concat();
                let start = (before + at) as u64;
                let range = start..start + 6;
                assert_eq!(all(&bytes), [Told { range, over: b' ' }], "{before}");
            }
        }
        // Names alone, and what is no value.
        assert_eq!(all(b"exif:GPS photoshop:City= exif:GPSAltitude"), []);
    }
}
