//! `cargo xtask sandbox`: servers on this computer that play the networks, so that everything can be
//! tried with no account.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::setup::{self, Purpose};
use crate::{process, screen, workspace};

/// Starts the servers, and with `open` the program pointed at them, with data of its own that are kept
/// from one time to the next.
pub fn run(open: bool) -> Result<ExitCode> {
    setup::ensure(Purpose::Run)?;
    process::run(&mut process::cargo(&[
        "build",
        "--package",
        "almanac-sandbox",
    ]))?;
    if open {
        screen::build_if_changed()?;
        process::run(&mut process::cargo(&["build", "--package", "almanac"]))?;
    }
    let folder = workspace::target_dir().join("debug");
    let servers = folder.join(format!("almanac-sandbox{}", std::env::consts::EXE_SUFFIX));
    let mut command = process::command(&servers.to_string_lossy());
    if open {
        command.arg(workspace::program(false)).env(
            "ALMANAC_DATA_DIR",
            workspace::target_dir().join("sandbox-data"),
        );
    }
    let status = command
        .status()
        .with_context(|| format!("{} could not be started", servers.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
