//! Cutting the power at every point of what a database wrote.
//!
//! [`record`] registers an `SQLite` VFS that passes everything on to the system's and keeps a list of
//! every write, truncation, sync and deletion. [`Disk`] plays the list back up to any point and says
//! what the files may look like after the power is gone: what was synced is there; what was not may
//! be missing, there, there in part, or there in another order.
//!
//! [`fill`] makes the disk under a folder full.
//!
//! Tests only. This is the one crate that may use `unsafe`.

mod disk;
mod vfs;

pub use disk::{Disk, Fate, Files};
pub use vfs::{Event, NAME, acknowledge, fill, free, record, take};
