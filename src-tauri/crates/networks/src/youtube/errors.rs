//! What an answer of YouTube means for people: the whole table in one function.

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use crate::api::Failed;
use crate::connector::Refusal;

/// The network's name, for sentences.
pub const NAME: &str = "YouTube";
/// Where the day of Google's quotas begins at midnight.
const QUOTA_ZONE: &str = "America/Los_Angeles";

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    match own(failed, handle, now) {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual(NAME, handle, now),
    }
}

/// The reason that YouTube names; empty when it names none.
#[must_use]
pub fn reason(failed: &Failed) -> String {
    let body = failed.json().unwrap_or_default();
    let named = ["/error/errors/0/reason", "/error/status"]
        .iter()
        .find_map(|path| body.pointer(path).and_then(Value::as_str));
    named.unwrap_or_default().to_owned()
}

/// The next midnight where the quotas begin anew.
fn next_day(now: Timestamp) -> Option<Timestamp> {
    let at = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?;
    let there = at.in_tz(QUOTA_ZONE).ok()?;
    let midnight = there.tomorrow().ok()?.start_of_day().ok()?;
    let millis = midnight.timestamp().as_millisecond();
    Some(Timestamp::from_millis(millis))
}

fn own(failed: &Failed, handle: &str, now: Timestamp) -> Option<Refusal> {
    failed.json()?;
    let never = |category, message: String| Some(Refusal::never(category, message));
    let wait = |at: Option<Timestamp>, message: &str| {
        let retry = at.map_or(Retry::Backoff, Retry::At);
        Some(Refusal::new(Category::RateLimited, retry, message))
    };
    match reason(failed).as_str() {
        "quotaExceeded" | "dailyLimitExceeded" => wait(
            next_day(now),
            "The Google project of this account has used up what YouTube allows for today. Almanac goes on after midnight in California.",
        ),
        "uploadLimitExceeded" => wait(
            Some(now.plus(std::time::Duration::from_hours(24))),
            "YouTube takes no more videos from this channel for a day.",
        ),
        "rateLimitExceeded" | "userRateLimitExceeded" | "uploadRateLimitExceeded"
        | "RESOURCE_EXHAUSTED" => wait(
            None,
            "YouTube asks to wait: too many requests for now.",
        ),
        "youtubeSignupRequired" => never(
            Category::AuthError,
            format!("{handle} has no channel on YouTube. Create one there, then connect the account again."),
        ),
        "authenticatedUserAccountClosed" | "authenticatedUserAccountSuspended" | "channelClosed"
        | "channelSuspended" | "accountDelegationForbidden" => never(
            Category::AuthError,
            format!("YouTube has closed or suspended the channel {handle}. Only YouTube can lift that."),
        ),
        "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" | "forbidden" => never(
            Category::AuthError,
            format!("YouTube does not allow this for {handle}. Connect the account again and leave every box ticked."),
        ),
        "accessNotConfigured" => never(
            Category::Unknown,
            "The YouTube Data API is turned off in your Google project. Turn it on under Library, then send again.".to_owned(),
        ),
        "mediaBodyRequired" | "invalidFilename" | "invalidImage" | "imageFormatUnsupported" => never(
            Category::MediaError,
            "YouTube does not take this file. Convert the video to MP4 and add it again.".to_owned(),
        ),
        "invalidTitle" => never(
            Category::Validation,
            "YouTube does not take the title: up to 100 characters, without < and >.".to_owned(),
        ),
        "invalidDescription" => never(
            Category::Validation,
            "YouTube does not take the description: up to 5,000 bytes, without < and >.".to_owned(),
        ),
        "invalidTags" => never(
            Category::Validation,
            "YouTube does not take the tags. Use fewer or shorter ones.".to_owned(),
        ),
        "invalidCategoryId" => never(
            Category::Validation,
            "YouTube does not know this category in your country. Choose another one.".to_owned(),
        ),
        "forbiddenPrivacySetting" | "forbiddenLicenseSetting" => never(
            Category::Validation,
            "YouTube does not allow this setting for the channel. Choose another one.".to_owned(),
        ),
        _ => None,
    }
}

