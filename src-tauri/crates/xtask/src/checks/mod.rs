//! Checks of the project itself rather than of the program.

pub mod arrows;
pub mod doc_paths;
pub mod lengths;

use anyhow::Result;

use crate::process;

/// Every file under version control or about to be, relative to the root.
pub fn project_files() -> Result<Vec<String>> {
    let listing = process::output(process::command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(listing.lines().map(str::to_owned).collect())
}
