//! How many pages a PDF has. The file's own index says where its tree of pages lies, and that says how many there
//! are (ISO 32000-1, 7.5 and 7.7): nothing is drawn, run or followed out of the file, and of a large file only these
//! few places are read.

mod rows;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use flate2::read::ZlibDecoder;
use model::document::DocumentFacts;

use crate::bound::{self, Memory};
use crate::decode;
use crate::error::MediaError;
use rows::unpredicted;
use words::{Value, Words};

/// How much is read to find one thing, in bytes.
const WINDOW: u64 = 256 * 1024;
/// How far before the end of a file the place of its index stands, in bytes.
const TAIL: u64 = 2_048;
/// Most bytes of all that is unpacked of a file.
const MOST_UNPACKED: usize = 64 * 1024 * 1024;
/// Most packed bytes of one piece.
const MOST_PACKED: u64 = 32 * 1024 * 1024;
/// Most indexes: each time a file is saved it may get another one.
const MOST_INDEXES: usize = 256;
/// Most parts of an index.
const MOST_PARTS: usize = 10_000;
/// More pages than this are a mistake.
const MOST_PAGES: u32 = 1_000_000;

/// Looks into a PDF on disk, off the caller's thread and within a bound of time.
pub async fn look_at_document(path: PathBuf, name: String) -> Result<DocumentFacts, MediaError> {
    bound::run(name.clone(), move || Ok(look(decode::open(&path, &name)?))).await
}

/// Looks into a PDF. What cannot be read is not known then, which stops nothing.
pub(crate) fn look(file: impl Read + Seek) -> DocumentFacts {
    let _memory = Memory::take(MOST_UNPACKED as u64 * 2);
    let found = catch_unwind(AssertUnwindSafe(|| {
        let mut pdf = Pdf::of(file)?;
        let pages = pdf.pages();
        Some(DocumentFacts {
            pages,
            locked: pdf.locked,
        })
    }));
    match found {
        Ok(found) => found.unwrap_or_default(),
        Err(_) => {
            tracing::warn!("a document made its reader fail");
            DocumentFacts::default()
        }
    }
}

/// One index of the objects in a file.
enum Index {
    /// As text: for each part its first object, how many there are, and where their entries begin.
    Table(Vec<(u32, u32, u64)>),
    /// Packed: bytes of the three fields of an entry, the parts, and the entries.
    Packed {
        widths: [usize; 3],
        parts: Vec<(u32, u32)>,
        entries: Vec<u8>,
    },
}

impl Index {
    fn entry(&self, object: u32) -> Option<Entry> {
        match self {
            Self::Table(parts) => parts.iter().find_map(|(first, count, at)| {
                let nth = object.checked_sub(*first).filter(|n| n < count)?;
                Some(Entry::Written(at + u64::from(nth) * 20))
            }),
            Self::Packed {
                widths,
                parts,
                entries,
            } => packed_entry(*widths, parts, entries, object).map(Entry::Read),
        }
    }
}

/// What an index says of an object.
enum Entry {
    Read(Place),
    /// It stands at this byte of the file.
    Written(u64),
}

/// Where an object is.
enum Place {
    /// At this byte of the file.
    At(u64),
    /// The so-many-th in another object.
    In(u32, usize),
}

struct Pdf<R> {
    from: R,
    length: u64,
    /// The newest first.
    indexes: Vec<Index>,
    locked: bool,
    /// How many bytes may still be unpacked.
    room: usize,
}

impl<R: Read + Seek> Pdf<R> {
    fn of(mut from: R) -> Option<Self> {
        let length = from.seek(SeekFrom::End(0)).ok()?;
        Some(Self {
            from,
            length,
            indexes: Vec::new(),
            locked: false,
            room: MOST_UNPACKED,
        })
    }

    fn pages(&mut self) -> Option<u32> {
        let tail = self.read(self.length.saturating_sub(TAIL), TAIL)?;
        let word = b"startxref";
        let at = memchr::memmem::rfind(&tail, word)? + word.len();
        let begins = Words::new(&tail[at..]).number()?;
        let root = self.read_indexes(u64::try_from(begins).ok()?)?;
        let tree = self.object(root)?.get(b"Pages")?.reference()?;
        let tree = self.object(tree)?;
        let count = match tree.get(b"Count")? {
            Value::Reference(number) => self.object(*number)?.number()?,
            other => other.number()?,
        };
        u32::try_from(count).ok().filter(|n| *n <= MOST_PAGES)
    }

