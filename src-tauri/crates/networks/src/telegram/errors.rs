//! What the Bot API's answers mean for people: the whole table in one function.
//!
//! Codes of Telegram's inner protocol are folded into 400, and a 403 whose words are one word in
//! capitals comes as 400, so the words decide and not the code alone.

use std::time::Duration;

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use crate::api::Failed;
use crate::connector::Refusal;

/// Waited on top of what the server asks, as its seconds are whole.
const ON_TOP: Duration = Duration::from_secs(1);

/// The number a group got when it grew into a larger kind; posts go there from now on.
#[must_use]
pub fn moved_to(failed: &Failed) -> Option<i64> {
    failed
        .json()?
        .pointer("/parameters/migrate_to_chat_id")?
        .as_i64()
}

/// Whether a message that is to be deleted is not there any more.
#[must_use]
pub fn already_gone(failed: &Failed) -> bool {
    failed.status() == Some(400) && words_of(failed).contains("message to delete not found")
}

fn words_of(failed: &Failed) -> String {
    let json = failed.json().unwrap_or_default();
    let words = json.get("description").and_then(Value::as_str);
    words.unwrap_or_default().to_lowercase()
}

/// Turns a failed call into a refusal. `chat` names where it was to go.
#[must_use]
pub fn refusal(failed: &Failed, chat: &str, now: Timestamp) -> Refusal {
    let spoken = failed.json().is_some_and(|json| json["ok"] == false);
    let own = spoken.then(|| own(failed, chat, now)).flatten();
    match own {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual("Telegram", chat, now),
    }
}

fn own(failed: &Failed, chat: &str, now: Timestamp) -> Option<Refusal> {
    let words = words_of(failed);
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let refusal = match failed.status()? {
        429 => {
            let json = failed.json().unwrap_or_default();
            let wait = json.pointer("/parameters/retry_after");
            let wait = wait.and_then(Value::as_u64).filter(|s| *s < 172_800);
            let at = |seconds| now.plus(Duration::from_secs(seconds) + ON_TOP);
            Refusal::new(
                Category::RateLimited,
                wait.map_or(Retry::Backoff, |seconds| Retry::At(at(seconds))),
                "Telegram asks to wait: too many messages for now.",
            )
        }
        401 | 404 => Refusal::never(
            Category::AuthError,
            format!(
                "Telegram does not know the bot behind {chat} any more. Get its token from @BotFather and connect the account again."
            ),
        ),
        403 => out_of_chat(chat),
        413 => too_large(),
        400 if says(&[
            "chat not found",
            "not enough rights",
            "need administrator rights",
            "chat_write_forbidden",
            "have no rights",
            "chat_admin_required",
            "group chat was deactivated",
            "user_banned_in_channel",
            "chat_restricted",
        ]) =>
        {
            out_of_chat(chat)
        }
        400 if says(&["is too long", "caption_too_long", "message_too_long"]) => Refusal::never(
            Category::Validation,
            "Telegram says that the text is too long. Shorten it.",
        ),
        400 if says(&["can't parse entities", "entities"]) => Refusal::never(
            Category::Validation,
            "Telegram does not understand the formatting of the text. Check its marks, or choose As written.",
        ),
        400 if says(&["thread not found", "topic_closed", "topic_deleted"]) => Refusal::never(
            Category::Validation,
            "The topic of this post is not in the group any more. Choose another number, or none.",
        ),
        400 if says(&["photo_invalid_dimensions"]) => Refusal::never(
            Category::MediaError,
            "Telegram does not take a picture of this shape. Turn on Pictures as files, or crop it.",
        ),
        400 if says(&["file is too big", "entity too large"]) => too_large(),
        400 if says(&[
            "image_process_failed",
            "photo_ext_invalid",
            "wrong file identifier",
            "wrong type of the web page content",
            "failed to get http url content",
            "specified type in the album",
            "group send failed",
            "video_",
            "media_",
            "file must be",
        ]) =>
        {
            Refusal::never(
                Category::MediaError,
                "Telegram does not take one of the files. Replace it or take it off the post.",
            )
        }
        400 if says(&["message can't be deleted"]) => Refusal::never(
            Category::Unknown,
            "Telegram does not let the bot delete this message. After two days it needs the right to delete messages; delete it in Telegram.",
        ),
        400 => Refusal::never(
            Category::Validation,
            "Telegram refused the content of this post. The details say why.",
        ),
        _ => return None,
    };
    Some(refusal)
}

