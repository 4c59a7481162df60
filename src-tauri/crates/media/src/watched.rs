//! A file on its way in that tells how far it has come, and that can be stopped.

use std::io::{self, Read};
use std::sync::Arc;

/// Called with how many more bytes were read; answers whether to go on.
pub type Seen = Arc<dyn Fn(u64) -> bool + Send + Sync>;

/// Why a reading that was stopped ended.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub(crate) struct Stopped;

/// Whether an error of reading is that it was stopped.
pub(crate) fn was_stopped(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<Stopped>())
}

/// Reads from `from` and tells of each part.
pub(crate) struct Watched<R> {
    pub(crate) from: R,
    pub(crate) seen: Seen,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        if (self.seen)(n as u64) {
            Ok(n)
        } else {
            Err(io::Error::other(Stopped))
        }
    }
}
