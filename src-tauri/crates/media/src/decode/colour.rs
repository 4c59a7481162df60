//! Colours of a file brought to those of the web (sRGB), which every network and screen expects.

use std::sync::Arc;

use image::DynamicImage;
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    Layout, MatrixCoefficients, TransferCharacteristics, Transform8BitExecutor, TransformOptions,
    XyY, curve_from_gamma,
};

/// Largest profile that is read, in bytes: those for print have a megabyte or two.
const MAX_PROFILE: usize = 8 * 1024 * 1024;
/// Pixels that are brought over at a time.
const AT_ONCE: usize = 64 * 1024;

/// A profile of RGB colours, or of shades of grey, that are not those of the web; none when they are, when it
/// is about something else, or when it cannot be read: such a picture is shown as it is everywhere.
pub(super) fn foreign(icc: &[u8]) -> Option<ColorProfile> {
    let profile = read(icc, &[DataColorSpace::Rgb, DataColorSpace::Gray])?;
    (!is_usual(&profile)).then_some(profile)
}

/// The same of a PNG: colours that it names by numbers count before a profile, and what describes them in the old
/// way where there is neither.
pub(super) fn of_png(png: &[u8], icc: Option<&[u8]>) -> Option<ColorProfile> {
    let other = |profile: ColorProfile| (!is_usual(&profile)).then_some(profile);
    match (named(png), icc) {
        (Some(profile), _) => other(profile),
        (None, Some(icc)) => foreign(icc),
        (None, None) => described(png).and_then(other),
    }
}