fn too_large() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A file is larger than Telegram takes from bots.",
    )
}

/// The bot may not post where it was to.
#[must_use]
pub fn out_of_chat(chat: &str) -> Refusal {
    Refusal::never(
        Category::AuthError,
        format!(
            "The bot may not post in {chat}. Add it there as an administrator with Post Messages on, then connect the account again."
        ),
    )
}

/// The message was posted before its group grew, under the number that the group had then.
#[must_use]
pub fn left_behind(failed: &Failed) -> Refusal {
    Refusal::never(
        Category::Unknown,
        "This was posted before the group grew into a larger one, and bots do not reach what is from before. Delete it in Telegram.",
    )
    .with_detail(failed.detail())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer;

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    fn answered(status: u16, body: &Value) -> Failed {
        Failed::Answered(Answer {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: body.to_string().into_bytes(),
        })
    }

    fn said(status: u16, description: &str) -> Refusal {
        let body = serde_json::json!({
            "ok": false, "error_code": status, "description": description,
        });
        refusal(&answered(status, &body), "Ana's news", NOW)
    }

    #[test]
    fn each_answer_has_its_category_and_a_sentence() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Validation};
        for (status, words, category) in [
            (429, "Too Many Requests: retry after 5", RateLimited),
            (401, "Unauthorized", AuthError),
            (404, "Not Found", AuthError),
            (
                403,
                "Forbidden: bot is not a member of the channel chat",
                AuthError,
            ),
            (
                403,
                "Forbidden: bot was kicked from the supergroup chat",
                AuthError,
            ),
            (400, "Bad Request: chat not found", AuthError),
            (
                400,
                "Bad Request: not enough rights to send photos to the chat",
                AuthError,
            ),
            (
                400,
                "Bad Request: need administrator rights in the channel chat",
                AuthError,
            ),
            (400, "Bad Request: CHAT_WRITE_FORBIDDEN", AuthError),
            (400, "Bad Request: message is too long", Validation),
            (400, "Bad Request: MEDIA_CAPTION_TOO_LONG", Validation),
            (400, "Bad Request: can't parse entities: x", Validation),
            (400, "Bad Request: message thread not found", Validation),
            (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", MediaError),
            (400, "Bad Request: IMAGE_PROCESS_FAILED", MediaError),
            (400, "Bad Request: file is too big", MediaError),
            (413, "Request Entity Too Large", MediaError),
            (400, "Bad Request: something new", Validation),
            (500, "Internal Server Error", NetworkError),
        ] {
            let refused = said(status, words);
            assert_eq!(refused.category, category, "{status} {words}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }

    #[test]
    fn the_networks_wait_wins() {
        let body = serde_json::json!({
            "ok": false, "error_code": 429, "description": "Too Many Requests",
            "parameters": { "retry_after": 60 },
        });
        let refused = refusal(&answered(429, &body), "x", NOW);
        assert_eq!(refused.retry, Retry::At(NOW.plus(Duration::from_secs(61))));
        assert_eq!(said(429, "Too Many Requests").retry, Retry::Backoff);
    }

    #[test]
    fn a_group_that_moved_is_followed() {
        let body = serde_json::json!({
            "ok": false, "error_code": 400, "parameters": { "migrate_to_chat_id": -1_001_234 },
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
        });
        assert_eq!(moved_to(&answered(400, &body)), Some(-1_001_234));
        assert_eq!(moved_to(&Failed::Cut(String::new())), None);
    }
}
