//! The change feed: what changed, in order, and who did it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person at the window.
    Person,
    /// The publisher.
    Publisher,
    /// An import.
    Import,
    /// Undo or redo.
    History,
    /// The program itself: clean-up, migration, zone rules.
    Program,
}

impl Actor {
    /// The word stored in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Publisher => "publisher",
            Self::Import => "import",
            Self::History => "history",
            Self::Program => "program",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Person,
            Self::Publisher,
            Self::Import,
            Self::History,
            Self::Program,
        ]
        .into_iter()
        .find(|a| a.word() == word)
    }
}

/// What sort of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A workspace.
    Workspace,
    /// A calendar.
    Calendar,
    /// A post or one of its targets.
    Post,
    /// An account.
    Account,
    /// The slots of an account; the id is the account's.
    Slots,
    /// A file.
    Media,
    /// The settings; the id is empty.
    Settings,
    /// Holding, pausing and the publisher's own state; the id is empty.
    Publisher,
    /// A key of another program.
    Key,
    /// An address that is told what happens, or something on its way there; the id is the address's.
    Webhook,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 10] = [
        Self::Workspace,
        Self::Calendar,
        Self::Post,
        Self::Account,
        Self::Slots,
        Self::Media,
        Self::Settings,
        Self::Publisher,
        Self::Key,
        Self::Webhook,
    ];

    /// The word stored in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Calendar => "calendar",
            Self::Post => "post",
            Self::Account => "account",
            Self::Slots => "slots",
            Self::Media => "media",
            Self::Settings => "settings",
            Self::Publisher => "publisher",
            Self::Key => "key",
            Self::Webhook => "webhook",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// One row of the change feed. Its reader fetches the thing itself; a row whose thing is gone says
/// that it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Grows by at least one with each change, never reused.
    #[ts(type = "number")]
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What sort of thing.
    pub subject: Subject,
    /// Its identifier as text; empty where the subject says so.
    pub id: String,
}
