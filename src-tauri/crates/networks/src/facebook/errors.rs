//! What Facebook's answers mean: its own codes first, then those of every network of its kind.

use model::Timestamp;
use model::failure::{Category, Retry};

use super::catalogue::NAME;
use crate::api::Failed;
use crate::connector::Refusal;
use crate::meta::errors::{self, GraphError};

/// Turns a failed call into a refusal. `handle` names the Page.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    errors::refusal(failed, NAME, handle, now, |error| own(error, handle))
}

fn own(error: &GraphError, handle: &str) -> Option<Refusal> {
    let refusal = match (error.code, error.subcode) {
        (_, 1_404_078 | 4_854_002) => Refusal::never(
            Category::AuthError,
            format!(
                "Facebook wants you to confirm who you are before {handle} may publish. Open the Page on Facebook and follow what it asks."
            ),
        ),
        (_, 1_390_008) => Refusal::new(
            Category::RateLimited,
            Retry::Backoff,
            "Facebook says that this Page posts too fast for now.",
        ),
        (506, _) | (_, 1_366_051) => Refusal::never(
            Category::Duplicate,
            "Facebook says that the Page has just posted the same. Change a word, or leave it.",
        ),
        (_, 1_346_003 | 1_404_102 | 1_404_112 | 1_404_006) => Refusal::never(
            Category::Validation,
            format!(
                "Facebook holds this back because of its rules, or limits {handle} for now. Look at the Page on Facebook for the reason."
            ),
        ),
        (_, 2_061_006 | 1_609_005 | 1_609_008 | 1_349_125) => Refusal::never(
            Category::Validation,
            "Facebook does not take the link of this post. Check its address.",
        ),
        (_, 1_363_040) => media("an upright video of 9:16"),
        (_, 1_363_127) => media("a video of at least 540 by 960 pixels"),
        (_, 1_363_128) => media("a video of 3 to 90 seconds as a reel, and up to 60 as a story"),
        (_, 1_363_129) => media("a video of 24 to 60 pictures a second"),
        (_, 1_363_047 | 1_609_010) => Refusal::later(
            Category::NetworkError,
            "Facebook has trouble of its own just now.",
        ),
        (324, 0) if error.says("photo id") => Refusal::later(
            Category::MediaError,
            "Facebook lost a picture between its upload and the post. It is uploaded again.",
        ),
        (324, 2_069_019) | (_, 1_366_046) => Refusal::later(
            Category::MediaError,
            "Facebook takes smaller pictures than this one. It is made smaller.",
        ),
        (324 | 352 | 389 | 382 | 6_000 | 6_001, _) => Refusal::never(
            Category::MediaError,
            "Facebook does not take a file of this post. Replace it or take it off.",
        ),
        _ => return None,
    };
    Some(refusal)
}

fn media(wanted: &str) -> Refusal {
    Refusal::never(
        Category::MediaError,
        format!("Facebook needs {wanted} here."),
    )
}

/// Whether Facebook does not find a picture that was uploaded.
#[must_use]
pub fn lost_photo(failed: &Failed) -> bool {
    GraphError::of(failed).is_some_and(|e| (e.code, e.subcode) == (324, 0) && e.says("photo id"))
}

/// A video that Facebook took and could not use.
#[must_use]
pub fn unusable_video() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "Facebook took the video and could not use it. Convert it to MP4 with H.264 and AAC; a reel is upright and has 3 to 90 seconds.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::errors::tests::failed;

    #[test]
    fn each_code_of_its_own_has_its_category() {
        use Category::{AuthError, Duplicate, MediaError, NetworkError, RateLimited, Validation};
        for (code, subcode, category, retry) in [
            (200, 1_404_078, AuthError, Retry::Never),
            (190, 460, AuthError, Retry::Never),
            (1, 1_390_008, RateLimited, Retry::Backoff),
            (506, 0, Duplicate, Retry::Never),
            (100, 1_366_051, Duplicate, Retry::Never),
            (368, 1_346_003, Validation, Retry::Never),
            (100, 2_061_006, Validation, Retry::Never),
            (100, 1_363_040, MediaError, Retry::Never),
            (324, 0, MediaError, Retry::Never),
            (324, 2_069_019, MediaError, Retry::Backoff),
            (6_000, 0, MediaError, Retry::Never),
            (1, 1_363_047, NetworkError, Retry::Backoff),
            (80_001, 0, RateLimited, Retry::Backoff),
        ] {
            let refused = refusal(&failed(code, subcode, ""), "Ana", Timestamp::from_millis(0));
            assert_eq!(refused.category, category, "{code}/{subcode}");
            assert_eq!(refused.retry, retry, "{code}/{subcode}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }
}
