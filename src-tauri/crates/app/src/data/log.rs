//! The end of the log, without secrets.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use networks::refusal::clean_detail;

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::data::{LogLines, LogTail};

/// As much of a log file as is looked at, in bytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

impl App {
    /// The end of the log.
    pub async fn logs_tail(&self, input: LogTail) -> Result<LogLines> {
        let lines = input.lines.clamp(1, 5_000) as usize;
        let folder = self.inner.config.log_dir.clone();
        tokio::task::spawn_blocking(move || {
            folder.map_or_else(Vec::new, |folder| tail(&folder, lines))
        })
        .await
        .map(|lines| LogLines { lines })
        .map_err(|e| ApiError::fault("reading the log", &e))
    }
}

/// The last lines over the newest files of the log folder, oldest first, each without secrets.
pub(super) fn tail(folder: &Path, lines: usize) -> Vec<String> {
    let mut found: VecDeque<String> = VecDeque::new();
    for file in newest_first(folder) {
        let mut of_file = last_lines(&file, lines - found.len());
        while let Some(line) = of_file.pop_back() {
            found.push_front(clean_detail(&line));
        }
        if found.len() >= lines {
            break;
        }
    }
    found.into()
}

fn newest_first(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .filter_map(std::result::Result::ok)
        .filter_map(|e| {
            let meta = e.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((meta.modified().ok()?, e.path()))
        })
        .collect();
    files.sort();
    files.into_iter().rev().map(|(_, path)| path).collect()
}

fn last_lines(file: &Path, most: usize) -> VecDeque<String> {
    let mut lines = VecDeque::new();
    let Ok(mut file) = File::open(file) else {
        return lines;
    };
    let length = file.metadata().map_or(0, |m| m.len());
    let start = length.saturating_sub(MOST_BYTES);
    if file.seek(SeekFrom::Start(start)).is_err() {
        return lines;
    }
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    let mut first = true;
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        // In the middle of a file the first line is only the rest of one.
        if !(first && start > 0) {
            lines.push_back(String::from_utf8_lossy(&bytes).trim_end().to_owned());
            if lines.len() > most {
                lines.pop_front();
            }
        }
        first = false;
        bytes.clear();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_log_comes_without_secrets() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.log"), "one\ntwo\nBearer abc.def\n").unwrap();
        assert_eq!(tail(dir.path(), 2), ["two", "Bearer (hidden)"]);
        assert_eq!(tail(dir.path(), 9).len(), 3);
        assert_eq!(tail(&dir.path().join("none"), 9), Vec::<String>::new());
    }
}
