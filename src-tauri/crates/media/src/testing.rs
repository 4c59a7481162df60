//! Pictures for the tests, made here so that no binary file has to be trusted; but for a face, which cannot be made.

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A picture that compresses badly: noise from a small generator, the same every time.
pub fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 0x2545_f491_u32;
    RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [r, g, b, _] = state.to_le_bytes();
        Rgb([r, g, b])
    })
}

/// A left half that is red and a right half that is blue.
pub fn red_and_blue(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([250, 0, 0])
        } else {
            Rgb([0, 0, 250])
        }
    })
}

/// A red disc on a transparent ground.
pub fn disc(side: u32) -> RgbaImage {
    let middle = i64::from(side) / 2;
    RgbaImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (i64::from(x) - middle, i64::from(y) - middle);
        let inside = dx * dx + dy * dy < middle * middle / 2;
        Rgba([200, 10, 10, if inside { 255 } else { 0 }])
    })
}

pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 95)
        .encode_image(picture)
        .unwrap();
    out
}

pub fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

/// A picture of this size full of slanting stripes, with a person of 240 pixels each way at this place; and where the face
/// is: left, top, width and height.
pub fn with_a_face(
    width: u32,
    height: u32,
    (left, top): (u32, u32),
) -> (RgbImage, (u32, u32, u32, u32)) {
    const PERSON: &[u8] = include_bytes!("../fixtures/face.jpg");
    let person = image::load_from_memory_with_format(PERSON, ImageFormat::Jpeg).unwrap();
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        if (x + 2 * y) / 20 % 2 == 0 {
            Rgb([250, 120, 20])
        } else {
            Rgb([20, 60, 200])
        }
    });
    let at = (i64::from(left), i64::from(top));
    image::imageops::replace(&mut picture, &person.into_rgb8(), at.0, at.1);
    (picture, (left + 78, top + 54, 80, 80))
}

