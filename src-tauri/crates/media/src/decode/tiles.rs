//! Pictures put together of tiles, as phones write large AVIF files (HEIF, ISO/IEC 23008-12, 6.6.2.3): where the
//! tiles lie in the file, and how they become one picture.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::Range;

/// Most tiles of one picture.
const MOST: usize = 1_024;
/// Most boxes beside each other, and most parts that all items have together, or all tiles of one picture.
const MOST_PARTS: usize = 20_000;
/// Most pictures of tiles that are looked at beside the one that is shown: with a second one it is unclear which
/// counts.
const MOST_BESIDE: usize = 2;
/// Most bytes that describe pictures, the pictures themselves not counted. Profiles of colours are the largest of
/// them, with a few megabytes.
const MOST_ABOUT: usize = 16 * 1024 * 1024;

/// The tiles of a file's picture.
pub(super) struct Tiles {
    pub colours: Grid,
    /// Those of pictures that belong to it, such as what says how much of it shines through.
    pub beside: Vec<Grid>,
    places: Places,
}

/// A picture of rows of tiles, all of one size.
pub(super) struct Grid {
    /// What of them is shown, from the top left corner.
    pub size: (u32, u32),
    across: usize,
    /// The item of each tile, row by row.
    tiles: Vec<u32>,
}

/// For each item where its data lie in the file.
type Places = HashMap<u32, Vec<Range<usize>>>;

/// Whether a parser that reads every picture of the file takes no more than a few times its size for it: parts of a
/// picture that lie over each other make more of a file than there is, and descriptions take more room once they
/// are read.
pub(super) fn is_bounded(file: &[u8]) -> bool {
    let all = boxes(file, 0..file.len());
    let Some(meta) = meta(&all) else {
        return all.len() < MOST_PARTS;
    };
    let parts = boxes(file, meta.start.saturating_add(4)..meta.end);
    let about = parts.iter().filter(|b| b.0 != *b"idat");
    let about: usize = about.map(|b| b.1.len()).sum();
    if all.len() == MOST_PARTS || parts.len() == MOST_PARTS || about > MOST_ABOUT {
        return false;
    }
    let part = |name: &[u8; 4]| parts.iter().find(|b| b.0 == *name).map(|b| b.1.clone());
    let Some(iloc) = part(b"iloc") else {
        return true;
    };
    let data = part(b"idat").unwrap_or(0..0);
    places(file, iloc, &data).is_some_and(|places| {
        let mut lengths = places
            .values()
            .map(|parts| parts.iter().map(ExactSizeIterator::len).sum::<usize>());
        lengths.all(|length| length <= file.len())
    })
}

/// Reads where the tiles are, and the file as if its pictures of tiles were ordinary ones; none when it is made in
/// another way.
pub(super) fn read(file: &[u8]) -> Option<(Tiles, AsOne<'_>)> {
    let items = Items::read(file)?;
    let colours = items.grid(file, items.primary)?;
    let mut seen = HashSet::new();
    let beside = items.references.iter();
    let beside = beside
        .filter(|r| r.sort == *b"auxl" && r.to.contains(&items.primary) && seen.insert(r.from))
        .filter_map(|r| items.grid(file, r.from))
        .take(MOST_BESIDE)
        .collect();
    let as_one = items.as_one(file)?;
    let places = items.places;
    let tiles = Tiles {
        colours,
        beside,
        places,
    };
    Some((tiles, as_one))
}

/// A file as if its pictures of tiles were ordinary ones, for a reader that knows no tiles: what it then says of
/// their colours and how they are turned holds. Only what describes pictures is there twice.
pub(super) struct AsOne<'a> {
    before: &'a [u8],
    meta: Vec<u8>,
    behind: &'a [u8],
}

impl AsOne<'_> {
    pub fn reader(&self) -> impl Read {
        self.before.chain(self.meta.as_slice()).chain(self.behind)
    }
}

impl Tiles {
    /// Has every tile of one of its pictures opened by `open`, which answers its size and so many bytes a pixel, and
    /// puts them together. At most so many pixels are made.
    pub fn laid(
        &self,
        grid: &Grid,
        file: &[u8],
        channels: usize,
        most: u64,
        mut open: impl FnMut(Vec<u8>) -> Result<((u32, u32), Vec<u8>), String>,
    ) -> Result<Vec<u8>, String> {
        if u64::from(grid.size.0) * u64::from(grid.size.1) > most {
            return Err("more pixels than it says".to_owned());
        }
        let (width, height) = (grid.size.0 as usize, grid.size.1 as usize);
        let down = grid.tiles.len() / grid.across;
        // None to spare, so that no more is opened than is shown.
        let covers = |side: usize, many: usize, whole: usize| {
            let all_but_one = side.checked_mul(many - 1);
            all_but_one.is_some_and(|n| n < whole && whole <= n.saturating_add(side))
        };
        let mut out = vec![0; width * height * channels];
        let mut usual = None;
        for (n, tile) in grid.tiles.iter().enumerate() {
            let parts = self.places.get(tile).into_iter().flatten();
            let data: Vec<&[u8]> = parts.filter_map(|r| file.get(r.clone())).collect();
            // Parts that lie over each other would make more of a file than there is.
            if data.iter().map(|part| part.len()).sum::<usize>() > file.len() {
                return Err("a tile larger than the file".to_owned());
            }
            let (size, samples) = open(data.concat())?;
            let (across, below) = (size.0 as usize, size.1 as usize);
            if *usual.get_or_insert(size) != size
                || !covers(across, grid.across, width)
                || !covers(below, down, height)
            {
                return Err("tiles that do not make a picture of its size".to_owned());
            }
            let (left, top) = (n % grid.across * across, n / grid.across * below);
            let wide = across.min(width - left) * channels;
            for (y, row) in samples.chunks_exact(across * channels).enumerate() {
                if top + y == height {
                    break;
                }
                let to = ((top + y) * width + left) * channels;
                out[to..to + wide].copy_from_slice(&row[..wide]);
            }
        }
        Ok(out)
    }
}

