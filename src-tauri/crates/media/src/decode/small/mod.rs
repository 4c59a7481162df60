//! JPEG files as nearly all are (eight bits, all colours in one sequential scan, Huffman codes: ITU T.81), opened at
//! a half, a quarter or an eighth of their size. What only a larger picture would show is stepped over. Any other
//! file, and any with a fault, is not for this: the complete decoders have the word then, and the last one.

mod codes;
#[cfg(test)]
mod tests;
mod waves;

use image::RgbImage;

use codes::{Bits, Said, Table};
use waves::{Block, Draw, Waves, drawing, flat, waves};

/// Where the coefficients lie in a block, in the order in which they come (T.81, figure A.6).
const PLACES: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Opens the picture, whose size is known, as small as it can be with a longer side of at least `least` pixels.
pub(super) fn open(bytes: &[u8], size: (u32, u32), least: u32) -> Option<RgbImage> {
    let longest = u64::from(size.0.max(size.1));
    let eighths = [1, 2, 4]
        .into_iter()
        .find(|n| (longest * n).div_ceil(8) >= u64::from(least))?;
    let (head, data) = Head::read(bytes)?;
    if head.size != size {
        return None;
    }
    head.picture(data, eighths as usize)
}

/// One colour of the picture, as its file describes it.
struct Colour {
    id: u8,
    /// Blocks across and down, in each group of blocks.
    blocks: (usize, usize),
    steps: usize,
    /// Its tables of codes: for the first coefficient, and for the others.
    tables: (usize, usize),
}

/// What stands before the coded data.
#[derive(Default)]
struct Head {
    size: (u32, u32),
    colours: Vec<Colour>,
    /// Steps of the coefficients, in the order in which they come.
    steps: [Option<[f32; 64]>; 4],
    firsts: [Option<Table>; 4],
    others: [Option<Table>; 4],
    /// Groups of blocks between two restarts; none when there are no restarts.
    restart: usize,
    /// What Adobe's programs say of the colours.
    transform: Option<u8>,
}

