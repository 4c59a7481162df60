//! Why a post went out late, as far as that is known.

use std::time::Duration;

use model::Timestamp;
use store::publishing::Delivery;

use crate::job::due_clock;

/// A send this much later than its minute says why.
const LATE: Duration = Duration::from_mins(2);

/// The last time without a way to the internet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Offline {
    /// None when there always was one.
    since: Option<Timestamp>,
    /// None while it lasts.
    until: Option<Timestamp>,
}

impl Offline {
    /// Whether there is no way now.
    pub(crate) fn is_now(self) -> bool {
        self.since.is_some() && self.until.is_none()
    }

    /// Takes in what the system says.
    pub(crate) fn note(&mut self, online: bool, now: Timestamp) {
        match (online, self.is_now()) {
            (true, true) => self.until = Some(now),
            (false, false) => {
                // A way that was there for a moment alone let nothing out: it is the same time still.
                let again = self.until.is_some_and(|until| now.since(until) < LATE);
                if !again {
                    self.since = Some(now);
                }
                self.until = None;
            }
            _ => {}
        }
    }

    fn was_at(self, at: Timestamp) -> bool {
        self.since.is_some_and(|since| since <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// What is said of a post that went out at this instant; empty when it was not late. `offline` is none
/// where the network needs no internet.
pub(crate) fn lateness(delivery: &Delivery, at: Timestamp, offline: Option<Offline>) -> String {
    if at.since(delivery.due_at) < LATE {
        return String::new();
    }
    let due = due_clock(delivery);
    if delivery.tries > 1 {
        return format!("It was due at {due} and took {} tries.", delivery.tries);
    }
    if offline.is_some_and(|offline| offline.was_at(delivery.due_at)) {
        return format!("It was due at {due}, when there was no internet.");
    }
    match &delivery.waits_for {
        Some(why) => format!("It was due at {due} and had to wait: {why}"),
        None => format!("It was due at {due}, when this computer was off, asleep or held."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_with_a_way_between_two_without_is_one_time() {
        let at = |minutes: i64| Timestamp::from_millis(minutes * 60_000);
        let mut offline = Offline::default();
        assert!(!offline.is_now() && !offline.was_at(at(0)));
        offline.note(true, at(0));
        assert!(!offline.is_now());
        for (online, minute) in [(false, 10), (false, 12), (true, 20), (false, 21)] {
            offline.note(online, at(minute));
        }
        assert!(offline.is_now() && offline.was_at(at(15)));
        offline.note(true, at(30));
        assert!(!offline.is_now());
        assert!(offline.was_at(at(10)) && offline.was_at(at(30)));
        assert!(!offline.was_at(at(9)) && !offline.was_at(at(31)));
        offline.note(false, at(60));
        assert!(!offline.was_at(at(15)), "that was another time");
    }
}
