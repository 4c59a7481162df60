//! Opens a picture within limits and turns it the way the camera says.

mod answer;
mod avif;
mod colour;
mod heic;
mod jpeg;
mod planes;
mod tiles;

pub(crate) use answer::PICTURE;

use std::fs::File;
use std::io::{Cursor, ErrorKind, Read};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use moxcms::ColorProfile;

use crate::bound::{MAX_DECODE_MEMORY, MAX_PICTURE_BYTES, MAX_PIXELS, Memory};
use crate::error::MediaError;
use crate::kind::Kind;
use crate::strip;

/// A picture that was opened.
pub(crate) struct Picture {
    /// What the file was.
    pub kind: Kind,
    /// Its first frame, upright and in the colours of the web (sRGB): RGB with 8 bits a channel, or
    /// RGBA when some of it is transparent. Smaller than the picture where that was enough.
    pub pixels: DynamicImage,
    /// The picture's own size in pixels, upright.
    pub size: (u32, u32),
    /// The pixels in the file lie otherwise than they are shown, or have other colours.
    pub remade: bool,
    /// It has more than one frame; of a file whose structure is odd, and of AVIF and HEIC, that is not known.
    pub moving: bool,
    /// What it takes of the memory for open pictures.
    memory: Memory,
}

impl Picture {
    /// Its pixels alone, with the memory they take until they are gone.
    pub fn into_pixels(self) -> (DynamicImage, Memory) {
        (self.pixels, self.memory)
    }
}

/// A picture as its format's decoder left it.
struct Opened {
    pixels: DynamicImage,
    /// The size the file says, which is larger where it was shrunk on the way.
    size: (u32, u32),
    orientation: Orientation,
    /// Colours other than the web's.
    profile: Option<ColorProfile>,
    /// Its format or colours are not what a network takes.
    remade: bool,
    memory: Memory,
}

/// Reads a whole picture file, refusing what is no picture or too big before it is in memory.
pub(crate) fn read(path: &Path, name: &str) -> Result<Vec<u8>, MediaError> {
    let file = open(path, name)?;
    let bytes = file.metadata().map_err(|e| MediaError::io(name, e))?.len();
    let limit = MAX_PICTURE_BYTES;
    let too_big = |bytes| MediaError::TooBig {
        name: name.to_owned(),
        bytes,
        limit,
    };
    if bytes > limit {
        return Err(too_big(bytes));
    }
    let mut out = Vec::with_capacity(bytes as usize);
    // The file may grow while it is read.
    file.take(limit + 1)
        .read_to_end(&mut out)
        .map_err(|e| MediaError::io(name, e))?;
    if out.len() as u64 > limit {
        Err(too_big(out.len() as u64))
    } else {
        Ok(out)
    }
}

/// Opens an ordinary file. A pipe or device would block for ever or never end.
pub(crate) fn open(path: &Path, name: &str) -> Result<File, MediaError> {
    let about = std::fs::metadata(path).map_err(|e| MediaError::io(name, e))?;
    if !about.is_file() {
        let what = if about.is_dir() {
            "it is a folder"
        } else {
            "it is not an ordinary file"
        };
        return Err(MediaError::Unsupported {
            name: name.to_owned(),
            what: what.to_owned(),
        });
    }
    File::open(path).map_err(|e| MediaError::io(name, e))
}

/// Opens the picture in `bytes` completely, within the limits of this crate.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<Picture, MediaError> {
    decode_for(name, bytes, &|_| None)
}

/// How many pixels on its longer side are enough of a picture of this upright size; none when all of
/// it is wanted.
pub(crate) type Least<'a> = &'a dyn Fn((u32, u32)) -> Option<u32>;

