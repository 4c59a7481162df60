//! Opens a picture within limits and turns it the way the camera says.

use std::fs::File;
use std::io::{Cursor, ErrorKind, Read};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use crate::bound::{MAX_DECODE_MEMORY, MAX_PICTURE_BYTES, MAX_PIXELS};
use crate::error::MediaError;
use crate::kind::Kind;
use crate::strip::{self, Stripped};

/// A picture that was opened completely.
pub(crate) struct Picture {
    /// What the file was.
    pub kind: Kind,
    /// Its first frame, upright: RGB with 8 bits a channel, or RGBA when some of it is transparent.
    pub pixels: DynamicImage,
    /// The file's colour profile, when it describes RGB.
    pub profile: Option<Vec<u8>>,
    /// The pixels in the file lie otherwise than they are shown.
    pub turned: bool,
    /// The same file with nothing but the picture in it; none when its structure is odd.
    pub clean: Option<Stripped>,
}

impl Picture {
    /// Whether it has more than one frame.
    pub fn moving(&self) -> bool {
        self.clean.as_ref().is_some_and(|c| c.moving)
    }
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
    let kind = Kind::sniff(name, bytes)?;
    let format = format_of(kind).ok_or_else(|| MediaError::NotAPicture {
        name: name.to_owned(),
    })?;
    let clean = match strip::strip(kind, bytes) {
        Ok(clean) => Some(clean),
        // The JPEG decoder paints what is missing grey without a word.
        Err(strip::Flaw::Ends) => {
            return Err(MediaError::Truncated {
                name: name.to_owned(),
            });
        }
        Err(strip::Flaw::Odd) => None,
    };
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
    if u64::from(width) * u64::from(height) > MAX_PIXELS
        || decoder.total_bytes() > MAX_DECODE_MEMORY
    {
        return Err(too_many());
    }
    decoder.set_limits(limits).map_err(|_| too_many())?;
    // A broken orientation or profile must not cost the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder
        .icc_profile()
        .ok()
        .flatten()
        .filter(|p| describes_rgb(p));
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| match error {
        ImageError::Limits(_) => too_many(),
        other => refused(name, other),
    })?;
    let mut pixels = eight_bits(pixels);
    pixels.apply_orientation(orientation);
    let turned = orientation != Orientation::NoTransforms;
    Ok(Picture {
        kind,
        pixels,
        profile,
        turned,
        clean,
    })
}

fn format_of(kind: Kind) -> Option<ImageFormat> {
    match kind {
        Kind::Jpeg => Some(ImageFormat::Jpeg),
        Kind::Png => Some(ImageFormat::Png),
        Kind::Gif => Some(ImageFormat::Gif),
        Kind::Webp => Some(ImageFormat::WebP),
        Kind::Mp4 | Kind::Mov | Kind::Webm | Kind::Pdf => None,
    }
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

/// Whether a colour profile is about RGB (bytes 16 to 19 of its header, ICC.1:2022 table 18) and of
/// a usual size. Pixels are always RGB here, so a grey or CMYK profile would be wrong.
fn describes_rgb(profile: &[u8]) -> bool {
    const USUAL: usize = 64 * 1024;
    profile.len() <= USUAL && profile.get(16..20) == Some(b"RGB ")
}
