//! The few things the connector does to a disk, behind a trait so that a test can make them fail.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// Reading and writing in one folder. All paths are absolute.
pub trait Files: Send + Sync {
    /// Whether the folder is there.
    fn folder_exists(&self, folder: &Path) -> bool;
    /// Makes a folder inside the chosen one; there already counts as made.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;
    /// At most `limit` bytes from the start of a file.
    fn read(&self, file: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// Names of the files directly in a folder.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Writes a file that must not exist yet. It appears whole or not at all, and is durable when
    /// this returns.
    fn write_new(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Replaces a file, with the same promises as `write_new`.
    fn replace(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Copies a file over whatever is there, with the same promises as `write_new`.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file; not there counts as removed.
    fn remove(&self, file: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

fn folder_of(file: &Path) -> io::Result<&Path> {
    file.parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}

/// Makes the names in a folder durable. Only Unix can open a folder to do so; elsewhere the rename
/// itself is the best there is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// A hidden file beside the final one, so that the rename stays on one file system and tools that
/// watch the folder pass over it.
fn beside(file: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".almanac-").suffix(".part");
    // The usual permissions of a new file: a web server or a sync program has to read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder_of(file)?)
}

impl Files for Disk {
    fn folder_exists(&self, folder: &Path) -> bool {
        folder.is_dir()
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        match fs::create_dir(folder) {
            Ok(()) => sync_folder(folder_of(folder)?),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn read(&self, file: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(file)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for item in fs::read_dir(folder)? {
            let item = item?;
            if item.file_type()?.is_file()
                && let Ok(name) = item.file_name().into_string()
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn write_new(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut part = beside(file)?;
        part.write_all(bytes)?;
        part.as_file().sync_all()?;
        part.persist_noclobber(file).map_err(|e| e.error)?;
        sync_folder(folder_of(file)?)
    }

    fn replace(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut part = beside(file)?;
        part.write_all(bytes)?;
        part.as_file().sync_all()?;
        part.persist(file).map_err(|e| e.error)?;
        sync_folder(folder_of(file)?)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut part = beside(to)?;
        io::copy(&mut File::open(from)?, part.as_file_mut())?;
        part.as_file().sync_all()?;
        part.persist(to).map_err(|e| e.error)?;
        sync_folder(folder_of(to)?)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        match fs::remove_file(file) {
            Ok(()) => sync_folder(folder_of(file)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_overwrites_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.md");
        Disk.write_new(&file, b"one").unwrap();
        let error = Disk.write_new(&file, b"two").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(Disk.read(&file, 100).unwrap(), b"one");
        assert_eq!(Disk.names(folder.path()).unwrap(), ["a.md"]);
    }

    #[test]
    fn a_replaced_file_has_the_new_bytes_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rss.xml");
        Disk.replace(&file, b"a long first version").unwrap();
        Disk.replace(&file, b"short").unwrap();
        assert_eq!(Disk.read(&file, 100).unwrap(), b"short");
        assert_eq!(Disk.names(folder.path()).unwrap(), ["rss.xml"]);
    }

    #[test]
    fn a_missing_folder_is_an_error_and_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("stick");
        assert!(Disk.write_new(&gone.join("a.md"), b"x").is_err());
        assert!(!gone.exists());
    }
}
