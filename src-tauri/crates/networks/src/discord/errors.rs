//! What Discord's answers mean for people: the whole table in one function.

use std::time::Duration;

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use crate::api::Failed;
use crate::connector::Refusal;

/// How long one stays away when the edge and not the interface turns calls down.
const AT_THE_EDGE: Duration = Duration::from_mins(10);

/// Discord's own code; none when the answer has none.
fn code_of(failed: &Failed) -> Option<u64> {
    failed.json()?.get("code")?.as_u64()
}

/// Whether a message is not there any more.
#[must_use]
pub fn already_gone(failed: &Failed) -> bool {
    failed.status() == Some(404) && code_of(failed) == Some(10_008)
}

/// Whether this channel's messages may not be read.
#[must_use]
pub fn not_readable(failed: &Failed) -> bool {
    failed.status() == Some(403) && matches!(code_of(failed), Some(50_001 | 50_013))
}

/// Turns a failed call into a refusal. `place` names where it was to go.
#[must_use]
pub fn refusal(failed: &Failed, place: &str, now: Timestamp) -> Refusal {
    match own(failed, place, now) {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual("Discord", place, now),
    }
}

fn limited(retry: Retry) -> Refusal {
    Refusal::new(
        Category::RateLimited,
        retry,
        "Discord asks to wait: too many messages for now.",
    )
}

fn own(failed: &Failed, place: &str, now: Timestamp) -> Option<Refusal> {
    let status = failed.status()?;
    let never = |category, message: &str| Some(Refusal::never(category, message));
    let Some(json) = failed.json() else {
        let edge = failed.detail().contains("1015") && matches!(status, 403 | 429);
        return edge.then(|| limited(Retry::At(now.plus(AT_THE_EDGE))));
    };
    let code = json.get("code").and_then(Value::as_u64).unwrap_or(0);
    let lost = || {
        let message = format!(
            "Discord does not know the channel or the webhook of {place} any more. Connect the account again."
        );
        Some(Refusal::never(Category::AuthError, message))
    };
    let no_right = || {
        let message = format!(
            "Discord does not let Almanac post as {place}. Give it the rights to view the channel, send messages and attach files, then connect the account again."
        );
        Some(Refusal::never(Category::AuthError, message))
    };
    match (status, code) {
        (429, _) | (_, 20_016 | 20_028 | 20_029 | 40_062 | 130_000) => {
            let wait = json.get("retry_after").and_then(Value::as_f64);
            let wait = wait.filter(|s| (0.0..172_800.0).contains(s));
            let at = wait.map(|s| now.plus(Duration::from_secs_f64(s)));
            let named = match failed {
                Failed::Answered(answer) => answer.wait_until(now),
                _ => None,
            };
            let retry = at.or(named).map_or(Retry::Backoff, Retry::At);
            Some(limited(retry))
        }
        (403, 40_333) => Some(Refusal::later(
            Category::NetworkError,
            "Discord's edge turned the call down. It is tried again.",
        )),
        (404, 10_015 | 10_003) => lost(),
        (404, 10_008) => never(
            Category::Duplicate,
            "Discord had this post already, and somebody deleted it there. Duplicate it to post it again.",
        ),
        (401, _) | (_, 40_001 | 50_014 | 50_025 | 50_027) => Some(Refusal::never(
            Category::AuthError,
            format!(
                "Discord does not take the sign-in of {place} any more. Connect the account again."
            ),
        )),
        (_, 50_001 | 50_013 | 40_002 | 50_083 | 160_005 | 400_001) => no_right(),
        (_, 200_000 | 200_001 | 240_000) => never(
            Category::Validation,
            "The rules of this Discord server do not allow the text of this post.",
        ),
        (_, 220_001..=220_004) => never(
            Category::Validation,
            "This webhook belongs to a forum: set the title in a forum. In other channels leave it empty.",
        ),
        (413, _) | (_, 40_005 | 50_045 | 50_046 | 50_146) => never(
            Category::MediaError,
            "A file is larger than Discord takes, or of a kind it does not take.",
        ),
        (400, 50_035) if is_about_files(&json) => never(
            Category::MediaError,
            "Discord does not take one of the files. Replace it or take it off the post.",
        ),
        (400, _) => never(
            Category::Validation,
            "Discord refused the content of this post. The details say which part.",
        ),
        (403, _) => no_right(),
        _ => None,
    }
}

fn is_about_files(json: &Value) -> bool {
    let errors = json.get("errors").and_then(Value::as_object);
    errors.is_some_and(|errors| {
        errors
            .keys()
            .any(|name| name.starts_with("files") || name == "attachments")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    fn answered(status: u16, body: &str) -> Failed {
        Failed::Answered(Answer {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        })
    }

    fn said(status: u16, body: &Value) -> Refusal {
        refusal(&answered(status, &body.to_string()), "Ana's news", NOW)
    }

    #[test]
    fn each_answer_has_its_category_and_a_sentence() {
        use Category::{AuthError, Duplicate, MediaError, NetworkError, RateLimited, Validation};
        for (status, code, category) in [
            (429, 0, RateLimited),
            (400, 20_016, RateLimited),
            (401, 0, AuthError),
            (401, 50_027, AuthError),
            (404, 10_015, AuthError),
            (404, 10_003, AuthError),
            (403, 50_001, AuthError),
            (403, 50_013, AuthError),
            (403, 40_333, NetworkError),
            (404, 10_008, Duplicate),
            (400, 200_000, Validation),
            (400, 220_001, Validation),
            (400, 50_006, Validation),
            (400, 50_035, Validation),
            (413, 40_005, MediaError),
            (400, 50_045, MediaError),
            (500, 0, NetworkError),
        ] {
            let refused = said(status, &json!({ "code": code, "message": "words" }));
            assert_eq!(refused.category, category, "{status} {code}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
        let files = json!({ "code": 50_035, "errors": { "attachments": {} } });
        assert_eq!(said(400, &files).category, MediaError);
    }

    #[test]
    fn waits_are_taken_from_the_body_and_the_edge_is_left_alone() {
        let wait = said(429, &json!({ "retry_after": 2.5, "global": false }));
        let at = NOW.plus(Duration::from_millis(2_500));
        assert_eq!(wait.retry, Retry::At(at));
        let edge = refusal(&answered(429, "<html>error 1015</html>"), "x", NOW);
        assert_eq!(edge.retry, Retry::At(NOW.plus(AT_THE_EDGE)));
        assert_eq!(edge.category, Category::RateLimited);
    }
}
