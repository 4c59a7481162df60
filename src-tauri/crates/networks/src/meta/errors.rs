//! Errors of the Graph interface: `{"error":{"message","code","error_subcode","is_transient"}}`, nearly
//! always with status 400; the sub-code says more than the code.

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use super::usage;
use crate::api::Failed;
use crate::connector::Refusal;
use crate::tokens::signed_out;

/// An error as the interface writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphError {
    /// The code.
    pub code: i64,
    /// The sub-code; 0 when there is none.
    pub subcode: i64,
    /// The network's words.
    pub message: String,
    /// It passes by itself.
    pub transient: bool,
}

impl GraphError {
    /// Reads it from a failed call; none when the answer has another form.
    #[must_use]
    pub fn of(failed: &Failed) -> Option<Self> {
        let json = failed.json()?;
        let error = json.get("error")?.as_object()?;
        let number = |name: &str| error.get(name).and_then(Value::as_i64).unwrap_or_default();
        let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
        Some(Self {
            code: number("code"),
            subcode: number("error_subcode"),
            message: text("message").to_owned(),
            transient: error.get("is_transient").and_then(Value::as_bool) == Some(true),
        })
    }

    /// Whether the words are in the message, in small letters.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.message.to_ascii_lowercase().contains(words)
    }

    /// Whether the budget of calls is used up.
    #[must_use]
    pub fn limits(&self) -> bool {
        matches!(self.code, 4 | 17 | 32 | 341 | 613 | 80_000..=80_014) && self.subcode == 0
    }

    /// Whether the token is not good any more.
    #[must_use]
    pub fn signs_out(&self) -> bool {
        matches!(self.code, 190 | 102 | 2500)
    }

    /// Whether the proof that the app's secret is known is missing, or is not that of the secret. It is
    /// said with the code of wrong parameters.
    #[must_use]
    pub fn wants_proof(&self) -> bool {
        self.code == 100 && self.says("appsecret_proof")
    }

    /// Whether the thing behind the token has no such field, as a person has none of a Page's.
    #[must_use]
    pub fn lacks_field(&self) -> bool {
        self.code == 100 && self.says("nonexisting field")
    }

    /// Whether what was asked for is not there (any more).
    #[must_use]
    pub fn is_gone(&self) -> bool {
        (self.code == 100 && self.subcode == 33) || self.code == 803
    }
}

/// Whether a failed call may have had its effect. The interface says with status 400 that something
/// went wrong inside it, which proves nothing.
#[must_use]
pub fn may_have_worked(failed: &Failed) -> bool {
    if failed.may_have_worked() {
        return true;
    }
    GraphError::of(failed).is_some_and(|error| {
        let inside = matches!(error.code, 1 | 2) || error.transient;
        inside && !error.limits() && !error.signs_out()
    })
}

/// Whether the thing is not there (any more).
#[must_use]
pub fn is_gone(failed: &Failed) -> bool {
    GraphError::of(failed).is_some_and(|error| error.is_gone())
}

/// Whether the thing behind the token has no such field.
#[must_use]
pub fn lacks_field(failed: &Failed) -> bool {
    GraphError::of(failed).is_some_and(|error| error.lacks_field())
}

/// What a failed call means: by the network's own table first, then by what all say alike.
#[must_use]
pub fn refusal(
    failed: &Failed,
    network: &str,
    handle: &str,
    now: Timestamp,
    own: impl FnOnce(&GraphError) -> Option<Refusal>,
) -> Refusal {
    let Some(error) = GraphError::of(failed) else {
        return upload_refusal(failed, network)
            .unwrap_or_else(|| failed.usual(network, handle, now));
    };
    let refusal = own(&error).unwrap_or_else(|| common(&error, failed, network, handle, now));
    refusal.with_detail(format!(
        "{}/{}: {}",
        error.code, error.subcode, error.message
    ))
}

fn common(
    error: &GraphError,
    failed: &Failed,
    network: &str,
    handle: &str,
    now: Timestamp,
) -> Refusal {
    if error.limits() {
        let until = match failed {
            Failed::Answered(answer) => {
                usage::regained(answer, now).or_else(|| answer.wait_until(now))
            }
            _ => None,
        };
        return Refusal::new(
            Category::RateLimited,
            until.map_or(Retry::Backoff, Retry::At),
            format!("{network} asks to wait: too many requests for now."),
        );
    }
    if error.wants_proof() {
        return unproven(error, network, handle);
    }
    match (error.code, error.subcode) {
        (190, 459 | 464) => Refusal::never(
            Category::AuthError,
            format!(
                "{network} wants {handle} to confirm something first. Open {network}, follow what it asks, then connect the account again."
            ),
        ),
        (190 | 102 | 2500, _) => signed_out(network, handle),
        (3 | 10 | 200..=299, _) => Refusal::never(
            Category::AuthError,
            format!(
                "{network} does not allow this for {handle}. Check the permissions of your app and your role, then connect the account again."
            ),
        ),
        (368, _) => Refusal::never(
            Category::Validation,
            format!(
                "{network} blocks {handle} for now because of its rules. Look at {network} for the reason."
            ),
        ),
        (1 | 2, _) => own_trouble(network),
        _ if error.transient => own_trouble(network),
        (100, 33) => Refusal::never(
            Category::Unknown,
            format!(
                "{network} does not find what Almanac asked for. It may be deleted, or {handle} may not see it."
            ),
        ),
        (100, _) => Refusal::never(
            Category::Validation,
            format!("{network} refused the content of this post. The details say which part."),
        ),
        _ => failed.usual(network, handle, now),
    }
}

