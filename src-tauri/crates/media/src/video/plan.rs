//! What has to be made of a video so that a network takes it. Pure: nothing is opened and nothing run.

use model::clip::{ClipLimits, Codec, Misfit, Shot, SoundCodec};
use model::edit::film::Film;
use model::edit::{self, Operation};
use serde::Serialize;

use crate::kind::Kind;

/// What a network takes.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Media types it takes; empty for any.
    pub formats: &'a [String],
    /// Largest file in bytes.
    pub max_bytes: Option<u64>,
    /// The rest.
    pub clip: &'a ClipLimits,
}

/// How the result comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// The same file, with everything overwritten that is neither pictures nor sound.
    Cleaned,
    /// Sound and pictures stay as they are, in a new file without anything else.
    Kept,
    /// Both are packed anew, pictures with at most so many bits a second.
    Anew {
        /// Bits a second of the pictures.
        bits: u32,
    },
}

/// A version of a video: MP4 with H.264 and AAC, or of the original's kind where it is only cleaned. Two plans
/// that are equal make the same file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Plan {
    /// What a person did to it.
    pub operations: Vec<Operation>,
    /// Pixels across and down; none when they are not known and stay.
    pub size: Option<(u32, u32)>,
    /// Thousandths of a picture a second, when it changes.
    pub rate: Option<u32>,
    /// How it comes about.
    pub packing: Packing,
    /// Largest file in bytes.
    pub max_bytes: Option<u64>,
    /// How long the result runs, in milliseconds; none when that is not known.
    pub length_ms: Option<u32>,
    /// Without sound.
    pub silent: bool,
}

/// Bits a second of the sound.
pub(super) const SOUND_BITS: u32 = 128_000;
/// Part of the largest file that is aimed at: no encoder meets a number exactly.
const AIM: u64 = 92;
/// Fewest bits for a pixel of a picture, in thousandths, below which a smaller picture looks better.
const LEAST_PER_PIXEL: u64 = 35;
/// Shorter side below which a picture is not made smaller for the bytes.
const LEAST_SIDE: u32 = 240;
/// Fewest bits a second of pictures that are worth sending.
const LEAST_BITS: u64 = 100_000;
/// Most bits a second for a pixel: beyond it nobody sees a difference.
const MOST_PER_PIXEL: u64 = 8;

/// A video that cannot be brought below the network's number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// What has to be made of a video before it is sent; none when the file goes out as it is. Length and shape
/// are for a person to decide, and are not touched.
pub fn plan(
    kind: Kind,
    shot: &Shot,
    operations: &[Operation],
    wanted: Wanted<'_>,
) -> Result<Option<Plan>, TooLong> {
    let film = Film::of(operations);
    let length_ms = shot.clip.length_ms.map(|ms| film.length(ms));
    let known = shot.width.zip(shot.height);
    let edited = known.map(|(w, h)| even(edit::size(operations, w, h)));
    let after = after(shot, &film, edited.filter(|_| film.repack));
    let misfits: Vec<Misfit> = wanted
        .clip
        .misfits(&after)
        .into_iter()
        .filter(|m| m.packing_mends())
        .collect();
    let takes = |mime: &str| wanted.formats.is_empty() || wanted.formats.iter().any(|f| f == mime);
    let too_big = wanted.max_bytes.is_some_and(|most| after.bytes > most);
    let plays_everywhere = matches!(shot.clip.codec, Some(Codec::H264 | Codec::H265))
        && matches!(
            shot.clip.sound,
            None | Some(SoundCodec::Aac | SoundCodec::Mp3)
        );
    let cut = film.from_ms > 0 || film.to_ms.is_some();
    let anew = film.repack
        || cut
        || too_big
        || !misfits.is_empty()
        || (!takes(kind.mime()) && !plays_everywhere);
    let same_file = !film.changes() && takes(kind.mime());
    if !anew && same_file && !shot.clip.located {
        return Ok(None);
    }
    // What nobody could read cannot be cleaned either.
    let cleaned = same_file && kind != Kind::Webm && shot.clip.codec.is_some();
    // A WebM file keeps nothing but what belongs into one.
    let anew = anew || (kind == Kind::Webm && !plays_everywhere);
    let silent = film.mute || shot.clip.sound.is_none();
    let mut size = edited;
    let mut rate = None;
    let mut most_bits = None;
    for misfit in &misfits {
        match *misfit {
            Misfit::Size(width, height) => size = Some((width, height)),
            Misfit::Rate(nearest) => rate = Some(nearest),
            Misfit::BitRate(bits) => most_bits = Some(u64::from(bits) * AIM / 100),
            _ => {}
        }
    }
    let packing = if anew {
        let sound = if silent { 0 } else { u64::from(SOUND_BITS) };
        let budget = bits_for(wanted.max_bytes, length_ms);
        let budget = budget.into_iter().chain(most_bits).min();
        let pictures = budget.map(|bits| bits.saturating_sub(sound));
        if pictures.is_some_and(|bits| bits < LEAST_BITS) {
            return Err(TooLong);
        }
        let frames = rate.or(shot.clip.frame_rate).unwrap_or(30_000);
        if let (Some(bits), Some((w, h))) = (pictures, size) {
            size = Some(worth(w, h, frames, bits));
        }
        let (w, h) = size.unwrap_or((1_920, 1_080));
        let enough = u64::from(w) * u64::from(h) * MOST_PER_PIXEL;
        let bits = pictures
            .map_or(enough, |bits| bits.min(enough))
            .max(LEAST_BITS);
        Packing::Anew {
            bits: u32::try_from(bits).unwrap_or(u32::MAX),
        }
    } else if cleaned {
        Packing::Cleaned
    } else {
        Packing::Kept
    };
    Ok(Some(Plan {
        operations: operations.to_vec(),
        size: size.filter(|_| anew),
        rate,
        packing,
        max_bytes: wanted.max_bytes,
        length_ms,
        silent,
    }))
}

