//! Posts, their targets and the attempts to deliver them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;
use crate::content::Segment;
use crate::delivery::DeliveryState;
use crate::failure::Category;
use crate::id::{AccountId, AttemptId, CalendarId, MediaId, PostId, TargetId};
use crate::status::{EditorialStatus, ShownStatus};
use crate::when::When;

/// What sort of content a post is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ContentType {
    /// An ordinary post.
    #[default]
    Post,
    /// Several segments, one after the other.
    Thread,
    /// Gone after a day.
    Story,
    /// A short upright video.
    Reel,
    /// A video.
    Video,
    /// A long text.
    Article,
}

/// How much it matters, for people to sort by.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nice to have.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Should not slip.
    High,
    /// Must not slip.
    Urgent,
}

/// Whether a time belongs to the post or to a slot of the weekly plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// A person chose the time; nothing moves it but a person. Shown with a pin in the queue.
    #[default]
    Own,
    /// It stands in a slot and follows the queue.
    Slot,
}

/// What a person writes: the same shape for the post and for its working copy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Draft {
    /// A name for people; never sent unless a network wants a title.
    pub title: String,
    /// Text and media, one entry a segment, at least one.
    pub segments: Vec<Segment>,
    /// Notes for people; never sent.
    pub notes: String,
    /// Labels, in order, without repeats.
    pub labels: Vec<String>,
    /// What sort of content.
    pub content_type: ContentType,
    /// How much it matters.
    pub priority: Priority,
    /// Who looks after it, as free text.
    pub assignee: String,
    /// Where it goes and what differs there.
    pub targets: Vec<TargetDraft>,
}

/// What a person chooses for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TargetDraft {
    /// The account.
    pub account_id: AccountId,
    /// Segments of its own instead of the shared ones; none when it follows the shared text.
    #[serde(default)]
    pub override_segments: Option<Vec<Segment>>,
    /// Options as the catalogue names them, a JSON object.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// A post on one account with its delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Identifier.
    pub id: TargetId,
    /// What a person chose.
    #[serde(flatten)]
    pub draft: TargetDraft,
    /// Where it is on its way.
    pub state: DeliveryState,
    /// Not sent before this instant (a retry).
    pub not_before: Option<Timestamp>,
    /// When it was on the network.
    pub published_at: Option<Timestamp>,
    /// The network's id of the first segment.
    pub remote_id: Option<String>,
    /// Address for people.
    pub remote_url: Option<String>,
    /// The last failure, in a sentence; none when nothing is wrong.
    pub failure: Option<Failure>,
    /// What became of its first comment; missing while there is none to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_comment: Option<FirstComment>,
}

/// How far the first comment below a published post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// To be written, or to be looked for first.
    Due,
    /// It stands below the post.
    Written,
    /// Not there, or nobody can tell; not tried again by itself.
    Failed,
    /// The person leaves it as it is.
    Left,
}

/// What became of the first comment of a post on one account. The post is published whatever this says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FirstComment {
    /// How far it is.
    pub state: CommentState,
    /// Why it is not there, in a sentence; none when nothing is wrong.
    pub message: Option<String>,
    /// The network's own words, cleaned of secrets, for *Details*.
    pub detail: Option<String>,
    /// When it is tried or looked for again by itself.
    pub next_try_at: Option<Timestamp>,
    /// Tries so far.
    pub tries: u32,
}

impl Target {
    /// It lies ready and the person posts it.
    #[must_use]
    pub fn your_turn(&self) -> bool {
        let why = self.failure.as_ref().map(|f| f.category);
        self.state == DeliveryState::Unconfirmed && why == Some(Category::YourTurn)
    }
}

/// What went wrong last with a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The kind.
    pub category: Category,
    /// A sentence for a person.
    pub message: String,
    /// The network's own words and code, cleaned of secrets, for *Details*.
    pub detail: Option<String>,
    /// The next try, if there is one.
    pub next_try_at: Option<Timestamp>,
    /// Which try this was, from 1.
    pub attempt: u32,
}

/// A post as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    /// Identifier.
    pub id: PostId,
    /// The calendar it stands on.
    pub calendar_id: CalendarId,
    /// Title.
    pub title: String,
    /// Text and media.
    pub segments: Vec<Segment>,
    /// Notes for people.
    pub notes: String,
    /// Labels.
    pub labels: Vec<String>,
    /// What sort of content.
    pub content_type: ContentType,
    /// How much it matters.
    pub priority: Priority,
    /// Who looks after it.
    pub assignee: String,
    /// How far the writing is.
    pub editorial: EditorialStatus,
    /// When it happens.
    pub when: When,
    /// Whose time that is.
    pub time_source: TimeSource,
    /// Where it goes.
    pub targets: Vec<Target>,
    /// The status as shown, derived.
    pub status: ShownStatus,
    /// An edit of a scheduled post that was not confirmed yet; what goes out is the rest of this struct.
    pub working_copy: Option<Draft>,
    /// Held at its minute since the working copy was open and differed: the person decides.
    pub held: bool,
    /// Grows by one with each change; a save names the version it started from.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a person last changed it.
    pub updated_at: Timestamp,
    /// When it went to the bin.
    pub deleted_at: Option<Timestamp>,
}

/// A target as a chip shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChipTarget {
    /// The account.
    pub account_id: AccountId,
    /// Where it is on its way.
    pub state: DeliveryState,
    /// It lies ready and the person posts it; otherwise missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<_>")]
    pub your_turn: bool,
}

/// A post as a calendar, a queue or a list shows it: light, so that ten thousand fit in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Chip {
    /// The post.
    pub id: PostId,
    /// Its calendar.
    pub calendar_id: CalendarId,
    /// The instant it stands at; none on the shelf. For a planned date without time: start of day.
    pub at: Option<Timestamp>,
    /// It has a date but no time of day.
    pub all_day: bool,
    /// First words, at most 80 graphemes.
    pub words: String,
    /// The status as shown.
    pub status: ShownStatus,
    /// Accounts with their states.
    pub targets: Vec<ChipTarget>,
    /// Labels.
    pub labels: Vec<String>,
    /// How many files it has.
    pub media_count: u32,
    /// The first file, for the thumbnail.
    pub thumb: Option<MediaId>,
    /// Whose time that is.
    pub time_source: TimeSource,
    /// It has an unconfirmed edit, or was held for one.
    pub editing: bool,
    /// The post's version, for optimistic changes.
    pub version: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// Still running, or the process died: rescue decides.
    Open,
    /// On the network.
    Sent,
    /// Certainly not sent.
    NotSent,
    /// Nobody knows yet.
    Uncertain,
}

/// One try to deliver a target, as the job log shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Identifier.
    pub id: AttemptId,
    /// What it delivers.
    pub target_id: TargetId,
    /// From 1, growing over the target's life.
    pub number: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; none while open.
    pub ended_at: Option<Timestamp>,
    /// Milliseconds between both.
    pub duration_ms: Option<i64>,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The kind of failure.
    pub category: Option<Category>,
    /// A sentence for a person.
    pub message: Option<String>,
    /// The network's own words and code, cleaned of secrets.
    pub detail: Option<String>,
    /// Whether it is tried again by itself.
    pub will_retry: bool,
    /// When.
    pub next_try_at: Option<Timestamp>,
    /// Steps finished so far, such as uploads and segments.
    pub steps_done: u32,
    /// When the network was to publish it by itself; none when it was to be published at once.
    #[serde(default)]
    pub place_at: Option<Timestamp>,
}
