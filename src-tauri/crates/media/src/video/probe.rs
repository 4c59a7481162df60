//! Looking into a video without any other program: how long it runs, its size, how it is packed.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use model::clip::Clip;

use super::{mp4, webm};
use crate::bound;
use crate::error::MediaError;
use crate::kind::Kind;

/// Number of this way of looking into videos and documents. Videos that were looked at in an older way are looked at
/// again, since it may have missed that they tell a place, and documents in which it found nothing.
pub const PROBE: u32 = 3;

/// What was found inside a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Film {
    /// Pixels across, as shown.
    pub width: Option<u32>,
    /// Pixels down, as shown.
    pub height: Option<u32>,
    /// The rest.
    pub clip: Clip,
}

/// Looks into a file of this kind; none of what is no video, and of one whose description cannot be read:
/// nothing is known of it then, which stops nothing.
pub(crate) fn look(file: impl Read + Seek, kind: Kind) -> Option<Film> {
    let mut file = BufReader::with_capacity(64 * 1024, file);
    // The readers are other people's code, and the file may be anybody's.
    let found = catch_unwind(AssertUnwindSafe(|| match kind {
        Kind::Mp4 | Kind::Mov => mp4::read(&mut file),
        Kind::Webm => webm::read(&mut file),
        _ => None,
    }));
    found.unwrap_or_else(|_| {
        tracing::warn!("a video's description made its reader fail");
        None
    })
}

/// The same for a file on disk, off the caller's thread and within a bound of time.
pub async fn look_at(path: PathBuf, name: String, kind: Kind) -> Result<Option<Film>, MediaError> {
    bound::run(name.clone(), move || {
        let file = File::open(path).map_err(|e| MediaError::io(&name, e))?;
        Ok(look(file, kind))
    })
    .await
}
