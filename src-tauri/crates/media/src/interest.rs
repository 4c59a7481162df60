//! Finds the part of a picture worth keeping when it has to be cut to another shape: the faces in it, and what else
//! catches an eye.

use image::{DynamicImage, RgbImage};
use model::MediaId;
use model::edit::{Area, Operation, WHOLE, middle};

use crate::bound;
use crate::decode;
use crate::edit::edited;
use crate::error::MediaError;
use crate::faces::{self, Face};
use crate::keeping::{Head, best_stretch};
use crate::library::Library;
use crate::rendition::needed;
use scale::shrunk;

/// Longest side of the picture that is looked at; details below this do not catch an eye.
const LOOK: u32 = 256;
/// How much a tone of skin counts against sharp edges.
const SKIN_COUNTS: f32 = 1.5;
/// How much strong colour counts against sharp edges.
const COLOUR_COUNTS: f32 = 0.5;

impl Library {
    /// The part with this ratio of width to height that holds the faces, and most of what else catches an
    /// eye, in the picture as it is after `operations`.
    pub async fn best_part(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
        ratio: (u32, u32),
    ) -> Result<Area, MediaError> {
        let (path, library) = (self.find(id)?, self.clone());
        bound::run(name.clone(), move || {
            let marks = library.marks(&operations)?;
            let bytes = decode::read(&path, &name)?;
            // Looked at small, so a small picture is enough.
            let picture = decode::decode_for(&name, &bytes, &|(width, height)| {
                let part = model::edit::size(&operations, width, height);
                needed((width, height), part, faces::SIDE)
            })?;
            let whole = picture.size;
            let (pixels, memory) = picture.into_pixels();
            let pixels = edited(pixels, &operations, &|id| marks.find(id))?;
            let (width, height) = model::edit::size(&operations, whole.0, whole.1);
            let small = shrunk(&pixels, faces::SIDE).unwrap_or(pixels);
            // Looking for faces takes its time, and others may wait for room.
            drop(memory);
            let faces = faces::faces(&name, &small);
            Ok(best_part(&small, &faces, (width, height), ratio))
        })
        .await
    }
}

/// The same for a picture in memory that may be smaller than the one it stands for, whose size is
/// `whole`, and the faces in it. As large as it can be, so it moves along one side alone.
pub(crate) fn best_part(
    pixels: &DynamicImage,
    faces: &[Face],
    whole: (u32, u32),
    ratio: (u32, u32),
) -> Area {
    let (width, height) = whole;
    let plain = middle(width, height, ratio);
    let small = shrunk(pixels, LOOK).map_or_else(|| pixels.to_rgb8(), |s| s.to_rgb8());
    let sideways = plain.height == WHOLE;
    let lines = lines(&small, sideways);
    let part = if sideways { plain.width } else { plain.height };
    let heads: Vec<Head> = faces.iter().map(|f| Head::of(f, sideways, part)).collect();
    let from = best_stretch(&lines, part, &heads);
    if sideways {
        Area {
            left: from,
            ..plain
        }
    } else {
        Area { top: from, ..plain }
    }
}

