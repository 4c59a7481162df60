//! What Reddit's answers mean for people. It refuses in several forms, often with a good status.

use std::time::Duration;

use model::Timestamp;
use model::failure::{Category, Retry};
use serde_json::Value;

use super::catalogue::NAME;
use crate::api::{Answer, Failed};
use crate::connector::Refusal;
use crate::tokens::signed_out;

/// How long one waits when Reddit does not say.
const USUAL_WAIT: Duration = Duration::from_mins(10);

/// A refusal that Reddit names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    code: String,
    words: String,
    field: String,
    wait: Option<Duration>,
}

impl Said {
    fn of(body: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(error) = body.pointer("/json/errors/0") {
            let words = text(&error[1]);
            let seconds = body.pointer("/json/ratelimit").and_then(Value::as_f64);
            let named = seconds.filter(|s| (0.0..200_000.0).contains(s));
            return Some(Self {
                code: text(&error[0]),
                wait: named
                    .map(Duration::from_secs_f64)
                    .or_else(|| wait_in(&words)),
                words,
                field: text(&error[2]),
            });
        }
        let code = text(&body["reason"]);
        (!code.is_empty()).then(|| {
            let words = text(&body["explanation"]);
            Self {
                code,
                wait: wait_in(&words),
                words,
                field: text(&body["fields"][0]),
            }
        })
    }
}

/// The wait in words such as "try again in 9 minutes", with a second more.
fn wait_in(words: &str) -> Option<Duration> {
    let mut all = words.split(|c: char| !c.is_ascii_alphanumeric()).peekable();
    while let Some(word) = all.next() {
        let Ok(number) = word.parse::<u32>() else {
            continue;
        };
        let unit = all.peek().copied().unwrap_or_default().to_ascii_lowercase();
        let one = match unit.as_str() {
            u if u.starts_with("millisecond") => Duration::from_millis(1),
            u if u.starts_with("second") => Duration::from_secs(1),
            u if u.starts_with("minute") => Duration::from_mins(1),
            u if u.starts_with("hour") => Duration::from_hours(1),
            _ => continue,
        };
        let wait = one.checked_mul(number)?;
        return (wait <= Duration::from_hours(48)).then(|| wait + Duration::from_secs(1));
    }
    None
}

/// What an answer holds. A refusal with a good status is a refusal all the same.
#[expect(
    clippy::result_large_err,
    reason = "the same error as that of every call"
)]
pub fn read(answer: Answer) -> Result<Value, Failed> {
    let Some(body) = answer.json() else {
        return Err(Failed::Answered(answer));
    };
    if Said::of(&body).is_some() {
        return Err(Failed::Answered(Answer {
            status: 400,
            ..answer
        }));
    }
    Ok(body)
}

/// Whether the access token is not good any more.
#[must_use]
pub fn stale(failed: &Failed) -> bool {
    failed.status() == Some(401)
}

/// Whether Reddit says that the link stands in the community already.
#[must_use]
pub fn is_duplicate(failed: &Failed) -> bool {
    let said = failed.json().and_then(|body| Said::of(&body));
    said.is_some_and(|said| said.code == "ALREADY_SUB")
}

/// Turns a failed call into a refusal. `handle` names the account.
#[must_use]
pub fn refusal(failed: &Failed, handle: &str, now: Timestamp) -> Refusal {
    let own = match failed {
        Failed::Answered(answer) => own(answer, handle, now),
        _ => None,
    };
    match own {
        Some(refusal) => refusal.with_detail(failed.detail()),
        None => failed.usual(NAME, handle, now),
    }
}

fn own(answer: &Answer, handle: &str, now: Timestamp) -> Option<Refusal> {
    let Some(body) = answer.json() else {
        // Its own page, for programs and addresses it does not like.
        return (answer.status == 403).then(|| {
            Refusal::new(
                Category::Unknown,
                Retry::At(now.plus(USUAL_WAIT)),
                "Reddit blocks this computer for now. A VPN is the usual reason; turn it off, or wait.",
            )
        });
    };
    let why = answer.header("www-authenticate").unwrap_or_default();
    if why.contains("insufficient_scope") {
        return Some(Refusal::never(
            Category::AuthError,
            format!(
                "Reddit does not allow this for {handle}. Connect the account again and allow everything."
            ),
        ));
    }
    if let Some(said) = Said::of(&body) {
        return Some(named(&said, handle, now));
    }
    (answer.status == 403).then(|| community(handle))
}

