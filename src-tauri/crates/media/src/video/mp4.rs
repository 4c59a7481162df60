//! What is inside an MP4 or `QuickTime` file. Only the box that describes it is read, never the
//! pictures.

use std::io::{Cursor, Read, Seek, SeekFrom};

use model::clip::{Clip, Codec, SoundCodec};
use mp4parse::{AudioCodecSpecific, CodecType, MediaContext, SampleEntry, Track, TrackType};

use super::clean::TOP;
use super::probe::Film;

/// Largest description that is read, in bytes: hours of film stay far below it.
pub(super) const MAX_DESCRIPTION: u64 = 64 * 1024 * 1024;
/// Most bytes of all boxes besides it that are looked through for a place.
const MAX_ASIDE: u64 = 4 * 1024 * 1024;
/// Most boxes looked at before the description.
pub(super) const MAX_BOXES: usize = 10_000;

/// How cameras write where they were.
const PLACES: [&[u8]; 5] = [
    b"\xA9xyz",
    b"loci",
    b"location.ISO6709",
    b"GPSLatitude",
    // Cameras of cars, beside their pictures.
    b"gps ",
];

/// Tracks that tell no place: pictures and sound, what counts their time, words for people who cannot hear, and
/// what says how they are played. Each maker of cameras and drones has another way of writing down where it was,
/// as a sensor or as plain words, so that any other track may tell.
const TELL_NOTHING: [&[u8]; 8] = [
    b"vide", b"soun", b"auxv", b"tmcd", b"clcp", b"hint", b"odsm", b"sdsm",
];

/// Reads the description; none when there is none or it makes no sense.
pub(super) fn read(file: &mut (impl Read + Seek)) -> Option<Film> {
    let (description, located) = description(file)?;
    let context = mp4parse::read_mp4(&mut Cursor::new(&description)).ok()?;
    let located = located || tracks(&description).any(may_tell);
    let packed: Vec<Option<[u8; 4]>> = tracks(&description).map(packing).collect();
    let all = || {
        let codes = packed.iter().copied().chain(std::iter::repeat(None));
        context.tracks.iter().zip(codes)
    };
    let (pictures, code) = all()
        .filter(|(track, _)| track.track_type == TrackType::Video)
        .max_by_key(|(track, _)| size(track).map(|(w, h)| u64::from(w) * u64::from(h)))?;
    let sound = all().find(|(track, _)| track.track_type == TrackType::Audio);
    let (width, height) = size(pictures).unzip();
    Some(Film {
        width,
        height,
        clip: Clip {
            length_ms: length(&context),
            frame_rate: frame_rate(pictures),
            codec: code.map(codec),
            sound: sound.map(|(track, code)| sound_codec(track, code)),
            located,
        },
    })
}

/// The description with its header, and whether a place stands in it or beside it.
fn description(file: &mut (impl Read + Seek)) -> Option<(Vec<u8>, bool)> {
    let mut located = false;
    let mut found = None;
    let mut at = 0_u64;
    let mut aside = MAX_ASIDE;
    for _ in 0..MAX_BOXES {
        file.seek(SeekFrom::Start(at)).ok()?;
        let Some((size, kind)) = header(file) else {
            located |= tail_may_tell(file, at)?;
            break;
        };
        let read = match &kind {
            b"moov" => size <= MAX_DESCRIPTION,
            // Room that is left empty may still hold what stood there before.
            b"uuid" | b"meta" | b"udta" | b"free" | b"skip" => {
                let few = size <= aside;
                aside = aside.saturating_sub(size);
                // What is too much to be looked through may tell a place.
                located |= !few;
                few
            }
            known => {
                located |= !TOP.contains(&known);
                false
            }
        };
        if read {
            file.seek(SeekFrom::Start(at)).ok()?;
            let mut bytes = Vec::new();
            file.take(size).read_to_end(&mut bytes).ok()?;
            located |= names_a_place(&bytes);
            if &kind == b"moov" {
                found.get_or_insert(bytes);
            }
        }
        at = at.checked_add(size)?;
    }
    Some((found?, located))
}

/// Whether something stands behind the last box with a size that may tell a place: some cameras write there what is
/// no box at all. Pictures that reach to the end of the file do not, nor does what is too short for a box.
fn tail_may_tell(file: &mut (impl Read + Seek), at: u64) -> Option<bool> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut head = Vec::new();
    file.take(8).read_to_end(&mut head).ok()?;
    let to_the_end = head.strip_prefix(&[0; 4]);
    let known = to_the_end.is_some_and(|kind| TOP.iter().any(|known| known.as_slice() == kind));
    Some(head.len() == 8 && !known)
}

/// Size and kind of the box at the reader; none at the end, and of a box that reaches to it.
fn header(file: &mut impl Read) -> Option<(u64, [u8; 4])> {
    let mut head = [0; 8];
    file.read_exact(&mut head).ok()?;
    let [a, b, c, d, kind @ ..] = head;
    let size = match u32::from_be_bytes([a, b, c, d]) {
        1 => {
            let mut long = [0; 8];
            file.read_exact(&mut long).ok()?;
            u64::from_be_bytes(long)
        }
        short => short.into(),
    };
    (size >= 8).then_some((size, kind))
}

