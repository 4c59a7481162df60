//! How a process of its own is asked for the picture in an AVIF, and what it answers. The decoder is a translation
//! of C whose doors let no panic through: it ends the process, so that had better be another one.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use image::{DynamicImage, RgbImage, RgbaImage};

use super::avif;
use crate::apart::Question;
use crate::bound::MAX_PICTURE_BYTES;
use crate::error::MediaError;

/// Asks for the picture in an AVIF, in the colours of the web.
pub(crate) const PICTURE: Question = Question {
    argument: "--open-avif",
    largest: MAX_PICTURE_BYTES,
    // Frames of the largest picture, and its colours.
    memory: 3 * 1024 * 1024 * 1024,
    time: Duration::from_secs(45),
    answer: |bytes, to| answer(&bytes, to),
};

/// How many bytes stand behind the pixels: the picture's width and height, and the number of its channels.
const ABOUT: usize = 9;

/// Pixels go out first, so that what was read of them need not be moved to become a picture.
fn answer(bytes: &[u8], to: &mut dyn Write) -> Result<(), String> {
    let pixels = avif::in_web_colours(bytes)?;
    let mut about = Vec::with_capacity(ABOUT);
    about.extend(pixels.width().to_le_bytes());
    about.extend(pixels.height().to_le_bytes());
    about.push(pixels.color().channel_count());
    let written = to
        .write_all(pixels.as_bytes())
        .and_then(|()| to.write_all(&about));
    written.map_err(|e| e.to_string())
}

/// Has a picture of at most so many pixels opened, in the colours of the web; none when the process could not be
/// begun.
pub(super) fn pixels(
    program: &Path,
    name: &str,
    bytes: &[u8],
    most: u64,
) -> Result<Option<DynamicImage>, MediaError> {
    let longest = most.saturating_mul(4).saturating_add(ABOUT as u64);
    let Some(answer) = PICTURE.asked(program, name, bytes, longest)? else {
        return Ok(None);
    };
    match picture(answer, most) {
        Some(pixels) => Ok(Some(pixels)),
        None => Err(MediaError::Damaged {
            name: name.to_owned(),
            detail: "what was made of it is no picture".to_owned(),
        }),
    }
}

/// The picture in an answer; none when it is not whole or has more pixels than this.
fn picture(mut answer: Vec<u8>, most: u64) -> Option<DynamicImage> {
    let begins = answer.len().checked_sub(ABOUT)?;
    let number = |at: usize| {
        let four = answer.get(at..at + 4)?;
        four.try_into().ok().map(u32::from_le_bytes)
    };
    let (width, height) = (number(begins)?, number(begins + 4)?);
    let channels = *answer.last()?;
    answer.truncate(begins);
    let area = u64::from(width) * u64::from(height);
    // A buffer that is longer would be taken as well.
    let length = area.checked_mul(u64::from(channels))?;
    if area > most || length != begins as u64 {
        return None;
    }
    match channels {
        3 => RgbImage::from_raw(width, height, answer).map(DynamicImage::ImageRgb8),
        4 => RgbaImage::from_raw(width, height, answer).map(DynamicImage::ImageRgba8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::avif;

    #[test]
    fn what_the_process_answers_is_the_picture() {
        let mut out = Vec::new();
        PICTURE.answered(avif().as_slice(), &mut out).unwrap();
        let here = avif::in_web_colours(&avif()).unwrap();
        let most = u64::from(here.width()) * u64::from(here.height());
        assert_eq!(picture(out.clone(), most), Some(here));
        assert_eq!(picture(out.clone(), most - 1), None);
        assert_eq!(picture(out[1..].to_vec(), most), None);
        assert_eq!(picture([&[0][..], &out].concat(), most), None);
        let mut odd = out.clone();
        *odd.last_mut().unwrap() = 2;
        assert_eq!(picture(odd, most), None);
        out.truncate(ABOUT - 1);
        assert_eq!(picture(out, most), None);
        let nothing = PICTURE.answered(&b"nothing"[..], &mut Vec::new());
        assert!(nothing.is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_picture_is_told_as_that() {
        let folder = tempfile::tempdir().unwrap();
        let opened = |script: &str| {
            let program = crate::testing::program(folder.path(), "opener", script);
            pixels(&program, "a.avif", &avif(), 100)
        };
        // It reads the file, and answers two pixels.
        let good = opened(
            r#"test "$1" = --open-avif && test "$(wc -c)" -gt 300 || exit 3
            printf 'abcdef\002\000\000\000\001\000\000\000\003'"#,
        );
        assert_eq!(good.unwrap().unwrap().as_bytes(), b"abcdef");
        for script in [
            "exit 0",
            "exit 1",
            "printf '\\377\\377\\377\\377\\377\\377\\377\\377\\003'",
        ] {
            let error = opened(script).unwrap_err();
            assert!(matches!(error, MediaError::Damaged { .. }), "{error:?}");
        }
        let nowhere = folder.path().join("nowhere");
        assert!(pixels(&nowhere, "a", &avif(), 100).unwrap().is_none());
    }
}
