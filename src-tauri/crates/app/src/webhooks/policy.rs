//! What an answer means: arrived, again and when, given up, switched off.

use std::time::Duration;

use model::{Entropy, Timestamp};
use networks::hooks::{HookAnswer, HookFailure};
use store::webhook_line::Verdict;

/// Why nothing can be signed.
pub(super) const NO_SECRET: &str = "The secret of this webhook is not in the keyring of this computer. Make a new one in Settings, Programs.";
/// Waits before each try after the first; the last one stands for all that follow.
const WAITS: [Duration; 7] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(10),
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(6),
    Duration::from_hours(12),
];
/// Longest wait that an address may ask for.
const MAX_ASKED: Duration = Duration::from_hours(1);
/// An address at which nothing arrived for so long is switched off …
pub(super) const OFF_AFTER: Duration = Duration::from_hours(72);
/// … when at least so many tries were in vain.
pub(super) const OFF_TRIES: u32 = 10;
/// How long nothing is tried while secrets cannot be reached.
pub(super) const VAULT_WAIT: Duration = Duration::from_mins(1);

/// An answer, or the lack of one, in words.
pub(super) struct Read {
    /// The status.
    pub status: Option<u16>,
    /// Why it did not arrive; none when it did.
    pub message: Option<String>,
    /// How the answer began.
    pub words: Option<String>,
    /// When the address asks to be called again.
    pub wait_until: Option<Timestamp>,
}

/// Reads an answer.
pub(super) fn read(answer: &Result<HookAnswer, HookFailure>) -> Read {
    match answer {
        Ok(answer) => Read {
            status: Some(answer.status),
            message: refused(answer.status),
            words: Some(answer.words.clone()),
            wait_until: answer.wait_until,
        },
        Err(failure) => Read {
            status: None,
            message: Some(failure.to_string()),
            words: None,
            wait_until: None,
        },
    }
}

fn refused(status: u16) -> Option<String> {
    let words = match status {
        200..=299 => return None,
        300..=399 => {
            "The address sends on to another one, which is not followed. Enter that one instead."
                .to_owned()
        }
        401 | 403 => {
            "The address refused it: the signature may be checked with another secret.".to_owned()
        }
        404 => "There is nothing at this address (404).".to_owned(),
        410 => "The address said that it wants no more deliveries (410).".to_owned(),
        429 => "The address asked to wait: too many deliveries for now.".to_owned(),
        500.. => format!("The program at this address has trouble of its own ({status})."),
        _ => format!("The address refused it ({status})."),
    };
    Some(words)
}

/// A line as it stands when a try ends.
pub(super) struct Standing {
    /// Tries of this delivery since it was last put in line, this one not counted.
    pub round: u32,
    /// How often it is tried again.
    pub max_retries: u32,
    /// Since when nothing arrived, this try not counted.
    pub failing_since: Option<Timestamp>,
    /// Tries in vain since then, this one not counted.
    pub failures: u32,
    /// The present instant.
    pub now: Timestamp,
}

/// What follows from a try.
pub(super) fn verdict(read: &Read, standing: &Standing, entropy: &dyn Entropy) -> Verdict {
    let Some(message) = &read.message else {
        return Verdict::Delivered;
    };
    if read.status == Some(410) {
        return Verdict::Off(message.clone());
    }
    let now = standing.now;
    let long = standing
        .failing_since
        .is_some_and(|since| now.since(since) >= OFF_AFTER);
    if long && standing.failures + 1 >= OFF_TRIES {
        let hours = OFF_AFTER.as_secs() / 3600;
        return Verdict::Off(format!("Nothing arrived for {hours} hours. {message}"));
    }
    if standing.round >= standing.max_retries {
        return Verdict::Failed;
    }
    let usual = WAITS[(standing.round as usize).min(WAITS.len() - 1)];
    // A fifth more or less, so that those who failed together do not come back together.
    let fifth = u64::try_from(usual.as_millis()).unwrap_or(u64::MAX) / 5;
    let spread = Duration::from_millis(entropy.below(2 * fifth + 1));
    let wait = usual.saturating_sub(Duration::from_millis(fifth)) + spread;
    let asked = read.wait_until.map(|at| at.min(now.plus(MAX_ASKED)));
    Verdict::Again(asked.map_or(now.plus(wait), |at| at.max(now.plus(wait))))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Middle;
    impl Entropy for Middle {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(1_778_742_000_000);

    fn of(status: u16, more: impl FnOnce(&mut Standing, &mut HookAnswer)) -> Verdict {
        let mut answer = HookAnswer {
            status,
            words: String::new(),
            wait_until: None,
        };
        let mut standing = Standing {
            round: 0,
            max_retries: 3,
            failing_since: None,
            failures: 0,
            now: NOW,
        };
        more(&mut standing, &mut answer);
        verdict(&read(&Ok(answer)), &standing, &Middle)
    }

    fn in_seconds(seconds: u64) -> Verdict {
        Verdict::Again(NOW.plus(Duration::from_secs(seconds)))
    }

    #[test]
    fn waits_grow_and_end_with_the_last_try() {
        assert_eq!(of(204, |_, _| {}), Verdict::Delivered);
        assert_eq!(of(500, |_, _| {}), in_seconds(8));
        assert_eq!(of(302, |s, _| s.round = 2), in_seconds(480));
        assert_eq!(of(500, |s, _| s.round = 3), Verdict::Failed);
        assert_eq!(of(500, |s, _| s.max_retries = 0), Verdict::Failed);
        let late = of(500, |s, _| (s.round, s.max_retries) = (19, 20));
        assert_eq!(late, in_seconds(12 * 3600 * 4 / 5));
    }

    #[test]
    fn an_address_may_ask_to_wait_an_hour_and_not_a_day() {
        let asked = |seconds| {
            of(429, |_, a| {
                a.wait_until = Some(NOW.plus(Duration::from_secs(seconds)));
            })
        };
        assert_eq!(asked(120), in_seconds(120));
        assert_eq!(asked(1), in_seconds(8));
        assert_eq!(asked(86_400), in_seconds(3_600));
    }

    #[test]
    fn long_failure_switches_off_and_so_does_a_clear_word() {
        let since = |hours| NOW.minus(Duration::from_hours(hours));
        let failing = |hours, failures| {
            of(500, |s, _| {
                (s.failing_since, s.failures) = (Some(since(hours)), failures);
            })
        };
        assert!(matches!(failing(72, 9), Verdict::Off(_)));
        assert!(matches!(failing(72, 8), Verdict::Again(_)));
        assert!(matches!(failing(71, 500), Verdict::Again(_)));
        assert!(matches!(of(410, |_, _| {}), Verdict::Off(_)));
        let arrived = of(200, |s, _| {
            (s.failing_since, s.failures) = (Some(since(900)), 900);
        });
        assert_eq!(arrived, Verdict::Delivered);
    }
}
