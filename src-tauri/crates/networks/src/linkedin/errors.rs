//! What an answer of LinkedIn means for people: the whole table in one function.

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use crate::api::Failed;
use crate::connector::Refusal;

/// The network's name, for sentences.
pub const NAME: &str = "LinkedIn";

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    match own(failed, handle) {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual(NAME, handle, now),
    }
}

/// The post that LinkedIn takes for the same one; empty when it does not say which. None when it
/// refused for another reason.
#[must_use]
pub fn duplicate_of(failed: &Failed) -> Option<String> {
    let said = Said::of(failed)?;
    let status = failed.status()?;
    let duplicate = said.has("DUPLICATE_POST") || (status == 422 && said.says("duplicate of"));
    if !duplicate {
        return None;
    }
    let from = said.all.find("urn:li:")?;
    let urn = said.all.get(from..).unwrap_or_default();
    let end = urn.find(|c: char| !(c.is_ascii_alphanumeric() || ":-_".contains(c)));
    let urn = urn.get(..end.unwrap_or(urn.len())).unwrap_or_default();
    Some(urn.to_owned())
}

/// Whether LinkedIn cannot use an uploaded file.
#[must_use]
pub fn is_media_lost(failed: &Failed) -> bool {
    Said::of(failed).is_some_and(|said| {
        said.has("MEDIA_ASSET_PROCESSING_FAILED") || said.has("EXPIRED_UPLOAD_URL")
    })
}

/// Everything an answer says.
struct Said {
    all: String,
}

impl Said {
    /// None when a page or nothing came.
    fn of(failed: &Failed) -> Option<Self> {
        let body = failed.json().filter(Value::is_object)?;
        Some(Self {
            all: body.to_string(),
        })
    }

    fn has(&self, code: &str) -> bool {
        self.all.contains(code)
    }

    fn says(&self, words: &str) -> bool {
        self.all.to_lowercase().contains(words)
    }
}

fn own(failed: &Failed, handle: &str) -> Option<Refusal> {
    let said = Said::of(failed)?;
    let status = failed.status()?;
    let never = |category, message: String| Some(Refusal::never(category, message));
    match status {
        426 => never(
            Category::Unknown,
            "LinkedIn no longer speaks the language of this version of Almanac. Update Almanac."
                .to_owned(),
        ),
        _ if said.has("NONEXISTENT_VERSION") => never(
            Category::Unknown,
            "LinkedIn no longer speaks the language of this version of Almanac. Update Almanac."
                .to_owned(),
        ),
        403 => never(
            Category::AuthError,
            format!(
                "LinkedIn does not let {handle} post. The app or your role at the page may lack a permission; connect the account again and allow everything."
            ),
        ),
        _ if duplicate_of(failed).is_some() || status == 422 && said.says("duplicate") => never(
            Category::Duplicate,
            format!(
                "LinkedIn refused this since {handle} posted the same a short while ago. Change the text, or leave it."
            ),
        ),
        409 => Some(Refusal::later(
            Category::NetworkError,
            "LinkedIn was busy with the same account. Almanac tries again.",
        )),
        _ if said.has("MEDIA_ASSET_WAITING_UPLOAD") => Some(Refusal::later(
            Category::MediaProcessing,
            "LinkedIn is still working on a file of this post. Almanac tries again.",
        )),
        _ if is_media_lost(failed) => Some(Refusal::later(
            Category::MediaError,
            "LinkedIn could not use a file of this post. It is uploaded again.",
        )),
        400 if said.has("INVALID_VIDEO_ID") => never(
            Category::MediaError,
            "LinkedIn does not take the video. It has to be an MP4 of 3 seconds to 30 minutes."
                .to_owned(),
        ),
        413 => Some(Refusal::later(
            Category::MediaError,
            "A file is larger than LinkedIn takes.",
        )),
        415 => never(
            Category::MediaError,
            "LinkedIn does not take a file of this format. Replace it.".to_owned(),
        ),
        400 if said.has("FIELD_LENGTH_TOO_LONG") => never(
            Category::Validation,
            "The text is longer than LinkedIn takes. Shorten it.".to_owned(),
        ),
        400 if said.has("INVALID_URN") => never(
            Category::AuthError,
            format!(
                "LinkedIn does not know {handle} under the name Almanac has. Connect the account again."
            ),
        ),
        422 => never(
            Category::Validation,
            "LinkedIn refused the content of this post. The details say which part.".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use model::failure::Retry;
    use reqwest::header::HeaderMap;

    fn failed(status: u16, body: &str) -> Failed {
        Failed::Answered(Answer {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn each_answer_has_its_category() {
        use Category::{
            AuthError, Duplicate, MediaError, MediaProcessing, NetworkError, RateLimited, Unknown,
            Validation,
        };
        let duplicate = r#"{"status":422,"message":"Content is a duplicate of urn:li:share:71","errorDetails":{"inputErrors":[{"code":"DUPLICATE_POST"}]}}"#;
        for (status, body, category, retry) in [
            (
                401,
                r#"{"code":"EXPIRED_ACCESS_TOKEN"}"#,
                AuthError,
                Retry::Never,
            ),
            (403, r#"{"code":"ACCESS_DENIED"}"#, AuthError, Retry::Never),
            (403, "<html>", NetworkError, Retry::Backoff),
            (422, duplicate, Duplicate, Retry::Never),
            (
                422,
                r#"{"message":"unrecognized field"}"#,
                Validation,
                Retry::Never,
            ),
            (
                400,
                r#"{"code":"FIELD_LENGTH_TOO_LONG"}"#,
                Validation,
                Retry::Never,
            ),
            (400, r#"{"code":"INVALID_URN_ID"}"#, AuthError, Retry::Never),
            (
                400,
                r#"{"code":"MEDIA_ASSET_WAITING_UPLOAD"}"#,
                MediaProcessing,
                Retry::Backoff,
            ),
            (
                400,
                r#"{"code":"MEDIA_ASSET_PROCESSING_FAILED"}"#,
                MediaError,
                Retry::Backoff,
            ),
            (409, "{}", NetworkError, Retry::Backoff),
            (413, "{}", MediaError, Retry::Backoff),
            (
                426,
                r#"{"code":"NONEXISTENT_VERSION"}"#,
                Unknown,
                Retry::Never,
            ),
            (
                429,
                r#"{"code":"TOO_MANY_REQUESTS"}"#,
                RateLimited,
                Retry::Backoff,
            ),
            (500, "{}", NetworkError, Retry::Backoff),
        ] {
            let refused = refusal(&failed(status, body), "Ana", Timestamp::from_millis(0));
            assert_eq!(
                (refused.category, refused.retry),
                (category, retry),
                "{status} {body}"
            );
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
        assert_eq!(
            duplicate_of(&failed(422, duplicate)).unwrap(),
            "urn:li:share:71"
        );
        assert_eq!(duplicate_of(&failed(422, "{}")), None);
    }
}
