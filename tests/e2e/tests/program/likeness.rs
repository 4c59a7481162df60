//! Whether two pictures show the same.

use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView};

/// How far two pictures differ, in a channel of a pixel.
#[derive(Debug)]
pub struct Apart {
    /// On average.
    pub mean: f64,
    /// On average in the tile where they differ most: a word that lies elsewhere is lost in the mean of a
    /// whole picture.
    pub worst: f64,
}

impl Apart {
    /// As close as two ways of scaling and one of encoding leave them.
    pub fn same(&self) -> bool {
        self.mean < MEAN && self.worst < WORST
    }
}

/// Side of a tile in pixels.
const TILE: u32 = 16;
/// Most that pictures which are the same differ by.
const MEAN: f64 = 4.0;
const WORST: f64 = 30.0;

/// Compares two pictures, the second brought to the size of the first.
pub fn apart(one: &DynamicImage, other: &DynamicImage) -> Apart {
    let (width, height) = one.dimensions();
    let other = other.resize_exact(width, height, FilterType::Triangle);
    let (one, other) = (one.to_rgb8(), other.to_rgb8());
    let mean = |left: u32, top: u32, across: u32, down: u32| {
        let mut sum = 0_u64;
        for y in top..top + down {
            for x in left..left + across {
                let pair = one
                    .get_pixel(x, y)
                    .0
                    .into_iter()
                    .zip(other.get_pixel(x, y).0);
                sum += pair.map(|(a, b)| u64::from(a.abs_diff(b))).sum::<u64>();
            }
        }
        sum as f64 / f64::from(across * down * 3)
    };
    let mut worst = 0.0_f64;
    for top in (0..height).step_by(TILE as usize) {
        for left in (0..width).step_by(TILE as usize) {
            let (across, down) = (TILE.min(width - left), TILE.min(height - top));
            worst = worst.max(mean(left, top, across, down));
        }
    }
    Apart {
        mean: mean(0, 0, width, height),
        worst,
    }
}
