//! Pictures for the editor: made from the original by the same code as what is sent, at the size of a
//! screen, quickly enough to follow a hand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageResult};
use model::MediaId;
use model::edit::Operation;

use crate::bound;
use crate::decode;
use crate::edit;
use crate::error::MediaError;
use crate::library::Library;
use crate::rendition::needed;
use scale::shrunk;

/// Longest side of a proof, in pixels: as large as an editor draws.
const SIDE: u32 = 1600;
/// How many small pictures are kept open: that of the editor and some for marks.
const KEPT: usize = 4;
/// Largest picture that a layer is made for, in pixels a side.
pub(crate) const MAX_LAYER_SIDE: u32 = 4096;

/// Small pictures that are kept open, the last used one last.
#[derive(Debug, Default)]
pub(crate) struct Open(Mutex<VecDeque<(MediaId, Arc<DynamicImage>)>>);

impl Open {
    fn get(&self, id: &MediaId) -> Option<Arc<DynamicImage>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == id)?;
        let found = kept.remove(at)?;
        let picture = Arc::clone(&found.1);
        kept.push_back(found);
        Some(picture)
    }

    fn put(&self, id: MediaId, picture: Arc<DynamicImage>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != id);
        kept.push_back((id, picture));
        while kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// Closes all of them.
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// What an operation lays over a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layered {
    /// Pixels from the picture's left edge.
    pub left: i64,
    /// Pixels from its upper edge.
    pub top: i64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Height of the lines of words together, in pixels; 0 of anything else.
    pub lines: u32,
    /// A PNG with what is transparent in it.
    pub png: Vec<u8>,
    /// The family of the font that was used; empty of anything but words, and where no font is
    /// installed.
    pub font: String,
    /// The font that was asked for is not installed.
    pub replaced: bool,
}

/// Names of the font families of this computer, in order.
pub async fn families() -> Result<Vec<String>, MediaError> {
    bound::run("The fonts of this computer".to_owned(), || {
        Ok(edit::families())
    })
    .await
}

impl Library {
    /// A picture with operations done to it at the size of a screen (1600 pixels at most before the
    /// first of them), as a PNG: every pixel is what the program makes of it.
    pub async fn proof(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
    ) -> Result<Vec<u8>, MediaError> {
        let (library, id) = (self.clone(), id.clone());
        bound::run(name.clone(), move || {
            let marks = library.marks(&operations)?;
            let small = library.small(&id, &name)?;
            let pixels = (*small).clone();
            let pixels = edit::edited(pixels, &operations, &|id| marks.find(id))?;
            quick_png(&pixels).map_err(|error| not_encoded(&error, name))
        })
        .await
    }

    /// What words or a mark lay over a picture of this size, in pixels; none of another operation.
    pub async fn layer(
        &self,
        operation: Operation,
        (width, height): (u32, u32),
    ) -> Result<Option<Layered>, MediaError> {
        let (width, height) = (
            width.clamp(1, MAX_LAYER_SIDE),
            height.clamp(1, MAX_LAYER_SIDE),
        );
        let library = self.clone();
        let name = "What lies over the picture".to_owned();
        bound::run(name.clone(), move || {
            let (layer, lines, font, replaced) = match &operation {
                Operation::Words { words } => {
                    let drawn = edit::words_drawn(words, width, height);
                    (drawn.layer, drawn.height, drawn.font, drawn.replaced)
                }
                Operation::Mark { mark } => {
                    let marks = library.marks(std::slice::from_ref(&operation))?;
                    let layer = edit::mark_drawn(mark, width, height, &|id| marks.find(id))?;
                    (layer, 0, String::new(), false)
                }
                _ => return Ok(None),
            };
            let (across, down) = layer.pixels.dimensions();
            let png = quick_png(&DynamicImage::ImageRgba8(layer.pixels));
            Ok(Some(Layered {
                left: layer.left,
                top: layer.top,
                width: across,
                height: down,
                lines,
                png: png.map_err(|error| not_encoded(&error, name))?,
                font,
                replaced,
            }))
        })
        .await
    }

    /// Closes the small pictures that the editor had open.
    pub fn close_proofs(&self) {
        self.open.clear();
    }

    fn small(&self, id: &MediaId, name: &str) -> Result<Arc<DynamicImage>, MediaError> {
        if let Some(open) = self.open.get(id) {
            return Ok(open);
        }
        let bytes = decode::read(&self.find(id)?, name)?;
        let picture = decode::decode_for(name, &bytes, &|size| needed(size, size, SIDE))?;
        let (pixels, _memory) = picture.into_pixels();
        let small = Arc::new(shrunk(&pixels, SIDE).unwrap_or(pixels));
        self.open.put(id.clone(), Arc::clone(&small));
        Ok(small)
    }
}

fn quick_png(pixels: &DynamicImage) -> ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut out, CompressionType::Fast, FilterType::Adaptive);
    pixels.write_with_encoder(encoder)?;
    Ok(out)
}

fn not_encoded(error: &image::ImageError, name: String) -> MediaError {
    tracing::error!(%error, "a picture for the screen could not be encoded");
    MediaError::Fault { name }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
