//! Node packages: installed from the lock file, and only when it changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// The oldest Node that the screen's tools and the reference PDS run on.
const OLDEST_NODE: u32 = 20;

/// npm in one of our folders.
pub fn npm(folder: &str) -> Command {
    let mut npm = process::command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(workspace::path(folder));
    if let Some(prefix) = node_headers() {
        // Native modules then build against the headers at hand instead of fetching them.
        npm.env("npm_config_nodedir", prefix);
    }
    npm
}

/// Fails with a sentence when Node is missing or too old.
pub fn check_version() -> Result<()> {
    let version = process::output(Command::new("node").arg("--version")).context(
        "Node is missing. Please install Node 20 or newer and see that `node` and `npm` are on the PATH",
    )?;
    match major(&version) {
        Some(found) if found >= OLDEST_NODE => Ok(()),
        _ => bail!(
            "Node {} is too old: {OLDEST_NODE} or newer is needed.",
            version.trim()
        ),
    }
}

fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn node_headers() -> Option<PathBuf> {
    let node = process::output(Command::new("node").args(["-p", "process.execPath"])).ok()?;
    let prefix = Path::new(node.trim()).parent()?.parent()?.to_path_buf();
    prefix
        .join("include/node/node.h")
        .exists()
        .then_some(prefix)
}

/// `npm ci` in the folder, unless what is there already came from the same lock file.
pub fn install(folder: &str) -> Result<()> {
    let folder_path = workspace::path(folder);
    let lock = folder_path.join("package-lock.json");
    let wanted =
        std::fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let stamp = folder_path.join("node_modules/.installed-lock.json");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    process::run(npm(folder).args(["ci", "--no-fund", "--no-audit"]))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("what"), None);
    }
}
