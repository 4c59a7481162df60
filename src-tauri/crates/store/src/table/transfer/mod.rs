//! Everything out and in again: what a full export reads and a full import writes, the bin, the job
//! log and the publisher's memory included. Secrets are not here, and neither are the change feed and
//! the undo steps, which belong to one file.
//!
//! An import runs in one transaction, in this order: [`clear`], settings, workspaces, calendars,
//! accounts, slots, files, posts, attempts, [`finish`].

mod read;
mod write;

use model::post::{Attempt, Post};
use model::{TargetId, Timestamp};
use serde_json::Value;

pub use read::{accounts, attempts, calendars, contents, posts, workspaces};
pub use write::{
    clear, finish, insert_accounts, insert_attempts, insert_calendars, insert_posts,
    insert_workspaces,
};

/// A thing with the time it went to the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// The thing.
    pub it: T,
    /// When it went to the bin.
    pub deleted_at: Option<Timestamp>,
    /// When it was removed for good and only its past was kept; of accounts alone.
    pub purged_at: Option<Timestamp>,
}

/// A finished step of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentStep {
    /// Its name.
    pub key: String,
    /// What it gave.
    pub value: Value,
    /// It made something visible.
    pub visible: bool,
    /// When.
    pub at: Timestamp,
}

/// What the publisher keeps of a target, beyond what [`model::post::Target`] shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The target.
    pub target_id: TargetId,
    /// The person called this one off.
    pub called_off: bool,
    /// What deleting and confirming need.
    pub remote: Option<Value>,
    /// The idempotency handle.
    pub handle: Option<Value>,
    /// Hash of the content of the first intent.
    pub content_hash: Option<String>,
    /// Attempts since the person last gave a time.
    pub attempts_made: u32,
    /// Finished steps, by time.
    pub steps: Vec<SentStep>,
}

/// A post with everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholePost {
    /// The post with its targets, its unconfirmed edit and the bin's date.
    pub post: Post,
    /// What the publisher keeps; targets without anything are left out.
    pub deliveries: Vec<Delivery>,
    /// The version the unconfirmed edit started from.
    pub edit_base_version: Option<i64>,
}

/// A line of the job log with everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeAttempt {
    /// The attempt. `steps_done` is derived and not written.
    pub attempt: Attempt,
    /// Hash of what was to be sent.
    pub content_hash: String,
    /// The step it was at.
    pub step: String,
    /// That step makes something visible.
    pub step_visible: bool,
}

/// How much there is, for the question whether a program is empty enough to import into.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contents {
    /// Posts, those in the bin included.
    pub posts: u64,
    /// Accounts, removed ones included.
    pub accounts: u64,
    /// Files.
    pub files: u64,
    /// Lines of the job log.
    pub attempts: u64,
}
