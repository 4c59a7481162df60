//! Light, colour and looks as numbers, so that every place that draws a picture draws the same one.
//!
//! Each is a table that turns red, green and blue (0 to 1, as stored, not linear) into new ones, and
//! is mixed with "change nothing" by its strength.

use super::{Look, Operation};

/// New red, green and blue from the old: three factors and what is added, for each.
pub type Colours = [[f32; 4]; 3];

/// Changes nothing.
pub const SAME: Colours = [
    [1.0, 0.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 0.0],
    [0.0, 0.0, 1.0, 0.0],
];

/// A knob at its two ends.
#[derive(Debug, Clone, Copy)]
pub struct Knob {
    /// At -100.
    pub least: Colours,
    /// At 100.
    pub most: Colours,
}

// How bright a colour looks, by Rec. ITU-R BT.709 part 3.
const RED: f32 = 0.2126;
const GREEN: f32 = 0.7152;
const BLUE: f32 = 0.0722;

const GREY: Colours = [
    [RED, GREEN, BLUE, 0.0],
    [RED, GREEN, BLUE, 0.0],
    [RED, GREEN, BLUE, 0.0],
];

const fn added(by: f32) -> Colours {
    [
        [1.0, 0.0, 0.0, by],
        [0.0, 1.0, 0.0, by],
        [0.0, 0.0, 1.0, by],
    ]
}

/// Distance from the middle, times `factor`.
const fn spread(factor: f32) -> Colours {
    let add = 0.5 - 0.5 * factor;
    [
        [factor, 0.0, 0.0, add],
        [0.0, factor, 0.0, add],
        [0.0, 0.0, factor, add],
    ]
}

const fn gains(red: f32, green: f32, blue: f32) -> Colours {
    [
        [red, 0.0, 0.0, 0.0],
        [0.0, green, 0.0, 0.0],
        [0.0, 0.0, blue, 0.0],
    ]
}

/// Between grey (0) and twice as colourful (2); 1 changes nothing.
const fn saturated(by: f32) -> Colours {
    let rest = 1.0 - by;
    [
        [RED * rest + by, GREEN * rest, BLUE * rest, 0.0],
        [RED * rest, GREEN * rest + by, BLUE * rest, 0.0],
        [RED * rest, GREEN * rest, BLUE * rest + by, 0.0],
    ]
}

/// Lighter or darker.
pub const BRIGHTNESS: Knob = Knob {
    least: added(-0.4),
    most: added(0.4),
};
/// Distance of light and dark from the middle.
pub const CONTRAST: Knob = Knob {
    least: spread(0.4),
    most: spread(2.0),
};
/// Strength of colours.
pub const SATURATION: Knob = Knob {
    least: GREY,
    most: saturated(2.0),
};
/// Towards blue or yellow.
pub const WARMTH: Knob = Knob {
    least: gains(0.8, 0.98, 1.2),
    most: gains(1.18, 1.03, 0.78),
};

impl Look {
    /// The look at full strength.
    #[must_use]
    pub fn colours(self) -> Colours {
        match self {
            Self::Mono => GREY,
            // The old-print brown of Filter Effects Module Level 1, part 7.
            Self::Sepia => [
                [0.393, 0.769, 0.189, 0.0],
                [0.349, 0.686, 0.168, 0.0],
                [0.272, 0.534, 0.131, 0.0],
            ],
            Self::Vivid => then(&saturated(1.5), &spread(1.12)),
            Self::Faded => then(&then(&saturated(0.75), &spread(0.75)), &added(0.06)),
            Self::Warm => then(&WARMTH.most, &saturated(1.1)),
            Self::Cool => then(&WARMTH.least, &saturated(1.05)),
        }
    }
}

impl Operation {
    /// What it does to colours; none when it leaves them alone.
    #[must_use]
    pub fn colours(&self) -> Option<Colours> {
        match *self {
            Self::Adjust {
                brightness,
                contrast,
                saturation,
                warmth,
            } => {
                let knobs = [
                    (BRIGHTNESS, brightness),
                    (CONTRAST, contrast),
                    (SATURATION, saturation),
                    (WARMTH, warmth),
                ];
                Some(knobs.iter().filter(|(_, value)| *value != 0).fold(
                    SAME,
                    |so_far, (knob, value)| {
                        let end = if *value < 0 { &knob.least } else { &knob.most };
                        then(&so_far, &mixed(end, value.unsigned_abs()))
                    },
                ))
            }
            Self::Look { look, strength } => Some(mixed(&look.colours(), strength)),
            _ => None,
        }
    }
}

/// A table at part of its strength, 0 to 100.
#[must_use]
pub fn mixed(full: &Colours, strength: u8) -> Colours {
    let part = f32::from(strength.min(100)) / 100.0;
    std::array::from_fn(|row| {
        std::array::from_fn(|n| SAME[row][n] + (full[row][n] - SAME[row][n]) * part)
    })
}

/// First the one, then the other.
#[must_use]
pub fn then(first: &Colours, second: &Colours) -> Colours {
    std::array::from_fn(|row| {
        std::array::from_fn(|n| {
            let through: f32 = (0..3).map(|k| second[row][k] * first[k][n]).sum();
            if n == 3 {
                through + second[row][3]
            } else {
                through
            }
        })
    })
}

/// One pixel through a table; what leaves the range is cut.
#[must_use]
pub fn apply(colours: &Colours, [red, green, blue]: [u8; 3]) -> [u8; 3] {
    let (red, green, blue) = (f32::from(red), f32::from(green), f32::from(blue));
    colours.map(|[r, g, b, add]| {
        let value = r * red + g * green + b * blue + add * 255.0;
        (value + 0.5).clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adjust(brightness: i8, contrast: i8, saturation: i8, warmth: i8) -> Colours {
        Operation::Adjust {
            brightness,
            contrast,
            saturation,
            warmth,
        }
        .colours()
        .unwrap()
    }

    #[test]
    fn nothing_set_changes_nothing() {
        for pixel in [[0, 0, 0], [255, 255, 255], [12, 200, 99]] {
            assert_eq!(apply(&adjust(0, 0, 0, 0), pixel), pixel);
            for look in Look::ALL {
                assert_eq!(apply(&mixed(&look.colours(), 0), pixel), pixel);
            }
        }
    }

    #[test]
    fn knobs_do_what_they_say() {
        let [r, g, b] = apply(&adjust(0, 0, -100, 0), [200, 30, 90]);
        assert!(r == g && g == b);
        assert_eq!(apply(&adjust(50, 0, 0, 0), [100, 100, 100]), [151; 3]);
        assert!(apply(&adjust(0, 100, 0, 0), [200; 3])[0] > 250);
        assert!(apply(&adjust(0, 100, 0, 0), [60; 3])[0] < 10);
        let [r, _, b] = apply(&adjust(0, 0, 0, 100), [100; 3]);
        assert!(r > 100 && b < 100);
        // A colour stays one colour: grey is not tinted by saturation.
        assert_eq!(apply(&adjust(0, 0, 100, 0), [77; 3]), [77; 3]);
    }

    #[test]
    fn half_a_look_lies_half_way() {
        let full = apply(&Look::Mono.colours(), [200, 0, 0]);
        let half = apply(&mixed(&Look::Mono.colours(), 50), [200, 0, 0]);
        for n in 0..3 {
            let middle = i32::midpoint(i32::from(full[n]), [200, 0, 0][n]);
            assert!((i32::from(half[n]) - middle).abs() <= 1);
        }
    }
}
