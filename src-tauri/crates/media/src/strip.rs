//! Copies a picture file without anything but the picture: no place, camera, author, comments,
//! embedded previews or bytes behind the end. The picture itself is not touched, so nothing of its
//! quality is lost. What is kept is listed; everything unknown goes.
//!
//! The same walk tells of pictures that are opened whether they are whole, move, and have too many frames.

use crate::bound::MAX_FRAMES;
use crate::kind::Kind;

/// A file with nothing but the picture.
pub(crate) struct Stripped {
    /// The file.
    pub bytes: Vec<u8>,
    /// It has more than one frame.
    pub moving: bool,
}

/// Why a file cannot be copied piece by piece.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The file ends before the picture does.
    Ends,
    /// The structure is not as its standard says; a lenient decoder may still read it.
    Odd,
    /// It has more frames than any picture needs.
    TooMany,
}

/// What is given every part that is kept, in order.
type Keep<'a> = &'a mut dyn FnMut(&[u8]);

/// Copies the picture in `bytes`.
pub(crate) fn strip(kind: Kind, bytes: &[u8]) -> Result<Stripped, Flaw> {
    let mut out = Vec::with_capacity(bytes.len());
    let moving = walk(kind, bytes, &mut |part| out.extend_from_slice(part))?;
    if kind == Kind::Webp {
        // Its head, of twelve bytes, tells how much comes behind the first eight: less now.
        let size = u32::try_from(out.len() - 8).map_err(|_| Flaw::Odd)?;
        out[4..8].copy_from_slice(&size.to_le_bytes());
    }
    Ok(Stripped { bytes: out, moving })
}

/// Whether the picture in `bytes` has more than one frame; finds the same faults as [`strip`] without keeping a copy.
pub(crate) fn moves(kind: Kind, bytes: &[u8]) -> Result<bool, Flaw> {
    walk(kind, bytes, &mut |_| {})
}

/// Goes through the file, and says whether it has more than one frame.
fn walk(kind: Kind, bytes: &[u8], keep: Keep) -> Result<bool, Flaw> {
    let mut from = Cursor { bytes, at: 0 };
    match kind {
        Kind::Jpeg => jpeg(&mut from, keep).map(|()| false),
        Kind::Png => png(&mut from, keep),
        Kind::Gif => gif(&mut from, keep),
        Kind::Webp => webp(&mut from, keep),
        // No network is sent these as they are, so they are always made again.
        Kind::Avif | Kind::Heic => Err(Flaw::Odd),
        Kind::Mp4 | Kind::Mov | Kind::Webm | Kind::Pdf => Err(Flaw::Odd),
    }
}

/// A place in the file.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Flaw> {
        let end = self.at.checked_add(n).ok_or(Flaw::Odd)?;
        let part = self.bytes.get(self.at..end).ok_or(Flaw::Ends)?;
        self.at = end;
        Ok(part)
    }

    fn byte(&mut self) -> Result<u8, Flaw> {
        self.take(1).map(|b| b[0])
    }

    fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }
}

/// JPEG: markers with lengths, then coded data that ends at the next marker (ITU T.81, annex B).
fn jpeg(from: &mut Cursor, keep: Keep) -> Result<(), Flaw> {
    const START_OF_SCAN: u8 = 0xda;
    const END: u8 = 0xd9;
    const CMYK_CHANNELS: u8 = 4;
    if from.take(2)? != [0xff, 0xd8] {
        return Err(Flaw::Odd);
    }
    keep(&[0xff, 0xd8]);
    loop {
        if from.byte()? != 0xff {
            return Err(Flaw::Odd);
        }
        let mut marker = from.byte()?;
        while marker == 0xff {
            marker = from.byte()?;
        }
        match marker {
            END => {
                keep(&[0xff, END]);
                return Ok(());
            }
            0x01 | 0xd0..=0xd7 => keep(&[0xff, marker]),
            0x00 | 0xd8 => return Err(Flaw::Odd),
            _ => {
                let length = from.take(2)?;
                let size = usize::from(u16::from_be_bytes([length[0], length[1]]));
                let body = from.take(size.checked_sub(2).ok_or(Flaw::Odd)?)?;
                if is_frame(marker) && body.get(5) == Some(&CMYK_CHANNELS) {
                    // Meant for print; screens show it in wrong colours, so it has to be made again.
                    return Err(Flaw::Odd);
                }
                if jpeg_keeps(marker, body) {
                    keep(&[0xff, marker]);
                    keep(length);
                    keep(body);
                }
                if marker == START_OF_SCAN {
                    let rest = &from.bytes[from.at..];
                    let length = coded_length(rest).ok_or(Flaw::Ends)?;
                    keep(from.take(length)?);
                }
            }
        }
    }
}

/// Whether a marker begins a frame, whose sixth byte counts the channels.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// How many bytes of coded data come before the next marker that is not part of it.
fn coded_length(data: &[u8]) -> Option<usize> {
    let ends = |at: &usize| {
        let next = data.get(at + 1);
        next.is_some_and(|next| !matches!(next, 0x00 | 0xd0..=0xd7 | 0xff))
    };
    memchr::memchr_iter(0xff, data).find(ends)
}

/// Of the application segments only those that decide on colours stay, and the plain JFIF header.
fn jpeg_keeps(marker: u8, body: &[u8]) -> bool {
    const JFIF_WITHOUT_PREVIEW: usize = 14;
    match marker {
        0xe0 => body.starts_with(b"JFIF\0") && body.len() == JFIF_WITHOUT_PREVIEW,
        0xe2 => body.starts_with(b"ICC_PROFILE\0"),
        0xee => body.starts_with(b"Adobe"),
        0xe1 | 0xe3..=0xef | 0xfe => false,
        _ => true,
    }
}

