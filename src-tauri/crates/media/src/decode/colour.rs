//! Colours of a file brought to those of the web (sRGB), which every network and screen expects.

use std::sync::Arc;

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// Largest profile that is read, in bytes: those for print have a megabyte or two.
const MAX_PROFILE: usize = 8 * 1024 * 1024;
/// Pixels that are brought over at a time.
const AT_ONCE: usize = 64 * 1024;

/// A profile of RGB colours that are not those of the web; none when they are, when it is about
/// something else, or when it cannot be read: such a picture is shown as it is everywhere.
pub(super) fn foreign(icc: &[u8]) -> Option<ColorProfile> {
    let profile = read(icc, DataColorSpace::Rgb)?;
    (!is_usual(&profile)).then_some(profile)
}

/// A profile of inks.
pub(super) fn of_inks(icc: &[u8]) -> Option<ColorProfile> {
    read(icc, DataColorSpace::Cmyk)
}

fn read(icc: &[u8], space: DataColorSpace) -> Option<ColorProfile> {
    if icc.len() > MAX_PROFILE {
        return None;
    }
    let profile = ColorProfile::new_from_slice(icc)
        .inspect_err(|error| tracing::debug!(%error, "a colour profile could not be read"))
        .ok()?;
    (profile.color_space == space).then_some(profile)
}

/// Whether a profile describes the colours of the web, whatever it calls itself: none of some colours
/// changes by more than a step or two.
fn is_usual(profile: &ColorProfile) -> bool {
    const LEVELS: [u8; 5] = [0, 64, 128, 192, 255];
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
        .all(|(was, is)| was.abs_diff(*is) <= 2)
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
    fn inks_without_a_profile_look_like_inks() {
        let seen = inks_to_web(&[0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255], None);
        assert_eq!(seen, [255, 255, 255, 0, 255, 255, 0, 0, 0]);
    }
}
