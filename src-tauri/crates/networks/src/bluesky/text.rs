//! Links, mentions and tags in a text, as Bluesky recognises them, with their UTF-8 byte ranges.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::connector::{SpanKind, TextSpan};

/// Longest tag: 64 graphemes and 640 bytes (lexicon `app.bsky.richtext.facet`).
const MAX_TAG_GRAPHEMES: usize = 64;
const MAX_TAG_BYTES: usize = 640;
/// Longest address in a facet: the lexicon's format `uri`.
const MAX_URI_BYTES: usize = 8_000;

/// Something recognised in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where, in UTF-8 bytes; always between characters.
    pub range: Range<usize>,
    /// What.
    pub what: What,
}

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A web address, complete with its scheme.
    Link(String),
    /// A handle, without `@`, in lower case.
    Mention(String),
    /// A tag, without `#`.
    Tag(String),
}

/// Everything recognised in a text, in order, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at >= skip_to
            && let Some(hit) = at_position(text, at, c, before)
        {
            skip_to = hit.range.end;
            found.push(hit);
        }
        before = Some(c);
    }
    found
}

fn at_position(text: &str, at: usize, c: char, before: Option<char>) -> Option<Found> {
    let rest = text.get(at..)?;
    if matches!(c, 'h' | 'H')
        && !before.is_some_and(|b| b.is_ascii_alphanumeric())
        && let Some(hit) = full_link(rest, at)
    {
        return Some(hit);
    }
    if !opens(before) {
        return None;
    }
    match c {
        '@' => mention(rest, at),
        '#' | '＃' => tag(rest, at),
        _ if c.is_ascii_alphanumeric() => bare_link(rest, at),
        _ => None,
    }
}

/// Whether something may begin after this character.
fn opens(before: Option<char>) -> bool {
    before.is_none_or(|c| {
        c.is_whitespace()
            || matches!(
                c,
                '(' | '[' | '{' | '"' | '\'' | '“' | '‘' | '«' | '„' | '（' | '「'
            )
    })
}

/// Where an address ends: at a space or a sign that no address contains, without the punctuation
/// of the sentence around it and without a bracket that was opened before it.
fn link_end(rest: &str) -> usize {
    let stops = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>'
                    | '"'
                    | '`'
                    | '“'
                    | '”'
                    | '«'
                    | '»'
                    | '。'
                    | '、'
                    | '）'
                    | '」'
                    | '』'
                    | '】'
            )
    };
    let mut end = rest.find(stops).unwrap_or(rest.len());
    while let Some(head) = rest.get(..end)
        && let Some(last) = head.chars().next_back()
    {
        let unopened = |open: char, close: char| {
            head.chars().filter(|c| *c == close).count()
                > head.chars().filter(|c| *c == open).count()
        };
        let drop = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '…' | '*' | '_' | '~' => true,
            ')' => unopened('(', ')'),
            ']' => unopened('[', ']'),
            '}' => unopened('{', '}'),
            _ => false,
        };
        if !drop {
            break;
        }
        end -= last.len_utf8();
    }
    end
}

fn full_link(rest: &str, at: usize) -> Option<Found> {
    let scheme = ["https://", "http://"].into_iter().find(|s| {
        rest.get(..s.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(s))
    })?;
    let end = link_end(rest);
    let written = rest.get(..end)?;
    let url = reqwest::Url::parse(written).ok()?;
    let host = url.host_str()?;
    let fits = end > scheme.len() && end <= MAX_URI_BYTES && host.contains(['.', ':']);
    // The scheme in lower case: the lexicon's readers compare it so.
    let uri = format!("{scheme}{}", written.get(scheme.len()..)?);
    fits.then(|| Found {
        range: at..at + end,
        what: What::Link(uri),
    })
}

