//! Pictures as AV1 decodes them, in planes of brightness and colour, as red, green and blue.

use image::{RgbImage, RgbaImage};
use re_rav1d::dav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{Picture, PixelLayout, PlanarImageComponent};

/// One plane of a picture.
struct Plane {
    bytes: re_rav1d::dav1d::Plane,
    stride: usize,
    wide: bool,
    /// How far a sample is shifted to have eight bits.
    shift: u32,
    /// How much coarser than the picture it is, as shifts across and down.
    coarse: (u32, u32),
}

impl Plane {
    fn of(picture: &Picture, which: PlanarImageComponent) -> Self {
        let depth = picture.bit_depth().clamp(8, 16) as u32;
        let coarse = match (picture.pixel_layout(), which) {
            (_, PlanarImageComponent::Y) | (PixelLayout::I444 | PixelLayout::I400, _) => (0, 0),
            (PixelLayout::I422, _) => (1, 0),
            (PixelLayout::I420, _) => (1, 1),
        };
        Self {
            bytes: picture.plane(which),
            stride: picture.stride(which) as usize,
            wide: depth > 8,
            shift: depth - 8,
            coarse,
        }
    }

    /// A sample, in 256ths of the eight-bit scale's steps rounded down to eight bits.
    fn at(&self, x: u32, y: u32) -> f32 {
        let (x, y) = ((x >> self.coarse.0) as usize, (y >> self.coarse.1) as usize);
        let read = |at: usize| self.bytes.get(at).copied().unwrap_or_default();
        if self.wide {
            let at = y * self.stride + x * 2;
            let value = u16::from_le_bytes([read(at), read(at + 1)]);
            f32::from(value) / (1_u32 << self.shift) as f32
        } else {
            f32::from(read(y * self.stride + x))
        }
    }
}

/// How brightness and colour differences become red, green and blue (ITU-T H.273, table 4).
struct Recipe {
    red: f32,
    blue: f32,
    floor: f32,
    light: f32,
    colour: f32,
}

impl Recipe {
    fn of(picture: &Picture) -> Self {
        let (red, blue) = match picture.matrix_coefficients() {
            MatrixCoefficients::BT709 => (0.2126, 0.0722),
            MatrixCoefficients::BT2020NonConstantLuminance
            | MatrixCoefficients::BT2020ConstantLuminance => (0.2627, 0.0593),
            // What is not said is taken as the older one, as browsers do.
            _ => (0.299, 0.114),
        };
        let (floor, light, colour) = match picture.color_range() {
            YUVRange::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
            YUVRange::Full => (0.0, 1.0, 1.0),
        };
        Self {
            red,
            blue,
            floor,
            light,
            colour,
        }
    }

    fn rgb(&self, y: f32, u: f32, v: f32) -> [u8; 3] {
        let y = (y - self.floor) * self.light;
        let (u, v) = ((u - 128.0) * self.colour, (v - 128.0) * self.colour);
        let red = y + 2.0 * (1.0 - self.red) * v;
        let blue = y + 2.0 * (1.0 - self.blue) * u;
        let green = (y - self.red * red - self.blue * blue) / (1.0 - self.red - self.blue);
        [red, green, blue].map(whole)
    }
}

fn whole(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// The picture in red, green and blue.
pub(super) fn rgb(picture: &Picture) -> Result<RgbImage, String> {
    let recipe = Recipe::of(picture);
    let (width, height) = (picture.width(), picture.height());
    let light = Plane::of(picture, PlanarImageComponent::Y);
    if picture.pixel_layout() == PixelLayout::I400 {
        return Ok(RgbImage::from_fn(width, height, |x, y| {
            let grey = whole((light.at(x, y) - recipe.floor) * recipe.light);
            image::Rgb([grey; 3])
        }));
    }
    let first = Plane::of(picture, PlanarImageComponent::U);
    let second = Plane::of(picture, PlanarImageComponent::V);
    if picture.matrix_coefficients() == MatrixCoefficients::Identity {
        if picture.pixel_layout() != PixelLayout::I444 {
            return Err("colours of a kind that its layout cannot have".to_owned());
        }
        // Green, blue and red take the places of the three.
        return Ok(RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([second.at(x, y), light.at(x, y), first.at(x, y)].map(whole))
        }));
    }
    Ok(RgbImage::from_fn(width, height, |x, y| {
        image::Rgb(recipe.rgb(light.at(x, y), first.at(x, y), second.at(x, y)))
    }))
}

/// How much of each pixel is there.
pub(super) fn cover(alpha: &Picture) -> Vec<u8> {
    let recipe = Recipe::of(alpha);
    let light = Plane::of(alpha, PlanarImageComponent::Y);
    let lines = 0..alpha.height();
    let places = lines.flat_map(|y| (0..alpha.width()).map(move |x| (x, y)));
    places
        .map(|(x, y)| whole((light.at(x, y) - recipe.floor) * recipe.light))
        .collect()
}

/// The picture with so much of each pixel.
pub(super) fn with_cover(rgb: &RgbImage, cover: &[u8]) -> RgbaImage {
    let pixels = rgb.pixels().zip(cover);
    let samples = pixels.flat_map(|(pixel, cover)| {
        let [red, green, blue] = pixel.0;
        [red, green, blue, *cover]
    });
    let mut out = RgbaImage::new(rgb.width(), rgb.height());
    for (to, from) in out.iter_mut().zip(samples) {
        *to = from;
    }
    out
}