/// A red AVIF of 16 × 16 pixels, as libaom wrote it: nothing here encodes that format.
pub fn avif() -> Vec<u8> {
    const HEX: &str = "\
    00000020667479706176696600000000617669666d6966316d6961664d41\
    3142000000f96d657461000000000000002f68646c720000000000000000\
    706963740000000000000000000000005069637475726548616e646c6572\
    000000000e7069746d0000000000010000001e696c6f6300000000440000\
    01000100000001000001210000001c0000002869696e6600000000000100\
    00001a696e6665020000000001000061763031436f6c6f72000000006a69\
    7072700000004b6970636f00000014697370650000000000000010000000\
    10000000107069786900000000030808080000000c6176314381000c0000\
    000013636f6c726e636c78000200020002000000001769706d6100000000\
    0000000100010401028304000000246d6461740a06180cffdb008032121a\
    0000005000000000a98e8048a719f01fa0";
    let digits: Vec<u8> = HEX.bytes().collect();
    digits
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// An AVIF of so many tiles across and down, each the one of [`avif`], of which so much is shown, turned so many
/// quarters to the left.
pub fn tiled_avif(tiles: (u8, u8), size: (u32, u32), turns: u8) -> Vec<u8> {
    tiled(tiles, size, turns, false)
}

/// The same with a picture beside it, of the same tiles, that says how much of it shines through.
pub fn covered_avif(tiles: (u8, u8), size: (u32, u32)) -> Vec<u8> {
    tiled(tiles, size, 0, true)
}

fn tiled(
    (across, down): (u8, u8),
    (width, height): (u32, u32),
    turns: u8,
    covered: bool,
) -> Vec<u8> {
    let one = avif();
    let (ftyp, tile) = (&one[..32], &one[289..317]);
    let named = |name: &[u8], body: &[u8]| {
        let size = (body.len() as u32 + 8).to_be_bytes();
        [&size[..], name, body].concat()
    };
    let full = |name: &[u8], body: &[u8]| named(name, &[&[0; 4][..], body].concat());
    let many = u16::from(across) * u16::from(down);
    let tiles: Vec<u16> = (2..2 + many).collect();
    let cover = covered.then_some(2 + many);
    let grids: Vec<u16> = [1].into_iter().chain(cover).collect();
    let items = many + grids.len() as u16;
    let (wide, high) = (width.to_be_bytes(), height.to_be_bytes());
    let grid = [&[0, 1, down - 1, across - 1][..], &wide, &high].concat();
    let entry = |item: u16, sort: &[u8]| {
        let body = [&[2, 0, 0, 0][..], &item.to_be_bytes(), &[0, 0], sort, &[0]].concat();
        named(b"infe", &body)
    };
    let mut infos = items.to_be_bytes().to_vec();
    for grid in &grids {
        infos.extend(entry(*grid, b"grid"));
    }
    // Version 1, offsets and lengths of four bytes: the grid lies in `idat`, each tile behind everything.
    let mut places = vec![1, 0, 0, 0, 0x44, 0];
    places.extend(items.to_be_bytes());
    let place = |item: u16, way: u16, at: u32, size: usize| {
        let head = [item, way, 0, 1].map(u16::to_be_bytes).concat();
        [
            head,
            at.to_be_bytes().to_vec(),
            (size as u32).to_be_bytes().to_vec(),
        ]
        .concat()
    };
    for one in &grids {
        places.extend(place(*one, 1, 0, grid.len()));
    }
    let mut uses = u32::from(items).to_be_bytes().to_vec();
    uses.extend([0, 1, 2, 1, 0x80 | 4]);
    let size =
        |wide: u32, high: u32| full(b"ispe", &[wide.to_be_bytes(), high.to_be_bytes()].concat());
    let mut properties = vec![
        size(width, height),
        size(16, 16),
        one[0xe3..0xef].to_vec(),
        named(b"irot", &[turns]),
    ];
    let of_tiles: Vec<u8> = tiles.iter().flat_map(|tile| tile.to_be_bytes()).collect();
    let refers = |sort: &[u8], from: u16, many: u16, to: &[u8]| {
        let head = [from, many].map(u16::to_be_bytes).concat();
        named(sort, &[&head[..], to].concat())
    };
    let mut references: Vec<u8> = grids
        .iter()
        .flat_map(|grid| refers(b"dimg", *grid, many, &of_tiles))
        .collect();
    for item in &tiles {
        infos.extend(entry(*item, b"av01"));
        uses.extend(item.to_be_bytes());
        uses.extend([2, 2, 0x80 | 3]);
    }
    if let Some(cover) = cover {
        let sort = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";
        properties.push(full(b"auxC", sort));
        references.extend(refers(b"auxl", cover, 1, &[0, 1]));
        uses.extend(cover.to_be_bytes());
        uses.extend([2, 1, 5]);
    }
    let ipco = named(b"ipco", &properties.concat());
    // All but the places, whose length does not depend on what stands in them.
    let about = |places: &[u8]| {
        let parts = [
            one[0x2c..0x5b].to_vec(),
            full(b"pitm", &[0, 1]),
            named(b"iloc", places),
            full(b"iinf", &infos),
            full(b"iref", &references),
            named(b"iprp", &[ipco.clone(), full(b"ipma", &uses)].concat()),
            named(b"idat", &grid),
        ];
        full(b"meta", &parts.concat())
    };
    let length = about(&places).len() + tiles.len() * 16;
    for item in tiles {
        places.extend(place(item, 0, (ftyp.len() + length + 8) as u32, tile.len()));
    }
    [ftyp, &about(&places), &named(b"mdat", tile)].concat()
}

/// A GIF of two frames with a comment.
pub fn moving_gif(side: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new(&mut out);
    encoder
        .set_repeat(image::codecs::gif::Repeat::Infinite)
        .unwrap();
    for shade in [10, 200] {
        let frame = RgbaImage::from_pixel(side, side, Rgba([shade, 0, 0, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let end = out.pop().unwrap();
    out.extend(b"\x21\xfe\x0bSECRETPLACE\x00");
    out.push(end);
    out
}

/// The JPEG with an Exif segment behind its start that says where it was taken and that it lies on
/// its side (orientation 6: turn a quarter to the right), with an XMP, an IPTC and a comment segment
/// beside it, and with bytes behind its end.
pub fn with_secrets(jpeg: &[u8]) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let size = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &size[..], body].concat()
    };
    let mut out = jpeg[..2].to_vec();
    out.extend(segment(0xe1, &exif()));
    out.extend(segment(
        0xe1,
        b"http://ns.adobe.com/xap/1.0/\0<x>SECRETPLACE</x>",
    ));
    out.extend(segment(0xed, b"Photoshop 3.0\x008BIMSECRETPLACE"));
    out.extend(segment(0xfe, b"SECRETPLACE"));
    out.extend(&jpeg[2..]);
    out.extend(b"a video of SECRETPLACE");
    out
}

/// Exif 2.32: a TIFF header, a directory with orientation and a pointer to the GPS directory, and
/// in that a latitude reference and the name of the place.
pub fn exif() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [
            &tag.to_le_bytes()[..],
            &kind.to_le_bytes(),
            &count.to_le_bytes(),
            &value,
        ]
        .concat()
    };
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0112, 3, 1, [6, 0, 0, 0]));
    tiff.extend(entry(0x8825, 4, 1, 38_u32.to_le_bytes()));
    tiff.extend([0; 4]);
    assert_eq!(tiff.len(), 38);
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    tiff.extend(entry(0x001c, 7, 11, 68_u32.to_le_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(b"SECRETPLACE");
    [&b"Exif\0\0"[..], &tiff].concat()
}

/// A PNG chunk with its checksum.
pub fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in name.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    let size = u32::try_from(data.len()).unwrap();
    [&size.to_be_bytes()[..], &name, data, &(!crc).to_be_bytes()].concat()
}

/// A PNG that says it is enormous and has next to nothing in it.
pub fn huge_png(width: u32, height: u32) -> Vec<u8> {
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 6, 0, 0, 0],
    ]
    .concat();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    out.extend(chunk(*b"IHDR", &header));
    out.extend(chunk(*b"IDAT", b"\x78\x9c\x63\x00\x00\x00\x01\x00\x01"));
    out.extend(chunk(*b"IEND", b""));
    out
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

/// A program in a folder: a script of the shell. It is written by another process: one that another test
/// starts meanwhile would hold it open for writing, and what is open for writing cannot be run.
#[cfg(unix)]
pub fn program(folder: &std::path::Path, name: &str, script: &str) -> std::path::PathBuf {
    let program = folder.join(name);
    let done = std::process::Command::new("sh")
        .args([
            "-c",
            r#"printf '%s' "$SCRIPT" > "$1" && chmod 755 "$1""#,
            "sh",
        ])
        .arg(&program)
        .env("SCRIPT", format!("#!/bin/sh\n{script}\n"))
        .status();
    assert!(done.unwrap().success());
    program
}
