//! AVIF files: the container by Mozilla's parser, the picture by a port of dav1d, and from there to
//! red, green and blue.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::ColorProfile;
use mp4parse::{AvifContext, Feature, ImageRotation, ParseStrictness, read_avif};
use re_rav1d::dav1d::pixel::{ColorPrimaries, MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

use super::{Opened, admitted, apart, colour};
use crate::bound::{MAX_PIXELS, Memory};
use crate::error::MediaError;

/// Bytes that a pixel takes while it is opened: a frame with up to sixteen bits a sample, and the colours made
/// of it.
const CHANNELS: u64 = 8;

/// Opens an AVIF. Nothing of it is decoded before there is room for as many pixels as it says it has, and more
/// than those are not decoded.
pub(super) fn open(name: &str, bytes: &[u8]) -> Result<Opened, MediaError> {
    let damaged = |detail: String| MediaError::Damaged {
        name: name.to_owned(),
        detail,
    };
    let mut from = bytes;
    let file = read_avif(&mut from, ParseStrictness::Permissive)
        .map_err(|error| damaged(format!("{error:?}")))?;
    if file.primary_item_coded_data().is_none() {
        return Err(no_picture(&file, name));
    }
    let told = told_size(bytes);
    let memory = match told {
        Some(size) => admitted(name, size, CHANNELS)?,
        None => Memory::take(MAX_PIXELS * CHANNELS * 2),
    };
    let most = told.map_or(MAX_PIXELS, area);
    let (pixels, profile) = match elsewhere(name, bytes, most)? {
        Some(pixels) => (pixels, None),
        None => shown(&file, most).map_err(damaged)?,
    };
    Ok(Opened {
        size: (pixels.width(), pixels.height()),
        pixels,
        orientation: orientation(&file, bytes),
        profile,
        remade: true,
        memory,
    })
}

/// The picture as a process of its own opened it; none where there is none.
fn elsewhere(name: &str, bytes: &[u8], most: u64) -> Result<Option<DynamicImage>, MediaError> {
    match apart::program() {
        Some(program) => apart::pixels(program, name, bytes, most),
        None => Ok(None),
    }
}

/// The picture of a file as it lies there, in the colours of the web.
pub(super) fn in_web_colours(bytes: &[u8]) -> Result<DynamicImage, String> {
    let mut from = bytes;
    let file = read_avif(&mut from, ParseStrictness::Permissive);
    let file = file.map_err(|error| format!("{error:?}"))?;
    let most = told_size(bytes).map_or(MAX_PIXELS, area).min(MAX_PIXELS);
    let (pixels, profile) = shown(&file, most)?;
    Ok(match profile {
        Some(profile) => colour::to_web(pixels, &profile),
        None => pixels,
    })
}

fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

/// The largest size that the file gives one of its pictures (HEIF, 6.5.3: a box of twenty bytes); none where it
/// gives none. The parser reads it and does not lead to it.
fn told_size(bytes: &[u8]) -> Option<(u32, u32)> {
    const BOX: &[u8] = b"\0\0\0\x14ispe\0\0\0\0";
    let number = |at: usize| {
        let four = bytes.get(at..at.checked_add(4)?)?;
        four.try_into().ok().map(u32::from_be_bytes)
    };
    memchr::memmem::find_iter(bytes, BOX)
        .filter_map(|at| number(at + BOX.len()).zip(number(at + BOX.len() + 4)))
        .max_by_key(|size| area(*size))
}

/// The picture with at most so many pixels, as it lies in the file, and its colours where they are not those of
/// the web.
fn shown(file: &AvifContext, most: u64) -> Result<(DynamicImage, Option<ColorProfile>), String> {
    let coded = file.primary_item_coded_data().unwrap_or_default();
    let picture = frame(coded.to_vec(), most)?;
    let profile = profile(file, &picture);
    let rgb = rgb(&picture)?;
    let size = (picture.width(), picture.height());
    drop(picture);
    let alpha = file.alpha_item_coded_data();
    let alpha = alpha.map(|a| frame(a.to_vec(), most)).transpose()?;
    let pixels = match alpha {
        Some(alpha) if (alpha.width(), alpha.height()) == size => {
            DynamicImage::ImageRgba8(with_alpha(&rgb, &alpha))
        }
        _ => DynamicImage::ImageRgb8(rgb),
    };
    Ok((pixels, profile))
}

/// Some programs put a large picture together of tiles, which the parser does not lead to.
fn no_picture(file: &AvifContext, name: &str) -> MediaError {
    let name = name.to_owned();
    if file.unsupported_features.contains(Feature::Grid) {
        let what = "it is an AVIF put together of tiles; save it as JPEG or PNG".to_owned();
        return MediaError::Unsupported { name, what };
    }
    let detail = "no picture in it".to_owned();
    MediaError::Damaged { name, detail }
}

/// Which sides of a picture change places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mirrored {
    /// Up and down.
    Upside,
    /// Left and right.
    Sideways,
}

