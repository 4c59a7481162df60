//! What a run leaves behind to look at: `tests/artefacts/`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use fantoccini::Client;

/// The folder for pictures and for the remains of failed tests. Not under version control.
#[must_use]
pub fn folder() -> PathBuf {
    crate::program::own_folder().join("../artefacts")
}

/// Takes a picture of the page, once it is drawn as it is now: a busy machine lags behind.
pub async fn page(client: &Client, name: &str) -> Result<()> {
    let painted = "const done = arguments[0];
                   requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));";
    client.execute_async(painted, vec![]).await?;
    let png = client.screenshot().await?;
    std::fs::create_dir_all(folder())?;
    std::fs::write(folder().join(format!("{name}.png")), png)?;
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