/// What an item of the file is.
struct Sort {
    item: u32,
    name: [u8; 4],
    /// Where that stands in the file.
    at: usize,
}

/// What one item says of others.
struct Reference {
    sort: [u8; 4],
    from: u32,
    to: Vec<u32>,
}

/// The parts of a file that has several pictures (ISO/IEC 14496-12, 8.11).
struct Items {
    /// Where all of this stands in the file.
    meta: Range<usize>,
    primary: u32,
    sorts: Vec<Sort>,
    /// The same, to be asked for.
    named: HashSet<(u32, [u8; 4])>,
    references: Vec<Reference>,
    places: Places,
}

impl Items {
    fn read(file: &[u8]) -> Option<Self> {
        let meta = meta(&boxes(file, 0..file.len()))?;
        let parts = boxes(file, meta.start.checked_add(4)?..meta.end);
        let part = |name: &[u8; 4]| parts.iter().find(|b| b.0 == *name).map(|b| b.1.clone());
        let mut primary = Reader::new(file, part(b"pitm")?);
        let version = primary.version()?;
        let data = part(b"idat").unwrap_or(0..0);
        let references = part(b"iref").and_then(|range| references(file, range));
        let sorts = sorts(file, part(b"iinf")?)?;
        Some(Self {
            primary: primary.item(version > 0)?,
            named: sorts.iter().map(|sort| (sort.item, sort.name)).collect(),
            sorts,
            references: references.unwrap_or_default(),
            places: places(file, part(b"iloc")?, &data)?,
            meta,
        })
    }

    fn as_one<'a>(&self, file: &'a [u8]) -> Option<AsOne<'a>> {
        let (before, rest) = file.split_at_checked(self.meta.start)?;
        let (meta, behind) = rest.split_at_checked(self.meta.len())?;
        let mut meta = meta.to_vec();
        for item in self.sorts.iter().filter(|sort| sort.name == *b"grid") {
            let at = item.at.checked_sub(self.meta.start)?;
            let name = meta.get_mut(at..at.checked_add(4)?)?;
            name.copy_from_slice(b"av01");
        }
        Some(AsOne {
            before,
            meta,
            behind,
        })
    }

    fn is(&self, item: u32, sort: [u8; 4]) -> bool {
        self.named.contains(&(item, sort))
    }

    fn grid(&self, file: &[u8], item: u32) -> Option<Grid> {
        if !self.is(item, *b"grid") {
            return None;
        }
        let [says] = self.places.get(&item)?.as_slice() else {
            return None;
        };
        let mut says = Reader::new(file, says.clone());
        let (version, wide) = (says.number(1)?, says.number(1)? & 1 == 1);
        let (down, across) = (says.number(1)? + 1, says.number(1)? + 1);
        let side = if wide { 4 } else { 2 };
        let size = (says.number(side)?, says.number(side)?);
        let mut of = self.references.iter();
        let of = of.find(|r| r.sort == *b"dimg" && r.from == item)?;
        let many = usize::try_from(down * across).ok()?;
        if version != 0 || of.to.len() != many || many > MOST || size.0 == 0 || size.1 == 0 {
            return None;
        }
        // Each tile may be made of all the parts there are.
        let mut parts = 0;
        for tile in &of.to {
            parts += self.places.get(tile)?.len();
            if !self.is(*tile, *b"av01") || parts > MOST_PARTS {
                return None;
            }
        }
        Some(Grid {
            size: (size.0.try_into().ok()?, size.1.try_into().ok()?),
            across: across.try_into().ok()?,
            tiles: of.to.clone(),
        })
    }
}

/// What describes the pictures of a file, among its boxes.
fn meta(boxes: &[([u8; 4], Range<usize>)]) -> Option<Range<usize>> {
    let found = boxes.iter().find(|b| b.0 == *b"meta")?;
    Some(found.1.clone())
}

