//! Pictures written down as JPEG.

use image::error::{EncodingError, ImageFormatHint};
use image::{DynamicImage, ImageError, ImageFormat, ImageResult};
use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};

use crate::rendition::on_white;

/// The picture as a JPEG of this quality (1 to 100), as small as that goes: for what is sent. What is transparent
/// stands on white.
pub(crate) fn as_jpeg(pixels: &DynamicImage, quality: u8) -> ImageResult<Vec<u8>> {
    encoded(pixels, quality, true)
}

/// The same a little larger and in less time, for what stays on this computer or is encoded once more.
pub(crate) fn as_jpeg_at_once(pixels: &DynamicImage, quality: u8) -> ImageResult<Vec<u8>> {
    encoded(pixels, quality, false)
}

/// Colours keep all their detail, since networks halve it themselves and letters on a photo would lose their edges
/// twice.
fn encoded(pixels: &DynamicImage, quality: u8, smallest: bool) -> ImageResult<Vec<u8>> {
    let flat;
    let rgb = if let DynamicImage::ImageRgb8(rgb) = pixels {
        rgb
    } else {
        flat = on_white(pixels).into_rgb8();
        &flat
    };
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    Encoder::new(rgb.as_raw(), width, height, PixelFormat::Rgb)
        .quality(quality)
        .subsampling(Subsampling::S444)
        .optimize_huffman(smallest)
        .encode()
        .map_err(|error| {
            let format = ImageFormatHint::Exact(ImageFormat::Jpeg);
            ImageError::Encoding(EncodingError::new(format, error))
        })
}
