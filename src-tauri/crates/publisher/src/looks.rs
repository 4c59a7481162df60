//! When an unconfirmed send is looked for on its network, and what a look decides.

use std::time::Duration;

use model::Timestamp;
use model::failure::{Category, MAX_ATTEMPTS, Retry};
use networks::catalogue::Confirms;
use networks::connector::{Confirmation, Delivered, Refusal};

/// Waits between looks: at once, then after 1, 5 and 15 minutes. After the last the person is asked.
pub(crate) const WAITS: [Duration; 3] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
];

/// How long after the visible call began an absence counts on a network that is read back: a request
/// that was cut off may still be on its way.
pub const SETTLE: Duration = Duration::from_mins(1);

/// So long after the visible call began looks that the network put off itself do not count: whoever is
/// asked to wait an hour has not looked in vain.
const PATIENCE: Duration = Duration::from_hours(24);

/// How often something that a network holds is looked at before its time.
const WATCH: Duration = Duration::from_hours(3);
/// How long after its time it is looked at first.
const AFTER: Duration = Duration::from_secs(30);
/// Shortest and longest wait between looks after its time.
const OVERDUE: [Duration; 2] = [Duration::from_mins(1), Duration::from_hours(1)];

/// When something that a network holds until `due` is looked at next.
#[must_use]
pub fn next_watch(due: Timestamp, now: Timestamp) -> Timestamp {
    let first = due.plus(AFTER);
    if now < first {
        return now.plus(WATCH).min(first);
    }
    now.plus(now.since(due).clamp(OVERDUE[0], OVERDUE[1]))
}

/// What is known of an unconfirmed send besides the network's answer.
#[derive(Debug, Clone, Copy)]
pub struct Looked {
    /// How the network decides.
    pub confirms: Confirms,
    /// Looks so far, this one included.
    pub looks: u32,
    /// Tries to send since the person last gave a time.
    pub tries: u32,
    /// When the call that may have shown it began.
    pub shown_at: Timestamp,
    /// From when on it counts that it is absent: since then it has surely had time to arrive.
    pub counts_from: Timestamp,
    /// The present instant.
    pub now: Timestamp,
}

/// What happens to an unconfirmed target after a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is on the network.
    Published(Delivered),
    /// The network holds it until its time.
    Placed(Delivered),
    /// It is proven absent and goes out again.
    SendAgain,
    /// Look again at this instant.
    LookAgain(Timestamp),
    /// The same, and this look does not count: nothing could be looked at.
    PutOff(Timestamp),
    /// The person is asked; the sentence says why.
    Ask(String),
}

/// Whether the person is asked at once, without any look.
#[must_use]
pub fn asks_at_once(confirms: Confirms) -> bool {
    confirms == Confirms::AskPerson
}

/// Decides after a look. `network` is the network's name.
#[must_use]
pub fn decide(answer: Confirmation, seen: Looked, network: &str) -> Verdict {
    match answer {
        Confirmation::Found(delivered) => Verdict::Published(delivered),
        Confirmation::Placed(delivered) => Verdict::Placed(delivered),
        Confirmation::Absent => absent(seen, network),
        Confirmation::CannotTell(why) => Verdict::Ask(why),
        // Looking costs, and more looks would not make it cheaper.
        Confirmation::NotNow(refusal) if refusal.category == Category::OverBudget => {
            Verdict::Ask(format!("Looking for it costs money. {}", refusal.message))
        }
        Confirmation::NotNow(refusal) => later(seen, &refusal),
    }
}

fn absent(seen: Looked, network: &str) -> Verdict {
    let settled = seen.now.since(seen.counts_from) >= SETTLE;
    if seen.confirms == Confirms::ReadBack && !settled {
        // A clock that was set back must not stretch the wait.
        return Verdict::LookAgain(seen.counts_from.min(seen.now).plus(SETTLE));
    }
    if seen.tries >= MAX_ATTEMPTS {
        return Verdict::Ask(format!(
            "{network} was sent this {} times and does not have it.",
            seen.tries
        ));
    }
    Verdict::SendAgain
}