/// The same where a smaller picture may be enough.
pub(crate) fn decode_for(
    name: &str,
    bytes: &[u8],
    least: Least<'_>,
) -> Result<Picture, MediaError> {
    let kind = Kind::sniff(name, bytes)?;
    let moving = match strip::moves(kind, bytes) {
        Ok(moving) => moving,
        // The JPEG decoder paints what is missing grey without a word.
        Err(strip::Flaw::Ends) => {
            return Err(MediaError::Truncated {
                name: name.to_owned(),
            });
        }
        Err(strip::Flaw::TooMany) => {
            return Err(MediaError::TooManyFrames {
                name: name.to_owned(),
            });
        }
        Err(strip::Flaw::Odd) => false,
    };
    let opened = match kind {
        Kind::Jpeg => jpeg::open(name, bytes, least),
        Kind::Png => by_library(name, bytes, ImageFormat::Png),
        Kind::Gif => by_library(name, bytes, ImageFormat::Gif),
        Kind::Webp => by_library(name, bytes, ImageFormat::WebP),
        Kind::Avif => avif::open(name, bytes),
        Kind::Heic => heic::as_jpeg(name, bytes).and_then(|jpeg| {
            let opened = jpeg::open(name, &jpeg, least)?;
            // The program has turned it already.
            let orientation = Orientation::NoTransforms;
            Ok(Opened {
                orientation,
                remade: true,
                ..opened
            })
        }),
        Kind::Mp4 | Kind::Mov | Kind::Webm | Kind::Pdf => Err(MediaError::NotAPicture {
            name: name.to_owned(),
        }),
    }?;
    Ok(finished(kind, opened, moving))
}

fn finished(kind: Kind, opened: Opened, moving: bool) -> Picture {
    let Opened {
        pixels,
        size,
        orientation,
        profile,
        remade,
        memory,
    } = opened;
    let mut pixels = eight_bits(pixels);
    let foreign = profile.is_some();
    if let Some(profile) = profile {
        pixels = colour::to_web(pixels, &profile);
    }
    pixels.apply_orientation(orientation);
    Picture {
        kind,
        pixels,
        size: upright(size, orientation),
        remade: remade || foreign || orientation != Orientation::NoTransforms,
        moving,
        memory,
    }
}

/// The size of a picture as it is shown.
fn upright((width, height): (u32, u32), orientation: Orientation) -> (u32, u32) {
    let on_its_side = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    if on_its_side {
        (height, width)
    } else {
        (width, height)
    }
}

/// Whether a picture of this size may be opened, with the memory it takes.
fn admitted(name: &str, size: (u32, u32), channels: u64) -> Result<Memory, MediaError> {
    room(name, size, channels).map(Memory::take)
}

/// How many bytes a picture of this size takes, where it may be opened: its own at `channels` bytes a pixel, and as
/// much again for what is made of it.
fn room(name: &str, (width, height): (u32, u32), channels: u64) -> Result<u64, MediaError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MAX_PIXELS {
        return Err(MediaError::TooManyPixels {
            name: name.to_owned(),
            width,
            height,
        });
    }
    Ok(pixels * channels * 2)
}

/// Opens a picture of the formats that the library for pictures decodes itself.
fn by_library(name: &str, bytes: &[u8], format: ImageFormat) -> Result<Opened, MediaError> {
    let damaged = |error| refused(name, error);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODE_MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let too_many = || MediaError::TooManyPixels {
        name: name.to_owned(),
        width,
        height,
    };
    if decoder.total_bytes() > MAX_DECODE_MEMORY {
        return Err(too_many());
    }
    let memory = admitted(name, (width, height), 4)?;
    decoder.set_limits(limits).map_err(|_| too_many())?;
    // A broken orientation or profile must not cost the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile().ok().flatten();
    let profile = match format {
        ImageFormat::Png => colour::of_png(bytes, icc.as_deref()),
        _ => icc.and_then(|icc| colour::foreign(&icc)),
    };
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| match error {
        ImageError::Limits(_) => too_many(),
        other => refused(name, other),
    })?;
    Ok(Opened {
        pixels,
        size: (width, height),
        orientation,
        profile,
        remade: false,
        memory,
    })
}

fn refused(name: &str, error: ImageError) -> MediaError {
    let name = name.to_owned();
    match error {
        ImageError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => {
            MediaError::Truncated { name }
        }
        other => MediaError::Damaged {
            name,
            detail: other.to_string(),
        },
    }
}

/// Eight bits a channel; an alpha channel that hides nothing is dropped.
fn eight_bits(pixels: DynamicImage) -> DynamicImage {
    if let DynamicImage::ImageRgb8(_) = pixels {
        return pixels;
    }
    if !pixels.color().has_alpha() {
        return DynamicImage::ImageRgb8(pixels.into_rgb8());
    }
    let rgba = pixels.into_rgba8();
    if rgba.pixels().all(|p| p.0[3] == u8::MAX) {
        DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(rgba).into_rgb8())
    } else {
        DynamicImage::ImageRgba8(rgba)
    }
}