/// What each column (or row) of a picture holds.
fn lines(picture: &RgbImage, columns: bool) -> Vec<f32> {
    let (width, height) = picture.dimensions();
    let mut lines = vec![0.0; (if columns { width } else { height }) as usize];
    let grey = |x: u32, y: u32| {
        let [r, g, b] = picture.get_pixel(x, y).0.map(f32::from);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    for y in 0..height {
        for x in 0..width {
            let right = grey((x + 1).min(width - 1), y) - grey(x.saturating_sub(1), y);
            let down = grey(x, (y + 1).min(height - 1)) - grey(x, y.saturating_sub(1));
            let edge = right.abs() + down.abs();
            let worth = edge + of_colour(picture.get_pixel(x, y).0);
            if let Some(line) = lines.get_mut((if columns { x } else { y }) as usize) {
                *line += worth;
            }
        }
    }
    lines
}

/// What a pixel is worth by its colour: skin, then strong colours.
fn of_colour(pixel: [u8; 3]) -> f32 {
    let [r, g, b] = pixel.map(f32::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    // The rule of Kovac, Peer and Solina (2003) for skin in daylight.
    let skin = r > 95.0 && g > 40.0 && b > 20.0 && most - least > 15.0 && r - g > 15.0 && r > b;
    let strength = if most > 0.0 {
        (most - least) / most
    } else {
        0.0
    };
    let skin = if skin { SKIN_COUNTS * 20.0 } else { 0.0 };
    skin + COLOUR_COUNTS * 20.0 * strength
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use model::edit::Mirror;

    use super::*;
    use crate::testing::{jpeg, with_a_face, with_secrets};

    /// Grey with a busy square of 100 pixels.
    fn busy_at(width: u32, height: u32, left: u32, top: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| {
            let inside = (left..left + 100).contains(&x) && (top..top + 100).contains(&y);
            let on = inside && (x / 4 + y / 4) % 2 == 0;
            Rgb([if on { 230 } else { 120 }; 3])
        })
        .into()
    }

    #[test]
    fn the_busy_part_is_kept_wherever_it_is() {
        for left in [0, 350, 700] {
            let area = best_part(&busy_at(800, 300, left, 100), &[], (800, 300), (1, 1));
            let (from, _, width, height) = area.pixels(800, 300);
            assert_eq!((width, height), (300, 300));
            assert!(from <= left && left + 100 <= from + width, "{left}: {from}");
        }
        for top in [0, 690] {
            let area = best_part(&busy_at(300, 800, 100, top), &[], (300, 800), (4, 3));
            let (_, from, _, height) = area.pixels(300, 800);
            assert!(from <= top && top + 100 <= from + height, "{top}: {from}");
        }
    }

    #[test]
    fn an_even_picture_is_cut_in_the_middle() {
        let plain: DynamicImage = RgbImage::from_pixel(900, 300, Rgb([90; 3])).into();
        let (from, ..) = best_part(&plain, &[], (900, 300), (1, 1)).pixels(900, 300);
        assert!((295..=305).contains(&from), "{from}");
        // The ratio it has already.
        assert_eq!(best_part(&plain, &[], (900, 300), (3, 1)), Area::ALL);
    }

    #[test]
    fn odd_sizes_do_not_break_it() {
        for (width, height) in [(1, 1), (1, 900), (900, 1), (3, 2)] {
            let tiny: DynamicImage = RgbImage::new(width, height).into();
            for ratio in [(1, 1), (9, 16), (191, 100)] {
                assert!(best_part(&tiny, &[], (width, height), ratio).is_inside());
            }
        }
    }

    #[test]
    fn the_face_in_a_busy_picture_is_kept() {
        for (size, at, ratio) in [
            ((1_000, 400), (740, 100), (1, 1)),
            ((1_000, 400), (740, 100), (9, 16)),
            ((1_000, 400), (20, 0), (9, 16)),
            ((400, 1_000), (100, 740), (1, 1)),
            ((400, 1_000), (100, 740), (16, 9)),
        ] {
            let (picture, (left, top, width, height)) = with_a_face(size.0, size.1, at);
            let picture: DynamicImage = picture.into();
            let holds = |area: Area| {
                let (from, above, across, down) = area.pixels(size.0, size.1);
                from <= left
                    && left + width <= from + across
                    && above <= top
                    && top + height <= above + down
            };
            let found = faces::faces("a.jpg", &picture);
            let part = best_part(&picture, &found, size, ratio);
            assert!(holds(part), "{at:?} {ratio:?}: {part:?}");
            // What is busy is elsewhere.
            assert!(
                !holds(best_part(&picture, &[], size, ratio)),
                "{at:?} {ratio:?}"
            );
        }
    }

    #[tokio::test]
    async fn faces_are_looked_for_in_the_picture_as_the_operations_leave_it() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path().join("media")).unwrap();
        let (picture, (left, _, width, _)) = with_a_face(1_000, 400, (740, 100));
        let bytes = jpeg(&picture);
        let id = library
            .import_bytes("a.jpg".into(), bytes)
            .await
            .unwrap()
            .id;
        let mirror = Operation::Flip {
            mirror: Mirror::Sideways,
        };
        for (operations, face) in [(vec![], left), (vec![mirror], 1_000 - left - width)] {
            let part = library.best_part(&id, "a.jpg".into(), operations, (9, 16));
            let (from, _, across, _) = part.await.unwrap().pixels(1_000, 400);
            let holds = from <= face && face + width <= from + across;
            assert!(holds, "{face}: {from} {across}");
        }
    }

    #[tokio::test]
    async fn faces_are_looked_for_in_a_photograph_as_it_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path().join("media")).unwrap();
        let (picture, (left, _, width, _)) = with_a_face(1_000, 400, (740, 100));
        // It lies on its side in the file, which says so.
        let lying = image::imageops::rotate270(&picture);
        let bytes = with_secrets(&jpeg(&lying));
        let id = library
            .import_bytes("a.jpg".into(), bytes)
            .await
            .unwrap()
            .id;
        let part = library.best_part(&id, "a.jpg".into(), vec![], (9, 16));
        let (from, _, across, _) = part.await.unwrap().pixels(1_000, 400);
        assert!(
            from <= left && left + width <= from + across,
            "{left}: {from} {across}"
        );
    }
}
