//! What of a document is packed once more and tells a place: a photo as its whole JPEG file, or a description as XMP,
//! in a stream of the filter `FlateDecode`. It is packed again without the place and laid where it stood. That takes
//! less room than before, and readers stop where packed data ends. Of one that is damaged, readers commonly show what
//! can be unpacked, so where that tells a place it stays.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use memchr::memmem;

use super::telling;
use crate::bound::Memory;
use crate::kind::Kind;
use crate::strip::strip;

/// Behind this word and the end of its line the bytes of a stream begin.
const STREAM: &[u8] = b"stream";
/// Bytes that are looked through at a time, and as many of those before as a beginning takes.
const PART: usize = 1024 * 1024;
const BEFORE: usize = STREAM.len() + 4;
/// By so many bytes it is seen what a stream is.
const HEAD: usize = 64;
/// How much more room there is made at a time for what is unpacked, in bytes.
const ROOM: usize = 64 * 1024;
/// How a JPEG begins.
const PHOTO: &[u8] = &[0xff, 0xd8, 0xff];
/// How descriptions begin, behind a mark or a space or two.
const DESCRIPTIONS: [&[u8]; 3] = [b"<?xpacket", b"<x:xmpmeta", b"<?adobe"];
/// Most bytes of one that is looked into, unpacked.
const LARGEST: usize = 64 * 1024 * 1024;

/// Why a place cannot be taken out.
#[derive(Debug, thiserror::Error)]
enum Stays {
    /// What is packed anew takes more room than before, so it cannot lie where it stood.
    #[error("no room for a stream without its place")]
    NoRoom,
    /// Not all of it can be unpacked, so it cannot be packed anew.
    #[error("a spoilt stream tells a place")]
    Spoilt,
}

/// Whether an error is that a place cannot be taken out.
pub(super) fn place_stays(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<Stays>())
}

/// Finds every stream that tells a place, and gives where it begins and what is to stand there in its place.
pub(super) fn each(
    from: &mut (impl Read + Seek),
    mut found: impl FnMut(u64, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut part = Vec::with_capacity(PART + BEFORE);
    let (mut begins, mut done) = (0_u64, 0_u64);
    loop {
        from.seek(SeekFrom::Start(begins + part.len() as u64))?;
        let read = from.by_ref().take(PART as u64).read_to_end(&mut part)?;
        if read == 0 {
            return Ok(());
        }
        for word in memmem::find_iter(&part, STREAM) {
            let after = word + STREAM.len();
            let Some(line_end) = packed_behind(&part[after..]) else {
                continue;
            };
            let at = begins + (after + line_end) as u64;
            if at < done {
                continue;
            }
            done = at + 1;
            if let Some(cleaned) = cleaned(from, at)? {
                done = at + cleaned.len() as u64;
                found(at, cleaned)?;
            }
        }
        let gone = part.len().saturating_sub(BEFORE);
        part.drain(..gone);
        begins += gone as u64;
    }
}

/// How long the end of the line is, when packed bytes begin behind it (RFC 1950, 2.2).
fn packed_behind(after: &[u8]) -> Option<usize> {
    let line_end = match after {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => return None,
    };
    let [method, flags] = *after.get(line_end..line_end + 2)? else {
        return None;
    };
    let deflated = method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0;
    let whole = u16::from_be_bytes([method, flags]).is_multiple_of(31);
    (deflated && whole).then_some(line_end)
}

/// The stream that begins there without what tells a place, packed and as long as it was; none where it tells none,
/// and where it is something else.
fn cleaned(from: &mut (impl Read + Seek), at: u64) -> io::Result<Option<Vec<u8>>> {
    from.seek(SeekFrom::Start(at))?;
    let mut stream = BufReader::new(from);
    let (mut unpacker, mut inner) = (Decompress::new(true), Vec::new());
    let mut come = more(&mut stream, &mut unpacker, HEAD, &mut inner)?;
    if !may_tell(&inner) {
        return Ok(None);
    }
    let _memory = Memory::take(2 * LARGEST as u64);
    if come == Come::Part {
        come = more(&mut stream, &mut unpacker, LARGEST, &mut inner)?;
    }
    if come == Come::Part {
        return Ok(None);
    }
    let mut told = Vec::new();
    telling::each(&mut inner.as_slice(), |one| {
        told.push(one);
        Ok(())
    })?;
    if told.is_empty() {
        return Ok(None);
    }
    if come == Come::Spoilt {
        return Err(io::Error::other(Stays::Spoilt));
    }
    let length = usize::try_from(unpacker.total_in()).unwrap_or(usize::MAX);
    for one in told {
        let end = usize::try_from(one.range.end).unwrap_or(usize::MAX);
        let end = end.min(inner.len());
        let start = usize::try_from(one.range.start).unwrap_or(usize::MAX);
        inner[start.min(end)..end].fill(one.over);
    }
    let mut packed = packed(&inner)?;
    if packed.len() > length
        && let Ok(bare) = strip(Kind::Jpeg, &inner)
    {
        packed = self::packed(&bare.bytes)?;
    }
    if packed.len() > length {
        return Err(io::Error::other(Stays::NoRoom));
    }
    packed.resize(length, 0);
    Ok(Some(packed))
}

/// How much of a stream came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Come {
    /// There may be more of it.
    Part,
    Whole,
    /// It is cut, its checksum is wrong, or it was not packed after all. Readers commonly show what comes before that.
    Spoilt,
}

