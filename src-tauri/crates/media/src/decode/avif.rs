//! AVIF files: the container by Mozilla's parser, and the picture, or each of its tiles, by a port of dav1d.

use std::io::Read;

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use moxcms::ColorProfile;
use mp4parse::{AvifContext, Feature, ImageRotation, ParseStrictness, read_avif};
use re_rav1d::dav1d::pixel::ColorPrimaries;
use re_rav1d::dav1d::{Decoder, Picture, Settings};

use super::planes::{cover, rgb, with_cover};
use super::tiles::{self, Tiles};
use super::{Opened, answer, colour, room};
use crate::apart;
use crate::bound::{MAX_PIXELS, Memory};
use crate::error::MediaError;

/// Bytes that a pixel takes while it is opened: a frame with up to sixteen bits a sample, and the colours made
/// of it.
const CHANNELS: u64 = 8;

/// How many times as large as the file that is which is known of it while it is opened: the parser copies the data
/// that are in it and puts together those of the picture and of what shines through it, and what describes them is
/// there once more.
const COPIES: u64 = 4;

/// Opens an AVIF. Nothing of it is decoded before there is room for as many pixels as it says it has, and more
/// than those are not decoded.
pub(super) fn open(name: &str, bytes: &[u8]) -> Result<Opened, MediaError> {
    let damaged = |detail: String| MediaError::Damaged {
        name: name.to_owned(),
        detail,
    };
    let told = told_size(bytes);
    let for_pixels = match told {
        Some(size) => room(name, size, CHANNELS)?,
        None => MAX_PIXELS * CHANNELS * 2,
    };
    // All at once: whoever holds one part and waits for another may wait for ever.
    let mut memory = Memory::take(for_pixels + bytes.len() as u64 * COPIES);
    let file = Inside::read(bytes).map_err(damaged)?;
    if file.made != Made::Known {
        return Err(no_picture(file.made, name));
    }
    let most = told.map_or(MAX_PIXELS, area);
    let (pixels, profile) = match elsewhere(name, bytes, most)? {
        Some(pixels) => (pixels, None),
        None => shown(&file, bytes, most).map_err(damaged)?,
    };
    let orientation = orientation(&file.about, bytes);
    drop(file);
    memory.keep(for_pixels);
    Ok(Opened {
        size: (pixels.width(), pixels.height()),
        pixels,
        orientation,
        profile,
        remade: true,
        memory,
    })
}

/// What is known of a file before its picture is opened.
struct Inside {
    about: AvifContext,
    /// Where its picture is put together of tiles.
    tiles: Option<Tiles>,
    made: Made,
}

/// How the picture of a file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    /// In a way that is read here.
    Known,
    /// Of tiles, in another way.
    OtherTiles,
    /// There is none.
    Not,
}

impl Inside {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        if !tiles::is_bounded(bytes) {
            return Err("more in it than a file of its size holds".to_owned());
        }
        let mut from = bytes;
        let about = parsed(&mut from)?;
        let coded = about.primary_item_coded_data().is_some();
        let of_tiles = about.unsupported_features.contains(Feature::Grid);
        let made = match (coded, of_tiles) {
            (true, _) => Made::Known,
            (false, true) => Made::OtherTiles,
            (false, false) => Made::Not,
        };
        if made != Made::OtherTiles {
            let tiles = None;
            return Ok(Self { about, tiles, made });
        }
        // The parser does not lead to tiles; it tells of a picture of them what it tells of others.
        let Some((mut tiles, as_one)) = tiles::read(bytes) else {
            let tiles = None;
            return Ok(Self { about, tiles, made });
        };
        // It holds a copy of the data, and so will the next.
        drop(about);
        let about = parsed(&mut as_one.reader())?;
        let shines_through = about.alpha_item_is_present();
        if !shines_through {
            tiles.beside.clear();
        }
        // None where something has to be done to it that nobody here knows.
        let coded = about.primary_item_coded_data().is_some();
        let known = coded && tiles.beside.len() == usize::from(shines_through);
        Ok(Self {
            about,
            tiles: Some(tiles),
            made: if known { Made::Known } else { made },
        })
    }
}

fn parsed(from: &mut impl Read) -> Result<AvifContext, String> {
    read_avif(from, ParseStrictness::Permissive).map_err(|e| format!("{e:?}"))
}

/// The picture as a process of its own opened it; none where there is none.
fn elsewhere(name: &str, bytes: &[u8], most: u64) -> Result<Option<DynamicImage>, MediaError> {
    match apart::program() {
        Some(program) => answer::pixels(program, name, bytes, most),
        None => Ok(None),
    }
}