/// The proof is kept beside its token and ends with the app's secret, of which nothing is kept.
fn unproven(error: &GraphError, network: &str, handle: &str) -> Refusal {
    let message = if error.says("invalid") {
        format!(
            "{network} says that the secret of your app is another one than when {handle} was connected. Connect the account again."
        )
    } else {
        "Your app wants its secret proven with every call (Require App Secret). Connect the account with your browser, or turn that off under App settings, Advanced."
            .to_owned()
    };
    Refusal::never(Category::AuthError, message)
}

fn own_trouble(network: &str) -> Refusal {
    Refusal::later(
        Category::NetworkError,
        format!("{network} has trouble of its own just now."),
    )
}

/// What a refused resumable upload means: `{"debug_info":{"retriable","type","message"}}`.
fn upload_refusal(failed: &Failed, network: &str) -> Option<Refusal> {
    let json = failed.json()?;
    let info = json.get("debug_info")?.as_object()?;
    let retriable = info.get("retriable").and_then(Value::as_bool) == Some(true);
    let kind = info.get("type").and_then(Value::as_str).unwrap_or_default();
    let refusal = if kind == "ProcessingFailedError" && !retriable {
        Refusal::never(
            Category::MediaError,
            format!("{network} cannot use this video. Convert it to MP4 with H.264 and AAC."),
        )
    } else {
        Refusal::later(
            Category::NetworkError,
            format!("{network} did not take the whole video. It is sent again."),
        )
    };
    Some(refusal.with_detail(failed.detail()))
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Answer;

    /// A refusal with a code and a sub-code.
    pub(crate) fn failed(code: i64, subcode: i64, message: &str) -> Failed {
        let body = json!({ "error": {
            "message": message, "type": "OAuthException", "code": code, "error_subcode": subcode,
        }});
        Failed::Answered(Answer {
            status: 400,
            headers: reqwest::header::HeaderMap::new(),
            body: body.to_string().into_bytes(),
        })
    }

    fn of(code: i64, subcode: i64) -> Refusal {
        let now = Timestamp::from_millis(0);
        refusal(&failed(code, subcode, "words"), "Net", "ana", now, |_| None)
    }

    #[test]
    fn each_code_has_its_category() {
        use Category::{AuthError, NetworkError, RateLimited, Unknown, Validation};
        for (code, subcode, category) in [
            (190, 463, AuthError),
            (190, 459, AuthError),
            (102, 0, AuthError),
            (10, 0, AuthError),
            (200, 0, AuthError),
            (4, 0, RateLimited),
            (80_001, 0, RateLimited),
            (613, 0, RateLimited),
            (368, 0, Validation),
            (1, 0, NetworkError),
            (2, 0, NetworkError),
            (100, 33, Unknown),
            (100, 0, Validation),
            (12_345, 0, Validation),
        ] {
            let refused = of(code, subcode);
            assert_eq!(refused.category, category, "{code}/{subcode}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
            assert!(!refused.message.contains("190"), "{}", refused.message);
        }
    }

    #[test]
    fn a_proof_that_does_not_hold_is_told_apart_from_one_that_is_missing() {
        let now = Timestamp::from_millis(0);
        for (words, told) in [
            (
                "Invalid appsecret_proof provided in the API argument",
                "secret of your app is another one",
            ),
            (
                "API calls from the server require an appsecret_proof argument",
                "Require App Secret",
            ),
        ] {
            let refused = refusal(&failed(100, 0, words), "Net", "ana", now, |_| None);
            assert_eq!(
                (refused.category, refused.retry),
                (Category::AuthError, Retry::Never)
            );
            assert!(refused.message.contains(told), "{}", refused.message);
        }
    }

    #[test]
    fn trouble_inside_the_network_proves_nothing() {
        assert!(may_have_worked(&failed(1, 0, "")));
        assert!(may_have_worked(&failed(2, 0, "")));
        for certain in [4, 190, 100, 200] {
            assert!(!may_have_worked(&failed(certain, 0, "")), "{certain}");
        }
    }
}
