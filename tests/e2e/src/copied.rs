//! What another program put on the clipboard of the desktop: text, a picture, or files as the window of a
//! folder copies them.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::{Desk, until};

/// Puts what it is given on the clipboard and hands it out until it is ended. The system's own Python is
/// used since it is the one that has the bindings.
const SOURCE: &str = r#"
import pathlib, sys
import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk
# Copying is done by a window, such as that of a folder.
window = Gtk.Window(title="What was copied", decorated=False)
kind, names = sys.argv[1], sys.argv[2:]
clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
if kind == "text":
    clipboard.set_text(names[0], -1)
elif kind == "picture":
    clipboard.set_image(GdkPixbuf.Pixbuf.new_from_file(names[0]))
else:
    uris = [pathlib.Path(name).as_uri() for name in names]
    window.realize()
    Gtk.selection_add_target(
        window, Gdk.SELECTION_CLIPBOARD, Gdk.Atom.intern("text/uri-list", False), 0)
    window.connect("selection-get", lambda _w, data, _i, _t: data.set_uris(uris))
    Gtk.selection_owner_set(window, Gdk.SELECTION_CLIPBOARD, Gdk.CURRENT_TIME)
GLib.idle_add(lambda: print("copied", flush=True))
Gtk.main()
"#;

/// Copies text. The returned process hands it out, so it must live until it was pasted.
pub async fn text(desk: &Desk, words: &str) -> Result<Child> {
    copy(desk, "text", &[words]).await
}

/// Copies a picture that lies in no file, as a program that takes screenshots does. The returned process
/// hands it out, so it must live until it was pasted.
pub async fn picture(desk: &Desk, from: &Path) -> Result<Child> {
    copy(desk, "picture", &[from]).await
}

/// Copies files, as the window of a folder does. The returned process hands them out.
pub async fn files(desk: &Desk, files: &[&Path]) -> Result<Child> {
    copy(desk, "files", files).await
}

async fn copy<T: AsRef<OsStr>>(desk: &Desk, kind: &str, what: &[T]) -> Result<Child> {
    let script = crate::desk::write(desk, "copy.py", SOURCE)?;
    let mut source = desk
        .command("/usr/bin/python3")
        .arg(script)
        .arg(kind)
        .args(what)
        .stdout(Stdio::piped())
        .spawn()?;
    let told = source.stdout.take().context("the output is not a pipe")?;
    let mut line = String::new();
    let mut told = BufReader::new(told);
    tokio::time::timeout(until::PATIENCE, told.read_line(&mut line)).await??;
    anyhow::ensure!(line.trim() == "copied", "nothing was copied");
    Ok(source)
}
