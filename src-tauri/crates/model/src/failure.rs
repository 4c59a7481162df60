//! Why a send did not work, for people, and apart from it whether it is worth another try.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::{Entropy, Timestamp};

/// The kind of failure, as shown to people and in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The network asked to wait.
    RateLimited,
    /// The network or the way to it did not work.
    NetworkError,
    /// The sign-in is no longer good.
    AuthError,
    /// A file was refused.
    MediaError,
    /// The network is still working on a file.
    MediaProcessing,
    /// The network has this already.
    Duplicate,
    /// The network refused the content.
    Validation,
    /// The call costs money, and the workspace's budget of this month does not hold it.
    OverBudget,
    /// It lies ready, and the person posts it.
    YourTurn,
    /// None of the above.
    Unknown,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 10] = [
        Self::RateLimited,
        Self::NetworkError,
        Self::AuthError,
        Self::MediaError,
        Self::MediaProcessing,
        Self::Duplicate,
        Self::Validation,
        Self::OverBudget,
        Self::YourTurn,
        Self::Unknown,
    ];

    /// The word stored in the database and shown in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::NetworkError => "network_error",
            Self::AuthError => "auth_error",
            Self::MediaError => "media_error",
            Self::MediaProcessing => "media_processing",
            Self::Duplicate => "duplicate",
            Self::Validation => "validation",
            Self::OverBudget => "over_budget",
            Self::YourTurn => "your_turn",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }

    /// Whether another try can ever help. The connector may still say no; it can never say yes to
    /// a category that is refused here.
    #[must_use]
    pub const fn may_retry(self) -> bool {
        matches!(
            self,
            Self::RateLimited
                | Self::NetworkError
                | Self::MediaError
                | Self::MediaProcessing
                | Self::Unknown
        )
    }
}

/// A connector's word on trying again. It saw the answer, so it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Never by itself.
    Never,
    /// After the usual waiting time.
    Backoff,
    /// Not before the instant the network named.
    At(Timestamp),
}

/// Tries of one delivery, the first included.
pub const MAX_ATTEMPTS: u32 = 3;

/// When a send that certainly did not happen is tried again: 1, 2, 4 minutes after the attempt
/// with up to a fifth of jitter on top, and never earlier than the network said. `attempt` counts
/// from 1. None when it is not tried again.
#[must_use]
pub fn next_try(
    category: Category,
    retry: Retry,
    attempt: u32,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Option<Timestamp> {
    if !category.may_retry() || retry == Retry::Never || attempt >= MAX_ATTEMPTS {
        return None;
    }
    let base = Duration::from_mins(1_u64 << (attempt.max(1) - 1));
    let jitter = Duration::from_millis(entropy.below(base.as_millis() as u64 / 5));
    let usual = now.plus(base + jitter);
    Some(match retry {
        Retry::At(named) => usual.max(named),
        _ => usual,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Max;
    impl Entropy for Max {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
        fn below(&self, bound: u64) -> u64 {
            bound.saturating_sub(1)
        }
    }
    const NOW: Timestamp = Timestamp::from_millis(0);

    #[test]
    fn waits_one_then_two_minutes_then_gives_up() {
        let at = |n| next_try(Category::NetworkError, Retry::Backoff, n, NOW, &Max);
        assert_eq!(at(1), Some(Timestamp::from_millis(60_000 + 11_999)));
        assert_eq!(at(2), Some(Timestamp::from_millis(120_000 + 23_999)));
        assert_eq!(at(3), None);
    }

    #[test]
    fn never_earlier_than_the_network_said() {
        let named = Timestamp::from_millis(3_600_000);
        let at = next_try(Category::RateLimited, Retry::At(named), 1, NOW, &Max);
        assert_eq!(at, Some(named));
        let passed = Timestamp::from_millis(5);
        assert!(next_try(Category::RateLimited, Retry::At(passed), 1, NOW, &Max).unwrap() > passed);
    }

    #[test]
    fn refusals_are_never_retried_whatever_the_connector_says() {
        for category in [
            Category::AuthError,
            Category::Duplicate,
            Category::Validation,
            Category::OverBudget,
        ] {
            assert_eq!(next_try(category, Retry::Backoff, 1, NOW, &Max), None);
        }
    }
}
