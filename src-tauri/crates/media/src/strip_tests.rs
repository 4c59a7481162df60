use image::ImageFormat;

use super::*;
use crate::testing::{
    chunk, contains, disc, encoded, exif, jpeg, moving_gif, noise, png, with_secrets,
};

fn pixels(bytes: &[u8]) -> image::RgbaImage {
    image::load_from_memory(bytes).unwrap().into_rgba8()
}

#[test]
fn a_jpeg_loses_everything_but_the_picture() {
    let plain = jpeg(&noise(40, 30));
    let clean = strip(Kind::Jpeg, &with_secrets(&plain)).unwrap();
    assert!(!contains(&clean.bytes, b"SECRETPLACE"));
    assert!(!contains(&clean.bytes, b"Exif"));
    assert_eq!(pixels(&clean.bytes), pixels(&plain));
}

#[test]
fn a_jpeg_without_its_end_is_noticed_at_every_length() {
    let whole = jpeg(&noise(16, 16));
    for end in 2..whole.len() {
        assert_eq!(
            strip(Kind::Jpeg, &whole[..end]).err(),
            Some(Flaw::Ends),
            "cut at {end}"
        );
    }
}

#[test]
fn a_jpeg_for_print_is_not_passed_on_as_it_is() {
    let mut print = jpeg(&noise(16, 16));
    let frame = print.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    print[frame + 9] = 4;
    assert_eq!(strip(Kind::Jpeg, &print).err(), Some(Flaw::Odd));
}

#[test]
fn a_png_keeps_only_what_is_needed_to_show_it() {
    let plain = png(disc(32));
    let at = plain.len() - 12;
    let mut full = plain[..at].to_vec();
    full.extend(chunk(*b"tEXt", b"Comment\0SECRETPLACE"));
    full.extend(chunk(*b"eXIf", &exif()[6..]));
    full.extend(chunk(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRETPLACE"));
    full.extend(&plain[at..]);
    full.extend(b"SECRETPLACE");
    let clean = strip(Kind::Png, &full).unwrap();
    assert_eq!(clean.bytes, plain);
    assert!(!clean.moving);
}

#[test]
fn a_moving_gif_still_moves_and_says_nothing() {
    let gif = moving_gif(8);
    let clean = strip(Kind::Gif, &gif).unwrap();
    assert!(clean.moving);
    assert!(contains(&clean.bytes, b"NETSCAPE2.0"));
    assert!(!contains(&clean.bytes, b"SECRETPLACE"));
    assert_eq!(pixels(&clean.bytes), pixels(&gif));
}

/// A chunk of a WebP.
fn riff(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap();
    let pad = if data.len() % 2 == 1 { &[0][..] } else { &[] };
    [&name, &size.to_le_bytes()[..], data, pad].concat()
}

#[test]
fn a_moving_webp_says_nothing_in_its_frames_either() {
    let plain = encoded(disc(16), ImageFormat::WebP);
    let place = [0, 0, 0, 0, 0, 0, 15, 0, 0, 15, 0, 0, 100, 0, 0, 0];
    let frame = |more: &[u8]| riff(*b"ANMF", &[&place[..], &plain[12..], more].concat());
    let whole = |more: &[u8]| {
        let body = [
            &b"WEBP"[..],
            &riff(*b"VP8X", &[0x12, 0, 0, 0, 15, 0, 0, 15, 0, 0]),
            &riff(*b"ANIM", &[0; 6]),
            &frame(more),
            &frame(&[]),
        ]
        .concat();
        riff(*b"RIFF", &body)
    };
    let told = riff(*b"EXIF", b"SECRETPLACE");
    let clean = strip(Kind::Webp, &whole(&told)).unwrap();
    assert!(clean.moving);
    assert_eq!(clean.bytes, whole(&[]));
    // A last chunk that is not made even.
    let cut = &told[..told.len() - 1];
    let clean = strip(Kind::Webp, &whole(cut)).unwrap();
    assert_eq!(clean.bytes, whole(&[]));
}

#[test]
fn a_webp_loses_its_extra_chunks_and_the_flags_that_announce_them() {
    let plain = encoded(disc(16), ImageFormat::WebP);
    let mut body = b"WEBP".to_vec();
    body.extend(riff(*b"VP8X", &[0x1c, 0, 0, 0, 15, 0, 0, 15, 0, 0]));
    body.extend(&plain[12..]);
    body.extend(riff(*b"EXIF", &exif()));
    body.extend(riff(*b"XMP ", b"SECRETPLACE"));
    let mut full = b"RIFF".to_vec();
    full.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    full.extend(body);
    let clean = strip(Kind::Webp, &full).unwrap();
    assert!(!contains(&clean.bytes, b"SECRETPLACE"));
    let flags = clean.bytes.iter().position(|b| *b == b'X').unwrap() + 5;
    assert_eq!(clean.bytes[flags], 0x10, "alpha stays, Exif and XMP go");
    assert_eq!(pixels(&clean.bytes), pixels(&plain));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, kind in 0_usize..Kind::ALL.len()) {
        let kind = Kind::ALL[kind];
        let heads: [&[u8]; 4] = [b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\x01WEBP"];
        for head in heads {
            let _any = strip(kind, &[head, &bytes].concat());
        }
    }
}
