//! What is known of a video, what a network wants of one, and where the two do not meet.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the pictures of a video are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// H.264, which everything plays.
    H264,
    /// H.265, as newer phones film.
    H265,
    /// AV1.
    Av1,
    /// VP8.
    Vp8,
    /// VP9.
    Vp9,
    /// Another one.
    Other,
}

impl Codec {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
            Self::Av1 => "AV1",
            Self::Vp8 => "VP8",
            Self::Vp9 => "VP9",
            Self::Other => "an unusual kind",
        }
    }
}

/// How the sound of a video is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SoundCodec {
    /// AAC, which everything plays.
    Aac,
    /// Opus.
    Opus,
    /// Vorbis.
    Vorbis,
    /// MP3.
    Mp3,
    /// Another one.
    Other,
}

/// What was found inside a video file besides its size. What could not be found is none, and then
/// stops nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Clip {
    /// How long it runs, in milliseconds.
    pub length_ms: Option<u32>,
    /// Thousandths of a picture a second: 29,970 for 29.97.
    pub frame_rate: Option<u32>,
    /// How its pictures are packed.
    pub codec: Option<Codec>,
    /// How its sound is packed; none when it is silent.
    pub sound: Option<SoundCodec>,
    /// It tells where it was filmed, or may.
    pub located: bool,
}

/// What a network takes of videos. Each number stands in what the network says; none where it says
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ClipLimits {
    /// Shortest, in milliseconds.
    pub min_ms: Option<u32>,
    /// Longest, in milliseconds.
    pub max_ms: Option<u32>,
    /// How pictures may be packed; empty where it says nothing.
    pub codecs: Vec<Codec>,
    /// Fewest pictures a second, in thousandths.
    pub min_rate: Option<u32>,
    /// Most pictures a second, in thousandths.
    pub max_rate: Option<u32>,
    /// Least pixels of the shorter side.
    pub min_side: Option<u32>,
    /// Most pixels across.
    pub max_width: Option<u32>,
    /// Most pixels of the longer and of the shorter side.
    pub frame: Option<(u32, u32)>,
    /// Most pixels of one picture.
    pub max_pixels: Option<u32>,
    /// Most upright shape: width and height.
    pub narrowest: Option<(u32, u32)>,
    /// Widest shape: width and height.
    pub widest: Option<(u32, u32)>,
    /// Most bits a second, sound included.
    pub max_bit_rate: Option<u32>,
}

/// A video as it is looked at: its size and what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shot {
    /// Pixels across, as shown.
    pub width: Option<u32>,
    /// Pixels down, as shown.
    pub height: Option<u32>,
    /// Size of the file.
    pub bytes: u64,
    /// What was found inside.
    pub clip: Clip,
}

/// One thing in which a video is not what a network takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// It runs too short.
    Short {
        /// Its length in milliseconds.
        is: u32,
        /// The least.
        least: u32,
    },
    /// It runs too long.
    Long {
        /// Its length in milliseconds.
        is: u32,
        /// The most.
        most: u32,
    },
    /// It is too upright or too wide.
    Shape,
    /// Its pictures are packed in a way the network does not take.
    Codec(Codec),
    /// Too few or too many pictures a second; the nearest number that is taken.
    Rate(u32),
    /// Too many or too few pixels; the size it would have.
    Size(u32, u32),
    /// Too many bits a second; the most.
    BitRate(u32),
}

impl Misfit {
    /// Whether packing the video anew mends it. The rest is for a person to decide.
    #[must_use]
    pub const fn packing_mends(self) -> bool {
        !matches!(self, Self::Short { .. } | Self::Long { .. } | Self::Shape)
    }
}

/// Lengths are told within a hundredth of a second: a container rounds them.
const ROUNDING_MS: u32 = 50;
/// 30.00 and 30.03 pictures a second are the same to a network.
const RATE_ROUNDING: u32 = 100;

