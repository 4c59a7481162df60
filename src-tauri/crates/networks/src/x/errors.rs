//! What an answer of X means for people: the whole table in one function.

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use crate::api::Failed;
use crate::connector::Refusal;
use crate::tokens::signed_out;

/// The network's name, for sentences.
pub const NAME: &str = "X";

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    match own(failed, handle) {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual(NAME, handle, now),
    }
}

/// Whether X refused a post since the account posted the same a short while ago.
#[must_use]
pub fn is_duplicate(failed: &Failed) -> bool {
    failed.status() == Some(403) && {
        let words = Words::of(failed);
        words.say("duplicate content") || words.code == Some(187)
    }
}

/// Whether X does not know an uploaded file (any more).
#[must_use]
pub fn is_media_lost(failed: &Failed) -> bool {
    failed.status() == Some(400) && {
        let words = Words::of(failed);
        words.say("media ids are invalid") || words.say("media id is invalid")
    }
}

/// Whether X names this parameter of the query as the fault.
#[must_use]
pub fn names_parameter(failed: &Failed, parameter: &str) -> bool {
    failed.status() == Some(400) && Words::of(failed).say(parameter)
}

/// Everything an answer says, in small letters.
struct Words {
    all: String,
    kind: String,
    code: Option<u64>,
}

impl Words {
    fn of(failed: &Failed) -> Self {
        let body = failed.json().unwrap_or_default();
        let kind = body.get("type").and_then(Value::as_str);
        Self {
            all: body.to_string().to_lowercase(),
            kind: kind.unwrap_or_default().to_lowercase(),
            code: body.pointer("/errors/0/code").and_then(Value::as_u64),
        }
    }

    fn say(&self, words: &str) -> bool {
        self.all.contains(words)
    }
}

fn own(failed: &Failed, handle: &str) -> Option<Refusal> {
    let status = failed.status()?;
    // A page says nothing about the account; its status is all there is.
    failed.json()?;
    let words = Words::of(failed);
    let never = |category, message: String| Some(Refusal::never(category, message));
    match status {
        402 => never(
            Category::Unknown,
            "Your X app has no credits left, so nothing was posted. Buy credits in the developer console of X, then send it again.".to_owned(),
        ),
        429 if words.kind.ends_with("usage-capped") || words.say("usagecapexceeded") => never(
            Category::Unknown,
            "Your X app has reached its spending limit. Raise it in the developer console of X, then send it again.".to_owned(),
        ),
        403 if is_duplicate(failed) => never(
            Category::Duplicate,
            format!("X refused this since {handle} posted the same a short while ago. Change the text, or leave it."),
        ),
        403 if words.say("client-not-enrolled") || words.say("client-forbidden") => never(
            Category::Unknown,
            "Your X app may not post. Put it into the package Pay-per-use and the environment Production in the developer console of X.".to_owned(),
        ),
        403 if words.say("suspended") => never(
            Category::AuthError,
            format!("X has suspended the account {handle}. Only X can lift that."),
        ),
        403 if words.say("unsupported-authentication") || words.say("unsupported authentication") => {
            Some(signed_out(NAME, handle))
        }
        403 if words.say("cashtag") => never(
            Category::Validation,
            "X takes one cashtag in a post that comes from an app. Take the others out.".to_owned(),
        ),
        403 if words.say("@mention") || words.say("mentions is not allowed") => never(
            Category::Validation,
            "X does not let your app mention this account. Take the mention out.".to_owned(),
        ),
        403 if words.say("longer than 2 minutes") => never(
            Category::MediaError,
            "X takes videos up to 140 seconds from this account. Make it shorter.".to_owned(),
        ),
        403 => never(
            Category::Unknown,
            format!("X does not allow this post for {handle}. The details say why; trying again costs money, so Almanac does not."),
        ),
        400 if is_media_lost(failed) => Some(Refusal::later(
            Category::MediaError,
            "X no longer has a file of this post. It is uploaded again.",
        )),
        400 if words.say("media") => never(
            Category::MediaError,
            "X does not take one of the files. Replace it or take it off the post.".to_owned(),
        ),
        413 => Some(Refusal::later(
            Category::MediaError,
            "A file is larger than X takes.",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;
    use model::failure::Retry;
    use reqwest::header::HeaderMap;

    fn of(status: u16, body: &str) -> Refusal {
        let failed = Failed::Answered(Answer {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        });
        refusal(&failed, "@ana", Timestamp::from_millis(0))
    }

    #[test]
    fn each_answer_has_its_category() {
        use Category::{
            AuthError, Duplicate, MediaError, NetworkError, RateLimited, Unknown, Validation,
        };
        let duplicate = r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#;
        for (status, body, category, retry) in [
            (402, r#"{"title":"CreditsDepleted"}"#, Unknown, Retry::Never),
            (403, duplicate, Duplicate, Retry::Never),
            (
                403,
                r#"{"errors":[{"code":187,"message":"Status is a duplicate."}]}"#,
                Duplicate,
                Retry::Never,
            ),
            (
                403,
                r#"{"reason":"client-not-enrolled"}"#,
                Unknown,
                Retry::Never,
            ),
            (
                403,
                r#"{"detail":"User has been suspended"}"#,
                AuthError,
                Retry::Never,
            ),
            (
                403,
                r#"{"title":"Unsupported Authentication"}"#,
                AuthError,
                Retry::Never,
            ),
            (
                403,
                r#"{"detail":"maximum of one cashtag"}"#,
                Validation,
                Retry::Never,
            ),
            (
                403,
                r#"{"detail":"Creating posts with @mentions is not allowed for your access package"}"#,
                Validation,
                Retry::Never,
            ),
            (
                403,
                r#"{"detail":"You are not permitted to perform this action."}"#,
                Unknown,
                Retry::Never,
            ),
            (
                403,
                r#"{"detail":"video longer than 2 minutes"}"#,
                MediaError,
                Retry::Never,
            ),
            (
                400,
                r#"{"errors":[{"message":"Your media IDs are invalid."}]}"#,
                MediaError,
                Retry::Backoff,
            ),
            (
                400,
                r#"{"errors":[{"message":"text too long"}]}"#,
                Validation,
                Retry::Never,
            ),
            (413, "{}", MediaError, Retry::Backoff),
            (
                429,
                r#"{"type":"https://api.x.com/2/problems/usage-capped"}"#,
                Unknown,
                Retry::Never,
            ),
            (
                429,
                r#"{"title":"Too Many Requests"}"#,
                RateLimited,
                Retry::Backoff,
            ),
            (401, r#"{"title":"Unauthorized"}"#, AuthError, Retry::Never),
            (503, "{}", NetworkError, Retry::Backoff),
            (403, "<html>", NetworkError, Retry::Backoff),
        ] {
            let refused = of(status, body);
            assert_eq!(
                (refused.category, refused.retry),
                (category, retry),
                "{status} {body}"
            );
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }
}