/// The picture of a file as it lies there, in the colours of the web.
pub(super) fn in_web_colours(bytes: &[u8]) -> Result<DynamicImage, String> {
    let file = Inside::read(bytes)?;
    if file.made != Made::Known {
        return Err("no picture that is known here".to_owned());
    }
    let most = told_size(bytes).map_or(MAX_PIXELS, area).min(MAX_PIXELS);
    let (pixels, profile) = shown(&file, bytes, most)?;
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
fn shown(
    file: &Inside,
    bytes: &[u8],
    most: u64,
) -> Result<(DynamicImage, Option<ColorProfile>), String> {
    if let Some(tiles) = &file.tiles {
        return put_together(&file.about, tiles, bytes, most);
    }
    let about = &file.about;
    let coded = about.primary_item_coded_data().unwrap_or_default();
    let picture = frame(coded.to_vec(), most)?;
    let profile = profile(about, &picture);
    let rgb = rgb(&picture)?;
    let size = (picture.width(), picture.height());
    drop(picture);
    let alpha = about.alpha_item_coded_data();
    let alpha = alpha.map(|a| frame(a.to_vec(), most)).transpose()?;
    let pixels = match alpha {
        Some(alpha) if (alpha.width(), alpha.height()) == size => {
            DynamicImage::ImageRgba8(with_cover(&rgb, &cover(&alpha)))
        }
        _ => DynamicImage::ImageRgb8(rgb),
    };
    Ok((pixels, profile))
}

/// The same of tiles. They are opened one after the other, so that no more than one takes room beside the whole.
fn put_together(
    about: &AvifContext,
    tiles: &Tiles,
    bytes: &[u8],
    most: u64,
) -> Result<(DynamicImage, Option<ColorProfile>), String> {
    let mut foreign = None;
    let mut first = true;
    let samples = tiles.laid(&tiles.colours, bytes, 3, most, |data| {
        let tile = frame(data, most)?;
        if std::mem::take(&mut first) {
            foreign = profile(about, &tile);
        }
        Ok(((tile.width(), tile.height()), rgb(&tile)?.into_raw()))
    })?;
    let (width, height) = tiles.colours.size;
    let rgb =
        RgbImage::from_raw(width, height, samples).ok_or("fewer pixels than its size says")?;
    let over = tiles.beside.first();
    let pixels = match over.filter(|over| over.size == tiles.colours.size) {
        Some(over) => {
            let cover = tiles.laid(over, bytes, 1, most, |data| {
                let tile = frame(data, most)?;
                Ok(((tile.width(), tile.height()), cover(&tile)))
            })?;
            DynamicImage::ImageRgba8(with_cover(&rgb, &cover))
        }
        None => DynamicImage::ImageRgb8(rgb),
    };
    Ok((pixels, foreign))
}

/// Some programs put a large picture together of tiles; not every way of that is read.
fn no_picture(made: Made, name: &str) -> MediaError {
    let name = name.to_owned();
    if made == Made::OtherTiles {
        let what = "it is an AVIF put together of tiles in an unusual way; save it as JPEG or PNG";
        let what = what.to_owned();
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
    fn a_picture_of_tiles_is_put_together() {
        let opened = open("a.avif", &crate::testing::tiled_avif((2, 2), (30, 20), 1)).unwrap();
        assert_eq!((opened.size, opened.pixels.width()), ((30, 20), 30));
        assert_eq!(opened.orientation, Orientation::Rotate270);
        let reds = opened.pixels.to_rgb8();
        assert!(
            reds.pixels().all(|p| p.0[0] > 200 && p.0[1] < 60),
            "{reds:?}"
        );
        let away = crate::testing::tiled_avif((2, 2), (60, 20), 0);
        assert!(matches!(
            open("a.avif", &away),
            Err(MediaError::Damaged { .. })
        ));
        let mut odd = crate::testing::tiled_avif((2, 2), (30, 20), 0);
        let at = memchr::memmem::find(&odd, b"dimg").unwrap();
        odd[at..at + 4].copy_from_slice(b"thmb");
        let refused = open("a.avif", &odd).map(|opened| opened.size).unwrap_err();
        assert!(refused.to_string().contains("of tiles"), "{refused}");
    }

    #[test]
    fn tiles_may_shine_through() {
        let opened = open("a.avif", &crate::testing::covered_avif((2, 2), (30, 20))).unwrap();
        assert_eq!(opened.size, (30, 20));
        let DynamicImage::ImageRgba8(pixels) = &opened.pixels else {
            panic!("{:?}", opened.pixels.color());
        };
        // As light as red is, everywhere.
        let cover = pixels.get_pixel(0, 0).0[3];
        assert!((60..100).contains(&cover), "{cover}");
        assert!(pixels.pixels().all(|p| p.0[0] > 200 && p.0[3] == cover));
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
