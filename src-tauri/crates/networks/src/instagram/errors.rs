//! What Instagram's answers mean: its own codes first, then those of every network of its kind.

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

/// An account that cannot be published to.
#[must_use]
pub fn personal(handle: &str) -> Refusal {
    Refusal::never(
        Category::AuthError,
        format!(
            "{handle} is a personal account, and Instagram lets programs post to business and creator accounts alone. Switch it in Instagram under Settings, Account type and tools, then connect it again."
        ),
    )
}

fn own(error: &GraphError, handle: &str) -> Option<Refusal> {
    let refusal = match error.subcode {
        2_207_042 => Refusal::later(
            Category::RateLimited,
            "Instagram takes no more posts of this account today.",
        ),
        2_207_051 => Refusal::later(
            Category::Unknown,
            "Instagram says that it blocks this as unusual activity.",
        ),
        2_207_050 => Refusal::never(
            Category::AuthError,
            format!(
                "Instagram limits the account {handle} for now. Open Instagram, follow what it asks, then connect the account again."
            ),
        ),
        2_207_001 | 2_207_032 | 2_207_053 => Refusal::later(
            Category::NetworkError,
            "Instagram has trouble of its own just now.",
        ),
        2_207_010 => Refusal::never(
            Category::Validation,
            "Instagram says that the caption is too long.",
        ),
        2_207_040 => Refusal::never(
            Category::Validation,
            "Instagram says that there are too many mentions or hashtags in the caption.",
        ),
        subcode => return by_file(subcode).or_else(|| by_words(error, handle)),
    };
    Some(refusal)
}

fn by_words(error: &GraphError, handle: &str) -> Option<Refusal> {
    (error.says("not an instagram business") || error.says("not a business"))
        .then(|| personal(handle))
}

/// What is wrong with a file or its container, by the sub-code.
fn by_file(subcode: i64) -> Option<Refusal> {
    let never = |words: &str| {
        let message = format!("Instagram {words}.");
        Some(Refusal::never(Category::MediaError, message))
    };
    match subcode {
        2_207_003 | 2_207_052 | 2_207_077 => Some(Refusal::later(
            Category::MediaError,
            "Instagram could not fetch a file from its public address. Check that it is open to everybody on the web.",
        )),
        2_207_006 | 2_207_008 | 2_207_020 | 2_207_027 => Some(Refusal::later(
            Category::MediaProcessing,
            "Instagram is not done with the post yet.",
        )),
        2_207_004 => never("says that a picture is too large"),
        2_207_005 => never("does not take the format of a file"),
        2_207_009 => never("does not take the shape of a picture: from 4:5 upright to 1.91:1 wide"),
        2_207_026 => {
            never("does not take the format of the video; convert it to MP4 with H.264 and AAC")
        }
        2_207_057 => never("says that the moment of the cover lies outside of the video"),
        2_207_023 | 2_207_028 | 2_207_082 => {
            never("does not take a file of this post. Replace it or take it off")
        }
        _ => None,
    }
}

/// What it means that a container failed. Its words begin with `Error:` and hold the sub-code.
#[must_use]
pub fn failed(reason: &str) -> Refusal {
    let mut numbers = reason.split(|c: char| !c.is_ascii_digit());
    let subcode = numbers.find_map(|n| n.parse::<i64>().ok().filter(|n| *n > 2_207_000));
    let usual = || {
        Refusal::later(
            Category::MediaError,
            "Instagram could not make the post ready.",
        )
    };
    subcode
        .and_then(by_file)
        .unwrap_or_else(usual)
        .with_detail(reason)
}

#[cfg(test)]
mod tests {
    use model::failure::Retry;

    use super::*;
    use crate::meta::errors::tests::failed as answer;

    #[test]
    fn each_code_of_its_own_has_its_category() {
        use Category::{
            AuthError, MediaError, MediaProcessing, NetworkError, RateLimited, Unknown, Validation,
        };
        for (code, subcode, category) in [
            (9, 2_207_042, RateLimited),
            (4, 2_207_051, Unknown),
            (25, 2_207_050, AuthError),
            (-1, 2_207_001, NetworkError),
            (9_004, 2_207_052, MediaError),
            (9_007, 2_207_027, MediaProcessing),
            (36_003, 2_207_009, MediaError),
            (352, 2_207_026, MediaError),
            (36_004, 2_207_010, Validation),
            (190, 463, AuthError),
            (80_002, 0, RateLimited),
            (100, 0, Validation),
        ] {
            let refused = refusal(&answer(code, subcode, ""), "ana", Timestamp::from_millis(0));
            assert_eq!(refused.category, category, "{code}/{subcode}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
        let words = "The user is not an Instagram Business";
        let refused = refusal(&answer(10, 0, words), "ana", Timestamp::from_millis(0));
        assert!(refused.message.contains("personal account"));
    }

    #[test]
    fn a_failed_container_says_what_to_do() {
        let told = |words| failed(words);
        let ratio = told("Error: Media upload has failed with error code 2207026");
        assert_eq!(
            (ratio.category, ratio.retry),
            (Category::MediaError, Retry::Never)
        );
        assert_eq!(told("").retry, Retry::Backoff);
        assert_eq!(told("Error: 2207003").retry, Retry::Backoff);
    }
}