/// What a file says of its picture's mirroring (HEIF, 6.5.12). The parser gives no more than that there is
/// something said, so the nine bytes of the box are looked for; where several say otherwise nothing is done.
fn mirrored(file: &AvifContext, bytes: &[u8]) -> Option<Mirrored> {
    let said = file.image_mirror_ptr().is_ok_and(|said| !said.is_null());
    said.then(|| mirror_box(bytes)).flatten()
}

fn mirror_box(bytes: &[u8]) -> Option<Mirrored> {
    const BOX: &[u8] = b"\0\0\0\x09imir";
    let mut ways = memchr::memmem::find_iter(bytes, BOX)
        .filter_map(|at| bytes.get(at + BOX.len()))
        .map(|way| {
            if way & 1 == 0 {
                Mirrored::Upside
            } else {
                Mirrored::Sideways
            }
        });
    let first = ways.next()?;
    ways.all(|way| way == first).then_some(first)
}

fn orientation(file: &AvifContext, bytes: &[u8]) -> Orientation {
    let rotation = file.image_rotation().unwrap_or(ImageRotation::D0);
    turned(rotation, mirrored(file, bytes))
}

/// Turned first and mirrored then (MIAF, 7.3.6.7). The angle is counter-clockwise (HEIF, 6.5.10).
const fn turned(rotation: ImageRotation, mirrored: Option<Mirrored>) -> Orientation {
    use ImageRotation::{D0, D90, D180, D270};
    use Mirrored::{Sideways, Upside};
    match (rotation, mirrored) {
        (D0, None) => Orientation::NoTransforms,
        (D90, None) => Orientation::Rotate270,
        (D180, None) => Orientation::Rotate180,
        (D270, None) => Orientation::Rotate90,
        (D0, Some(Sideways)) | (D180, Some(Upside)) => Orientation::FlipHorizontal,
        (D0, Some(Upside)) | (D180, Some(Sideways)) => Orientation::FlipVertical,
        (D90, Some(Sideways)) | (D270, Some(Upside)) => Orientation::Rotate270FlipH,
        (D270, Some(Sideways)) | (D90, Some(Upside)) => Orientation::Rotate90FlipH,
    }
}

fn profile(file: &AvifContext, picture: &Picture) -> Option<ColorProfile> {
    if let Some(Ok(icc)) = file.icc_colour_information() {
        return colour::foreign(icc);
    }
    match picture.color_primaries() {
        ColorPrimaries::P3Display => Some(ColorProfile::new_display_p3()),
        ColorPrimaries::BT2020 => Some(ColorProfile::new_bt2020()),
        _ => None,
    }
}

