//! Completions and the manual, both made from the command line itself.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::say::print;
use crate::trouble::Trouble;

/// The name of the program.
const NAME: &str = "almanac-server";

/// Prints what completes this command line in a shell.
pub fn completions(shell: Shell) -> Result<(), Trouble> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut text);
    Ok(print(&text)?)
}

/// Prints the manual page, or writes those of all commands into a folder.
pub fn manual(folder: Option<&Path>) -> Result<(), Trouble> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
        return Ok(clap_mangen::generate_to(Cli::command(), folder)?);
    }
    let mut text = Vec::new();
    Man::new(Cli::command()).render(&mut text)?;
    Ok(print(&text)?)
}
