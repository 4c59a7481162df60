use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, ImageEncoder, ImageFormat};
use proptest::prelude::*;

use super::*;
use crate::testing::{
    avif, contains, disc, encoded, huge_png, jpeg, moving_gif, noise, png, red_and_blue,
    with_secrets,
};

fn made(bytes: &[u8], limits: &Limits) -> Rendition {
    render("a.jpg", bytes, limits).unwrap()
}

fn opened(rendition: &Rendition) -> DynamicImage {
    let picture = image::load_from_memory(&rendition.bytes).unwrap();
    assert_eq!(
        (picture.width(), picture.height()),
        (rendition.width, rendition.height)
    );
    picture
}

#[test]
fn a_picture_that_fits_keeps_its_pixels() {
    let source = jpeg(&noise(60, 40));
    let got = made(&source, &Limits::bytes(1_000_000));
    assert_eq!((got.mime(), got.width, got.height), ("image/jpeg", 60, 40));
    assert_eq!(image::load_from_memory(&source).unwrap(), opened(&got));
}

#[test]
fn a_phone_picture_stands_upright_and_keeps_no_place() {
    let source = with_secrets(&jpeg(&red_and_blue(80, 40)));
    let got = made(&source, &Limits::bytes(1_000_000));
    for secret in [
        &b"SECRETPLACE"[..],
        b"Exif",
        b"http://ns.adobe.com",
        b"8BIM",
    ] {
        assert!(!contains(&got.bytes, secret));
    }
    assert_eq!((got.width, got.height), (40, 80));
    // The left half was red; turned a quarter to the right it is the upper half.
    let picture = opened(&got);
    assert!(picture.get_pixel(20, 10).0[0] > 200 && picture.get_pixel(20, 70).0[2] > 200);
}

#[test]
fn a_big_picture_is_made_smaller_until_it_fits_and_always_the_same_way() {
    let source = jpeg(&noise(900, 600));
    assert!(source.len() > 300_000);
    let limits = Limits::bytes(60_000);
    let got = made(&source, &limits);
    assert!(got.bytes.len() <= 60_000);
    assert!(
        got.bytes.len() > 20_000,
        "not smaller than it has to be: {got:?}"
    );
    assert!((f64::from(got.width) / f64::from(got.height) - 1.5).abs() < 0.02);
    assert_eq!(got, made(&source, &limits));
}

#[test]
fn quality_goes_down_before_size_does() {
    let source = jpeg(&noise(300, 200));
    let got = made(&source, &Limits::bytes(source.len() as u64 - 1_000));
    assert_eq!((got.width, got.height), (300, 200));
}

#[test]
fn transparency_stays_when_it_fits_and_else_becomes_white() {
    let source = png(disc(200));
    let kept = made(&source, &Limits::bytes(100_000).side(100));
    assert_eq!((kept.kind, kept.width), (Kind::Png, 100));
    assert_eq!(opened(&kept).get_pixel(0, 0).0[3], 0);
    let mut noisy = DynamicImage::ImageRgb8(noise(200, 200)).into_rgba8();
    noisy.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
    let flat = made(&png(noisy), &Limits::bytes(40_000));
    assert_eq!(flat.kind, Kind::Jpeg);
    assert!(flat.bytes.len() <= 40_000);
    let only_jpeg = Limits {
        formats: vec![Kind::Jpeg],
        ..Limits::bytes(100_000)
    };
    let white = opened(&made(&source, &only_jpeg)).get_pixel(2, 2).0;
    assert!(white[..3].iter().all(|c| *c > 245), "{white:?}");
}

#[test]
fn a_moving_picture_moves_on_or_becomes_its_first_frame() {
    let source = moving_gif(64);
    assert!(made(&source, &Limits::bytes(100_000)).moving);
    let still = made(&source, &Limits::bytes(100_000).side(32));
    assert_eq!((still.moving, still.width), (false, 32));
    assert!(
        opened(&still).get_pixel(5, 5).0[0] < 40,
        "the first frame is the dark one"
    );
    let no_gif = Limits {
        formats: vec![Kind::Jpeg],
        ..Limits::bytes(100_000)
    };
    assert_eq!(made(&source, &no_gif).kind, Kind::Jpeg);
}

