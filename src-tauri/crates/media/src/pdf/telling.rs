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
const PROPERTIES: [&[u8]; 9] = [
    b"exif:GPS",
    b"photoshop:City",
    b"photoshop:State",
    b"Iptc4xmpCore:Location",
    b"Iptc4xmpExt:City",
    b"Iptc4xmpExt:Sublocation",
    b"Iptc4xmpExt:ProvinceState",
    b"Iptc4xmpExt:LocationName",
    b"Iptc4xmpExt:LocationId",
];
const KINDS: usize = SEGMENTS.len() + PROPERTIES.len();
/// Bytes that are looked through at a time, and as many of those before as a beginning may take.
const PART: usize = 1024 * 1024;
const BEFORE: usize = 2 * LONGEST;
/// Most bytes of a property with its name, told in however many languages.
const LONGEST: usize = 16 * 1024;

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
                let before = at.checked_sub(1).map(|before| part[before]);
                if before == Some(b'/') {
                    continue;
                }
                let start = begins + at as u64;
                for value in values(&part[at..end], before == Some(b'<')) {
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

/// Where the values of a property lie that begins with its name: in quotes as an attribute, or as the texts of an
/// element up to its end, of which there are several where it is told in more than one language.
fn values(property: &[u8], element: bool) -> Vec<Range<usize>> {
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b':';
    let Some(at) = property.iter().position(|byte| !of_name(byte)) else {
        return Vec::new();
    };
    let until = |from: usize, ends: u8| {
        let length = memchr::memchr(ends, &property[from..]);
        from..length.map_or(property.len(), |length| from + length)
    };
    let past_space = |from: usize| {
        let space = property[from..].iter();
        from + space.take_while(|byte| byte.is_ascii_whitespace()).count()
    };
    let equals = past_space(at);
    let told = if property.get(equals) == Some(&b'=') {
        let begins = past_space(equals + 1);
        match property.get(begins).copied() {
            Some(quote @ (b'"' | b'\'')) => vec![until(begins + 1, quote)],
            _ => Vec::new(),
        }
    } else if element {
        texts(property, at)
    } else {
        Vec::new()
    };
    let says = |value: &Range<usize>| !property[value.clone()].trim_ascii().is_empty();
    told.into_iter().filter(says).collect()
}

/// The texts of an element whose name ends there. Where its end is missing, nothing behind the first one of them is
/// known to be of it.
fn texts(element: &[u8], name_ends: usize) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let end = [&b"</"[..], &element[..name_ends]].concat();
    let end = memmem::find(element, &end);
    let most = end.unwrap_or(element.len());
    let mut at = name_ends;
    while let Some(tag) = memchr::memchr(b'>', &element[at..most]) {
        let start = at + tag + 1;
        if texts.is_empty() && element[..start].ends_with(b"/>") {
            // It has only attributes.
            break;
        }
        at = memchr::memchr(b'<', &element[start..most]).map_or(most, |text| start + text);
        texts.push(start..at);
        let blank = element[start..at].trim_ascii().is_empty();
        if end.is_none() && !blank {
            break;
        }
    }
    texts
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
        // Names alone, and what is no value or an empty one.
        assert_eq!(all(b"exif:GPS photoshop:City= exif:GPSAltitude"), []);
        assert_eq!(all(b"<exif:GPSAltitude/><a>kept</a> photoshop:City=''"), []);
        assert_eq!(all(b"exif:GPSLatitude = '5' "), [spaces(20..21)]);
    }

    fn spaces(range: Range<u64>) -> Told {
        Told { range, over: b' ' }
    }

    #[test]
    fn a_property_is_told_in_every_language() {
        let many = |words: &str| {
            let one = |n: usize| format!("<rdf:li xml:lang=\"{n}\">{words}</rdf:li>\n ");
            let all: String = (0..200).map(one).collect();
            let name = "Iptc4xmpExt:LocationName";
            format!("<{name}>\n <rdf:Alt>{all}</rdf:Alt></{name}><dc:title>Kept</dc:title>")
        };
        for before in [0, 100, PART - 70, PART - LONGEST, PART, 2 * PART - 20] {
            let before = vec![b' '; before];
            let mut bytes = [&before[..], many("SECRET").as_bytes()].concat();
            let told = all(&bytes);
            assert_eq!(told.len(), 200, "{}", before.len());
            for one in told {
                bytes[one.range.start as usize..one.range.end as usize].fill(one.over);
            }
            assert!(bytes == [&before[..], many("      ").as_bytes()].concat());
        }
    }

    #[test]
    fn of_a_property_that_breaks_off_the_first_text_is_told() {
        let words = b"<Iptc4xmpExt:LocationName> <rdf:Alt><rdf:li>SECRET</rdf:li><dc:title>Kept<";
        assert_eq!(all(words), [spaces(44..50)]);
    }
}