impl ClipLimits {
    /// Everything in which a video is not what is taken.
    #[must_use]
    pub fn misfits(&self, shot: &Shot) -> Vec<Misfit> {
        let mut found = Vec::new();
        if let Some(is) = shot.clip.length_ms {
            match (self.min_ms, self.max_ms) {
                (Some(least), _) if is.saturating_add(ROUNDING_MS) < least => {
                    found.push(Misfit::Short { is, least });
                }
                (_, Some(most)) if is > most.saturating_add(ROUNDING_MS) => {
                    found.push(Misfit::Long { is, most });
                }
                _ => {}
            }
        }
        if let (Some(width), Some(height)) = (shot.width, shot.height) {
            if !self.shape_fits(width, height) {
                found.push(Misfit::Shape);
            }
            let fitting = self.fitting(width, height);
            if fitting != (width, height) {
                found.push(Misfit::Size(fitting.0, fitting.1));
            }
        }
        if let Some(codec) = shot.clip.codec
            && !self.codecs.is_empty()
            && !self.codecs.contains(&codec)
        {
            found.push(Misfit::Codec(codec));
        }
        if let Some(rate) = shot.clip.frame_rate {
            let least = self.min_rate.filter(|m| rate + RATE_ROUNDING < *m);
            let most = self.max_rate.filter(|m| rate > m + RATE_ROUNDING);
            found.extend(least.or(most).map(Misfit::Rate));
        }
        if let (Some(most), Some(is)) = (self.max_bit_rate, bit_rate(shot))
            && is > most
        {
            found.push(Misfit::BitRate(most));
        }
        found
    }

    /// Whether a shape is taken. A pixel lost by rounding does not count.
    #[must_use]
    pub fn shape_fits(&self, width: u32, height: u32) -> bool {
        let (w, h) = (u64::from(width), u64::from(height));
        let narrow = self
            .narrowest
            .is_some_and(|(a, d)| (w + 2) * u64::from(d) < h * u64::from(a));
        let wide = self
            .widest
            .is_some_and(|(a, d)| w * u64::from(d) > (h + 2) * u64::from(a));
        !narrow && !wide
    }

    /// The nearest size that is taken; the same when it is taken as it is. Both sides are even then,
    /// since half of the colours lie between two pixels.
    #[must_use]
    pub fn fitting(&self, width: u32, height: u32) -> (u32, u32) {
        let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let mut scale = 1.0_f64;
        let mut at_most = |most: Option<u32>, is: f64| {
            if let Some(most) = most {
                scale = scale.min(f64::from(most) / is);
            }
        };
        at_most(self.max_width, w);
        at_most(self.frame.map(|f| f.0), w.max(h));
        at_most(self.frame.map(|f| f.1), w.min(h));
        if let Some(most) = self.max_pixels {
            scale = scale.min((f64::from(most) / (w * h)).sqrt());
        }
        if let Some(least) = self.min_side
            && w.min(h) < f64::from(least)
        {
            scale = f64::from(least) / w.min(h);
        }
        if (scale - 1.0).abs() < f64::EPSILON {
            return (width, height);
        }
        let even = |side: f64| {
            let half = side * scale / 2.0;
            let half = if scale < 1.0 {
                half.floor()
            } else {
                half.ceil()
            };
            (half.max(1.0) as u32) * 2
        };
        (even(w), even(h))
    }
}

/// Bits a second over the whole file; none when its length is not known.
#[must_use]
pub fn bit_rate(shot: &Shot) -> Option<u32> {
    let ms = u64::from(shot.clip.length_ms.filter(|ms| *ms > 0)?);
    let bits = shot.bytes.saturating_mul(8_000) / ms;
    Some(u32::try_from(bits).unwrap_or(u32::MAX))
}