/// An address without scheme: only under a public suffix that exists, written in lower case there,
/// so that `Node.js`, `ASP.NET`, `e.g.` and version numbers stay text.
fn bare_link(rest: &str, at: usize) -> Option<Found> {
    let host_end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
        .unwrap_or(rest.len());
    let host = rest.get(..host_end)?.trim_end_matches(['.', '-']);
    let after = rest.get(host.len()..)?;
    if after.starts_with('@') || !is_host(host) {
        return None;
    }
    let (_, last) = host.rsplit_once('.')?;
    let known = psl::suffix(host.as_bytes())
        .is_some_and(|s| s.is_known() && s.as_bytes().len() < host.len());
    if !known || last.chars().any(|c| !c.is_ascii_lowercase()) {
        return None;
    }
    let port = after
        .strip_prefix(':')
        .is_some_and(|p| p.starts_with(|c: char| c.is_ascii_digit()));
    let goes_on = port || after.starts_with(['/', '?', '#']);
    let end = if goes_on { link_end(rest) } else { host.len() };
    let uri = format!("https://{}", rest.get(..end)?);
    let valid = end <= MAX_URI_BYTES && reqwest::Url::parse(&uri).is_ok();
    valid.then(|| Found {
        range: at..at + end,
        what: What::Link(uri),
    })
}

/// Dot-separated labels of letters, digits and inner hyphens, at least two of them.
fn is_host(host: &str) -> bool {
    let label =
        |l: &str| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-');
    host.len() <= 253 && host.contains('.') && host.split('.').all(label)
}

fn mention(rest: &str, at: usize) -> Option<Found> {
    let name = rest.get(1..)?;
    let end = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
        .unwrap_or(name.len());
    let handle = name.get(..end)?.trim_end_matches(['.', '-']);
    let after = name.get(handle.len()..)?;
    if after.starts_with('@') || !is_handle(handle) {
        return None;
    }
    let range = at..at + 1 + handle.len();
    Some(Found {
        range,
        what: What::Mention(handle.to_ascii_lowercase()),
    })
}

/// Whether a text has the form of a handle: a host name whose last label begins with a letter.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    is_host(text)
        && text
            .rsplit('.')
            .next()
            .is_some_and(|l| l.starts_with(|c: char| c.is_ascii_alphabetic()))
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

fn tag(rest: &str, at: usize) -> Option<Found> {
    let sign = rest.chars().next()?.len_utf8();
    let name = rest.get(sign..)?;
    // `#️⃣` is an emoji, no tag.
    if name.starts_with('\u{fe0f}') {
        return None;
    }
    let invisible = |c: char| {
        matches!(
            c,
            '\u{ad}' | '\u{2060}' | '\u{200a}'..='\u{200d}' | '\u{20e2}'
        )
    };
    let end = name
        .find(|c: char| c.is_whitespace() || invisible(c))
        .unwrap_or(name.len());
    let name = name.get(..end)?.trim_end_matches(is_punctuation);
    let says = name.chars().any(|c| !c.is_numeric() && !is_punctuation(c));
    let fits = name.len() <= MAX_TAG_BYTES && name.graphemes(true).count() <= MAX_TAG_GRAPHEMES;
    (says && fits).then(|| Found {
        range: at..at + sign + name.len(),
        what: What::Tag(name.to_owned()),
    })
}

/// Punctuation of common scripts (Unicode category P, as far as it ends words).
fn is_punctuation(c: char) -> bool {
    let latin = "!\"#%&'()*,-./:;?@[\\]_{}¡§«¶·»¿";
    latin.contains(c)
        // Hebrew, Arabic, Indic, Thai.
        || matches!(c, '\u{5be}' | '\u{5c0}' | '\u{5c3}' | '\u{5f3}' | '\u{5f4}')
        || matches!(c, '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{66a}'..='\u{66d}' | '\u{6d4}')
        || matches!(c, '\u{964}' | '\u{965}' | '\u{970}' | '\u{e4f}')
        // Dashes, quotes and dots of all kinds.
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
        // Chinese, Japanese and Korean, and their wide forms of the Latin ones.
        || matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}')
        || matches!(c, '\u{3030}' | '\u{30fb}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
        || matches!(c, '\u{ff3b}'..='\u{ff3d}' | '\u{ff3f}' | '\u{ff5b}'..='\u{ff65}')
}

