//! What a connector answers about a delivery.

use model::Timestamp;

use super::{Delivered, Refusal, StepLost};

/// How a send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// On the network.
    Sent(Delivered),
    /// The network holds it and publishes it at the job's `place_at`.
    Placed(Delivered),
    /// Certainly not sent.
    NotSent(Refusal),
    /// It may have been sent: decided by [`Connector::confirm`](super::Connector::confirm) or the person.
    Uncertain(Refusal),
    /// A step could not be recorded; the rescue path decides.
    Interrupted(StepLost),
}

/// What looking at the network told about an uncertain send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// It is there.
    Found(Delivered),
    /// The network holds it and publishes it at its time.
    Placed(Delivered),
    /// It is not there and sending again is safe.
    Absent,
    /// The network cannot tell: the person is asked.
    CannotTell(String),
    /// Looking did not work this time; try again later.
    NotNow(Refusal),
}

/// What looking at something that the network was to hold until its time told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The network holds it, and publishes it at this time.
    Until(Timestamp),
    /// It is published.
    Published(Delivered),
    /// The network has it no more, so it is certainly not published.
    Gone,
    /// The network cannot tell: the person is asked.
    CannotTell(String),
    /// Looking did not work this time; try again later.
    NotNow(Refusal),
}
