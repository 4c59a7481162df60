//! The weekly plan and the queue.

use jiff::civil;
use model::post::Chip;
use model::slot::{Slot, SlotTime};
use model::when::Zone;
use model::{AccountId, PostId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Slots of a workspace.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfWorkspace {
    /// Which.
    pub id: WorkspaceId,
}

/// Slots.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Slots {
    /// By account, weekday and time.
    pub slots: Vec<Slot>,
}

/// A slot as a person gives it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SlotDraft {
    /// 1 = Monday … 7 = Sunday.
    pub weekday: u8,
    /// Time of day.
    #[ts(type = "string")]
    pub time: civil::Time,
}

/// Replace the weekly plan of an account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SlotsReplace {
    /// The account.
    pub account_id: AccountId,
    /// The zone the times are meant in.
    pub zone: Zone,
    /// The whole plan.
    pub slots: Vec<SlotDraft>,
    /// Queued posts follow the new plan in their order; otherwise they keep their times and become
    /// posts with times of their own. `slots.preview` says how many would.
    pub follow: bool,
}

/// What replacing the plan would do to queued posts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SlotsPreview {
    /// Queued posts whose slot would vanish.
    pub affected: u32,
}

/// Read the queue.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueQuery {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Until when empty slots are shown.
    pub until: Timestamp,
}

/// The queue, one column per account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Columns in order of account.
    pub columns: Vec<QueueColumn>,
    /// What goes out next of all.
    pub next: Option<super::session::NextPost>,
}

/// The queue of one account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueColumn {
    /// The account.
    pub account_id: AccountId,
    /// Slots and posts in order of time.
    pub entries: Vec<QueueEntry>,
    /// Days on which its weekly plan is paused, in order; days that are over are left out.
    pub paused_days: Vec<PausedDay>,
    /// The account has a weekly plan.
    pub has_slots: bool,
}

/// A day of a queue that is paused: its slots are not offered.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PausedDay {
    /// The day.
    #[ts(type = "string")]
    pub date: civil::Date,
    /// When it starts.
    pub starts: Timestamp,
    /// Why, for people.
    pub reason: String,
}

/// Pause the weekly plan of an account for one day, or let its slots count again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DayPauseSet {
    /// The account.
    pub account_id: AccountId,
    /// The day, as the wall in the zone of its slots shows it.
    #[ts(type = "string")]
    pub date: civil::Date,
    /// Why; the day is not paused any more when missing.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A day of an account's queue.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DayOfQueue {
    /// The account.
    pub account_id: AccountId,
    /// The day, as the wall in the zone of its slots shows it.
    #[ts(type = "string")]
    pub date: civil::Date,
}

/// What pausing a day would do.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DayPausePreview {
    /// Queued posts that would move on to the next free slots.
    pub posts: u32,
    /// The day is paused already.
    pub paused: bool,
}

/// One line of a queue.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueEntry {
    /// The instant.
    pub at: Timestamp,
    /// The slot, when one stands there.
    pub slot: Option<SlotTime>,
    /// The post; none for a free slot.
    pub chip: Option<Chip>,
}

/// Look for the next free slot of accounts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NextFree {
    /// The accounts, in the order in which their plans are tried.
    pub account_ids: Vec<AccountId>,
    /// Not before this instant; now when missing.
    #[serde(default)]
    pub after: Option<Timestamp>,
}

/// The next free slot.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FreeSlot {
    /// The slot; none when no account has a plan or all is taken.
    pub slot: Option<SlotTime>,
}

/// Put a queued post into a free slot.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueIntoSlot {
    /// The account whose slot it is.
    pub account_id: AccountId,
    /// The post; it is queued for that account.
    pub id: PostId,
    /// When the slot is.
    pub at: Timestamp,
}

/// Put queued posts of an account into this order; their times are dealt out anew among them. Posts
/// with times of their own do not move.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueReorder {
    /// The account.
    pub account_id: AccountId,
    /// The queued posts in their new order.
    pub ids: Vec<PostId>,
}
