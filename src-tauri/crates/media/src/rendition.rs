//! What is made from a picture so that a network takes it.

use std::fmt;
use std::path::PathBuf;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageResult, Rgb, RgbImage};
use model::edit::Operation;

use crate::as_jpeg::as_jpeg;
use crate::bound;
use crate::decode::{self, Picture};
use crate::edit::{Find, edited};
use crate::error::MediaError;
use crate::kind::Kind;
use crate::strip::strip;
use scale::shrunk;

/// What a network takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the file.
    pub max_bytes: u64,
    /// Longest side, in pixels.
    pub max_side: u32,
    /// Kinds it takes. JPEG, PNG and WebP can be made; another is only passed on as it is.
    pub formats: Vec<Kind>,
    /// Never pass a file on as it is, even when it fits.
    pub always_reencode: bool,
}

impl Limits {
    /// The limits of a network that takes every kind of picture up to `max_bytes`.
    #[must_use]
    pub fn bytes(max_bytes: u64) -> Self {
        Self {
            max_bytes,
            max_side: u32::MAX,
            formats: vec![Kind::Jpeg, Kind::Png, Kind::Gif, Kind::Webp],
            always_reencode: false,
        }
    }

    /// The same with a longest side, in pixels.
    #[must_use]
    pub fn side(mut self, max_side: u32) -> Self {
        self.max_side = max_side;
        self
    }

    fn take(&self, kind: Kind) -> bool {
        self.formats.contains(&kind)
    }

    /// The longer side that a picture of this size is tried with first.
    fn side_for(&self, width: u32, height: u32) -> u32 {
        let longest = width.max(height);
        let most = self.max_bytes.saturating_mul(PIXELS_PER_BYTE).max(1);
        let over = (u64::from(width) * u64::from(height)) as f64 / most as f64;
        let worth = if over > 1.0 {
            (f64::from(longest) / over.sqrt()) as u32
        } else {
            longest
        };
        worth
            .clamp(LEAST_SIDE, longest.max(LEAST_SIDE))
            .min(self.max_side)
    }
}

/// A picture as a network gets it: within its limits, upright, and without anything that tells
/// where, when, by whom or with what it was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Pixels across, as shown.
    pub width: u32,
    /// Pixels down, as shown.
    pub height: u32,
    /// It has more than one frame.
    pub moving: bool,
    /// It is the file as it was, without its metadata.
    pub untouched: bool,
}

impl Rendition {
    /// The media type, as HTTP wants it.
    #[must_use]
    pub const fn mime(&self) -> &'static str {
        self.kind.mime()
    }
}

impl fmt::Debug for Rendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            bytes,
            kind,
            width,
            height,
            moving,
            untouched: _,
        } = self;
        write!(
            f,
            "Rendition({kind:?}, {} bytes, {width}×{height}, moving {moving})",
            bytes.len()
        )
    }
}

/// Makes the rendition of the picture at `path`, called `name` towards people, off the caller's
/// thread and within a minute. The same file and limits give the same bytes every time.
pub async fn render_for(
    path: PathBuf,
    name: String,
    limits: Limits,
) -> Result<Rendition, MediaError> {
    bound::run(name.clone(), move || {
        let bytes = decode::read(&path, &name)?;
        render(&name, &bytes, &limits)
    })
    .await
}

/// The same for a picture in memory, on the caller's thread (it may take seconds).
///
/// A file that fits is passed on with its pixels untouched. Else it is made again: as PNG when it
/// is transparent, or was lossless, and fits; else as JPEG on white, at the best quality that fits,
/// and smaller only when no fair quality does. A moving picture that does not fit becomes its first
/// frame. What is made has the colours of the web (sRGB).
pub fn render(name: &str, bytes: &[u8], limits: &Limits) -> Result<Rendition, MediaError> {
    fitted(name, bytes, &[], limits, &|id| {
        Err(MediaError::NotInLibrary { id: id.to_string() })
    })
}

