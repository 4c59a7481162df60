//! Finding links and whatever else a network recognises in a text, for tinting it on screen.

use crate::connector::{SpanKind, TextSpan};

/// Everything recognised in a text, in order, without overlaps: links with a scheme, and what `other`
/// sees. It gets the rest of the text and the character before it, and tells how many bytes belong
/// to what it found.
#[must_use]
pub fn spans(
    text: &str,
    other: impl Fn(&str, Option<char>) -> Option<(usize, SpanKind)>,
) -> Vec<TextSpan> {
    let mut found = Vec::new();
    let (mut units, mut skip_to, mut before) = (0_u32, 0, None);
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        if at >= skip_to
            && let Some((bytes, kind)) = link(rest, before)
                .map(|bytes| (bytes, SpanKind::Link))
                .or_else(|| other(rest, before))
            && let Some(hit) = rest.get(..bytes).filter(|hit| !hit.is_empty())
        {
            skip_to = at + bytes;
            found.push(TextSpan {
                from: units,
                to: units.saturating_add(hit.encode_utf16().count() as u32),
                kind,
            });
        }
        units = units.saturating_add(c.len_utf16() as u32);
        before = Some(c);
    }
    found
}

/// How many bytes of a text that begins here are a link.
fn link(rest: &str, before: Option<char>) -> Option<usize> {
    if !rest.starts_with(['h', 'H']) || before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        rest.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    })?;
    let stops = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '”' | '»');
    let mut end = rest.find(stops).unwrap_or(rest.len());
    while let Some(head) = rest.get(..end)
        && let Some(last) = head.chars().next_back()
    {
        let unopened = last == ')' && head.matches(')').count() > head.matches('(').count();
        let punctuation = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '…' | '*' | '_' | '~'
        );
        if !punctuation && !unopened {
            break;
        }
        end -= last.len_utf8();
    }
    let address = reqwest::Url::parse(rest.get(..end)?).ok()?;
    (end > scheme.len() && address.host_str().is_some()).then_some(end)
}

/// How many bytes belong to a word of letters, digits and low lines after a sign such as `#`, the
/// sign included; none when there is no such word, or the sign stands inside another word.
#[must_use]
pub fn word_after(sign: char, rest: &str, before: Option<char>) -> Option<usize> {
    let inside = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == sign);
    let word = rest.strip_prefix(sign).filter(|_| !inside)?;
    let belongs = |c: char| c.is_alphanumeric() || c == '_';
    let end = word.find(|c: char| !belongs(c)).unwrap_or(word.len());
    (end > 0).then(|| sign.len_utf8() + end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(text: &str) -> Vec<(String, SpanKind)> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let tags = |rest: &str, before| word_after('#', rest, before).map(|n| (n, SpanKind::Tag));
        spans(text, tags)
            .into_iter()
            .map(|s| {
                let part = &units[s.from as usize..s.to as usize];
                (String::from_utf16(part).unwrap(), s.kind)
            })
            .collect()
    }

    #[test]
    fn links_and_words_are_found_where_they_begin_and_end() {
        let text = "🎉 (see https://example.org/a_(b)), #Grüße! a#no ## http:// xhttp://y.z";
        let hits = seen(text);
        let words: Vec<&str> = hits.iter().map(|h| h.0.as_str()).collect();
        assert_eq!(words, ["https://example.org/a_(b)", "#Grüße"]);
        assert_eq!(hits[0].1, SpanKind::Link);
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_whole(text in "([a-z#@.:/ ()🎉ä|]|https://|example\\.org){0,60}") {
            let mut last = 0;
            for span in spans(&text, |rest, before| word_after('#', rest, before).map(|n| (n, SpanKind::Tag))) {
                prop_assert!(span.from >= last && span.to > span.from);
                last = span.to;
            }
            prop_assert!(last as usize <= text.encode_utf16().count());
        }
    }
}