fn later(seen: Looked, refusal: &Refusal) -> Verdict {
    let named = match refusal.retry {
        Retry::At(at) => at,
        Retry::Backoff | Retry::Never => seen.now,
    };
    let early = seen.now.since(seen.shown_at) < PATIENCE;
    if named > seen.now && early {
        return Verdict::PutOff(named.max(seen.now.plus(WAITS[0])));
    }
    match WAITS.get(seen.looks.saturating_sub(1) as usize) {
        Some(wait) => Verdict::LookAgain(named.max(seen.now.plus(*wait))),
        None => Verdict::Ask(format!("Looking for it did not work: {}", refusal.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(confirms: Confirms, looks: u32, seconds: u64) -> Looked {
        Looked {
            confirms,
            looks,
            tries: 1,
            shown_at: Timestamp::from_millis(0),
            counts_from: Timestamp::from_millis(0),
            now: Timestamp::from_millis(0).plus(Duration::from_secs(seconds)),
        }
    }
    fn not_now() -> Confirmation {
        Confirmation::NotNow(Refusal::later(Category::NetworkError, "No answer."))
    }

    #[test]
    fn looks_grow_apart_and_then_the_person_is_asked() {
        let at = |looks| decide(not_now(), seen(Confirms::ChosenId, looks, 0), "Net");
        let minutes = |n: i64| Verdict::LookAgain(Timestamp::from_millis(n * 60_000));
        assert_eq!(at(1), minutes(1));
        assert_eq!(at(2), minutes(5));
        assert_eq!(at(3), minutes(15));
        assert!(matches!(at(4), Verdict::Ask(why) if why.contains("No answer.")));
    }

    #[test]
    fn a_look_that_the_network_put_off_comes_no_earlier_and_counts_only_after_a_day() {
        let at = |hours: i64| Timestamp::from_millis(hours * 3_600_000);
        let look = |until, looks, hours: u64| {
            let refusal = Refusal::new(Category::RateLimited, Retry::At(until), "Wait.");
            let seen = seen(Confirms::ReadBack, looks, hours * 3_600);
            decide(Confirmation::NotNow(refusal), seen, "Net")
        };
        assert_eq!(look(at(3), 1, 2), Verdict::PutOff(at(3)));
        assert_eq!(look(at(3), 4, 2), Verdict::PutOff(at(3)));
        let soon = at(2).plus(Duration::from_secs(5));
        assert_eq!(look(soon, 1, 2), Verdict::PutOff(at(2).plus(WAITS[0])));
        // A moment that has passed is no wait.
        let minute = Verdict::LookAgain(at(2).plus(WAITS[0]));
        assert_eq!(look(at(1), 1, 2), minute);
        assert_eq!(look(at(26), 3, 25), Verdict::LookAgain(at(26)));
        assert!(matches!(look(at(26), 4, 25), Verdict::Ask(_)));
        // A machine that slept in between has not been sent away for a shorter time.
        let slept = Looked {
            counts_from: at(25),
            ..seen(Confirms::ReadBack, 4, 25 * 3_600)
        };
        let refusal = Refusal::new(Category::RateLimited, Retry::At(at(26)), "Wait.");
        let verdict = decide(Confirmation::NotNow(refusal), slept, "Net");
        assert!(matches!(verdict, Verdict::Ask(_)));
    }

    #[test]
    fn a_look_that_the_budget_does_not_hold_is_left_to_the_person() {
        let broke = Confirmation::NotNow(Refusal::never(Category::OverBudget, "Used up."));
        let verdict = decide(broke, seen(Confirms::ReadBack, 1, 90), "Net");
        assert_eq!(
            verdict,
            Verdict::Ask("Looking for it costs money. Used up.".to_owned())
        );
    }

    #[test]
    fn what_a_network_holds_is_looked_at_now_and_then_and_right_after_its_time() {
        let at = |minutes: i64| Timestamp::from_millis(minutes * 60_000);
        let due = at(600);
        assert_eq!(next_watch(due, at(0)), at(180));
        assert_eq!(next_watch(due, at(540)), due.plus(AFTER));
        assert_eq!(
            next_watch(due, due.plus(AFTER)),
            due.plus(AFTER).plus(OVERDUE[0])
        );
        assert_eq!(next_watch(due, at(610)), at(620));
        assert_eq!(next_watch(due, at(1_000)), at(1_060));
    }

    #[test]
    fn an_absence_right_after_the_call_counts_only_where_sending_again_is_safe() {
        let look = |confirms, s| decide(Confirmation::Absent, seen(confirms, 1, s), "Net");
        assert_eq!(look(Confirms::ChosenId, 0), Verdict::SendAgain);
        let settled = Verdict::LookAgain(Timestamp::from_millis(60_000));
        assert_eq!(look(Confirms::ReadBack, 0), settled);
        assert_eq!(look(Confirms::ReadBack, 60), Verdict::SendAgain);
    }

    #[test]
    fn a_post_that_never_arrives_is_asked_about_after_three_sends() {
        let thrice = Looked {
            tries: 3,
            ..seen(Confirms::ChosenId, 1, 0)
        };
        assert!(matches!(
            decide(Confirmation::Absent, thrice, "Net"),
            Verdict::Ask(_)
        ));
    }
}
