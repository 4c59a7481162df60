//! A workspace's mark drawn as a layer.

use image::DynamicImage;
use model::MediaId;
use model::edit::mark::{MARGIN, Mark, MarkOf, Stand};
use model::edit::words::{Align, Letters};
use model::edit::{WHOLE, shrunk_size};

use super::layer::Layer;
use super::words::{Place, draw, measure};
use crate::error::MediaError;
use scale::resized_to;

/// Finds another picture of the library, for a mark made of one.
pub(crate) type Find<'a> = &'a dyn Fn(&MediaId) -> Result<DynamicImage, MediaError>;

/// Draws a mark for a picture of this size, in pixels.
pub(crate) fn drawn(
    mark: &Mark,
    width: u32,
    height: u32,
    find: Find<'_>,
) -> Result<Layer, MediaError> {
    let mut layer = match &mark.what {
        MarkOf::Picture { media_id, size } => {
            let picture = find(media_id)?;
            of_picture(&picture, *size, mark, (width, height))
        }
        MarkOf::Words { text, letters } => of_words(text, letters, mark, (width, height)),
    };
    for pixel in layer.pixels.pixels_mut() {
        let cover = u32::from(pixel.0[3]) * u32::from(mark.strength);
        pixel.0[3] = ((cover + 50) / 100) as u8;
    }
    Ok(layer)
}

fn part(of: u32, millionths: u32) -> u32 {
    let exact = u64::from(of) * u64::from(millionths);
    ((exact + u64::from(WHOLE) / 2) / u64::from(WHOLE)) as u32
}

fn of_picture(picture: &DynamicImage, size: u32, mark: &Mark, whole: (u32, u32)) -> Layer {
    let shorter = whole.0.min(whole.1);
    let side = part(shorter, size).max(1);
    let (across, down) = (picture.width(), picture.height());
    // A small one is enlarged: it has the same size on every picture.
    let longest = across.max(down).max(1);
    let (across, down) = if longest <= side {
        let of = |n: u32| (u64::from(n) * u64::from(side) / u64::from(longest)).max(1) as u32;
        (of(across), of(down))
    } else {
        shrunk_size(across, down, side)
    };
    let pixels = resized_to(picture, across, down).into_rgba8();
    let margin = part(shorter, MARGIN);
    Layer {
        left: mark.across.begin(whole.0, across, margin),
        top: mark.down.begin(whole.1, down, margin),
        pixels,
    }
}

fn of_words(text: &str, letters: &Letters, mark: &Mark, whole: (u32, u32)) -> Layer {
    let margin = part(whole.0.min(whole.1), MARGIN);
    let room = whole.0.saturating_sub(margin * 2).max(1);
    let (wide, tall) = measure(text, letters, whole);
    // Words that are too long for one line are broken as others are.
    let (wide, tall) = if wide > room {
        let lines = wide.div_ceil(room);
        (room, tall.saturating_mul(lines))
    } else {
        // Rounding must not break the last word off.
        ((wide + 2).min(room), tall)
    };
    let place = Place {
        left: mark.across.begin(whole.0, wide, margin) as f32,
        top: mark.down.begin(whole.1, tall, margin) as f32,
        width: wide as f32,
    };
    let align = match mark.across {
        Stand::Start => Align::Start,
        Stand::Middle => Align::Middle,
        Stand::End => Align::End,
    };
    draw(text, letters, align, place, whole).layer
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn logo() -> Mark {
        Mark {
            what: MarkOf::Picture {
                media_id: "a".repeat(64).parse().unwrap(),
                size: 200_000,
            },
            across: Stand::End,
            down: Stand::End,
            strength: 50,
        }
    }

    #[test]
    fn a_picture_stands_in_its_corner_with_its_shape_and_strength() {
        let square = |_: &MediaId| {
            let pixels = RgbaImage::from_pixel(400, 200, Rgba([9, 9, 9, 255]));
            Ok(DynamicImage::ImageRgba8(pixels))
        };
        let layer = drawn(&logo(), 1000, 500, &square).unwrap();
        assert_eq!(layer.pixels.dimensions(), (100, 50));
        assert_eq!((layer.left, layer.top), (1000 - 100 - 15, 500 - 50 - 15));
        assert_eq!(layer.pixels.get_pixel(50, 25).0[3], 128);
        // The same on a picture that is larger than the logo allows for.
        let layer = drawn(&logo(), 10_000, 5_000, &square).unwrap();
        assert_eq!(layer.pixels.dimensions(), (1000, 500));
    }

    #[test]
    fn a_picture_that_is_gone_is_said() {
        let gone = |id: &MediaId| Err(MediaError::NotInLibrary { id: id.to_string() });
        assert!(drawn(&logo(), 10, 10, &gone).is_err());
    }
}
