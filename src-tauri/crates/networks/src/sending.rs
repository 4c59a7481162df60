//! What publishing in steps has in common on every network.

use crate::connector::{Delivered, Outcome, Refusal, StepLost};

/// Why a delivery stopped.
#[derive(Debug)]
pub enum Stop {
    /// Certainly not sent.
    NotSent(Refusal),
    /// The visible call may have worked.
    Uncertain(Refusal),
    /// A step could not be recorded.
    Lost(StepLost),
}

impl Stop {
    /// What a failed visible call means.
    #[must_use]
    pub fn after_showing(may_have_worked: bool, refusal: Refusal) -> Self {
        if may_have_worked {
            Self::Uncertain(refusal)
        } else {
            Self::NotSent(refusal)
        }
    }

    /// As the publisher wants it.
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        match self {
            Self::NotSent(refusal) => Outcome::NotSent(refusal),
            Self::Uncertain(refusal) => Outcome::Uncertain(refusal),
            Self::Lost(lost) => Outcome::Interrupted(lost),
        }
    }
}

/// How a delivery ended, as the publisher wants it.
pub fn outcome(ended: Result<Delivered, Stop>) -> Outcome {
    match ended {
        Ok(delivered) => Outcome::Sent(delivered),
        Err(stop) => stop.into_outcome(),
    }
}

impl From<StepLost> for Stop {
    fn from(lost: StepLost) -> Self {
        Self::Lost(lost)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::NotSent(refusal)
    }
}
