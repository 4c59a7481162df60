//! JPEG files: whole, or shrunk while they are opened where only a small picture is wanted.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use libjpeg_turbo_rs::{DecodeLimits, Decoder, Image, JpegError, PixelFormat, ScalingFactor};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Least, Opened, admitted, colour, upright};
use crate::bound::MAX_PIXELS;
use crate::error::MediaError;

/// Longest side of a JPEG, by its standard.
const LONGEST: usize = 65_535;
/// Most passes in which a picture may become sharper: many times what any program writes.
const MAX_SCANS: usize = 100;

/// Opens a JPEG, shrunk on the way where a smaller one is enough.
pub(super) fn open(name: &str, bytes: &[u8], least: Least<'_>) -> Result<Opened, MediaError> {
    let damaged = |detail: String| MediaError::Damaged {
        name: name.to_owned(),
        detail,
    };
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(LONGEST)
        .set_max_height(LONGEST)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder
        .decode_headers()
        .map_err(|error| damaged(error.to_string()))?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let size = (width as u32, height as u32);
    let memory = admitted(name, size, 3)?;
    let inks = matches!(
        decoder.input_colorspace(),
        Some(ColorSpace::CMYK | ColorSpace::YCCK)
    );
    let orientation = decoder.exif().and_then(|e| Orientation::from_exif_chunk(e));
    let icc = decoder.icc_profile();
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    let smaller = shrinking(size, least(upright(size, orientation)));
    let pixels = if inks {
        let made = shrunk(name, bytes, smaller.unwrap_or_default(), PixelFormat::Cmyk)?;
        let printed = printed(made.data, icc.as_deref());
        RgbImage::from_raw(made.width as u32, made.height as u32, printed)
    } else if let Some(scale) = smaller {
        let made = shrunk(name, bytes, scale, PixelFormat::Rgb)?;
        RgbImage::from_raw(made.width as u32, made.height as u32, made.data)
    } else {
        let many = decoder.output_buffer_size().unwrap_or_default();
        let mut out = vec![0; many];
        decoder
            .decode_into(&mut out)
            .map_err(|error| damaged(error.to_string()))?;
        RgbImage::from_raw(size.0, size.1, out)
    };
    let pixels = pixels.ok_or_else(|| damaged("fewer pixels than its size says".to_owned()))?;
    Ok(Opened {
        pixels: DynamicImage::ImageRgb8(pixels),
        size,
        orientation,
        profile: icc.filter(|_| !inks).and_then(|icc| colour::foreign(&icc)),
        remade: inks,
        memory,
    })
}

/// Opens it with the decoder that shrinks on the way and knows inks. It reads the size for itself, and a file may
/// tell two: so its memory is bounded by the pixels it may have here as well.
fn shrunk(
    name: &str,
    bytes: &[u8],
    scale: ScalingFactor,
    format: PixelFormat,
) -> Result<Image, MediaError> {
    let refused = |error: JpegError| match error {
        JpegError::UnexpectedEof => MediaError::Truncated {
            name: name.to_owned(),
        },
        other => MediaError::Damaged {
            name: name.to_owned(),
            detail: other.to_string(),
        },
    };
    let limits = DecodeLimits {
        max_width: LONGEST,
        max_height: LONGEST,
        max_pixels: MAX_PIXELS,
        max_scans: MAX_SCANS,
        ..DecodeLimits::default()
    };
    let mut decoder = Decoder::new_with_limits(bytes, limits).map_err(refused)?;
    decoder.set_output_format(format);
    decoder.set_scale(scale);
    decoder.decode_image().map_err(refused)
}

/// The colours of the web for inks, which are written down as what they leave of the paper's white, as Adobe does.
fn printed(mut inks: Vec<u8>, icc: Option<&[u8]>) -> Vec<u8> {
    for ink in &mut inks {
        *ink = u8::MAX - *ink;
    }
    colour::inks_to_web(&inks, icc.and_then(colour::of_inks).as_ref())
}

/// By how much it is shrunk while it is opened: as far as leaves `least` pixels on its longer side, by what the
/// decoder is quick at (a quarter takes it longer than three eighths). None where opening it whole and shrinking it
/// then is as fast.
fn shrinking((width, height): (u32, u32), least: Option<u32>) -> Option<ScalingFactor> {
    let (longest, least) = (width.max(height) as usize, least? as usize);
    let factors = [(1, 8), (3, 8)].into_iter();
    factors
        .filter_map(|(num, denom)| ScalingFactor::try_new(num, denom).ok())
        .find(|factor| factor.scale_dim(longest) >= least)
}

#[cfg(test)]
#[path = "jpeg_tests.rs"]
mod tests;
