//! The one list of codes that the outside sees, and a problem as it is shown beside its cause.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of thing went wrong, for every door (window, HTTP, command line).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request breaks a rule; `field` says where.
    Validation,
    /// There is no such thing (any more).
    NotFound,
    /// The thing changed meanwhile, or is in a state that does not allow this.
    Conflict,
    /// Not allowed for this key or person.
    Permission,
    /// Too many requests; try later.
    RateLimited,
    /// A network or the internet did not answer as it should.
    Network,
    /// An account needs attention (signed out, removed, wrong password).
    Account,
    /// A picture or file cannot be used.
    Media,
    /// The disk or the database refused.
    Storage,
    /// A fault of this program; the log has the detail.
    Internal,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::Validation,
        Self::NotFound,
        Self::Conflict,
        Self::Permission,
        Self::RateLimited,
        Self::Network,
        Self::Account,
        Self::Media,
        Self::Storage,
        Self::Internal,
    ];

    /// The word in answers, and the name of its page in `docs/errors`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Permission => "permission",
            Self::RateLimited => "rate_limited",
            Self::Network => "network",
            Self::Account => "account",
            Self::Media => "media",
            Self::Storage => "storage",
            Self::Internal => "internal",
        }
    }
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Publishing would fail: scheduling is refused until it is mended.
    Error,
    /// Publishing works, the person should know.
    Warning,
}

/// What mends a problem; the screen draws it as one button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Fix {
    /// Split the text of the segment into a thread.
    SplitThread,
    /// Put the cursor where the text gets too long.
    Shorten {
        /// UTF-16 offset of the first unit too many, as text fields count.
        from: u32,
    },
    /// Write a text of its own for this account.
    Tailor,
    /// Go back to the shared text.
    UseShared,
    /// Attach a picture or file.
    AddMedia,
    /// Take the file off again.
    RemoveMedia {
        /// Position of the file in the segment.
        index: u32,
    },
    /// Take off what is too much or does not go together.
    RemoveExtra {
        /// Positions of the files in the segment, in order.
        indexes: Vec<u32>,
    },
    /// Put the parts of the thread into one.
    JoinParts,
    /// Describe the picture.
    AddAlt {
        /// Position of the picture in the segment.
        index: u32,
    },
    /// Cut the picture to a shape that the network takes.
    Crop {
        /// Position of the picture in the segment.
        index: u32,
        /// The most upright shape it takes: width and height.
        narrowest: (u32, u32),
        /// The widest: width and height.
        widest: (u32, u32),
    },
    /// Cut the video to a length that the network takes.
    Trim {
        /// Position of the video in the segment.
        index: u32,
        /// The longest it takes, in milliseconds.
        most_ms: u32,
    },
    /// Choose an account.
    AddAccount,
    /// Sign in again.
    Reconnect,
    /// Resume a paused account.
    ResumeAccount,
    /// Write something.
    WriteText,
    /// Use this time instead.
    UseTime {
        /// The proposed instant.
        at: crate::Timestamp,
    },
    /// Raise the workspace's budget for paid calls.
    RaiseBudget,
    /// Raise the calendar's limit of posts, or empty it.
    RaisePostLimit,
    /// Set up a public address for files.
    OpenPublicFiles,
    /// Ask again whether passwords can be read.
    AskVault,
    /// Open the sealed file, or choose another place for passwords.
    OpenSecrets,
    /// Delete on its network what the network holds until its time.
    TakeBack,
    /// Choose the option's value.
    SetOption {
        /// Name of the option in the catalogue.
        name: String,
    },
    /// Take the option back to what holds while nothing is set.
    ClearOption {
        /// Name of the option in the catalogue.
        name: String,
    },
}

/// One thing wrong with a post, beside its cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Stable name for tests and translations, such as `text_too_long`.
    pub rule: String,
    /// A sentence for a person, naming the network where it concerns one.
    pub message: String,
    /// The account it concerns; none when it concerns the post as a whole.
    pub account_id: Option<crate::AccountId>,
    /// The segment it concerns, from 0.
    pub segment: Option<u32>,
    /// What mends it, best first; two at most are shown.
    pub fixes: Vec<Fix>,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_code_is_called_the_same_outside_and_has_a_page() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/errors");
        for code in ErrorCode::ALL {
            let word = code.word();
            assert_eq!(serde_json::to_value(code).unwrap(), word);
            let page = std::fs::read_to_string(pages.join(format!("{word}.md"))).unwrap();
            assert!(page.starts_with(&format!("# {word}\n")), "{word}");
        }
        assert_eq!(
            std::fs::read_dir(pages).unwrap().count(),
            ErrorCode::ALL.len()
        );
    }
}
