//! Figures of the networks for `cargo xtask bench networks`: calls and bytes of a post, memory while a
//! large file is sent, and the crash points.

mod importing;
mod memory;
mod minimum;
mod pictures;
mod sending;

use serde_json::{Value, json};

use crate::sweep::{self, Ending, Failure, Tally, Wanted};

pub use importing::{import, rows as importing};
pub use memory::rows as memory;
pub use pictures::rows as pictures;
pub use sending::send;

/// Points that have to be reached over all networks.
const POINTS: usize = 20_000;
/// Points that are planned: some are not reached, where a delivery took another way.
const PLANNED: usize = 24_000;
/// Points that are tried at the same time: much of each is waiting.
const WORKERS: usize = 4;

/// A row of the table.
fn row(measure: &str, value: impl Into<Value>, unit: &str) -> Value {
    json!({ "measure": measure, "value": value.into(), "unit": unit })
}

/// A row with a goal.
fn goal(mut row: Value, goal: &str, holds: bool) -> Value {
    row["goal"] = goal.into();
    row["holds"] = holds.into();
    row
}

/// Calls of a post against the fewest that the network's documentation allows.
pub fn calls() -> Result<Vec<Value>, Failure> {
    let mut rows = Vec::new();
    for (name, content, run) in sweep::costs()? {
        if run.ending != Ending::Once || run.asked {
            println!("{name}, {}: {:?}", content.name(), run.ending);
            continue;
        }
        let calls = &run.traffic.calls;
        if calls.is_empty() {
            continue;
        }
        let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        let measure = format!("calls for a post, {name}, {}", content.name());
        let counted = row(&measure, calls.len(), "calls");
        let Some(least) = minimum::of(name, content) else {
            println!("{name}, {}: {}", content.name(), names.join(", "));
            rows.push(counted);
            continue;
        };
        println!(
            "{name}, {}: {} ({})",
            content.name(),
            names.join(", "),
            least.source
        );
        let words = match least.sure {
            0 => format!("the fewest: {}", least.calls),
            more => format!("the fewest: {}, and {more} to be sure", least.calls),
        };
        let holds = calls.len() <= least.calls + least.sure;
        rows.push(goal(counted, &words, holds));
    }
    Ok(rows)
}

/// The sweep over all crash points, `points` of them or as many as the goal says.
pub fn crash_points(points: Option<usize>) -> Result<Vec<Value>, Failure> {
    let wanted = Wanted {
        points: points.unwrap_or(PLANNED),
        workers: WORKERS,
    };
    let mut all = Tally::default();
    let mut rows = Vec::new();
    for (name, tally) in sweep::sweep(wanted)? {
        let measure = format!("crash points, {name}");
        rows.push(row(&measure, tally.points, "points"));
        all.add(tally);
    }
    for fault in all.twice.iter().chain(&all.lost) {
        println!("{fault}");
    }
    let least = points.map_or(POINTS, |_| 1);
    let words = format!("at least {least}");
    let reached = row("crash points over all networks", all.points, "points");
    rows.push(goal(reached, &words, all.points >= least));
    let twice = row("of them on the network twice", all.twice.len(), "posts");
    rows.push(goal(twice, "none", all.twice.is_empty()));
    let lost = row("of them lost without a word", all.lost.len(), "posts");
    rows.push(goal(lost, "none", all.lost.is_empty()));
    rows.push(row("of them asked about", all.asked, "posts"));
    Ok(rows)
}
