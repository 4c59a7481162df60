//! `cargo xtask types`: the screen's TypeScript types, written from the Rust types.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// The generated file, relative to the root.
const FILE: &str = "ui/src/lib/api/generated.ts";

/// Writes the file, or with `check` compares it.
pub fn run(check_only: bool) -> Result<ExitCode> {
    if check_only {
        check()?;
        println!("{FILE} is up to date.");
    } else {
        write_to(&workspace::path(FILE))?;
        println!("{FILE} is written.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when the file differs from what the Rust types say.
pub fn check() -> Result<()> {
    let fresh = workspace::target_dir().join("types-check.ts");
    write_to(&fresh)?;
    let wanted = std::fs::read_to_string(&fresh)?;
    let present = std::fs::read_to_string(workspace::path(FILE))
        .with_context(|| format!("{FILE} cannot be read"))?;
    if present != wanted {
        bail!("{FILE} is not what the Rust types say. To renew it: cargo xtask types");
    }
    Ok(())
}

fn write_to(target: &Path) -> Result<()> {
    let text = process::output(&mut process::cargo(&[
        "run",
        "--quiet",
        "--package",
        "almanac-app",
        "--example",
        "typescript",
    ]))?;
    std::fs::write(target, text).with_context(|| format!("{} cannot be written", target.display()))
}
