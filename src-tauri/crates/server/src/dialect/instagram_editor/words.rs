//! Text on pictures.

use app::types::pictures::LayerWanted;
use model::edit::words::{Align, Colour, Letters, Words};
use model::edit::{Operation, WHOLE};

use super::images::Edit;
use crate::call::Call;
use crate::fault::Fault;

/// Distance of text from the edges, in millionths of a side.
const MARGIN: u32 = 50_000;
/// Height of letters while none is asked for, in millionths of the picture's shorter side.
const USUAL_SIZE: u32 = WHOLE / 12;
/// Largest side at which text is measured, in pixels.
const MEASURED: u32 = 2_048;

/// Where text stands from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Down {
    Top,
    Middle,
    Bottom,
}

/// A position in words: `bottom_center`, `top-left`, `center`.
fn position(text: &str) -> Option<(Down, Align)> {
    let (mut down, mut across) = (None, None);
    for word in text.to_ascii_lowercase().split(['_', '-', ' ']) {
        let fresh = match word {
            "top" => down.replace(Down::Top).is_none(),
            "bottom" => down.replace(Down::Bottom).is_none(),
            "left" => across.replace(Align::Start).is_none(),
            "right" => across.replace(Align::End).is_none(),
            "center" | "centre" | "middle" => true,
            _ => false,
        };
        if !fresh {
            return None;
        }
    }
    Some((
        down.unwrap_or(Down::Middle),
        across.unwrap_or(Align::Middle),
    ))
}

/// A colour as pages write it, also with one digit for each part.
fn colour(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#')?;
    let long = if matches!(digits.len(), 3 | 4) && digits.is_ascii() {
        let twice: String = digits.chars().flat_map(|c| [c, c]).collect();
        format!("#{twice}")
    } else {
        text.to_owned()
    };
    Colour::try_from(long).ok()
}

/// The letters of an edit on a picture whose shorter side has so many pixels.
fn letters(edit: &Edit, shorter: u32, field: &dyn Fn(&str) -> String) -> Result<Letters, Fault> {
    let colour = match edit.color.as_deref() {
        None => Colour::WHITE,
        Some(text) => colour(text).ok_or_else(|| {
            Fault::invalid(&field("color"), "A colour is written as #1A2B3C.").given(text)
        })?,
    };
    let size = match edit.font_size {
        None => USUAL_SIZE,
        Some(pixels) => (pixels / f64::from(shorter.max(1)) * f64::from(WHOLE)).round() as u32,
    };
    let named = edit.font.as_deref().unwrap_or_default();
    // Fonts of the contract's own service are on nobody's computer.
    let own = named.is_empty() || named.starts_with("instagram_");
    let letters = Letters {
        font: if own { String::new() } else { named.to_owned() },
        bold: own,
        size,
        colour,
        outline: None,
        ground: None,
    };
    letters.check().map_err(|_| {
        let message = "font_size is between a two-hundredth of the picture's shorter side and all of it, in pixels.";
        Fault::invalid(&field("font_size"), message)
    })?;
    Ok(letters)
}

/// How far from the upper edge lines of this height begin, in millionths of the picture's height.
fn top(down: Down, lines: u32) -> u32 {
    let free = WHOLE.saturating_sub(lines);
    match down {
        Down::Top => MARGIN.min(free),
        Down::Middle => free / 2,
        Down::Bottom => free.saturating_sub(MARGIN),
    }
}

/// An edit that writes on a picture of this size, in pixels; `n` is its place in the list of edits.
pub(super) async fn operation(
    call: &Call,
    (width, height): (u32, u32),
    n: usize,
    edit: &Edit,
) -> Result<Operation, Fault> {
    let field = |name: &str| format!("edits.{n}.{name}");
    let text = edit.text.as_deref().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Fault::invalid(&field("text"), "text is missing."));
    }
    let wanted = edit.position.as_deref().unwrap_or("bottom_center");
    let (down, align) = position(wanted)
        .ok_or_else(|| Fault::invalid(&field("position"), "That is no position.").given(wanted))?;
    let mut words = Words {
        text: text.to_owned(),
        letters: letters(edit, width.min(height), &field)?,
        left: MARGIN,
        top: 0,
        width: WHOLE - 2 * MARGIN,
        align,
    };
    words
        .check()
        .map_err(|error| Fault::invalid(&field("text"), error.to_string()))?;
    let (width, height) = measured((width, height));
    let layer = LayerWanted {
        operation: Operation::Words {
            words: words.clone(),
        },
        width,
        height,
    };
    let lines = u64::from(call.app().media_layer(layer).await?.lines);
    let lines = lines * u64::from(WHOLE) / u64::from(height);
    words.top = top(down, u32::try_from(lines).unwrap_or(WHOLE));
    Ok(Operation::Words { words })
}

/// A size of the same shape that is quickly drawn; text goes with the picture.
fn measured((width, height): (u32, u32)) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= MEASURED {
        return (width.max(1), height.max(1));
    }
    let part = |side: u32| u64::from(side) * u64::from(MEASURED) / u64::from(longest);
    (part(width).max(1) as u32, part(height).max(1) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_in_either_order() {
        assert_eq!(
            position("bottom_center"),
            Some((Down::Bottom, Align::Middle))
        );
        assert_eq!(position("Right-Top"), Some((Down::Top, Align::End)));
        assert_eq!(position("center"), Some((Down::Middle, Align::Middle)));
        assert_eq!(position("left"), Some((Down::Middle, Align::Start)));
        for wrong in ["", "top_bottom", "left_left", "corner", "bottom_center_x"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lines_stay_within_the_picture() {
        assert_eq!(top(Down::Top, 100_000), MARGIN);
        assert_eq!(top(Down::Middle, 100_000), 450_000);
        assert_eq!(top(Down::Bottom, 100_000), 850_000);
        for down in [Down::Top, Down::Middle, Down::Bottom] {
            assert_eq!(top(down, 2 * WHOLE), 0);
        }
    }

    #[test]
    fn colours_may_be_short() {
        assert_eq!(colour("#FFF"), Some(Colour::WHITE));
        assert_eq!(colour("#0008").unwrap().rgba, [0, 0, 0, 0x88]);
        assert_eq!(colour("#1a2b3c").unwrap().rgba, [0x1a, 0x2b, 0x3c, 255]);
        for wrong in ["white", "#ff", "#ggg", "#äöü", ""] {
            assert_eq!(colour(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn large_pictures_are_measured_small_and_of_the_same_shape() {
        assert_eq!(measured((400, 300)), (400, 300));
        assert_eq!(measured((8_192, 4_096)), (2_048, 1_024));
        assert_eq!(measured((100_000, 1)), (2_048, 1));
    }
}