/// The same for the screen, in UTF-16 units.
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
        .map(|hit| {
            let kind = match hit.what {
                What::Link(_) => SpanKind::Link,
                What::Mention(_) => SpanKind::Mention,
                What::Tag(_) => SpanKind::Tag,
            };
            TextSpan {
                from: upto(hit.range.start),
                to: upto(hit.range.end),
                kind,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links(text: &str) -> Vec<(&str, String)> {
        find(text)
            .into_iter()
            .filter_map(|f| match f.what {
                What::Link(uri) => Some((&text[f.range], uri)),
                _ => None,
            })
            .collect()
    }

    fn tags(text: &str) -> Vec<String> {
        find(text)
            .into_iter()
            .filter_map(|f| match f.what {
                What::Tag(tag) => Some(tag),
                _ => None,
            })
            .collect()
    }

    fn mentions(text: &str) -> Vec<(&str, String)> {
        find(text)
            .into_iter()
            .filter_map(|f| match f.what {
                What::Mention(handle) => Some((&text[f.range], handle)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn ranges_are_utf8_bytes() {
        let text = "Grüße 🎉 https://example.org/ä?b=1 und #München!";
        let hits = find(text);
        assert_eq!(&text[hits[0].range.clone()], "https://example.org/ä?b=1");
        assert_eq!(hits[0].range.start, "Grüße 🎉 ".len());
        assert_eq!(hits[1].what, What::Tag("München".to_owned()));
    }

    #[test]
    fn the_sentence_around_a_link_stays_out_of_it() {
        let one = |text| links(text).into_iter().map(|l| l.1).collect::<Vec<_>>();
        assert_eq!(one("See https://example.org/a."), ["https://example.org/a"]);
        assert_eq!(
            one("(https://example.org/a_(b))"),
            ["https://example.org/a_(b)"]
        );
        assert_eq!(
            one("\"https://example.org\", she said"),
            ["https://example.org"]
        );
        assert_eq!(
            one("見てhttps://example.jp/記事。"),
            ["https://example.jp/記事"]
        );
        assert_eq!(one("HTTPS://Example.org/X"), ["https://Example.org/X"]);
        assert!(one("https:// http://x xhttps://example.org").is_empty());
    }

    #[test]
    fn bare_domains_need_a_suffix_that_exists() {
        assert_eq!(
            links("go to example.co.uk/shop?x=1, or sub.example.com."),
            [
                (
                    "example.co.uk/shop?x=1",
                    "https://example.co.uk/shop?x=1".to_owned()
                ),
                ("sub.example.com", "https://sub.example.com".to_owned()),
            ]
        );
        for text in [
            "e.g. this",
            "Node.js",
            "ASP.NET",
            "v1.2.3",
            "ana@example.com",
            "a..b.com",
            "co.uk",
            "file.",
            "3.14",
        ] {
            assert_eq!(links(text), [], "{text}");
        }
    }

    #[test]
    fn mentions_are_handles_after_a_space() {
        assert_eq!(
            mentions("hi @Ana.Example.com, and (@bo.test)"),
            [
                ("@Ana.Example.com", "ana.example.com".to_owned()),
                ("@bo.test", "bo.test".to_owned())
            ]
        );
        for text in [
            "mail ana@example.com",
            "@nodots",
            "@a@mastodon.social",
            "@x.1",
            "@a.b@c.social",
        ] {
            assert_eq!(mentions(text), [], "{text}");
        }
    }

    #[test]
    fn tags_need_something_besides_digits() {
        assert_eq!(
            tags("#one, #Zwei! ＃三 #c++ #123 # #a1 x#no (#in) #️⃣"),
            ["one", "Zwei", "三", "c++", "a1", "in"]
        );
        assert_eq!(tags(&format!("#{}", "x".repeat(65))), Vec::<String>::new());
        assert_eq!(tags(&format!("#{}", "x".repeat(64))).len(), 1);
        assert_eq!(tags("#नमस्ते। #سلام،"), ["नमस्ते", "سلام"]);
    }

    #[test]
    fn spans_count_as_text_fields_do() {
        let spans = spans("🎉 #tag @ana.test");
        assert_eq!(
            (spans[0].from, spans[0].to, spans[0].kind),
            (3, 7, SpanKind::Tag)
        );
        assert_eq!(
            (spans[1].from, spans[1].to, spans[1].kind),
            (8, 17, SpanKind::Mention)
        );
    }

    proptest! {
        #[test]
        fn ranges_are_ordered_apart_and_between_characters(
            text in "([a-z#@.:/ ()🎉äあ\u{200d}]|https://|example\\.org|#️⃣){0,60}"
        ) {
            let mut last = 0;
            for hit in find(&text) {
                prop_assert!(hit.range.start >= last && hit.range.end > hit.range.start);
                prop_assert!(text.get(hit.range.clone()).is_some());
                last = hit.range.end;
            }
        }

        #[test]
        fn no_text_makes_it_fail(text in any::<String>()) {
            let _ = spans(&text);
        }
    }
}
