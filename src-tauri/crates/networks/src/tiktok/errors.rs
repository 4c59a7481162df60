//! What TikTok's answers mean for people: one table for refused calls, one for posts that failed.

use std::time::Duration;

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use super::catalogue::NAME;
use crate::api::Failed;
use crate::connector::Refusal;

/// How long TikTok takes no more posts once it said that there were too many.
const DAY: Duration = Duration::from_hours(24);

/// The code that TikTok names; empty when it names none.
#[must_use]
pub fn code_of(failed: &Failed) -> String {
    let body = failed.json().unwrap_or_default();
    let code = body.pointer("/error/code").and_then(Value::as_str);
    code.unwrap_or_default().to_owned()
}

/// The status that a code would have, for those that came with a good one.
#[must_use]
pub fn status_of(code: &str) -> u16 {
    match code {
        "access_token_invalid" | "scope_not_authorized" | "scope_permission_missed" => 401,
        "rate_limit_exceeded" => 429,
        "internal_error" => 500,
        _ => 400,
    }
}

/// Whether the access token is not good any more.
#[must_use]
pub fn stale(failed: &Failed) -> bool {
    code_of(failed) == "access_token_invalid"
}

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    match own(&code_of(failed), handle, now) {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual(NAME, handle, now),
    }
}

fn own(code: &str, handle: &str, now: Timestamp) -> Option<Refusal> {
    let never = |category, message: &str| Some(Refusal::never(category, message));
    let tomorrow = |message: &str| {
        Some(Refusal::new(
            Category::RateLimited,
            Retry::At(now.plus(DAY)),
            message,
        ))
    };
    match code {
        "spam_risk_too_many_posts" => {
            tomorrow("TikTok takes no more posts from this account for a day.")
        }
        "reached_active_user_cap" => tomorrow(
            "Your app has as many accounts today as TikTok allows it. Almanac tries again tomorrow.",
        ),
        "spam_risk_too_many_pending_share" => tomorrow(
            "Too many posts wait in the TikTok app. Finish or delete them there; Almanac tries again tomorrow.",
        ),
        "scope_not_authorized" | "scope_permission_missed" => Some(Refusal::never(
            Category::AuthError,
            format!(
                "TikTok does not allow this for {handle}. Connect the account again and leave every switch on."
            ),
        )),
        "spam_risk_user_banned_from_posting" => Some(Refusal::never(
            Category::Unknown,
            format!(
                "TikTok does not let {handle} post at present. Its messages in the TikTok app say why."
            ),
        )),
        "unaudited_client_can_only_post_to_private_accounts" => never(
            Category::Validation,
            "TikTok has not audited your app yet. Until then set the account to private in the TikTok app, and let only yourself see the post.",
        ),
        "privacy_level_option_mismatch" => Some(privacy_gone()),
        "url_ownership_unverified" => never(
            Category::MediaError,
            "TikTok fetches photos only from addresses that your app has verified. Verify that of your public files under URL properties at developers.tiktok.com.",
        ),
        "invalid_file_upload" | "app_version_check_failed" => never(
            Category::MediaError,
            "TikTok does not take this file. Convert the video to MP4 and add it again.",
        ),
        "invalid_param" | "invalid_params" => never(
            Category::Validation,
            "TikTok refused the content of this post. The details say which part.",
        ),
        "invalid_publish_id" | "token_not_authorized_for_specified_publish_id" => never(
            Category::Unknown,
            "TikTok does not know this upload any more.",
        ),
        _ => None,
    }
}

/// Who may see it was chosen among what TikTok offered earlier.
#[must_use]
pub fn privacy_gone() -> Refusal {
    Refusal::never(
        Category::Validation,
        "TikTok no longer offers this account what was chosen under \"Who can see it\". Choose again.",
    )
}

/// The account may not post videos as long as this one.
#[must_use]
pub fn too_long(length_ms: u32, most_seconds: u32) -> Refusal {
    let length = length_ms.div_ceil(1_000);
    Refusal::never(
        Category::MediaError,
        format!(
            "The video runs {length} seconds, and TikTok takes up to {most_seconds} from this account. Cut it and send it again."
        ),
    )
}