/// What it means that a post is there and nobody sees it, by Reddit's word; none when its author took it away.
#[must_use]
pub fn held(by: &str) -> Option<&'static str> {
    Some(match by {
        "deleted" | "author" => return None,
        "automod_filtered" => {
            "It is held by the moderators: it shows once one of them has let it through."
        }
        "moderator" | "community_ops" => {
            "The moderators of the community took it down. Ask them why."
        }
        "reddit" => {
            "Reddit's spam filter holds it back. Ask the moderators of the community to let it through."
        }
        _ => "Reddit took it down. The account's messages on Reddit say why.",
    })
}

fn community(handle: &str) -> Refusal {
    Refusal::never(
        Category::Validation,
        format!(
            "This community does not take posts from {handle}. It may be private, or restricted to some; choose another one."
        ),
    )
}

fn named(said: &Said, handle: &str, now: Timestamp) -> Refusal {
    let never = |category, message: &str| Refusal::never(category, message);
    let wrong = |message: &str| never(Category::Validation, message);
    match said.code.to_ascii_uppercase().as_str() {
        "RATELIMIT" | "SUBREDDIT_RATELIMIT" | "QUOTA_FILLED" => Refusal::new(
            Category::RateLimited,
            Retry::At(now.plus(said.wait.unwrap_or(USUAL_WAIT))),
            format!("Reddit lets {handle} post again only after a while."),
        ),
        "USER_REQUIRED" => signed_out(NAME, handle),
        "IN_TIMEOUT" | "VERIFIED_USER_REQUIRED" => never(
            Category::AuthError,
            &format!(
                "Reddit does not let {handle} post at present. Its messages on Reddit say why."
            ),
        ),
        "BANNED_FROM_SUBREDDIT"
        | "SUBREDDIT_NOTALLOWED"
        | "SUBREDDIT_NO_ACCESS"
        | "PRIVATE"
        | "BANNED"
        | "QUARANTINED"
        | "GOLD_ONLY" => community(handle),
        "ALREADY_SUB" => never(
            Category::Duplicate,
            "This link was posted in the community before. To post it all the same, turn on \"Post the link again\".",
        ),
        "BAD_IMAGE" | "IMAGE_ERROR" | "INVALID_MIME" | "BAD_VIDEO" => never(
            Category::MediaError,
            "Reddit cannot read a file of this post. Replace it.",
        ),
        "SUBREDDIT_NOEXIST" | "SUBREDDIT_REQUIRED" => {
            wrong("Reddit knows no community of this name. Choose it again.")
        }
        "NO_SELFS" => wrong(
            "This community takes no text posts. Add a link or a picture, or choose another one.",
        ),
        "NO_LINKS" => wrong(
            "This community takes text posts only. Take the link or the files off, or choose another one.",
        ),
        "NO_IMAGES" | "NO_VIDEOS" | "GALLERIES_DISABLED" => {
            wrong("This community does not take such files. Choose another one.")
        }
        "NO_TEXT" => wrong("Reddit misses the title of this post. Write one."),
        "NO_URL" | "BAD_URL" | "INVALID_SCHEME" => {
            wrong("Reddit does not take the link. It has to begin with https://.")
        }
        "DOMAIN_BANNED" => wrong("Reddit or this community does not take links to that site."),
        "TOO_LONG" => wrong("The title or the text is longer than Reddit takes. Shorten it."),
        "TOO_SHORT" => wrong("The title or the text is shorter than this community wants."),
        "BAD_FLAIR_TEMPLATE_ID" | "SUBMIT_VALIDATION_FLAIR_REQUIRED" => {
            wrong("This community wants a flair, one of its own. Choose it under \"Flair\".")
        }
        "BAD_CAPTCHA" => never(
            Category::Unknown,
            "Reddit wants a person to post here until the account is better known. Post on Reddit itself.",
        ),
        code if code.starts_with("SUBMIT_VALIDATION_TITLE") => {
            wrong("A rule of this community refuses the title. The details say which.")
        }
        code if code.starts_with("SUBMIT_VALIDATION") => {
            wrong("A rule of this community refuses this post. The details say which.")
        }
        _ => never(
            Category::Unknown,
            "Reddit did not take this post. The details say why.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(1_778_742_300_000);

    fn answer(status: u16, body: &Value) -> Answer {
        Answer {
            status,
            headers: HeaderMap::new(),
            body: body.to_string().into_bytes(),
        }
    }

    fn of(code: &str, words: &str) -> Refusal {
        let body = json!({ "json": { "errors": [[code, words, "sr"]] } });
        let failed = read(answer(200, &body)).unwrap_err();
        assert!(!failed.may_have_worked(), "{code}");
        refusal(&failed, "u/ana", NOW)
    }

    #[test]
    fn each_code_has_its_category_and_a_sentence() {
        use Category::{AuthError, Duplicate, MediaError, RateLimited, Unknown, Validation};
        for (code, category) in [
            ("RATELIMIT", RateLimited),
            ("USER_REQUIRED", AuthError),
            ("IN_TIMEOUT", AuthError),
            ("SUBREDDIT_NOTALLOWED", Validation),
            ("ALREADY_SUB", Duplicate),
            ("BAD_IMAGE", MediaError),
            ("SUBREDDIT_NOEXIST", Validation),
            ("NO_SELFS", Validation),
            ("NO_LINKS", Validation),
            ("BAD_URL", Validation),
            ("TOO_LONG", Validation),
            ("SUBMIT_VALIDATION_FLAIR_REQUIRED", Validation),
            ("SUBMIT_VALIDATION_BODY_NOT_ALLOWED", Validation),
            ("SOMETHING_NEW", Unknown),
        ] {
            let refused = of(code, "why");
            assert_eq!(refused.category, category, "{code}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
            assert!(refused.detail.unwrap().contains("why"));
        }
    }

    #[test]
    fn the_other_forms_are_read_too() {
        let rule = json!({
            "fields": ["title"], "explanation": "no links in titles", "message": "Bad Request",
            "reason": "SUBMIT_VALIDATION_TITLE_BLACKLISTED_STRING",
        });
        let refused = refusal(&Failed::Answered(answer(400, &rule)), "u/ana", NOW);
        assert!(refused.message.contains("title"), "{}", refused.message);
        let closed = json!({ "message": "Forbidden", "error": 403 });
        let refused = refusal(&Failed::Answered(answer(403, &closed)), "u/ana", NOW);
        assert_eq!(refused.category, Category::Validation);
        let mut page = answer(403, &json!(null));
        page.body = b"<html>blocked by network security".to_vec();
        let refused = refusal(&Failed::Answered(page), "u/ana", NOW);
        assert_eq!(refused.category, Category::Unknown);
        assert_eq!(refused.retry, Retry::At(NOW.plus(USUAL_WAIT)));
    }

    #[test]
    fn the_wait_is_read_out_of_the_words() {
        let wait = |words: &str| wait_in(words).map(|w| w.as_secs());
        assert_eq!(
            wait("you are doing that too much. try again in 9 minutes."),
            Some(541)
        );
        assert_eq!(
            wait("Take a break for 42 seconds before trying again."),
            Some(43)
        );
        assert_eq!(wait("try again in 1 hour."), Some(3_601));
        assert_eq!(wait("try again in 1500 milliseconds"), Some(2));
        assert_eq!(wait("try again later"), None);
        assert_eq!(wait("2 posts, then 99999999 hours"), None);
        assert_eq!(
            of("RATELIMIT", "soon").retry,
            Retry::At(NOW.plus(USUAL_WAIT))
        );
    }
}
