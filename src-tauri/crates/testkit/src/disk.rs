//! A disk that fails on order.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use networks::folder::files::{Disk, Files};

/// How a disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// No room: nothing is written.
    Full,
    /// Nothing may be written.
    ReadOnly,
    /// The folder is not there.
    Gone,
    /// The next file is written, and the disk reports a failure all the same.
    FailsAfterWriting,
}

/// The real disk with an ordered fault.
#[derive(Clone, Default)]
pub struct FaultyFiles {
    fault: Arc<Mutex<Option<DiskFault>>>,
}

impl FaultyFiles {
    /// Orders a fault; none mends the disk. `FailsAfterWriting` is used up by one write.
    pub fn order(&self, fault: Option<DiskFault>) {
        *self.lock() = fault;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<DiskFault>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let fault = *self.lock();
        match fault {
            None => work(),
            Some(DiskFault::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(DiskFault::ReadOnly) => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
            Some(DiskFault::Gone) => Err(io::ErrorKind::NotFound.into()),
            Some(DiskFault::FailsAfterWriting) => {
                self.order(None);
                work()?;
                Err(io::Error::other("input/output error"))
            }
        }
    }

    fn is_gone(&self) -> bool {
        *self.lock() == Some(DiskFault::Gone)
    }
}

impl Files for FaultyFiles {
    fn folder_exists(&self, folder: &Path) -> bool {
        !self.is_gone() && Disk.folder_exists(folder)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if Disk.folder_exists(folder) {
            Ok(())
        } else {
            self.write(|| Disk.make_folder(folder))
        }
    }

    fn read(&self, file: &Path, limit: u64) -> io::Result<Vec<u8>> {
        Disk.read(file, limit)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        Disk.names(folder)
    }

    fn write_new(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write(|| Disk.write_new(file, bytes))
    }

    fn replace(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write(|| Disk.replace(file, bytes))
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.write(|| Disk.copy(from, to))
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.write(|| Disk.remove(file))
    }
}
