//! Named points in the life of a delivery at which a test can stop the whole process.
//!
//! The point is named by the environment variable [`VARIABLE`] as `name:n`: the n-th time any
//! delivery reaches it, the process writes `at name` to its standard output and stands still there,
//! so that the test can kill it at exactly that point.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names the point to stop at.
pub const VARIABLE: &str = "ALMANAC_STOP_AT";

/// Every point, in the order a delivery reaches them.
pub const ALL: [&str; 8] = [
    "after_claim",
    "before_intent",
    "after_intent",
    "before_show",
    "after_show",
    "after_step",
    "after_send",
    "after_result",
];

struct Stop {
    name: String,
    left: AtomicU32,
}

static STOP: OnceLock<Option<Stop>> = OnceLock::new();

fn wanted() -> Option<Stop> {
    let text = std::env::var(VARIABLE).ok()?;
    let (name, count) = text.split_once(':')?;
    Some(Stop {
        name: name.to_owned(),
        left: AtomicU32::new(count.parse().ok()?),
    })
}

/// A delivery came to the point `name`.
pub fn reached(name: &str) {
    let Some(stop) = STOP.get_or_init(wanted) else {
        return;
    };
    if stop.name == name && stop.left.fetch_sub(1, Ordering::SeqCst) == 1 {
        let mut out = std::io::stdout().lock();
        // Nothing else can be done when the test is gone.
        writeln!(out, "at {name}").and_then(|()| out.flush()).ok();
        loop {
            std::thread::park();
        }
    }
}
