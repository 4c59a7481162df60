//! Starting up, the change feed, settings, the state of the publisher.

use std::collections::BTreeMap;

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::change::Change;
use model::{PostId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the screen needs to draw its first frame, in one answer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Boot {
    /// The program's version.
    pub version: String,
    /// The clock of the core.
    pub now: Timestamp,
    /// The zone of this computer.
    pub system_zone: model::when::Zone,
    /// How the system writes dates and hours, and on which day its weeks start.
    pub system_formats: crate::words::SystemFormats,
    /// All workspaces that are not in the bin.
    pub workspaces: Vec<Workspace>,
    /// All calendars, archived ones included.
    pub calendars: Vec<Calendar>,
    /// All accounts.
    pub accounts: Vec<Account>,
    /// Networks one can connect.
    pub catalogue: Vec<networks::catalogue::Entry>,
    /// Settings.
    pub settings: Settings,
    /// What the screen remembers for itself, by key (`preferences.put`).
    #[ts(type = "Record<string, unknown>")]
    pub preferences: BTreeMap<String, serde_json::Value>,
    /// What the workspaces keep for writing, by workspace; those that keep nothing are left out.
    pub writing: super::writing::Writings,
    /// The publisher.
    pub publisher: PublisherStatus,
    /// Where secrets are kept.
    pub vault: VaultStatus,
    /// The program was never used before: the first-start card shows.
    pub first_start: bool,
    /// How many posts need the person.
    pub needs_person: u32,
    /// Number of the newest change this answer includes.
    #[ts(type = "number")]
    pub last_seq: i64,
}

/// Changes after a number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangesSince {
    /// The last number the reader has seen.
    #[ts(type = "number")]
    pub seq: i64,
}

/// A part of the change feed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeBatch {
    /// In order.
    pub changes: Vec<Change>,
    /// The number to ask from next.
    #[ts(type = "number")]
    pub last_seq: i64,
    /// Too many or already pruned: read everything anew.
    pub reload: bool,
}

/// First day of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// As the system's language says.
    #[default]
    System,
    /// Monday.
    Monday,
    /// Sunday.
    Sunday,
    /// Saturday.
    Saturday,
}

/// How hours are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HourCycle {
    /// As the system's language says.
    #[default]
    System,
    /// 00 to 23.
    H24,
    /// 1 to 12 with am and pm.
    H12,
}

/// Order of day, month and year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DateOrderSetting {
    /// As the system's language says.
    #[default]
    System,
    /// 14.5.2026
    Dmy,
    /// 5/14/2026
    Mdy,
    /// 2026-05-14
    Ymd,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Settings. Each takes effect at once and can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// First day of the week.
    pub week_start: WeekStart,
    /// 12 or 24 hours.
    pub hour_cycle: HourCycle,
    /// Order of dates.
    pub date_order: DateOrderSetting,
    /// Light or dark.
    pub theme: Theme,
    /// Chips a day in the month view, 1 to 8.
    pub chips_per_day: u8,
    /// Where a post dropped on a later day without a slot lands: wall time.
    pub usual_time: String,
    /// Language tag a new post starts with, such as `en`; empty for none.
    pub language: String,
    /// Start with the computer, hidden in the tray.
    pub start_at_login: bool,
    /// Closing the window keeps the program publishing in the tray.
    pub keep_in_tray: bool,
    /// Keys of the global shortcut for a new post, such as `Ctrl+Alt+N`; empty for none.
    pub global_shortcut: String,
    /// Tell when something was published.
    pub notify_published: bool,
    /// Tell when something failed or needs the person.
    pub notify_problems: bool,
    /// Keys that differ from the built-in ones: command id to keys.
    pub keys: BTreeMap<String, String>,
    /// A file of extra certificates to trust (PEM), empty for none.
    pub extra_certificates: String,
    /// The program `ffmpeg`, which changes videos; empty to look for it.
    pub ffmpeg: String,
    /// Other programs on this computer may work with this one, over HTTP.
    pub programs_on: bool,
    /// The port at which they find it.
    pub programs_port: u16,
}

/// The port at which other programs find this one while nobody chose another.
pub const PROGRAMS_PORT: u16 = 8437;

impl Default for Settings {
    fn default() -> Self {
        Self {
            week_start: WeekStart::System,
            hour_cycle: HourCycle::System,
            date_order: DateOrderSetting::System,
            theme: Theme::System,
            chips_per_day: 4,
            usual_time: "09:00".to_owned(),
            language: String::new(),
            start_at_login: false,
            keep_in_tray: true,
            global_shortcut: String::new(),
            notify_published: true,
            notify_problems: true,
            keys: BTreeMap::new(),
            extra_certificates: String::new(),
            ffmpeg: String::new(),
            programs_on: false,
            programs_port: PROGRAMS_PORT,
        }
    }
}

/// Something the screen remembers for itself. Not undoable, not exported.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreferencePut {
    /// At most 64 characters.
    pub key: String,
    /// At most 64 kB as JSON.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
}

/// What the publisher is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublisherStatus {
    /// Everything is held; the text is the reason shown.
    pub held: Option<String>,
    /// Posts being sent right now.
    pub sending: Vec<NextPost>,
    /// How many posts need the person.
    pub needs_person: u32,
    /// What goes out next.
    pub next: Option<NextPost>,
    /// Posts due within the next hour.
    pub due_within_hour: u32,
    /// No internet since; none while it works or was not needed.
    pub offline_since: Option<Timestamp>,
    /// Why sending is delayed though nothing is held: no internet, a locked keyring, a full disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub delayed: Option<String>,
}

/// A post by name, for the tray, the status line and the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NextPost {
    /// The post.
    pub id: PostId,
    /// Its first words.
    pub words: String,
    /// When it goes out or went out.
    pub at: Timestamp,
}

/// Hold everything.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// The reason shown; a usual one when empty.
    #[serde(default)]
    pub reason: String,
}

/// Where secrets are kept and whether they can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// Which kind.
    pub kind: VaultKind,
    /// A sentence when it cannot be reached now; none when all is well.
    pub problem: Option<String>,
}

/// Places for secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultKind {
    /// The system's keyring.
    Keyring,
    /// A file sealed with a passphrase.
    SealedFile,
}

/// A passphrase for the sealed file.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Passphrase {
    /// The passphrase; never logged.
    pub passphrase: String,
}

/// What undo or redo did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryMoved {
    /// What was undone or redone, as a sentence; none when there was nothing.
    pub words: Option<String>,
    /// Posts it touched.
    pub posts: Vec<PostId>,
    /// Where to look: an instant on the calendar.
    pub look_at: Option<Timestamp>,
    /// Something came back differently, such as without a date since it lay in the past.
    pub notes: Vec<String>,
}

/// What can be undone and redone, newest first, at most 100 each.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryList {
    /// To undo.
    pub undo: Vec<super::UndoStep>,
    /// To redo.
    pub redo: Vec<super::UndoStep>,
}
