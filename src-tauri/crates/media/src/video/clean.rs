//! A place taken out of an MP4 or `QuickTime` file without packing anything anew: in a copy of it, everything
//! that is neither pictures nor sound is overwritten where it stands. Boxes keep their lengths, so nothing else
//! moves. Boxes and their tables are those of ISO/IEC 14496-12.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::mp4::{self, MAX_BOXES, MAX_DESCRIPTION, boxes, handler, inside};

/// What stays at the top of a file. Everything else may say anything.
pub(super) const TOP: &[&[u8; 4]] = &[
    b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"styp", b"wide",
];

/// What stays inside of what.
const LEVELS: [(&[u8; 4], &[&[u8; 4]]); 5] = [
    (b"moov", &[b"mvhd", b"trak", b"mvex", b"iods", b"pssh"]),
    (b"trak", &[b"tkhd", b"edts", b"mdia", b"tref", b"tapt"]),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf", b"elng"]),
    (b"minf", &[b"vmhd", b"smhd", b"dinf", b"stbl", b"hdlr"]),
    // What leads to tracks of pictures and sound; others are gone.
    (b"tref", &[b"auxl", b"fall", b"folw", b"sync", b"vdep"]),
];

/// Most pieces of a track that is taken out; those of an hour of telemetry are some thousands.
const MAX_CHUNKS: usize = 1_000_000;
/// Zeroes that are written at a time.
static ZEROES: [u8; 64 * 1024] = [0; 64 * 1024];

/// A box at the top of a file.
struct Spot {
    kind: [u8; 4],
    whole: Range<u64>,
    body: Range<u64>,
}

/// Leaves nothing in `file` but pictures and sound. False where that cannot be done without harm: the file is
/// worth nothing then.
pub(super) fn clean(file: &mut (impl Read + Write + Seek)) -> io::Result<bool> {
    let Some(spots) = layout(file)? else {
        return Ok(false);
    };
    let mut lost = Vec::new();
    for spot in &spots {
        let done = if &spot.kind == b"moov" {
            describe_anew(file, spot, &mut lost)?
        } else if TOP.contains(&&spot.kind) {
            true
        } else {
            blank(file, spot)?
        };
        if !done {
            return Ok(false);
        }
    }
    if !forget(file, &spots, &lost)? {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(mp4::read(file).is_some())
}

/// The boxes at the top, which have to fill the file; what lies behind the last whole one counts as one as
/// well.
fn layout(file: &mut (impl Read + Seek)) -> io::Result<Option<Vec<Spot>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut found = Vec::new();
    let mut at = 0;
    while at < end {
        if found.len() >= MAX_BOXES {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = Vec::new();
        file.take(16).read_to_end(&mut head)?;
        let Some((size, kind, length)) = heading(&head) else {
            found.push(Spot {
                kind: *b"free",
                whole: at..end,
                body: (at + 8).min(end)..end,
            });
            break;
        };
        let most = end - at;
        // The last one may say that it reaches to the end, and a file that was cut off has less of it.
        let size = if size == 0 { most } else { size.min(most) };
        if size < length {
            return Ok(None);
        }
        found.push(Spot {
            kind,
            whole: at..at + size,
            body: at + length..at + size,
        });
        at += size;
    }
    Ok(Some(found))
}

/// Size, kind and length of a heading; none where there is no whole one. The size is zero where the box
/// reaches to the end.
fn heading(head: &[u8]) -> Option<(u64, [u8; 4], u64)> {
    let short = u64::from(number(head, 0)?);
    let kind: [u8; 4] = head.get(4..8)?.try_into().ok()?;
    if short == 1 {
        let long = head.get(8..16)?.try_into().ok().map(u64::from_be_bytes)?;
        return (long >= 16).then_some((long, kind, 16));
    }
    (short == 0 || short >= 8).then_some((short, kind, 8))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_be_bytes)
}

/// Makes a box at the top an empty one. The end of a file that is no box becomes one.
fn blank(file: &mut (impl Write + Seek), spot: &Spot) -> io::Result<bool> {
    let length = spot.whole.end - spot.whole.start;
    if length < 8 {
        zero(file, spot.whole.clone())?;
        return Ok(true);
    }
    file.seek(SeekFrom::Start(spot.whole.start))?;
    if spot.body.start == spot.whole.start + 8 {
        let Ok(short) = u32::try_from(length) else {
            return Ok(false);
        };
        file.write_all(&short.to_be_bytes())?;
        file.write_all(b"free")?;
    } else {
        file.write_all(&1_u32.to_be_bytes())?;
        file.write_all(b"free")?;
        file.write_all(&length.to_be_bytes())?;
    }
    zero(file, spot.body.clone())?;
    Ok(true)
}

fn zero(file: &mut (impl Write + Seek), range: Range<u64>) -> io::Result<()> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut left = range.end.saturating_sub(range.start);
    while left > 0 {
        let part = left.min(ZEROES.len() as u64);
        file.write_all(&ZEROES[..part as usize])?;
        left -= part;
    }
    Ok(())
}

