//! Links, mentions and tags in a text as Mastodon recognises them, and how long it finds a text.
//!
//! Mastodon counts grapheme clusters of the content warning and the text; a link counts a fixed number
//! if it would become a link, and of a mention the server behind the second `@` is free. What becomes a
//! link follows its configuration of the `twitter-text` library (looked up in its source): `http://` or
//! `https://`, a name under a public suffix, no brackets unless they are balanced, and none of the
//! sentence's punctuation at the end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::connector::{Measure, SpanKind, TextSpan};

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
    /// A web address.
    Link,
    /// Somebody's name; from here on, in bytes of the text, it is the server.
    Mention(usize),
    /// A tag.
    Tag,
}

/// Everything recognised in a text, in order, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let (mut before, mut skip_to) = (None, 0);
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
    let word = |c: char| c.is_alphanumeric() || c == '_';
    match c {
        'h' | 'H'
            if !before.is_some_and(|b| b.is_ascii_alphanumeric() || "@＠$#＃".contains(b)) =>
        {
            let end = link(rest)?;
            Some(Found {
                range: at..at + end,
                what: What::Link,
            })
        }
        '@' if !before.is_some_and(|b| word(b) || matches!(b, '=' | '/')) => {
            let name = 1 + dotted(rest.get(1..)?, |c| c.is_ascii_alphanumeric() || c == '_')?;
            let server = rest.get(name..).and_then(|r| r.strip_prefix('@'));
            let server = server
                .and_then(|r| dotted(r, word))
                .map_or(0, |end| end + 1);
            Some(Found {
                range: at..at + name + server,
                what: What::Mention(at + name),
            })
        }
        '#' | '＃'
            if !before.is_some_and(|b| b.is_alphanumeric() || matches!(b, '=' | '/' | ')')) =>
        {
            let name = rest.get(c.len_utf8()..)?;
            let end = name.find(|c| !tag_char(c)).unwrap_or(name.len());
            let name = name.get(..end)?.trim_matches(['·', '・', '\u{200c}']);
            name.chars().any(char::is_alphabetic).then(|| Found {
                range: at..at + c.len_utf8() + name.len(),
                what: What::Tag,
            })
        }
        _ => None,
    }
}

fn tag_char(c: char) -> bool {
    let mark = matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{200c}');
    c.is_alphanumeric() || mark || matches!(c, '_' | '·' | '・')
}

/// Where a name ends that begins and ends with such characters and may have dots and hyphens inside.
fn dotted(rest: &str, is_word: impl Fn(char) -> bool) -> Option<usize> {
    let reach = rest
        .find(|c: char| !(is_word(c) || matches!(c, '.' | '-')))
        .unwrap_or(rest.len());
    let name = rest.get(..reach)?.trim_end_matches(['.', '-']);
    (name.starts_with(&is_word) && !name.is_empty()).then_some(name.len())
}

/// Where a link ends that begins here; none when none does.
fn link(rest: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|s| {
        let head = rest.get(..s.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(s))
    })?;
    let after = rest.get(scheme.len()..)?;
    let host = dotted(after, |c| c.is_alphanumeric() || c == '_')?;
    let name = after.get(..host)?.to_lowercase();
    let known = psl::suffix(name.as_bytes())
        .is_some_and(|s| s.is_known() && s.as_bytes().len() < name.len());
    if !known {
        return None;
    }
    let mut end = scheme.len() + host;
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if let Some(port) = rest
        .get(end..)?
        .strip_prefix(':')
        .map(digits)
        .filter(|n| *n > 0)
    {
        end += 1 + port;
    }
    if rest.get(end..)?.starts_with('/') {
        end += path(rest.get(end..)?);
    }
    if let Some(query) = rest.get(end..)?.strip_prefix('?') {
        end += query_end(query).map_or(0, |n| n + 1);
    }
    Some(end)
}

/// Where a path ends: before a space, a question mark, a sign no path has, a bracket without its
/// partner; and without punctuation at its end.
fn path(rest: &str) -> usize {
    let (mut open, mut end) = (vec![], rest.len());
    for (at, c) in rest.char_indices() {
        match c {
            '<' | '>' | '?' => end = at,
            _ if c.is_whitespace() => end = at,
            '(' => open.push(at),
            ')' if open.pop().is_none() => end = at,
            _ => {}
        }
        if end < rest.len() {
            break;
        }
    }
    end = open.first().map_or(end, |first| end.min(*first));
    let kept = rest.get(..end).unwrap_or_default();
    kept.trim_end_matches(|c| "!*\"'「」;:=,.$%[]~&|@".contains(c))
        .len()
}

fn query_end(query: &str) -> Option<usize> {
    let beyond = |c: char| c >= '\u{a0}' && !c.is_whitespace();
    let inside =
        |c: char| c.is_ascii_alphanumeric() || beyond(c) || "!?*'();:&=+$/%#[]-_.,~|@^".contains(c);
    let ends = |c: char| c.is_ascii_alphanumeric() || beyond(c) || "_&=#/-".contains(c);
    let reach = query.find(|c| !inside(c)).unwrap_or(query.len());
    let kept = query.get(..reach)?.trim_end_matches(|c| !ends(c));
    (!kept.is_empty()).then_some(kept.len())
}

