//! `cargo xtask package`: an installable Debian package, and the check that it works.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::setup::{self, Purpose};
use crate::{process, screen, workspace};

/// Name of the package in Debian's terms.
const NAME: &str = "almanac";
/// Where it puts the program.
const INSTALLED: &str = "/usr/bin/almanac";

/// Builds the package and prints where it lies.
pub fn run() -> Result<ExitCode> {
    setup::ensure(Purpose::Run)?;
    let deb = build(Profile::Release)?;
    println!("The package is {}", deb.display());
    println!("To install it: sudo apt-get install {}", deb.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the package, installs it, starts it on the virtual display, removes it again.
///
/// What is checked is what the package holds, asks for and leaves behind; so it is made from the
/// build that the other checks made already instead of waiting minutes for the optimiser.
pub fn check() -> Result<()> {
    let deb = build(Profile::Debug)?;
    if process::output(process::command("dpkg-query").args(["--show", NAME])).is_ok() {
        bail!(
            "{NAME} is installed on this machine already; remove it first so that the check \
               does not take away what somebody uses"
        );
    }
    process::run(
        setup::apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .arg(&deb),
    )?;
    let checked = check_installed();
    let removed = process::run(setup::apt().args(["purge", "--yes", NAME]));
    checked.and(removed)?;
    if PathBuf::from(INSTALLED).exists() {
        bail!("{INSTALLED} is still there after the package was removed");
    }
    Ok(())
}

fn check_installed() -> Result<()> {
    process::run(
        process::command("desktop-file-validate").arg("/usr/share/applications/Almanac.desktop"),
    )?;
    let autostart = PathBuf::from("/etc/xdg/autostart/Almanac.desktop");
    if autostart.exists() {
        bail!("the package starts the program at login without having been asked to");
    }
    process::run(process::window_tests(&["window"]).env("ALMANAC_PROGRAM", INSTALLED))
}

#[derive(Clone, Copy)]
enum Profile {
    Release,
    Debug,
}

fn build(profile: Profile) -> Result<PathBuf> {
    screen::build_if_changed()?;
    setup::install_node_packages("src-tauri")?;
    let mut tauri = process::command("node");
    tauri.arg("src-tauri/node_modules/@tauri-apps/cli/tauri.js");
    let folder = match profile {
        Profile::Release => {
            tauri.arg("build");
            "release"
        }
        // Left to build, it would compile all dependencies with features of its own once more.
        Profile::Debug => {
            process::run(&mut process::program_and_its_tests())?;
            tauri.args(["bundle", "--debug"]);
            "debug"
        }
    };
    process::run(tauri.args(["--ci", "--bundles", "deb"]))?;
    newest_deb(&workspace::target_dir().join(folder).join("bundle/deb"))
}

fn newest_deb(folder: &Path) -> Result<PathBuf> {
    std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "deb"))
        .max_by_key(|path| path.metadata().and_then(|meta| meta.modified()).ok())
        .context("the build left no .deb")
}
