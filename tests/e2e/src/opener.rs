//! The system's way to open a web address, which on a private desktop only writes the address down: a
//! test plays the browser.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{Desk, until};

/// Writes each address on a line of its own.
const SCRIPT: &str = "#!/bin/sh\nprintf '%s\\n' \"$1\" >> \"${0%/*}/../opened\"\n";

/// Puts it where the program looks for it.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let script = folder.join("bin/xdg-open");
    std::fs::write(&script, SCRIPT)?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// Where commands of a desktop are looked for: there first.
pub(crate) fn path(folder: &Path) -> OsString {
    let usual = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder.join("bin")).chain(std::env::split_paths(&usual));
    let joined = std::env::join_paths(all.collect::<Vec<PathBuf>>());
    joined.unwrap_or(usual)
}

impl Desk {
    /// All addresses that were opened so far, oldest first.
    #[must_use]
    pub fn opened(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder().join("opened")).unwrap_or_default();
        // A line without its end is still being written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(str::to_owned).collect()
    }

    /// Waits for the address that is opened after so many others.
    pub async fn opened_after(&self, before: usize) -> Result<String> {
        until::some("an address to be opened in the browser", || async {
            self.opened().get(before).cloned()
        })
        .await
        .context("the program opened no browser")
    }
}
