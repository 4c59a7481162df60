//! What a server's answer means for people: the whole table in one function.

use model::failure::{Category, Retry};

use super::client::{CallError, XrpcError};
use crate::connector::Refusal;
use crate::tokens::signed_out;

/// What was being done, for the words of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Signing in with a password.
    SigningIn,
    /// Renewing a session.
    Refreshing,
    /// Anything else with a session.
    Calling,
}

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(error: &CallError, doing: Doing, handle: &str) -> Refusal {
    let refusal = match error {
        CallError::Unreached(words) if words.contains("certificate") => Refusal::later(
            Category::NetworkError,
            "This computer does not trust the certificate of the server. Where a network has certificates of its own, add them in Settings.",
        ),
        CallError::Unreached(_) => Refusal::later(
            Category::NetworkError,
            "Bluesky could not be reached. Check the internet connection.",
        ),
        CallError::Cut(_) => Refusal::later(
            Category::NetworkError,
            "The connection to Bluesky broke before the answer came.",
        ),
        CallError::Strange { status, .. } if *status == 404 || *status == 501 => Refusal::never(
            Category::Unknown,
            "This server does not offer what Almanac needs. Check the server's address.",
        ),
        CallError::Strange { .. } => Refusal::later(
            Category::NetworkError,
            "Something else answered in place of Bluesky. A Wi-Fi sign-in page or a proxy may be in the way.",
        ),
        CallError::Answered(answer) => answered(answer, doing, handle),
    };
    refusal.with_detail(error.detail())
}

fn answered(answer: &XrpcError, doing: Doing, handle: &str) -> Refusal {
    match (answer.status, answer.error.as_str()) {
        (429, _) | (_, "RateLimitExceeded") => {
            let retry = answer.reset.map_or(Retry::Backoff, Retry::At);
            Refusal::new(
                Category::RateLimited,
                retry,
                "Bluesky asks to wait: too many requests for now.",
            )
        }
        (_, "AccountTakedown" | "AccountSuspended") => Refusal::never(
            Category::AuthError,
            format!("Bluesky has suspended the account {handle}. Only Bluesky can lift that."),
        ),
        (_, "AccountDeactivated") => Refusal::never(
            Category::AuthError,
            format!(
                "The account {handle} is deactivated. Activate it on Bluesky, then connect it again."
            ),
        ),
        (_, "AuthFactorTokenRequired") => main_password(),
        (_, "AccountNotFound" | "RepoNotFound") => account_gone(handle),
        (400, "InvalidRequest") if says(answer, "could not find repo") => account_gone(handle),
        (401, "AuthenticationRequired") if doing == Doing::SigningIn => Refusal::never(
            Category::AuthError,
            format!(
                "Bluesky does not know {handle} with that app password. Check both, or make a new app password."
            ),
        ),
        (
            _,
            "ExpiredToken"
            | "InvalidToken"
            | "AuthMissing"
            | "AuthenticationRequired"
            | "BadJwt"
            | "InsufficientScope",
        )
        | (401, _) => signed_out("Bluesky", handle),
        (403, _) => Refusal::never(
            Category::AuthError,
            format!("Bluesky does not allow this for {handle}. Connect the account again."),
        ),
        (_, "InvalidSwap") => Refusal::never(
            Category::Duplicate,
            "Bluesky already holds a different post under the name of this one.",
        ),
        (413, _) | (_, "PayloadTooLarge" | "BlobTooLarge") => Refusal::later(
            Category::MediaError,
            "A picture is larger than this Bluesky server takes.",
        ),
        (_, "BlobNotFound") => Refusal::later(
            Category::MediaError,
            "Bluesky lost a picture between its upload and the post. It is uploaded again.",
        ),
        (400, _) if is_about_media(answer) => Refusal::never(
            Category::MediaError,
            "Bluesky does not take one of the pictures. Replace it or take it off the post.",
        ),
        (400, _) => Refusal::never(
            Category::Validation,
            "Bluesky refused the content of this post. The details say which part.",
        ),
        (404 | 501, _) | (_, "MethodNotImplemented") => Refusal::never(
            Category::Unknown,
            "This server does not offer what Almanac needs. Check the server's address.",
        ),
        (500.., _) => Refusal::later(
            Category::NetworkError,
            "Bluesky has trouble of its own just now.",
        ),
        _ => Refusal::never(
            Category::Unknown,
            "Bluesky refused this without a reason Almanac knows.",
        ),
    }
}

