//! What is made from a picture so that a network takes it.

use std::fmt;
use std::path::PathBuf;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageResult, Rgb, RgbImage};

use crate::bound;
use crate::decode::{self, Picture};
use crate::error::MediaError;
use crate::kind::Kind;
use crate::scale::shrunk;

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
/// frame.
pub fn render(name: &str, bytes: &[u8], limits: &Limits) -> Result<Rendition, MediaError> {
    let picture = decode::decode(name, bytes)?;
    if let Some(as_it_is) = pass(&picture, limits) {
        return Ok(as_it_is);
    }
    let maker = Maker {
        profile: picture.profile.as_deref(),
        limits,
    };
    let made = maker.make(&picture).map_err(|error| {
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

/// The file as it is without its metadata, when it fits and needs no turning.
fn pass(picture: &Picture, limits: &Limits) -> Option<Rendition> {
    let clean = picture.clean.as_ref()?;
    let (width, height) = (picture.pixels.width(), picture.pixels.height());
    let fits = clean.bytes.len() as u64 <= limits.max_bytes
        && width.max(height) <= limits.max_side
        && limits.take(picture.kind);
    if limits.always_reencode || picture.turned || !fits {
        return None;
    }
    Some(Rendition {
        bytes: clean.bytes.clone(),
        kind: picture.kind,
        width,
        height,
        moving: clean.moving,
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
    profile: Option<&'a [u8]>,
    limits: &'a Limits,
}

impl Maker<'_> {
    fn make(&self, picture: &Picture) -> ImageResult<Option<Rendition>> {
        let pixels = &picture.pixels;
        let transparent = pixels.color().has_alpha();
        let lossless = matches!(picture.kind, Kind::Png | Kind::Gif);
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
        let mut side = self.first_side(pixels);
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

    fn first_side(&self, pixels: &DynamicImage) -> u32 {
        let (width, height) = (u64::from(pixels.width()), u64::from(pixels.height()));
        let longest = pixels.width().max(pixels.height());
        let most = self.limits.max_bytes.saturating_mul(PIXELS_PER_BYTE).max(1);
        let over = (width * height) as f64 / most as f64;
        let worth = if over > 1.0 {
            (f64::from(longest) / over.sqrt()) as u32
        } else {
            longest
        };
        worth
            .clamp(LEAST_SIDE, longest.max(LEAST_SIDE))
            .min(self.limits.max_side)
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
        };
        if kind != Kind::Jpeg {
            let bytes = self.lossless(pixels, kind)?;
            return Ok(if fits(&bytes) {
                Ok(finished(bytes))
            } else {
                Err(bytes.len() as u64)
            });
        }
        // The least first: when that does not fit, no other needs to be tried.
        let [best, .., least] = QUALITIES;
        let mut fitting = self.jpeg(pixels, least)?;
        if !fits(&fitting) {
            return Ok(Err(fitting.len() as u64));
        }
        let top = self.jpeg(pixels, best)?;
        if fits(&top) {
            return Ok(Ok(finished(top)));
        }
        // Between the best, which does not fit, and the least, which does.
        let (mut low, mut high) = (0, QUALITIES.len() - 1);
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            let bytes = self.jpeg(pixels, QUALITIES[middle])?;
            if fits(&bytes) {
                (fitting, high) = (bytes, middle);
            } else {
                low = middle;
            }
        }
        Ok(Ok(finished(fitting)))
    }

    fn jpeg(&self, pixels: &DynamicImage, quality: u8) -> ImageResult<Vec<u8>> {
        let mut out = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut out, quality);
        write(pixels, encoder, self.profile)?;
        Ok(out)
    }

    fn lossless(&self, pixels: &DynamicImage, kind: Kind) -> ImageResult<Vec<u8>> {
        let mut out = Vec::new();
        if kind == Kind::Webp {
            write(pixels, WebPEncoder::new_lossless(&mut out), self.profile)?;
        } else {
            let (level, filter) = (CompressionType::Default, FilterType::Adaptive);
            let encoder = PngEncoder::new_with_quality(&mut out, level, filter);
            write(pixels, encoder, self.profile)?;
        }
        Ok(out)
    }
}

/// Writes a picture with its colour profile.
pub(crate) fn write(
    pixels: &DynamicImage,
    mut encoder: impl ImageEncoder,
    profile: Option<&[u8]>,
) -> ImageResult<()> {
    if let Some(profile) = profile {
        // Without it colours are a little off, which is better than no picture.
        if encoder.set_icc_profile(profile.to_vec()).is_err() {
            tracing::debug!("this format takes no colour profile");
        }
    }
    pixels.write_with_encoder(encoder)
}

/// The picture on a white ground, without transparency.
fn on_white(pixels: &DynamicImage) -> DynamicImage {
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
