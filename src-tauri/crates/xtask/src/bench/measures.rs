//! The list of measures: how each is built and run.

use std::process::Command;

use anyhow::Result;

use crate::process::{self, cargo};
use crate::workspace;

/// A program that measures something.
pub struct Measure {
    /// What a person types to run it alone.
    pub name: &'static str,
    /// What it measures.
    pub about: &'static str,
    /// Builds what it needs.
    pub prepare: fn() -> Result<()>,
    /// Runs it.
    pub command: fn() -> Command,
}

/// All measures in the order of the table.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "window",
        about: "cold start and memory against an empty Tauri window",
        prepare: build_windows,
        command: || release("almanac-e2e", "--bin", "bench-window"),
    },
    Measure {
        name: "calendar",
        about: "the month view against FullCalendar 7 in the app's own engine",
        prepare: build_calendar,
        command: || release("almanac-e2e", "--bin", "bench-calendar"),
    },
    Measure {
        name: "month",
        about: "the query of a full month",
        prepare: || Ok(()),
        command: || release("almanac-store", "--example", "month"),
    },
];

/// Runs a measuring program of a package as the optimiser makes it.
fn release(package: &str, kind: &str, name: &str) -> Command {
    cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        package,
        kind,
        name,
    ])
}

/// Builds both pages; the peer's package is installed for this alone.
fn build_calendar() -> Result<()> {
    let ui = workspace::root().join("ui");
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(ui.join("bench")),
    )?;
    process::run(
        Command::new("npx")
            .args([
                "vite",
                "build",
                "--logLevel",
                "warn",
                "--config",
                "vite.bench.config.ts",
            ])
            .current_dir(&ui),
    )
}

fn build_windows() -> Result<()> {
    process::run(&mut cargo(&[
        "build",
        "--release",
        "--package",
        "almanac",
        "--package",
        "emptywindow",
        "--package",
        "almanac-e2e",
    ]))
}