impl Head {
    /// Reads it, up to the coded data.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut head = Self::default();
        let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
        loop {
            let (marker, body, behind) = segment(rest)?;
            rest = behind;
            match marker {
                0xdb => head.read_steps(body)?,
                0xc4 => head.read_codes(body)?,
                0xc0 | 0xc1 => head.read_frame(body)?,
                0xdd => head.restart = usize::from(u16::from_be_bytes(*body.first_chunk()?)),
                0xee if body.starts_with(b"Adobe") => head.transform = body.get(11).copied(),
                0xe0..=0xef | 0xfe => {}
                0xda => {
                    head.read_scan(body)?;
                    return head.is_usual().then_some((head, rest));
                }
                _ => return None,
            }
        }
    }

    /// T.81, B.2.4.1.
    fn read_steps(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((about, rest)) = body.split_first() {
            let wide = about >> 4 == 1;
            let (these, behind) = rest.split_at_checked(if wide { 128 } else { 64 })?;
            let mut steps = [0.0; 64];
            for (n, step) in steps.iter_mut().enumerate() {
                *step = if wide {
                    f32::from(u16::from_be_bytes([these[n * 2], these[n * 2 + 1]]))
                } else {
                    f32::from(these[n])
                };
            }
            *self.steps.get_mut(usize::from(about & 15))? = Some(steps);
            body = behind;
        }
        Some(())
    }

    /// T.81, B.2.4.2.
    fn read_codes(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((about, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let many: usize = counts.iter().map(|n| usize::from(*n)).sum();
            let (values, behind) = rest.split_at_checked(many)?;
            let tables = match about >> 4 {
                0 => &mut self.firsts,
                1 => &mut self.others,
                _ => return None,
            };
            *tables.get_mut(usize::from(about & 15))? = Some(Table::new(counts, values)?);
            body = behind;
        }
        Some(())
    }

    /// T.81, B.2.2.
    fn read_frame(&mut self, body: &[u8]) -> Option<()> {
        let (about, rest) = body.split_first_chunk::<6>()?;
        let [bits, height, low_height, width, low_width, many] = *about;
        if bits != 8 || !self.colours.is_empty() || rest.len() != usize::from(many) * 3 {
            return None;
        }
        self.size = (
            u32::from(u16::from_be_bytes([width, low_width])),
            u32::from(u16::from_be_bytes([height, low_height])),
        );
        for colour in rest.chunks_exact(3) {
            self.colours.push(Colour {
                id: colour[0],
                blocks: (usize::from(colour[1] >> 4), usize::from(colour[1] & 15)),
                steps: usize::from(colour[2]),
                tables: (0, 0),
            });
        }
        // One colour alone comes block by block, whatever is said of it.
        if let [alone] = self.colours.as_mut_slice() {
            alone.blocks = (1, 1);
        }
        Some(())
    }

    /// T.81, B.2.3: all colours in one go, with all of their coefficients.
    fn read_scan(&mut self, body: &[u8]) -> Option<()> {
        let (many, rest) = body.split_first()?;
        let (colours, about) = rest.split_at_checked(usize::from(*many) * 2)?;
        if usize::from(*many) != self.colours.len() || about != [0, 63, 0] {
            return None;
        }
        for (colour, says) in self.colours.iter_mut().zip(colours.chunks_exact(2)) {
            if colour.id != says[0] {
                return None;
            }
            colour.tables = (usize::from(says[1] >> 4), usize::from(says[1] & 15));
        }
        Some(())
    }

    /// Whether it is one colour, or light and two differences of colour in that order.
    fn is_usual(&self) -> bool {
        let ids: Vec<u8> = self.colours.iter().map(|colour| colour.id).collect();
        let known = matches!(ids.as_slice(), [_] | [1, 2, 3] | [0, 1, 2]);
        known && matches!(self.transform, None | Some(1)) && self.size.0 > 0 && self.size.1 > 0
    }

    fn picture(&self, data: &[u8], eighths: usize) -> Option<RgbImage> {
        let most = |of: fn(&Colour) -> usize| self.colours.iter().map(of).max();
        let (across, down) = (most(|c| c.blocks.0)?, most(|c| c.blocks.1)?);
        if across == 0 || down == 0 {
            return None;
        }
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let groups = width.div_ceil(across * 8);
        let band = (groups * across * eighths, down * eighths);
        let planes = self.colours.iter();
        let mut planes = planes
            .map(|colour| self.plane(colour, (across, down), eighths, band))
            .collect::<Option<Vec<_>>>()?;
        let small = |side: usize| (side * eighths).div_ceil(8);
        let (width, height) = (small(width), small(height));
        let mut pixels = vec![0; width * height * 3];
        let mut bits = Bits::new(data);
        let mut group = 0;
        for rows in pixels.chunks_mut(width * band.1 * 3) {
            for column in 0..groups {
                if self.restart > 0 && group > 0 && group.is_multiple_of(self.restart) {
                    bits.restart(((group / self.restart - 1) % 8) as u8)?;
                    planes.iter_mut().for_each(|plane| plane.mean = 0);
                }
                group += 1;
                for plane in &mut planes {
                    plane.read(&mut bits, column)?;
                }
            }
            if bits.over() {
                return None;
            }
            for (y, row) in rows.chunks_exact_mut(width * 3).enumerate() {
                paint(&planes, y, row);
            }
        }
        RgbImage::from_raw(width as u32, height as u32, pixels)
    }

    /// How a colour is drawn where a group of blocks has so many across and down, in bands of that size.
    fn plane(
        &self,
        colour: &Colour,
        (across, down): (usize, usize),
        eighths: usize,
        band: (usize, usize),
    ) -> Option<Plane<'_>> {
        let blocks = colour.blocks;
        if !across.is_multiple_of(blocks.0) || !down.is_multiple_of(blocks.1) {
            return None;
        }
        // A colour with fewer samples is drawn from more of its waves, so that all have the same size.
        let samples = (across / blocks.0 * eighths, down / blocks.1 * eighths);
        let wanted = |place: usize| place % 8 < samples.0 && place / 8 < samples.1;
        let last = PLACES.iter().rposition(|place| wanted(*place))?;
        Some(Plane {
            firsts: self.firsts.get(colour.tables.0)?.as_ref()?,
            others: self.others.get(colour.tables.1)?.as_ref()?,
            steps: self.steps.get(colour.steps)?.as_ref()?,
            blocks,
            samples,
            last: last as u32,
            draw: drawing(samples.0, samples.1)?,
            waves: (waves(samples.0), waves(samples.1)),
            mean: 0,
            block: [0.0; 64],
            band: vec![0; band.0 * band.1],
            stride: band.0,
        })
    }
}

