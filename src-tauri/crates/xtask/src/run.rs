//! `cargo xtask run`: from a fresh checkout to the open window.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::setup::{self, Purpose};
use crate::{process, screen, workspace};

/// Installs what is missing, builds, and starts the program in the foreground.
pub fn run(release: bool, program_args: &[OsString]) -> Result<ExitCode> {
    setup::ensure(Purpose::Run)?;
    screen::build_if_changed()?;
    let mut build = process::cargo(&["build", "--package", "almanac"]);
    if release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    if !display_present() {
        bail!(
            "Almanac is built, but there is no display to open its window on (neither DISPLAY nor \
             WAYLAND_DISPLAY is set).\n\
             - At the machine itself: run this in a terminal of the desktop session.\n\
             - Over SSH: connect with `ssh -X` (the server needs xauth), then run it again.\n\
             - With no screen at all: `apt-get install xvfb`, then `xvfb-run cargo xtask run`."
        );
    }
    let program = workspace::program(release);
    let status = process::command(&program.to_string_lossy())
        .args(program_args)
        .status()
        .with_context(|| format!("{} could not be started", program.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn display_present() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
