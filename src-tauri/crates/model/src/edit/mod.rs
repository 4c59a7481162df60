//! What is done to a picture before it is shown or sent: a list of operations kept beside the
//! original, which itself is never changed.
//!
//! Every number is whole, so that a list compares, hashes and travels without rounding. Positions are
//! in millionths of the picture as the operations before left it, and so hold for every size of it.

pub mod colours;
pub mod film;
pub mod mark;
pub mod words;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::captions::{Captions, CaptionsError, MAX_LANGUAGES};
use mark::Mark;
use words::Words;

/// The whole width or height of a picture, in the unit of [`Area`].
pub const WHOLE: u32 = 1_000_000;
/// Most operations on one picture.
pub const MAX_OPERATIONS: usize = 64;
/// Longest side that a picture may be resized to, in pixels.
pub const MAX_SIDE: u32 = 20_000;

/// A part of a picture, in millionths of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Area {
    /// Distance from the left edge.
    pub left: u32,
    /// Distance from the upper edge.
    pub top: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Area {
    /// All of it.
    pub const ALL: Self = Self {
        left: 0,
        top: 0,
        width: WHOLE,
        height: WHOLE,
    };

    /// Whether it lies within the picture and holds something.
    #[must_use]
    pub fn is_inside(self) -> bool {
        let fits = |from: u32, length: u32| {
            length > 0 && from.checked_add(length).is_some_and(|end| end <= WHOLE)
        };
        fits(self.left, self.width) && fits(self.top, self.height)
    }

    /// The pixels it covers in a picture of this size: left, top, width and height; never empty and
    /// never outside.
    #[must_use]
    pub fn pixels(self, width: u32, height: u32) -> (u32, u32, u32, u32) {
        let (left, across) = span(self.left, self.width, width);
        let (top, down) = span(self.top, self.height, height);
        (left, top, across, down)
    }
}

/// First pixel and number of pixels of a stretch; both edges rounded to the nearest pixel.
fn span(from: u32, length: u32, pixels: u32) -> (u32, u32) {
    let edge = |at: u32| {
        let exact = u64::from(at.min(WHOLE)) * u64::from(pixels);
        ((exact + u64::from(WHOLE) / 2) / u64::from(WHOLE)) as u32
    };
    let first = edge(from).min(pixels.saturating_sub(1));
    let end = edge(from.saturating_add(length)).clamp(first + 1, pixels.max(first + 1));
    (first, end - first)
}

/// Which way a picture is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mirror {
    /// Left and right change places.
    Sideways,
    /// Up and down change places.
    Upside,
}

/// A look that many knobs give together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Shades of grey.
    Mono,
    /// Brown as old prints.
    Sepia,
    /// Strong colours.
    Vivid,
    /// Pale, with lifted shadows.
    Faded,
    /// Towards yellow.
    Warm,
    /// Towards blue.
    Cool,
}

impl Look {
    /// Every look, in the order a person sees them.
    pub const ALL: [Self; 6] = [
        Self::Mono,
        Self::Sepia,
        Self::Vivid,
        Self::Faded,
        Self::Warm,
        Self::Cool,
    ];
}

/// One thing done to a picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Everything outside is cut away.
    Crop {
        /// What stays.
        area: Area,
    },
    /// Turned clockwise.
    Turn {
        /// Quarter turns, 1 to 3.
        quarters: u8,
    },
    /// Mirrored.
    Flip {
        /// Which way.
        mirror: Mirror,
    },
    /// Made smaller so that the longer side has at most this many pixels; never enlarged.
    Resize {
        /// Pixels of the longer side.
        side: u32,
    },
    /// Light and colour, each from -100 to 100; 0 changes nothing.
    Adjust {
        /// Lighter or darker.
        brightness: i8,
        /// Distance of light and dark from the middle.
        contrast: i8,
        /// Strength of colours; -100 leaves grey.
        saturation: i8,
        /// Towards yellow, or blue when negative.
        warmth: i8,
    },
    /// A look.
    Look {
        /// Which.
        look: Look,
        /// How much of it, 0 to 100.
        strength: u8,
    },
    /// A part nobody shall recognise.
    Blur {
        /// Where.
        area: Area,
        /// How much, 1 to 100: in hundredths of a tenth of the picture's shorter side.
        strength: u8,
    },
    /// Of a video, only this stretch stays; in milliseconds of what the operations before left.
    #[serde(rename_all = "camelCase")]
    Trim {
        /// Where it begins.
        from_ms: u32,
        /// Where it ends.
        to_ms: u32,
    },
    /// The moment of a video that stands for it as a picture, in milliseconds of what is left of it.
    #[serde(rename_all = "camelCase")]
    Poster {
        /// When.
        at_ms: u32,
    },
    /// A video without its sound.
    Mute,
    /// A video packed anew as MP4 with H.264 and AAC, whatever it was.
    Convert,
    /// Captions of a video in one language; their times count in the original, whatever is cut.
    Captions {
        /// What is said, and when.
        captions: Captions,
    },
    /// Words on it.
    Words {
        /// What they say and how.
        words: Words,
    },
    /// A mark on it. Put behind the edits of every picture of a workspace that wants one.
    Mark {
        /// Which and where.
        mark: Mark,
    },
    /// Changes nothing, but says that the picture does not get the mark of its workspace.
    Unmarked,
}

