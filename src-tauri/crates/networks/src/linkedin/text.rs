//! LinkedIn's *little text*: reserved signs are escaped, hashtags and mentions stay what they are.
//!
//! A mention is written as LinkedIn wants it, `@[Name](urn:li:organization:123)`.

use std::ops::Range;

use crate::connector::{SpanKind, TextSpan};

/// Signs that are escaped where they are no part of a hashtag or mention.
const RESERVED: &str = "|{}@[]()<>#\\*_~";

/// Something recognised in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where, in UTF-8 bytes.
    pub range: Range<usize>,
    /// What.
    pub kind: SpanKind,
}

/// Everything recognised in a text, in order, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at >= skip_to
            && let Some((length, kind)) = text.get(at..).and_then(|rest| begins(rest, before))
        {
            skip_to = at + length;
            found.push(Found {
                range: at..skip_to,
                kind,
            });
        }
        before = Some(c);
    }
    found
}

fn begins(rest: &str, before: Option<char>) -> Option<(usize, SpanKind)> {
    let inside = before.is_some_and(|b| b.is_alphanumeric() || b == '_');
    if inside {
        return None;
    }
    if let Some(length) = mention(rest) {
        return Some((length, SpanKind::Mention));
    }
    if let Some(name) = rest.strip_prefix('#') {
        let end = name
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(name.len());
        let letters = name.get(..end)?.chars().any(char::is_alphabetic);
        return letters.then_some((1 + end, SpanKind::Tag));
    }
    let scheme = ["https://", "http://"].iter().find(|s| {
        rest.get(..s.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(s))
    })?;
    let stops = |c: char| c.is_whitespace() || "<>\"".contains(c);
    let end = rest.find(stops).unwrap_or(rest.len());
    let written = rest
        .get(..end)?
        .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
    (written.len() > scheme.len()).then_some((written.len(), SpanKind::Link))
}

/// The length of `@[Name](urn:li:person:1)`.
fn mention(rest: &str) -> Option<usize> {
    let (name, after) = rest.strip_prefix("@[")?.split_once("](")?;
    let (urn, _) = after.split_once(')')?;
    let id = ["urn:li:person:", "urn:li:organization:"]
        .iter()
        .find_map(|kind| urn.strip_prefix(kind))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = !name.is_empty()
        && !name.contains(['\n', '[', ']', '(', ')'])
        && !id.is_empty()
        && id.chars().all(plain);
    good.then(|| "@[](".len() + name.len() + urn.len() + 1)
}

/// A text as LinkedIn wants it.
#[must_use]
pub fn little(text: &str) -> String {
    let elements = find(text);
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let element = elements
            .iter()
            .find(|f| f.range.contains(&at) && f.kind != SpanKind::Link);
        if element.is_none() && RESERVED.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What a text in LinkedIn's form says: templates of hashtags as plain hashtags, without escapes.
#[must_use]
pub fn plain(little: &str) -> String {
    let mut out = String::with_capacity(little.len());
    let mut rest = little;
    while let Some(c) = rest.chars().next() {
        if let Some((tag, after)) = template(rest) {
            out.push('#');
            out.push_str(tag);
            rest = after;
            continue;
        }
        let mut chars = rest.chars();
        chars.next();
        if c == '\\' {
            out.extend(chars.next());
        } else {
            out.push(c);
        }
        rest = chars.as_str();
    }
    out
}

/// `{hashtag|\#|word}` at the beginning.
fn template(rest: &str) -> Option<(&str, &str)> {
    let (inside, after) = rest.strip_prefix("{hashtag|")?.split_once('}')?;
    let (_, word) = inside.split_once('|')?;
    Some((word, after))
}

/// What was recognised, for the screen.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    let mut units = 0_u32;
    let mut done = 0;
    let mut upto = |byte: usize| {
        let piece = text.get(done..byte).unwrap_or_default();
        units += piece.encode_utf16().count() as u32;
        done = byte;
        units
    };
    find(text)
        .into_iter()
        .map(|hit| TextSpan {
            from: upto(hit.range.start),
            to: upto(hit.range.end),
            kind: hit.kind,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reserved_signs_are_escaped_and_elements_are_not() {
        assert_eq!(little("plain, words!"), "plain, words!");
        assert_eq!(
            little("a (b) [c] {d} <e> f|g *h* _i_ ~j~ k\\l"),
            "a \\(b\\) \\[c\\] \\{d\\} \\<e\\> f\\|g \\*h\\* \\_i\\_ \\~j\\~ k\\\\l"
        );
        assert_eq!(little("#one #1 a#b # #größe"), "#one \\#1 a\\#b \\# #größe");
        let mention = "@[Devtest co](urn:li:organization:2414183)";
        assert_eq!(
            little(&format!("With {mention}.")),
            format!("With {mention}.")
        );
        assert_eq!(little("@ana @[x](y)"), "\\@ana \\@\\[x\\]\\(y\\)");
        assert_eq!(
            little("https://example.org/a_b(c)"),
            "https://example.org/a\\_b\\(c\\)"
        );
    }

    #[test]
    fn templates_are_read_as_hashtags() {
        assert_eq!(plain("Say {hashtag|\\#|word} \\(now\\)"), "Say #word (now)");
        assert_eq!(plain("{other|x}"), "{other|x}");
    }

    #[test]
    fn links_and_tags_are_shown() {
        let kinds: Vec<SpanKind> = spans("🎉 #tag https://example.org/a, end")
            .iter()
            .map(|s| s.kind)
            .collect();
        assert_eq!(kinds, [SpanKind::Tag, SpanKind::Link]);
    }

    proptest! {
        #[test]
        fn what_is_written_comes_back(text in "([a-z #@|{}()<>*_~\\[\\]\\\\äあ🎉.:/]){0,60}") {
            prop_assume!(!text.contains("{hashtag|"));
            let _ = spans(&text);
            prop_assert_eq!(plain(&little(&text)), text);
        }
    }
}
