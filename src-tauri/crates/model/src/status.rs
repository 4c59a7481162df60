//! What a person sees as "the status" of a post: derived here and nowhere else.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::delivery::DeliveryState;

/// How far the writing of a post is, set by people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EditorialStatus {
    /// Being written.
    #[default]
    Draft,
    /// Waiting for somebody's yes.
    InReview,
    /// Somebody said yes.
    Approved,
    /// Goes out at its time.
    Scheduled,
    /// Called off.
    Cancelled,
}

impl EditorialStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::InReview,
        Self::Approved,
        Self::Scheduled,
        Self::Cancelled,
    ];

    /// The word stored in the database and shown in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// The status as shown. The screen gives each a shape and a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShownStatus {
    /// Being written.
    Draft,
    /// Waiting for somebody's yes.
    InReview,
    /// Approved, not scheduled.
    Approved,
    /// Goes out at its time.
    Scheduled,
    /// A network holds it and publishes it at its time; it cannot be changed before it is taken back.
    Placed,
    /// Going out now, or part of it is and the rest follows.
    Publishing,
    /// A send is unconfirmed; the network or the person decides.
    Unconfirmed,
    /// It lies ready for a network that lets no program post: the person posts it and says so.
    YourTurn,
    /// On every chosen network.
    Published,
    /// On some networks, and the rest will not go out by itself.
    PartlyPublished,
    /// Not sent; it needs the person.
    Failed,
    /// Its minute passed while the computer was off.
    Missed,
    /// Called off.
    Cancelled,
}

impl ShownStatus {
    /// Whether a person has to do something.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(
            self,
            Self::Unconfirmed
                | Self::YourTurn
                | Self::PartlyPublished
                | Self::Failed
                | Self::Missed
        )
    }
}

/// Derives the shown status from the editorial status and the states of all targets.
#[must_use]
pub fn shown(editorial: EditorialStatus, targets: &[DeliveryState]) -> ShownStatus {
    let any = |s| targets.contains(&s);
    let all = |s| !targets.is_empty() && targets.iter().all(|t| *t == s);
    if any(DeliveryState::Sending) {
        ShownStatus::Publishing
    } else if any(DeliveryState::Unconfirmed) {
        ShownStatus::Unconfirmed
    } else if all(DeliveryState::Published) {
        ShownStatus::Published
    } else if any(DeliveryState::Published) {
        let follows = any(DeliveryState::Waiting) && editorial == EditorialStatus::Scheduled;
        if follows || any(DeliveryState::Placed) {
            ShownStatus::Publishing
        } else {
            ShownStatus::PartlyPublished
        }
    } else if any(DeliveryState::Failed) {
        ShownStatus::Failed
    } else if any(DeliveryState::Missed) {
        ShownStatus::Missed
    } else if any(DeliveryState::Placed) {
        ShownStatus::Placed
    } else if editorial == EditorialStatus::Cancelled || all(DeliveryState::Cancelled) {
        ShownStatus::Cancelled
    } else {
        match editorial {
            EditorialStatus::Draft | EditorialStatus::Cancelled => ShownStatus::Draft,
            EditorialStatus::InReview => ShownStatus::InReview,
            EditorialStatus::Approved => ShownStatus::Approved,
            EditorialStatus::Scheduled => ShownStatus::Scheduled,
        }
    }
}

/// The same where some targets are handed over, each told by its flag: nothing is being checked when
/// all that is unconfirmed waits for the person to post it.
#[must_use]
pub fn shown_with(editorial: EditorialStatus, targets: &[(DeliveryState, bool)]) -> ShownStatus {
    let states: Vec<DeliveryState> = targets.iter().map(|(state, _)| *state).collect();
    let status = shown(editorial, &states);
    let mut open = targets
        .iter()
        .filter(|(state, _)| *state == DeliveryState::Unconfirmed);
    if status == ShownStatus::Unconfirmed && open.all(|(_, handed_over)| *handed_over) {
        ShownStatus::YourTurn
    } else {
        status
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState::{
        Cancelled, Failed, Missed, Placed, Published, Sending, Unconfirmed, Waiting,
    };

    #[test]
    fn the_worst_news_that_needs_a_person_wins_over_plans() {
        let of = |t: &[DeliveryState]| shown(EditorialStatus::Scheduled, t);
        assert_eq!(of(&[]), ShownStatus::Scheduled);
        assert_eq!(of(&[Waiting, Waiting]), ShownStatus::Scheduled);
        assert_eq!(of(&[Sending, Failed]), ShownStatus::Publishing);
        assert_eq!(of(&[Unconfirmed, Published]), ShownStatus::Unconfirmed);
        assert_eq!(of(&[Published, Published]), ShownStatus::Published);
        assert_eq!(of(&[Published, Waiting]), ShownStatus::Publishing);
        assert_eq!(of(&[Published, Failed]), ShownStatus::PartlyPublished);
        assert_eq!(of(&[Published, Cancelled]), ShownStatus::PartlyPublished);
        assert_eq!(of(&[Failed, Waiting]), ShownStatus::Failed);
        assert_eq!(of(&[Missed, Waiting]), ShownStatus::Missed);
        assert_eq!(of(&[Cancelled]), ShownStatus::Cancelled);
        assert_eq!(of(&[Placed, Waiting]), ShownStatus::Placed);
        assert_eq!(of(&[Placed, Failed]), ShownStatus::Failed);
        assert_eq!(of(&[Placed, Published]), ShownStatus::Publishing);
        assert_eq!(of(&[Placed, Unconfirmed]), ShownStatus::Unconfirmed);
    }

    #[test]
    fn what_is_handed_over_is_the_persons_turn_unless_something_else_is_in_doubt() {
        let of = |t: &[(DeliveryState, bool)]| shown_with(EditorialStatus::Scheduled, t);
        assert_eq!(of(&[(Unconfirmed, true)]), ShownStatus::YourTurn);
        assert_eq!(
            of(&[(Unconfirmed, true), (Published, false)]),
            ShownStatus::YourTurn
        );
        assert_eq!(
            of(&[(Unconfirmed, true), (Unconfirmed, false)]),
            ShownStatus::Unconfirmed
        );
        assert_eq!(
            of(&[(Unconfirmed, true), (Sending, false)]),
            ShownStatus::Publishing
        );
        assert_eq!(of(&[(Published, false)]), ShownStatus::Published);
        assert!(ShownStatus::YourTurn.needs_person());
    }

    #[test]
    fn without_deliveries_the_editorial_status_shows() {
        assert_eq!(
            shown(EditorialStatus::Draft, &[Waiting]),
            ShownStatus::Draft
        );
        assert_eq!(shown(EditorialStatus::InReview, &[]), ShownStatus::InReview);
        assert_eq!(
            shown(EditorialStatus::Cancelled, &[]),
            ShownStatus::Cancelled
        );
        assert_eq!(
            shown(EditorialStatus::Draft, &[Published, Waiting]),
            ShownStatus::PartlyPublished
        );
    }
}
