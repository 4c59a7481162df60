//! Dispatch of due posts against plainjobs: the same commits, by turns, medians of the rounds.

use std::process::Command;

use anyhow::Result;

use super::figures::{answer, field, median};
use super::row::Row;
use crate::process::{self, cargo};
use crate::workspace;

const ROUNDS: usize = 3;
const POSTS: &str = "10000";
const GOAL: f64 = 10.0;

/// Throughput, lateness and syncs.
pub fn rows() -> Result<Vec<Row>> {
    let peer = workspace::root().join("tests/peers/plainjobs");
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&peer),
    )?;
    process::run(&mut cargo(&[
        "build",
        "--quiet",
        "--release",
        "--package",
        "almanac-publisher",
        "--example",
        "dispatch",
        "--features",
        "testing",
    ]))?;
    let (mut ours, mut theirs, mut late50, mut late99) = (vec![], vec![], vec![], vec![]);
    let (mut ten, mut one) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        ours.push(number(
            &mut dispatch(&["throughput", POSTS, "1000"]),
            "per_second",
        )?);
        let mut node = Command::new("node");
        node.args(["run.mjs", POSTS]).current_dir(&peer);
        theirs.push(number(&mut node, "per_second")?);
        ten.push(number(
            &mut dispatch(&["throughput", "2000", "10"]),
            "per_second",
        )?);
        one.push(number(
            &mut dispatch(&["throughput", "500", "1"]),
            "per_second",
        )?);
        let lateness = answer(&mut dispatch(&["lateness", "1000", "1000"]))?;
        late50.push(field(&lateness, "p50_ms")?);
        late99.push(field(&lateness, "p99_ms")?);
    }
    let (mine, peer) = (median(&mut ours), median(&mut theirs));
    let told = |measure: &str, value: f64, unit: &str| Row {
        measure: measure.to_owned(),
        value,
        unit: unit.to_owned(),
        peer: None,
        ratio: None,
        goal: None,
        holds: None,
    };
    let mut rows = vec![
        Row {
            peer: Some(format!("plainjobs {peer:.0} posts/s")),
            ratio: Some(mine / peer),
            goal: Some(format!("at least {GOAL} times")),
            holds: Some(mine / peer >= GOAL),
            ..told(
                "dispatch of 10,000 posts over 1,000 accounts",
                mine,
                "posts/s",
            )
        },
        told("dispatch over 10 accounts", median(&mut ten), "posts/s"),
        told("dispatch over 1 account", median(&mut one), "posts/s"),
        told(
            "lateness of 1,000 posts due at once, p50",
            median(&mut late50),
            "ms",
        ),
        told(
            "lateness of 1,000 posts due at once, p99",
            median(&mut late99),
            "ms",
        ),
    ];
    if let Some(syncs) = syncs()? {
        let each = syncs / POSTS.parse::<f64>()?;
        rows.push(told("syncs per delivered post", each, "fsync"));
    }
    Ok(rows)
}

fn dispatch(args: &[&str]) -> Command {
    let mut command = Command::new(workspace::target_dir().join("release/examples/dispatch"));
    command.args(args);
    command
}

/// Syncs of one run, its preparation included; none where `strace` is not installed.
fn syncs() -> Result<Option<f64>> {
    let summary = tempfile::NamedTempFile::new()?;
    let program = dispatch(&[]).get_program().to_owned();
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-c", "-e", "trace=fsync,fdatasync", "-o"])
        .arg(summary.path())
        .arg(program)
        .args(["throughput", POSTS, "1000"]);
    if strace.output().is_err() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(summary.path())?;
    let calls = text
        .lines()
        .filter(|line| line.ends_with("sync"))
        .filter_map(|line| line.split_whitespace().nth(3)?.parse::<f64>().ok())
        .sum();
    Ok(Some(calls))
}

fn number(command: &mut Command, name: &str) -> Result<f64> {
    field(&answer(command)?, name)
}