/// Unpacks until there are so many bytes or no more of them come.
fn more(
    from: &mut impl BufRead,
    unpacker: &mut Decompress,
    wanted: usize,
    into: &mut Vec<u8>,
) -> io::Result<Come> {
    while into.len() < wanted {
        let packed = from.fill_buf()?;
        into.reserve(wanted.min(ROOM));
        let before = (unpacker.total_in(), unpacker.total_out());
        // What comes out before an error is kept as well.
        let status = unpacker.decompress_vec(packed, into, FlushDecompress::None);
        let used = unpacker.total_in() - before.0;
        from.consume(usize::try_from(used).unwrap_or(usize::MAX));
        match status {
            Ok(Status::StreamEnd) => return Ok(Come::Whole),
            Ok(_) if before != (unpacker.total_in(), unpacker.total_out()) => {}
            Ok(_) | Err(_) => return Ok(Come::Spoilt),
        }
    }
    Ok(Come::Part)
}

fn may_tell(begins: &[u8]) -> bool {
    let describes = |words: &&[u8]| memmem::find(begins, words).is_some();
    begins.starts_with(PHOTO) || DESCRIPTIONS.iter().any(describes)
}

fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use flate2::read::ZlibDecoder;

    use super::*;

    #[test]
    fn packed_bytes_are_known_by_how_they_begin() {
        let begins = |words: &[u8]| packed_behind(words);
        assert_eq!(begins(b"\n\x78\x9c"), Some(1));
        assert_eq!(begins(b"\r\n\x78\xda"), Some(2));
        assert_eq!(begins(b"\r\n\x68\x81"), Some(2));
        for odd in [&b" \x78\x9c"[..], b"\n\x78\x9d", b"\nen", b"\n\x78", b""] {
            assert_eq!(begins(odd), None, "{odd:?}");
        }
    }

    /// A description, packed.
    fn described(place: &str) -> Vec<u8> {
        let words = format!("<?xpacket?> exif:GPSLatitude=\"{place}\" {:200}", "");
        packed(words.as_bytes()).unwrap()
    }

    fn all(bytes: &[u8]) -> io::Result<Vec<(u64, Vec<u8>)>> {
        let mut told = Vec::new();
        each(&mut Cursor::new(bytes), |at, cleaned| {
            told.push((at, cleaned));
            Ok(())
        })?;
        Ok(told)
    }

    fn spoilt(mut stream: Vec<u8>) -> Vec<u8> {
        *stream.last_mut().unwrap() ^= 1;
        stream
    }

    #[test]
    fn a_stream_is_found_wherever_it_lies_and_spoilt_ones_without_a_place_are_left() {
        let place = "SECRETPLACE";
        let blank = " ".repeat(place.len());
        let whole = described(place);
        for before in [0, PART - 12, PART - 7, PART - 3, 2 * PART] {
            let bytes = [
                &vec![b' '; before][..],
                b"stream\r\n",
                &whole,
                b"endstream stream\n",
                &spoilt(described(&blank)),
            ]
            .concat();
            let told = all(&bytes).unwrap();
            let [(at, cleaned)] = told.as_slice() else {
                panic!("{before}: {told:?}");
            };
            assert_eq!((*at, cleaned.len()), (before as u64 + 8, whole.len()));
            let unpacked = |packed: &[u8]| {
                let mut inner = String::new();
                let mut unpacker = ZlibDecoder::new(packed);
                unpacker.read_to_string(&mut inner).unwrap();
                inner
            };
            let wanted = unpacked(&whole).replace(place, &blank);
            assert_eq!(unpacked(cleaned), wanted);
        }
    }

    #[test]
    fn of_a_spoilt_stream_that_tells_a_place_it_is_said_that_it_stays() {
        let whole = described("SECRETPLACE");
        let cut = whole[..whole.len() - 8].to_vec();
        for stream in [spoilt(whole), cut] {
            let bytes = [&b"stream\n"[..], &stream, b"\nendstream"].concat();
            assert!(place_stays(&all(&bytes).unwrap_err()));
        }
    }
}
