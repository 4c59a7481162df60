use super::*;
use crate::testing::tiled_avif;

#[test]
fn tiles_are_laid_row_by_row_and_cut_to_size() {
    let file = tiled_avif((3, 2), (40, 20), 0);
    let tiles = read(&file).unwrap();
    assert!(tiles.beside.is_empty());
    assert_eq!(tiles.colours.size, (40, 20));
    let mut nth = 0;
    let laid = tiles.colours.laid(&file, 1, 800, |data| {
        assert_eq!(data.len(), 28);
        nth += 1;
        Ok(((16, 16), vec![nth; 256]))
    });
    let laid = laid.unwrap();
    assert_eq!((laid.len(), nth), (800, 6));
    let at = |x: usize, y: usize| laid[y * 40 + x];
    assert_eq!([at(0, 0), at(15, 15), at(16, 0), at(39, 15)], [1, 1, 2, 3]);
    assert_eq!([at(0, 16), at(20, 19), at(39, 19)], [4, 5, 6]);
}

#[test]
fn tiles_that_make_no_picture_are_refused() {
    let laid = |size: (u32, u32), most: u64, tile: (u32, u32)| {
        let file = tiled_avif((2, 2), size, 0);
        let tiles = read(&file).unwrap();
        let many = (tile.0 * tile.1) as usize;
        tiles
            .colours
            .laid(&file, 1, most, |_| Ok((tile, vec![0; many])))
    };
    assert!(laid((32, 32), 1_024, (16, 16)).is_ok());
    assert!(laid((17, 17), 1_024, (16, 16)).is_ok());
    for (size, most, tile) in [
        ((33, 32), 2_000, (16, 16)),
        ((32, 16), 2_000, (16, 16)),
        ((32, 32), 1_023, (16, 16)),
        ((32, 32), 2_000, (0, 0)),
    ] {
        assert!(laid(size, most, tile).is_err(), "{size:?} {tile:?}");
    }
    assert!(read(&crate::testing::avif()).is_none());
}

#[test]
fn nothing_falls_over_spoilt_files() {
    let whole = tiled_avif((2, 2), (30, 30), 1);
    for at in 0..whole.len() {
        for byte in [0, 1, 0xff, whole[at] ^ 0x10] {
            let mut spoilt = whole.clone();
            spoilt[at] = byte;
            as_one(&spoilt);
            if let Some(tiles) = read(&spoilt) {
                let laid = tiles.colours.laid(&spoilt, 1, 2_000, |data| {
                    assert!(data.len() <= spoilt.len());
                    Ok(((16, 16), vec![0; 256]))
                });
                laid.ok();
            }
        }
        read(&whole[..at]);
    }
}
