//! Words drawn as a layer.

use cosmic_text::{
    Align as TextAlign, Attrs, Buffer, CacheKeyFlags, LayoutGlyph, Metrics, Shaping, SwashContent,
    Weight, Wrap,
};
use image::{Rgba, RgbaImage};
use model::edit::WHOLE;
use model::edit::words::{Align, Colour, Letters, Words};
use zeno::{Join, Mask, Origin, Stroke, Vector};

use super::fonts::{self, Fonts};
use super::layer::{Frame, Layer, over};

/// Distance from one line to the next, in ems.
const LINE: f32 = 1.25;
/// How far the box behind words reaches beyond them, in ems.
const PADDING: f32 = 0.3;
/// How far letters may reach beyond their place, in ems.
const OVERHANG: f32 = 1.0;

/// Words, drawn.
pub(crate) struct Drawn {
    /// The layer.
    pub layer: Layer,
    /// Height of the lines together, in pixels.
    pub height: u32,
    /// The family that was used; empty when no font is installed.
    pub font: String,
    /// The family that was asked for is not installed.
    pub replaced: bool,
}

/// Draws words for a picture of this size, in pixels.
pub(crate) fn drawn(words: &Words, width: u32, height: u32) -> Drawn {
    let across = |part: u32, whole: u32| f64::from(part) * f64::from(whole) / f64::from(WHOLE);
    let place = Place {
        left: across(words.left, width) as f32,
        top: across(words.top, height) as f32,
        width: across(words.width, width).max(1.0) as f32,
    };
    draw(
        &words.text,
        &words.letters,
        words.align,
        place,
        (width, height),
    )
}

/// The size of words that stand on one line or as many as they have, in pixels.
pub(super) fn measure(text: &str, letters: &Letters, (width, height): (u32, u32)) -> (u32, u32) {
    fonts::with(|fonts| {
        let em = em(letters, width, height);
        let (family, _) = fonts.nearest(&letters.font);
        let laid = laid(fonts, text, letters, &family, em, None, Align::Start);
        let widest = laid.layout_runs().map(|run| run.line_w).fold(0.0, f32::max);
        let lines = laid.layout_runs().count();
        (
            widest.ceil() as u32,
            (lines as f32 * em * LINE).ceil() as u32,
        )
    })
}

/// Where words stand, in pixels of the picture.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Left edge of their box.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
}

fn em(letters: &Letters, width: u32, height: u32) -> f32 {
    let shorter = f64::from(width.min(height));
    ((f64::from(letters.size) * shorter / f64::from(WHOLE)) as f32).max(1.0)
}

fn laid(
    fonts: &mut Fonts,
    text: &str,
    letters: &Letters,
    family: &str,
    em: f32,
    width: Option<f32>,
    align: Align,
) -> Buffer {
    let mut buffer = Buffer::new(&mut fonts.system, Metrics::new(em, em * LINE));
    buffer.set_wrap(if width.is_some() {
        Wrap::WordOrGlyph
    } else {
        Wrap::None
    });
    buffer.set_size(width, None);
    // Letters are drawn where they belong and not pulled to whole pixels, so that a small picture
    // looks like the large one.
    let attrs = Attrs::new()
        .family(Fonts::family(family))
        .weight(if letters.bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        })
        .cache_key_flags(CacheKeyFlags::DISABLE_HINTING);
    let align = match align {
        Align::Start => None,
        Align::Middle => Some(TextAlign::Center),
        Align::End => Some(TextAlign::End),
    };
    buffer.set_text(text, &attrs, Shaping::Advanced, align);
    buffer.shape_until_scroll(&mut fonts.system, false);
    buffer
}

