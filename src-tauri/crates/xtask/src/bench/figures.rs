//! Figures that a measured program prints as a line of JSON.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// The last line of JSON that a program prints.
pub fn answer(command: &mut Command) -> Result<Value> {
    let output = process::output(command)?;
    let line = output
        .lines()
        .rfind(|line| line.starts_with('{'))
        .with_context(|| format!("no figures in: {output}"))?;
    Ok(serde_json::from_str(line)?)
}

/// A number in it.
pub fn field(answer: &Value, name: &str) -> Result<f64> {
    answer[name]
        .as_f64()
        .with_context(|| format!("no {name} in {answer}"))
}

/// The one in the middle; of none, no number.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
