//! What Threads' answers mean: its own codes first, then those of every network of its kind.

use model::Timestamp;
use model::failure::Category;

use super::catalogue::NAME;
use crate::api::Failed;
use crate::connector::Refusal;
use crate::meta::errors::{self, GraphError};

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    errors::refusal(failed, NAME, handle, now, |error| own(error, handle))
}

fn own(error: &GraphError, handle: &str) -> Option<Refusal> {
    let refusal = match (error.code, error.subcode) {
        (24, _) | (_, 4_279_009) => Refusal::later(
            Category::MediaProcessing,
            "Threads is not done with the post yet.",
        ),
        (_, 4_279_013 | 2_207_050) => Refusal::never(
            Category::AuthError,
            format!(
                "Threads limits the account {handle} for now. Open Threads, follow what it asks, then connect the account again."
            ),
        ),
        (_, 2_207_051) => Refusal::later(
            Category::Unknown,
            "Threads says that it blocks this as unusual activity.",
        ),
        (9_004, _) | (_, 2_207_052 | 2_207_003) => hosting(),
        _ if error.says("could not be fetched") => hosting(),
        _ if error.says("link_limit_exceeded") => Refusal::never(
            Category::Validation,
            "Threads takes at most five different links in a post.",
        ),
        _ if error.says("feature_not_available") => Refusal::never(
            Category::Validation,
            format!(
                "Threads does not offer {handle} something this post uses. Take its options back."
            ),
        ),
        _ if error.says("publishing limit") || error.says("reply limit") => Refusal::later(
            Category::RateLimited,
            "Threads takes no more posts of this account today.",
        ),
        _ => return None,
    };
    Some(refusal)
}

fn hosting() -> Refusal {
    Refusal::later(
        Category::MediaError,
        "Threads could not fetch a file from its public address. Check that it is open to everybody on the web.",
    )
}

/// What it means that a container failed, by the network's word for it.
#[must_use]
pub fn failed(reason: &str) -> Refusal {
    let refusal = match reason {
        "FAILED_DOWNLOADING_VIDEO" => hosting(),
        "INVALID_ASPEC_RATIO" => media("has a shape that it does not take"),
        "INVALID_DURATION" => media("is too long; five minutes is the most"),
        "INVALID_FRAME_RATE" => {
            media("has too few or too many pictures a second; 23 to 60 are right")
        }
        "INVALID_BIT_RATE" => media("has too many bits a second"),
        reason if reason.starts_with("INVALID_AUDIO") || reason == "FAILED_PROCESSING_AUDIO" => {
            media("has sound that it does not take; use AAC with one or two channels")
        }
        "FAILED_PROCESSING_VIDEO" => media("cannot be used; convert it to MP4 with H.264 and AAC"),
        _ => Refusal::later(
            Category::MediaError,
            "Threads could not make the post ready.",
        ),
    };
    refusal.with_detail(reason)
}

fn media(why: &str) -> Refusal {
    Refusal::never(
        Category::MediaError,
        format!("Threads says that a video {why}."),
    )
}

#[cfg(test)]
mod tests {
    use model::failure::Retry;

    use super::*;
    use crate::meta::errors::tests::failed as answer;

    #[test]
    fn each_code_of_its_own_has_its_category() {
        use Category::{AuthError, MediaError, MediaProcessing, RateLimited, Unknown, Validation};
        for (code, subcode, words, category) in [
            (24, 4_279_009, "", MediaProcessing),
            (10, 4_279_013, "", AuthError),
            (4, 2_207_051, "", Unknown),
            (9_004, 2_207_052, "", MediaError),
            (100, 0, "THREADS_API__LINK_LIMIT_EXCEEDED", Validation),
            (
                100,
                0,
                "Param text must be at most 500 characters long.",
                Validation,
            ),
            (4, 0, "", RateLimited),
            (190, 0, "", AuthError),
        ] {
            let refused = refusal(
                &answer(code, subcode, words),
                "ana",
                Timestamp::from_millis(0),
            );
            assert_eq!(refused.category, category, "{code}/{subcode} {words}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }

    #[test]
    fn a_failed_container_says_what_to_do() {
        for (reason, retry) in [
            ("FAILED_DOWNLOADING_VIDEO", Retry::Backoff),
            ("INVALID_DURATION", Retry::Never),
            ("INVALID_AUDIO_CHANNELS", Retry::Never),
            ("UNKNOWN", Retry::Backoff),
        ] {
            let refused = failed(reason);
            assert_eq!(
                (refused.category, refused.retry),
                (Category::MediaError, retry),
                "{reason}"
            );
        }
    }
}