/// The boxes in a part of the file: their names and what is in them, as far as they are whole.
fn boxes(file: &[u8], part: Range<usize>) -> Vec<([u8; 4], Range<usize>)> {
    let mut found = Vec::new();
    let mut from = Reader::new(file, part);
    while let Some(one) = next_box(&mut from).filter(|_| found.len() < MOST_PARTS) {
        found.push(one);
    }
    found
}

fn next_box(from: &mut Reader<'_>) -> Option<([u8; 4], Range<usize>)> {
    let begins = from.part.start;
    let size = from.number(4)?;
    let name = from.name()?;
    let end = match size {
        0 => from.part.end,
        1 => begins.checked_add(usize::try_from(from.number(8)?).ok()?)?,
        size => begins.checked_add(usize::try_from(size).ok()?)?,
    };
    let body = from.part.start..end;
    if body.start > body.end || body.end > from.part.end {
        return None;
    }
    from.part.start = end;
    Some((name, body))
}

/// 8.11.6.
fn sorts(file: &[u8], part: Range<usize>) -> Option<Vec<Sort>> {
    let mut from = Reader::new(file, part);
    let version = from.version()?;
    from.number(if version == 0 { 2 } else { 4 })?;
    let entries = boxes(file, from.part).into_iter();
    let entries = entries.filter(|b| b.0 == *b"infe").map(|(_, part)| {
        let mut from = Reader::new(file, part);
        let version = from.version()?;
        let item = from.item(version > 2)?;
        from.number(2)?;
        let at = from.part.start;
        Some(Sort {
            item,
            name: from.name()?,
            at,
        })
    });
    entries.collect()
}

/// 8.11.12.
fn references(file: &[u8], part: Range<usize>) -> Option<Vec<Reference>> {
    let mut from = Reader::new(file, part);
    let version = from.version()?;
    let wide = version > 0;
    let all = boxes(file, from.part).into_iter().map(|(sort, part)| {
        let mut reader = Reader::new(file, part);
        let from = reader.item(wide)?;
        let many = reader.number(2)?;
        let to: Option<Vec<u32>> = (0..many).map(|_| reader.item(wide)).collect();
        Some(Reference {
            sort,
            from,
            to: to?,
        })
    });
    all.collect()
}

/// 8.11.3: the parts of each item, in the file or in `data`.
fn places(file: &[u8], part: Range<usize>, data: &Range<usize>) -> Option<Places> {
    let mut from = Reader::new(file, part);
    let version = from.version()?;
    let (sizes, more) = (from.number(1)?, from.number(1)?);
    let (offset, length, base) = (sizes >> 4, sizes & 15, more >> 4);
    let index = if version > 0 { more & 15 } else { 0 };
    let many = from.number(if version < 2 { 2 } else { 4 })?;
    let mut places = Places::new();
    let mut parts = 0;
    for _ in 0..many {
        let item = from.item(version == 2)?;
        let way = if version > 0 { from.number(2)? & 15 } else { 0 };
        from.number(2)?;
        let begins = usize::try_from(from.number(base)?).ok()?;
        let whole = match way {
            0 => 0..file.len(),
            1 => data.clone(),
            // In another item.
            _ => 0..0,
        };
        let mut extents = Vec::new();
        for _ in 0..from.number(2)? {
            parts += 1;
            if parts > MOST_PARTS {
                return None;
            }
            from.number(index)?;
            let at = usize::try_from(from.number(offset)?).ok()?;
            let size = usize::try_from(from.number(length)?).ok()?;
            let start = whole.start.checked_add(begins)?.checked_add(at)?;
            let end = if size == 0 {
                whole.end
            } else {
                start.checked_add(size)?
            };
            // What lies outside has no data, which is told when it is opened.
            if start <= end && end <= whole.end {
                extents.push(start..end);
            }
        }
        if places.len() == MOST_PARTS {
            return None;
        }
        places.entry(item).or_insert(extents);
    }
    Some(places)
}

/// Reads numbers from a part of the file, the highest byte first.
struct Reader<'a> {
    file: &'a [u8],
    part: Range<usize>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a [u8], part: Range<usize>) -> Self {
        Self { file, part }
    }

    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let end = self.part.start.checked_add(bytes)?;
        if end > self.part.end {
            return None;
        }
        let taken = self.file.get(self.part.start..end)?;
        self.part.start = end;
        Some(taken)
    }

    fn number(&mut self, bytes: u64) -> Option<u64> {
        let bytes = self.take(usize::try_from(bytes).ok().filter(|n| *n <= 8)?)?;
        Some(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    }

    fn name(&mut self) -> Option<[u8; 4]> {
        self.take(4)?.try_into().ok()
    }

    /// The version of a box; flags stand behind it.
    fn version(&mut self) -> Option<u64> {
        self.number(4).map(|both| both >> 24)
    }

    fn item(&mut self, wide: bool) -> Option<u32> {
        let number = self.number(if wide { 4 } else { 2 })?;
        number.try_into().ok()
    }
}

#[cfg(test)]
#[path = "tiles_tests.rs"]
mod tests;
