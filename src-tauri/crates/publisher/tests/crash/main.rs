//! The process that publishes is killed, again and again: at every named point of a send and at random
//! instants. Afterwards another start settles everything, and the network is counted: never two
//! posts, and never a post lost without the person being asked.
//!
//! `cargo test -p almanac-publisher --test crash` kills 200 times; `-- --kills 2000` as often as told,
//! and `--rows` tells the figures as the rows of a benchmark table as well.

mod child;
mod network;
mod parent;
mod sandbox;

use std::process::ExitCode;

/// Kills unless told otherwise.
const KILLS: u32 = 200;

/// Whatever stopped the test.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let result = match std::env::var(child::DIR) {
        Ok(dir) => child::run(&dir),
        Err(_) => parent::run(kills(), std::env::args().any(|word| word == "--rows")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The number after `--kills`; other arguments belong to the usual test harness.
fn kills() -> u32 {
    let mut words = std::env::args();
    words.find(|word| word == "--kills");
    words.next().and_then(|n| n.parse().ok()).unwrap_or(KILLS)
}
