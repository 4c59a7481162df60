//! A layer: what is laid over a picture, as large as it has to be. The screen lays the same layer over
//! the picture it shows, so that both look alike.

use image::{DynamicImage, RgbaImage};

/// Something drawn, and where it lies.
pub(crate) struct Layer {
    /// Pixels from the picture's left edge; less than nothing where it begins outside.
    pub left: i64,
    /// Pixels from the picture's upper edge.
    pub top: i64,
    /// What is drawn; colours are not multiplied by how much they cover.
    pub pixels: RgbaImage,
}

/// Part of a picture, in its pixels; ends are exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// Left edge.
    pub left: i64,
    /// Upper edge.
    pub top: i64,
    /// Right edge.
    pub right: i64,
    /// Lower edge.
    pub bottom: i64,
}

impl Frame {
    /// What of it lies within a picture of this size; never less than one pixel.
    pub fn within(self, width: u32, height: u32) -> Self {
        let (width, height) = (i64::from(width), i64::from(height));
        let left = self.left.clamp(0, width - 1);
        let top = self.top.clamp(0, height - 1);
        Self {
            left,
            top,
            right: self.right.clamp(left + 1, width),
            bottom: self.bottom.clamp(top + 1, height),
        }
    }

    /// Its width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        let of = |from: i64, to: i64| u32::try_from(to - from).unwrap_or(1);
        (of(self.left, self.right), of(self.top, self.bottom))
    }

    /// Whether the two share a pixel.
    pub fn meets(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// A colour over another by how much it covers: the usual "over" of straight colours.
pub(super) fn over(below: [u8; 4], above: [u8; 4]) -> [u8; 4] {
    let cover = u32::from(above[3]);
    if cover == 0 {
        return below;
    }
    // How much both cover together, times 255.
    let whole = cover * 255 + u32::from(below[3]) * (255 - cover);
    let mix = |n: usize| {
        let of_above = u32::from(above[n]) * cover * 255;
        let of_below = u32::from(below[n]) * u32::from(below[3]) * (255 - cover);
        ((of_above + of_below + whole / 2) / whole.max(1)) as u8
    };
    [mix(0), mix(1), mix(2), ((whole + 127) / 255) as u8]
}

/// Lays it over a picture.
pub(crate) fn lay(pixels: DynamicImage, layer: &Layer) -> DynamicImage {
    let (width, height) = (i64::from(pixels.width()), i64::from(pixels.height()));
    let covered = layer.pixels.enumerate_pixels().filter_map(|(x, y, pixel)| {
        let (x, y) = (layer.left + i64::from(x), layer.top + i64::from(y));
        let inside = pixel.0[3] > 0 && (0..width).contains(&x) && (0..height).contains(&y);
        inside.then_some((x as u32, y as u32, pixel.0))
    });
    match pixels {
        DynamicImage::ImageRgb8(mut rgb) => {
            for (x, y, above) in covered {
                let below = rgb.get_pixel_mut(x, y);
                let [red, green, blue] = below.0;
                let [red, green, blue, _] = over([red, green, blue, u8::MAX], above);
                below.0 = [red, green, blue];
            }
            rgb.into()
        }
        other => {
            let mut rgba = other.into_rgba8();
            for (x, y, above) in covered {
                let below = rgba.get_pixel_mut(x, y);
                below.0 = over(below.0, above);
            }
            rgba.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba};

    use super::*;

    #[test]
    fn colours_cover_by_their_strength() {
        let grey = [100, 100, 100, 255];
        assert_eq!(over(grey, [200, 0, 0, 0]), grey);
        assert_eq!(over(grey, [200, 0, 0, 255]), [200, 0, 0, 255]);
        assert_eq!(over(grey, [200, 0, 0, 51]), [120, 80, 80, 255]);
        assert_eq!(over([0; 4], [10, 20, 30, 77]), [10, 20, 30, 77]);
    }

    #[test]
    fn what_lies_outside_is_cut() {
        let layer = Layer {
            left: -1,
            top: 1,
            pixels: RgbaImage::from_pixel(2, 9, Rgba([255, 0, 0, 255])),
        };
        let made = lay(RgbImage::new(2, 2).into(), &layer).into_rgb8();
        assert_eq!(*made.get_pixel(0, 1), Rgb([255, 0, 0]));
        for (x, y) in [(0, 0), (1, 0), (1, 1)] {
            assert_eq!(*made.get_pixel(x, y), Rgb([0, 0, 0]));
        }
    }

    #[test]
    fn a_frame_stays_within_the_picture() {
        let frame = Frame {
            left: -5,
            top: 90,
            right: 300,
            bottom: 95,
        };
        let inside = frame.within(100, 50);
        assert_eq!(inside.size(), (100, 1));
        assert!(inside.meets(inside));
    }
}