/// The video as it would be after a person's edits, as far as that is known before it is made.
#[must_use]
pub fn after(shot: &Shot, film: &Film, edited: Option<(u32, u32)>) -> Shot {
    let mut after = *shot;
    if let Some((width, height)) = edited {
        (after.width, after.height) = (Some(width), Some(height));
    }
    if let Some(was) = shot.clip.length_ms.filter(|ms| *ms > 0) {
        let is = film.length(was);
        after.clip.length_ms = Some(is);
        after.bytes = after.bytes * u64::from(is) / u64::from(was);
    }
    if film.mute {
        after.clip.sound = None;
    }
    if film.repack {
        after.clip.codec = Some(Codec::H264);
    }
    after
}

/// Bits a second that fill so many bytes in so long a time.
fn bits_for(max_bytes: Option<u64>, length_ms: Option<u32>) -> Option<u64> {
    let ms = u64::from(length_ms?.max(1));
    Some(max_bytes?.saturating_mul(8_000) / 100 * AIM / ms)
}

/// The size at which so many bits a second still look like something.
fn worth(width: u32, height: u32, frames: u32, bits: u64) -> (u32, u32) {
    let pixels = u64::from(width) * u64::from(height);
    let needed = pixels * u64::from(frames) / 1_000 * LEAST_PER_PIXEL / 1_000;
    let shorter = width.min(height);
    if needed <= bits || shorter <= LEAST_SIDE {
        return (width, height);
    }
    let scale = (bits as f64 / needed as f64).sqrt();
    let scale = scale.max(f64::from(LEAST_SIDE) / f64::from(shorter));
    let of = |side: u32| (f64::from(side) * scale).round() as u32;
    even((of(width), of(height)))
}

/// Both sides even, never zero: half of the colours lie between two pixels.
#[must_use]
pub fn even((width, height): (u32, u32)) -> (u32, u32) {
    ((width & !1).max(2), (height & !1).max(2))
}

impl Plan {
    /// Whether it is made by another program.
    #[must_use]
    pub const fn needs_tool(&self) -> bool {
        !matches!(self.packing, Packing::Cleaned)
    }

    /// Most bytes of the result, told before it is made; none when its length is not known or nothing
    /// is packed anew.
    #[must_use]
    pub fn bytes_at_most(&self) -> Option<u64> {
        let Packing::Anew { bits } = self.packing else {
            return None;
        };
        let sound = if self.silent { 0 } else { SOUND_BITS };
        let bits = u64::from(bits) + u64::from(sound);
        Some(bits * u64::from(self.length_ms?) / 8_000)
    }
}

#[cfg(test)]
mod tests {
    use model::clip::Clip;

    use super::*;