/// A post that TikTok took and then could not publish: nothing of it is there.
#[must_use]
pub fn failed(reason: &str, handle: &str) -> Refusal {
    let media = |message: &str| Refusal::never(Category::MediaError, message);
    let refusal = match reason {
        "file_format_check_failed" => media(
            "TikTok cannot read this file. Convert the video to MP4 with H.264 and add it again.",
        ),
        "duration_check_failed" => media(
            "The video is longer or shorter than TikTok takes from this account. Cut it and add it again.",
        ),
        "frame_rate_check_failed" => media(
            "TikTok takes videos with 23 to 60 pictures a second. Convert this one and add it again.",
        ),
        "picture_size_check_failed" => media(
            "A picture or the video is larger or smaller than TikTok takes: sides of a video have 360 to 4,096 pixels.",
        ),
        "video_pull_failed" | "photo_pull_failed" => Refusal::later(
            Category::MediaError,
            "TikTok could not fetch the photos from their public address. It has to answer without a redirect.",
        ),
        "internal" => Refusal::later(
            Category::NetworkError,
            "TikTok had trouble of its own with this post. Almanac sends it again.",
        ),
        "auth_removed" => Refusal::never(
            Category::AuthError,
            format!("{handle} took away your app's right to post. Connect the account again."),
        ),
        "spam_risk" | "spam_risk_text" | "spam_risk_too_many_posts" => Refusal::never(
            Category::Unknown,
            "TikTok takes this post for spam and did not publish it.",
        ),
        "publish_cancelled" => Refusal::never(
            Category::Unknown,
            "This post was stopped on TikTok before it was published.",
        ),
        _ => Refusal::never(
            Category::Unknown,
            "TikTok did not publish this post. The details say why.",
        ),
    };
    refusal.with_detail(reason)
}

/// TikTok has everything and works on it.
#[must_use]
pub fn working() -> Refusal {
    Refusal::later(
        Category::MediaProcessing,
        "TikTok has it and is still working on it. Almanac looks again in some minutes.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use reqwest::header::HeaderMap;

    const NOW: Timestamp = Timestamp::from_millis(1_778_742_300_000);

    fn of(status: u16, code: &str) -> Refusal {
        let body =
            format!(r#"{{"data":{{}},"error":{{"code":"{code}","message":"m","log_id":"l1"}}}}"#);
        let failed = Failed::Answered(Answer {
            status,
            headers: HeaderMap::new(),
            body: body.into_bytes(),
        });
        refusal(&failed, "@ana", NOW)
    }

    #[test]
    fn each_code_has_its_category_and_a_sentence() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        for (status, code, category) in [
            (429, "rate_limit_exceeded", RateLimited),
            (403, "spam_risk_too_many_posts", RateLimited),
            (403, "reached_active_user_cap", RateLimited),
            (403, "spam_risk_too_many_pending_share", RateLimited),
            (401, "access_token_invalid", AuthError),
            (401, "scope_not_authorized", AuthError),
            (403, "spam_risk_user_banned_from_posting", Unknown),
            (
                403,
                "unaudited_client_can_only_post_to_private_accounts",
                Validation,
            ),
            (403, "privacy_level_option_mismatch", Validation),
            (403, "url_ownership_unverified", MediaError),
            (400, "invalid_file_upload", MediaError),
            (400, "invalid_params", Validation),
            (400, "invalid_publish_id", Unknown),
            (500, "internal_error", NetworkError),
        ] {
            let refused = of(status, code);
            assert_eq!(refused.category, category, "{code}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
            assert!(refused.detail.unwrap().contains("l1"), "{code}");
        }
        assert_eq!(
            of(403, "spam_risk_too_many_posts").retry,
            Retry::At(NOW.plus(DAY))
        );
    }

    #[test]
    fn a_failed_post_is_sent_again_only_where_that_can_help() {
        for (reason, again) in [
            ("internal", true),
            ("photo_pull_failed", true),
            ("file_format_check_failed", false),
            ("duration_check_failed", false),
            ("spam_risk", false),
            ("auth_removed", false),
            ("something_new", false),
        ] {
            let refused = failed(reason, "@ana");
            assert_eq!(refused.retry != Retry::Never, again, "{reason}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }
}
