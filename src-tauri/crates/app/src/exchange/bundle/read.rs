//! Reads an export, trusting nothing in it.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read, Seek};
use std::marker::PhantomData;
use std::rc::Rc;

use media::MAX_FILE_BYTES;
use model::MediaId;
use serde::de::{DeserializeOwned, Deserializer as _, SeqAccess, Visitor};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{BundleError, FORMAT, FORMAT_VERSION, MANIFEST, Manifest, Table};

/// Most entries of an export: a full library and the tables.
const MAX_ENTRIES: usize = 1_000_000;
const MAX_MANIFEST_BYTES: u64 = 1_000_000;
/// Largest table, unpacked.
const MAX_TABLE_BYTES: u64 = 8_000_000_000;
/// Largest row: a post of the most and longest segments, tailored for several accounts.
const MAX_ROW_BYTES: u64 = 256_000_000;

/// An export being read. What it says of itself was checked; its tables and files are checked while
/// they are read.
pub struct BundleReader<R: Read + Seek> {
    zip: ZipArchive<R>,
    manifest: Manifest,
    media: Vec<(MediaId, usize)>,
    pub(super) max_row_bytes: u64,
}

impl<R: Read + Seek> BundleReader<R> {
    /// Opens an export, refusing what is none, is newer, or names places outside itself.
    pub fn open(from: R) -> Result<Self, BundleError> {
        let mut zip = ZipArchive::new(from).map_err(|error| match error {
            ZipError::Io(e) if e.kind() != io::ErrorKind::UnexpectedEof => BundleError::Disk(e),
            _ => BundleError::NotAnExport,
        })?;
        if zip.len() > MAX_ENTRIES {
            return Err(BundleError::Hostile("far too many entries"));
        }
        let manifest = manifest(&mut zip)?;
        let media = entries(&mut zip)?;
        if media.len() as u64 != manifest.media {
            return Err(BundleError::Damaged("files are missing".to_owned()));
        }
        Ok(Self {
            zip,
            manifest,
            media,
            max_row_bytes: MAX_ROW_BYTES,
        })
    }

    /// What the export says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Gives every row of a table to `take`, in order. The table's hash is known only at its end:
    /// put the rows in with one transaction and keep them only when this returns well.
    pub fn rows<T: DeserializeOwned>(
        &mut self,
        table: Table,
        take: impl FnMut(T) -> Result<(), BundleError>,
    ) -> Result<u64, BundleError> {
        let damaged = |what: &str| BundleError::Damaged(format!("{}: {what}", table.word()));
        let Some(facts) = self.manifest.tables.get(&table).cloned() else {
            return Ok(0);
        };
        let entry = self
            .zip
            .by_name(&table.path())
            .map_err(|_| damaged("it is missing"))?;
        let in_row = Rc::new(Cell::new(0));
        let mut hasher = blake3::Hasher::new();
        let mut failed = None;
        let mut rows = 0;
        {
            let counted = Bounded {
                from: entry,
                in_row: in_row.clone(),
                max_row_bytes: self.max_row_bytes,
                total: 0,
                hasher: &mut hasher,
            };
            let mut json = serde_json::Deserializer::from_reader(BufReader::new(counted));
            let each = Each {
                take,
                in_row,
                rows: &mut rows,
                failed: &mut failed,
                of: PhantomData,
            };
            let read = json.deserialize_seq(each).and_then(|()| json.end());
            if let Some(error) = failed {
                return Err(error);
            }
            read.map_err(|e| damaged(&e.to_string()))?;
        }
        if rows != facts.rows || hasher.finalize().to_hex().as_str() != facts.blake3 {
            return Err(damaged("it was changed"));
        }
        Ok(rows)
    }

    /// Gives every file of media to `take` as a stream. The stream ends in an error when the file is
    /// not what its name says, so nothing wrong can be taken for right.
    pub fn media(
        &mut self,
        mut take: impl FnMut(&MediaId, &mut dyn Read) -> Result<(), BundleError>,
    ) -> Result<u64, BundleError> {
        for (id, index) in &self.media {
            let entry = self.zip.by_index(*index).map_err(|_| lost(id))?;
            let mut checked = Checked {
                from: entry,
                id,
                hasher: blake3::Hasher::new(),
                total: 0,
            };
            take(id, &mut checked)?;
        }
        Ok(self.media.len() as u64)
    }
}

