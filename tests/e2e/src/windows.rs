//! The windows as the window manager sees them.

use anyhow::{Context, Result};

use crate::{Desk, until};

/// Titles of all windows on the screen.
pub async fn titles(desk: &Desk) -> Result<Vec<String>> {
    let out = desk
        .command("xwininfo")
        .args(["-root", "-tree"])
        .output()
        .await?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    // Lines look like `0x600007 "Almanac": ("almanac" "Almanac")  1280x820+0+20`.
    Ok(text
        .lines()
        .filter(|line| line.contains("0x"))
        .filter_map(|line| line.split('"').nth(1).map(str::to_owned))
        .collect())
}

/// Waits for a window of the program that can be seen, by the class that the program gives it.
pub async fn wait_visible(desk: &Desk) -> Result<()> {
    until::holds("a visible window", || async {
        visible(desk).await.is_some()
    })
    .await
}

/// Waits until no window of the program can be seen.
pub async fn wait_gone(desk: &Desk) -> Result<()> {
    until::holds("the window to go", || async {
        visible(desk).await.is_none()
    })
    .await
}

/// The number of the program's visible window.
pub async fn visible(desk: &Desk) -> Option<String> {
    let out = desk
        .command("xdotool")
        .args(["search", "--onlyvisible", "--class", "^almanac$"])
        .output()
        .await
        .ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.lines().next().map(str::to_owned)
}

/// The title of the window that has the keyboard.
pub async fn active_title(desk: &Desk) -> Result<String> {
    let out = desk
        .command("xdotool")
        .args(["getactivewindow", "getwindowname"])
        .output()
        .await?;
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Presses keys for real, as `xdotool key` names them. Goes to the window with the keyboard.
pub async fn press(desk: &Desk, keys: &str) -> Result<()> {
    desk.command("xdotool")
        .args(["key", "--clearmodifiers", keys])
        .status()
        .await?;
    Ok(())
}

/// Where a window's content begins on the screen; `which` is a choice of `xwininfo`.
pub async fn origin(desk: &Desk, which: &[&str]) -> Result<(i32, i32)> {
    let out = desk.command("xwininfo").args(which).output().await?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let number = |label: &str| {
        let line = text.lines().find(|line| line.contains(label))?;
        line.rsplit_once(':')?.1.trim().parse::<i32>().ok()
    };
    number("Absolute upper-left X")
        .zip(number("Absolute upper-left Y"))
        .context("no such window")
}
