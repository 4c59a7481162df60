//! Running other programs, with errors that name the command.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A command that starts in the project's root.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// The words of a command, for messages.
fn words(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

/// Prints the command, runs it with our own input and output, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let text = words(command);
    println!("$ {text}");
    let status = command
        .status()
        .with_context(|| format!("`{text}` could not be started"))?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(())
}

/// Runs the command quietly and gives what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let text = words(command);
    let out = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{text}` could not be started"))?;
    if !out.status.success() {
        bail!(
            "`{text}` failed ({}): {}",
            out.status,
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Whether a program answers to `--version`.
pub fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A cargo call in the project's root. Where everything is built once and thrown away, what would
/// make the next build quicker only takes time and a third of the disk.
pub fn cargo(args: &[&str]) -> Command {
    let mut cargo = command(&workspace::cargo());
    cargo.args(args);
    if std::env::var_os("CI").is_some() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// The feature with which the tests of the real window are built.
pub const WINDOW: &str = "almanac-e2e/window";

/// The tests that drive the real window.
pub const WINDOW_TESTS: &[&str] = &["program", "window"];

/// A cargo call on everything but this tool. Which packages are named decides with which features
/// their dependencies are compiled; with the same ones every time they are compiled once.
pub fn product(verb: &str) -> Command {
    cargo(&[verb, "--workspace", "--exclude", "xtask"])
}

/// Builds the program and the tests that drive it. Together: built without tests the program's dependencies
/// would have other features than those of all tests, and nearly everything would be compiled once more.
pub fn program_and_its_tests() -> Command {
    let mut command = product("build");
    command.args(["--features", WINDOW, "--bin", "almanac"]);
    for name in WINDOW_TESTS {
        command.args(["--test", name]);
    }
    command
}

/// A run of these tests of the real window; the program has to be there.
pub fn window_tests(names: &[&str]) -> Command {
    let mut command = product("test");
    command.args(["--features", WINDOW]);
    for name in names {
        command.args(["--test", name]);
    }
    command
}
