//! Where the faces in a picture are, by the detector and the model of `SeetaFace` (in `models` beside this crate's
//! sources). The detector moves bytes about without the checks of the language, by what it makes of the picture: so it
//! works in a process of its own, and where that fails no face was found.

use std::io::Write;
use std::panic::catch_unwind;
use std::time::Duration;

use image::DynamicImage;
use model::edit::{Area, WHOLE};
use rustface::{FaceInfo, ImageData};
use serde::{Deserialize, Serialize};

use crate::apart::{self, Question};
use crate::error::MediaError;
use scale::shrunk;

/// Read anew for each picture, which takes a millisecond.
static MODEL: &[u8] = include_bytes!("../models/seeta_fd_frontal_v1.0.bin");
/// Longest side of the picture that is looked at: a face is found from a twentieth of it on, in a tenth of a second,
/// or in a third of one when the picture is a square.
pub(crate) const SIDE: u32 = 800;
/// Side of the smallest face that the detector finds, in pixels. What is smaller as a whole it cannot look at.
const LEAST: u32 = 40;
/// How sure the detector has to be; those who made it name 0.95, 2.8 and 4.5. From here on the folds of a coat are no
/// face any more.
const SURE: f64 = 2.0;
/// How far the detector moves on each time, in pixels, and by how much the picture shrinks from one look to the next.
/// These are its own, and finer ones find hardly more in twice the time.
const STEP: u32 = 4;
const SHRINKS: f32 = 0.8;
/// Most faces that are told, the largest first.
const MOST: usize = 64;
/// More than so many faces take when they are written, in bytes.
const MOST_ANSWER: u64 = 16 * 1024;
/// Bytes before the pixels of what is asked: how wide the picture is.
const HEAD: usize = 4;

/// Asks where the faces in a grey picture are.
pub(crate) const FACES: Question = Question {
    argument: "--find-faces",
    largest: HEAD as u64 + SIDE as u64 * SIDE as u64,
    // The detector takes some twenty bytes a pixel; the rest is the program's own.
    memory: 256 * 1024 * 1024,
    // Patterns that look like many faces take it a second.
    time: Duration::from_secs(5),
    answer: |bytes, to| answer(&bytes, to),
};

/// A face in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Face {
    /// From the brow to the chin.
    pub area: Area,
    /// How sure the detector is: 2 or more, seldom beyond 30.
    pub score: f64,
}

/// The faces in the picture called `name`, the largest first. Blocks. Where looking fails there are none, which stops
/// nothing.
pub(crate) fn faces(name: &str, pixels: &DynamicImage) -> Vec<Face> {
    looked_for(name, pixels).unwrap_or_else(|error| {
        let detail = error.detail().unwrap_or_default();
        tracing::warn!(%error, detail, "faces could not be looked for");
        Vec::new()
    })
}

fn looked_for(name: &str, pixels: &DynamicImage) -> Result<Vec<Face>, MediaError> {
    let grey = shrunk(pixels, SIDE).map_or_else(|| pixels.to_luma8(), |small| small.to_luma8());
    if grey.width().min(grey.height()) < LEAST {
        return Ok(Vec::new());
    }
    let asked = [&grey.width().to_le_bytes()[..], grey.as_raw()].concat();
    let Some(program) = apart::program() else {
        return Ok(found_here(&asked));
    };
    let answer = FACES.asked(program, name, &asked, MOST_ANSWER)?;
    Ok(read(&answer.unwrap_or_default()))
}

/// The same in this process, for programs that cannot be called: those of tests.
fn found_here(asked: &[u8]) -> Vec<Face> {
    let found = catch_unwind(|| found(asked)).unwrap_or_else(|_| Err("it failed".to_owned()));
    found.unwrap_or_else(|detail| {
        tracing::warn!(detail, "faces could not be looked for");
        Vec::new()
    })
}

fn answer(asked: &[u8], to: &mut dyn Write) -> Result<(), String> {
    serde_json::to_writer(to, &found(asked)?).map_err(|e| e.to_string())
}

/// The faces in an answer, as far as they can be ones.
fn read(answer: &[u8]) -> Vec<Face> {
    let mut faces: Vec<Face> = serde_json::from_slice(answer).unwrap_or_default();
    faces.retain(|face| face.area.is_inside());
    faces
}

/// The faces in a grey picture, of which its width comes first and then its pixels.
fn found(asked: &[u8]) -> Result<Vec<Face>, String> {
    let (head, grey) = asked.split_first_chunk::<HEAD>().ok_or("no picture")?;
    let width = u32::from_le_bytes(*head);
    let height = (grey.len() as u32).checked_div(width).unwrap_or(0);
    // The detector believes what it is told.
    let whole = u64::from(width) * u64::from(height) == grey.len() as u64;
    let sizes = LEAST..=SIDE;
    if !whole || !sizes.contains(&width) || !sizes.contains(&height) {
        return Err(format!("a picture of {width}×{height} cannot be looked at"));
    }
    let model = rustface::read_model(MODEL).map_err(|e| e.to_string())?;
    let mut detector = rustface::create_detector_with_model(model);
    detector.set_score_thresh(SURE);
    detector.set_slide_window_step(STEP, STEP);
    detector.set_pyramid_scale_factor(SHRINKS);
    let found = detector.detect(&ImageData::new(grey, width, height));
    let mut faces: Vec<Face> = found
        .iter()
        .filter_map(|face| in_millionths(face, (width, height)))
        .collect();
    faces.sort_by_key(|face| std::cmp::Reverse(face.area.width));
    faces.truncate(MOST);
    Ok(faces)
}