/// A length as people write it: `3:20`, `1:02:05`, and `0.5 seconds` below three seconds.
#[must_use]
pub fn length_words(ms: u32) -> String {
    let seconds = ms / 1_000;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0..3) if !ms.is_multiple_of(1_000) => {
            format!("{}.{} seconds", seconds, ms % 1_000 / 100)
        }
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(width: u32, height: u32, length_ms: u32) -> Shot {
        Shot {
            width: Some(width),
            height: Some(height),
            bytes: 1_000_000,
            clip: Clip {
                length_ms: Some(length_ms),
                frame_rate: Some(30_000),
                codec: Some(Codec::H264),
                sound: None,
                located: false,
            },
        }
    }

    #[test]
    fn what_is_not_known_stops_nothing() {
        let limits = ClipLimits {
            min_ms: Some(3_000),
            max_ms: Some(60_000),
            codecs: vec![Codec::H264],
            max_width: Some(10),
            max_bit_rate: Some(1),
            ..ClipLimits::default()
        };
        let nothing = Shot {
            width: None,
            height: None,
            bytes: u64::MAX,
            clip: Clip {
                length_ms: None,
                frame_rate: None,
                codec: None,
                sound: None,
                located: false,
            },
        };
        assert_eq!(limits.misfits(&nothing), []);
    }

    #[test]
    fn lengths_are_bounded_on_both_sides() {
        let limits = ClipLimits {
            min_ms: Some(3_000),
            max_ms: Some(60_000),
            ..ClipLimits::default()
        };
        let of = |ms| limits.misfits(&shot(100, 100, ms));
        assert_eq!(
            of(2_000),
            [Misfit::Short {
                is: 2_000,
                least: 3_000
            }]
        );
        assert_eq!(of(2_970), []);
        assert_eq!(of(60_020), []);
        assert!(matches!(
            of(61_000)[..],
            [Misfit::Long {
                is: 61_000,
                most: 60_000
            }]
        ));
    }

    #[test]
    fn a_size_is_brought_within_every_bound_and_keeps_its_shape() {
        let limits = ClipLimits {
            frame: Some((1_280, 1_024)),
            ..ClipLimits::default()
        };
        assert_eq!(limits.fitting(1_920, 1_080), (1_280, 720));
        assert_eq!(limits.fitting(1_080, 1_920), (720, 1_280));
        assert_eq!(limits.fitting(2_000, 2_000), (1_024, 1_024));
        assert_eq!(limits.fitting(641, 359), (641, 359));
        let least = ClipLimits {
            min_side: Some(360),
            ..ClipLimits::default()
        };
        assert_eq!(least.fitting(320, 180), (640, 360));
        let area = ClipLimits {
            max_pixels: Some(8_294_400),
            ..ClipLimits::default()
        };
        let (w, h) = area.fitting(7_680, 4_320);
        assert!(w * h <= 8_294_400 && w > 3_800, "{w} x {h}");
    }

    #[test]
    fn shapes_rates_and_bits_are_looked_at() {
        let limits = ClipLimits {
            narrowest: Some((9, 16)),
            widest: Some((1, 1)),
            max_rate: Some(29_970),
            max_bit_rate: Some(100_000),
            codecs: vec![Codec::Vp9],
            ..ClipLimits::default()
        };
        let found = limits.misfits(&shot(1_920, 1_080, 10_000));
        assert_eq!(
            found,
            [
                Misfit::Shape,
                Misfit::Codec(Codec::H264),
                Misfit::BitRate(100_000)
            ]
        );
        assert!(limits.shape_fits(1_080, 1_920) && limits.shape_fits(607, 1_080));
        let fast = ClipLimits {
            max_rate: Some(25_000),
            ..ClipLimits::default()
        };
        assert_eq!(fast.misfits(&shot(9, 9, 9_000)), [Misfit::Rate(25_000)]);
    }

    #[test]
    fn lengths_read_as_people_write_them() {
        assert_eq!(length_words(200_000), "3:20");
        assert_eq!(length_words(3_725_400), "1:02:05");
        assert_eq!(length_words(500), "0.5 seconds");
        assert_eq!(length_words(3_000), "0:03");
    }
}
