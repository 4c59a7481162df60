//! Links, mentions and tags as these networks show them.

use std::ops::Range;

use crate::connector::{SpanKind, TextSpan};

/// Everything recognised in a text, in order, by UTF-8 byte ranges.
#[must_use]
pub fn find(text: &str) -> Vec<(Range<usize>, SpanKind)> {
    let mut found = vec![];
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let word = word.trim_end();
        let lead = word.len()
            - word
                .trim_start_matches(['(', '[', '"', '\'', '„', '“', '«'])
                .len();
        let rest = &word[lead..];
        let lower = rest.to_ascii_lowercase();
        let kind = if lower.starts_with("http://") || lower.starts_with("https://") {
            SpanKind::Link
        } else if rest.starts_with('#') {
            SpanKind::Tag
        } else if rest.starts_with('@') {
            SpanKind::Mention
        } else {
            continue;
        };
        let length = match kind {
            SpanKind::Link => rest
                .trim_end_matches([
                    '.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '“', '”', '»',
                ])
                .len(),
            SpanKind::Tag => 1 + run(&rest[1..], |c| c.is_alphanumeric() || c == '_'),
            SpanKind::Mention => {
                let name = run(&rest[1..], |c| {
                    c.is_ascii_alphanumeric() || matches!(c, '_' | '.')
                });
                1 + rest[1..=name].trim_end_matches('.').len()
            }
        };
        let least = if kind == SpanKind::Link { 9 } else { 2 };
        if length >= least {
            found.push((start + lead..start + lead + length, kind));
        }
    }
    found
}

fn run(text: &str, takes: impl Fn(char) -> bool) -> usize {
    text.find(|c| !takes(c)).unwrap_or(text.len())
}

/// The same as text fields count.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    let units = |range: Range<usize>| text[range].encode_utf16().count() as u32;
    find(text)
        .into_iter()
        .map(|(range, kind)| {
            let from = units(0..range.start);
            TextSpan {
                from,
                to: from + units(range),
                kind,
            }
        })
        .collect()
}

/// How many of a kind are in a text.
#[must_use]
pub fn count(text: &str, wanted: SpanKind) -> usize {
    find(text)
        .iter()
        .filter(|(_, kind)| *kind == wanted)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_tags_and_mentions_are_found() {
        let text = "🎉 (https://example.org/a?b=c). #Grüße! @ana.b. a@b #";
        let found: Vec<&str> = find(text).into_iter().map(|(r, _)| &text[r]).collect();
        assert_eq!(found, ["https://example.org/a?b=c", "#Grüße", "@ana.b"]);
        let spans = spans("🎉 #tag");
        assert_eq!((spans[0].from, spans[0].to), (3, 7));
        assert!(find("@ # http:// @. #!").is_empty());
    }
}
