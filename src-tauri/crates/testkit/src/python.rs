//! Programs of other people, written in Python: they prove that our sandboxes and our connectors speak
//! with others than each other.

use std::path::{Path, PathBuf};

/// The folder of their packages and of our scripts around them.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/python")
}

/// A program of their environment, such as `python`. The error is a sentence that says what to do.
pub fn program(name: &str) -> Result<PathBuf, String> {
    let path = folder().join(".venv/bin").join(name);
    if path.exists() {
        return Ok(path);
    }
    Err(format!(
        "The Python packages of the tests are not installed ({name} is missing). Run `cargo xtask test`, which installs them."
    ))
}

/// Runs one of our scripts to its end. The error is what it said.
pub async fn run(script: &str, arguments: &[&str]) -> Result<String, String> {
    let output = tokio::process::Command::new(program("python")?)
        .arg(folder().join(script))
        .args(arguments)
        // A proxy of the machine has no part in what happens on loopback.
        .env("NO_PROXY", "*")
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| e.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{}{}", text(&output.stdout), text(&output.stderr)))
    }
}
