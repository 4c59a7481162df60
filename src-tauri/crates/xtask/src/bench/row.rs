//! One measured figure.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A figure, what it is compared with, and whether the goal holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What was measured, in words.
    pub measure: String,
    /// Our figure: the median where there are several runs.
    pub value: f64,
    /// Unit of the value and of the peer's figure.
    pub unit: String,
    /// The peer's figure with its name, when there is a peer.
    #[serde(default)]
    pub peer: Option<String>,
    /// Value divided by the peer's figure.
    #[serde(default)]
    pub ratio: Option<f64>,
    /// The goal in words, when there is one.
    #[serde(default)]
    pub goal: Option<String>,
    /// Whether the goal holds; absent for a figure that is only told.
    #[serde(default)]
    pub holds: Option<bool>,
}

/// Reads the rows from a measuring program's output; other lines are its remarks.
pub fn parse(output: &str) -> Result<Vec<Row>> {
    output
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a row: {line}")))
        .collect()
}

/// Prints the rows as a table.
pub fn print(rows: &[Row]) {
    let width = rows
        .iter()
        .map(|row| row.measure.chars().count())
        .max()
        .unwrap_or(0);
    println!();
    for row in rows {
        let figure = format!("{} {}", short(row.value), row.unit);
        let verdict = match row.holds {
            Some(true) => "holds",
            Some(false) => "FALLS SHORT",
            None => "",
        };
        println!(
            "{:<width$}  {figure:>16}  {:<28} {:>8}  {:<22} {verdict}",
            row.measure,
            row.peer.as_deref().unwrap_or_default(),
            row.ratio
                .map(|ratio| format!("x {}", short(ratio)))
                .unwrap_or_default(),
            row.goal.as_deref().unwrap_or_default(),
        );
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    let digits = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else if value.abs() >= 1.0 {
        2
    } else {
        4
    };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_remarks_are_passed_over() {
        let output = "warming up\n{\"measure\":\"a\",\"value\":1.5,\"unit\":\"ms\",\"goal\":\"<= 2\",\"holds\":true}\n";
        let rows = parse(output).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].goal.as_deref(), Some("<= 2"));
        assert!(parse("{\"measure\":1}").is_err());
    }
}
