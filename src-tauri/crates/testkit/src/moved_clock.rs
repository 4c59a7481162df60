//! The clock of a program that is started, moved by a test: the library of the package `libfaketime` stands between the
//! program and the clock of the computer, and adds to it what a file says. A move ahead is what a program sees when
//! the computer slept meanwhile. Only the wall clock moves, so that waits stay as long as they are.

#![expect(
    clippy::expect_used,
    reason = "a test whose clock does not go cannot go on"
)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use model::Timestamp;
use tempfile::TempDir;

/// Where the library lies; the loader puts in the folder for libraries of this kind of computer.
const LIBRARY: &str = "/usr/$LIB/faketime/libfaketimeMT.so.1";

/// See the module.
#[derive(Debug)]
pub struct MovedClock {
    folder: TempDir,
}

impl MovedClock {
    /// A clock that shows an instant, and goes on from there.
    ///
    /// # Panics
    /// When programs do not go by it, as without the library.
    #[must_use]
    pub fn at(instant: Timestamp) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Self { folder };
        clock.set(instant);
        // A library that is not there is left out with a word that nobody reads.
        let seen = clock.seen();
        assert!(
            seen >= instant && seen.since(instant) < Duration::from_mins(1),
            "a program saw {seen:?}, not {instant:?}: is the package libfaketime there?"
        );
        clock
    }

    /// Shows an instant from now on, also to programs that run already.
    ///
    /// # Panics
    /// When there is no room for it.
    pub fn set(&self, instant: Timestamp) {
        let ahead = instant.as_millis() - real_now();
        // With a sign it is an offset, in seconds.
        let sign = if ahead < 0 { '-' } else { '+' };
        let far = ahead.unsigned_abs();
        let text = format!("{sign}{}.{:03}\n", far / 1_000, far % 1_000);
        // Programs look at any moment, so the file is never there in part.
        let next = self.folder.path().join("next");
        std::fs::write(&next, text).expect("room for a clock");
        std::fs::rename(&next, self.file()).expect("room for a clock");
    }

    /// What a program has in its environment that goes by this clock.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("LD_PRELOAD", LIBRARY.to_owned()),
            (
                "FAKETIME_TIMESTAMP_FILE",
                self.file().to_string_lossy().into_owned(),
            ),
            // Else the file is read anew every ten seconds alone.
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    /// What a program sees that goes by it.
    fn seen(&self) -> Timestamp {
        let mut date = Command::new("date");
        let said = date.arg("+%s%3N").envs(self.variables()).output();
        let said = String::from_utf8(said.expect("a program").stdout).expect("words");
        Timestamp::from_millis(said.trim().parse().expect("milliseconds"))
    }
}

/// What the clock of the computer shows, in milliseconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "what is added to the clock of the computer follows from it"
)]
fn real_now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn programs_see_the_instant_that_it_was_moved_to() {
        let began = Timestamp::from_millis(1_778_742_000_000);
        let clock = MovedClock::at(began);
        let later = began.plus(Duration::from_hours(24 * 29));
        clock.set(later);
        let seen = clock.seen();
        assert!(
            seen >= later && seen.since(later) < Duration::from_mins(1),
            "{seen:?}"
        );
    }
}
