use jpeg_decoder::PixelFormat;

use super::*;
use crate::testing::{jpeg, noise};

const SIZE: (u32, u32) = (83, 61);
/// Every coefficient counts in such steps.
const STEP: u8 = 3;

/// A file written block by block: how many blocks each colour has in a group, groups between restarts, bits of a
/// code, and the coefficients of the block of a colour in a column and row.
struct Written<'a> {
    blocks: &'a [(u8, u8)],
    restart: u16,
    code: u8,
    block: &'a dyn Fn(usize, u32, u32) -> [i32; 64],
}

impl Written<'_> {
    fn bytes(&self, (width, height): (u32, u32)) -> Vec<u8> {
        let segment = |marker: u8, body: &[u8]| {
            let size = (body.len() as u16 + 2).to_be_bytes();
            [&[0xff, marker], &size[..], body].concat()
        };
        let across = u32::from(self.blocks.iter().map(|b| b.0).max().unwrap());
        let down = u32::from(self.blocks.iter().map(|b| b.1).max().unwrap());
        let mut out = vec![0xff, 0xd8];
        out.extend(segment(0xdb, &[&[0][..], &[STEP; 64]].concat()));
        let of_length = |length: u8, values: &[u8], class: u8| {
            let mut counts = [0; 16];
            counts[usize::from(length) - 1] = values.len() as u8;
            segment(0xc4, &[&[class][..], &counts, values].concat())
        };
        out.extend(of_length(4, &(0..12).collect::<Vec<u8>>(), 0));
        out.extend(of_length(self.code, &symbols(), 0x10));
        let [high, low] = (height as u16).to_be_bytes();
        let [wide, narrow] = (width as u16).to_be_bytes();
        let mut frame = vec![8, high, low, wide, narrow, self.blocks.len() as u8];
        let mut scan = vec![self.blocks.len() as u8];
        for (n, (across, down)) in (1..).zip(self.blocks) {
            frame.extend([n, across << 4 | down, 0]);
            scan.extend([n, 0]);
        }
        scan.extend([0, 63, 0]);
        out.extend(segment(0xc0, &frame));
        if self.restart > 0 {
            out.extend(segment(0xdd, &self.restart.to_be_bytes()));
        }
        out.extend(segment(0xda, &scan));
        let mut bits = Pen::default();
        let mut means = vec![0; self.blocks.len()];
        let mut group = 0;
        for row in 0..height.div_ceil(down * 8) {
            for column in 0..width.div_ceil(across * 8) {
                let restart = u32::from(self.restart);
                if restart > 0 && group > 0 && group.is_multiple_of(restart) {
                    bits.end();
                    bits.out
                        .extend([0xff, 0xd0 + (group / restart - 1) as u8 % 8]);
                    means.fill(0);
                }
                group += 1;
                for (colour, (across, down)) in self.blocks.iter().enumerate() {
                    let (across, down) = (u32::from(*across), u32::from(*down));
                    for n in 0..across * down {
                        let at = (column * across + n % across, row * down + n / across);
                        let block = (self.block)(colour, at.0, at.1);
                        bits.block(&block, &mut means[colour], self.code);
                    }
                }
            }
        }
        bits.end();
        out.extend(bits.out);
        out.extend([0xff, 0xd9]);
        out
    }
}

/// Everything that a code can stand for: an end, sixteen zeros, and so many zeros before a number of so many bits.
fn symbols() -> Vec<u8> {
    let numbers = (0..16).flat_map(|zeros| (1..=10).map(move |size| zeros << 4 | size));
    [0x00, 0xf0].into_iter().chain(numbers).collect()
}

#[derive(Default)]
struct Pen {
    out: Vec<u8>,
    byte: u8,
    used: u32,
}

impl Pen {
    fn write(&mut self, value: u32, bits: u32) {
        for n in (0..bits).rev() {
            self.byte = self.byte << 1 | (value >> n & 1) as u8;
            self.used += 1;
            if self.used == 8 {
                self.out.push(self.byte);
                if self.byte == 0xff {
                    self.out.push(0);
                }
                (self.byte, self.used) = (0, 0);
            }
        }
    }

