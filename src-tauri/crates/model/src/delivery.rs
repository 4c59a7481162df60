//! The delivery state of a target and the one function that changes it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;

/// Where a target is on its way to its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Nothing was sent. It goes out at its time if the post is scheduled.
    Waiting,
    /// Claimed by a publisher; a send may be in flight.
    Sending,
    /// The network holds it and publishes it at its time.
    Placed,
    /// A send may or may not have worked; the network or the person decides.
    Unconfirmed,
    /// On the network.
    Published,
    /// Certainly not sent, and it is not tried again by itself.
    Failed,
    /// Its minute passed longer ago than the grace time while the computer was off or asleep.
    Missed,
    /// The person took it back before it was sent.
    Cancelled,
}

impl DeliveryState {
    /// Every state, in the order of the design's table.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Sending,
        Self::Placed,
        Self::Unconfirmed,
        Self::Published,
        Self::Failed,
        Self::Missed,
        Self::Cancelled,
    ];

    /// The word stored in the database and shown in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Placed => "placed",
            Self::Unconfirmed => "unconfirmed",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the stored word. An unknown word is the caller's error to show, never a default.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether content, time and membership may change: never while a send may be in flight, and not
    /// while the network holds what was written before.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        !matches!(self, Self::Sending | Self::Placed | Self::Unconfirmed)
    }
}

/// What happened to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It was due and a publisher took it.
    Claimed,
    /// It was due longer ago than the grace time.
    Overdue,
    /// The person cancelled it, or the post was cancelled.
    Cancelled,
    /// The person sends now or gives a new time.
    Rescheduled,
    /// The network accepted it and gave its id.
    Sent,
    /// The network holds it and publishes it at its time.
    Placed,
    /// Certainly not sent; may be tried again, not before this instant.
    NotSentRetry(Timestamp),
    /// Certainly not sent, and may not be retried or is out of attempts.
    NotSentFinal,
    /// It may or may not have been sent.
    Uncertain,
    /// The process or lease died after the visible call may have begun.
    DiedAfterVisible,
    /// The lease was lost, and the last committed step lies before the visible call.
    DiedBeforeVisible,
    /// It was found on the network.
    Found,
    /// The person says it is there.
    PersonSaysPublished,
    /// It was proven absent from the network.
    ProvenAbsent,
    /// The person says: send again.
    PersonSaysSendAgain,
    /// The person gives up on an unconfirmed send.
    GivenUp,
    /// It was deleted on the network through this program.
    DeletedOnNetwork,
    /// What the network held was deleted there through this program.
    TakenBack,
    /// What the network held was deleted there by somebody else.
    GoneThere,
    /// Nobody can tell any more what became of what the network held.
    LostSight,
}

/// What a transition wants done besides the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The new state.
    pub to: DeliveryState,
    /// Not to be claimed before this instant.
    pub not_before: Option<Timestamp>,
    /// The post loses its date and becomes a draft again.
    pub unschedule: bool,
}

/// A pair of state and event that the design does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A post that is {} cannot take the event {event:?}.", from.word())]
pub struct Illegal {
    /// The state it was in.
    pub from: DeliveryState,
    /// What was attempted.
    pub event: Event,
}

