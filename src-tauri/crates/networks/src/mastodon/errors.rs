//! What a server's answer means for people: the whole table. Servers answer in their own language, so
//! the status decides and not the words.

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use super::catalogue::NAME;
use crate::api::Failed;
use crate::connector::Refusal;

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Sending a file.
    Uploading,
    /// Showing a part below another one or as the first.
    Showing {
        /// It answers an earlier part.
        reply: bool,
    },
    /// Anything else with an account.
    Calling,
}

/// What a failed call means. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, doing: Doing, handle: &str, now: Timestamp) -> Refusal {
    let words = words(failed);
    let spoken = failed.json().is_some_and(|j| j.get("error").is_some());
    let never = |category, message: String| Refusal::never(category, message);
    let refusal = match (failed.status().unwrap_or_default(), doing) {
        (403, _) if spoken && words.contains("scope") => never(
            Category::AuthError,
            format!(
                "The sign-in of {handle} does not cover this. Connect the account again and allow everything that Almanac asks for."
            ),
        ),
        (403, _) if spoken => never(
            Category::AuthError,
            format!(
                "{NAME} does not let {handle} do this. Look on your server whether the account is confirmed and in good standing, then connect it again."
            ),
        ),
        (404, Doing::Showing { reply: true }) if spoken => never(
            Category::Validation,
            format!(
                "The part before this one was deleted on {NAME}, so the rest of the thread was not posted."
            ),
        ),
        (413, _) => never(
            Category::MediaError,
            "A file is larger than this server takes.".to_owned(),
        ),
        (422, Doing::Uploading) => never(
            Category::MediaError,
            "The server does not take one of the files. Replace it or take it off the post."
                .to_owned(),
        ),
        (500, Doing::Uploading) if words.contains("thumbnail") => Refusal::later(
            Category::MediaError,
            "The server could not read one of the files.",
        ),
        _ => return failed.usual(NAME, handle, now),
    };
    refusal.with_detail(failed.detail())
}

/// The server's own words, in small letters.
fn words(failed: &Failed) -> String {
    let json = failed.json().unwrap_or_default();
    let text = json.get("error").and_then(Value::as_str);
    text.unwrap_or_default().to_ascii_lowercase()
}

/// The server is still working on a file.
#[must_use]
pub fn still_working() -> Refusal {
    Refusal::later(
        Category::MediaProcessing,
        "The server is still working on a file of this post.",
    )
}

/// The server took a file and then could not use it.
#[must_use]
pub fn cannot_use() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "The server took a file of this post, but could not convert it. Replace it or take it off the post.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use model::failure::Retry;

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    fn answered(status: u16, body: &str, doing: Doing) -> Refusal {
        let answer = Answer {
            status,
            headers: [("x-ratelimit-reset", "2026-05-17T06:41:00.000Z")]
                .into_iter()
                .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
                .collect(),
            body: body.as_bytes().to_vec(),
        };
        refusal(&Failed::Answered(answer), doing, "ana@a.example", NOW)
    }

    #[test]
    fn each_answer_has_its_category() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        let (calling, uploading) = (Doing::Calling, Doing::Uploading);
        let showing = |reply| Doing::Showing { reply };
        for (status, body, doing, category, again) in [
            (
                401,
                r#"{"error":"The access token was revoked"}"#,
                calling,
                AuthError,
                false,
            ),
            (
                403,
                r#"{"error":"This action is outside the authorized scopes"}"#,
                calling,
                AuthError,
                false,
            ),
            (
                403,
                r#"{"error":"Your login is currently disabled"}"#,
                calling,
                AuthError,
                false,
            ),
            (403, "<html>", calling, NetworkError, true),
            (
                404,
                r#"{"error":"Record not found"}"#,
                showing(true),
                Validation,
                false,
            ),
            (
                404,
                r#"{"error":"Record not found"}"#,
                showing(false),
                Unknown,
                false,
            ),
            (413, "<html>", uploading, MediaError, false),
            (
                422,
                r#"{"error":"Validation failed"}"#,
                uploading,
                MediaError,
                false,
            ),
            (
                422,
                r#"{"error":"Validation failed: Text"}"#,
                showing(false),
                Validation,
                false,
            ),
            (
                500,
                r#"{"error":"Error processing thumbnail for uploaded media"}"#,
                uploading,
                MediaError,
                true,
            ),
            (500, r#"{"error":"x"}"#, showing(false), NetworkError, true),
            (
                503,
                r#"{"error":"There was a temporary problem"}"#,
                showing(false),
                NetworkError,
                true,
            ),
            (
                429,
                r#"{"error":"Too many requests"}"#,
                calling,
                RateLimited,
                true,
            ),
        ] {
            let refused = answered(status, body, doing);
            assert_eq!(refused.category, category, "{status} {body}");
            assert_eq!(refused.retry != Retry::Never, again, "{status} {body}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
            assert!(refused.detail.is_some(), "{status}");
        }
    }

    #[test]
    fn the_wait_is_read_as_a_date() {
        let refused = answered(429, "{}", Doing::Calling);
        assert_eq!(
            refused.retry,
            Retry::At(Timestamp::from_millis(1_779_000_060_000))
        );
    }
}