    fn end(&mut self) {
        while self.used > 0 {
            self.write(1, 1);
        }
    }

    fn number(&mut self, value: i32) {
        let size = size(value);
        let value = if value < 0 { value - 1 } else { value };
        self.write(value as u32, size);
    }

    fn block(&mut self, block: &[i32; 64], mean: &mut i32, code: u8) {
        let symbol = |symbol: u8| {
            let place = symbols().iter().position(|s| *s == symbol);
            place.unwrap() as u32
        };
        let difference = block[0] - *mean;
        *mean = block[0];
        self.write(size(difference), 4);
        self.number(difference);
        let mut zeros = 0;
        let last = block.iter().rposition(|c| *c != 0).unwrap_or(0);
        for value in &block[1..=last.max(1)] {
            if *value == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 {
                self.write(symbol(0xf0), code.into());
                zeros -= 16;
            }
            self.write(symbol(zeros << 4 | size(*value) as u8), code.into());
            self.number(*value);
            zeros = 0;
        }
        if last < 63 {
            self.write(symbol(0), code.into());
        }
    }
}

/// How many bits a number has.
fn size(value: i32) -> u32 {
    32 - value.unsigned_abs().leading_zeros()
}

/// Blocks with much and little in them, the same every time.
fn some(colour: usize, column: u32, row: u32) -> [i32; 64] {
    let place = column * 97 + row * 1_009 + 1;
    let mut state = (colour as u32 + 1).wrapping_mul(0x9e37_79b9) ^ place.wrapping_mul(0x85eb_ca6b);
    let mut next = |most: i32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as i32 % (2 * most + 1) - most
    };
    let mut block = [0; 64];
    block[0] = next(200);
    let kind = (column + row * 3) % 5;
    for (k, value) in (0..).zip(block.iter_mut()).skip(1) {
        *value = match kind {
            0 => 0,
            // Long runs of zeros, and something at the very end.
            1 => i32::from(k == 21 || k == 63) * 5,
            2 if k > 9 => 0,
            _ => next(1 + 24 / k),
        };
    }
    block
}

/// One tone in every block of a difference of colour.
fn some_of_one_colour(colour: usize, column: u32, row: u32) -> [i32; 64] {
    if colour == 0 {
        return some(colour, column, row);
    }
    let mut block = [0; 64];
    block[0] = 40;
    block
}

/// The picture by the complete decoder that shrinks as well.
fn shrunk(bytes: &[u8], (width, height): (u32, u32)) -> RgbImage {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let got = decoder.scale(width as u16, height as u16).unwrap();
    assert_eq!((u32::from(got.0), u32::from(got.1)), (width, height));
    let pixels = decoder.decode().unwrap();
    let rgb = if decoder.info().unwrap().pixel_format == PixelFormat::L8 {
        pixels.into_iter().flat_map(|l| [l; 3]).collect()
    } else {
        pixels
    };
    RgbImage::from_raw(width, height, rgb).unwrap()
}

fn assert_alike(bytes: &[u8], size: (u32, u32), what: &str) {
    for eighths in [1, 2, 4] {
        let of = |side: u32| (side * eighths).div_ceil(8);
        let small = (of(size.0), of(size.1));
        let ours = open(bytes, size, small.0.max(small.1)).unwrap_or_else(|| panic!("{what}"));
        assert_eq!(ours.dimensions(), small, "{what}");
        let theirs = shrunk(bytes, small);
        for (x, y, pixel) in ours.enumerate_pixels() {
            let other = theirs.get_pixel(x, y);
            let off = |n: usize| pixel.0[n].abs_diff(other.0[n]);
            let worst = off(0).max(off(1)).max(off(2));
            assert!(
                worst <= 4,
                "{what}, {eighths}/8, {x} {y}: {pixel:?} {other:?}"
            );
        }
    }
}

