//! The lock on the data folder: one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::{Result, StoreError};

/// The data folder is ours until this is dropped, or the process ends, however it ends.
pub(crate) struct FolderLock(File);

impl Drop for FolderLock {
    /// Closing the file is not enough: a program being started by another thread holds a copy of it
    /// until it is on its way, and the lock is not gone before the last copy is. The folder could not
    /// be opened again at once.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the data folder's lock could not be let go");
        }
    }
}

/// Takes the lock.
pub(crate) fn take(dir: &Path) -> Result<FolderLock> {
    let path = dir.join("almanac.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| StoreError::io("open the data folder", dir, e))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::FolderInUse {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(e)) => Err(StoreError::io("lock the data folder", dir, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_free_at_once_also_while_a_program_being_started_has_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let lock = take(dir.path()).unwrap();
        let inherited = lock.0.try_clone().unwrap();
        assert!(matches!(
            take(dir.path()),
            Err(StoreError::FolderInUse { .. })
        ));
        drop(lock);
        take(dir.path()).unwrap();
        drop(inherited);
    }
}
