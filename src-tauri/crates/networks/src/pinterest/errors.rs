//! What Pinterest's answers mean for people: the whole table in one function.

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use crate::api::Failed;
use crate::connector::Refusal;

fn code_of(failed: &Failed) -> Option<i64> {
    failed.json()?.get("code")?.as_i64()
}

/// Whether the access token is not good any more.
#[must_use]
pub fn stale(failed: &Failed) -> bool {
    failed.status() == Some(401) && code_of(failed) != Some(3)
}

/// Whether a pin is not there any more.
#[must_use]
pub fn already_gone(failed: &Failed) -> bool {
    failed.status() == Some(404) && code_of(failed) == Some(50)
}

/// Whether the token call was refused for what it brought, and not for passing trouble.
#[must_use]
pub fn token_refused(failed: &Failed) -> bool {
    let refused = failed.status().is_some_and(|s| (400..=403).contains(&s));
    refused && code_of(failed).is_some_and(|code| code != 8)
}

/// Turns a failed call into a refusal.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    match own(failed, handle, now) {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual("Pinterest", handle, now),
    }
}

fn own(failed: &Failed, handle: &str, now: Timestamp) -> Option<Refusal> {
    let Failed::Answered(answer) = failed else {
        return None;
    };
    let json = answer.json()?;
    let code = json.get("code").and_then(Value::as_i64)?;
    let words = json["message"].as_str().unwrap_or_default().to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let refusal = match (answer.status, code) {
        (429, _) => Refusal::new(
            Category::RateLimited,
            answer.wait_until(now).map_or(Retry::Backoff, Retry::At),
            "Pinterest asks to wait: too many pins for now.",
        ),
        (401, 3) => Refusal::never(
            Category::AuthError,
            format!(
                "Your app at Pinterest may not do this for {handle}. Connect the account again and allow everything it asks for."
            ),
        ),
        (400 | 403, 2_625 | 2_626) => Refusal::never(
            Category::AuthError,
            format!(
                "Pinterest has {handle} under review or closed. See its messages on Pinterest."
            ),
        ),
        (403, _) if says(&["trial"]) => Refusal::never(
            Category::AuthError,
            "Your app has only Trial access, with which Pinterest does not take this. Ask for Standard access at developers.pinterest.com.",
        ),
        (403, _) if says(&["board"]) => Refusal::never(
            Category::Validation,
            "Pinterest does not let your app use this board. Secret boards need more rights; choose another one.",
        ),
        (403, _) => Refusal::never(
            Category::AuthError,
            format!("Pinterest does not allow this for {handle}. Connect the account again."),
        ),
        (404, 40) => Refusal::never(
            Category::Validation,
            "The board of this pin is not on Pinterest any more. Choose another one.",
        ),
        (404, 50) => Refusal::never(Category::Unknown, "The pin is not on Pinterest any more."),
        (400, _) if says(&["cover", "media", "image", "video"]) => Refusal::never(
            Category::MediaError,
            "Pinterest does not take the picture or the video. Replace it.",
        ),
        (400, _) if says(&["link", "url", "spam"]) => Refusal::never(
            Category::Validation,
            "Pinterest does not take the link. Use the page's own address, without a shortener.",
        ),
        (400, _) => Refusal::never(
            Category::Validation,
            "Pinterest refused the content of this pin. The details say why.",
        ),
        _ => return None,
    };
    Some(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    #[test]
    fn each_answer_has_its_category_and_a_sentence() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        for (status, code, words, category) in [
            (429, 8, "You have exceeded your rate limit", RateLimited),
            (401, 2, "Authentication failed.", AuthError),
            (401, 3, "Your application needs more scopes", AuthError),
            (403, 29, "Your application has Trial access", AuthError),
            (403, 7, "You may not use this board", Validation),
            (403, 403, "no", AuthError),
            (400, 2_626, "under review", AuthError),
            (404, 40, "Board not found.", Validation),
            (404, 50, "Pin not found.", Unknown),
            (400, 1, "Invalid image size", MediaError),
            (400, 1, "Invalid url: link", Validation),
            (400, 1, "title is too long", Validation),
            (500, 12, "Sorry", NetworkError),
        ] {
            let body = serde_json::json!({ "code": code, "message": words });
            let failed = Failed::Answered(Answer {
                status,
                headers: reqwest::header::HeaderMap::new(),
                body: body.to_string().into_bytes(),
            });
            let refused = refusal(&failed, "ana", NOW);
            assert_eq!(refused.category, category, "{status} {code} {words}");
            assert!(refused.message.ends_with('.'));
        }
    }
}
