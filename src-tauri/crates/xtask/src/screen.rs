//! Building the screen (`ui/`) into the folder that the desktop program embeds.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::setup::npm;
use crate::{process, workspace};

/// Builds `ui/dist` when a source is newer than it.
pub fn build_if_changed() -> Result<()> {
    let built = std::fs::metadata(workspace::path("ui/dist/index.html"))
        .and_then(|meta| meta.modified())
        .ok();
    let newest = newest_source(&workspace::path("ui"));
    match (built, newest) {
        (Some(built), Some(newest)) if built >= newest => Ok(()),
        _ => build(),
    }
}

/// Builds `ui/dist`.
pub fn build() -> Result<()> {
    process::run(npm("ui").args(["run", "build"]))
}

fn newest_source(folder: &Path) -> Option<SystemTime> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name();
        if name == "node_modules" || name == "dist" {
            continue;
        }
        let changed = if entry.path().is_dir() {
            newest_source(&entry.path())
        } else {
            entry.metadata().and_then(|meta| meta.modified()).ok()
        };
        newest = newest.max(changed);
    }
    newest
}
