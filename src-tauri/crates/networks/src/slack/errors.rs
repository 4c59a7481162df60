//! What Slack's answers mean for people: one table for the Web API, one for webhooks.

use model::Timestamp;
use model::failure::{Category, Retry};

use super::client::CallFailed;
use crate::api::Failed;
use crate::connector::Refusal;

/// Words that say that the channel's messages may not be read.
pub const NOT_READABLE: [&str; 5] = [
    "missing_scope",
    "not_in_channel",
    "channel_not_found",
    "no_permission",
    "not_allowed_token_type",
];

/// Turns a failed call into a refusal. `place` names the account.
#[must_use]
pub fn refusal(failed: &CallFailed, place: &str, now: Timestamp) -> Refusal {
    match failed {
        CallFailed::Http(failed) => failed.usual("Slack", place, now),
        CallFailed::Said { error, answer } => {
            let refusal = said(error, place, answer.wait_until(now));
            refusal.with_detail(answer.words())
        }
    }
}

fn never(category: Category, message: impl Into<String>) -> Refusal {
    Refusal::never(category, message)
}

fn said(error: &str, place: &str, wait: Option<Timestamp>) -> Refusal {
    match error {
        "ratelimited" | "rate_limited" => Refusal::new(
            Category::RateLimited,
            wait.map_or(Retry::Backoff, Retry::At),
            "Slack asks to wait: too many messages for now.",
        ),
        "message_limit_exceeded" => never(
            Category::RateLimited,
            "This Slack workspace has used up the messages of its plan. Its owner can change the plan.",
        ),
        "not_authed" | "invalid_auth" | "account_inactive" | "token_revoked" | "token_expired" => {
            never(
                Category::AuthError,
                format!(
                    "Slack does not take the token of {place} any more. Connect the account again."
                ),
            )
        }
        "missing_scope" | "no_permission" | "not_allowed_token_type" => never(
            Category::AuthError,
            format!(
                "The Slack app of {place} lacks a scope; the details name it. Add it under OAuth & Permissions, install the app again, and connect the account again."
            ),
        ),
        "access_denied"
        | "app_access_restricted"
        | "org_login_required"
        | "ekm_access_denied"
        | "two_factor_setup_required"
        | "team_access_not_granted" => never(
            Category::AuthError,
            "The Slack workspace does not let this app in. Ask its administrator, then connect the account again.",
        ),
        "not_in_channel" => never(
            Category::AuthError,
            format!(
                "The Slack app is not in the channel of {place}. Write /invite and the app's name there, then connect the account again."
            ),
        ),
        "channel_not_found" => never(
            Category::AuthError,
            format!(
                "Slack does not find the channel of {place}. It may be deleted, or private without the app in it. Connect the account again."
            ),
        ),
        "is_archived" => never(
            Category::AuthError,
            format!("The channel of {place} is archived in Slack. Connect another one."),
        ),
        "posting_to_channel_denied" | "cannot_reply_to_message" => no_right(place),
        word if word.starts_with("restricted_action") => no_right(place),
        "msg_too_long" | "msg_blocks_too_long" => never(
            Category::Validation,
            "Slack says that the text is too long. Shorten it.",
        ),
        "file_upload_size_restricted" | "blocked_file_type" | "malware_detected" => never(
            Category::MediaError,
            "This Slack workspace does not take one of the files: its size or its kind is not allowed.",
        ),
        "alt_txt_too_large" => never(
            Category::MediaError,
            "The description of a picture is longer than Slack takes.",
        ),
        "file_not_found" | "file_update_failed" | "missing_file_data" | "file_deleted" => {
            Refusal::later(
                Category::MediaError,
                "Slack lost a file between its upload and the post. It is uploaded again.",
            )
        }
        word if word.starts_with("slack_connect_file") => never(
            Category::MediaError,
            "The other workspace in this channel does not take files.",
        ),
        "internal_error"
        | "fatal_error"
        | "service_unavailable"
        | "request_timeout"
        | "team_added_to_org" => Refusal::later(
            Category::NetworkError,
            "Slack has trouble of its own just now.",
        ),
        "cant_delete_message" | "compliance_exports_prevent_deletion" | "cant_delete_file" => {
            never(
                Category::Unknown,
                "Slack does not let the app delete this message. Delete it in Slack.",
            )
        }
        "no_text" | "markdown_text_conflict" | "metadata_too_large" => refused(),
        word if word.starts_with("invalid_") => refused(),
        _ => never(
            Category::Unknown,
            "Slack refused this without a reason Almanac knows. The details have its word.",
        ),
    }
}