#[test]
fn hostile_files_are_refused_with_a_sentence() {
    let of = |bytes: &[u8]| render("trip.png", bytes, &Limits::bytes(1_000_000)).unwrap_err();
    let huge = of(&huge_png(30_000, 30_000));
    assert!(matches!(huge, MediaError::TooManyPixels { .. }), "{huge:?}");
    assert!(huge.to_string().contains("30,000 × 30,000"), "{huge}");
    let long = of(&huge_png(u32::MAX >> 1, 1));
    assert!(matches!(
        long,
        MediaError::TooManyPixels { .. } | MediaError::Damaged { .. }
    ));
    let whole = png(noise(50, 50));
    assert!(matches!(
        of(&whole[..whole.len() / 2]),
        MediaError::Truncated { .. }
    ));
    let mut corrupt = whole.clone();
    corrupt[60..120].fill(0xa5);
    assert!(matches!(of(&corrupt), MediaError::Damaged { .. }));
    let photo = jpeg(&noise(50, 50));
    assert!(matches!(
        of(&photo[..photo.len() / 2]),
        MediaError::Truncated { .. }
    ));
    assert!(matches!(of(b""), MediaError::Empty { .. }));
    assert!(matches!(of(b"%PDF-1.7\n"), MediaError::NotAPicture { .. }));
    assert!(matches!(
        render("a.png", &png(noise(400, 400)), &Limits::bytes(100)).unwrap_err(),
        MediaError::CannotFit { .. }
    ));
}

fn with_profile(picture: &image::RgbImage, profile: &moxcms::ColorProfile) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, 95);
    encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
    encoder.encode_image(picture).unwrap();
    out
}

#[test]
fn wide_colours_become_those_of_the_web_and_usual_ones_are_passed_on() {
    let red = image::RgbImage::from_pixel(64, 64, Rgb([200, 30, 30]));
    let wide = with_profile(&red, &moxcms::ColorProfile::new_display_p3());
    let got = made(&wide, &Limits::bytes(1_000_000));
    assert!(!got.untouched && !contains(&got.bytes, b"ICC_PROFILE"));
    let pixel = opened(&got).get_pixel(30, 30).0;
    assert!(pixel[0].abs_diff(218) <= 4 && pixel[1] <= 14, "{pixel:?}");
    let usual = with_profile(&red, &moxcms::ColorProfile::new_srgb());
    assert!(made(&usual, &Limits::bytes(1_000_000)).untouched);
    // An unreadable profile changes nothing and costs nothing.
    let mut broken = usual;
    let at = broken.windows(4).position(|w| w == b"acsp").unwrap();
    broken[at..at + 90].fill(0);
    assert!(made(&broken, &Limits::bytes(1_000_000)).untouched);
}

#[test]
fn colours_named_by_numbers_go_out_as_those_of_the_web() {
    let named = |primaries: u8| {
        let mut png = png(RgbImage::from_pixel(4, 4, Rgb([200, 30, 30])));
        let numbers = [primaries, 13, 0, 1];
        png.splice(33..33, crate::testing::chunk(*b"cICP", &numbers));
        png
    };
    let limits = Limits::bytes(1_000_000);
    let wide = made(&named(12), &limits);
    assert!(!wide.untouched && !contains(&wide.bytes, b"cICP"));
    let seen = image::load_from_memory(&wide.bytes).unwrap().into_rgb8();
    assert!(seen.get_pixel(0, 0).0[0].abs_diff(218) <= 3, "{seen:?}");
    assert!(made(&named(1), &limits).untouched);
}

#[test]
fn an_avif_is_opened_and_goes_out_as_something_networks_take() {
    let got = made(&avif(), &Limits::bytes(1_000_000));
    assert_eq!((got.kind, got.width, got.height), (Kind::Jpeg, 16, 16));
    assert!(!got.untouched);
    let [red, green, blue, _] = opened(&got).get_pixel(8, 8).0;
    assert!(red > 240 && green < 15 && blue < 15, "{red} {green} {blue}");
}

#[tokio::test]
async fn a_file_that_vanished_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone.jpg");
    let error = render_for(gone, "gone.jpg".into(), Limits::bytes(1))
        .await
        .unwrap_err();
    assert!(matches!(error, MediaError::Vanished { .. }));
    let error = render_for(folder.path().into(), "folder".into(), Limits::bytes(1))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("it is a folder"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_comes_out_is_within_the_limits(
        width in 1_u32..160, height in 1_u32..160, max_bytes in 1_500_u64..60_000,
        max_side in 16_u32..200, format in 0_usize..4, see_through: bool, always_reencode: bool,
    ) {
        let mut source = DynamicImage::ImageRgb8(noise(width, height));
        let format = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP][format];
        if see_through && format != ImageFormat::Jpeg {
            let mut rgba = source.into_rgba8();
            rgba.put_pixel(0, 0, image::Rgba([1, 2, 3, 0]));
            source = rgba.into();
        }
        let source = encoded(source, format);
        let limits = Limits { always_reencode, ..Limits::bytes(max_bytes).side(max_side) };
        let got = render("a", &source, &limits).unwrap();
        prop_assert!(got.bytes.len() as u64 <= max_bytes);
        prop_assert!(got.width.max(got.height) <= max_side);
        opened(&got);
    }
}
