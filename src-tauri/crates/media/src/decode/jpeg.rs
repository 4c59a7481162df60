//! JPEG files: whole, or shrunk while they are opened where only a small picture is wanted.

use std::io::ErrorKind;

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use jpeg_decoder::PixelFormat;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Least, Opened, admitted, colour, upright};
use crate::bound::MAX_DECODE_MEMORY;
use crate::error::MediaError;

/// Longest side of a JPEG, by its standard.
const LONGEST: usize = 65_535;

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
    let small = least(upright(size, orientation)).filter(|least| size.0.max(size.1) / 2 >= *least);
    let pixels = if inks || small.is_some() {
        let profile = icc.as_deref().filter(|_| inks);
        shrunk(name, bytes, size, small, profile)?
    } else {
        let many = decoder.output_buffer_size().unwrap_or_default();
        let mut out = vec![0; many];
        decoder
            .decode_into(&mut out)
            .map_err(|error| damaged(error.to_string()))?;
        RgbImage::from_raw(size.0, size.1, out)
            .ok_or_else(|| damaged("fewer pixels than its size says".to_owned()))?
    };
    Ok(Opened {
        pixels: DynamicImage::ImageRgb8(pixels),
        size,
        orientation,
        profile: icc.filter(|_| !inks).and_then(|icc| colour::foreign(&icc)),
        remade: inks,
        memory,
    })
}

/// Opens it with the decoder that shrinks on the way and knows inks.
fn shrunk(
    name: &str,
    bytes: &[u8],
    (width, height): (u32, u32),
    least: Option<u32>,
    inks: Option<&[u8]>,
) -> Result<RgbImage, MediaError> {
    let refused = |error: jpeg_decoder::Error| match error {
        jpeg_decoder::Error::Io(e) if e.kind() == ErrorKind::UnexpectedEof => {
            MediaError::Truncated {
                name: name.to_owned(),
            }
        }
        other => MediaError::Damaged {
            name: name.to_owned(),
            detail: other.to_string(),
        },
    };
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(MAX_DECODE_MEMORY as usize);
    if let Some(least) = least {
        let longest = u64::from(width.max(height).max(1));
        let of = |n: u32| (u64::from(n) * u64::from(least)).div_ceil(longest).max(1) as u16;
        decoder.scale(of(width), of(height)).map_err(refused)?;
    }
    let pixels = decoder.decode().map_err(refused)?;
    let Some(about) = decoder.info() else {
        return Err(MediaError::Fault {
            name: name.to_owned(),
        });
    };
    let rgb = match about.pixel_format {
        PixelFormat::RGB24 => pixels,
        PixelFormat::L8 => pixels.into_iter().flat_map(|l| [l; 3]).collect(),
        PixelFormat::L16 => {
            let high = |pair: &[u8]| u16::from_ne_bytes([pair[0], pair[1]]).to_be_bytes()[0];
            pixels.chunks_exact(2).flat_map(|p| [high(p); 3]).collect()
        }
        PixelFormat::CMYK32 => {
            let profile = inks.and_then(colour::of_inks);
            colour::inks_to_web(&pixels, profile.as_ref())
        }
    };
    let (width, height) = (u32::from(about.width), u32::from(about.height));
    RgbImage::from_raw(width, height, rgb).ok_or_else(|| MediaError::Damaged {
        name: name.to_owned(),
        detail: "fewer pixels than its size says".to_owned(),
    })
}
