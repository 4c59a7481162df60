//! Notices when the wall clock moved otherwise than time went by.

use std::time::Duration;

use model::{Clock, Timestamp};

/// How far both clocks may drift apart between two looks before it counts: time servers correct by
/// less, and scheduling delays look like it.
const TOLERANCE: Duration = Duration::from_secs(2);

/// How the wall clock moved since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// As time went by.
    None,
    /// It was set back by this much.
    Back(Duration),
    /// It ran ahead by this much: the machine slept, or the clock was set forward. Nothing tells
    /// both apart, and both mean the same: what is due by the wall clock is due.
    Ahead(Duration),
}

/// Compares the wall clock with the clock that never goes back.
#[derive(Debug)]
pub struct ClockWatch {
    wall: Timestamp,
    steady: Duration,
}

impl ClockWatch {
    /// Starts watching.
    #[must_use]
    pub fn new(clock: &dyn Clock) -> Self {
        Self {
            wall: clock.now(),
            steady: clock.monotonic(),
        }
    }

    /// Looks, and remembers what it saw.
    pub fn look(&mut self, clock: &dyn Clock) -> Jump {
        let (wall, steady) = (clock.now(), clock.monotonic());
        let expected = self.wall.plus(steady.saturating_sub(self.steady));
        (self.wall, self.steady) = (wall, steady);
        let (back, ahead) = (expected.since(wall), wall.since(expected));
        if back > TOLERANCE {
            Jump::Back(back)
        } else if ahead > TOLERANCE {
            Jump::Ahead(ahead)
        } else {
            Jump::None
        }
    }
}

/// Tells from when on something counts that began at an instant of the wall clock. No more time has surely
/// gone by than the steady clock saw since it is watched and since the wall clock last ran ahead: a request
/// that is still on its way does not arrive earlier because somebody sets the clock forward, be it while the
/// program is off. Where the steady clock stands still while the machine sleeps, that only makes it later.
#[derive(Debug)]
pub struct Since {
    watch: ClockWatch,
    /// From when on, by the steady clock, both clocks went alike.
    alike: Duration,
}

impl Since {
    /// Begins to watch.
    #[must_use]
    pub fn new(clock: &dyn Clock) -> Self {
        Self {
            watch: ClockWatch::new(clock),
            alike: clock.monotonic(),
        }
    }

    /// From when on it counts.
    pub fn counted(&mut self, began: Timestamp, clock: &dyn Clock) -> Timestamp {
        let steady = clock.monotonic();
        if matches!(self.watch.look(clock), Jump::Ahead(_)) {
            self.alike = steady;
        }
        began.max(clock.now().minus(steady.saturating_sub(self.alike)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestClock;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn time_going_by_is_no_jump() {
        let clock = TestClock::new();
        let mut watch = ClockWatch::new(&clock);
        clock.advance(HOUR);
        assert_eq!(watch.look(&clock), Jump::None);
    }

    #[test]
    fn a_jump_is_told_once_and_with_its_length() {
        let clock = TestClock::new();
        let mut watch = ClockWatch::new(&clock);
        clock.advance(Duration::from_secs(5));
        clock.set(clock.now().minus(HOUR));
        assert_eq!(watch.look(&clock), Jump::Back(HOUR));
        assert_eq!(watch.look(&clock), Jump::None);
        clock.set(clock.now().plus(24 * HOUR));
        assert_eq!(watch.look(&clock), Jump::Ahead(24 * HOUR));
    }

    #[test]
    fn what_began_before_the_clock_ran_ahead_counts_from_then_on() {
        let clock = TestClock::new();
        let mut since = Since::new(&clock);
        let began = clock.now();
        clock.advance(HOUR);
        assert_eq!(since.counted(began, &clock), began);
        clock.set(clock.now().plus(24 * HOUR));
        let ahead = clock.now();
        assert_eq!(since.counted(began, &clock), ahead);
        clock.advance(HOUR);
        assert_eq!(since.counted(began, &clock), ahead);
        let later = clock.now();
        assert_eq!(since.counted(later, &clock), later);
    }

    #[test]
    fn what_began_before_the_program_was_started_counts_from_the_start_on() {
        let clock = TestClock::new();
        let began = clock.now();
        clock.set(began.plus(24 * HOUR));
        let start = clock.now();
        let mut since = Since::new(&clock);
        assert_eq!(since.counted(began, &clock), start);
        clock.advance(HOUR);
        assert_eq!(since.counted(began, &clock), start);
    }
}
