//! The files of the screen: read once, so that no path of a request ever touches the disk.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;

/// Kinds of file that a screen is made of.
const KINDS: [(&str, &str); 11] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/vnd.microsoft.icon"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
    ("webp", "image/webp"),
    ("wasm", "application/wasm"),
];
/// Largest screen, in bytes: a wrong folder must not fill the memory.
const MOST: u64 = 64 * 1024 * 1024;

/// A file as it is sent.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub kind: &'static str,
    /// How long browsers keep it.
    pub keeps: &'static str,
}

/// The built screen.
#[derive(Debug, Clone)]
pub struct Screen {
    files: Arc<HashMap<String, File>>,
}

impl Screen {
    /// Reads a folder that the build of the screen wrote.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = HashMap::new();
        let mut left = MOST;
        let mut open = vec![(folder.to_owned(), String::new())];
        while let Some((folder, under)) = open.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                let path = format!("{under}{name}");
                let meta = entry.metadata()?;
                if meta.is_dir() {
                    open.push((entry.path(), format!("{path}/")));
                } else if let Some(kind) = kind_of(&name) {
                    left = left.checked_sub(meta.len()).ok_or_else(|| {
                        io::Error::other("the folder holds far more than a screen")
                    })?;
                    let bytes = Bytes::from(std::fs::read(entry.path())?);
                    let keeps = keeps(&path);
                    files.insert(path, File { bytes, kind, keeps });
                }
            }
        }
        if !files.contains_key("index.html") {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "there is no index.html in it",
            ));
        }
        Ok(Self {
            files: Arc::new(files),
        })
    }

    /// A file by its path below the screen's root.
    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

fn kind_of(name: &str) -> Option<&'static str> {
    let extension = name.rsplit_once('.')?.1;
    KINDS
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, kind)| *kind)
}

/// Files of the build have their hash in their name; the page itself names them.
fn keeps(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_what_its_folder_holds_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("screen");
        std::fs::create_dir_all(root.join("assets")).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "no").unwrap();
        assert!(Screen::read(&root).is_err());
        std::fs::write(root.join("index.html"), "<p>").unwrap();
        std::fs::write(root.join("assets/a-1.js"), "1").unwrap();
        std::fs::write(root.join("run.sh"), "rm").unwrap();
        let screen = Screen::read(&root).unwrap();
        assert_eq!(screen.file("index.html").unwrap().keeps, "no-cache");
        assert!(
            screen
                .file("assets/a-1.js")
                .unwrap()
                .keeps
                .contains("immutable")
        );
        for path in ["../secret.txt", "run.sh", "assets", "/etc/passwd", ""] {
            assert!(screen.file(path).is_none(), "{path}");
        }
    }
}
