//! Installing what a fresh machine lacks: system packages, Node packages, test servers.

mod node;
mod python;
mod system;
mod wordpress;

use std::process::ExitCode;

use anyhow::Result;

pub use node::{install as install_node_packages, npm};
pub use python::of_tests as python_of_tests;
pub use system::apt;

/// What the machine is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and opening the window.
    Run,
    /// Everything the checks need as well.
    Test,
}

/// `cargo xtask setup`.
pub fn run(for_tests: bool) -> Result<ExitCode> {
    ensure(if for_tests {
        Purpose::Test
    } else {
        Purpose::Run
    })?;
    println!("Everything that is needed is installed.");
    Ok(ExitCode::SUCCESS)
}

/// Checks for everything the purpose needs and installs what is missing.
pub fn ensure(purpose: Purpose) -> Result<()> {
    node::check_version()?;
    system::ensure(purpose)?;
    node::install("ui")?;
    if purpose == Purpose::Test {
        node::install("tests/pds")?;
        node::install("tests/oidc")?;
        python::install(python::TESTS)?;
        wordpress::install()?;
    }
    Ok(())
}