fn names_a_place(bytes: &[u8]) -> bool {
    let there = |place: &[u8]| bytes.windows(place.len()).any(|part| part == place);
    PLACES.into_iter().any(there)
}

/// The boxes that lie one after the other in `bytes`, each without its header.
pub(super) fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let mut rest = bytes;
        let (size, kind) = header(&mut rest)?;
        let head = bytes.len() - rest.len();
        let body = bytes.get(head..usize::try_from(size).ok()?)?;
        bytes = &bytes[head + body.len()..];
        Some((kind, body))
    })
}

/// The tracks of a description.
fn tracks(description: &[u8]) -> impl Iterator<Item = &[u8]> {
    boxes(description)
        .filter(|(kind, _)| kind == b"moov")
        .flat_map(|(_, moov)| boxes(moov).filter(|(kind, _)| kind == b"trak"))
        .map(|(_, track)| track)
}

/// Who a track is for, in four letters.
pub(super) fn handler(track: &[u8]) -> Option<&[u8]> {
    inside(track, &[b"mdia", b"hdlr"])?.get(8..12)
}

fn may_tell(track: &[u8]) -> bool {
    handler(track).is_none_or(|handler| !TELL_NOTHING.contains(&handler))
}

/// The inside of a box that lies in others, each named in turn.
pub(super) fn inside<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |within, wanted| {
        boxes(within).find(|(kind, _)| kind == *wanted).map(|b| b.1)
    })
}

/// The four letters that say how a track is packed.
fn packing(track: &[u8]) -> Option<[u8; 4]> {
    let list = inside(track, &[b"mdia", b"minf", b"stbl", b"stsd"])?;
    // Version, flags and a count stand before the entries.
    list.get(12..16)?.try_into().ok()
}

/// The letters are registered at the MP4 Registration Authority, and in Apple's `QuickTime` manual.
fn codec(letters: [u8; 4]) -> Codec {
    match &letters {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => Codec::H264,
        b"hvc1" | b"hvc2" | b"hev1" | b"hev2" | b"dvh1" | b"dvhe" => Codec::H265,
        b"av01" => Codec::Av1,
        b"vp08" => Codec::Vp8,
        b"vp09" => Codec::Vp9,
        _ => Codec::Other,
    }
}

fn sound_codec(track: &Track, letters: Option<[u8; 4]>) -> SoundCodec {
    let described = track.stsd.as_ref().and_then(|s| s.descriptions.first());
    if let Some(SampleEntry::Audio(entry)) = described {
        let inside = match &entry.codec_specific {
            AudioCodecSpecific::ES_Descriptor(es) => es.audio_codec,
            _ => entry.codec_type,
        };
        match inside {
            CodecType::AAC => return SoundCodec::Aac,
            CodecType::MP3 => return SoundCodec::Mp3,
            CodecType::Opus => return SoundCodec::Opus,
            _ => {}
        }
    }
    match letters.as_ref() {
        Some(b"mp4a") => SoundCodec::Aac,
        Some(b"Opus") => SoundCodec::Opus,
        _ => SoundCodec::Other,
    }
}

/// Pixels across and down as shown: a camera held upright turns the picture by the track's matrix.
fn size(track: &Track) -> Option<(u32, u32)> {
    let head = track.tkhd.as_ref()?;
    let (width, height) = (head.width >> 16, head.height >> 16);
    if width == 0 || height == 0 {
        return None;
    }
    let turned = head.matrix.a == 0 && head.matrix.d == 0 && head.matrix.b != 0;
    Some(if turned {
        (height, width)
    } else {
        (width, height)
    })
}

/// How long the longest track runs, in milliseconds; of a file in fragments what it announces.
fn length(context: &MediaContext) -> Option<u32> {
    let scale = context.timescale?.0;
    let of_tracks = context
        .tracks
        .iter()
        .filter(|t| matches!(t.track_type, TrackType::Video | TrackType::Audio))
        .filter_map(|t| t.tkhd.as_ref())
        .map(|head| head.duration)
        // All bits set means "not known".
        .filter(|d| *d < u64::from(u32::MAX))
        .max()
        .filter(|d| *d > 0);
    let announced = || {
        let whole = context.mvex.as_ref()?.fragment_duration.as_ref()?;
        Some(whole.0).filter(|d| *d > 0)
    };
    let units = of_tracks.or_else(announced)?;
    let ms = u128::from(units) * 1_000 / u128::from(scale.max(1));
    u32::try_from(ms).ok()
}

/// Thousandths of a picture a second, over the whole track.
fn frame_rate(track: &Track) -> Option<u32> {
    let scale = u128::from(track.timescale.as_ref()?.0);
    let table = &track.stts.as_ref()?.samples;
    let (mut count, mut units) = (0_u128, 0_u128);
    for run in table.iter() {
        count += u128::from(run.sample_count);
        units += u128::from(run.sample_count) * u128::from(run.sample_delta);
    }
    let rate = (count * scale * 1_000).checked_div(units)?;
    u32::try_from(rate).ok().filter(|rate| *rate > 0)
}
