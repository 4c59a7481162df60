//! `cargo deny`: licences, bans and sources.

use std::path::PathBuf;

use anyhow::Result;

use crate::{process, workspace};

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
        // A debug build: it runs for a second and would take minutes more to optimise.
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
            .arg(&home)
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env(
                "CARGO_TARGET_DIR",
                workspace::target_dir().join("tools/build"),
            ),
        )?;
        // What it was built from is of no further use and large.
        let _ = std::fs::remove_dir_all(workspace::target_dir().join("tools/build"));
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

fn is_wanted_version(program: &PathBuf) -> bool {
    process::output(std::process::Command::new(program).arg("--version"))
        .is_ok_and(|text| text.trim().ends_with(VERSION))
}
