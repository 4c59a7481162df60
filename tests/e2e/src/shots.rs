//! What a run leaves behind to look at: `tests/artefacts/`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::Session;

/// The folder for pictures and for the remains of failed tests. Not under version control.
#[must_use]
pub fn folder() -> PathBuf {
    crate::program::own_folder().join("../artefacts")
}

/// Takes a picture of the window, once it is drawn as it is now: a busy machine lags behind. It is
/// taken from the display and not from the driver, which waits most of a minute for a page that is
/// painted without a graphics card.
pub async fn page(session: &Session, name: &str) -> Result<()> {
    let painted = "const done = arguments[0];
                   requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)));";
    session.client.execute_async(painted, vec![]).await?;
    let found = Command::new("xdotool")
        .args(["search", "--onlyvisible", "--class", "^almanac$"])
        .env("DISPLAY", &session.display)
        .output()
        .await?;
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    let window = found.lines().next().context("no window can be seen")?;
    std::fs::create_dir_all(folder())?;
    let taken = Command::new("import")
        .args(["-display", &session.display, "-window", window])
        .arg(folder().join(format!("{name}.png")))
        .status()
        .await?;
    ensure!(taken.success(), "no picture could be taken");
    Ok(())
}

/// Keeps the logs of a test's desktop, above all the program's own. A test that fails by returning
/// an error cannot be told from one that passes, so they are kept always, and replaced each time.
pub fn keep_logs(desk: &Path) {
    let test = std::thread::current()
        .name()
        .unwrap_or("test")
        .replace("::", "-");
    let target = folder().join("logs").join(test);
    let _ = std::fs::remove_dir_all(&target);
    for source in [
        desk.to_path_buf(),
        desk.join("program-data"),
        desk.join("program-data/logs"),
    ] {
        copy_logs(&source, &target);
    }
}

fn copy_logs(source: &Path, target: &Path) {
    for entry in std::fs::read_dir(source).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(".log") && std::fs::create_dir_all(target).is_ok() {
            let _ = std::fs::copy(entry.path(), target.join(name));
        }
    }
}
