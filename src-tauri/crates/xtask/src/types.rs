//! `cargo xtask types`: what is written from the Rust code: the screen's TypeScript types, and the pages
//! about the networks and about other programs.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// The generated files, relative to the root, each with the example that prints it.
const FILES: [(&str, &str); 3] = [
    ("ui/src/lib/api/generated.ts", "typescript"),
    ("docs/networks.md", "networks_page"),
    ("docs/api.md", "api_page"),
];

/// Writes the files, or with `check` compares them.
pub fn run(check_only: bool) -> Result<ExitCode> {
    if check_only {
        check()?;
    }
    for (file, example) in FILES {
        if check_only {
            println!("{file} is up to date.");
        } else {
            write_to(example, &workspace::path(file))?;
            println!("{file} is written.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when a file differs from what the Rust code says.
pub fn check() -> Result<()> {
    for (file, example) in FILES {
        let fresh = workspace::target_dir().join(format!("check-{example}"));
        write_to(example, &fresh)?;
        let wanted = std::fs::read_to_string(&fresh)?;
        let present = std::fs::read_to_string(workspace::path(file))
            .with_context(|| format!("{file} cannot be read"))?;
        if present != wanted {
            bail!("{file} is not what the Rust code says. To renew it: cargo xtask types");
        }
    }
    Ok(())
}

fn write_to(example: &str, target: &Path) -> Result<()> {
    process::run(process::product("build").args(["--quiet", "--example", example]))?;
    let program = workspace::target_dir()
        .join("debug/examples")
        .join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    let text = process::output(&mut process::command(&program.to_string_lossy()))?;
    std::fs::write(target, text).with_context(|| format!("{} cannot be written", target.display()))
}
