//! Python packages that tests run beside the program: in an environment of their own, from a list with
//! versions and checksums, and only when it changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{process, workspace};

/// Name of an environment in its folder.
const ENVIRONMENT: &str = ".venv";
/// The folder of the tests that keep such an environment.
pub const TESTS: &str = "tests/python";

/// Makes the environment `.venv` of a folder from its `requirements.txt`, unless what is there already
/// came from the same list.
pub fn install(folder: &str) -> Result<()> {
    let folder = workspace::path(folder);
    let list = folder.join("requirements.txt");
    let wanted =
        std::fs::read(&list).with_context(|| format!("{} cannot be read", list.display()))?;
    let environment = folder.join(ENVIRONMENT);
    let stamp = environment.join("installed-requirements.txt");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    process::run(
        process::command("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&environment),
    )?;
    let python = interpreter(&environment);
    process::run(
        process::command(&python.to_string_lossy())
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--no-compile", "--require-hashes", "--only-binary=:all:"])
            .arg("--requirement")
            .arg(&list),
    )?;
    std::fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// The Python of the tests. It brings the pip that Debian's own Python lacks.
pub fn of_tests() -> PathBuf {
    interpreter(&workspace::path(TESTS).join(ENVIRONMENT))
}

fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}
