//! Moving the data folder: copied, compared, and only then used. The old folder stays as it is.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::data::{DataStatus, OnePath};

use super::{chosen, files_below, refused, status};

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
    for (file, _) in files_below(from) {
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
        fs::copy(&file, &copy)?;
        File::open(&copy)?.sync_all()?;
        if !same(&file, &copy)? {
            return Err(io::Error::other(format!(
                "{} was not copied whole",
                below.display()
            )));
        }
    }
    Ok(())
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
