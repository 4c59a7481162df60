//! The lock on the data folder: one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::{Result, StoreError};

/// Takes the lock; the operating system lets it go with the returned file, also after a crash.
pub(crate) fn take(dir: &Path) -> Result<File> {
    let path = dir.join("almanac.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| StoreError::io("open the data folder", dir, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::FolderInUse {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(e)) => Err(StoreError::io("lock the data folder", dir, e)),
    }
}