/// Why a list of operations cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Too many of them.
    #[error("A picture takes at most {MAX_OPERATIONS} edits. Undo some of them.")]
    TooMany,
    /// A part that does not lie in the picture.
    #[error("The part that was chosen does not lie within the picture. Choose it again.")]
    Outside,
    /// A number out of its range.
    #[error("One of the picture's edits has a value that is out of range. Set it again.")]
    OutOfRange,
    /// Too many words.
    #[error(
        "Words on a picture have at most {} characters. Shorten them.",
        words::MAX_WORDS
    )]
    TooWordy,
    /// Captions that are none.
    #[error(transparent)]
    Captions(#[from] CaptionsError),
}

impl Operation {
    /// Whether its values make sense.
    pub fn check(&self) -> Result<(), EditError> {
        let percent = |values: &[i8]| values.iter().all(|v| (-100..=100).contains(v));
        let good = match *self {
            Self::Words { ref words } => return words.check(),
            Self::Mark { ref mark } => return mark.check(),
            Self::Captions { ref captions } => return Ok(captions.check()?),
            Self::Unmarked => true,
            Self::Crop { area } if !area.is_inside() => return Err(EditError::Outside),
            Self::Blur { area, .. } if !area.is_inside() => return Err(EditError::Outside),
            Self::Crop { .. } | Self::Flip { .. } => true,
            Self::Turn { quarters } => (1..=3).contains(&quarters),
            Self::Resize { side } => (1..=MAX_SIDE).contains(&side),
            Self::Adjust {
                brightness,
                contrast,
                saturation,
                warmth,
            } => percent(&[brightness, contrast, saturation, warmth]),
            Self::Look { strength, .. } => strength <= 100,
            Self::Blur { strength, .. } => (1..=100).contains(&strength),
            Self::Trim { from_ms, to_ms } => film::is_stretch(from_ms, to_ms),
            Self::Poster { at_ms } => at_ms <= film::MAX_MS,
            Self::Mute | Self::Convert => true,
        };
        if good {
            Ok(())
        } else {
            Err(EditError::OutOfRange)
        }
    }

    /// The size of a picture after it, in pixels.
    #[must_use]
    pub fn size(&self, width: u32, height: u32) -> (u32, u32) {
        match *self {
            Self::Crop { area } => {
                let (_, _, across, down) = area.pixels(width, height);
                (across, down)
            }
            Self::Turn { quarters } if quarters % 2 == 1 => (height, width),
            Self::Resize { side } => shrunk_size(width, height, side),
            _ => (width, height),
        }
    }
}

/// The size of a picture whose longer side may have `side` pixels; never enlarged. A very long strip
/// keeps one pixel of its shorter side.
#[must_use]
pub fn shrunk_size(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let of = |n: u32| {
        let exact = u64::from(n) * u64::from(side);
        ((exact + u64::from(longest) / 2) / u64::from(longest)).max(1) as u32
    };
    (of(width), of(height))
}

/// Whether a whole list can be done.
pub fn check(operations: &[Operation]) -> Result<(), EditError> {
    if operations.len() > MAX_OPERATIONS {
        return Err(EditError::TooMany);
    }
    operations.iter().try_for_each(Operation::check)?;
    let mut languages: Vec<&str> = captions(operations).map(|c| &*c.language).collect();
    let all = languages.len();
    languages.sort_unstable_by_key(|language| language.to_ascii_lowercase());
    languages.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    if all > MAX_LANGUAGES || languages.len() < all {
        return Err(CaptionsError::Languages.into());
    }
    Ok(())
}

/// The captions that go with a video after these operations: cut as it is, of each language those added
/// last, without those of which nothing stays.
#[must_use]
pub fn captions_sent(operations: &[Operation]) -> Vec<Captions> {
    let film = film::Film::of(operations);
    let mut sent: Vec<Captions> = Vec::new();
    for own in captions(operations) {
        sent.retain(|before| !before.language.eq_ignore_ascii_case(&own.language));
        sent.push(own.within(&film));
    }
    sent.retain(|own| !own.cues.is_empty());
    sent
}

/// The captions among operations, as they were added.
pub fn captions(operations: &[Operation]) -> impl Iterator<Item = &Captions> {
    operations.iter().filter_map(|operation| match operation {
        Operation::Captions { captions } => Some(captions),
        _ => None,
    })
}

/// The size of a picture after all of them, in pixels.
#[must_use]
pub fn size(operations: &[Operation], width: u32, height: u32) -> (u32, u32) {
    operations
        .iter()
        .fold((width, height), |(w, h), operation| operation.size(w, h))
}

