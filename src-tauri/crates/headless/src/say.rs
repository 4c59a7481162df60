//! Answers: lines for people, or JSON for programs. Answers go to standard output, everything else to
//! standard error.

#![expect(clippy::print_stderr, reason = "a command line talks")]

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use crate::trouble::Trouble;

/// How to answer.
#[derive(Debug)]
pub struct Say {
    json: bool,
    quiet: bool,
}

impl Say {
    /// In JSON or not; with notes on the way or without.
    pub const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// The answer.
    pub fn answer(&self, value: &impl Serialize, lines: impl FnOnce() -> Vec<String>) {
        let text = if self.json {
            serde_json::to_string_pretty(value).map(|text| text + "\n")
        } else {
            Ok(lines().iter().map(|line| plain(line) + "\n").collect())
        };
        let done = match text {
            Ok(text) => print(text.as_bytes()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = done {
            eprintln!("The answer could not be written: {error}");
        }
    }

    /// Something to know on the way.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            eprintln!("{}", plain(line));
        }
    }

    /// Why it did not work.
    pub fn trouble(&self, trouble: &Trouble) {
        if !self.json {
            eprintln!("{}", plain(&trouble.to_string()));
            return;
        }
        let error = match trouble {
            Trouble::Refused(error) => json!(error),
            other => json!({ "code": other.code(), "message": other.to_string() }),
        };
        eprintln!("{}", json!({ "error": error }));
    }
}

/// Writes to standard output. Whoever reads it may have had enough, as `head` has after ten lines: then nothing
/// went wrong, and what is under way goes on to its end.
pub fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let done = out.write_all(bytes).and_then(|()| out.flush());
    done.or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    })
}

/// A line as a terminal may be given it: texts of others must not move its cursor.
fn plain(line: &str) -> String {
    line.chars()
        .map(|c| if c.is_control() && c != '\t' { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_of_others_do_not_command_the_terminal() {
        assert_eq!(super::plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
