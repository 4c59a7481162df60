//! Figures of the networks over their sandboxes, as rows for `cargo xtask bench networks`.
//!
//! With a number the sweep over the crash points is about so many points long. With `--calls`,
//! `--memory` or `--crash` only those figures are taken.

use std::process::ExitCode;

use serde_json::Value;
use testkit::figures;
use testkit::sweep::Failure;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = |word: &str| words.iter().any(|given| given == word);
    if asked("--send") {
        return figures::send();
    }
    let all = !words.iter().any(|word| word.starts_with("--"));
    let points = words.iter().find_map(|word| word.parse().ok());
    if all || asked("--calls") {
        print(figures::calls()?);
        print(figures::pictures()?);
    }
    if all || asked("--memory") {
        print(figures::memory()?);
    }
    if all || asked("--crash") {
        print(figures::crash_points(points)?);
    }
    Ok(())
}

fn print(rows: Vec<Value>) {
    for row in rows {
        println!("{row}");
    }
}