/// The same with a person's edits done to the picture first, all in one go.
pub(crate) fn fitted(
    name: &str,
    bytes: &[u8],
    operations: &[Operation],
    limits: &Limits,
    find: Find<'_>,
) -> Result<Rendition, MediaError> {
    let least = |(width, height): (u32, u32)| {
        let (across, down) = model::edit::size(operations, width, height);
        needed(
            (width, height),
            (across, down),
            limits.side_for(across, down),
        )
    };
    let picture = decode::decode_for(name, bytes, &least)?;
    if operations.is_empty()
        && let Some(as_it_is) = pass(&picture, bytes, limits)
    {
        return Ok(as_it_is);
    }
    let kind = picture.kind;
    let (pixels, _memory) = picture.into_pixels();
    let pixels = edited(pixels, operations, find)?;
    let made = Maker { limits }.make(&pixels, kind).map_err(|error| {
        tracing::error!(%error, "a rendition could not be encoded");
        MediaError::Fault {
            name: name.to_owned(),
        }
    })?;
    made.ok_or_else(|| MediaError::CannotFit {
        name: name.to_owned(),
        limit: limits.max_bytes,
    })
}

/// How many pixels the longer side of a picture of size `whole` needs at least, when what is made of
/// it, of size `part`, is shrunk to `side`. None when nothing is to be gained.
pub(crate) fn needed(whole: (u32, u32), part: (u32, u32), side: u32) -> Option<u32> {
    let (longest, after) = (whole.0.max(whole.1), part.0.max(part.1));
    if after <= side {
        return None;
    }
    let least = (u64::from(longest) * u64::from(side)).div_ceil(u64::from(after));
    Some(least.max(1) as u32)
}

/// The file as it is without its metadata, when it fits, needs no turning, and has the colours of the
/// web. A moving picture keeps its colours: bringing them over would still it.
fn pass(picture: &Picture, bytes: &[u8], limits: &Limits) -> Option<Rendition> {
    let (width, height) = picture.size;
    let kind = picture.kind;
    let made_anew = limits.always_reencode || (picture.remade && !picture.moving);
    if made_anew || width.max(height) > limits.max_side || !limits.take(kind) {
        return None;
    }
    let clean = strip(kind, bytes).ok()?;
    if clean.bytes.len() as u64 > limits.max_bytes {
        return None;
    }
    Some(Rendition {
        bytes: clean.bytes,
        kind,
        width,
        height,
        moving: clean.moving,
        untouched: true,
    })
}

/// JPEG qualities, from the best to the least that still looks fair.
const QUALITIES: [u8; 6] = [92, 88, 84, 80, 75, 70];
/// Shorter than this is no picture any more.
const LEAST_SIDE: u32 = 16;
/// Pixels for each byte allowed: a picture worth sending takes a bit a pixel or more, so a
/// larger one is shrunk at once instead of being encoded for nothing.
const PIXELS_PER_BYTE: u64 = 8;

struct Maker<'a> {
    limits: &'a Limits,
}