/// PNG: a signature, then chunks of length, name, data and checksum (ISO/IEC 15948).
fn png(from: &mut Cursor, keep: Keep) -> Result<bool, Flaw> {
    const KEPT: [&[u8; 4]; 17] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
        b"bKGD", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
    ];
    let (mut moving, mut frames) = (false, 0);
    keep(from.take(8)?);
    loop {
        let head = from.take(8)?;
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let rest = from.take((size as usize).checked_add(4).ok_or(Flaw::Odd)?)?;
        let name = &head[4..];
        moving |= name == b"acTL";
        frames += u32::from(name == b"fcTL");
        if frames > MAX_FRAMES {
            return Err(Flaw::TooMany);
        }
        if KEPT.iter().any(|k| *k == name) {
            keep(head);
            keep(rest);
        }
        if name == b"IEND" {
            return Ok(moving);
        }
    }
}

/// GIF: a header, a colour table, then frames and extensions made of short blocks (the 89a standard).
fn gif(from: &mut Cursor, keep: Keep) -> Result<bool, Flaw> {
    let table = |packed: u8| {
        if packed & 0x80 == 0 {
            0
        } else {
            3 << ((packed & 7) + 1)
        }
    };
    let head = from.take(13)?;
    keep(head);
    keep(from.take(table(head[10]))?);
    let mut frames = 0_u32;
    loop {
        match from.byte()? {
            0x3b => {
                keep(&[0x3b]);
                return Ok(frames > 1);
            }
            0x2c => {
                frames += 1;
                if frames > MAX_FRAMES {
                    return Err(Flaw::TooMany);
                }
                keep(&[0x2c]);
                let head = from.take(9)?;
                keep(head);
                keep(from.take(table(head[8]) + 1)?);
                keep(sub_blocks(from)?);
            }
            0x21 => {
                let label = from.byte()?;
                let body = sub_blocks(from)?;
                // Timing and transparency, and how often it repeats.
                let repeats = label == 0xff && body.get(1..12) == Some(b"NETSCAPE2.0");
                if label == 0xf9 || repeats {
                    keep(&[0x21, label]);
                    keep(body);
                }
            }
            _ => return Err(Flaw::Odd),
        }
    }
}

/// Blocks of up to 255 bytes, each behind its length, up to and with the empty one.
fn sub_blocks<'a>(from: &mut Cursor<'a>) -> Result<&'a [u8], Flaw> {
    let start = from.at;
    loop {
        let size = from.byte()?;
        if size == 0 {
            return Ok(&from.bytes[start..from.at]);
        }
        from.take(usize::from(size))?;
    }
}

/// WebP: RIFF chunks of name, little-endian length and data padded to two bytes (RFC 9649).
fn webp(from: &mut Cursor, keep: Keep) -> Result<bool, Flaw> {
    const KEPT: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ICCP"];
    const HAS_EXIF_OR_XMP: u8 = 0x08 | 0x04;
    let head = from.take(12)?;
    let end = little(&head[4..8]).checked_add(8).ok_or(Flaw::Odd)?;
    if end > from.bytes.len() {
        return Err(Flaw::Ends);
    }
    from.bytes = &from.bytes[..end];
    keep(head);
    let (mut moving, mut frames) = (false, 0);
    while !from.at_end() {
        let head = from.take(8)?;
        let size = little(&head[4..8]);
        let body = from.take(size.checked_add(size % 2).ok_or(Flaw::Odd)?)?;
        let name = &head[..4];
        moving |= name == b"ANIM";
        frames += u32::from(name == b"ANMF");
        if frames > MAX_FRAMES {
            return Err(Flaw::TooMany);
        }
        if name == b"ANMF" {
            let frame = webp_frame(&body[..size])?;
            keep(name);
            keep(&(frame.len() as u32).to_le_bytes());
            keep(&frame);
        } else if KEPT.iter().any(|k| *k == name) {
            keep(head);
            match body.split_first() {
                Some((flags, rest)) if name == b"VP8X" => {
                    keep(&[flags & !HAS_EXIF_OR_XMP]);
                    keep(rest);
                }
                _ => keep(body),
            }
        }
    }
    Ok(moving)
}

/// A frame of a moving WebP: where it lies and for how long, then chunks of its own, which may be of any name.
/// Whatever is kept of it has an even length.
fn webp_frame(data: &[u8]) -> Result<Vec<u8>, Flaw> {
    const KEPT: [&[u8; 4]; 3] = [b"VP8 ", b"VP8L", b"ALPH"];
    let mut from = Cursor { bytes: data, at: 0 };
    let mut out = from.take(16)?.to_vec();
    while !from.at_end() {
        let head = from.take(8)?;
        let body = from.take(little(&head[4..8]))?;
        // The last one may lack what makes it even.
        let odd = body.len() % 2 == 1;
        if odd && !from.at_end() {
            from.take(1)?;
        }
        let name = &head[..4];
        if KEPT.iter().any(|k| *k == name) {
            out.extend(head);
            out.extend(body);
            out.extend(odd.then_some(0_u8));
        }
    }
    Ok(out)
}

/// A length as WebP writes it.
fn little(bytes: &[u8]) -> usize {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
}

#[cfg(test)]
#[path = "strip_tests.rs"]
mod tests;
