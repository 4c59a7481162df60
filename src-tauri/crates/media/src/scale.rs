//! Sizes.

use image::DynamicImage;
use image::imageops::FilterType;

/// The picture shrunk so that neither side is longer than `side`; never enlarged. None when it
/// fits as it is.
pub(crate) fn shrunk(pixels: &DynamicImage, side: u32) -> Option<DynamicImage> {
    let (width, height) = (pixels.width(), pixels.height());
    let longest = width.max(height);
    if longest <= side {
        return None;
    }
    let of = |n: u32| {
        let exact = u64::from(n) * u64::from(side);
        // Rounded to the nearest; a very long strip keeps one pixel of its short side.
        ((exact + u64::from(longest) / 2) / u64::from(longest)).max(1) as u32
    };
    Some(pixels.resize_exact(of(width), of(height), FilterType::Lanczos3))
}

#[cfg(test)]
mod tests {
    use super::*;

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
