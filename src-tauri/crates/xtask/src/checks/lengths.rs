//! Files that grew beyond one subject.

use anyhow::{Result, bail};

use super::project_files;
use crate::workspace;

/// Reported from here on.
const LONG: usize = 400;
/// Refused from here on.
const TOO_LONG: usize = 500;
/// Kinds of source that people read; data and generated files are left out.
const KINDS: &[&str] = &["rs", "ts", "svelte", "js", "css", "sql"];

/// Prints the long files, fails on those that are too long.
pub fn check() -> Result<()> {
    let mut sizes = Vec::new();
    for file in project_files()? {
        let kind = file.rsplit('.').next().unwrap_or_default();
        if !KINDS.contains(&kind) {
            continue;
        }
        // A file that is deleted but not yet committed is still listed.
        let Ok(text) = std::fs::read_to_string(workspace::path(&file)) else {
            continue;
        };
        if !is_generated(&text) {
            sizes.push((text.lines().count(), file));
        }
    }
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    for (lines, file) in sizes.iter().filter(|(lines, _)| *lines > LONG) {
        println!("{lines:>5}  {file}");
    }
    let too_long = sizes.iter().filter(|(lines, _)| *lines > TOO_LONG).count();
    println!(
        "{} files looked at, {too_long} over {TOO_LONG} lines",
        sizes.len()
    );
    if too_long > 0 {
        bail!("{too_long} files have more than {TOO_LONG} lines: split them by subject");
    }
    Ok(())
}

fn is_generated(text: &str) -> bool {
    text.lines()
        .take(5)
        .any(|line| line.to_lowercase().contains("generated"))
}