/// The colours that a PNG names by numbers (PNG, third edition, 11.3.2.6), which are those of ITU-T H.273.
/// None where it names none, and of colours brighter than any white, for which there is no one way.
fn named(png: &[u8]) -> Option<ColorProfile> {
    use TransferCharacteristics::{Hlg, Smpte2084};
    let [primaries, curve, matrix, full] = code_points(png)?;
    let curve = TransferCharacteristics::try_from(curve).ok()?;
    if matrix != 0 || full != 1 || matches!(curve, Smpte2084 | Hlg) {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    profile.update_rgb_colorimetry_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: curve,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    // What the numbers do not describe leaves it as it was.
    profile.cicp.is_some().then_some(profile)
}

/// The four numbers.
fn code_points(png: &[u8]) -> Option<[u8; 4]> {
    chunk(png, b"cICP")?.try_into().ok()
}

/// How light is written down on the web, near enough, as the old way says it.
const USUAL_GAMMA: f32 = 0.454_55;

/// The colours that a PNG describes by a gamma and by where its primary colours lie (PNG, third edition, 11.3.2.1
/// and 11.3.2.2). None where it describes none, where it says that they are those of the web, and of what cannot be.
fn described(png: &[u8]) -> Option<ColorProfile> {
    if chunk(png, b"sRGB").is_some() || chunk(png, b"cICP").is_some() {
        return None;
    }
    let numbers = |name| -> Option<Vec<f32>> {
        let all = chunk(png, name)?.chunks_exact(4);
        let read = |n: &[u8]| n.try_into().ok().map(u32::from_be_bytes);
        Some(all.filter_map(read).map(|n| n as f32 / 100_000.0).collect())
    };
    let gamma = numbers(b"gAMA").and_then(|all| all.first().copied());
    let corners = numbers(b"cHRM");
    if gamma.is_none() && corners.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some([wx, wy, rx, ry, gx, gy, bx, by]) = corners.as_deref() {
        let white = Chromaticity::new(*wx, *wy);
        let primaries = ColorPrimaries {
            red: Chromaticity::new(*rx, *ry),
            green: Chromaticity::new(*gx, *gy),
            blue: Chromaticity::new(*bx, *by),
        };
        let ColorPrimaries { red, green, blue } = primaries;
        let is_colour = |c: Chromaticity| c.x >= 0.0 && c.y > 0.0 && c.x + c.y <= 1.001;
        if ![white, red, green, blue].into_iter().all(is_colour) {
            return None;
        }
        let white = XyY {
            x: white.x.into(),
            y: white.y.into(),
            yb: 1.0,
        };
        profile.update_rgb_colorimetry(white, primaries);
    }
    if let Some(gamma) = gamma.filter(|gamma| (gamma / USUAL_GAMMA - 1.0).abs() > 0.05) {
        if !(0.1..=2.0).contains(&gamma) {
            return None;
        }
        let curve = curve_from_gamma(1.0 / gamma);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    Some(profile)
}

/// The body of a chunk that stands before the picture.
fn chunk<'a>(png: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut rest = png.get(8..)?;
    loop {
        let (head, body) = rest.split_at_checked(8)?;
        let (size, name) = head.split_at_checked(4)?;
        let size = u32::from_be_bytes(size.try_into().ok()?) as usize;
        match name {
            name if name == wanted => return body.get(..size),
            b"IDAT" | b"IEND" => return None,
            // Behind it stands a sum.
            _ => rest = body.get(size.checked_add(4)?..)?,
        }
    }
}

/// A profile of inks.
pub(super) fn of_inks(icc: &[u8]) -> Option<ColorProfile> {
    read(icc, &[DataColorSpace::Cmyk])
}

fn read(icc: &[u8], spaces: &[DataColorSpace]) -> Option<ColorProfile> {
    if icc.len() > MAX_PROFILE {
        return None;
    }
    let profile = ColorProfile::new_from_slice(icc)
        .inspect_err(|error| tracing::debug!(%error, "a colour profile could not be read"))
        .ok()?;
    spaces.contains(&profile.color_space).then_some(profile)
}

/// What each shade of a profile of greys is on the web; none of a profile of colours.
fn shades(profile: &ColorProfile) -> Option<Vec<u8>> {
    if profile.color_space != DataColorSpace::Gray {
        return None;
    }
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let mut seen = vec![0; all.len() * 3];
    let transform = transform(profile, Layout::Gray, Layout::Rgb)?;
    transform.transform(&all, &mut seen).ok()?;
    Some(seen.into_iter().step_by(3).collect())
}

/// By how many steps a colour may change before it is another one.
const SAME: u8 = 2;

/// Whether a profile describes the colours of the web, whatever it calls itself: none of some colours
/// changes by more than a step or two.
fn is_usual(profile: &ColorProfile) -> bool {
    const LEVELS: [u8; 5] = [0, 64, 128, 192, 255];
    if profile.color_space == DataColorSpace::Gray {
        return shades(profile).is_none_or(|seen| {
            let same = |was: u8| seen[usize::from(was)].abs_diff(was) <= SAME;
            LEVELS.into_iter().all(same)
        });
    }
    let mut colours = Vec::with_capacity(LEVELS.len().pow(3) * 3);
    for red in LEVELS {
        for green in LEVELS {
            for blue in LEVELS {
                colours.extend([red, green, blue]);
            }
        }
    }
    let mut seen = vec![0; colours.len()];
    let Some(transform) = transform(profile, Layout::Rgb, Layout::Rgb) else {
        return true;
    };
    if transform.transform(&colours, &mut seen).is_err() {
        return true;
    }
    colours
        .iter()
        .zip(&seen)
        .all(|(was, is)| was.abs_diff(*is) <= SAME)
}

fn transform(
    profile: &ColorProfile,
    from: Layout,
    to: Layout,
) -> Option<Arc<Transform8BitExecutor>> {
    let web = ColorProfile::new_srgb();
    profile
        .create_transform_8bit(from, &web, to, TransformOptions::default())
        .inspect_err(|error| tracing::debug!(%error, "a colour profile could not be applied"))
        .ok()
}

/// The picture in the colours of the web; as it was when the profile cannot be applied.
pub(super) fn to_web(mut pixels: DynamicImage, profile: &ColorProfile) -> DynamicImage {
    let (samples, layout, channels) = match &mut pixels {
        DynamicImage::ImageRgb8(rgb) => (rgb.as_flat_samples_mut().samples, Layout::Rgb, 3),
        DynamicImage::ImageRgba8(rgba) => (rgba.as_flat_samples_mut().samples, Layout::Rgba, 4),
        _ => return pixels,
    };
    if let Some(shades) = shades(profile) {
        let grey = |pixel: &[u8]| pixel[0] == pixel[1] && pixel[1] == pixel[2];
        // A picture of colours that lies about it stays as it is, as everywhere: its greys alone would stand out.
        if samples.chunks_exact(channels).all(grey) {
            for pixel in samples.chunks_exact_mut(channels) {
                let shade = shades[usize::from(pixel[0])];
                pixel[..3].fill(shade);
            }
        }
        return pixels;
    }
    let Some(transform) = transform(profile, layout, layout) else {
        return pixels;
    };
    let mut old = Vec::with_capacity(AT_ONCE * channels);
    for part in samples.chunks_mut(AT_ONCE * channels) {
        old.clear();
        old.extend_from_slice(part);
        if transform.transform(&old, part).is_err() {
            part.copy_from_slice(&old);
        }
    }
    pixels
}

/// Inks (255 is all of one) as colours of the web: by their profile, else as a simple screen shows
/// them.
pub(super) fn inks_to_web(inks: &[u8], profile: Option<&ColorProfile>) -> Vec<u8> {
    let mut out = vec![0; inks.len() / 4 * 3];
    let transform = profile.and_then(|p| transform(p, Layout::Rgba, Layout::Rgb));
    if let Some(transform) = transform
        && transform.transform(inks, &mut out).is_ok()
    {
        return out;
    }
    for (ink, colour) in inks.chunks_exact(4).zip(out.chunks_exact_mut(3)) {
        let light = 255 - u32::from(ink[3]);
        for (n, part) in colour.iter_mut().enumerate() {
            *part = ((255 - u32::from(ink[n])) * light / 255) as u8;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn wide_colours_are_brought_over_and_usual_ones_left_alone() {
        let wide = ColorProfile::new_display_p3().encode().unwrap();
        let profile = foreign(&wide).unwrap();
        let red = RgbImage::from_pixel(2, 2, Rgb([200, 30, 30]));
        let seen = to_web(red.into(), &profile).into_rgb8();
        // Display P3 (200, 30, 30) by its matrix and that of sRGB (both D65, same curve).
        let [red, green, blue] = seen.get_pixel(0, 0).0;
        assert!(red.abs_diff(218) <= 2, "{red}");
        assert!(green == 0 && blue.abs_diff(6) <= 2, "{green} {blue}");
        let usual = ColorProfile::new_srgb().encode().unwrap();
        assert!(foreign(&usual).is_none());
        assert!(foreign(b"nonsense").is_none());
    }

    #[test]
    fn greys_as_printers_have_them_are_brought_over_and_usual_ones_left_alone() {
        let linear = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let profile = foreign(&linear).unwrap();
        let seen = |rgb: [u8; 3]| {
            let picture = RgbImage::from_pixel(2, 2, Rgb(rgb));
            let seen = to_web(picture.into(), &profile).into_rgb8();
            seen.get_pixel(1, 1).0
        };
        // Half of the light, by the curve of sRGB.
        let [red, green, blue] = seen([128; 3]);
        assert!(red.abs_diff(188) <= 2, "{red}");
        assert!(red == green && green == blue);
        assert_eq!(seen([0; 3]), [0; 3]);
        assert_eq!(seen([255; 3]), [255; 3]);
        // A picture of colours with such a profile.
        let mut colours = RgbImage::from_pixel(2, 2, Rgb([128; 3]));
        colours.put_pixel(0, 0, Rgb([10, 20, 30]));
        assert_eq!(
            to_web(colours.clone().into(), &profile).into_rgb8(),
            colours
        );
        let usual = ColorProfile::new_gray_with_gamma(2.2).encode().unwrap();
        assert!(foreign(&usual).is_none());
    }

    #[test]
    fn colours_that_a_png_names_by_numbers_count_before_its_profile() {
        let plain = crate::testing::png(RgbImage::from_pixel(2, 2, Rgb([200, 30, 30])));
        let named = |numbers: &[u8]| {
            let mut png = plain.clone();
            // Behind the signature and the first chunk.
            png.splice(33..33, crate::testing::chunk(*b"cICP", numbers));
            png
        };
        let wide = ColorProfile::new_display_p3().encode().unwrap();
        let seen = |png: &[u8], icc: Option<&[u8]>| {
            let profile = of_png(png, icc)?;
            let red = RgbImage::from_pixel(1, 1, Rgb([200, 30, 30]));
            Some(to_web(red.into(), &profile).into_rgb8().get_pixel(0, 0).0)
        };
        // Display P3 by its numbers, and by its profile.
        let by_profile = seen(&plain, Some(&wide)).unwrap();
        let by_numbers = seen(&named(&[12, 13, 0, 1]), None).unwrap();
        let off = |n: usize| by_profile[n].abs_diff(by_numbers[n]);
        assert!((0..3).all(|n| off(n) <= 2), "{by_profile:?} {by_numbers:?}");
        assert_eq!(seen(&named(&[1, 13, 0, 1]), Some(&wide)), None);
        // Brighter than white, or something else: the profile, if any, has the word.
        for numbers in [
            &[9, 16, 0, 1][..],
            &[0, 13, 0, 1],
            &[12, 13, 1, 1],
            &[12, 13, 0],
        ] {
            assert_eq!(seen(&named(numbers), None), None, "{numbers:?}");
            assert_eq!(seen(&named(numbers), Some(&wide)), Some(by_profile));
        }
        assert_eq!(code_points(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffabcd"), None);
    }

    #[test]
    fn what_describes_the_colours_of_a_png_in_the_old_way_counts_where_nothing_newer_does() {
        use crate::testing::{chunk, png};
        let be = |all: &[u32]| -> Vec<u8> { all.iter().flat_map(|n| n.to_be_bytes()).collect() };
        let seen = |rgb: [u8; 3], chunks: &[([u8; 4], Vec<u8>)]| {
            let mut file = png(RgbImage::from_pixel(2, 2, Rgb(rgb)));
            for (name, body) in chunks {
                file.splice(33..33, chunk(*name, body));
            }
            let profile = of_png(&file, None)?;
            let picture = RgbImage::from_pixel(1, 1, Rgb(rgb));
            Some(
                to_web(picture.into(), &profile)
                    .into_rgb8()
                    .get_pixel(0, 0)
                    .0,
            )
        };
        let gamma = |n| (*b"gAMA", be(&[n]));
        let [light, ..] = seen([128; 3], &[gamma(100_000)]).unwrap();
        assert!(light.abs_diff(188) <= 2, "{light}");
        let wide = [
            31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000,
        ];
        let usual = [
            31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000,
        ];
        let corners = |n: &[u32]| (*b"cHRM", be(n));
        // Display P3, as in the test above.
        let red = [200, 30, 30];
        let [r, g, b] = seen(red, &[gamma(45_455), corners(&wide)]).unwrap();
        assert!(
            r.abs_diff(218) <= 2 && g <= 2 && b.abs_diff(6) <= 3,
            "{r} {g} {b}"
        );
        for none in [
            &[gamma(45_455), corners(&usual)][..],
            &[gamma(45_455)],
            &[gamma(0)],
            &[corners(&[0; 8])],
            &[corners(&wide[..7])],
            &[gamma(100_000), (*b"sRGB", vec![0])],
            &[],
        ] {
            assert_eq!(seen(red, none), None, "{none:?}");
        }
    }

    #[test]
    fn inks_without_a_profile_look_like_inks() {
        let seen = inks_to_web(&[0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255], None);
        assert_eq!(seen, [255, 255, 255, 0, 255, 255, 0, 0, 0]);
    }
}
