//! Small pictures for chips, cards and strips.

use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageResult};

use crate::as_jpeg::as_jpeg_at_once;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::rendition::needed;
use scale::shrunk;

/// Longest side of a thumbnail, in pixels.
pub(crate) const SIDE: u32 = 256;
const QUALITY: u8 = 80;

/// The kinds a thumbnail may have: PNG when some of it is transparent.
pub(crate) const KINDS: [Kind; 2] = [Kind::Jpeg, Kind::Png];

/// How large a picture of this size has to be opened for its thumbnail.
pub(crate) fn enough((width, height): (u32, u32)) -> Option<u32> {
    needed((width, height), (width, height), SIDE)
}

/// Makes the thumbnail of an upright picture.
pub(crate) fn make(name: &str, pixels: &DynamicImage) -> Result<(Kind, Vec<u8>), MediaError> {
    let small = shrunk(pixels, SIDE);
    let small = small.as_ref().unwrap_or(pixels);
    let kind = if small.color().has_alpha() {
        Kind::Png
    } else {
        Kind::Jpeg
    };
    encode(small, kind).map_or_else(
        |error| {
            tracing::error!(%error, "a thumbnail could not be encoded");
            Err(MediaError::Fault {
                name: name.to_owned(),
            })
        },
        |bytes| Ok((kind, bytes)),
    )
}

fn encode(pixels: &DynamicImage, kind: Kind) -> ImageResult<Vec<u8>> {
    if kind != Kind::Png {
        return as_jpeg_at_once(pixels, QUALITY);
    }
    let mut out = Vec::new();
    pixels.write_with_encoder(PngEncoder::new(&mut out))?;
    Ok(out)
}
