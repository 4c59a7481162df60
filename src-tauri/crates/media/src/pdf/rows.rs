//! Rows of numbers that a PDF keeps packed.

/// Rows that were written as differences (the filters of PNG, ISO/IEC 15948, 9.2, of pixels with one byte).
pub(super) fn unpredicted(data: &[u8], row: usize) -> Option<Vec<u8>> {
    if row == 0 || row >= data.len() {
        return None;
    }
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0; row];
    for line in data.chunks_exact(row + 1) {
        let (filter, bytes) = line.split_first()?;
        let (mut left, mut corner) = (0_u8, 0_u8);
        for (byte, above) in bytes.iter().zip(&mut above) {
            let up = *above;
            let guess = match *filter {
                0 => 0,
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => nearest(left, up, corner),
                _ => return None,
            };
            let is = byte.wrapping_add(guess);
            out.push(is);
            (left, corner, *above) = (is, up, is);
        }
    }
    Some(out)
}

/// Of the three neighbours the one nearest to what they lead to.
fn nearest(left: u8, up: u8, corner: u8) -> u8 {
    let leads = i16::from(left) + i16::from(up) - i16::from(corner);
    let off = |to: u8| (leads - i16::from(to)).abs();
    if off(left) <= off(up) && off(left) <= off(corner) {
        left
    } else if off(up) <= off(corner) {
        up
    } else {
        corner
    }
}
