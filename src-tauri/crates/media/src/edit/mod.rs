//! Does to a picture what a person asked for, in order.

mod fonts;
mod layer;
mod mark;
mod words;

use image::{DynamicImage, imageops};
use model::edit::colours::{self, Colours};
use model::edit::{Area, Mirror, Operation};

pub(crate) use fonts::families;
pub(crate) use mark::{Find, drawn as mark_drawn};
pub(crate) use words::drawn as words_drawn;

use crate::error::MediaError;
use scale::shrunk;

/// The picture after all operations. They are taken as checked (`model::edit::check`); one whose
/// numbers make no sense is cut to what the picture has. `find` opens the picture of a mark.
pub(crate) fn edited(
    pixels: DynamicImage,
    operations: &[Operation],
    find: Find<'_>,
) -> Result<DynamicImage, MediaError> {
    operations
        .iter()
        .try_fold(pixels, |pixels, operation| one(pixels, operation, find))
}

fn one(
    pixels: DynamicImage,
    operation: &Operation,
    find: Find<'_>,
) -> Result<DynamicImage, MediaError> {
    if let Some(table) = operation.colours() {
        return Ok(coloured(pixels, &table));
    }
    Ok(match operation {
        Operation::Crop { area } => {
            let (left, top, width, height) = area.pixels(pixels.width(), pixels.height());
            pixels.crop_imm(left, top, width, height)
        }
        Operation::Turn { quarters: 1 } => pixels.rotate90(),
        Operation::Turn { quarters: 2 } => pixels.rotate180(),
        Operation::Turn { quarters: 3 } => pixels.rotate270(),
        Operation::Flip {
            mirror: Mirror::Sideways,
        } => pixels.fliph(),
        Operation::Flip {
            mirror: Mirror::Upside,
        } => pixels.flipv(),
        Operation::Resize { side } => shrunk(&pixels, *side).unwrap_or(pixels),
        Operation::Blur { area, strength } => blurred(pixels, *area, *strength),
        Operation::Words { words } => {
            let drawn = words_drawn(words, pixels.width(), pixels.height());
            layer::lay(pixels, &drawn.layer)
        }
        Operation::Mark { mark } => {
            let drawn = mark_drawn(mark, pixels.width(), pixels.height(), find)?;
            layer::lay(pixels, &drawn)
        }
        // Those of light were done by their colours, the last are for videos.
        Operation::Turn { .. }
        | Operation::Adjust { .. }
        | Operation::Look { .. }
        | Operation::Unmarked
        | Operation::Trim { .. }
        | Operation::Poster { .. }
        | Operation::Mute
        | Operation::Convert
        | Operation::Captions { .. } => pixels,
    })
}

/// Finds no other picture, where no mark is among the operations.
#[cfg(test)]
pub(crate) fn no_others(id: &model::MediaId) -> Result<DynamicImage, MediaError> {
    Err(MediaError::NotInLibrary { id: id.to_string() })
}

fn coloured(mut pixels: DynamicImage, table: &Colours) -> DynamicImage {
    let channels = usize::from(pixels.color().channel_count());
    // Pictures are opened as one of these two kinds; any other is brought to the wider one.
    match &mut pixels {
        DynamicImage::ImageRgb8(rgb) => paint(rgb.as_flat_samples_mut().samples, channels, table),
        DynamicImage::ImageRgba8(rgba) => {
            paint(rgba.as_flat_samples_mut().samples, channels, table);
        }
        other => {
            let mut rgba = other.to_rgba8();
            paint(rgba.as_flat_samples_mut().samples, 4, table);
            return rgba.into();
        }
    }
    pixels
}

fn paint(samples: &mut [u8], channels: usize, table: &Colours) {
    for pixel in samples.chunks_exact_mut(channels) {
        if let [red, green, blue, ..] = pixel {
            [*red, *green, *blue] = colours::apply(table, [*red, *green, *blue]);
        }
    }
}

/// How far the blur reaches at full strength, as a part of the picture's shorter side.
const REACH: f32 = 0.1;

