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

/// What came of writing the first comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commented {
    /// It stands below the post.
    Written,
    /// Certainly not written.
    NotWritten(Refusal),
    /// It may have been written: it is looked for.
    Uncertain(Refusal),
}

impl Commented {
    /// What a call that failed means.
    #[must_use]
    pub fn failed(may_have_worked: bool, refusal: Refusal) -> Self {
        if may_have_worked {
            Self::Uncertain(refusal)
        } else {
            Self::NotWritten(refusal)
        }
    }
}

/// What looking for the first comment told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentSeen {
    /// It is there.
    There,
    /// It is not there.
    Absent,
    /// Nobody but a person can tell, and why.
    CannotTell(String),
    /// Looking did not work this time; try again later.
    NotNow(Refusal),
}

impl CommentSeen {
    /// Whether one of the texts read back is the comment. Networks keep the words and not every space.
    #[must_use]
    pub fn among<'a>(texts: impl IntoIterator<Item = &'a str>, words: &str) -> Self {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = plain(words);
        if texts.into_iter().any(|text| plain(text) == wanted) {
            Self::There
        } else {
            Self::Absent
        }
    }
}
