//! What the library of files costs, as rows for `cargo xtask bench media`.

use std::process::ExitCode;

use testkit::figures;
use testkit::sweep::Failure;

/// What the process that is measured is called with.
const IMPORT: &str = "--import";

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
    if let Some((first, rest)) = words.split_first()
        && first == IMPORT
    {
        return figures::import(rest);
    }
    for row in figures::importing(IMPORT)? {
        println!("{row}");
    }
    Ok(())
}
