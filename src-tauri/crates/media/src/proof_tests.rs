use image::RgbaImage;
use model::edit::words::{Align, Colour, Letters, Outline, Words};
use model::edit::{Area, Look, WHOLE};

use super::*;
use crate::edit::no_others;
use crate::testing::{noise, png};

async fn library_with(picture: DynamicImage) -> (tempfile::TempDir, Library, MediaId) {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(folder.path()).unwrap();
    let file = library.import_bytes("a.png".into(), png(picture)).await;
    let id = file.unwrap().id;
    (folder, library, id)
}

fn colours() -> Vec<Operation> {
    vec![
        Operation::Turn { quarters: 1 },
        Operation::Adjust {
            brightness: 10,
            contrast: 20,
            saturation: -30,
            warmth: 15,
        },
        Operation::Look {
            look: Look::Vivid,
            strength: 40,
        },
    ]
}

fn blur() -> Operation {
    Operation::Blur {
        area: Area {
            left: 100_000,
            top: 200_000,
            width: 500_000,
            height: 300_000,
        },
        strength: 60,
    }
}

fn words() -> Operation {
    Operation::Words {
        words: Words {
            text: "Sea שלום".to_owned(),
            letters: Letters {
                font: String::new(),
                bold: true,
                size: 150_000,
                colour: Colour::WHITE,
                outline: Some(Outline {
                    colour: Colour::BLACK,
                    width: 8,
                }),
                ground: Some(Colour {
                    rgba: [20, 40, 200, 120],
                }),
            },
            left: 50_000,
            top: 300_000,
            width: 900_000,
            align: Align::Middle,
        },
    }
}

fn opened(png: &[u8]) -> DynamicImage {
    image::load_from_memory(png).unwrap()
}

/// A layer over a picture as a web-view lays it: colours multiplied by how much they cover.
fn laid(below: DynamicImage, layer: &Layered) -> RgbaImage {
    let mut below = below.into_rgba8();
    for (x, y, above) in opened(&layer.png).into_rgba8().enumerate_pixels() {
        let x = u32::try_from(layer.left).unwrap() + x;
        let y = u32::try_from(layer.top).unwrap() + y;
        let alpha = f32::from(above.0[3]) / 255.0;
        let pixel = below.get_pixel_mut(x, y);
        for n in 0..3 {
            let mixed = f32::from(above.0[n]) * alpha + f32::from(pixel.0[n]) * (1.0 - alpha);
            pixel.0[n] = mixed.round() as u8;
        }
    }
    below
}

/// The editor draws the picture, over it the blurred parts as the program makes them, over those the
/// words; what is saved is the same to the eye.
#[tokio::test]
async fn what_the_editor_lays_together_is_what_is_saved() {
    let picture = DynamicImage::ImageRgb8(noise(300, 200));
    let (_folder, library, id) = library_with(picture.clone()).await;
    let proof = |operations| library.proof(&id, "a.png".into(), operations);
    let name = || "a.png".to_owned();

    let mut all = colours();
    let mut seen = opened(&proof(all.clone()).await.unwrap()).into_rgba8();
    all.push(blur());
    let Operation::Blur { area, .. } = blur() else {
        panic!()
    };
    let patch = [all.clone(), vec![Operation::Crop { area }]].concat();
    let patch = opened(&proof(patch).await.unwrap()).into_rgba8();
    let (left, top, ..) = area.pixels(200, 300);
    image::imageops::replace(&mut seen, &patch, i64::from(left), i64::from(top));
    let layer = library.layer(words(), (200, 300)).await.unwrap().unwrap();
    let seen = laid(seen.into(), &layer);

    all.push(words());
    let saved = library.edited(&id, name(), all.clone()).await.unwrap();
    let saved = image::open(saved.path).unwrap().into_rgba8();
    assert_eq!(
        saved,
        edit::edited(picture, &all, &no_others)
            .unwrap()
            .into_rgba8()
    );
    assert_eq!(seen.dimensions(), saved.dimensions());
    let furthest = seen.as_raw().iter().zip(saved.as_raw());
    let furthest = furthest.map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(furthest <= 2, "a channel differs by {furthest}");
    // Something was drawn at all.
    assert!(layer.font.is_empty() || layer.lines > 0);
}

#[tokio::test]
async fn a_proof_is_as_large_as_a_screen_and_follows_the_list() {
    let (_folder, library, id) = library_with(DynamicImage::new_rgb8(2000, 1000)).await;
    let half = Operation::Crop {
        area: Area {
            width: WHOLE / 2,
            ..Area::ALL
        },
    };
    let made = library
        .proof(&id, "a.png".into(), vec![half])
        .await
        .unwrap();
    let made = opened(&made);
    assert_eq!((made.width(), made.height()), (800, 800));
    library.close_proofs();
    library.remove(&id).unwrap();
    assert!(
        library
            .proof(&id, "a.png".into(), Vec::new())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn only_words_and_marks_are_layers() {
    let (_folder, library, _) = library_with(DynamicImage::new_rgb8(9, 9)).await;
    let turn = Operation::Turn { quarters: 1 };
    assert_eq!(library.layer(turn, (100, 100)).await.unwrap(), None);
    let huge = library
        .layer(words(), (u32::MAX, 0))
        .await
        .unwrap()
        .unwrap();
    assert!(huge.width <= MAX_LAYER_SIDE && huge.height == 1);
}
