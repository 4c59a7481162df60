//! Moving the data folder: copied, compared, and only then used. The old folder stays as it is.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::data::{DataStatus, OnePath};

use super::{DATABASE, chosen, refused, status};

/// What the sentence begins with when it did not work.
const NOT_MOVED: &str = "The data folder was not moved.";

impl App {
    /// Moves the data folder. The program stops working with the old one and has to start anew.
    pub async fn data_move(&self, input: OnePath) -> Result<DataStatus> {
        let to = chosen(&input.path)?;
        let from = self.inner.config.data_dir.clone();
        let Some(pointer) = self.inner.config.pointer_file.clone() else {
            return Err(ApiError::conflict(
                "The data folder was named when Almanac was started, so it is moved there.",
            ));
        };
        usable(&from, &to)?;
        // Nothing may be written to the old folder once copying begins. From here on the program only
        // starts anew, with one folder or the other.
        self.shutdown().await;
        let target = to.clone();
        let moved = tokio::task::spawn_blocking(move || {
            copy_and_compare(&from, &target)?;
            point(&pointer, &target)
        })
        .await
        .map_err(|e| ApiError::fault("moving the data folder", &e));
        self.inner.restart.send_replace(true);
        moved?.map_err(|e| refused(NOT_MOVED, &e))?;
        Ok(status(&to))
    }
}

/// Refuses a folder that holds something, or lies inside the old one.
fn usable(from: &Path, to: &Path) -> Result<()> {
    if to.starts_with(from) || from.starts_with(to) {
        return Err(ApiError::invalid(
            "path",
            format!(
                "{NOT_MOVED} One of the two folders lies inside the other. Choose another one."
            ),
        ));
    }
    fs::create_dir_all(to).map_err(|e| refused(NOT_MOVED, &e))?;
    let mut entries = fs::read_dir(to).map_err(|e| refused(NOT_MOVED, &e))?;
    if entries.next().is_some() {
        return Err(ApiError::invalid(
            "path",
            format!("{NOT_MOVED} There is something in that folder already. Choose an empty one."),
        ));
    }
    Ok(())
}

/// Copies every file and reads both back. On any fault the copies are removed again.
fn copy_and_compare(from: &Path, to: &Path) -> io::Result<()> {
    let copied = try_copy(from, to);
    if copied.is_err() {
        // Only what this call put there; a failure to clean up changes nothing about the old folder.
        let _ = fs::remove_dir_all(to);
    }
    copied
}

fn try_copy(from: &Path, to: &Path) -> io::Result<()> {
    for file in everything_below(from)? {
        let Ok(below) = file.strip_prefix(from) else {
            continue;
        };
        if below == Path::new("almanac.lock") {
            continue;
        }
        let copy = to.join(below);
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder)?;
        }
        let original = File::open(&file).map_err(|e| unreadable(&file, &e))?;
        fs::copy(&file, &copy)?;
        let copied = File::open(&copy)?;
        // Windows keeps the time by itself; a disk that keeps none is no reason to stay.
        if cfg!(unix)
            && let Ok(written) = original.metadata().and_then(|of| of.modified())
        {
            let _ = copied.set_modified(written);
        }
        copied.sync_all()?;
        if !same(&file, &copy)? {
            return Err(io::Error::other(format!(
                "{} was not copied whole",
                below.display()
            )));
        }
    }
    if !to.join(DATABASE).is_file() {
        return Err(io::Error::other(format!("{DATABASE} is missing in it")));
    }
    Ok(())
}

/// Every file of the folder, also what links in it lead to. What could not come along is an error with
/// its name: left out without a word it would be missed only when the old folder is long gone.
fn everything_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true) {
        let entry = entry.map_err(|error| {
            let at = error.path().unwrap_or(folder);
            if let Some(above) = error.loop_ancestor() {
                let (at, above) = (at.display(), above.display());
                return io::Error::other(format!("{at} is a link that leads back to {above}"));
            }
            // Its own words would name the path a second time.
            match error.io_error() {
                Some(why) => unreadable(at, why),
                None => unreadable(at, &error),
            }
        })?;
        if entry.file_type().is_file() {
            found.push(entry.into_path());
        } else if !entry.file_type().is_dir() {
            let at = entry.path().display();
            return Err(io::Error::other(format!(
                "{at} is neither a file nor a folder"
            )));
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &dyn Display) -> io::Error {
    io::Error::other(format!("{} cannot be read: {error}", path.display()))
}

fn same(a: &Path, b: &Path) -> io::Result<bool> {
    const CHUNK: u64 = 256 * 1024;
    let (a, b) = (File::open(a)?, File::open(b)?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        (&a).take(CHUNK).read_to_end(&mut left)?;
        (&b).take(CHUNK).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}

/// Writes the pointer so that it names either the old folder or the new one, whenever the power fails.
fn point(pointer: &Path, to: &Path) -> io::Result<()> {
    let text = to
        .to_str()
        .ok_or_else(|| io::Error::other("the name of the folder is not text"))?;
    let folder = pointer.parent().unwrap_or(pointer);
    fs::create_dir_all(folder)?;
    let part: PathBuf = pointer.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, pointer)?;
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