fn says(answer: &XrpcError, words: &str) -> bool {
    answer.message.to_ascii_lowercase().contains(words)
}

fn is_about_media(answer: &XrpcError) -> bool {
    says(answer, "blob too big")
        || says(answer, "file too large")
        || says(answer, "image/")
        || says(answer, "images")
        || says(answer, "mimetype")
}

fn account_gone(handle: &str) -> Refusal {
    Refusal::never(
        Category::AuthError,
        format!(
            "The account {handle} is no longer on this Bluesky server. If it moved, connect it again; if it was deleted, remove it here."
        ),
    )
}

/// The main password was typed, or something that is no app password.
#[must_use]
pub fn main_password() -> Refusal {
    Refusal::never(
        Category::AuthError,
        "That is not an app password. Make one in Bluesky under Settings, Privacy and security, App passwords: four groups of four letters.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;

    fn of(status: u16, error: &str, message: &str) -> Refusal {
        let answer = XrpcError {
            status,
            error: error.to_owned(),
            message: message.to_owned(),
            reset: None,
        };
        refusal(&CallError::Answered(answer), Doing::Calling, "ana.test")
    }

    #[test]
    fn each_answer_has_its_category() {
        use Category::{
            AuthError, Duplicate, MediaError, NetworkError, RateLimited, Unknown, Validation,
        };
        for (status, error, message, category) in [
            (429, "RateLimitExceeded", "", RateLimited),
            (400, "ExpiredToken", "Token has expired", AuthError),
            (400, "InvalidToken", "", AuthError),
            (401, "AuthMissing", "", AuthError),
            (
                401,
                "AuthenticationRequired",
                "Invalid identifier or password",
                AuthError,
            ),
            (401, "AccountTakedown", "", AuthError),
            (403, "AccountNotFound", "", AuthError),
            (
                400,
                "InvalidRequest",
                "Could not find repo: did:plc:x",
                AuthError,
            ),
            (
                400,
                "InvalidRequest",
                "Invalid app.bsky.feed.post record: at $.record.text",
                Validation,
            ),
            (400, "InvalidMimeType", "Wrong mimetype of blob", MediaError),
            (
                400,
                "InvalidRequest",
                "This file is too large. blob too big (maximum 1000000)",
                MediaError,
            ),
            (400, "BlobNotFound", "Could not find blob", MediaError),
            (
                413,
                "PayloadTooLarge",
                "request entity too large",
                MediaError,
            ),
            (400, "InvalidSwap", "Record was at bafy", Duplicate),
            (
                500,
                "InternalServerError",
                "Internal Server Error",
                NetworkError,
            ),
            (501, "MethodNotImplemented", "", Unknown),
            (418, "Teapot", "", Unknown),
        ] {
            let refused = of(status, error, message);
            assert_eq!(refused.category, category, "{status} {error} {message}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }

    #[test]
    fn an_account_that_is_gone_is_told_from_one_that_was_signed_out() {
        for (status, error, message) in [
            (403, "AccountNotFound", "Account not found"),
            (
                400,
                "RepoNotFound",
                "Could not find repo for DID: did:plc:x",
            ),
            (400, "InvalidRequest", "Could not find repo: did:plc:x"),
        ] {
            let refused = of(status, error, message);
            assert_eq!(refused.category, Category::AuthError, "{error}");
            assert_eq!(refused.retry, Retry::Never);
            assert!(refused.message.contains("no longer on this"), "{error}");
        }
        let signed_out = of(400, "ExpiredToken", "Token has expired");
        assert!(signed_out.message.contains("signed ana.test out"));
    }

    #[test]
    fn the_networks_wait_wins() {
        let at = Timestamp::from_millis(5);
        let answer = XrpcError {
            status: 429,
            error: "RateLimitExceeded".to_owned(),
            message: String::new(),
            reset: Some(at),
        };
        let refused = refusal(&CallError::Answered(answer), Doing::Calling, "ana.test");
        assert_eq!(refused.retry, Retry::At(at));
        assert_eq!(of(429, "RateLimitExceeded", "").retry, Retry::Backoff);
    }

    #[test]
    fn pages_in_place_of_answers_are_named_as_such() {
        let strange = CallError::Strange {
            status: 200,
            detail: "text/html: <html>".to_owned(),
        };
        let refused = refusal(&strange, Doing::Calling, "ana.test");
        assert_eq!(refused.category, Category::NetworkError);
        assert!(refused.message.contains("Wi-Fi"));
    }
}