/// Writes the description again without what is not to be told, and notes which stretches of the file
/// belong to tracks that are gone.
fn describe_anew(
    file: &mut (impl Read + Write + Seek),
    spot: &Spot,
    lost: &mut Vec<Range<u64>>,
) -> io::Result<bool> {
    let length = spot.body.end - spot.body.start;
    if length > MAX_DESCRIPTION {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(spot.body.start))?;
    let mut body = Vec::new();
    file.take(length).read_to_end(&mut body)?;
    let fragments = boxes(&body).any(|(kind, _)| &kind == b"mvex");
    let before = lost.len();
    let whole = 0..body.len();
    if wipe(&mut body, whole, *b"moov", lost).is_none() {
        return Ok(false);
    }
    // Where the rest of such a track lies is told all over the file.
    if fragments && lost.len() > before {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(spot.body.start))?;
    file.write_all(&body)?;
    Ok(true)
}

/// Overwrites what does not belong into a box of this kind; none when its inside is not as it should be.
fn wipe(
    bytes: &mut [u8],
    within: Range<usize>,
    kind: [u8; 4],
    lost: &mut Vec<Range<u64>>,
) -> Option<()> {
    let Some((_, stays)) = LEVELS.iter().find(|(level, _)| **level == kind) else {
        return Some(());
    };
    let mut at = within.start;
    while let Some((size, kind, length)) = heading(&bytes[at..within.end]) {
        let left = within.end - at;
        // Some programs end a list with zeroes.
        if size == 0 {
            break;
        }
        let size = usize::try_from(size).ok().filter(|size| *size <= left)?;
        let body = at + length as usize..at + size;
        if &kind == b"trak" && !is_shown(&bytes[body.clone()]) {
            lost.extend(samples(&bytes[body.clone()])?);
            // Even one without any samples was one.
            lost.push(0..0);
            cover(bytes, at, body);
        } else if stays.contains(&&kind) {
            wipe(bytes, body, kind, lost)?;
        } else {
            cover(bytes, at, body);
        }
        at += size;
    }
    // Something that is no box might be needed all the same.
    let rest = &bytes[at..within.end];
    (rest.len() < 8 || rest.iter().all(|byte| *byte == 0)).then_some(())
}

/// Makes the box whose heading begins at `at` an empty one of the same length.
fn cover(bytes: &mut [u8], at: usize, body: Range<usize>) {
    bytes[at + 4..at + 8].copy_from_slice(b"free");
    bytes[body].fill(0);
}

/// Whether a track is seen or heard.
fn is_shown(track: &[u8]) -> bool {
    matches!(handler(track), Some(b"vide" | b"soun"))
}

/// Where the samples of a track lie in the file, chunk by chunk; none when its tables do not say.
fn samples(track: &[u8]) -> Option<Vec<Range<u64>>> {
    let table = inside(track, &[b"mdia", b"minf", b"stbl"])?;
    let offsets = offsets(table)?;
    if offsets.is_empty() {
        return Some(Vec::new());
    }
    if offsets.len() > MAX_CHUNKS {
        return None;
    }
    let sizes = inside(table, &[b"stsz"])?;
    let (each, count) = (number(sizes, 4)?, number(sizes, 8)?);
    let runs = inside(table, &[b"stsc"])?;
    let runs_there = number(runs, 4)? as usize;
    // The first chunk of the next run says where the present one ends.
    let mut run = 0;
    let mut per_chunk = 0;
    let mut next = 0_u32;
    let mut found = Vec::with_capacity(offsets.len());
    for (n, from) in offsets.into_iter().enumerate() {
        while run < runs_there
            && number(runs, 8 + 12 * run).is_some_and(|first| first as usize <= n + 1)
        {
            per_chunk = number(runs, 12 + 12 * run)?;
            run += 1;
        }
        let here = per_chunk.min(count.saturating_sub(next));
        let length = if each > 0 {
            u64::from(here) * u64::from(each)
        } else {
            let one = |sample: u32| number(sizes, 12 + 4 * sample as usize).map(u64::from);
            (next..next + here).map(one).sum::<Option<u64>>()?
        };
        next += here;
        found.push(from..from.checked_add(length)?);
    }
    Some(found)
}

fn offsets(table: &[u8]) -> Option<Vec<u64>> {
    if let Some(short) = inside(table, &[b"stco"]) {
        let all = short.get(8..)?.chunks_exact(4);
        let count = number(short, 4)? as usize;
        return Some(
            all.take(count)
                .filter_map(|c| number(c, 0))
                .map(u64::from)
                .collect(),
        );
    }
    let long = inside(table, &[b"co64"])?;
    let count = number(long, 4)? as usize;
    let all = long.get(8..)?.chunks_exact(8).take(count);
    let one = |c: &[u8]| c.try_into().ok().map(u64::from_be_bytes);
    Some(all.filter_map(one).collect())
}

/// Overwrites stretches that belonged to tracks that are gone. False where one lies elsewhere than among the
/// pictures and sounds of this file, or they are more than there is of it.
fn forget(file: &mut (impl Write + Seek), spots: &[Spot], lost: &[Range<u64>]) -> io::Result<bool> {
    let mut left = spots.last().map_or(0, |spot| spot.whole.end);
    for range in lost.iter().filter(|range| range.end > range.start) {
        let fits = |spot: &Spot| {
            &spot.kind == b"mdat" && spot.body.start <= range.start && range.end <= spot.body.end
        };
        let length = range.end - range.start;
        if length > left || !spots.iter().any(fits) {
            return Ok(false);
        }
        left -= length;
        zero(file, range.clone())?;
    }
    Ok(true)
}

#[cfg(test)]
#[path = "clean_tests.rs"]
pub(super) mod tests;