/// The next segment: its marker, what is in it, and what comes behind.
fn segment(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let begins = bytes.iter().position(|byte| *byte != 0xff)?;
    if begins == 0 {
        return None;
    }
    let (marker, rest) = bytes.get(begins..)?.split_first()?;
    let size = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    Some((*marker, rest.get(2..size)?, &rest[size..]))
}

/// One colour, band by band.
struct Plane<'a> {
    firsts: &'a Table,
    others: &'a Table,
    steps: &'a [f32; 64],
    blocks: (usize, usize),
    /// Samples of a block, across and down.
    samples: (usize, usize),
    /// The last coefficient that is wanted.
    last: u32,
    draw: Draw,
    waves: (Waves, Waves),
    /// The first coefficient of the block before, in steps.
    mean: i32,
    block: Block,
    band: Vec<u8>,
    stride: usize,
}

impl Plane<'_> {
    /// Reads its blocks of the group in this column, and draws them.
    fn read(&mut self, bits: &mut Bits, column: usize) -> Option<()> {
        for down in 0..self.blocks.1 {
            for across in 0..self.blocks.0 {
                let busy = self.read_block(bits)?;
                let left = (column * self.blocks.0 + across) * self.samples.0;
                let to = &mut self.band[down * self.samples.1 * self.stride + left..];
                if busy {
                    let waves = (&self.waves.0, &self.waves.1);
                    (self.draw)(&self.block, waves, to, self.stride);
                } else {
                    flat(&self.block, self.samples, to, self.stride);
                }
            }
        }
        Some(())
    }

    /// Reads the coefficients of a block that are wanted; whether there are others than the first.
    fn read_block(&mut self, bits: &mut Bits) -> Option<bool> {
        self.mean = self.mean.wrapping_add(self.firsts.difference(bits)?);
        if self.last > 0 {
            self.block.fill(0.0);
        }
        self.block[0] = self.mean as f32 * self.steps[0];
        let (mut k, mut busy) = (1, false);
        while k <= self.last {
            match self.others.said(bits)? {
                Said::End => return Some(busy),
                Said::Zeros => k += 16,
                Said::Value { zeros, value } => {
                    k += zeros;
                    let place = *PLACES.get(k as usize)?;
                    self.block[place] = value as f32 * self.steps[k as usize];
                    busy = true;
                    k += 1;
                }
            }
        }
        self.others.step_over(bits, k)?;
        Some(busy)
    }
}

/// Paints a row of pixels.
fn paint(planes: &[Plane], y: usize, to: &mut [u8]) {
    let row = |plane: usize| {
        let plane = &planes[plane];
        &plane.band[y * plane.stride..][..plane.stride]
    };
    let pixels = to.chunks_exact_mut(3);
    if planes.len() == 3 {
        let tones = row(0).iter().zip(row(1)).zip(row(2));
        for (pixel, ((light, blue), red)) in pixels.zip(tones) {
            pixel.copy_from_slice(&rgb(*light, *blue, *red));
        }
    } else {
        for (pixel, light) in pixels.zip(row(0)) {
            pixel.fill(*light);
        }
    }
}

/// Light and differences of colour as red, green and blue (ITU T.871, 7), in 65536ths.
fn rgb(light: u8, blue: u8, red: u8) -> [u8; 3] {
    let light = (i32::from(light) << 16) + (1 << 15);
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    [
        light + 91_881 * red,
        light - 22_554 * blue - 46_802 * red,
        light + 116_130 * blue,
    ]
    .map(|part| (part >> 16).clamp(0, 255) as u8)
}
