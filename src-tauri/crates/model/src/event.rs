//! What other programs are told of: kinds of events, and the facts of one as they were when it
//! happened. Contracts give them names and shapes of their own.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::delivery::DeliveryState;
use crate::failure::Category;
use crate::id::{AccountId, CalendarId, PostId, TargetId};
use crate::post::ContentType;
use crate::status::ShownStatus;

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A post was made.
    PostCreated,
    /// What a post says, or when it stands, was changed; it came back from the bin.
    PostUpdated,
    /// A post went to the bin.
    PostRemoved,
    /// A post got a time at which it goes out, or another one.
    PostScheduled,
    /// A post is on a network.
    PostPublished,
    /// A post was not sent, and is not tried again by itself.
    PostFailed,
    /// A post's time passed while the computer was off.
    PostMissed,
    /// A send did not work and is tried again by itself.
    PostRetrying,
    /// The delivery of a post stands differently in another way: in doubt, held by its network, called
    /// off, waiting anew.
    PostState,
    /// An account has to be connected again.
    AccountDisconnected,
    /// Somebody wants to see whether it arrives.
    Test,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::PostCreated,
        Self::PostUpdated,
        Self::PostRemoved,
        Self::PostScheduled,
        Self::PostPublished,
        Self::PostFailed,
        Self::PostMissed,
        Self::PostRetrying,
        Self::PostState,
        Self::AccountDisconnected,
        Self::Test,
    ];

    /// The word stored in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PostCreated => "post_created",
            Self::PostUpdated => "post_updated",
            Self::PostRemoved => "post_removed",
            Self::PostScheduled => "post_scheduled",
            Self::PostPublished => "post_published",
            Self::PostFailed => "post_failed",
            Self::PostMissed => "post_missed",
            Self::PostRetrying => "post_retrying",
            Self::PostState => "post_state",
            Self::AccountDisconnected => "account_disconnected",
            Self::Test => "test",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The sort of a program's note on a post by which an event of the content calendar is told.
pub const EVENT_NOTE: &str = "event";
/// The same on a calendar.
pub const CALENDAR_NOTE: &str = "calendar";

/// A post as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostFacts {
    /// Which.
    pub id: PostId,
    /// The calendar it stands on.
    pub calendar_id: CalendarId,
    /// Title.
    pub title: String,
    /// Its words; those of its own where the event is about one account.
    pub text: String,
    /// The status as shown.
    pub status: ShownStatus,
    /// What sort of content.
    pub content_type: ContentType,
    /// Where it stands in time.
    pub at: Option<Timestamp>,
    /// It is in the bin.
    pub removed: bool,
    /// Networks it goes to, each once, in the order in which they were chosen.
    pub networks: Vec<String>,
    /// It stands at its time as a plan, which does not go out by itself.
    #[serde(default)]
    pub planned: bool,
    /// What a program noted of it, of the sort [`EVENT_NOTE`]. A contract by which a plan that waits for a yes
    /// is scheduled has to know of that to say how it stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Value>,
    /// What a program noted of its calendar, of the sort [`CALENDAR_NOTE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_note: Option<Value>,
}

/// A post on one account as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetFacts {
    /// Which.
    pub id: TargetId,
    /// Where it was on its way.
    pub state: DeliveryState,
    /// When it was on the network.
    pub published_at: Option<Timestamp>,
    /// The network's id of it.
    pub remote_id: Option<String>,
    /// Its address for people.
    pub remote_url: Option<String>,
    /// Kind of the last failure.
    pub category: Option<Category>,
    /// The last failure in a sentence.
    pub message: Option<String>,
    /// When it is tried again by itself.
    pub next_try_at: Option<Timestamp>,
}

/// An account as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFacts {
    /// Which.
    pub id: AccountId,
    /// Its network.
    pub network: String,
    /// The name people know it by.
    pub handle: String,
    /// Why it has to be connected again.
    pub reason: Option<String>,
}

/// The facts of an event; what it is not about is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventFacts {
    /// The post.
    pub post: Option<PostFacts>,
    /// The post on one account.
    pub target: Option<TargetFacts>,
    /// The account.
    pub account: Option<AccountFacts>,
}

#[cfg(test)]
mod tests {
    use super::EventKind;

    #[test]
    fn words_are_those_of_serde_and_come_back() {
        for kind in EventKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
            assert_eq!(EventKind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(EventKind::from_word("post"), None);
    }
}
