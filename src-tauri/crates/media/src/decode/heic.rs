//! HEIC files, by a program of this computer: the codec inside is under patents, so none is brought
//! along.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::bound;
use crate::error::MediaError;

/// How long the program may take.
const MAX_TIME: Duration = Duration::from_secs(45);
/// Most memory it may take, in bytes; it counts the address space.
#[cfg(target_os = "linux")]
const MAX_MEMORY: u64 = 4 * 1024 * 1024 * 1024;
/// Largest file it may write, in bytes.
#[cfg(target_os = "linux")]
const MAX_WRITTEN: u64 = 300_000_000;

/// Programs that open HEIC files, the best first: libheif's under its newer and older name, and the
/// one that macOS has.
const TOOLS: [&str; 3] = ["heif-dec", "heif-convert", "sips"];

/// Where such a program is; none when this computer has none.
fn tool() -> Option<PathBuf> {
    tool_in(&std::env::var_os("PATH")?)
}

/// The same among folders in the form of the `PATH` variable.
fn tool_in(path: &OsStr) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .collect();
    let of = |name: &&str| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        folders.iter().map(|f| f.join(&name)).find(|p| p.is_file())
    };
    TOOLS.iter().find_map(of)
}

/// The picture as a JPEG of the highest quality, upright.
pub(super) fn as_jpeg(name: &str, bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    made_by(tool().as_deref(), name, bytes, MAX_TIME)
}

fn made_by(
    tool: Option<&Path>,
    name: &str,
    bytes: &[u8],
    limit: Duration,
) -> Result<Vec<u8>, MediaError> {
    let Some(tool) = tool else {
        return Err(MediaError::NoHeicTool {
            name: name.to_owned(),
        });
    };
    let wrong = |e| MediaError::io(name, e);
    // Names of our own: what the file is called outside never gets near the program.
    let folder = tempfile::tempdir().map_err(wrong)?;
    let from = folder.path().join("in.heic");
    let to = folder.path().join("out.jpg");
    std::fs::write(&from, bytes).map_err(wrong)?;
    run(name, tool, &from, &to, limit)?;
    // A file of several pictures becomes several files with numbers; the first is the one shown.
    let mut made: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .map_err(wrong)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "jpg"))
        .collect();
    made.sort();
    let Some(first) = made.first() else {
        return Err(MediaError::Damaged {
            name: name.to_owned(),
            detail: "nothing was made of it".to_owned(),
        });
    };
    super::read(first, name)
}

fn run(name: &str, tool: &Path, from: &Path, to: &Path, limit: Duration) -> Result<(), MediaError> {
    let mut command = tokio::process::Command::new(tool);
    if tool.file_stem().is_some_and(|stem| stem == "sips") {
        command.args(["-s", "format", "jpeg", "-s", "formatOptions", "best"]);
        command.arg(from).arg("--out").arg(to);
    } else {
        command.args(["-q", "98"]).arg(from).arg(to);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let ended = bound::in_time(name, limit, async {
        let mut child = command.spawn()?;
        bounded(&child);
        child.wait().await
    })?;
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(MediaError::Damaged {
            name: name.to_owned(),
            detail: format!("the program that opens it ended with {status}"),
        }),
        Err(error) => {
            tracing::error!(%error, "the program that opens HEIC files could not be run");
            Err(MediaError::Fault {
                name: name.to_owned(),
            })
        }
    }
}

/// Bounds on memory and on what it writes, where the system has them.
#[cfg(target_os = "linux")]
fn bounded(child: &tokio::process::Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let pid = child.id().and_then(|id| i32::try_from(id).ok());
    let Some(pid) = pid.and_then(Pid::from_raw) else {
        return;
    };
    for (what, most) in [(Resource::As, MAX_MEMORY), (Resource::Fsize, MAX_WRITTEN)] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        if let Err(error) = prlimit(Some(pid), what, limit) {
            tracing::debug!(%error, "a program could not be bounded");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn bounded(_child: &tokio::process::Child) {}

#[cfg(test)]
#[cfg(unix)]
#[path = "heic_tests.rs"]
mod tests;