/// YouTube has the whole video and works on it.
#[must_use]
pub fn working() -> Refusal {
    Refusal::later(
        Category::MediaProcessing,
        "YouTube has the video and is still working on it. Almanac looks again in some minutes.",
    )
}

/// Thumbnails are a right that a channel earns.
#[must_use]
pub fn no_thumbnails() -> Refusal {
    Refusal::never(
        Category::Validation,
        "YouTube takes thumbnails only from channels with a confirmed phone number.",
    )
}

/// A video that YouTube took and then refused, by the reason in its status: nobody can see it.
#[must_use]
pub fn refused(reason: &str) -> Refusal {
    let media = |message: &str| Refusal::never(Category::MediaError, message);
    let refusal = match reason {
        "codec" | "conversion" | "transcodeFailed" | "streamingFailed" => media(
            "YouTube could not convert this video. Convert it to MP4 with H.264 and AAC, and add it again.",
        ),
        "emptyFile" => media("YouTube found nothing in this video. Add it again."),
        "invalidFile" => media(
            "YouTube does not know this kind of file. Convert the video to MP4 and add it again.",
        ),
        "tooSmall" => media("The video is too small for YouTube. Add a larger one."),
        "length" => media(
            "The video is longer than YouTube takes from this channel. Confirm its phone number on YouTube, or cut the video.",
        ),
        "duplicate" => Refusal::never(
            Category::Duplicate,
            "YouTube has this very video already and refused it. Look at the channel in YouTube Studio.",
        ),
        "claim" | "copyright" | "trademark" => Refusal::never(
            Category::Unknown,
            "YouTube refused the video since somebody else claims rights to it. YouTube Studio says who, and how to object.",
        ),
        "inappropriate" | "termsOfUse" | "legal" => Refusal::never(
            Category::Unknown,
            "YouTube refused the video by its rules. YouTube Studio says which, and how to object.",
        ),
        "uploaderAccountClosed" | "uploaderAccountSuspended" => Refusal::never(
            Category::AuthError,
            "YouTube has closed or suspended this channel. Only YouTube can lift that.",
        ),
        "uploadAborted" | "uploadFailed" => Refusal::later(
            Category::MediaError,
            "The upload to YouTube broke off. Almanac sends the video again.",
        ),
        "deleted" => Refusal::never(
            Category::Unknown,
            "The video was deleted on YouTube before it was ready.",
        ),
        _ => media("YouTube refused the video after the upload. YouTube Studio says why."),
    };
    refusal.with_detail(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use reqwest::header::HeaderMap;

    const NOW: Timestamp = Timestamp::from_millis(1_778_742_300_000);

    fn of(status: u16, reason: &str) -> Refusal {
        let body = format!(
            r#"{{"error":{{"code":{status},"message":"m","errors":[{{"reason":"{reason}"}}]}}}}"#
        );
        let failed = Failed::Answered(Answer {
            status,
            headers: HeaderMap::new(),
            body: body.into_bytes(),
        });
        refusal(&failed, "@ana", NOW)
    }

    #[test]
    fn each_reason_has_its_category() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        for (status, reason, category) in [
            (403, "quotaExceeded", RateLimited),
            (400, "uploadLimitExceeded", RateLimited),
            (403, "rateLimitExceeded", RateLimited),
            (401, "authError", AuthError),
            (401, "youtubeSignupRequired", AuthError),
            (403, "insufficientPermissions", AuthError),
            (403, "accessNotConfigured", Unknown),
            (400, "mediaBodyRequired", MediaError),
            (400, "invalidTitle", Validation),
            (403, "forbiddenPrivacySetting", Validation),
            (503, "backendError", NetworkError),
        ] {
            let refused = of(status, reason);
            assert_eq!(refused.category, category, "{reason}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }

    #[test]
    fn the_days_quota_begins_anew_at_midnight_in_california() {
        // 07:05 UTC is five minutes past midnight there.
        let Retry::At(at) = of(403, "quotaExceeded").retry else {
            panic!("no time")
        };
        assert_eq!(at.rfc3339(), "2026-05-15T07:00:00.000Z");
    }
}