/// How long a text is when `before` characters are used up by the content warning.
#[must_use]
pub fn measure(text: &str, before: u32, limit: u32, per_link: u32) -> Measure {
    let found = find(text);
    let (mut used, mut utf16, mut over_from) = (before, 0_u32, None);
    for (at, cluster) in text.grapheme_indices(true) {
        let hit = found.iter().find(|f| f.range.contains(&at));
        used = used.saturating_add(match hit {
            Some(f) if f.what == What::Link && f.range.start == at => per_link,
            Some(f) if f.what == What::Link => 0,
            Some(Found {
                what: What::Mention(server),
                ..
            }) if at >= *server => 0,
            _ => 1,
        });
        if used > limit && over_from.is_none() {
            over_from = Some(utf16);
        }
        utf16 = utf16.saturating_add(cluster.encode_utf16().count() as u32);
    }
    if used > limit && over_from.is_none() {
        over_from = Some(0);
    }
    Measure {
        used,
        limit: Some(limit),
        over_from,
    }
}

/// Links, mentions and tags for the screen, in UTF-16 units.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    let (mut units, mut done) = (0_u32, 0);
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
            kind: match hit.what {
                What::Link => SpanKind::Link,
                What::Mention(_) => SpanKind::Mention,
                What::Tag => SpanKind::Tag,
            },
        })
        .collect()
}

/// Whether somebody is mentioned.
#[must_use]
pub fn mentions(text: &str) -> bool {
    find(text)
        .iter()
        .any(|f| matches!(f.what, What::Mention(_)))
}

/// A text for comparing with what a server made of it: without spaces and the servers of mentions.
#[must_use]
pub fn squeezed(text: &str) -> String {
    let found = find(text);
    let servers = found.iter().filter_map(|f| match f.what {
        What::Mention(server) => Some(server..f.range.end),
        _ => None,
    });
    let (mut kept, mut from) = (String::new(), 0);
    for server in servers {
        kept.push_str(text.get(from..server.start).unwrap_or_default());
        from = server.end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept.retain(|c| !c.is_whitespace());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn used(text: &str) -> u32 {
        measure(text, 0, 500, 23).used
    }

    fn hits(text: &str, wanted: impl Fn(&What) -> bool) -> Vec<&str> {
        let all = find(text).into_iter().filter(|f| wanted(&f.what));
        all.map(|f| &text[f.range]).collect()
    }

    #[test]
    fn every_link_counts_alike() {
        assert_eq!(used("https://example.org"), 23);
        assert_eq!(
            used(&format!("see https://example.org/{}.", "x".repeat(300))),
            4 + 23 + 1
        );
        assert_eq!(measure("https://example.org", 0, 500, 30).used, 30);
        // What does not become a link counts as it is.
        for text in [
            "example.org",
            "http://localhost/x",
            "ftp://example.org",
            "https://",
            "xhttps://example.org",
        ] {
            assert_eq!(used(text), text.len() as u32, "{text}");
        }
    }

    #[test]
    fn the_sentence_around_a_link_stays_out_of_it() {
        let links = |text| hits(text, |w| *w == What::Link);
        assert_eq!(
            links("(https://example.org/a_(b))"),
            ["https://example.org/a_(b)"]
        );
        assert_eq!(
            links("https://example.org/a(b c"),
            ["https://example.org/a"]
        );
        assert_eq!(
            links("\"https://example.org/ä?q=ü&x=1.\" <"),
            ["https://example.org/ä?q=ü&x=1"]
        );
        assert_eq!(
            links("https://example.org:8443/x, https://a.example.co.uk!"),
            ["https://example.org:8443/x", "https://a.example.co.uk"]
        );
        assert_eq!(
            links("https://example.org/@ana/1#two"),
            ["https://example.org/@ana/1#two"]
        );
    }

    #[test]
    fn the_server_of_a_mention_is_free() {
        assert_eq!(used("@ana@mastodon.example hi"), 7);
        assert_eq!(used("@ana hi"), 7);
        assert_eq!(used("(@ana.b@x.example)"), 8);
        // No mention: an address of electronic mail.
        assert_eq!(used("ana@mail.example"), 16);
        assert_eq!(
            hits("@ana@mastodon.example. @bo, x/@no", |w| matches!(
                w,
                What::Mention(_)
            )),
            ["@ana@mastodon.example", "@bo"]
        );
    }

    #[test]
    fn tags_need_something_besides_digits() {
        assert_eq!(
            hits(
                "#one, #Zwei! #123 #a1 x#no /#no #नमस्ते #한국 # #_",
                |w| *w == What::Tag
            ),
            ["#one", "#Zwei", "#a1", "#नमस्ते", "#한국"]
        );
    }

    #[test]
    fn clusters_count_once_and_the_warning_counts_too() {
        assert_eq!(used("e\u{301}👨‍👩‍👧‍👦"), 2);
        let measured = measure("abcdef", 4, 8, 23);
        assert_eq!((measured.used, measured.over_from), (10, Some(4)));
        assert_eq!(measure("", 9, 8, 23).over_from, Some(0));
        assert_eq!(measure("abcd", 4, 8, 23).over_from, None);
    }

    #[test]
    fn texts_compare_without_what_a_server_leaves_out() {
        assert_eq!(
            squeezed("Hi  @ana@x.example,\nsee\u{a0}it"),
            squeezed("Hi @ana, see it")
        );
        assert_ne!(squeezed("One"), squeezed("Two"));
    }

    #[test]
    fn spans_count_as_text_fields_do() {
        let spans = spans("🎉 #tag @ana@x.example");
        assert_eq!(
            (spans[0].from, spans[0].to, spans[0].kind),
            (3, 7, SpanKind::Tag)
        );
        assert_eq!(
            (spans[1].from, spans[1].to, spans[1].kind),
            (8, 22, SpanKind::Mention)
        );
    }

    proptest! {
        #[test]
        fn ranges_are_ordered_apart_and_between_characters(
            text in "([a-z#@.:/?= ()🎉äあ]|https://|example\\.org){0,60}"
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
            let _ = squeezed(&text);
        }
    }
}