/// A face as far as it lies in a picture of this size; the detector tells some that reach out of it.
fn in_millionths(face: &FaceInfo, (width, height): (u32, u32)) -> Option<Face> {
    let place = face.bbox();
    let (left, across) = stretch(place.x(), place.width(), width)?;
    let (top, down) = stretch(place.y(), place.height(), height)?;
    Some(Face {
        area: Area {
            left,
            top,
            width: across,
            height: down,
        },
        score: face.score(),
    })
}

/// Where a stretch of pixels begins and how long it is, in millionths of so many pixels.
fn stretch(from: i32, length: u32, whole: u32) -> Option<(u32, u32)> {
    let whole = i64::from(whole);
    let edge = |at: i64| at.clamp(0, whole) * i64::from(WHOLE) / whole;
    let (begins, ends) = (edge(from.into()), edge(i64::from(from) + i64::from(length)));
    (ends > begins).then_some((begins as u32, (ends - begins) as u32))
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;
    use crate::testing::{noise, with_a_face};

    const NONE: [Face; 0] = [];

    fn asked(picture: &GrayImage) -> Vec<u8> {
        [&picture.width().to_le_bytes()[..], picture.as_raw()].concat()
    }

    #[test]
    fn a_face_is_found_where_it_is_and_nowhere_else() {
        for at in [(0, 40), (400, 0), (760, 160)] {
            let (picture, face) = with_a_face(1_000, 400, at);
            let found = faces("a.jpg", &picture.into());
            let [one] = found[..] else {
                panic!("{at:?}: {found:?}");
            };
            let (left, top, width, height) = one.area.pixels(1_000, 400);
            let middle = (left + width / 2, top + height / 2);
            // Its middle is within ten pixels of that of the face, and its size within a fifth.
            let off = |is: u32, at: u32, length: u32| is.abs_diff(at + length / 2);
            assert!(off(middle.0, face.0, face.2) <= 10, "{at:?}: {middle:?}");
            assert!(off(middle.1, face.1, face.3) <= 10, "{at:?}: {middle:?}");
            assert!(width.abs_diff(face.2) <= face.2 / 5, "{at:?}: {width}");
            assert!(one.score >= SURE);
        }
        assert_eq!(faces("a.jpg", &noise(600, 300).into()), NONE);
    }

    #[test]
    fn no_picture_is_too_small_or_too_odd() {
        for (width, height) in [
            (1, 1),
            (39, 800),
            (40, 40),
            (1, 3_000),
            (41, 900),
            (900, 40),
        ] {
            let found = faces("a.jpg", &noise(width, height).into());
            assert_eq!(found, NONE, "{width}×{height}");
        }
    }

    #[test]
    fn what_the_process_answers_is_the_faces() {
        let (picture, _) = with_a_face(600, 300, (300, 30));
        let asked = asked(&DynamicImage::from(picture).to_luma8());
        let mut out = Vec::new();
        FACES.answered(asked.as_slice(), &mut out).unwrap();
        assert!((out.len() as u64) < MOST_ANSWER);
        let here = found_here(&asked);
        assert_eq!((read(&out), here.len()), (here, 1));
        assert_eq!(read(b"[{]"), NONE);
        let outside =
            br#"[{"area":{"left":900000,"top":0,"width":200000,"height":1},"score":3.0}]"#;
        assert_eq!(read(outside), NONE);
    }

    #[test]
    fn what_is_no_picture_of_its_size_is_not_looked_at() {
        let fits = asked(&GrayImage::from_pixel(60, 50, Luma([90])));
        assert_eq!(found(&fits), Ok(Vec::new()));
        let wide = asked(&GrayImage::new(SIDE + 1, 40));
        let low = asked(&GrayImage::new(60, 39));
        for odd in [&fits[..fits.len() - 1], &fits[..3], &[0; 100], &wide, &low] {
            assert!(found(odd).is_err(), "{}", odd.len());
            assert_eq!(found_here(odd), NONE);
        }
    }

    #[test]
    fn what_reaches_out_of_the_picture_is_cut_off() {
        assert_eq!(stretch(-10, 30, 100), Some((0, 200_000)));
        assert_eq!(stretch(90, 30, 100), Some((900_000, 100_000)));
        assert_eq!(stretch(120, 30, 100), None);
        assert_eq!(stretch(-40, 30, 100), None);
        assert_eq!(stretch(10, 0, 100), None);
    }
}