/// The first frame of a stream, with at most so many pixels.
fn frame(coded: Vec<u8>, most: u64) -> Result<Picture, String> {
    let mut settings = Settings::new();
    // Threads of its own would not be bounded by ours.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    // None at all would be no limit.
    settings.set_frame_size_limit(u32::try_from(most).unwrap_or(u32::MAX).max(1));
    let mut decoder = Decoder::with_settings(&settings).map_err(|e| e.to_string())?;
    match decoder.send_data(coded, None, None, None) {
        Ok(()) => {}
        Err(error) if error.is_again() => {}
        Err(error) => return Err(error.to_string()),
    }
    decoder.get_picture().map_err(|error| error.to_string())
}

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

fn rgb(picture: &Picture) -> Result<RgbImage, String> {
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

fn with_alpha(rgb: &RgbImage, alpha: &Picture) -> RgbaImage {
    let recipe = Recipe::of(alpha);
    let cover = Plane::of(alpha, PlanarImageComponent::Y);
    RgbaImage::from_fn(rgb.width(), rgb.height(), |x, y| {
        let [red, green, blue] = rgb.get_pixel(x, y).0;
        let alpha = whole((cover.at(x, y) - recipe.floor) * recipe.light);
        image::Rgba([red, green, blue, alpha])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_and_a_mirror_make_one_orientation() {
        let marks = |image: &RgbImage| -> Vec<u8> { image.pixels().map(|p| p.0[0]).collect() };
        let two_by_one = RgbImage::from_fn(2, 2, |x, y| image::Rgb([(y * 2 + x) as u8; 3]));
        let mut all = std::collections::BTreeSet::new();
        for rotation in [
            ImageRotation::D0,
            ImageRotation::D90,
            ImageRotation::D180,
            ImageRotation::D270,
        ] {
            for way in [Mirrored::Upside, Mirrored::Sideways] {
                let mut is = DynamicImage::ImageRgb8(two_by_one.clone());
                is.apply_orientation(turned(rotation, None));
                is = match way {
                    Mirrored::Upside => is.flipv(),
                    Mirrored::Sideways => is.fliph(),
                };
                let mut at_once = DynamicImage::ImageRgb8(two_by_one.clone());
                at_once.apply_orientation(turned(rotation, Some(way)));
                assert_eq!(marks(&at_once.to_rgb8()), marks(&is.to_rgb8()));
                all.insert(marks(&is.to_rgb8()));
            }
        }
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn no_more_is_decoded_than_there_is_room_for() {
        let sample = crate::testing::avif();
        assert_eq!(told_size(&sample), Some((16, 16)));
        let at = memchr::memmem::find(&sample, b"ispe").unwrap() + 8;
        let says = |width: u32, height: u32| {
            let mut file = sample.clone();
            file[at..at + 4].copy_from_slice(&width.to_be_bytes());
            file[at + 4..at + 8].copy_from_slice(&height.to_be_bytes());
            open("a.avif", &file)
        };
        assert_eq!(says(16, 16).unwrap().size, (16, 16));
        // Told before anything is decoded, and before room is waited for.
        let huge = says(60_000, 60_000);
        assert!(matches!(huge, Err(MediaError::TooManyPixels { .. })));
        let nothing = says(0, 16);
        assert!(matches!(nothing, Err(MediaError::TooManyPixels { .. })));
        let smaller = says(16, 15);
        assert!(matches!(smaller, Err(MediaError::Damaged { .. })));
    }

    #[test]
    fn a_mirror_is_read_where_files_say_one_thing() {
        let one = |way: u8| [&b"....\0\0\0\x09imir"[..], &[way], b"...."].concat();
        assert_eq!(mirror_box(&one(0)), Some(Mirrored::Upside));
        assert_eq!(mirror_box(&one(1)), Some(Mirrored::Sideways));
        assert_eq!(mirror_box(&[one(0), one(1)].concat()), None);
        assert_eq!(mirror_box(b"\0\0\0\x09imir"), None);
        assert_eq!(mirror_box(b""), None);
    }
}