impl Maker<'_> {
    /// Makes it of these pixels, which came out of a file of that kind.
    fn make(&self, pixels: &DynamicImage, from: Kind) -> ImageResult<Option<Rendition>> {
        let transparent = pixels.color().has_alpha();
        let lossless = matches!(from, Kind::Png | Kind::Gif);
        if self.limits.take(Kind::Png) && (transparent || lossless) {
            let fitted = shrunk(pixels, self.limits.max_side);
            let fitted = fitted.as_ref().unwrap_or(pixels);
            if let Ok(png) = self.encode(fitted, Kind::Png)? {
                return Ok(Some(png));
            }
        }
        let order = [Kind::Jpeg, Kind::Png, Kind::Webp];
        let Some(kind) = order.into_iter().find(|k| self.limits.take(*k)) else {
            return Ok(None);
        };
        if kind == Kind::Jpeg && transparent {
            return self.shrink_until_it_fits(&on_white(pixels), kind);
        }
        self.shrink_until_it_fits(pixels, kind)
    }

    fn shrink_until_it_fits(
        &self,
        pixels: &DynamicImage,
        kind: Kind,
    ) -> ImageResult<Option<Rendition>> {
        let mut side = self.limits.side_for(pixels.width(), pixels.height());
        loop {
            let smaller = shrunk(pixels, side);
            let too_big = match self.encode(smaller.as_ref().unwrap_or(pixels), kind)? {
                Ok(made) => return Ok(Some(made)),
                Err(bytes) => bytes,
            };
            // Bytes go with the area. A little below what is needed, and never by tiny or huge steps.
            let factor = (self.limits.max_bytes as f64 / too_big as f64).sqrt() * 0.95;
            side = (f64::from(side) * factor.clamp(0.25, 0.9)) as u32;
            if side < LEAST_SIDE {
                return Ok(None);
            }
        }
    }

    /// The picture as `kind` when it fits, else the bytes of the smallest try.
    fn encode(&self, pixels: &DynamicImage, kind: Kind) -> ImageResult<Result<Rendition, u64>> {
        let fits = |bytes: &Vec<u8>| bytes.len() as u64 <= self.limits.max_bytes;
        let finished = |bytes| Rendition {
            bytes,
            kind,
            width: pixels.width(),
            height: pixels.height(),
            moving: false,
            untouched: false,
        };
        if kind != Kind::Jpeg {
            let bytes = lossless(pixels, kind)?;
            return Ok(if fits(&bytes) {
                Ok(finished(bytes))
            } else {
                Err(bytes.len() as u64)
            });
        }
        let [best, .., least] = QUALITIES;
        // Where there is room for half a byte a pixel the best most likely fits; elsewhere the least
        // goes first: when that does not fit, no other needs to be tried.
        let many = u64::from(pixels.width()) * u64::from(pixels.height());
        let roomy = self.limits.max_bytes >= many / 2;
        let mut top = None;
        if roomy {
            let bytes = as_jpeg(pixels, best)?;
            if fits(&bytes) {
                return Ok(Ok(finished(bytes)));
            }
            top = Some(bytes);
        }
        let mut fitting = as_jpeg(pixels, least)?;
        if !fits(&fitting) {
            return Ok(Err(fitting.len() as u64));
        }
        if top.is_none() {
            let bytes = as_jpeg(pixels, best)?;
            if fits(&bytes) {
                return Ok(Ok(finished(bytes)));
            }
        }
        // Between the best, which does not fit, and the least, which does.
        let (mut low, mut high) = (0, QUALITIES.len() - 1);
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            let bytes = as_jpeg(pixels, QUALITIES[middle])?;
            if fits(&bytes) {
                (fitting, high) = (bytes, middle);
            } else {
                low = middle;
            }
        }
        Ok(Ok(finished(fitting)))
    }
}

fn lossless(pixels: &DynamicImage, kind: Kind) -> ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    if kind == Kind::Webp {
        pixels.write_with_encoder(WebPEncoder::new_lossless(&mut out))?;
    } else {
        let (level, filter) = (CompressionType::Default, FilterType::Adaptive);
        pixels.write_with_encoder(PngEncoder::new_with_quality(&mut out, level, filter))?;
    }
    Ok(out)
}

/// The picture on a white ground, without transparency.
pub(crate) fn on_white(pixels: &DynamicImage) -> DynamicImage {
    let rgba = pixels.to_rgba8();
    let flat = RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0.map(u32::from);
        let over = |colour: u32| ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        Rgb([over(red), over(green), over(blue)])
    });
    DynamicImage::ImageRgb8(flat)
}

#[cfg(test)]
#[path = "rendition_tests.rs"]
mod tests;