    fn shot() -> Shot {
        Shot {
            width: Some(1_920),
            height: Some(1_080),
            bytes: 50_000_000,
            clip: Clip {
                length_ms: Some(60_000),
                frame_rate: Some(30_000),
                codec: Some(Codec::H264),
                sound: Some(SoundCodec::Aac),
                located: false,
            },
        }
    }

    fn with<'a>(clip: &'a ClipLimits, formats: &'a [String], max_bytes: Option<u64>) -> Wanted<'a> {
        Wanted {
            formats,
            max_bytes,
            clip,
        }
    }

    #[test]
    fn what_fits_goes_out_as_it_is() {
        let any = ClipLimits::default();
        let mp4 = ["video/mp4".to_owned()];
        let made = |operations: &[Operation]| {
            plan(
                Kind::Mp4,
                &shot(),
                operations,
                with(&any, &mp4, Some(60_000_000)),
            )
            .unwrap()
        };
        assert_eq!(made(&[]), None);
        assert_eq!(made(&[Operation::Poster { at_ms: 5 }]), None);
        assert_eq!(made(&[Operation::Mute]).unwrap().packing, Packing::Kept);
    }

    #[test]
    fn a_place_and_a_foreign_box_cost_no_quality() {
        let any = ClipLimits::default();
        let mp4 = ["video/mp4".to_owned()];
        let mut located = shot();
        located.clip.located = true;
        let mut unread = located;
        unread.clip.codec = None;
        for (kind, shot, packing) in [
            (Kind::Mp4, located, Packing::Cleaned),
            (Kind::Mp4, unread, Packing::Kept),
            (Kind::Mov, shot(), Packing::Kept),
            (Kind::Mov, located, Packing::Kept),
        ] {
            let plan = plan(kind, &shot, &[], with(&any, &mp4, None))
                .unwrap()
                .unwrap();
            assert_eq!((plan.packing, plan.size), (packing, None));
            assert_eq!(plan.needs_tool(), packing == Packing::Kept);
        }
        let mov = plan(Kind::Mov, &located, &[], with(&any, &[], None)).unwrap();
        assert_eq!(mov.unwrap().packing, Packing::Cleaned);
        let mut webm = shot();
        webm.clip.codec = Some(Codec::Vp9);
        let plan = plan(Kind::Webm, &webm, &[], with(&any, &mp4, None))
            .unwrap()
            .unwrap();
        assert!(matches!(plan.packing, Packing::Anew { .. }));
    }

    #[test]
    fn bytes_are_shared_out_over_the_time_that_stays() {
        let any = ClipLimits::default();
        let most = 10_000_000;
        let trim = [Operation::Trim {
            from_ms: 0,
            to_ms: 30_000,
        }];
        let plan_of = |operations: &[Operation]| {
            plan(Kind::Mp4, &shot(), operations, with(&any, &[], Some(most)))
                .unwrap()
                .unwrap()
        };
        let (whole, half) = (plan_of(&[]), plan_of(&trim));
        assert_eq!(half.length_ms, Some(30_000));
        assert!(whole.bytes_at_most().unwrap() <= most && half.bytes_at_most().unwrap() <= most);
        let bits = |plan: &Plan| match plan.packing {
            Packing::Anew { bits } => bits,
            _ => 0,
        };
        assert!(bits(&half) > bits(&whole));
        // 1.1 Mbit/s are not worth 1080 lines.
        let (_, height) = whole.size.unwrap();
        assert!((240..1_080).contains(&height), "{height}");
    }

    #[test]
    fn an_hour_does_not_fit_into_a_megabyte() {
        let any = ClipLimits::default();
        let mut long = shot();
        long.clip.length_ms = Some(3_600_000);
        let made = plan(Kind::Mp4, &long, &[], with(&any, &[], Some(1_000_000)));
        assert_eq!(made, Err(TooLong));
    }

    #[test]
    fn size_and_rate_follow_the_limits_after_the_edits() {
        let limits = ClipLimits {
            frame: Some((1_280, 1_024)),
            max_rate: Some(25_000),
            max_ms: Some(1_000),
            ..ClipLimits::default()
        };
        let turn = [Operation::Turn { quarters: 1 }];
        let made = plan(Kind::Mp4, &shot(), &turn, with(&limits, &[], None))
            .unwrap()
            .unwrap();
        assert_eq!(made.size, Some((720, 1_280)));
        assert_eq!(made.rate, Some(25_000));
        // Too long is for a person to decide.
        assert_eq!(made.length_ms, Some(60_000));
    }
}
