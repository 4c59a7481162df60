//! What is inside a `WebM` file.

use std::io::{self, Read, Seek, SeekFrom};

use matroska_demuxer::{DisplayUnit, MatroskaFile, SimpleTag, TrackEntry, TrackType};
use model::clip::{Clip, Codec, SoundCodec};

use super::probe::Film;

/// Most bytes that are read of a file before it is given up.
const MOST_READ: u64 = 8 * 1024 * 1024;
/// Largest single piece, in bytes.
const LARGEST_PIECE: u64 = 4 * 1024 * 1024;

/// What stands in the names of tags that tell a place: those of the standard, and of programs that took them over
/// from another kind of file.
const PLACES: [&str; 3] = ["LOCATION", "LATITUDE", "GPS"];

/// Reads the description; none when there is none or it makes no sense.
pub(super) fn read(file: impl Read + Seek) -> Option<Film> {
    let file = MatroskaFile::open(Bounded::new(file).ok()?).ok()?;
    let info = file.info();
    let of = |kind| file.tracks().iter().filter(move |t| t.track_type() == kind);
    let track = of(TrackType::Video).next()?;
    let (width, height) = size(track).unzip();
    let nanoseconds = info
        .duration()
        .map(|d| d * info.timestamp_scale().get() as f64);
    let rate = track
        .default_duration()
        .map(|ns| 1_000_000_000_000 / ns.get());
    // Words and data beside pictures and sound may tell anything, as in other kinds of files.
    let shown =
        |track: &TrackEntry| matches!(track.track_type(), TrackType::Video | TrackType::Audio);
    let mut tags = file.tags().into_iter().flatten();
    let located = !file.tracks().iter().all(shown)
        || tags.any(|tag| tag.simple_tags().iter().any(tells_a_place));
    Some(Film {
        width,
        height,
        clip: Clip {
            length_ms: nanoseconds
                .map(|ns| ns / 1_000_000.0)
                .filter(|ms| *ms > 0.0 && *ms < f64::from(u32::MAX))
                .map(|ms| ms as u32),
            frame_rate: rate
                .and_then(|rate| u32::try_from(rate).ok())
                .filter(|r| *r > 0),
            codec: Some(codec(track.codec_id())),
            sound: of(TrackType::Audio)
                .next()
                .map(|t| sound_codec(t.codec_id())),
            located,
        },
    })
}

/// By its name, or since coordinates stand in it.
fn tells_a_place(tag: &SimpleTag) -> bool {
    let name = tag.name().to_ascii_uppercase();
    PLACES.iter().any(|place| name.contains(place)) || tag.string().is_some_and(is_a_place)
}

/// Coordinates as ISO 6709 writes them: `+52.5200+013.4050/`.
fn is_a_place(words: &str) -> bool {
    let longitude = behind_degrees(words.trim_start());
    longitude.and_then(behind_degrees).is_some()
}

/// What stands behind a number of degrees with its sign.
fn behind_degrees(words: &str) -> Option<&str> {
    let digits = words.strip_prefix(['+', '-'])?;
    let behind = digits.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    (digits.len() - behind.len() >= 2).then_some(behind)
}

/// The names are those of the Matroska codec registry (RFC 9559, section 27.24).
fn codec(name: &str) -> Codec {
    match name {
        "V_VP8" => Codec::Vp8,
        "V_VP9" => Codec::Vp9,
        "V_AV1" => Codec::Av1,
        "V_MPEG4/ISO/AVC" => Codec::H264,
        "V_MPEGH/ISO/HEVC" => Codec::H265,
        _ => Codec::Other,
    }
}

fn sound_codec(name: &str) -> SoundCodec {
    match name {
        "A_OPUS" => SoundCodec::Opus,
        "A_VORBIS" => SoundCodec::Vorbis,
        "A_MPEG/L3" => SoundCodec::Mp3,
        name if name.starts_with("A_AAC") => SoundCodec::Aac,
        _ => SoundCodec::Other,
    }
}

fn size(track: &TrackEntry) -> Option<(u32, u32)> {
    let video = track.video()?;
    let in_pixels = matches!(video.display_unit(), None | Some(DisplayUnit::Pixels));
    let shown = video.display_width().zip(video.display_height());
    let (width, height) = shown
        .filter(|_| in_pixels)
        .unwrap_or((video.pixel_width(), video.pixel_height()));
    Some((width.get().try_into().ok()?, height.get().try_into().ok()?))
}

/// A file that gives only so much of itself, and that to every question for its end names one not far
/// away: a reader that trusts a length in the file can then never want more memory than that.
struct Bounded<F> {
    file: F,
    at: u64,
    end: u64,
    left: u64,
}

impl<F: Seek> Bounded<F> {
    fn new(mut file: F) -> io::Result<Self> {
        let end = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self {
            file,
            at: 0,
            end,
            left: MOST_READ,
        })
    }
}

impl<F: Read> Read for Bounded<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !into.is_empty() {
            return Err(io::Error::other("too much to read"));
        }
        let most = into
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read(&mut into[..most])?;
        self.left -= read as u64;
        self.at += read as u64;
        Ok(read)
    }
}

impl<F: Seek> Seek for Bounded<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let near_end = self.at.saturating_add(LARGEST_PIECE).min(self.end);
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => near_end.checked_add_signed(by),
        };
        let to = to.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.file.seek(SeekFrom::Start(to))?;
        self.at = to;
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::video::tests::{VP9_AND_OPUS, sample, webm};

    #[test]
    fn a_place_is_known_whatever_its_tag_is_called() {
        let with = |tag: &str| {
            let made_of = [&VP9_AND_OPUS[..], &["-metadata", tag]].concat();
            let bytes = sample("p.webm", 1, &made_of);
            read(Cursor::new(bytes)).unwrap().clip.located
        };
        assert!(with("location=Berlin"));
        assert!(with(
            "com.apple.quicktime.location.ISO6709=+52.5200+013.4050/"
        ));
        assert!(with("where=+52.5200+013.4050/"));
        assert!(!with("comment=+1 and more"));
    }

    #[test]
    fn a_track_that_is_neither_pictures_nor_sound_may_tell_a_place() {
        let mut bytes = webm().to_vec();
        // The kind of the track of sound, in one byte (RFC 9559, 5.1.4.1.3): words from now on.
        let kind = bytes.windows(3).position(|w| w == [0x83, 0x81, 0x02]);
        bytes[kind.unwrap() + 2] = 0x11;
        let clip = read(Cursor::new(bytes)).unwrap().clip;
        assert!(clip.located && clip.sound.is_none());
    }

    #[test]
    fn coordinates_are_known_from_other_numbers() {
        assert!(is_a_place("+52.5200+013.4050/") && is_a_place(" -33.86-151.2"));
        for other in [
            "",
            "+",
            "+52",
            "+52.5 and +13.4",
            "52.5+13.4",
            "+1+1",
            "+5x+13",
        ] {
            assert!(!is_a_place(other), "{other}");
        }
    }
}
