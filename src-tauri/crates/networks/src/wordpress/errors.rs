//! What a site's answer means for people: the whole table in one function. Codes are those of the REST
//! handbook and of WordPress's source; their messages are in the site's language and never looked at.

use model::Timestamp;
use model::failure::Category;

use super::client::code_of;
use crate::api::Failed;
use crate::connector::Refusal;

/// What was being done, for the words of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Signing in with a password.
    SigningIn,
    /// Uploading a file.
    Uploading,
    /// Anything else.
    Calling,
}

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, doing: Doing, handle: &str, now: Timestamp) -> Refusal {
    let code = code_of(failed);
    let status = failed.status().unwrap_or_default();
    let refusal = match (status, code.as_str()) {
        (401 | 403, _) if doing == Doing::SigningIn && !code.is_empty() => wrong_password(),
        (401, _) => Refusal::never(
            Category::AuthError,
            format!("The site no longer takes the sign-in of {handle}. Connect the account again."),
        ),
        // The host's firewall speaks in pages.
        (403, "") => return failed.usual("WordPress", handle, now),
        (403, _) => Refusal::never(
            Category::AuthError,
            format!(
                "The site does not let {handle} do this. Ask its administrator for the role Author, or choose \"Waiting for review\"."
            ),
        ),
        (404, "rest_no_route") => Refusal::never(
            Category::Unknown,
            "The site keeps its interface for programs closed. A security plugin may have turned it off.",
        ),
        (_, "rest_post_invalid_id") | (410, _) => Refusal::never(
            Category::Validation,
            "The article is no longer on the site.",
        ),
        (413 | 412, _)
        | (
            _,
            "rest_upload_file_too_big"
            | "rest_upload_limited_space"
            | "rest_upload_user_quota_exceeded",
        ) => Refusal::later(
            Category::MediaError,
            "A file is larger than this site takes, or its space is used up.",
        ),
        // Said with 500 for a kind of file that is not allowed: no trouble of the server's own.
        (_, "rest_upload_sideload_error") => Refusal::never(
            Category::MediaError,
            "The site does not take files of this kind. Replace the file, or allow its kind on the site.",
        ),
        (_, code) if code.starts_with("rest_upload_") => Refusal::never(
            Category::MediaError,
            "The site refused a file of this post. Replace it or take it off the post.",
        ),
        (400, _) if doing == Doing::Uploading && !code.is_empty() => Refusal::never(
            Category::MediaError,
            "The site refused a file of this post. Replace it or take it off the post.",
        ),
        _ => return failed.usual("WordPress", handle, now),
    };
    refusal.with_detail(failed.detail())
}

/// The user name and the password do not go together, as far as the site tells.
#[must_use]
pub fn wrong_password() -> Refusal {
    Refusal::never(
        Category::AuthError,
        "The site does not take that user name with that application password. Check both; if they are right, its server drops the sign-in on the way, and whoever runs it has to let the Authorization header through.",
    )
}

/// Whether an upload was refused for its size.
#[must_use]
pub fn is_too_large(failed: &Failed) -> bool {
    failed.status() == Some(413) || code_of(failed) == "rest_upload_file_too_big"
}

/// Whether something is not there any more.
#[must_use]
pub fn is_gone(failed: &Failed) -> bool {
    let code = code_of(failed);
    code == "rest_post_invalid_id" || code == "rest_already_trashed"
}

#[cfg(test)]
mod tests {
    use model::failure::Retry;
    use serde_json::json;

    use super::*;
    use crate::api::Answer;

    fn failed(status: u16, body: String) -> Failed {
        Failed::Answered(Answer {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: body.into_bytes(),
        })
    }

    #[test]
    fn each_answer_has_its_category() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        let now = Timestamp::from_millis(0);
        for (status, code, category) in [
            (401, "rest_not_logged_in", AuthError),
            (401, "rest_forbidden_context", AuthError),
            (403, "rest_cannot_publish", AuthError),
            (403, "", NetworkError),
            (404, "rest_no_route", Unknown),
            (404, "rest_post_invalid_id", Validation),
            (400, "rest_invalid_param", Validation),
            (400, "empty_content", Validation),
            (500, "rest_upload_sideload_error", MediaError),
            (400, "rest_upload_no_data", MediaError),
            (413, "", MediaError),
            (429, "", RateLimited),
            (500, "internal_server_error", NetworkError),
            (503, "", NetworkError),
        ] {
            let body = if code.is_empty() {
                "<html>".to_owned()
            } else {
                json!({ "code": code, "message": "x", "data": { "status": status } }).to_string()
            };
            let refused = refusal(&failed(status, body), Doing::Calling, "ana", now);
            assert_eq!(refused.category, category, "{status} {code}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }

    #[test]
    fn a_kind_of_file_that_is_not_allowed_is_not_tried_again() {
        let body = json!({ "code": "rest_upload_sideload_error" }).to_string();
        let refused = refusal(
            &failed(500, body),
            Doing::Uploading,
            "ana",
            Timestamp::from_millis(0),
        );
        assert_eq!(refused.retry, Retry::Never);
    }

    #[test]
    fn a_wrong_password_is_told_from_a_firewall() {
        let now = Timestamp::from_millis(0);
        let wrong = json!({ "code": "rest_not_logged_in" }).to_string();
        let told = refusal(&failed(401, wrong), Doing::SigningIn, "ana", now);
        assert!(told.message.contains("application password"));
        let page = refusal(
            &failed(403, "<html>".to_owned()),
            Doing::SigningIn,
            "ana",
            now,
        );
        assert_eq!(page.category, Category::NetworkError);
    }
}