#[test]
fn small_pictures_are_those_of_the_complete_decoder() {
    let even: [(u8, u8); 3] = [(1, 1); 3];
    for restart in [0, 1, 3] {
        // Codes that are seen at once, and longer ones.
        for code in [8, 12] {
            let file = |blocks: &[(u8, u8)], block: &dyn Fn(usize, u32, u32) -> [i32; 64]| {
                let written = Written {
                    blocks,
                    restart,
                    code,
                    block,
                };
                written.bytes(SIZE)
            };
            let what = |kind: &str| format!("{kind}, restarts {restart}, codes of {code}");
            assert_alike(&file(&even[..1], &some), SIZE, &what("grey"));
            assert_alike(&file(&even, &some), SIZE, &what("even"));
            for coarse in [(2, 2), (2, 1), (1, 2)] {
                let blocks = [coarse, (1, 1), (1, 1)];
                let bytes = file(&blocks, &some_of_one_colour);
                assert_alike(&bytes, SIZE, &what(&format!("{coarse:?}")));
            }
        }
    }
    let photo = jpeg(&noise(200, 130));
    assert_alike(&photo, (200, 130), "as the library for pictures writes it");
}

#[test]
fn colours_with_fewer_samples_lie_where_they_belong() {
    let halves = |colour: usize, column: u32, _: u32| {
        let mut block = [0; 64];
        // Blue on the left, red on the right: blocks of the differences are twice as large.
        let blue = if column < 2 { 150 } else { -150 };
        block[0] = [0, blue, -blue][colour];
        block
    };
    let blocks = [(2, 2), (1, 1), (1, 1)];
    let written = Written {
        blocks: &blocks,
        restart: 0,
        code: 8,
        block: &halves,
    };
    let bytes = written.bytes((64, 40));
    for least in [8, 16, 32] {
        let small = open(&bytes, (64, 40), least).unwrap();
        assert_eq!(small.dimensions(), (least, least * 5 / 8));
        for (x, y, pixel) in small.enumerate_pixels() {
            let [red, _, blue] = pixel.0;
            let left = x < small.width() / 2;
            assert!(
                if left {
                    blue > red + 100
                } else {
                    red > blue + 100
                },
                "{x} {y} {pixel:?}"
            );
        }
    }
}

#[test]
fn what_is_not_usual_or_not_whole_is_left_to_the_complete_decoders() {
    let blocks = [(1, 1)];
    let of = |restart| Written {
        blocks: &blocks,
        restart,
        code: 8,
        block: &some,
    };
    let whole = of(4).bytes(SIZE);
    assert!(open(&whole, SIZE, 10).is_some());
    assert!(
        open(&whole, (SIZE.0, SIZE.1 + 1), 10).is_none(),
        "another size"
    );
    assert!(open(&whole, SIZE, 80).is_none(), "larger than a half");
    let at = |marker: u8| whole.windows(2).position(|w| w == [0xff, marker]).unwrap();
    let with = |at: usize, byte: u8| {
        let mut changed = whole.clone();
        changed[at] = byte;
        changed
    };
    let odd = [
        ("several scans", with(at(0xc0) + 1, 0xc2)),
        ("twelve bits", with(at(0xc0) + 4, 12)),
        ("another restart", with(at(0xd1) + 1, 0xd5)),
        ("too many codes", with(at(0xc4) + 5, 3)),
        ("no codes", with(at(0xc4) + 1, 0xfe)),
    ];
    for (what, bytes) in odd {
        assert!(open(&bytes, SIZE, 10).is_none(), "{what}");
    }
    for end in 0..whole.len() - 2 {
        assert!(open(&whole[..end], SIZE, 10).is_none(), "cut at {end}");
    }
}

#[test]
fn nothing_falls_over_spoilt_files() {
    let size = (40, 24);
    let blocks = [(2, 2), (1, 1), (1, 1)];
    let written = Written {
        blocks: &blocks,
        restart: 2,
        code: 12,
        block: &some,
    };
    let whole = written.bytes(size);
    for at in 0..whole.len() {
        for byte in [0, 0xff, whole[at] ^ 0x40, whole[at].wrapping_add(1)] {
            let mut spoilt = whole.clone();
            spoilt[at] = byte;
            for least in [5, 10, 20] {
                if let Some(small) = open(&spoilt, size, least) {
                    assert!(small.width() >= least);
                }
            }
        }
    }
}
