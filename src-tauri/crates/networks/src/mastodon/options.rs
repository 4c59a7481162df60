//! The options of a target: read, checked against what the server allows, and as the server wants them.

use std::collections::BTreeSet;

use model::error::Fix;
use serde_json::{Map, Value, json};
use unicode_segmentation::UnicodeSegmentation;

use super::catalogue::{
    LANGUAGE, NAME, POLL, POLL_ANSWERS, POLL_ENDS, POLL_HIDDEN, POLL_MULTIPLE, QUIET_REPLIES,
    SENSITIVE, VISIBILITY, WARNING,
};
use super::instance::Instance;
use crate::check::{self, Found, grouped, is_video};
use crate::connector::CheckInput;

/// What was chosen for a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Who sees it; none means as set in the account.
    pub visibility: Option<String>,
    /// Later parts of a public thread are kept out of public lists.
    pub quiet: bool,
    /// Content warning; empty means none.
    pub warning: String,
    /// Pictures and videos are blurred.
    pub sensitive: bool,
    /// Language code; none means as set in the account.
    pub language: Option<String>,
    /// A poll.
    pub poll: Option<Poll>,
}

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    answers: Vec<String>,
    seconds: u64,
    multiple: bool,
    hidden: bool,
}

impl Wanted {
    /// Reads the options of a target.
    #[must_use]
    pub fn read(options: &Map<String, Value>) -> Self {
        let text = |name: &str| {
            let value = options.get(name).and_then(Value::as_str);
            value.unwrap_or_default().trim().to_owned()
        };
        let filled = |name: &str| Some(text(name)).filter(|t| !t.is_empty());
        let on = |name: &str| options.get(name).and_then(Value::as_bool) == Some(true);
        let answers = options.get(POLL_ANSWERS).and_then(Value::as_array);
        let poll = Poll {
            answers: answers
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|a| a.trim().to_owned())
                .filter(|a| !a.is_empty())
                .collect(),
            seconds: text(POLL_ENDS).parse().unwrap_or(86_400),
            multiple: on(POLL_MULTIPLE),
            hidden: on(POLL_HIDDEN),
        };
        Self {
            visibility: filled(VISIBILITY),
            quiet: on(QUIET_REPLIES),
            warning: text(WARNING),
            sensitive: on(SENSITIVE),
            language: filled(LANGUAGE),
            poll: on(POLL).then_some(poll),
        }
    }

    /// How many characters the content warning takes of every part.
    #[must_use]
    pub fn warning_length(&self) -> u32 {
        self.warning.graphemes(true).count() as u32
    }

    /// Who is asked to see part `n`, by the server's word; none where the account's own setting decides.
    #[must_use]
    pub fn visibility(&self, n: usize, server: &Instance) -> Option<&str> {
        let open = self.visibility.as_deref().unwrap_or(&server.visibility) == "public";
        if n > 0 && self.quiet && open {
            return Some("unlisted");
        }
        self.visibility.as_deref()
    }

    /// Part `n` as `POST /api/v1/statuses` takes it.
    #[must_use]
    pub fn status(
        &self,
        n: usize,
        text: &str,
        media: &[String],
        reply_to: Option<&str>,
        server: &Instance,
    ) -> Value {
        let mut status = json!({ "status": text });
        let mut set = |name: &str, value: Value| status[name] = value;
        if !media.is_empty() {
            set("media_ids", json!(media));
        }
        if let Some(id) = reply_to {
            set("in_reply_to_id", json!(id));
        }
        if self.sensitive {
            set("sensitive", json!(true));
        }
        if !self.warning.is_empty() {
            set("spoiler_text", json!(self.warning));
        }
        if let Some(visibility) = self.visibility(n, server) {
            set("visibility", json!(visibility));
        }
        if let Some(language) = &self.language {
            set("language", json!(language));
        }
        if let Some(poll) = self.poll.as_ref().filter(|_| n == 0) {
            set(
                "poll",
                json!({
                    "options": poll.answers, "expires_in": poll.seconds,
                    "multiple": poll.multiple, "hide_totals": poll.hidden,
                }),
            );
        }
        status
    }
}