/// Draws text for a picture of this size.
pub(super) fn draw(
    text: &str,
    letters: &Letters,
    align: Align,
    place: Place,
    (width, height): (u32, u32),
) -> Drawn {
    fonts::with(|fonts| {
        let em = em(letters, width, height);
        let (family, replaced) = fonts.nearest(&letters.font);
        let buffer = laid(fonts, text, letters, &family, em, Some(place.width), align);
        let lines = buffer.layout_runs().count();
        let tall = lines as f32 * em * LINE;
        let outline = letters
            .outline
            .map_or(0.0, |o| em * f32::from(o.width) / 100.0);
        let beyond = em * (OVERHANG + PADDING) + outline;
        let frame = Frame {
            left: (place.left - beyond).floor() as i64,
            top: (place.top - beyond).floor() as i64,
            right: (place.left + place.width + beyond).ceil() as i64,
            bottom: (place.top + tall + beyond).ceil() as i64,
        };
        let mut sheet = Sheet::new(frame.within(width, height));
        let nothing = fonts.none() || text.trim().is_empty();
        if !nothing {
            if let Some(ground) = letters.ground {
                sheet.ground(ground, &box_of(&buffer, place, em * PADDING));
            }
            sheet.write(fonts, &buffer, place, letters, (em, outline));
        }
        Drawn {
            layer: sheet.done(),
            height: tall.ceil() as u32,
            font: family,
            replaced,
        }
    })
}

/// The box around all lines.
fn box_of(buffer: &Buffer, place: Place, padding: f32) -> Frame {
    let (mut left, mut right) = (f32::MAX, f32::MIN);
    let (mut top, mut bottom) = (f32::MAX, f32::MIN);
    for run in buffer.layout_runs() {
        for glyph in run.glyphs {
            left = left.min(glyph.x);
            right = right.max(glyph.x + glyph.w);
            top = top.min(run.line_top);
            bottom = bottom.max(run.line_top + run.line_height);
        }
    }
    Frame {
        left: (place.left + left - padding).round() as i64,
        top: (place.top + top - padding / 2.0).round() as i64,
        right: (place.left + right + padding).round() as i64,
        bottom: (place.top + bottom + padding / 2.0).round() as i64,
    }
}

/// What is drawn on. Letters and their outlines are gathered as how much they cover and coloured at
/// the end, so that where two meet nothing is painted twice.
struct Sheet {
    frame: Frame,
    width: u32,
    pixels: RgbaImage,
    letters: Vec<u8>,
    outlines: Vec<u8>,
}

impl Sheet {
    fn new(frame: Frame) -> Self {
        let (width, height) = frame.size();
        let many = width as usize * height as usize;
        Self {
            frame,
            width,
            pixels: RgbaImage::new(width, height),
            letters: vec![0; many],
            outlines: Vec::new(),
        }
    }

    fn ground(&mut self, colour: Colour, frame: &Frame) {
        for (x, y, pixel) in self.pixels.enumerate_pixels_mut() {
            let (x, y) = (
                self.frame.left + i64::from(x),
                self.frame.top + i64::from(y),
            );
            if (frame.left..frame.right).contains(&x) && (frame.top..frame.bottom).contains(&y) {
                *pixel = Rgba(colour.rgba);
            }
        }
    }

    fn write(
        &mut self,
        fonts: &mut Fonts,
        buffer: &Buffer,
        place: Place,
        letters: &Letters,
        (em, outline): (f32, f32),
    ) {
        if letters.outline.is_some() {
            self.outlines = vec![0; self.letters.len()];
        }
        let mut coloured = Vec::new();
        for run in buffer.layout_runs() {
            let baseline = place.top + run.line_y;
            let seen = |glyph: &&LayoutGlyph| {
                let x = place.left + glyph.x;
                self.frame.meets(Frame {
                    left: (x - em - outline).floor() as i64,
                    top: (baseline - 2.0 * em - outline).floor() as i64,
                    right: (x + glyph.w + em + outline).ceil() as i64,
                    bottom: (baseline + em + outline).ceil() as i64,
                })
            };
            let seen: Vec<&LayoutGlyph> = run.glyphs.iter().filter(seen).collect();
            for glyph in seen {
                let at = glyph.physical((place.left, baseline), 1.0);
                let image = fonts
                    .drawer
                    .get_image_uncached(&mut fonts.system, at.cache_key);
                let Some(image) = image else { continue };
                let left = i64::from(at.x) + i64::from(image.placement.left);
                let top = i64::from(at.y) - i64::from(image.placement.top);
                let size = (image.placement.width, image.placement.height);
                if image.content == SwashContent::Color {
                    coloured.push((left, top, size, image.data));
                    continue;
                }
                cover(
                    &mut self.letters,
                    self.width,
                    self.frame,
                    (left, top),
                    size,
                    &image.data,
                );
                if letters.outline.is_some() {
                    self.outline(fonts, &at, outline);
                }
            }
        }
        if let Some(around) = letters.outline {
            let gathered = std::mem::take(&mut self.outlines);
            self.paint(&gathered, around.colour);
        }
        let gathered = std::mem::take(&mut self.letters);
        self.paint(&gathered, letters.colour);
        for (left, top, size, data) in coloured {
            self.picture((left, top), size, &data);
        }
    }

