//! Figures of a measuring program: medians, and rows as JSON, one a line.

use serde_json::json;

/// The middle of the values; not a number when there are none.
#[must_use]
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints a figure beside a peer's; the goal is a ratio that is not to be passed.
pub fn against(measure: &str, value: f64, unit: &str, peer: (&str, f64), most: f64) {
    let ratio = value / peer.1;
    println!(
        "{}",
        json!({
            "measure": measure, "value": value, "unit": unit,
            "peer": format!("{} {:.0} {unit}", peer.0, peer.1), "ratio": ratio,
            "goal": format!("at most {most} times"), "holds": ratio <= most,
        })
    );
}

/// Prints a figure that is not to pass a limit.
pub fn limit(measure: &str, value: f64, unit: &str, most: f64) {
    println!(
        "{}",
        json!({
            "measure": measure, "value": value, "unit": unit,
            "goal": format!("at most {} {unit}", (most * 10.0).round() / 10.0), "holds": value <= most,
        })
    );
}
