//! Windows that the desktop draws and not the page: what they say, their buttons, a picture of the
//! whole screen.

use anyhow::{Context, Result};

use crate::{Desk, shots, until, windows};

/// Prints the text that is marked anywhere on the screen. The system's own Python is used since it is
/// the one that has the bindings.
const MARKED: &str = r#"
import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
print(Gtk.Clipboard.get(Gdk.SELECTION_PRIMARY).wait_for_text() or "")
"#;

/// Writes a picture of the whole screen to the file it is given.
const PICTURE: &str = r#"
import sys
import gi
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk
root = Gdk.get_default_root_window()
picture = Gdk.pixbuf_get_from_window(root, 0, 0, root.get_width(), root.get_height())
picture.savev(sys.argv[1], "png", [], [])
"#;

/// Most fields and buttons that a message has.
const STOPS: usize = 5;

async fn python(desk: &Desk, name: &str, script: &str, argument: &str) -> Result<String> {
    let file = crate::desk::write(desk, name, script)?;
    let out = desk
        .command("/usr/bin/python3")
        .arg(file)
        .arg(argument)
        .output()
        .await?;
    anyhow::ensure!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Keeps a picture of the whole screen, window frames and all.
pub async fn keep_picture(desk: &Desk, name: &str) -> Result<()> {
    std::fs::create_dir_all(shots::folder())?;
    let target = shots::folder().join(format!("{name}.png"));
    python(desk, "picture.py", PICTURE, &target.to_string_lossy()).await?;
    Ok(())
}

/// Waits until the message in front says this. Its texts can be marked, as a person does to copy
/// them: the way from field to field marks one after the other.
pub async fn message_says(desk: &Desk, words: &str) -> Result<()> {
    windows::wait_visible(desk).await?;
    until::holds(&format!("a message that says “{words}”"), || async {
        for _ in 0..STOPS {
            if windows::press(desk, "Tab").await.is_err() {
                return false;
            }
            let marked = python(desk, "marked.py", MARKED, "").await;
            if marked.is_ok_and(|marked| marked.contains(words)) {
                return true;
            }
        }
        false
    })
    .await
}

/// Presses one of the buttons at the foot of the message in front, counted from the left.
pub async fn press_button(desk: &Desk, button: u32, of: u32) -> Result<()> {
    let window = windows::visible(desk)
        .await
        .context("no message is shown")?;
    let out = desk
        .command("xwininfo")
        .args(["-id", &window])
        .output()
        .await?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let number = |label: &str| {
        let line = text.lines().find(|line| line.contains(label))?;
        line.rsplit_once(':')?.1.trim().parse::<u32>().ok()
    };
    let (left, top) = windows::origin(desk, &["-id", &window]).await?;
    let (width, height) = number("Width")
        .zip(number("Height"))
        .context("the message has a size")?;
    // The buttons share the width of the window.
    let x = left + i32::try_from(width * (2 * button + 1) / (2 * of))?;
    let y = top + i32::try_from(height)? - 18;
    desk.command("xdotool")
        .args(["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
        .status()
        .await?;
    Ok(())
}
