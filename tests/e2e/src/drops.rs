//! Dropping files from the desktop onto the page with a real pointer: a small window offers the
//! files, and the pointer carries them over.

use std::path::Path;

use anyhow::{Context, Result};
use tokio::process::Child;

use crate::{Desk, until, windows};

/// Title of the window that offers the files.
const TITLE: &str = "Files to drag";

/// Where that window stands on the screen.
const CORNER: (i32, i32) = (1330, 930);

/// A window in the corner of the screen that gives its arguments as files when it is dragged from.
/// The system's own Python is used since it is the one that has the bindings.
const SOURCE: &str = r#"
import pathlib, sys
import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
window = Gtk.Window(title="Files to drag", decorated=False)
window.set_default_size(60, 60)
box = Gtk.EventBox()
window.add(box)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
uris = [pathlib.Path(name).as_uri() for name in sys.argv[1:]]
box.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris(uris))
window.connect("destroy", Gtk.main_quit)
window.set_keep_above(True)
window.show_all()
window.move(1330, 930)
Gtk.main()
"#;

/// Drops files at a place of the window, given in its pixels. The returned process hands the files
/// over, so it must live until the page has them.
pub async fn drop_files(desk: &Desk, files: &[&Path], x: i32, y: i32) -> Result<Child> {
    let script = crate::desk::write(desk, "drag-source.py", SOURCE)?;
    let source = desk
        .command("/usr/bin/python3")
        .arg(script)
        .args(files)
        .spawn()?;
    until::holds("the window with the files", || async {
        windows::titles(desk)
            .await
            .is_ok_and(|titles| titles.iter().any(|title| title == TITLE))
    })
    .await?;
    // It is shown first and goes to its corner then.
    until::holds("the files to lie in their corner", || async {
        windows::origin(desk, &["-name", TITLE])
            .await
            .is_ok_and(|(x, y)| (x - CORNER.0).abs() < 4 && (y - CORNER.1).abs() < 4)
    })
    .await?;
    let from = windows::origin(desk, &["-name", TITLE]).await?;
    let window = windows::visible(desk)
        .await
        .context("the program has no visible window")?;
    let page = windows::origin(desk, &["-id", &window]).await?;
    let (from_x, from_y) = (from.0 + 30, from.1 + 30);
    let (to_x, to_y) = (page.0 + x, page.1 + y);
    pointer(
        desk,
        &[
            "mousemove",
            &from_x.to_string(),
            &from_y.to_string(),
            "mousedown",
            "1",
        ],
    )
    .await?;
    // A drag begins only after the pointer has moved some way, and it is followed in steps.
    for step in 1..=20 {
        let at = |from: i32, to: i32| (from + (to - from) * step / 20).to_string();
        pointer(desk, &["mousemove", &at(from_x, to_x), &at(from_y, to_y)]).await?;
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
    // The page answers where it is asked, and a drop before its answer is none.
    for step in 0..10 {
        let near = (to_x + step % 2).to_string();
        pointer(desk, &["mousemove", &near, &to_y.to_string()]).await?;
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    pointer(desk, &["mousemove", &to_x.to_string(), &to_y.to_string()]).await?;
    pointer(desk, &["mouseup", "1"]).await?;
    Ok(source)
}

async fn pointer(desk: &Desk, orders: &[&str]) -> Result<()> {
    desk.command("xdotool").args(orders).status().await?;
    Ok(())
}
