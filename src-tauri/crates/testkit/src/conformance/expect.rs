//! What each trouble has to lead to.

use model::failure::Category;
use networks::connector::Outcome;

use super::{At, Trouble};

/// The kind of the first outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Sent all the same: the connector mended it itself.
    Sent,
    /// Certainly not sent, in this category.
    NotSent(Category),
    /// Possibly sent.
    Uncertain,
}

impl First {
    /// The kind of an outcome; none for an interrupted one.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Sent(_) | Outcome::Placed(_) => Some(Self::Sent),
            Outcome::NotSent(refusal) => Some(Self::NotSent(refusal.category)),
            Outcome::Uncertain(_) => Some(Self::Uncertain),
            Outcome::Interrupted(_) => None,
        }
    }
}

/// What has to come of a trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Allowed first outcomes.
    pub first: Vec<First>,
    /// Whether the post is there in the end; otherwise it failed for good, with nothing more sent.
    pub sent: bool,
}

/// The table.
pub fn expected(trouble: Trouble, at: At) -> Expected {
    use Category::{AuthError, Duplicate, MediaError, NetworkError, RateLimited};
    use First::{NotSent, Sent, Uncertain};
    let not_sent = |category, sent| Expected {
        first: vec![NotSent(category)],
        sent,
    };
    // Where the visible call may have worked, the connector may say so or find out by itself.
    let open = Expected {
        first: vec![Uncertain, Sent],
        sent: true,
    };
    let shows = matches!(at, At::Show(_));
    match trouble {
        Trouble::CutBefore
        | Trouble::CutAfter
        | Trouble::CutInBody
        | Trouble::CutInAnswer
        | Trouble::SilentBefore
        | Trouble::SilentAfter
        | Trouble::ServerError
        | Trouble::ServerErrorAfter
        | Trouble::Page
        | Trouble::PageAfter
        | Trouble::BrokenAnswer
            if shows =>
        {
            open
        }
        // It may hit the post's file or one of its pictures.
        Trouble::FailsAfterWriting => Expected {
            first: vec![Uncertain, Sent, NotSent(NetworkError)],
            sent: true,
        },
        Trouble::Refused
        | Trouble::CutBefore
        | Trouble::CutAfter
        | Trouble::CutInBody
        | Trouble::CutInAnswer
        | Trouble::SilentBefore
        | Trouble::SilentAfter
        | Trouble::ServerError
        | Trouble::ServerErrorAfter
        | Trouble::Page
        | Trouble::PageAfter
        | Trouble::BrokenAnswer
        | Trouble::StoreFull
        | Trouble::PlaceGone => not_sent(NetworkError, true),
        Trouble::WaitUntil | Trouble::Wait => not_sent(RateLimited, true),
        Trouble::Unauthorized
        | Trouble::Forbidden
        | Trouble::SessionEnded
        | Trouble::AccountGone
        | Trouble::NotWritable => not_sent(AuthError, false),
        Trouble::Duplicate => not_sent(Duplicate, false),
        Trouble::AccessEnded => Expected {
            first: vec![Sent],
            sent: true,
        },
        Trouble::MediaLost | Trouble::MediaTooLarge => Expected {
            first: vec![Sent, NotSent(MediaError)],
            sent: true,
        },
    }
}
