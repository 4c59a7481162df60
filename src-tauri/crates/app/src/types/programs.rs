//! Other programs: their keys, and lists as they ask for them.

use model::key::{KeyRole, Permission};
use model::post::{Attempt, AttemptOutcome, Post};
use model::status::ShownStatus;
use model::{AccountId, CalendarId, KeyId, PostId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Make a key for another program.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyCreate {
    /// The only workspace it reaches.
    pub workspace_id: WorkspaceId,
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub role: KeyRole,
    /// What it may do besides reading; what its role says when missing.
    #[serde(default)]
    pub permissions: Option<Vec<Permission>>,
    /// From when on it is refused; none for never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A key as it is shown later: without the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Which.
    pub id: KeyId,
    /// The only workspace it reaches.
    pub workspace_id: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// Its last characters.
    pub tail: String,
    /// What it is for.
    pub role: KeyRole,
    /// What it may do besides reading.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; none for never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A new key. The only time that it is shown.
#[derive(Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyMade {
    /// What is kept of it.
    pub key: ApiKey,
    /// The key itself; never logged, never kept.
    pub secret: String,
}

/// The keys of a workspace, newest first; revoked ones included.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeys {
    /// The keys.
    pub keys: Vec<ApiKey>,
}

/// One key of a workspace.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneKey {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: KeyId,
}

/// What a program asks for, as it was shown to the person: a yes counts for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AskSeen {
    /// The version of the post.
    pub version: i64,
    /// It is to go out now, and not at the time it is planned for.
    pub at_once: bool,
}

/// What a person says to a program that asks that a post go out.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AskAnswer {
    /// The post.
    pub id: PostId,
    /// It goes out as asked; otherwise it stays as it is.
    pub yes: bool,
    /// What was shown. A yes to anything else than is asked for by now is a conflict.
    #[serde(default)]
    pub seen: Option<AskSeen>,
}

/// Order of a list of posts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PageOrder {
    /// By time, earliest first; those without a date at the end.
    #[default]
    Earliest,
    /// By time, latest first; those without a date at the beginning.
    Latest,
}

/// Read whole posts page by page.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsPageQuery {
    /// Calendars; at least one.
    pub calendars: Vec<CalendarId>,
    /// First instant; then posts without a date are left out.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// One past the last instant; then posts without a date are left out.
    #[serde(default)]
    pub to: Option<Timestamp>,
    /// Only posts with one of these; all when empty.
    #[serde(default)]
    pub statuses: Vec<ShownStatus>,
    /// Only posts that go to one of these; all when empty.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    /// Only posts of whoever looks after them by this name.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Leave posts without a date out.
    #[serde(default)]
    pub dated_only: bool,
    /// Order.
    #[serde(default)]
    pub order: PageOrder,
    /// At most this many, 1 to 500.
    pub limit: u32,
    /// Leave so many out first.
    #[serde(default)]
    pub offset: u32,
}

/// A page of posts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsPage {
    /// The posts.
    pub posts: Vec<Post>,
    /// There are more.
    pub more: bool,
}

/// Read the log of deliveries of a workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptsQuery {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Only of this network.
    #[serde(default)]
    pub network: Option<String>,
    /// Only what began at or after this instant.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Only what ended so.
    #[serde(default)]
    pub outcome: Option<AttemptOutcome>,
    /// Only where the network asked to wait, or only where it did not.
    #[serde(default)]
    pub limited: Option<bool>,
    /// At most this many, the newest; 1 to 10,000.
    pub limit: u32,
}

/// An attempt with what it was for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LoggedAttempt {
    /// The post.
    pub post_id: PostId,
    /// The account.
    pub account_id: AccountId,
    /// The account's network.
    pub network: String,
    /// The attempt.
    pub attempt: Attempt,
}

/// The log of deliveries, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LoggedAttempts {
    /// The attempts.
    pub attempts: Vec<LoggedAttempt>,
}