/// The largest part of a picture with this ratio of width to height, in its middle.
#[must_use]
pub fn middle(width: u32, height: u32, ratio: (u32, u32)) -> Area {
    let (across, down) = (u64::from(ratio.0.max(1)), u64::from(ratio.1.max(1)));
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let whole = u64::from(WHOLE);
    // Too wide: the height stays; too high: the width stays.
    let (w, h) = if width * down > height * across {
        ((height * across * whole / (down * width)).max(1), whole)
    } else {
        (whole, (width * down * whole / (across * height)).max(1))
    };
    Area {
        left: ((whole - w) / 2) as u32,
        top: ((whole - h) / 2) as u32,
        width: w as u32,
        height: h as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop(left: u32, top: u32, width: u32, height: u32) -> Operation {
        Operation::Crop {
            area: Area {
                left,
                top,
                width,
                height,
            },
        }
    }

    #[test]
    fn sizes_follow_the_operations_in_order() {
        let half = crop(0, 0, WHOLE / 2, WHOLE);
        let turn = Operation::Turn { quarters: 1 };
        assert_eq!(size(&[half.clone(), turn.clone()], 400, 300), (300, 200));
        assert_eq!(size(&[turn, half], 400, 300), (150, 400));
        let resize = Operation::Resize { side: 100 };
        assert_eq!(size(std::slice::from_ref(&resize), 400, 300), (100, 75));
        assert_eq!(size(&[resize], 40, 30), (40, 30));
        assert_eq!(size(&[Operation::Turn { quarters: 2 }], 4, 3), (4, 3));
    }

    #[test]
    fn a_part_is_never_empty_and_never_outside() {
        let sliver = Area {
            left: WHOLE - 1,
            top: 0,
            width: 1,
            height: WHOLE,
        };
        assert_eq!(sliver.pixels(10, 10), (9, 0, 1, 10));
        assert_eq!(Area::ALL.pixels(7, 5), (0, 0, 7, 5));
        assert_eq!(Area::ALL.pixels(1, 1), (0, 0, 1, 1));
    }

    #[test]
    fn neighbouring_parts_share_an_edge() {
        let left = Area {
            width: 333_333,
            ..Area::ALL
        };
        let right = Area {
            left: 333_333,
            width: WHOLE - 333_333,
            ..Area::ALL
        };
        let (_, _, a, _) = left.pixels(1000, 1);
        let (from, _, b, _) = right.pixels(1000, 1);
        assert_eq!((a, from, a + b), (333, 333, 1000));
    }

    #[test]
    fn the_middle_has_the_ratio_asked_for() {
        for (width, height) in [(4000, 3000), (3000, 4000), (1000, 1000), (5000, 20)] {
            for ratio in [(1, 1), (4, 5), (191, 100), (16, 9), (9, 16)] {
                let area = middle(width, height, ratio);
                assert!(area.is_inside(), "{area:?}");
                let (_, _, w, h) = area.pixels(width, height);
                let off = f64::from(w) - f64::from(h) * f64::from(ratio.0) / f64::from(ratio.1);
                assert!(off.abs() <= 2.0, "{width}x{height} {ratio:?}: {w}x{h}");
            }
        }
    }

    #[test]
    fn one_languages_captions_are_sent_once_and_cut_along() {
        let of = |language: &str, from_ms: u32| Operation::Captions {
            captions: Captions {
                language: language.to_owned(),
                cues: vec![crate::captions::Cue {
                    from_ms,
                    to_ms: from_ms + 500,
                    text: "words".to_owned(),
                }],
            },
        };
        let cut = Operation::Trim {
            from_ms: 1_000,
            to_ms: 5_000,
        };
        let all = [of("en", 1_000), of("de", 0), cut, of("EN", 2_000)];
        let sent = captions_sent(&all);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].cues[0].from_ms, 1_000);
        let twice = Err(EditError::Captions(CaptionsError::Languages));
        assert_eq!(check(&all), twice);
        assert_eq!(check(&all[..3]), Ok(()));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(crop(0, 0, 0, WHOLE).check(), Err(EditError::Outside));
        assert_eq!(crop(1, 0, WHOLE, WHOLE).check(), Err(EditError::Outside));
        assert_eq!(crop(u32::MAX, 0, 9, 9).check(), Err(EditError::Outside));
        assert_eq!(
            Operation::Turn { quarters: 4 }.check(),
            Err(EditError::OutOfRange)
        );
        assert_eq!(
            Operation::Resize { side: 0 }.check(),
            Err(EditError::OutOfRange)
        );
        let many = vec![Operation::Turn { quarters: 1 }; MAX_OPERATIONS + 1];
        assert_eq!(check(&many), Err(EditError::TooMany));
        assert_eq!(check(&many[1..]), Ok(()));
    }
}
