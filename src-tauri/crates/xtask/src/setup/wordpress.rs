//! The files of WordPress from its Debian package, unpacked and not installed: installed, it would bring
//! a web server that runs from then on.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{process, workspace};

/// Its folder, below which the package is unpacked.
const FOLDER: &str = "tests/wordpress";
/// Where the package keeps the files that are served.
const SERVED: &str = "unpacked/usr/share/wordpress";

/// Fetches and unpacks it, unless it is there.
pub fn install() -> Result<()> {
    let folder = workspace::path(FOLDER);
    let served = folder.join(SERVED);
    let settings = served.join("wp-config.php");
    let stamp = folder.join("unpacked/.complete");
    if !process::exists("dpkg-deb") {
        println!("WordPress is only unpacked on Debian and its relatives.");
        return Ok(());
    }
    if !stamp.exists() {
        unpack(&folder)?;
        std::fs::write(&stamp, b"")?;
    }
    // The package's own asks for the settings in /etc.
    if std::fs::symlink_metadata(&settings).is_ok() {
        std::fs::remove_file(&settings)?;
    }
    std::fs::copy(folder.join("wp-config.php"), &settings)
        .with_context(|| format!("{} cannot be written", settings.display()))?;
    Ok(())
}

fn unpack(folder: &Path) -> Result<()> {
    let unpacked = folder.join("unpacked");
    if unpacked.exists() {
        std::fs::remove_dir_all(&unpacked)?;
    }
    std::fs::create_dir_all(&unpacked)?;
    process::run(
        process::command("apt-get")
            .args(["--quiet", "download", "wordpress"])
            .current_dir(&unpacked),
    )?;
    let package = std::fs::read_dir(&unpacked)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|kind| kind == "deb"))
        .context("apt-get left no package of WordPress")?;
    process::run(
        process::command("dpkg-deb")
            .arg("--extract")
            .arg(&package)
            .arg(&unpacked),
    )?;
    std::fs::remove_file(&package)?;
    drop_dangling(&unpacked)
}

/// Links lead into packages that are not there; where a link leads nowhere, WordPress does without.
fn drop_dangling(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = std::fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            drop_dangling(&path)?;
        } else if kind.is_symlink() && !path.exists() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}
