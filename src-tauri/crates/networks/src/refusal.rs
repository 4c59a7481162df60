//! Words for a failure: the sentence for a person, and the network's own words made safe.

use model::failure::{Category, Retry};

use crate::connector::Refusal;

/// Most characters of a network's own words that are kept.
pub const MAX_DETAIL_CHARS: usize = 2_000;

impl Refusal {
    /// A refusal without detail. `message` is a sentence for a person.
    #[must_use]
    pub fn new(category: Category, retry: Retry, message: impl Into<String>) -> Self {
        Self {
            category,
            message: message.into(),
            detail: None,
            retry,
        }
    }

    /// The same with the network's own words, bounded and cleaned of anything that could be a secret.
    #[must_use]
    pub fn with_detail(mut self, words: impl AsRef<str>) -> Self {
        let cleaned = clean_detail(words.as_ref());
        self.detail = (!cleaned.is_empty()).then_some(cleaned);
        self
    }

    /// Something a person has to mend in the post or the account first.
    #[must_use]
    pub fn never(category: Category, message: impl Into<String>) -> Self {
        Self::new(category, Retry::Never, message)
    }

    /// Worth another try by itself.
    #[must_use]
    pub fn later(category: Category, message: impl Into<String>) -> Self {
        Self::new(category, Retry::Backoff, message)
    }
}

/// A network's words for *Details*: one space for control characters, secrets replaced, bounded.
///
/// Servers are known to echo headers and bodies in their errors, so everything shaped like a token
/// or an app password is dropped whatever it is.
#[must_use]
pub fn clean_detail(words: &str) -> String {
    let shown: String = words
        .chars()
        .take(MAX_DETAIL_CHARS * 2)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut out: Vec<&str> = Vec::new();
    let mut after_scheme = false;
    for word in shown.split_whitespace() {
        let scheme = word.trim_start_matches(['"', '\'']);
        let hidden = after_scheme || looks_secret(word);
        after_scheme = ["bearer", "dpop", "basic"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s));
        out.push(if hidden { "(hidden)" } else { word });
    }
    out.join(" ").chars().take(MAX_DETAIL_CHARS).collect()
}

/// Whether a word holds a token or a password: a JSON web token, an app password (four groups of
/// four), or a long run of the letters tokens are made of.
fn looks_secret(word: &str) -> bool {
    let runs = word.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    for run in runs {
        if run.starts_with("eyJ") && run.len() > 20 {
            return true;
        }
        if is_app_password(run) {
            return true;
        }
        let longest = run.split(['.', '-']).map(str::len).max().unwrap_or(0);
        // Content ids and decentralised ids are shorter than this; tokens are longer.
        if longest > 64 {
            return true;
        }
    }
    false
}

/// Four groups of four lower-case letters and digits, joined by hyphens.
#[must_use]
pub fn is_app_password(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 4
        && groups.iter().all(|g| {
            g.len() == 4
                && g.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_stay_in_the_details() {
        let token = format!("eyJ0eXAi.{}.sig", "a".repeat(40));
        for words in [
            format!("bad token {token}"),
            format!("{{\"accessJwt\":\"{token}\"}}"),
            "Authorization: Bearer abc.def".to_owned(),
            "password abcd-efgh-ijkl-mn0p is wrong".to_owned(),
            format!("session={}", "x".repeat(90)),
        ] {
            let shown = clean_detail(&words);
            assert!(shown.contains("(hidden)"), "{shown}");
            assert!(
                !shown.contains("abcd-efgh") && !shown.contains("abc.def"),
                "{shown}"
            );
            assert!(
                !shown.contains("aaaa") && !shown.contains("xxxx"),
                "{shown}"
            );
        }
    }

    #[test]
    fn useful_words_stay() {
        let words = "400 InvalidRequest: Invalid app.bsky.feed.post record: at $.record.text \
            did:plc:ewvi7nxzyoun6zhxrhs64oiz bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
        assert_eq!(clean_detail(words), words);
    }

    #[test]
    fn long_answers_are_cut() {
        assert_eq!(
            clean_detail(&"word ".repeat(5_000)).chars().count(),
            MAX_DETAIL_CHARS
        );
        assert_eq!(clean_detail("a\u{1b}[31m\nb"), "a [31m b");
    }
}
