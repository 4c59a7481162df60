//! The real clock and the real randomness: the only place that reads either.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::when::Zone;
use model::{Clock, Entropy, Timestamp};

/// The machine's clocks.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts the monotonic clock at zero.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the wall clock"
        )]
        let now = SystemTime::now();
        let millis = match now.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        Timestamp::from_millis(millis)
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Identifiers and record keys without randomness could collide on a network: stopping
            // is the only safe answer, and no supported system ever comes here.
            tracing::error!(%error, "the system gives no randomness");
            std::process::abort();
        }
    }
}

/// The zone of this computer; UTC when it names none.
#[must_use]
pub fn system_zone() -> Zone {
    jiff::tz::TimeZone::system()
        .iana_name()
        .and_then(|name| name.parse().ok())
        .unwrap_or_else(Zone::utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn randomness_differs_and_the_clock_is_in_this_century() {
        let (mut a, mut b) = ([0_u8; 16], [0_u8; 16]);
        OsEntropy.fill(&mut a);
        OsEntropy.fill(&mut b);
        assert_ne!(a, b);
        assert!(SystemClock::new().now().as_millis() > 1_700_000_000_000);
    }
}
