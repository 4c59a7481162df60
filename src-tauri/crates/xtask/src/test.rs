//! `cargo xtask test`: everything that must hold, in an order that shares what is built.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::checks::{arrows, doc_paths, lengths};
use crate::process::{self, cargo};
use crate::setup::{self, Purpose, npm};
use crate::steps::{self, Step};
use crate::{deny, package, screen, types};

/// Cheap steps come first, then the screen (the desktop program embeds it), then everything that
/// shares the debug build, then the one release build.
const STEPS: &[Step] = &[
    Step {
        name: "setup",
        about: "what the checks need is installed",
        needs: &[],
        work: || setup::ensure(Purpose::Test),
    },
    Step {
        name: "fmt",
        about: "Rust formatting",
        needs: &[],
        work: fmt,
    },
    Step {
        name: "arrows",
        about: "which crate depends on which",
        needs: &[],
        work: arrows::check,
    },
    Step {
        name: "docs",
        about: "every path and link that a document names exists",
        needs: &[],
        work: doc_paths::check,
    },
    Step {
        name: "lengths",
        about: "no file has outgrown its subject",
        needs: &[],
        work: lengths::check,
    },
    Step {
        name: "ui-format",
        about: "formatting of the screen's sources",
        needs: &["setup"],
        work: || ui("format:check"),
    },
    Step {
        name: "ui-lint",
        about: "lint of the screen",
        needs: &["setup"],
        work: || ui("lint"),
    },
    Step {
        name: "ui-types",
        about: "types of the screen",
        needs: &["setup"],
        work: || ui("check"),
    },
    Step {
        name: "ui-test",
        about: "tests of the screen",
        needs: &["setup"],
        work: || ui("test"),
    },
    Step {
        name: "ui-build",
        about: "the screen builds",
        needs: &["setup"],
        work: screen::build,
    },
    Step {
        name: "clippy",
        about: "lint of all Rust code",
        needs: &["ui-build"],
        work: clippy,
    },
    Step {
        name: "rustdoc",
        about: "the code's documentation",
        needs: &["ui-build"],
        work: rustdoc,
    },
    Step {
        name: "types",
        about: "the screen's types are those of the Rust code",
        needs: &[],
        work: types::check,
    },
    Step {
        name: "rust",
        about: "tests of the Rust code",
        needs: &["ui-build"],
        work: rust,
    },
    Step {
        name: "e2e",
        about: "the real window on a virtual display",
        needs: &["ui-build"],
        work: e2e,
    },
    Step {
        name: "deny",
        about: "licences, bans and sources of every dependency",
        needs: &["setup"],
        work: deny::check,
    },
    Step {
        name: "package",
        about: "the .deb installs, starts, shows its window and leaves again",
        needs: &["ui-build"],
        work: package::check,
    },
];

/// Runs all steps, or those named.
pub fn run(only: &[String], list: bool) -> Result<ExitCode> {
    if list {
        for step in STEPS {
            println!("{:<12} {}", step.name, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = only
        .iter()
        .find(|name| !STEPS.iter().any(|step| step.name == **name))
    {
        bail!("There is no step called {unknown}. `cargo xtask test --list` shows them.");
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .collect();
    Ok(if steps::run(&chosen) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn ui(script: &str) -> Result<()> {
    process::run(npm("ui").args(["run", script]))
}

fn fmt() -> Result<()> {
    process::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    process::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        process::WINDOW,
        "--",
        "--deny",
        "warnings",
    ]))
}

fn rustdoc() -> Result<()> {
    // With its examples named cargo takes the features of tests, which are those that clippy has just
    // checked every dependency with.
    process::run(
        cargo(&[
            "doc",
            "--workspace",
            "--lib",
            "--bins",
            "--examples",
            "--no-deps",
            "--document-private-items",
            "--features",
            process::WINDOW,
        ])
        .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

fn rust() -> Result<()> {
    // This tool was built alone, and is tested alone.
    process::run(&mut cargo(&["test", "--package", "xtask"]))?;
    // Many of them wait for a server or a file: more at once than there are processors.
    process::run(process::product("test").args(["--", "--test-threads=4"]))
}

fn e2e() -> Result<()> {
    // Run alone it would look at an old screen.
    screen::build_if_changed()?;
    process::run(&mut process::program_and_its_tests())?;
    // Most of them wait, for a window or for a minute: more at once than there are processors.
    process::run(process::window_tests(process::WINDOW_TESTS).args([
        "--no-fail-fast",
        "--",
        "--test-threads=4",
    ]))
}
