//! Blocks of a JPEG drawn smaller than they are, from their lowest waves alone (the inverse of the cosine transform,
//! ITU T.81, A.3.3, with fewer samples).

use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// The coefficients of a block by rows: the first is eight times its mean.
pub(super) type Block = [f32; 64];

/// How high each wave is at each sample.
pub(super) type Waves = [[f32; 8]; 8];

/// Draws a block into rows that are so far apart.
pub(super) type Draw = fn(&Block, (&Waves, &Waves), &mut [u8], usize);

/// The waves over so many samples, at most eight.
pub(super) fn waves(samples: usize) -> Waves {
    let mut waves = [[0.0; 8]; 8];
    for (k, wave) in waves.iter_mut().enumerate().take(samples) {
        let height = if k == 0 { FRAC_1_SQRT_2 / 2.0 } else { 0.5 };
        for (n, at) in wave.iter_mut().enumerate().take(samples) {
            let turns = ((2 * n + 1) * k) as f32 / (2 * samples) as f32;
            *at = height * (turns * PI).cos();
        }
    }
    waves
}

/// What draws blocks of so many samples across and down; none of other sizes.
pub(super) fn drawing(across: usize, down: usize) -> Option<Draw> {
    Some(match (across, down) {
        (1, 1) => drawn::<1, 1>,
        (2, 2) => drawn::<2, 2>,
        (4, 4) => drawn::<4, 4>,
        (8, 8) => drawn::<8, 8>,
        (2, 1) => drawn::<2, 1>,
        (1, 2) => drawn::<1, 2>,
        (4, 2) => drawn::<4, 2>,
        (2, 4) => drawn::<2, 4>,
        (8, 4) => drawn::<8, 4>,
        (4, 8) => drawn::<4, 8>,
        _ => return None,
    })
}

/// Samples lie around this, and are rounded.
const MIDDLE: f32 = 128.5;

fn drawn<const X: usize, const Y: usize>(
    block: &Block,
    (across, down): (&Waves, &Waves),
    to: &mut [u8],
    stride: usize,
) {
    let mut lines = [[0.0_f32; X]; Y];
    for (line, heights) in lines.iter_mut().zip(block.chunks_exact(8)) {
        for (height, wave) in heights.iter().zip(across).take(X) {
            for (sample, wave) in line.iter_mut().zip(wave) {
                *sample += height * wave;
            }
        }
    }
    for (y, row) in to.chunks_mut(stride).enumerate().take(Y) {
        let mut samples = [MIDDLE; X];
        for (line, wave) in lines.iter().zip(down) {
            for (sample, part) in samples.iter_mut().zip(line) {
                *sample += part * wave[y];
            }
        }
        for (byte, sample) in row.iter_mut().zip(samples) {
            *byte = sample as u8;
        }
    }
}

/// Draws a block of one tone.
pub(super) fn flat(block: &Block, (across, down): (usize, usize), to: &mut [u8], stride: usize) {
    let tone = (block[0] / 8.0 + MIDDLE) as u8;
    for row in to.chunks_mut(stride).take(down) {
        for byte in row.iter_mut().take(across) {
            *byte = tone;
        }
    }
}
