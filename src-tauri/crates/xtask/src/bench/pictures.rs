//! Pictures against sharp and against the plain library for pictures: the same files, by turns,
//! medians of the rounds.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::figures::{answer, field, median};
use super::row::Row;
use crate::process::{self, cargo};
use crate::workspace;

const ROUNDS: usize = 5;
/// The plain path is slow, and always about as slow.
const PLAIN_ROUNDS: usize = 3;
/// How much faster than the plain path everything has to be.
const PLAIN: f64 = 5.0;

/// What is measured: in words, its name, and the file it is done to.
const MEASURES: [(&str, &str, &str); 4] = [
    (
        "thumbnail of a JPEG of 24 megapixels",
        "thumbnail",
        "24.jpg",
    ),
    (
        "thumbnail of a JPEG of 48 megapixels",
        "thumbnail",
        "48.jpg",
    ),
    (
        "4:5 rendition under 1 MB of 24 megapixels",
        "rendition",
        "24.jpg",
    ),
    ("200 pictures taken in", "import", "many"),
];

/// Every row.
pub fn rows() -> Result<Vec<Row>> {
    let peer = workspace::root().join("tests/peers/sharp");
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
        "almanac-media",
        "--example",
        "figures",
    ]))?;
    let scratch = tempfile::tempdir()?;
    process::run(&mut ours("make", scratch.path()))?;
    let mut rows = Vec::new();
    for (words, what, file) in MEASURES {
        let file = scratch.path().join(file);
        let (mut mine, mut theirs) = (vec![], vec![]);
        for _ in 0..ROUNDS {
            mine.push(seconds(&mut ours(what, &file))?);
            let mut node = Command::new("node");
            node.args(["run.mjs", what]).arg(&file).current_dir(&peer);
            theirs.push(seconds(&mut node)?);
        }
        let plain = format!("plain-{what}");
        let mut plainly = vec![];
        for _ in 0..PLAIN_ROUNDS {
            plainly.push(seconds(&mut ours(&plain, &file))?);
        }
        let mine = median(&mut mine);
        rows.push(against_sharp(words, mine, median(&mut theirs)));
        rows.push(against_the_plain_path(words, mine, median(&mut plainly)));
    }
    Ok(rows)
}

fn against_sharp(words: &str, mine: f64, theirs: f64) -> Row {
    Row {
        measure: words.to_owned(),
        value: mine * 1000.0,
        unit: "ms".to_owned(),
        peer: Some(format!("sharp {:.0} ms", theirs * 1000.0)),
        ratio: Some(mine / theirs),
        goal: Some("at most 1 time".to_owned()),
        holds: Some(mine <= theirs),
    }
}

/// How often the same is done in the time that the usual library for pictures takes alone.
fn against_the_plain_path(words: &str, mine: f64, plain: f64) -> Row {
    Row {
        measure: format!("speed, {words}"),
        value: 1.0 / mine,
        unit: "1/s".to_owned(),
        peer: Some(format!("plain image {:.2} 1/s", 1.0 / plain)),
        ratio: Some(plain / mine),
        goal: Some(format!("at least {PLAIN} times")),
        holds: Some(plain / mine >= PLAIN),
    }
}

fn ours(what: &str, path: &Path) -> Command {
    let mut command = Command::new(workspace::target_dir().join("release/examples/figures"));
    command.arg(what).arg(path);
    command
}

fn seconds(command: &mut Command) -> Result<f64> {
    field(&answer(command)?, "seconds")
}
