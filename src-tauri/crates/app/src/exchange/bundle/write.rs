//! Writes an export.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, Write};

use model::{MediaId, Timestamp};
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BundleError, FORMAT, FORMAT_VERSION, MANIFEST, Manifest, Table, TableFacts};

/// An export being written.
pub struct BundleWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
    manifest: Manifest,
}

impl<W: Write + Seek> BundleWriter<W> {
    /// Begins an export by the `program` of this version, at this instant.
    pub fn new(out: W, program: &str, at: Timestamp) -> Self {
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: FORMAT_VERSION,
            program: program.to_owned(),
            exported_at: at,
            tables: BTreeMap::new(),
            media: 0,
        };
        Self {
            zip: ZipWriter::new(out),
            manifest,
        }
    }

    /// Begins a table. Each table once, in any order; one that is never begun is empty.
    pub fn table(&mut self, table: Table) -> Result<TableWriter<'_, W>, BundleError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(true);
        self.zip.start_file(table.path(), options).map_err(disk)?;
        let mut writer = TableWriter {
            of: self,
            table,
            rows: 0,
            hasher: blake3::Hasher::new(),
        };
        writer.write_all(b"[")?;
        Ok(writer)
    }

    /// Writes a whole table.
    pub fn rows<T: Serialize>(
        &mut self,
        table: Table,
        rows: impl IntoIterator<Item = T>,
    ) -> Result<u64, BundleError> {
        let mut writer = self.table(table)?;
        for row in rows {
            writer.push(&row)?;
        }
        writer.finish()
    }

    /// Copies a file of the library, whose name ends in `extension`. When its bytes are not what
    /// its hash says, it is left out and the error says so; the export goes on.
    pub fn media(
        &mut self,
        id: &MediaId,
        extension: &str,
        mut from: impl Read,
    ) -> Result<(), BundleError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        let path = format!("media/{}/{id}.{extension}", &id.as_str()[..2]);
        self.zip.start_file(path, options).map_err(disk)?;
        let mut hasher = blake3::Hasher::new();
        let copied = copy(&mut from, |part| {
            hasher.update(part);
            self.zip.write_all(part)
        });
        if copied.is_ok() && hasher.finalize().to_hex().as_str() == id.as_str() {
            self.manifest.media += 1;
            return Ok(());
        }
        self.zip.abort_file().map_err(disk)?;
        match copied {
            Ok(()) => Err(BundleError::MediaDamaged(id.clone())),
            Err(error) => Err(BundleError::Disk(error)),
        }
    }

    /// Ends the export. Without this it is no export.
    pub fn finish(mut self) -> Result<W, BundleError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip.start_file(MANIFEST, options).map_err(disk)?;
        serde_json::to_writer_pretty(&mut self.zip, &self.manifest)
            .map_err(|e| BundleError::Disk(e.into()))?;
        self.zip.finish().map_err(disk)
    }
}

/// A table being written.
pub struct TableWriter<'a, W: Write + Seek> {
    of: &'a mut BundleWriter<W>,
    table: Table,
    rows: u64,
    hasher: blake3::Hasher,
}

impl<W: Write + Seek> TableWriter<'_, W> {
    /// Writes a row.
    pub fn push<T: Serialize>(&mut self, row: &T) -> Result<(), BundleError> {
        let json = serde_json::to_vec(row).map_err(|e| BundleError::Disk(e.into()))?;
        self.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
        self.write_all(&json)?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the table and gives how many rows it has.
    pub fn finish(mut self) -> Result<u64, BundleError> {
        self.write_all(b"\n]\n")?;
        let blake3 = self.hasher.finalize().to_hex().to_string();
        let facts = TableFacts {
            rows: self.rows,
            blake3,
        };
        self.of.manifest.tables.insert(self.table, facts);
        Ok(self.rows)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), BundleError> {
        self.hasher.update(bytes);
        self.of.zip.write_all(bytes).map_err(BundleError::Disk)
    }
}

fn copy(from: &mut impl Read, mut to: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0_u8; 128 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => to(&buffer[..n])?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

fn disk(error: zip::result::ZipError) -> BundleError {
    BundleError::Disk(error.into())
}
