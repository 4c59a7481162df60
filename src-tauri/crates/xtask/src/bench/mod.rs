//! `cargo xtask bench`: runs the measuring programs, prints one table, writes `target/bench.json`.
//!
//! A measure is a program of its own that prints rows as JSON, one a line, so that it can live in
//! the crate whose work it measures.

mod dispatch;
mod figures;
mod measures;
mod pictures;
mod row;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::setup::{self, Purpose};
use crate::{screen, workspace};
use measures::MEASURES;

/// Runs all measures, or those named.
pub fn run(only: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !MEASURES.iter().any(|m| m.name == **name))
    {
        let known: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        bail!(
            "There is no measure called {unknown}. There are: {}",
            known.join(", ")
        );
    }
    setup::ensure(Purpose::Test)?;
    screen::build_if_changed()?;
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for measure in MEASURES {
        if only.is_empty() || only.iter().any(|name| name == measure.name) {
            println!("\n=== {}: {}", measure.name, measure.about);
            match (measure.rows)() {
                Ok(more) => rows.extend(more),
                Err(error) => broken.push(format!("{}: {error:#}", measure.name)),
            }
        }
    }
    row::print(&rows);
    let file = workspace::target_dir().join("bench.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&rows)?)?;
    println!("\nWritten to {}", file.display());
    for failure in &broken {
        println!("Could not be measured: {failure}");
    }
    // A goal that was missed is told in the table; only a measure that broke is an error.
    Ok(if broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
