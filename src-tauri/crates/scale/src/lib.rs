//! Sizes of pictures. A crate of its own since it is slow to compile: the code of the library it calls is made
//! where the kind of pixel is named, for each way a processor has of working on many at once.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{PixelTrait, Resizer};
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage, RgbaImage};
use model::edit::shrunk_size;

/// The picture shrunk so that neither side is longer than `side`; never enlarged. None when it
/// fits as it is.
#[must_use]
pub fn shrunk(pixels: &DynamicImage, side: u32) -> Option<DynamicImage> {
    let (width, height) = (pixels.width(), pixels.height());
    if width.max(height) <= side {
        return None;
    }
    let (width, height) = shrunk_size(width, height, side);
    Some(resized_to(pixels, width, height))
}

/// The picture with exactly this size.
#[must_use]
pub fn resized_to(pixels: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    // Pictures are opened as one of these two kinds; the slow way is right for any other.
    let fast = match pixels {
        DynamicImage::ImageRgb8(rgb) => resized::<U8x3>(rgb.as_raw(), pixels, (width, height))
            .and_then(|raw| RgbImage::from_raw(width, height, raw))
            .map(DynamicImage::ImageRgb8),
        DynamicImage::ImageRgba8(rgba) => resized::<U8x4>(rgba.as_raw(), pixels, (width, height))
            .and_then(|raw| RgbaImage::from_raw(width, height, raw))
            .map(DynamicImage::ImageRgba8),
        _ => None,
    };
    fast.unwrap_or_else(|| pixels.resize_exact(width, height, FilterType::Lanczos3))
}

/// Lanczos with three lobes; hidden colours of transparent pixels do not bleed into others. The kind of
/// pixel is a type, since the way that takes any builds the code of all fourteen kinds here.
fn resized<P: PixelTrait>(
    raw: &[u8],
    pixels: &DynamicImage,
    (width, height): (u32, u32),
) -> Option<Vec<u8>> {
    let from = TypedImageRef::<P>::from_buffer(pixels.width(), pixels.height(), raw).ok()?;
    let mut bytes = vec![0; width as usize * height as usize * P::size()];
    let mut to = TypedImage::<P>::from_buffer(width, height, &mut bytes).ok()?;
    Resizer::new().resize_typed(&from, &mut to, None).ok()?;
    drop(to);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_colours_do_not_bleed() {
        // Opaque red beside transparent green.
        let picture = RgbaImage::from_fn(64, 64, |x, _| {
            if x < 32 {
                image::Rgba([255, 0, 0, 255])
            } else {
                image::Rgba([0, 255, 0, 0])
            }
        });
        let small = shrunk(&picture.into(), 7).unwrap().into_rgba8();
        for pixel in small.pixels().filter(|p| p.0[3] > 0) {
            assert!(pixel.0[0] > 250 && pixel.0[1] < 5, "{pixel:?}");
        }
    }

    #[test]
    fn shapes_are_kept_and_small_pictures_are_left_alone() {
        let size = |w, h, side| {
            shrunk(&DynamicImage::new_rgb8(w, h), side).map(|p| (p.width(), p.height()))
        };
        assert_eq!(size(400, 300, 100), Some((100, 75)));
        assert_eq!(size(300, 400, 100), Some((75, 100)));
        assert_eq!(size(1000, 1, 100), Some((100, 1)));
        assert_eq!(size(100, 100, 100), None);
    }
}
