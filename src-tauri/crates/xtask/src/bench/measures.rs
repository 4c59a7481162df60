//! The list of measures: how each is built and run.

use std::process::Command;

use anyhow::Result;

use super::row::{self, Row};
use super::{dispatch, pictures};
use crate::process::{self, cargo};
use crate::workspace;

/// A program that measures something.
pub struct Measure {
    /// What a person types to run it alone.
    pub name: &'static str,
    /// What it measures.
    pub about: &'static str,
    /// Builds what it needs and measures.
    pub rows: fn() -> Result<Vec<Row>>,
}

/// All measures in the order of the table.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "window",
        about: "cold start and memory against an empty Tauri window",
        rows: || {
            build_windows()?;
            release("almanac-e2e", "--bin", "bench-window")
        },
    },
    Measure {
        name: "calendar",
        about: "the month view against FullCalendar 7 in the app's own engine",
        rows: || {
            build_calendar()?;
            release("almanac-e2e", "--bin", "bench-calendar")
        },
    },
    Measure {
        name: "library",
        about: "the library of twenty thousand files: its query, first paint and scrolling",
        rows: || {
            build_calendar()?;
            let mut rows = release("almanac-store", "--example", "library")?;
            rows.extend(release("almanac-e2e", "--bin", "bench-library")?);
            Ok(rows)
        },
    },
    Measure {
        name: "editor",
        about: "the editor of pictures: from a slider's move to the painted preview",
        rows: || {
            build_calendar()?;
            release("almanac-e2e", "--bin", "bench-picture")
        },
    },
    Measure {
        name: "month",
        about: "the query of a full month",
        rows: || release("almanac-store", "--example", "month"),
    },
    Measure {
        name: "dispatch",
        about: "due posts going out, against plainjobs",
        rows: dispatch::rows,
    },
    Measure {
        name: "media",
        about: "thumbnails, renditions and taking files in, against sharp and the plain path",
        rows: || {
            let mut rows = pictures::rows()?;
            rows.extend(release("almanac-testkit", "--bin", "bench-media")?);
            Ok(rows)
        },
    },
    Measure {
        name: "networks",
        about: "calls, bytes, memory and crash points of every network over its sandbox",
        rows: || release("almanac-testkit", "--bin", "bench-networks"),
    },
    Measure {
        name: "requests",
        about: "requests of programs with a hundred thousand posts, against a bare axum route",
        rows: || release("almanac-server", "--example", "load"),
    },
    Measure {
        name: "crash",
        about: "the publishing process killed 2,000 times",
        rows: || {
            row::parse(&process::output(&mut cargo(&[
                "test",
                "--quiet",
                "--package",
                "almanac-publisher",
                "--test",
                "crash",
                "--",
                "--kills",
                "2000",
                "--rows",
            ]))?)
        },
    },
];

/// Runs a measuring program of a package as the optimiser makes it; it prints rows.
fn release(package: &str, kind: &str, name: &str) -> Result<Vec<Row>> {
    row::parse(&process::output(&mut cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        package,
        kind,
        name,
    ]))?)
}

/// Builds all pages; the peer's package is installed for this alone.
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
    // One by one: built together they would share features, and the program measured would not be
    // the one that is shipped.
    for package in ["almanac", "emptywindow", "almanac-e2e"] {
        process::run(&mut cargo(&["build", "--release", "--package", package]))?;
    }
    Ok(())
}