/// Whether a text has the form of a language code: `en`, `ast`, `pt-BR`.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    matches!(first.len(), 2 | 3)
        && letters(first)
        && rest.len() < 2
        && rest
            .iter()
            .all(|p| matches!(p.len(), 2..=4) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The rules of this network that no catalogue entry states.
pub fn check(wanted: &Wanted, server: &Instance, input: &CheckInput<'_>, found: &mut Found) {
    let fix = |name: &str| {
        vec![Fix::SetOption {
            name: name.to_owned(),
        }]
    };
    if let Some(odd) = wanted.language.as_deref().filter(|l| !is_language(l)) {
        let message = format!("\"{odd}\" is no language code. Write en, pt-BR or the like.");
        let mut fixes = fix(LANGUAGE);
        fixes.push(check::clear(LANGUAGE));
        found.error("language_unknown", None, message, fixes);
    }
    if let Some(poll) = &wanted.poll {
        check_poll(poll, server, found);
        let files = input.segments.first().map_or(0, |s| s.media.len());
        if files > 0 {
            let message = format!("{NAME} takes either a poll or pictures in a part, not both.");
            let fixes = vec![check::clear(POLL), check::beyond(0, files)];
            found.error("poll_with_media", Some(0), message, fixes);
        }
        if input
            .segments
            .first()
            .is_some_and(|s| s.text.trim().is_empty())
        {
            let message = "A poll needs a question above it.".to_owned();
            found.error("poll_without_text", Some(0), message, vec![Fix::WriteText]);
        }
    }
    for (n, segment) in input.segments.iter().enumerate() {
        for (index, file) in segment.media.iter().enumerate() {
            let video = is_video(input, &file.media_id);
            if video && file.alt.graphemes(true).count() > server.max_alt as usize {
                let most = grouped(server.max_alt.into());
                let message = format!("{NAME} allows {most} characters in a video's description.");
                let index = index as u32;
                found.error(
                    "alt_too_long",
                    Some(n),
                    message,
                    vec![Fix::AddAlt { index }],
                );
            }
        }
    }
}

fn check_poll(poll: &Poll, server: &Instance, found: &mut Found) {
    let mut wrong = |rule: &str, name: &str, message: String| {
        found.error(
            rule,
            None,
            message,
            vec![Fix::SetOption {
                name: name.to_owned(),
            }],
        );
    };
    let answers = POLL_ANSWERS;
    // None at all is told as an option that has to be set.
    if poll.answers.len() == 1 {
        wrong(
            "poll_too_short",
            answers,
            "A poll needs at least two answers.".to_owned(),
        );
    }
    let most = server.poll_answers as usize;
    if poll.answers.len() > most {
        let count = poll.answers.len();
        wrong(
            "poll_too_long",
            answers,
            format!("This server takes {most} answers; this poll has {count}."),
        );
    }
    let longest = server.poll_characters as usize;
    if let Some(long) = poll
        .answers
        .iter()
        .find(|a| a.graphemes(true).count() > longest)
    {
        let start: String = long.chars().take(20).collect();
        wrong(
            "poll_answer_too_long",
            answers,
            format!(
                "The answer \"{start}…\" is too long; this server allows {longest} characters."
            ),
        );
    }
    if poll.answers.iter().collect::<BTreeSet<_>>().len() < poll.answers.len() {
        wrong(
            "poll_answer_twice",
            answers,
            "Two answers of the poll are the same.".to_owned(),
        );
    }
    if poll.seconds < server.poll_least || poll.seconds > server.poll_most {
        wrong(
            "poll_time",
            POLL_ENDS,
            "This server does not let a poll run for that long or that short a time.".to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(options: &Value) -> Wanted {
        Wanted::read(options.as_object().unwrap())
    }

    #[test]
    fn nothing_chosen_sends_nothing_but_the_text() {
        let status = wanted(&json!({})).status(0, "Hi", &[], None, &Instance::default());
        assert_eq!(status, json!({ "status": "Hi" }));
    }

    #[test]
    fn everything_chosen_is_sent() {
        let all = wanted(&json!({
            "visibility": "private", "contentWarning": " Food ", "sensitive": true, "language": "de",
            "poll": true, "pollAnswers": ["Yes", " ", "No "], "pollEnds": "300", "pollMultiple": true,
        }));
        let first = all.status(0, "Hi", &["7".to_owned()], None, &Instance::default());
        assert_eq!(
            first,
            json!({
                "status": "Hi", "media_ids": ["7"], "sensitive": true, "spoiler_text": "Food",
                "visibility": "private", "language": "de",
                "poll": { "options": ["Yes", "No"], "expires_in": 300, "multiple": true, "hide_totals": false },
            })
        );
        let second = all.status(1, "Ho", &[], Some("9"), &Instance::default());
        assert_eq!(second.get("poll"), None);
        assert_eq!(
            (&second["in_reply_to_id"], &second["spoiler_text"]),
            (&json!("9"), &json!("Food"))
        );
    }

    #[test]
    fn later_parts_are_quiet_only_where_the_first_is_public() {
        let visible = |options: &Value, account: &str| {
            let server = Instance {
                visibility: account.to_owned(),
                ..Instance::default()
            };
            let status = wanted(options).status(1, "x", &[], None, &server);
            status.get("visibility").cloned()
        };
        let quiet = json!({ "quietReplies": true });
        assert_eq!(visible(&quiet, "public"), Some(json!("unlisted")));
        assert_eq!(visible(&quiet, "private"), None);
        let direct = json!({ "quietReplies": true, "visibility": "direct" });
        assert_eq!(visible(&direct, "public"), Some(json!("direct")));
    }

    #[test]
    fn language_codes_are_told_by_their_form() {
        for good in ["en", "ast", "pt-BR", "zh-Hant", "es-419"] {
            assert!(is_language(good), "{good}");
        }
        for odd in ["", "e", "english", "en_US", "de-", "12"] {
            assert!(!is_language(odd), "{odd}");
        }
    }
}