/// The whole table of the design's part 6; any other pair is an error.
pub fn step(from: DeliveryState, event: Event) -> Result<Step, Illegal> {
    use DeliveryState::{
        Cancelled, Failed, Missed, Placed, Published, Sending, Unconfirmed, Waiting,
    };
    let to = |to| {
        Ok(Step {
            to,
            not_before: None,
            unschedule: false,
        })
    };
    match (from, event) {
        (Waiting, Event::Claimed) => to(Sending),
        (Waiting, Event::Overdue) => to(Missed),
        (Waiting | Missed | Failed, Event::Cancelled) => to(Cancelled),
        (Missed | Failed | Cancelled, Event::Rescheduled) => to(Waiting),
        (Sending, Event::Sent) => to(Published),
        (Sending | Unconfirmed, Event::Placed) => to(Placed),
        (Sending, Event::NotSentRetry(at)) => Ok(Step {
            to: Waiting,
            not_before: Some(at),
            unschedule: false,
        }),
        (Sending, Event::NotSentFinal) => to(Failed),
        (Sending, Event::Uncertain | Event::DiedAfterVisible) => to(Unconfirmed),
        (Sending, Event::DiedBeforeVisible) => to(Waiting),
        (Unconfirmed, Event::Found | Event::PersonSaysPublished) | (Placed, Event::Found) => {
            to(Published)
        }
        (Unconfirmed, Event::ProvenAbsent | Event::PersonSaysSendAgain) => to(Waiting),
        (Unconfirmed, Event::GivenUp) | (Placed, Event::GoneThere) => to(Failed),
        (Placed, Event::TakenBack) => to(Waiting),
        (Placed, Event::LostSight) => to(Unconfirmed),
        (Published, Event::DeletedOnNetwork) => Ok(Step {
            to: Waiting,
            not_before: None,
            unschedule: true,
        }),
        _ => Err(Illegal { from, event }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState::{
        Cancelled, Failed, Missed, Placed, Published, Sending, Unconfirmed, Waiting,
    };

    const LATER: Timestamp = Timestamp::from_millis(99);

    const EVENTS: [Event; 20] = [
        Event::Claimed,
        Event::Overdue,
        Event::Cancelled,
        Event::Rescheduled,
        Event::Sent,
        Event::NotSentRetry(LATER),
        Event::NotSentFinal,
        Event::Uncertain,
        Event::DiedAfterVisible,
        Event::DiedBeforeVisible,
        Event::Found,
        Event::PersonSaysPublished,
        Event::ProvenAbsent,
        Event::PersonSaysSendAgain,
        Event::GivenUp,
        Event::DeletedOnNetwork,
        Event::Placed,
        Event::TakenBack,
        Event::GoneThere,
        Event::LostSight,
    ];

    /// The design's table, one row a state, one column an event in the order of `EVENTS`.
    #[rustfmt::skip]
    const TABLE: [(DeliveryState, [Option<DeliveryState>; 20]); 8] = {
        const W: Option<DeliveryState> = Some(Waiting);
        const S: Option<DeliveryState> = Some(Sending);
        const L: Option<DeliveryState> = Some(Placed);
        const U: Option<DeliveryState> = Some(Unconfirmed);
        const P: Option<DeliveryState> = Some(Published);
        const F: Option<DeliveryState> = Some(Failed);
        const M: Option<DeliveryState> = Some(Missed);
        const C: Option<DeliveryState> = Some(Cancelled);
        const N: Option<DeliveryState> = None;
        [
            (Waiting,     [S, M, C, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N]),
            (Sending,     [N, N, N, N, P, W, F, U, U, W, N, N, N, N, N, N, L, N, N, N]),
            (Placed,      [N, N, N, N, N, N, N, N, N, N, P, N, N, N, N, N, N, W, F, U]),
            (Unconfirmed, [N, N, N, N, N, N, N, N, N, N, P, P, W, W, F, N, L, N, N, N]),
            (Published,   [N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, W, N, N, N, N]),
            (Failed,      [N, N, C, W, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N]),
            (Missed,      [N, N, C, W, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N]),
            (Cancelled,   [N, N, N, W, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N]),
        ]
    };

    #[test]
    fn every_pair_is_as_the_design_says() {
        for (from, row) in TABLE {
            for (event, want) in EVENTS.into_iter().zip(row) {
                assert_eq!(
                    step(from, event).ok().map(|s| s.to),
                    want,
                    "{from:?} + {event:?}"
                );
            }
        }
    }

    #[test]
    fn a_retry_waits_and_a_deletion_takes_the_date_away() {
        assert_eq!(
            step(Sending, Event::NotSentRetry(LATER))
                .unwrap()
                .not_before,
            Some(LATER)
        );
        assert!(step(Published, Event::DeletedOnNetwork).unwrap().unschedule);
    }

    #[test]
    fn what_was_not_sent_waits_again_by_way_of_being_called_off() {
        for was in [Failed, Missed] {
            let off = step(was, Event::Cancelled).unwrap().to;
            assert_eq!(off, Cancelled);
            assert_eq!(step(off, Event::Rescheduled).unwrap().to, Waiting);
        }
    }

    #[test]
    fn stored_words_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_word(state.word()), Some(state));
        }
        assert_eq!(DeliveryState::from_word("queued"), None);
    }
}
