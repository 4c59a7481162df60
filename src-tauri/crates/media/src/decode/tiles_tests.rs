use super::*;
use crate::testing::tiled_avif;

#[test]
fn tiles_are_laid_row_by_row_and_cut_to_size() {
    let file = tiled_avif((3, 2), (40, 20), 0);
    let (tiles, _) = read(&file).unwrap();
    assert!(tiles.beside.is_empty());
    assert_eq!(tiles.colours.size, (40, 20));
    let mut nth = 0;
    let laid = tiles.laid(&tiles.colours, &file, 1, 800, |data| {
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
        let (tiles, _) = read(&file).unwrap();
        let many = (tile.0 * tile.1) as usize;
        tiles.laid(&tiles.colours, &file, 1, most, |_| {
            Ok((tile, vec![0; many]))
        })
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
            is_bounded(&spoilt);
            if let Some((tiles, _)) = read(&spoilt) {
                let laid = tiles.laid(&tiles.colours, &spoilt, 1, 2_000, |data| {
                    assert!(data.len() <= spoilt.len());
                    Ok(((16, 16), vec![0; 256]))
                });
                laid.ok();
            }
        }
        read(&whole[..at]);
    }
}

/// An item: its number, what it is, whether its data lie in `idat`, and where they lie.
type Item<'a> = (u16, &'a [u8; 4], bool, &'a [(u32, u32)]);
/// What one item says of others.
type Says<'a> = (&'a [u8; 4], u16, &'a [u16]);

fn named(name: &[u8], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

/// A file whose picture is the first item, and whose pictures of tiles are all of one row of so many.
fn built(across: u8, items: &[Item<'_>], says: &[Says<'_>]) -> Vec<u8> {
    let many = (items.len() as u16).to_be_bytes();
    let mut infos = [&[0; 4][..], &many].concat();
    // Version 1, offsets and lengths of four bytes.
    let mut places = [&[1, 0, 0, 0, 0x44, 0][..], &many].concat();
    for (item, sort, inside, parts) in items {
        let item = item.to_be_bytes();
        let info = [&[2, 0, 0, 0][..], &item, &[0, 0], *sort, &[0]].concat();
        infos.extend(named(b"infe", &info));
        places.extend([&item[..], &[0, u8::from(*inside), 0, 0]].concat());
        places.extend((parts.len() as u16).to_be_bytes());
        for (at, size) in *parts {
            places.extend([at.to_be_bytes(), size.to_be_bytes()].concat());
        }
    }
    let mut references = vec![0; 4];
    for (sort, from, to) in says {
        let mut body = [*from, to.len() as u16].map(u16::to_be_bytes).concat();
        body.extend(to.iter().flat_map(|item| item.to_be_bytes()));
        references.extend(named(*sort, &body));
    }
    let parts = [
        vec![0; 4],
        named(b"pitm", &[0, 0, 0, 0, 0, 1]),
        named(b"iloc", &places),
        named(b"iinf", &infos),
        named(b"iref", &references),
        named(b"idat", &[0, 0, 0, across - 1, 0, 16, 0, 16]),
    ];
    [named(b"ftyp", b"avif"), named(b"meta", &parts.concat())].concat()
}

/// Where the description of the tiles lies in such a file.
const GRID: &[(u32, u32)] = &[(0, 8)];
/// One part, and one item.
const PART: &[(u32, u32)] = &[(0, 1)];
const FIRST: &[u16] = &[1];
const SECOND: &[u16] = &[2];

#[test]
fn no_more_parts_are_looked_up_than_a_file_may_have() {
    let parts: &[(u32, u32)] = &[(0, 1); 2_000];
    let items: [Item<'_>; 2] = [(1, b"grid", true, GRID), (2, b"av01", false, parts)];
    // The same item again and again.
    let file = |tiles: u8| {
        let to = SECOND.repeat(usize::from(tiles));
        built(tiles, &items, &[(b"dimg", 1, to.as_slice())])
    };
    let ten = file(10);
    let (tiles, _) = read(&ten).unwrap();
    assert_eq!(tiles.colours.tiles.len(), 10);
    assert!(read(&file(11)).is_none());
}

#[test]
fn few_pictures_beside_the_one_that_is_shown_are_looked_at_and_each_once() {
    let items: [Item<'_>; 5] = [
        (1, b"grid", true, GRID),
        (2, b"av01", false, PART),
        (3, b"grid", true, GRID),
        (4, b"grid", true, GRID),
        (5, b"grid", true, GRID),
    ];
    let beside = |from: &[u16]| {
        let mut says: Vec<Says<'_>> = Vec::new();
        for grid in [1, 3, 4, 5] {
            says.push((b"dimg", grid, SECOND));
        }
        for one in from {
            says.push((b"auxl", *one, FIRST));
        }
        let file = built(1, &items, &says);
        let (tiles, _) = read(&file).unwrap();
        tiles.beside.len()
    };
    assert_eq!(beside(&[]), 0);
    assert_eq!(beside(&[3; 50]), 1);
    assert_eq!(beside(&[3, 4]), 2);
    assert_eq!(beside(&[3, 4, 5]), 2);
}

#[test]
fn a_file_that_would_take_many_times_its_size_is_known_beforehand() {
    for file in [crate::testing::avif(), tiled_avif((3, 2), (40, 20), 0)] {
        assert!(is_bounded(&file));
    }
    let one = |parts: &[(u32, u32)]| built(1, &[(1, b"av01", false, parts)], &[]);
    let half = one(&[(0, 1); 3]).len() as u32 / 2;
    assert!(is_bounded(&one(&[(0, half), (0, half / 2), (half, 1)])));
    assert!(!is_bounded(&one(&[(0, half); 3])));
    assert!(!is_bounded(&one(&vec![(0, 1); MOST_PARTS + 1])));
    // What describes the pictures is not too long, and does not hide behind many other things.
    let about = |size: usize| {
        let other = named(b"free", &vec![0; size]);
        named(b"meta", &[&[0; 4][..], &other].concat())
    };
    assert!(is_bounded(&about(1_000)));
    assert!(!is_bounded(&about(MOST_ABOUT + 1)));
    let others = named(b"free", b"").repeat(MOST_PARTS);
    assert!(!is_bounded(&[others, one(&[(0, half); 3])].concat()));
}

#[test]
fn a_picture_of_tiles_is_read_as_if_it_were_an_ordinary_one() {
    let file = crate::testing::covered_avif((2, 2), (30, 20));
    let (_, as_one) = read(&file).unwrap();
    let mut read = Vec::new();
    as_one.reader().read_to_end(&mut read).unwrap();
    let mut wanted = file.clone();
    let names: Vec<usize> = memchr::memmem::find_iter(&file, b"grid").collect();
    assert_eq!(names.len(), 2);
    for at in names {
        wanted[at..at + 4].copy_from_slice(b"av01");
    }
    assert_eq!(read, wanted);
}
