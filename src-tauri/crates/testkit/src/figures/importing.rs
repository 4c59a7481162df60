//! Memory of a process of its own while it takes a large video into the library.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use media::Library;
use serde_json::Value;

use super::sending::{Said, memory};
use super::{goal, row};
use crate::film;
use crate::sweep::Failure;

/// Size of the video's pictures, in bytes: two gigabytes, shared out evenly.
const BYTES: u64 = 6_666_667 * film::PICTURES as u64;
/// Most memory above what the process had before, in bytes.
const MOST: u64 = 64 << 20;

/// The row; the process that is measured is this program, called with `argument`, the video and an empty
/// folder.
pub fn rows(argument: &str) -> Result<Vec<Value>, Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("large.mp4");
    large(&file)?;
    let output = Command::new(std::env::current_exe()?)
        .arg(argument)
        .arg(&file)
        .arg(folder.path().join("library"))
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("a large video could not be taken in: {words}").into());
    }
    let said: Said = serde_json::from_slice(&output.stdout)?;
    let more = said.peak.saturating_sub(said.idle);
    let measure = format!(
        "memory while a video of {} MB is taken in",
        BYTES / 1_000_000
    );
    let memory = row(&measure, more as f64 / f64::from(1 << 20), "MiB more");
    Ok(vec![goal(memory, "below 64", more < MOST)])
}

/// A whole video of which only the description takes room on the disk.
fn large(path: &Path) -> Result<(), Failure> {
    let mut file = File::create(path)?;
    let beginning = film::beginning(BYTES, None);
    file.write_all(&beginning)?;
    file.set_len(beginning.len() as u64 + BYTES)?;
    Ok(())
}

/// The process that is measured: takes a small video in, so that everything is there that it needs, then
/// the large one, and prints what that took.
pub fn import(words: &[String]) -> Result<(), Failure> {
    let [file, folder] = words else {
        return Err("name a video and a folder".into());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let said = runtime.block_on(measured(PathBuf::from(file), Path::new(folder)))?;
    println!("{}", serde_json::to_string(&said)?);
    Ok(())
}

async fn measured(file: PathBuf, folder: &Path) -> Result<Said, Failure> {
    let library = Library::open(folder)?;
    let small = film::video(300_000, None);
    library.import_bytes("small.mp4".to_owned(), small).await?;
    // From here on the most is counted anew.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let idle = memory("VmRSS")?;
    let taken = library.import_file(file).await?;
    if taken.clip.is_none() || taken.bytes < BYTES {
        return Err(format!("it was not taken as a video: {taken:?}").into());
    }
    Ok(Said {
        idle,
        peak: memory("VmHWM")?,
    })
}
