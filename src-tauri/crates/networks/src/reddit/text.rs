//! Title and text of a post as Reddit wants them, and as they compare.

use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::catalogue::{MAX_TITLE, OPTION_TITLE};
use crate::connector::{SpanKind, TextSpan};
use crate::spotting;

/// A text option without spaces around it; empty when it is not set.
pub fn option<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = options.get(name).and_then(Value::as_str);
    value.unwrap_or_default().trim()
}

/// A yes or no.
pub fn toggle(options: &Map<String, Value>, name: &str, default: bool) -> bool {
    options
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(default)
}

/// A text with single spaces, in one line.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as it compares.
pub fn comparable(text: &str) -> String {
    squeezed(&text.nfc().collect::<String>())
}

/// As much of a text as a title holds.
fn cut(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= MAX_TITLE
    };
    text.chars().take_while(fits).collect()
}

/// Title and text: the title as chosen, else the post's, else the first line, which then does not stand
/// in the text again unless it is longer than a title.
pub fn title_and_text(options: &Map<String, Value>, post: &str, text: &str) -> (String, String) {
    let text = text.trim();
    for title in [option(options, OPTION_TITLE), post.trim()] {
        if !title.is_empty() {
            return (cut(&squeezed(title)), markdown(text));
        }
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let whole = squeezed(first);
    let title = cut(&whole);
    let rest = if title == whole { rest.trim() } else { text };
    (title, markdown(rest))
}

/// A text in which a hashtag at the beginning of a line does not become a heading.
fn markdown(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let tag = line
            .strip_prefix('#')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if tag {
            format!("\\{line}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The name of a community without what people write in front of it; empty when it can be none.
pub fn community(name: &str) -> &str {
    let name = name.trim().trim_start_matches('/');
    let name = name
        .strip_prefix("r/")
        .unwrap_or(name)
        .trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.chars().all(plain) { name } else { "" }
}

/// Links, and names of people and communities.
pub fn spans(text: &str) -> Vec<TextSpan> {
    spotting::spans(text, |rest, before| {
        let begins = before.is_none_or(|c| !c.is_alphanumeric() && c != '/');
        let prefix = ["u/", "r/", "/u/", "/r/"]
            .into_iter()
            .find(|prefix| begins && rest.starts_with(prefix))?;
        let name = rest.get(prefix.len()..)?;
        let belongs = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = name.find(|c| !belongs(c)).unwrap_or(name.len());
        (end > 2).then(|| (prefix.len() + end, SpanKind::Mention))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_title_is_chosen_or_the_first_line() {
        let chosen = Map::from_iter([(OPTION_TITLE.to_owned(), json!(" A  title\n"))]);
        let none = Map::new();
        let pair = |title: &str, text: &str| (title.to_owned(), text.to_owned());
        assert_eq!(
            title_and_text(&chosen, "Post", "One\nTwo"),
            pair("A title", "One\nTwo")
        );
        assert_eq!(
            title_and_text(&none, "Post", "One\nTwo"),
            pair("Post", "One\nTwo")
        );
        assert_eq!(
            title_and_text(&none, "", " One \n\n#Two\n# Three"),
            pair("One", "\\#Two\n# Three")
        );
        let long = "🎉".repeat(200);
        let (title, text) = title_and_text(&none, "", &long);
        assert_eq!(title.encode_utf16().count(), MAX_TITLE);
        assert_eq!(text, long);
        assert_eq!(title_and_text(&none, "", ""), pair("", ""));
    }

    #[test]
    fn communities_are_read_as_people_write_them() {
        for name in ["test", "r/test", "/r/test/", " test "] {
            assert_eq!(community(name), "test", "{name}");
        }
        assert_eq!(community("u_ana-b"), "u_ana-b");
        assert_eq!(community("a/../b"), "");
    }

    #[test]
    fn people_and_communities_are_seen() {
        let found = spans("see r/test, u/ana_b or/r x /u/ana https://a.example/r/test");
        let all: Vec<_> = found.iter().map(|s| (s.from, s.to)).collect();
        assert_eq!(all, [(4, 10), (12, 19), (27, 33), (34, 58)]);
    }
}
