//! What of a document is packed once more and tells a place: a photo as its whole JPEG file, or a description as XMP,
//! in a stream of the filter `FlateDecode`. It is packed again without the place and laid where it stood. That takes
//! less room than before, and readers stop where packed data ends.

use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};

use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;
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
const HEAD: u64 = 64;
/// How a JPEG begins.
const PHOTO: &[u8] = &[0xff, 0xd8, 0xff];
/// How descriptions begin, behind a mark or a space or two.
const DESCRIPTIONS: [&[u8]; 3] = [b"<?xpacket", b"<x:xmpmeta", b"<?adobe"];
/// Most bytes of one that is looked into, unpacked.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What is packed anew takes more room than before, so it cannot lie where it stood.
#[derive(Debug, thiserror::Error)]
#[error("no room for a stream without its place")]
struct NoRoom;

/// Whether an error is that a place cannot be taken out.
pub(super) fn place_stays(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<NoRoom>())
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
    let mut unpacker = ZlibDecoder::new(BufReader::new(from));
    let mut inner = Vec::new();
    if !more(&mut unpacker, HEAD, &mut inner)? || !may_tell(&inner) {
        return Ok(None);
    }
    let _memory = Memory::take(2 * LARGEST);
    if !more(&mut unpacker, LARGEST, &mut inner)? || inner.len() as u64 >= LARGEST {
        return Ok(None);
    }
    let length = usize::try_from(unpacker.total_in()).unwrap_or(usize::MAX);
    let mut told = Vec::new();
    telling::each(&mut inner.as_slice(), |one| {
        told.push(one);
        Ok(())
    })?;
    if told.is_empty() {
        return Ok(None);
    }
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
        return Err(io::Error::other(NoRoom));
    }
    packed.resize(length, 0);
    Ok(Some(packed))
}

/// Reads up to so many bytes more; false where they are not packed after all, or spoilt.
fn more(unpacker: &mut impl Read, most: u64, into: &mut Vec<u8>) -> io::Result<bool> {
    match unpacker.take(most).read_to_end(into) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                Ok(false)
            }
            _ => Err(error),
        },
    }
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

    #[test]
    fn a_stream_is_found_wherever_it_lies_and_spoilt_ones_are_left() {
        let words = [
            &b"<?xpacket?> exif:GPSLatitude=\"SECRETPLACE\" "[..],
            &[b' '; 200],
        ]
        .concat();
        let whole = packed(&words).unwrap();
        let mut spoilt = whole.clone();
        *spoilt.last_mut().unwrap() ^= 1;
        for before in [0, PART - 12, PART - 7, PART - 3, 2 * PART] {
            let bytes = [
                &vec![b' '; before][..],
                b"stream\r\n",
                &whole,
                b"endstream stream\n",
                &spoilt,
            ]
            .concat();
            let mut told = Vec::new();
            each(&mut Cursor::new(&bytes), |at, cleaned| {
                told.push((at, cleaned));
                Ok(())
            })
            .unwrap();
            let [(at, cleaned)] = told.as_slice() else {
                panic!("{before}: {told:?}");
            };
            assert_eq!((*at, cleaned.len()), (before as u64 + 8, whole.len()));
            let mut inner = String::new();
            let mut unpacker = ZlibDecoder::new(cleaned.as_slice());
            unpacker.read_to_string(&mut inner).unwrap();
            let wanted = String::from_utf8(words.clone()).unwrap();
            assert_eq!(inner, wanted.replace("SECRETPLACE", "           "));
        }
    }
}
