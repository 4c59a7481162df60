//! Starting the program by itself, without a driver.

use std::path::PathBuf;

use anyhow::{Context, Result};
use tokio::process::{Child, Command};

use crate::{Desk, processes, until};

/// The program under test: `ALMANAC_PROGRAM`, or the one that Cargo left beside this one.
pub fn path() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("ALMANAC_PROGRAM") {
        return Ok(PathBuf::from(path));
    }
    beside("almanac")
}

/// The folder of this crate's sources: as Cargo says now, else as it was when this was built.
#[must_use]
pub fn own_folder() -> PathBuf {
    let now = std::env::var_os("CARGO_MANIFEST_DIR");
    now.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

/// Another program of the workspace, from the same build.
pub fn beside(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("a program lies in a folder")?;
    // Tests lie one folder deeper than programs.
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    let path = folder.join(name);
    anyhow::ensure!(
        path.exists(),
        "{} is not there: build it first (cargo xtask test e2e does)",
        path.display()
    );
    Ok(path)
}

/// A running program.
pub struct Program {
    child: Child,
    pid: u32,
}

impl Program {
    /// Starts it on a desktop with these arguments; its output goes to the desktop's folder.
    pub fn start(desk: &Desk, args: &[&str]) -> Result<Self> {
        let mut command = desk.command(path()?);
        command.args(args);
        Self::spawn(desk, command)
    }

    /// Starts any prepared command as the program.
    pub fn spawn(desk: &Desk, mut command: Command) -> Result<Self> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(desk.folder().join("program.log"))?;
        command.stdout(log.try_clone()?).stderr(log);
        let child = command
            .spawn()
            .context("the program could not be started")?;
        let pid = child.id().context("the program has a number")?;
        Ok(Self { child, pid })
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// It and everything it started.
    #[must_use]
    pub fn tree(&self) -> Vec<u32> {
        processes::tree(self.pid)
    }

    /// Waits until it has ended by itself and gives its exit code.
    pub async fn ended(&mut self) -> Result<Option<i32>> {
        let status = tokio::time::timeout(until::PATIENCE, self.child.wait())
            .await
            .context("the program did not end")??;
        Ok(status.code())
    }

    /// Whether it is still running.
    #[must_use]
    pub fn running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it as a power cut would, and waits until it is gone.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}
