//! Who has the data folder, for a second program that finds it taken: a small file in it names the process
//! and where it listens. There is no secret in it; whoever wants to talk to the first needs a key.
//!
//! The lock of the folder says whether somebody has it. This file only says where; one that a crash left
//! behind is looked at only when the lock is held.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use app::App;
use serde::{Deserialize, Serialize};

/// Name of the file.
const FILE: &str = "almanac.owner";
/// Largest file that is read, in bytes.
const MAX: u64 = 4 * 1024;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerNote {
    /// Number of the process.
    pub process: u32,
    /// Where it listens on this computer, such as `http://127.0.0.1:8437`.
    pub address: String,
    /// The program's version.
    pub version: String,
}

/// Keeps the file there while it lives.
pub(crate) struct Owner {
    path: PathBuf,
}

impl Owner {
    /// Writes down where this program listens. A folder that takes no file costs only the hint.
    pub fn note(app: &App, address: SocketAddr) -> Self {
        let path = app.data_dir().join(FILE);
        let note = OwnerNote {
            process: std::process::id(),
            address: format!("http://{address}"),
            version: app.version().to_owned(),
        };
        if let Err(error) = write(&path, &note) {
            tracing::warn!(%error, "the data folder does not say where this program listens");
        }
        Self { path }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).ok();
    }
}

fn write(path: &Path, note: &OwnerNote) -> std::io::Result<()> {
    // Written beside and renamed: nobody reads half of it.
    let part = path.with_extension("owner.part");
    let mut file = std::fs::File::create(&part)?;
    file.write_all(&serde_json::to_vec(note)?)?;
    drop(file);
    std::fs::rename(part, path)
}

/// What the program that has this folder says of itself; none when it says nothing.
#[must_use]
pub fn of(data_dir: &Path) -> Option<OwnerNote> {
    let path = data_dir.join(FILE);
    if std::fs::metadata(&path).ok()?.len() > MAX {
        return None;
    }
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