fn refused() -> Refusal {
    Refusal::never(
        Category::Validation,
        "Slack refused the content of this post. The details say which part.",
    )
}

fn no_right(place: &str) -> Refusal {
    Refusal::never(
        Category::AuthError,
        format!(
            "The rules of the workspace do not let the app post in {place}. Ask its administrator, then connect the account again."
        ),
    )
}

/// The same for a webhook, which says why in a word.
#[must_use]
pub fn of_hook(failed: &Failed, place: &str, now: Timestamp) -> Refusal {
    let Failed::Answered(answer) = failed else {
        return failed.usual("Slack", place, now);
    };
    let body = String::from_utf8_lossy(&answer.body);
    let word = body.trim();
    let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let refusal = match answer.status {
        403 | 404 | 410 if is_word => match word {
            "channel_is_archived" => said("is_archived", place, None),
            "action_prohibited" | "posting_to_general_channel_denied" => no_right(place),
            _ => Refusal::never(
                Category::AuthError,
                format!(
                    "Slack does not know the webhook of {place} any more. Make a new one and connect the account again."
                ),
            ),
        },
        400 if is_word => refused(),
        _ => return failed.usual("Slack", place, now),
    };
    refusal.with_detail(failed.detail())
}

/// Whether the answer to a call without content shows that the webhook is there: Slack complains of
/// the content. It documents `invalid_payload` for that and is seen to say `no_text` and others, all
/// with 400; for a webhook that is not there it says 403, 404 or 410.
#[must_use]
pub fn hook_is_there(failed: &Failed) -> bool {
    let Failed::Answered(answer) = failed else {
        return false;
    };
    let word = answer.body.trim_ascii();
    answer.status == 400
        && !word.is_empty()
        && word.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn each_word_has_its_category_and_a_sentence() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        for (word, category) in [
            ("ratelimited", RateLimited),
            ("message_limit_exceeded", RateLimited),
            ("invalid_auth", AuthError),
            ("token_revoked", AuthError),
            ("missing_scope", AuthError),
            ("org_login_required", AuthError),
            ("not_in_channel", AuthError),
            ("channel_not_found", AuthError),
            ("is_archived", AuthError),
            ("restricted_action_read_only_channel", AuthError),
            ("msg_too_long", Validation),
            ("invalid_blocks", Validation),
            ("no_text", Validation),
            ("file_upload_size_restricted", MediaError),
            ("file_not_found", MediaError),
            ("slack_connect_file_upload_sharing_blocked", MediaError),
            ("internal_error", NetworkError),
            ("cant_delete_message", Unknown),
            ("something_new", Unknown),
        ] {
            let failed = CallFailed::Said {
                error: word.to_owned(),
                answer: answer(200, "{}"),
            };
            let refused = refusal(&failed, "Ana's team", NOW);
            assert_eq!(refused.category, category, "{word}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }

    #[test]
    fn only_slacks_own_trouble_may_have_worked() {
        let said = |word: &str| CallFailed::Said {
            error: word.to_owned(),
            answer: answer(200, "{}"),
        };
        assert!(said("internal_error").may_have_worked());
        assert!(!said("invalid_auth").may_have_worked());
        assert!(CallFailed::Http(Failed::Cut(String::new())).may_have_worked());
    }

    #[test]
    fn webhooks_say_it_in_a_word() {
        use Category::{AuthError, NetworkError, Validation};
        for (status, body, category) in [
            (400, "invalid_payload", Validation),
            (403, "invalid_token", AuthError),
            (403, "action_prohibited", AuthError),
            (404, "no_service", AuthError),
            (410, "channel_is_archived", AuthError),
            (500, "rollup_error", NetworkError),
            (403, "<html>", NetworkError),
            (200, "<html>", NetworkError),
        ] {
            let failed = Failed::Answered(answer(status, body));
            let refused = of_hook(&failed, "Ana's team", NOW);
            assert_eq!(refused.category, category, "{status} {body}");
            assert!(refused.message.ends_with('.'));
        }
        let there = |status, body| hook_is_there(&Failed::Answered(answer(status, body)));
        assert!(there(400, "no_text") && there(400, "invalid_payload"));
        assert!(!there(404, "no_service") && !there(400, "<html>") && !there(400, ""));
    }
}