fn lost(id: &MediaId) -> BundleError {
    BundleError::Damaged(format!("file {id}"))
}

fn manifest<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Manifest, BundleError> {
    /// Only what every version has, so that a newer one is told before its unknown parts are read.
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
        version: u32,
        program: String,
    }
    let entry = zip
        .by_name(MANIFEST)
        .map_err(|_| BundleError::NotAnExport)?;
    let mut text = String::new();
    entry
        .take(MAX_MANIFEST_BYTES)
        .read_to_string(&mut text)
        .map_err(|_| BundleError::NotAnExport)?;
    let head: Head = serde_json::from_str(&text).map_err(|_| BundleError::NotAnExport)?;
    if head.format != FORMAT {
        return Err(BundleError::NotAnExport);
    }
    if head.version > FORMAT_VERSION {
        let program = head
            .program
            .chars()
            .filter(|c| !c.is_control())
            .take(40)
            .collect();
        return Err(BundleError::Newer { program });
    }
    serde_json::from_str(&text).map_err(|e| BundleError::Damaged(format!("manifest: {e}")))
}

/// Looks at every entry's name and kind, and gives the files of media.
fn entries<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Vec<(MediaId, usize)>, BundleError> {
    let mut media = Vec::new();
    for index in 0..zip.len() {
        let entry = zip
            .by_index_raw(index)
            .map_err(|_| BundleError::Damaged("the list of files".to_owned()))?;
        let Ok(name) = entry.name() else {
            return Err(BundleError::Hostile("it has names that are no text"));
        };
        if entry.is_symlink() {
            return Err(BundleError::Hostile("it contains links"));
        }
        let outside = name.starts_with('/')
            || name.contains(['\\', ':', '\0'])
            || name.split('/').any(|part| part == "..");
        if outside {
            return Err(BundleError::Hostile("it names places outside itself"));
        }
        let Some(file) = name.strip_prefix("media/") else {
            continue;
        };
        if entry.size() > MAX_FILE_BYTES {
            return Err(BundleError::Hostile("a file is far too large"));
        }
        let stem = file
            .rsplit('/')
            .next()
            .and_then(|f| f.split('.').next())
            .unwrap_or("");
        let id = stem
            .parse()
            .map_err(|_| BundleError::Damaged(format!("file {index}")))?;
        media.push((id, index));
    }
    Ok(media)
}

/// A table's bytes, counted and hashed. Unpacking is stopped when a row or the whole takes more
/// than any real one does.
struct Bounded<'a, R> {
    from: R,
    in_row: Rc<Cell<u64>>,
    max_row_bytes: u64,
    total: u64,
    hasher: &'a mut blake3::Hasher,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        self.total += n as u64;
        self.in_row.set(self.in_row.get() + n as u64);
        if self.total > MAX_TABLE_BYTES || self.in_row.get() > self.max_row_bytes {
            return Err(io::Error::other("more than any export holds"));
        }
        Ok(n)
    }
}

/// A file of media whose end is an error when its hash is not its name.
struct Checked<'a, R> {
    from: R,
    id: &'a MediaId,
    hasher: blake3::Hasher,
    total: u64,
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        self.total += n as u64;
        let wrong = n == 0
            && !buffer.is_empty()
            && self.hasher.finalize().to_hex().as_str() != self.id.as_str();
        if wrong || self.total > MAX_FILE_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("file {}", self.id),
            ));
        }
        Ok(n)
    }
}

/// Gives the elements of a JSON array away one by one.
struct Each<'a, T, F> {
    take: F,
    in_row: Rc<Cell<u64>>,
    rows: &'a mut u64,
    failed: &'a mut Option<BundleError>,
    of: PhantomData<T>,
}

impl<'de, T, F> Visitor<'de> for Each<'_, T, F>
where
    T: DeserializeOwned,
    F: FnMut(T) -> Result<(), BundleError>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element::<T>()? {
            self.in_row.set(0);
            *self.rows += 1;
            if let Err(error) = (self.take)(row) {
                *self.failed = Some(error);
                return Err(serde::de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}
