//! Files that mean harm, made here: every one is refused with a sentence or opened within bounds,
//! none is believed, and nothing is left behind.

use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;

use crate::pdf::found_here;
use crate::pdf::samples::{packed, plain};
use crate::spoiling::{harms, runner, spoilt};
use crate::strip;
use crate::testing::{
    avif, chunk, contains, disc, encoded, huge_png, jpeg, moving_gif, noise, png, with_secrets,
};
use crate::{Kind, Library, Limits, MediaError, render};

fn limits() -> Limits {
    Limits::bytes(2_000_000)
}

fn whole() -> Vec<(Kind, Vec<u8>)> {
    vec![
        (Kind::Jpeg, with_secrets(&jpeg(&noise(40, 30)))),
        (Kind::Png, png(disc(40))),
        (Kind::Gif, moving_gif(24)),
        (Kind::Webp, encoded(disc(24), ImageFormat::WebP)),
        (Kind::Avif, avif()),
    ]
}

#[test]
fn a_file_that_is_also_another_one_is_what_it_begins_as_and_only_that_goes_out() {
    let page = b"<html><script>alert('SECRETPLACE')</script></html>";
    let zip = b"PK\x03\x04SECRETPLACE";
    let script = b"/*SECRETPLACE*/=1;alert(1)";
    let mut in_comment = jpeg(&noise(20, 20));
    let comment = [&[0xff, 0xfe, 0, page.len() as u8 + 2][..], page].concat();
    in_comment.splice(2..2, comment);
    let at = png(disc(20)).len() - 12;
    let mut in_text = png(disc(20));
    in_text.splice(at..at, chunk(*b"zTXt", zip));
    let cases = [
        (Kind::Jpeg, [jpeg(&noise(20, 20)), page.to_vec()].concat()),
        (Kind::Jpeg, in_comment),
        (Kind::Png, [png(disc(20)), zip.to_vec()].concat()),
        (Kind::Png, in_text),
        (Kind::Gif, [moving_gif(20), script.to_vec()].concat()),
    ];
    for (kind, bytes) in cases {
        assert!(contains(&bytes, b"SECRETPLACE"));
        let made = render("a.html", &bytes, &limits()).unwrap();
        assert_eq!(made.kind, kind);
        assert!(!contains(&made.bytes, b"SECRETPLACE"), "{kind:?}");
        assert!(!contains(&made.bytes, b"<script"), "{kind:?}");
    }
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let too_many = |bytes: &[u8]| {
        let error = render("bomb", bytes, &limits()).unwrap_err();
        matches!(
            error,
            MediaError::TooManyPixels { .. }
                | MediaError::TooManyFrames { .. }
                | MediaError::Damaged { .. }
                | MediaError::Truncated { .. }
        )
    };
    assert!(too_many(&huge_png(50_000, 50_000)));
    // A GIF whose screen is as large as one can be.
    let mut gif = moving_gif(8);
    gif[6..10].fill(0xff);
    assert!(render("bomb", &gif, &limits()).is_err());
    // One with more frames than any picture needs: the same few bytes again and again.
    let plain = moving_gif(2);
    let frame = plain.iter().position(|b| *b == 0x2c).unwrap();
    let next = frame
        + 1
        + plain[frame + 1..]
            .windows(2)
            .position(|w| w == [0x21, 0xf9])
            .unwrap();
    let mut many = plain[..frame].to_vec();
    for _ in 0..7_000 {
        many.extend(&plain[frame..next]);
    }
    many.push(0x3b);
    let error = render("bomb", &many, &limits()).unwrap_err();
    assert!(
        matches!(error, MediaError::TooManyFrames { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("6,000"), "{error}");
    // A JPEG and a WebP that say they are enormous.
    let mut photo = jpeg(&noise(16, 16));
    let head = photo.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    photo[head + 5..head + 9].fill(0xff);
    assert!(too_many(&photo));
    let body = b"VP8L\x05\0\0\0\x2f\xff\xff\xff\x0f\0";
    let mut webp = b"RIFF".to_vec();
    webp.extend((body.len() as u32 + 4).to_le_bytes());
    webp.extend(b"WEBP");
    webp.extend(body);
    assert!(too_many(&webp));
    // A PNG that unpacks to far more than its size says is cut off at its size.
    let mut even = RgbImage::from_pixel(3_000, 3_000, Rgb([7; 3]));
    even.put_pixel(0, 0, Rgb([9; 3]));
    let packed = png(even);
    assert!(packed.len() < 200_000);
    render("even.png", &packed, &Limits::bytes(100_000)).unwrap();
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_a_picture_and_never_a_crash() {
    for (kind, bytes) in whole() {
        let step = (bytes.len() / 60).max(1);
        for end in (0..bytes.len()).step_by(step) {
            match render("cut", &bytes[..end], &limits()) {
                Ok(made) => assert!(made.width > 0 && made.height > 0),
                Err(error) => assert!(!error.to_string().is_empty(), "{kind:?} {end}"),
            }
        }
    }
}

#[tokio::test]
async fn names_are_for_people_and_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(folder.path().join("in/media")).unwrap();
    let long = "x".repeat(20_000);
    let names = [
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/passwd",
        "a\0.png",
        "\u{202e}gnp.exe",
        "con.jpg",
        "-rf",
        "$(reboot).png",
        "name\n.png",
        "",
        long.as_str(),
    ];
    for (n, name) in names.into_iter().enumerate() {
        let picture = png(noise(4, 4 + n as u32));
        let got = library
            .import_bytes(name.to_owned(), picture)
            .await
            .unwrap();
        assert_eq!(got.name, name);
        let path = library.find(&got.id).unwrap();
        assert!(path.starts_with(folder.path().join("in/media")));
        assert!(path.ends_with(format!("{}.png", got.id)));
    }
    // Nothing lies anywhere else, and every file has a name of our own.
    let all = files(folder.path());
    assert_eq!(all.len(), names.len() * 2, "each file and its thumbnail");
    for path in all {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(stem.bytes().all(|b| b.is_ascii_hexdigit()), "{path:?}");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn an_ending_is_not_believed() {
    for (kind, bytes) in whole() {
        let made = render("invoice.pdf", &bytes, &limits()).unwrap();
        assert!(made.kind == kind || kind == Kind::Avif);
    }
    let text = render("photo.jpg", b"%PDF-1.7\n1 0 obj", &limits()).unwrap_err();
    assert!(matches!(text, MediaError::NotAPicture { .. }));
}

/// Thousands of spoilt files of every format.
#[test]
fn spoilt_files_are_refused_or_opened_and_nothing_falls_over() {
    for (kind, bytes) in whole() {
        let done = runner(400).run(&harms(), |harms| {
            let bytes = spoilt(bytes.clone(), &harms);
            // The parsers of this crate fall over nothing: outside of what catches a decoder's panic, as
            // it is caught where files are opened.
            if let Ok(kind) = Kind::sniff("spoilt", &bytes)
                && let Ok(clean) = strip::strip(kind, &bytes)
            {
                prop_assert!(clean.bytes.len() <= bytes.len());
            }
            let made = std::panic::catch_unwind(|| render("spoilt", &bytes, &limits()));
            match made {
                Ok(Ok(made)) => {
                    prop_assert!(u64::from(made.width) * u64::from(made.height) <= 100_000_000);
                    if made.untouched {
                        prop_assert!(!contains(&made.bytes, b"http://ns.adobe.com/xap"));
                    }
                }
                Ok(Err(error)) => prop_assert!(!error.to_string().is_empty()),
                Err(_) => prop_assert!(kind != Kind::Gif, "a decoder fell over"),
            }
            Ok(())
        });
        if let Err(error) = done {
            panic!("{kind:?}: {error}");
        }
    }
}

#[test]
fn spoilt_documents_have_no_more_pages_than_there_is_room_for() {
    for bytes in [plain(5, ""), packed(5, "")] {
        let done = runner(400).run(&harms(), |harms| {
            let bytes = spoilt(bytes.clone(), &harms);
            let most = bytes.len() as u32;
            prop_assert!(found_here(bytes).pages.is_none_or(|n| n <= most));
            Ok(())
        });
        if let Err(error) = done {
            panic!("{error}");
        }
    }
}