    fn outline(&mut self, fonts: &mut Fonts, at: &cosmic_text::PhysicalGlyph, width: f32) {
        let path = fonts
            .drawer
            .get_outline_commands_uncached(&mut fonts.system, at.cache_key);
        let Some(path) = path.filter(|p| !p.is_empty()) else {
            return;
        };
        // The line lies on the edge, half of it under the letter.
        let mut stroke = Stroke::new(width * 2.0);
        stroke.join(Join::Round);
        let offset = Vector::new(at.cache_key.x_bin.as_float(), at.cache_key.y_bin.as_float());
        // Only a mask that was measured before knows how far its top lies above the line.
        let (mask, placement) = Mask::new(&path[..])
            .origin(Origin::BottomLeft)
            .style(stroke)
            .offset(offset)
            .render_offset(offset)
            .inspect(|_, _, _| {})
            .render();
        let left = i64::from(at.x) + i64::from(placement.left);
        let top = i64::from(at.y) - i64::from(placement.top);
        let size = (placement.width, placement.height);
        cover(
            &mut self.outlines,
            self.width,
            self.frame,
            (left, top),
            size,
            &mask,
        );
    }

    /// Paints one colour as far as something covers.
    fn paint(&mut self, covered: &[u8], colour: Colour) {
        let [red, green, blue, strength] = colour.rgba;
        for (pixel, part) in self.pixels.pixels_mut().zip(covered) {
            let cover = (u32::from(strength) * u32::from(*part) + 127) / 255;
            pixel.0 = over(pixel.0, [red, green, blue, cover as u8]);
        }
    }

    /// Lays a small picture down, as emoji are.
    fn picture(&mut self, (left, top): (i64, i64), (width, height): (u32, u32), data: &[u8]) {
        let Some(picture) = RgbaImage::from_raw(width, height, data.to_vec()) else {
            return;
        };
        for (x, y, above) in picture.enumerate_pixels() {
            let x = left + i64::from(x) - self.frame.left;
            let y = top + i64::from(y) - self.frame.top;
            let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
                continue;
            };
            if let Some(below) = self.pixels.get_pixel_mut_checked(x, y) {
                below.0 = over(below.0, above.0);
            }
        }
    }

    fn done(self) -> Layer {
        Layer {
            left: self.frame.left,
            top: self.frame.top,
            pixels: self.pixels,
        }
    }
}

/// Adds a mask to what is covered; where both cover, the stronger counts.
fn cover(
    covered: &mut [u8],
    row: u32,
    frame: Frame,
    (left, top): (i64, i64),
    (width, height): (u32, u32),
    mask: &[u8],
) {
    let (rows, row) = (frame.size().1, i64::from(row));
    for y in 0..i64::from(height) {
        let to_y = top + y - frame.top;
        if !(0..i64::from(rows)).contains(&to_y) {
            continue;
        }
        for x in 0..i64::from(width) {
            let to_x = left + x - frame.left;
            if !(0..row).contains(&to_x) {
                continue;
            }
            let from = mask.get((y * i64::from(width) + x) as usize);
            let to = covered.get_mut((to_y * row + to_x) as usize);
            if let (Some(from), Some(to)) = (from, to) {
                *to = (*to).max(*from);
            }
        }
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
