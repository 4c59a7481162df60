//! What a send's outcome means for its target: the one place where an answer of a connector becomes
//! an event of the delivery table.

use model::delivery::Event;
use model::failure::{Category, Retry, next_try};
use model::post::AttemptOutcome;
use model::{Entropy, Timestamp};
use networks::connector::{Delivered, Outcome, Refusal};

/// What is written about an ended attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The event for [`model::delivery::step`].
    pub event: Event,
    /// How the attempt ended.
    pub outcome: AttemptOutcome,
    /// What the network gave.
    pub delivered: Option<Delivered>,
    /// What went wrong.
    pub refusal: Option<Refusal>,
    /// When it is tried again by itself.
    pub next_try_at: Option<Timestamp>,
    /// The attempt is not counted: nothing was wrong with the post or its network.
    pub free: bool,
    /// Its tries begin anew, since its minute is still to come.
    pub anew: bool,
    /// The account has to be connected again.
    pub signed_out: bool,
}

/// Judges an outcome. `tries` counts from 1 since the person last gave a time. None when the outcome
/// is not to be recorded, because the lease is gone: rescue decides.
#[must_use]
pub fn judge(
    outcome: Outcome,
    tries: u32,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Option<Verdict> {
    Some(match outcome {
        Outcome::Sent(delivered) => worked(Event::Sent, delivered),
        Outcome::Placed(delivered) => worked(Event::Placed, delivered),
        Outcome::NotSent(refusal) => refused(refusal, tries, now, entropy),
        Outcome::Uncertain(refusal) => Verdict {
            event: Event::Uncertain,
            outcome: AttemptOutcome::Uncertain,
            delivered: None,
            refusal: Some(refusal),
            next_try_at: None,
            free: false,
            anew: false,
            signed_out: false,
        },
        Outcome::Interrupted(_) => return None,
    })
}

fn worked(event: Event, delivered: Delivered) -> Verdict {
    Verdict {
        event,
        outcome: AttemptOutcome::Sent,
        delivered: Some(delivered),
        refusal: None,
        next_try_at: None,
        free: false,
        anew: false,
        signed_out: false,
    }
}

/// Judges a post that was not handed over for its network to publish: while there is time it is tried
/// again where that is worth it, and then it waits for its minute, at which this computer sends it.
/// `latest` is when the network takes it no more.
#[must_use]
pub fn not_placed(verdict: Verdict, due: Timestamp, latest: Timestamp) -> Verdict {
    let again = verdict.next_try_at.is_some_and(|at| at < latest);
    if again || verdict.signed_out || verdict.outcome != AttemptOutcome::NotSent {
        return verdict;
    }
    Verdict {
        event: Event::NotSentRetry(due),
        next_try_at: None,
        anew: true,
        ..verdict
    }
}

/// Judges a send that certainly did not happen.
#[must_use]
pub fn refused(refusal: Refusal, tries: u32, now: Timestamp, entropy: &dyn Entropy) -> Verdict {
    let signed_out = refusal.category == Category::AuthError;
    // A signed-out account is no fault of the post: it waits for the account and costs no try. Claims
    // pass over the account until it is connected again.
    let next = if signed_out {
        Some(now)
    } else {
        next_try(refusal.category, refusal.retry, tries, now, entropy)
    };
    Verdict {
        event: next.map_or(Event::NotSentFinal, Event::NotSentRetry),
        outcome: AttemptOutcome::NotSent,
        delivered: None,
        next_try_at: if signed_out { None } else { next },
        free: signed_out,
        anew: false,
        signed_out,
        refusal: Some(refusal),
    }
}

/// A send that was put off before anything was tried: the program is closing, the keyring is locked,
/// there is no internet. It costs no try.
#[must_use]
pub fn put_off(why: Refusal, until: Timestamp) -> Verdict {
    Verdict {
        event: Event::NotSentRetry(until),
        outcome: AttemptOutcome::NotSent,
        delivered: None,
        next_try_at: Some(until),
        free: true,
        anew: false,
        signed_out: false,
        refusal: Some(why),
    }
}

/// A refusal that this program makes itself.
#[must_use]
pub fn own_refusal(category: Category, retry: Retry, message: impl Into<String>) -> Refusal {
    Refusal {
        category,
        message: message.into(),
        detail: None,
        retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;
    use networks::connector::StepLost;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn of(category: Category, retry: Retry, tries: u32) -> Verdict {
        let refusal = own_refusal(category, retry, "No.");
        judge(
            Outcome::NotSent(refusal),
            tries,
            NOW,
            &SeededEntropy::new(1),
        )
        .unwrap()
    }

    #[test]
    fn passing_faults_are_tried_three_times_and_refusals_once() {
        for tries in 1..=2 {
            let verdict = of(Category::NetworkError, Retry::Backoff, tries);
            assert!(matches!(verdict.event, Event::NotSentRetry(at) if at > NOW));
        }
        assert_eq!(
            of(Category::NetworkError, Retry::Backoff, 3).event,
            Event::NotSentFinal
        );
        assert_eq!(
            of(Category::Validation, Retry::Backoff, 1).event,
            Event::NotSentFinal
        );
        assert_eq!(
            of(Category::Unknown, Retry::Never, 1).event,
            Event::NotSentFinal
        );
    }

    #[test]
    fn a_signed_out_account_costs_no_try_and_keeps_the_post_waiting() {
        let verdict = of(Category::AuthError, Retry::Never, 3);
        assert_eq!(verdict.event, Event::NotSentRetry(NOW));
        assert!(verdict.free && verdict.signed_out);
        assert_eq!(verdict.next_try_at, None);
    }

    #[test]
    fn what_its_network_does_not_take_early_waits_for_its_minute() {
        let (due, latest) = (
            Timestamp::from_millis(9_000_000),
            Timestamp::from_millis(8_000_000),
        );
        let placed = |verdict| not_placed(verdict, due, latest);
        let early = placed(of(Category::NetworkError, Retry::Backoff, 1));
        assert!(matches!(early.event, Event::NotSentRetry(at) if at < latest));
        for refused in [
            of(Category::Validation, Retry::Never, 1),
            of(Category::NetworkError, Retry::Backoff, 3),
            of(Category::RateLimited, Retry::At(latest), 1),
        ] {
            let waits = placed(refused);
            assert_eq!(waits.event, Event::NotSentRetry(due));
            assert!(waits.anew && waits.next_try_at.is_none());
        }
        let signed_out = placed(of(Category::AuthError, Retry::Never, 1));
        assert_eq!(signed_out.event, Event::NotSentRetry(NOW));
    }

    #[test]
    fn an_interrupted_send_is_left_to_rescue() {
        let lost = Outcome::Interrupted(StepLost("gone".to_owned()));
        assert_eq!(judge(lost, 1, NOW, &SeededEntropy::new(1)), None);
    }
}