fn blurred(mut pixels: DynamicImage, area: Area, strength: u8) -> DynamicImage {
    let (width, height) = (pixels.width(), pixels.height());
    let (left, top, across, down) = area.pixels(width, height);
    let sigma = width.min(height) as f32 * REACH * f32::from(strength) / 100.0;
    // What lies around the part must not shine into it, nor the part out of it: only its own pixels
    // are mixed.
    let part = pixels.crop_imm(left, top, across, down);
    let soft = part.fast_blur(sigma.max(0.5));
    imageops::replace(&mut pixels, &soft, i64::from(left), i64::from(top));
    pixels
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};
    use model::edit::{Look, WHOLE, size};

    use super::*;

    /// Left half red, right half blue, upper row marked green at the left.
    fn picture() -> DynamicImage {
        RgbImage::from_fn(8, 4, |x, y| match (x, y) {
            (0, 0) => Rgb([0, 255, 0]),
            (0..4, _) => Rgb([255, 0, 0]),
            _ => Rgb([0, 0, 255]),
        })
        .into()
    }

    fn done(pixels: DynamicImage, operations: &[Operation]) -> DynamicImage {
        edited(pixels, operations, &no_others).unwrap()
    }

    fn at(picture: &DynamicImage, x: u32, y: u32) -> [u8; 3] {
        let [red, green, blue, _] = picture.get_pixel(x, y).0;
        [red, green, blue]
    }

    #[test]
    fn pixels_end_where_the_person_sees_them() {
        let turned = done(picture(), &[Operation::Turn { quarters: 1 }]);
        assert_eq!((turned.width(), turned.height()), (4, 8));
        assert_eq!(at(&turned, 3, 0), [0, 255, 0]);
        let mirror = |mirror| done(picture(), &[Operation::Flip { mirror }]);
        assert_eq!(at(&mirror(Mirror::Sideways), 7, 0), [0, 255, 0]);
        assert_eq!(at(&mirror(Mirror::Upside), 0, 3), [0, 255, 0]);
        let right = Operation::Crop {
            area: Area {
                left: WHOLE / 2,
                width: WHOLE / 2,
                ..Area::ALL
            },
        };
        let right = done(picture(), &[right]);
        assert_eq!((right.width(), right.height()), (4, 4));
        assert_eq!(at(&right, 0, 0), [0, 0, 255]);
    }

    #[test]
    fn the_size_is_what_the_rules_say() {
        let all = [
            Operation::Crop {
                area: Area {
                    left: 123_456,
                    top: 1,
                    width: 654_321,
                    height: 777_777,
                },
            },
            Operation::Turn { quarters: 3 },
            Operation::Resize { side: 50 },
            Operation::Blur {
                area: Area::ALL,
                strength: 30,
            },
        ];
        for (width, height) in [(97, 211), (300, 200), (3, 500)] {
            let made = done(DynamicImage::new_rgb8(width, height), &all);
            assert_eq!(
                (made.width(), made.height()),
                size(&all, width, height),
                "{width}x{height}"
            );
        }
    }

    #[test]
    fn colours_keep_what_is_transparent() {
        let glass = RgbaImage::from_pixel(2, 2, Rgba([200, 10, 10, 77]));
        let look = Operation::Look {
            look: Look::Mono,
            strength: 100,
        };
        let grey = done(glass.into(), &[look]).into_rgba8();
        let [r, g, b, a] = grey.get_pixel(0, 0).0;
        assert!(r == g && g == b && a == 77);
    }

    #[test]
    fn a_blur_hides_its_part_and_leaves_the_rest() {
        let checks: DynamicImage = RgbImage::from_fn(64, 64, |x, y| {
            Rgb([if (x + y) % 2 == 0 { 255 } else { 0 }; 3])
        })
        .into();
        let half = Operation::Blur {
            area: Area {
                width: WHOLE / 2,
                ..Area::ALL
            },
            strength: 50,
        };
        let made = done(checks.clone(), &[half]);
        let hidden = at(&made, 10, 30)[0];
        assert!((100..156).contains(&hidden), "{hidden}");
        assert_eq!(at(&made, 33, 10), at(&checks, 33, 10));
    }
}
