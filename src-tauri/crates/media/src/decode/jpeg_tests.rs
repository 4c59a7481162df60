use image::imageops::FilterType;
use libjpeg_turbo_rs::{Encoder, Subsampling};
use proptest::prelude::*;

use super::*;
use crate::decode::{decode, decode_for};
use crate::spoiling::{harms, runner, spoilt};

/// A colour as print shops write it, in four inks without a profile: `rgb(200, 40, 90)`.
const INKS: &[u8] = include_bytes!("../../fixtures/inks.jpg");

/// JPEGs as cameras and programs write them: colours in full detail or less, in one pass or many, and grey.
fn photos((width, height): (usize, usize)) -> Vec<(String, Vec<u8>)> {
    let soft = |x: usize, y: usize, by: f64| {
        let (u, v) = (x as f64 / 80.0, y as f64 / 60.0);
        (128.0 + 100.0 * (u * by).sin() * v.cos()) as u8
    };
    let at = |n: usize| (n % width, n / width);
    let colours: Vec<u8> = (0..width * height)
        .flat_map(|n| [0.5, 0.8, 1.1].map(|by| soft(at(n).0, at(n).1, by)))
        .collect();
    let grey: Vec<u8> = colours.iter().step_by(3).copied().collect();
    let sampled = [
        Subsampling::S444,
        Subsampling::S422,
        Subsampling::S420,
        Subsampling::S440,
    ];
    let mut all = vec![(
        "grey".to_owned(),
        Encoder::new(&grey, width, height, PixelFormat::Grayscale)
            .encode()
            .unwrap(),
    )];
    for (sampling, progressive) in sampled.iter().flat_map(|s| [(*s, false), (*s, true)]) {
        let encoder = Encoder::new(&colours, width, height, PixelFormat::Rgb)
            .quality(90)
            .subsampling(sampling)
            .progressive(progressive);
        let name = format!("{sampling:?}, progressive {progressive}");
        all.push((name, encoder.encode().unwrap()));
    }
    all
}

#[test]
fn it_is_shrunk_while_it_is_opened_as_far_as_enough_is_left() {
    let factor = |size, least| shrinking(size, least).map(|factor| (factor.num(), factor.denom()));
    assert_eq!(factor((6_000, 4_000), Some(256)), Some((1, 8)));
    assert_eq!(factor((4_000, 6_000), Some(750)), Some((1, 8)));
    assert_eq!(factor((6_000, 4_000), Some(751)), Some((3, 8)));
    assert_eq!(factor((6_000, 4_000), Some(2_250)), Some((3, 8)));
    assert_eq!(factor((6_000, 4_000), Some(2_251)), None);
    assert_eq!(factor((6_000, 4_000), None), None);
}

#[test]
fn shrunk_while_it_is_opened_it_looks_as_shrunk_afterwards() {
    for (name, bytes) in photos((400, 288)) {
        let whole = decode("a", &bytes).unwrap();
        for (least, size) in [(40, (50, 36)), (150, (150, 108))] {
            let small = decode_for("a", &bytes, &|_| Some(least)).unwrap();
            assert_eq!(small.size, (400, 288), "{name}");
            let small = small.pixels.into_rgb8();
            assert_eq!(small.dimensions(), size, "{name}");
            let (width, height) = size;
            let after = whole
                .pixels
                .resize_exact(width, height, FilterType::Triangle);
            let apart: u64 = small
                .iter()
                .zip(after.into_rgb8().iter())
                .map(|(a, b)| u64::from(a.abs_diff(*b)))
                .sum();
            let apart = apart as f64 / f64::from(width * height * 3);
            assert!(apart < 3.0, "{name} at {size:?}: {apart}");
        }
    }
}

#[test]
fn what_its_blocks_hang_over_its_edges_is_cut_off() {
    for (name, bytes) in photos((403, 290)) {
        for (least, size) in [(40, (51, 37)), (150, (152, 109))] {
            let small = decode_for("a", &bytes, &|_| Some(least)).unwrap();
            assert_eq!(small.size, (403, 290), "{name}");
            assert_eq!(
                (small.pixels.width(), small.pixels.height()),
                size,
                "{name}"
            );
        }
    }
}

#[test]
fn a_size_that_nobody_let_in_is_refused_by_the_decoder_that_shrinks_too() {
    let (_, mut bytes) = photos((16, 16)).remove(0);
    // Height and width behind the mark of the frame, its length and its depth (ITU-T T.81, B.2.2).
    let frame = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    let (side, at) = (20_000_u16.to_be_bytes(), frame + 5);
    bytes[at..at + 4].copy_from_slice(&[side, side].concat());
    let scale = shrinking((20_000, 20_000), Some(256)).unwrap();
    let refused = shrunk("a", &bytes, scale, PixelFormat::Rgb).unwrap_err();
    let MediaError::Damaged { detail, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert!(detail.starts_with("total pixels"), "{detail}");
}

#[test]
fn inks_look_like_the_colour_they_print_whole_and_shrunk() {
    for least in [None, Some(2)] {
        let picture = decode_for("a", INKS, &|_| least).unwrap();
        assert!(picture.remade);
        let seen = picture.pixels.into_rgb8().get_pixel(0, 0).0;
        let near = seen
            .iter()
            .zip([200, 40, 90])
            .all(|(a, b)| a.abs_diff(b) < 4);
        assert!(near, "{seen:?}");
    }
}

#[test]
fn a_spoilt_one_is_refused_or_no_larger_than_it_says() {
    let mut all = photos((61, 47));
    all.push(("inks".to_owned(), INKS.to_vec()));
    for (name, bytes) in all {
        let done = runner(100).run(&(harms(), 1_u32..30), |(harms, least)| {
            let bytes = spoilt(bytes.clone(), &harms);
            // A panic is caught where files are opened.
            let opened = std::panic::catch_unwind(|| decode_for("a", &bytes, &|_| Some(least)));
            match opened {
                Ok(Ok(picture)) => {
                    let (width, height) = picture.size;
                    prop_assert!(u64::from(width) * u64::from(height) <= MAX_PIXELS);
                    prop_assert!(picture.pixels.width() <= width);
                }
                Ok(Err(error)) => prop_assert!(!error.to_string().is_empty()),
                Err(_) => {}
            }
            Ok(())
        });
        if let Err(error) = done {
            panic!("{name}: {error}");
        }
    }
}