    fn read(&mut self, at: u64, most: u64) -> Option<Vec<u8>> {
        if at >= self.length {
            return None;
        }
        self.from.seek(SeekFrom::Start(at)).ok()?;
        let mut bytes = Vec::new();
        let mut part = self.from.by_ref().take(most);
        part.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Reads the index at this place and those before it; the object that all begins with.
    fn read_indexes(&mut self, newest: u64) -> Option<u32> {
        let mut next = vec![newest];
        let mut seen = BTreeSet::new();
        let mut root = None;
        while let Some(at) = next.pop() {
            if seen.len() == MOST_INDEXES || !seen.insert(at) {
                continue;
            }
            let Some(about) = self.read_index(at) else {
                continue;
            };
            self.locked |= about.get(b"Encrypt").is_some();
            root = root.or_else(|| about.get(b"Root").and_then(Value::reference));
            // What stands beside this one counts before what is older.
            for name in [&b"Prev"[..], b"XRefStm"] {
                let at = about.get(name).and_then(Value::number);
                next.extend(at.and_then(|at| u64::try_from(at).ok()));
            }
        }
        root
    }

    /// Reads one index; what stands behind it.
    fn read_index(&mut self, at: u64) -> Option<Value> {
        let head = self.read(at, WINDOW)?;
        let mut words = Words::new(&head);
        if words.word(b"xref").is_some() {
            return self.read_table(at + words.at as u64);
        }
        let (_, about, data) = self.read_object(at)?;
        let entries = self.unpacked(&about, data?)?;
        let widths = fields(about.get(b"W")?)?;
        let parts = match about.get(b"Index") {
            Some(Value::List(list)) => pairs(list)?,
            _ => vec![(0, u32::try_from(about.get(b"Size")?.number()?).ok()?)],
        };
        self.indexes.push(Index::Packed {
            widths,
            parts,
            entries,
        });
        Some(about)
    }

    /// ISO 32000-1, 7.5.4: parts with entries of twenty bytes.
    fn read_table(&mut self, mut at: u64) -> Option<Value> {
        let mut parts = Vec::new();
        loop {
            let head = self.read(at, 128)?;
            let mut words = Words::new(&head);
            if words.word(b"trailer").is_some() {
                let about = self.read(at + words.at as u64, WINDOW)?;
                self.indexes.push(Index::Table(parts));
                return Words::new(&about).value();
            }
            let (first, count) = (words.number()?, words.number()?);
            words.skip_space();
            let (first, count) = (u32::try_from(first).ok()?, u32::try_from(count).ok()?);
            let entries = at + words.at as u64;
            if parts.len() == MOST_PARTS {
                return None;
            }
            parts.push((first, count, entries));
            at = entries + u64::from(count) * 20;
        }
    }

    /// Where an object is by the newest index that knows it.
    fn find(&mut self, object: u32) -> Option<Place> {
        let entries = self.indexes.iter();
        let entries: Vec<Entry> = entries.filter_map(|index| index.entry(object)).collect();
        entries.into_iter().find_map(|entry| match entry {
            Entry::Read(place) => Some(place),
            Entry::Written(at) => self.read_entry(at),
        })
    }

    /// Where an entry of a table says that its object is; none when it says that there is none.
    fn read_entry(&mut self, at: u64) -> Option<Place> {
        let entry = self.read(at, 20)?;
        let used = entry.get(17) == Some(&b'n');
        let at = Words::new(entry.get(..10)?).number()?;
        u64::try_from(at).ok().filter(|_| used).map(Place::At)
    }

    fn object(&mut self, number: u32) -> Option<Value> {
        match self.find(number)? {
            Place::At(at) => self.object_at(number, at).map(|(value, _)| value),
            Place::In(holder, nth) => self.object_in(holder, nth),
        }
    }

    fn object_at(&mut self, number: u32, at: u64) -> Option<(Value, Option<u64>)> {
        let (is, value, data) = self.read_object(at)?;
        (is == i64::from(number)).then_some((value, data))
    }

    /// Reads the object at this place: its number, its value, and where its data begin if it has some.
    fn read_object(&mut self, at: u64) -> Option<(i64, Value, Option<u64>)> {
        let bytes = self.read(at, WINDOW)?;
        let mut words = Words::new(&bytes);
        let number = words.number()?;
        words.number()?;
        words.word(b"obj")?;
        let value = words.value()?;
        let data = words.word(b"stream").map(|()| {
            words.takes(b"\r");
            words.takes(b"\n");
            at + words.at as u64
        });
        Some((number, value, data))
    }

    /// The so-many-th object of those that are packed in another one (ISO 32000-1, 7.5.7).
    fn object_in(&mut self, holder: u32, nth: usize) -> Option<Value> {
        // Encrypted with all other data.
        if self.locked {
            return None;
        }
        let Place::At(at) = self.find(holder)? else {
            return None;
        };
        let (about, data) = self.object_at(holder, at)?;
        let unpacked = self.unpacked(&about, data?)?;
        let first = about.get(b"First")?.size()?;
        let mut words = Words::new(unpacked.get(..first)?);
        for _ in 0..nth {
            words.number()?;
            words.number()?;
        }
        words.number()?;
        let at = first.checked_add(usize::try_from(words.number()?).ok()?)?;
        Words::new(unpacked.get(at..)?).value()
    }

    /// The data of an object that stand from this place on.
    fn unpacked(&mut self, about: &Value, at: u64) -> Option<Vec<u8>> {
        let length = match about.get(b"Length")? {
            Value::Reference(number) => {
                let Place::At(at) = self.find(*number)? else {
                    return None;
                };
                self.object_at(*number, at)?.0.number()?
            }
            other => other.number()?,
        };
        let length = u64::try_from(length).ok().filter(|n| *n <= MOST_PACKED)?;
        let data = self.read(at, length)?;
        let data = match alone(about.get(b"Filter")) {
            None if about.get(b"Filter").is_none() => data,
            Some(Value::Name(name)) if name == b"FlateDecode" => {
                let mut out = Vec::new();
                let most = self.room as u64;
                let mut all = ZlibDecoder::new(data.as_slice()).take(most + 1);
                all.read_to_end(&mut out).ok()?;
                out
            }
            _ => return None,
        };
        self.room = self.room.checked_sub(data.len())?;
        let parameters = alone(about.get(b"DecodeParms"));
        let parameter = |name: &[u8]| parameters.and_then(|p| p.get(name)?.size());
        match parameter(b"Predictor").unwrap_or(1) {
            1 => Some(data),
            10.. => {
                let plain = |name: &[u8], usual| parameter(name).unwrap_or(usual) == usual;
                let usual = plain(b"Colors", 1) && plain(b"BitsPerComponent", 8);
                let row = parameter(b"Columns").unwrap_or(1);
                if usual { unpredicted(&data, row) } else { None }
            }
            _ => None,
        }
    }
}

/// A value, or the one in a list of one.
fn alone(value: Option<&Value>) -> Option<&Value> {
    match value? {
        Value::List(list) => match list.as_slice() {
            [one] => Some(one),
            _ => None,
        },
        other => Some(other),
    }
}

/// How many bytes the three fields of an entry have.
fn fields(list: &Value) -> Option<[usize; 3]> {
    let Value::List(list) = list else {
        return None;
    };
    let sizes: Option<Vec<usize>> = list.iter().map(Value::size).collect();
    let sizes: [usize; 3] = sizes?.try_into().ok()?;
    (sizes.iter().all(|n| *n <= 8) && sizes[1] > 0).then_some(sizes)
}

fn pairs(list: &[Value]) -> Option<Vec<(u32, u32)>> {
    let number = |value: &Value| u32::try_from(value.number()?).ok();
    let pairs = list.chunks_exact(2);
    pairs.map(|p| number(&p[0]).zip(number(&p[1]))).collect()
}

/// Where a packed index says that an object is (ISO 32000-1, table 18).
fn packed_entry(
    widths: [usize; 3],
    parts: &[(u32, u32)],
    entries: &[u8],
    object: u32,
) -> Option<Place> {
    let mut before = 0_u64;
    let mut nth = None;
    for (first, count) in parts {
        match object.checked_sub(*first) {
            Some(n) if n < *count => {
                nth = Some(before + u64::from(n));
                break;
            }
            _ => before += u64::from(*count),
        }
    }
    let size: usize = widths.iter().sum();
    let begins = usize::try_from(nth?).ok()?.checked_mul(size)?;
    let mut entry = entries.get(begins..begins.checked_add(size)?)?;
    let mut field = |width: usize| {
        let (these, rest) = entry.split_at_checked(width)?;
        entry = rest;
        Some(these.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    };
    // Without the first field everything stands in the file.
    let sort = if widths[0] == 0 { 1 } else { field(widths[0])? };
    let (second, third) = (field(widths[1])?, field(widths[2])?);
    match sort {
        1 => Some(Place::At(second)),
        2 => Some(Place::In(second.try_into().ok()?, third.try_into().ok()?)),
        _ => None,
    }
}
