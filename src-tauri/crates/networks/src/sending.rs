//! What publishing in steps has in common on every network.

use model::Timestamp;
use serde_json::{Value, json};

use crate::api::Failed;
use crate::connector::{Commented, Confirmation, Ctx, Delivered, Job, Outcome, Refusal, StepLost};
use crate::tokens::CallFailed;

/// What came of a delivery that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Everybody can see it.
    Sent(Delivered),
    /// The network holds it until its time.
    Placed(Delivered),
}

impl Ended {
    /// Held until its time, or to be seen at once.
    #[must_use]
    pub fn of(delivered: Delivered, held: bool) -> Self {
        if held {
            Self::Placed(delivered)
        } else {
            Self::Sent(delivered)
        }
    }

    /// As an answer to a look.
    #[must_use]
    pub fn found(self) -> Confirmation {
        match self {
            Self::Sent(delivered) => Confirmation::Found(delivered),
            Self::Placed(delivered) => Confirmation::Placed(delivered),
        }
    }
}

impl From<Delivered> for Ended {
    fn from(delivered: Delivered) -> Self {
        Self::Sent(delivered)
    }
}

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

/// The handle of a network that takes none: it keeps when the delivery was prepared. Where it may have
/// been sent before, as after a backup was put back, that is when it may have been sent first.
#[must_use]
pub fn prepared(job: &Job, ctx: Ctx<'_>) -> Value {
    let now = ctx.clock.now();
    let at = job.first_sent_try_at.map_or(now, |first| first.min(now));
    json!({ "preparedAt": at.as_millis() })
}

/// When a delivery was prepared: nothing of it can be on the network before.
#[must_use]
pub fn prepared_at(job: &Job) -> Timestamp {
    let millis = job.handle.get("preparedAt").and_then(Value::as_i64);
    millis.map_or(job.due_at, Timestamp::from_millis)
}

/// How a delivery ended, as the publisher wants it.
pub fn outcome(ended: Result<impl Into<Ended>, Stop>) -> Outcome {
    match ended.map(Into::into) {
        Ok(Ended::Sent(delivered)) => Outcome::Sent(delivered),
        Ok(Ended::Placed(delivered)) => Outcome::Placed(delivered),
        Err(stop) => stop.into_outcome(),
    }
}

/// What came of a call that writes a comment.
pub fn commented<T>(
    called: Result<T, CallFailed<Failed>>,
    told: impl FnOnce(CallFailed<Failed>) -> Refusal,
) -> Commented {
    match called {
        Ok(_) => Commented::Written,
        Err(CallFailed::Before(refusal)) => Commented::NotWritten(refusal),
        Err(CallFailed::Call(failed)) => {
            let open = failed.may_have_worked();
            Commented::failed(open, told(CallFailed::Call(failed)))
        }
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
