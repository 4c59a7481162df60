//! Words on a picture: what they say and how they are drawn. Sizes go with the picture, so that it
//! looks alike at every size of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{EditError, WHOLE};

/// Most characters of words on a picture.
pub const MAX_WORDS: usize = 500;
/// Longest name of a font, in bytes.
const MAX_FONT: usize = 200;
/// Smallest letters, in millionths of the picture's shorter side.
const LEAST_SIZE: u32 = 5_000;
/// Widest outline, in percent of the letters' size.
const MAX_OUTLINE: u8 = 40;

/// A colour as pages write it: `#1a2b3c`, or `#1a2b3c80` where some of what lies below shines
/// through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Colour {
    /// Red, green, blue, and how much it covers.
    pub rgba: [u8; 4],
}

impl Colour {
    /// White that covers.
    pub const WHITE: Self = Self { rgba: [255; 4] };
    /// Black that covers.
    pub const BLACK: Self = Self {
        rgba: [0, 0, 0, 255],
    };
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "a colour is written as #1a2b3c or #1a2b3c80";
        let digits = text.strip_prefix('#').ok_or(WRONG)?;
        if !matches!(digits.len(), 6 | 8) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(WRONG);
        }
        let mut rgba = [255; 4];
        for (n, part) in rgba.iter_mut().enumerate().take(digits.len() / 2) {
            let pair = digits.get(n * 2..n * 2 + 2).ok_or(WRONG)?;
            *part = u8::from_str_radix(pair, 16).map_err(|_| WRONG)?;
        }
        Ok(Self { rgba })
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        let [red, green, blue, cover] = colour.rgba;
        if cover == u8::MAX {
            format!("#{red:02x}{green:02x}{blue:02x}")
        } else {
            format!("#{red:02x}{green:02x}{blue:02x}{cover:02x}")
        }
    }
}

/// Where lines stand in their width. Words that are read from right to left start at the right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Where reading starts.
    #[default]
    Start,
    /// In the middle.
    Middle,
    /// Where reading ends.
    End,
}

/// A line around letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outline {
    /// Its colour.
    pub colour: Colour,
    /// Its width, in percent of the letters' size; 1 to 40.
    pub width: u8,
}

/// How letters look.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Letters {
    /// Family of the font, such as `DejaVu Sans`; empty for the usual one of this computer. One that
    /// is not installed where the picture is made is replaced by the usual one.
    #[serde(default)]
    pub font: String,
    /// In the heavy version of the font.
    #[serde(default)]
    pub bold: bool,
    /// Their size (an em), in millionths of the picture's shorter side.
    pub size: u32,
    /// Their colour.
    pub colour: Colour,
    /// A line around them.
    #[serde(default)]
    pub outline: Option<Outline>,
    /// A box behind all of them.
    #[serde(default)]
    pub ground: Option<Colour>,
}

impl Letters {
    /// Whether its values make sense.
    pub fn check(&self) -> Result<(), EditError> {
        let outline = self
            .outline
            .is_none_or(|o| (1..=MAX_OUTLINE).contains(&o.width));
        if self.font.len() <= MAX_FONT && (LEAST_SIZE..=WHOLE).contains(&self.size) && outline {
            Ok(())
        } else {
            Err(EditError::OutOfRange)
        }
    }
}

/// Words on a picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Words {
    /// What they say; a line break is kept, longer lines are broken between words.
    pub text: String,
    /// How they look.
    pub letters: Letters,
    /// Distance of the box from the left edge, in millionths of the picture's width.
    pub left: u32,
    /// Distance of the box from the upper edge, in millionths of the picture's height.
    pub top: u32,
    /// Width of the box, in millionths of the picture's width.
    pub width: u32,
    /// Where lines stand in the box.
    #[serde(default)]
    pub align: Align,
}

impl Words {
    /// Whether its values make sense.
    pub fn check(&self) -> Result<(), EditError> {
        if self.text.chars().count() > MAX_WORDS {
            return Err(EditError::TooWordy);
        }
        let across = self.left.checked_add(self.width);
        if self.width == 0 || self.top >= WHOLE || across.is_none_or(|end| end > WHOLE) {
            return Err(EditError::Outside);
        }
        self.letters.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_written_as_they_are_read() {
        let read = |text: &str| Colour::try_from(text.to_owned());
        assert_eq!(read("#ff8000").unwrap().rgba, [255, 128, 0, 255]);
        assert_eq!(read("#FF800040").unwrap().rgba, [255, 128, 0, 64]);
        for text in ["#ff8000", "#ff800040"] {
            assert_eq!(String::from(read(text).unwrap()), text);
        }
        for wrong in ["ff8000", "#ff80", "#ff80zz", "#é80000", "", "#+f8000"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_lie_on_the_picture_and_have_an_end() {
        let words = Words {
            text: "Sea".to_owned(),
            letters: Letters {
                font: String::new(),
                bold: false,
                size: 100_000,
                colour: Colour::WHITE,
                outline: None,
                ground: None,
            },
            left: 0,
            top: 0,
            width: WHOLE,
            align: Align::Start,
        };
        assert_eq!(words.check(), Ok(()));
        let long = Words {
            text: "x".repeat(MAX_WORDS + 1),
            ..words.clone()
        };
        assert_eq!(long.check(), Err(EditError::TooWordy));
        let outside = Words {
            left: 1,
            ..words.clone()
        };
        assert_eq!(outside.check(), Err(EditError::Outside));
        let mut huge = words;
        huge.letters.size = WHOLE + 1;
        assert_eq!(huge.check(), Err(EditError::OutOfRange));
    }
}
