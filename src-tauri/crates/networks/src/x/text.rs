//! How X reads a text: links, mentions, hashtags and cashtags, and the weight of everything else
//! (`twitter-text` 3: 280 units, 23 for any link, 2 for an emoji whatever it is made of).

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::catalogue::LINK_WEIGHT;
use crate::connector::{Measure, SpanKind, TextSpan};

/// Longest name of an account.
const MAX_NAME: usize = 20;

/// Something recognised in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where, in UTF-8 bytes; always between characters.
    pub range: Range<usize>,
    /// What.
    pub what: What,
}

/// What was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A web address.
    Link,
    /// `@name`.
    Mention,
    /// `#tag`.
    Tag,
    /// `$ABC`.
    Cashtag,
}

/// Everything recognised in a text, in order, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at >= skip_to
            && let Some((length, what)) = text.get(at..).and_then(|rest| begins(rest, c, before))
        {
            skip_to = at + length;
            found.push(Found {
                range: at..skip_to,
                what,
            });
        }
        before = Some(c);
    }
    found
}

/// What begins here, with its length in bytes.
fn begins(rest: &str, c: char, before: Option<char>) -> Option<(usize, What)> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    match c {
        '@' | '＠' if before.is_none_or(|b| !word(b) && !"@＠!#$%&*".contains(b)) => {
            mention(rest, c).map(|length| (length, What::Mention))
        }
        '#' | '＃' if before.is_none_or(|b| !word(b) && b != '&') => {
            tag(rest, c).map(|length| (length, What::Tag))
        }
        '$' if before.is_none_or(char::is_whitespace) => {
            cashtag(rest).map(|length| (length, What::Cashtag))
        }
        _ if c.is_alphanumeric() => link(rest, before).map(|length| (length, What::Link)),
        _ => None,
    }
}

fn mention(rest: &str, sign: char) -> Option<usize> {
    let name = rest.get(sign.len_utf8()..)?;
    let end = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(name.len());
    let after = name.get(end..)?;
    let is_name = (1..=MAX_NAME).contains(&end) && !after.starts_with(['@', '＠']);
    (is_name && !after.starts_with("://")).then(|| sign.len_utf8() + end)
}

fn tag(rest: &str, sign: char) -> Option<usize> {
    let name = rest.get(sign.len_utf8()..)?;
    if name.starts_with(['\u{fe0f}', '\u{20e3}']) {
        return None;
    }
    let mark = unicode_normalization::char::is_combining_mark;
    let belongs = |c: char| {
        c.is_alphanumeric() || mark(c) || matches!(c, '_' | '\u{200c}' | '\u{200d}' | '·')
    };
    let end = name.find(|c| !belongs(c)).unwrap_or(name.len());
    let letters = name.get(..end)?.chars().any(char::is_alphabetic);
    let address = name.get(end..)?.starts_with("://");
    (letters && !address).then(|| sign.len_utf8() + end)
}

fn cashtag(rest: &str) -> Option<usize> {
    let name = rest.get(1..)?;
    let letters = |text: &str| text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let mut end = letters(name);
    if !(1..=6).contains(&end) {
        return None;
    }
    if let Some(more) = name.get(end..)?.strip_prefix(['.', '_']) {
        let class = letters(more);
        if (1..=2).contains(&class) {
            end += 1 + class;
        }
    }
    let after = name.get(end..)?.chars().next();
    after
        .is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation())
        .then_some(1 + end)
}

fn link(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || "@＠$#＃".contains(b)) {
        return None;
    }
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        let head = rest.get(..scheme.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    let from = scheme.map_or(0, str::len);
    if scheme.is_none() && before.is_some_and(|b| "-_./".contains(b)) {
        return None;
    }
    let after = rest.get(from..)?;
    // Without a scheme only plain letters; with one also the letters of other alphabets, but no
    // script in which words stand without spaces.
    let of_host = |c: char| {
        let letter = c.is_ascii_alphanumeric()
            || (scheme.is_some() && c.is_alphanumeric() && c < '\u{1100}');
        letter || matches!(c, '.' | '-')
    };
    let host_end = after.find(|c| !of_host(c)).unwrap_or(after.len());
    let host = after.get(..host_end)?.trim_end_matches(['.', '-']);
    let label = |l: &str| !l.is_empty() && !l.starts_with('-') && !l.ends_with('-');
    let lower = host.to_lowercase();
    let suffix = psl::suffix(lower.as_bytes())?;
    let real = suffix.is_known() && suffix.as_bytes().len() < lower.len();
    if !real || !host.split('.').all(label) {
        return None;
    }
    let mut end = from + host.len();
    let tail = rest.get(end..)?;
    if tail.starts_with(['@', '＠']) {
        return None;
    }
    if let Some(port) = tail.strip_prefix(':') {
        let digits = port.bytes().take_while(u8::is_ascii_digit).count();
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    end += path(rest.get(end..)?);
    end += query(rest.get(end..)?);
    Some(end)
}

/// Letters of addresses: plain ones, Latin with accents, Cyrillic.
fn of_address(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || (('\u{c0}'..='\u{24f}').contains(&c) && c.is_alphabetic())
        || ('\u{400}'..='\u{4ff}').contains(&c)
}

fn path(tail: &str) -> usize {
    if !tail.starts_with('/') {
        return 0;
    }
    let mut open = 0_u32;
    let mut last = 0;
    for (at, c) in tail.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open > 0 => {
                open -= 1;
                last = at + 1;
            }
            _ if of_address(c) || "+-=_#/".contains(c) => last = at + c.len_utf8(),
            _ if "!*';:,.$%[]\u{2013}~@|&".contains(c) => {}
            _ => break,
        }
    }
    last
}

fn query(tail: &str) -> usize {
    if !tail.starts_with('?') {
        return 0;
    }
    let mut last = 0;
    for (at, c) in tail.char_indices() {
        match c {
            _ if c.is_ascii_alphanumeric() || "-_&=#/".contains(c) => last = at + 1,
            _ if "!?*'@();:+$%[].,~|".contains(c) => {}
            _ => break,
        }
    }
    last
}

/// The weight of one character.
const fn weight(c: char) -> u32 {
    match c {
        '\0'..='\u{10ff}'
        | '\u{2000}'..='\u{200d}'
        | '\u{2010}'..='\u{201f}'
        | '\u{2032}'..='\u{2037}' => 1,
        _ => 2,
    }
}

/// Whether a cluster of several characters is one emoji.
fn is_emoji(cluster: &str) -> bool {
    let signs = |c: char| {
        matches!(c, '\u{fe0f}' | '\u{20e3}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}')
            || matches!(c, '\u{e0020}'..='\u{e007f}')
    };
    let joined = cluster.contains('\u{200d}') && cluster.starts_with(|c| c >= '\u{2190}');
    cluster.chars().nth(1).is_some() && (joined || cluster.chars().any(signs))
}

/// How long a text is, in weighted characters.
#[must_use]
pub fn measure(text: &str, max: u32) -> Measure {
    let links: Vec<Range<usize>> = find(text)
        .into_iter()
        .filter(|f| f.what == What::Link)
        .map(|f| f.range)
        .collect();
    let (mut used, mut utf16) = (0_u32, 0_u32);
    let mut over_from = None;
    for (at, cluster) in text.grapheme_indices(true) {
        let cost = match links.iter().find(|l| l.contains(&at)) {
            Some(link) if link.start == at => LINK_WEIGHT,
            Some(_) => 0,
            None if is_emoji(cluster) => 2,
            None => cluster.nfc().map(weight).sum(),
        };
        used = used.saturating_add(cost);
        if over_from.is_none() && used > max {
            over_from = Some(utf16);
        }
        utf16 = utf16.saturating_add(cluster.encode_utf16().count() as u32);
    }
    Measure {
        used,
        limit: Some(max),
        over_from,
    }
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
            kind: match hit.what {
                What::Link => SpanKind::Link,
                What::Mention => SpanKind::Mention,
                What::Tag | What::Cashtag => SpanKind::Tag,
            },
        })
        .collect()
}

/// A text in the form in which what was sent and what came back are compared.
#[must_use]
pub fn comparable(text: &str) -> String {
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    plain.nfc().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn used(text: &str) -> u32 {
        measure(text, 280).used
    }

    fn of(what: What, text: &str) -> Vec<&str> {
        let hits = find(text).into_iter().filter(|f| f.what == what);
        hits.map(|f| &text[f.range]).collect()
    }

    #[test]
    fn characters_weigh_one_or_two() {
        assert_eq!(used("abc"), 3);
        assert_eq!(used("Grüße"), 5);
        assert_eq!(used("“quoted” – and…"), 16);
        assert_eq!(used("日本語"), 6);
        assert_eq!(used("한글"), 4);
        assert_eq!(used("नमस्ते"), 6);
        // Composed first: an accent on its own adds nothing.
        assert_eq!(used("e\u{301}"), 1);
    }

    #[test]
    fn an_emoji_weighs_two_whatever_it_is_made_of() {
        for emoji in ["🎉", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪", "#️⃣", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍💻"]
        {
            assert_eq!(used(emoji), 2, "{emoji}");
        }
        assert_eq!(used("🎉🎉"), 4);
    }

    #[test]
    fn every_link_weighs_the_same() {
        assert_eq!(used("https://example.com"), 23);
        assert_eq!(
            used("https://example.com/a/very/long/path?with=a&query=of&many=words"),
            23
        );
        assert_eq!(used("see example.org/x now"), 4 + 23 + 4);
        assert_eq!(used("t.co"), 23);
        let text = format!("{} https://example.com", "x".repeat(257));
        let measured = measure(&text, 280);
        assert_eq!((measured.used, measured.over_from), (281, Some(258)));
    }

    #[test]
    fn the_first_unit_too_many_is_told_as_text_fields_count() {
        let text = "🎉".repeat(141);
        assert_eq!(measure(&text, 280).over_from, Some(280));
        assert_eq!(measure(&text, 25_000).over_from, None);
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        assert_eq!(
            of(What::Link, "(https://example.org/a_(b)), ok"),
            ["https://example.org/a_(b)"]
        );
        assert_eq!(
            of(What::Link, "Go to example.co.uk/shop?x=1. Now"),
            ["example.co.uk/shop?x=1"]
        );
        assert_eq!(
            of(What::Link, "見てhttps://example.jp/記事。"),
            ["https://example.jp/"]
        );
        assert_eq!(
            of(What::Link, "https://müller.de:8080/ä!"),
            ["https://müller.de:8080/ä"]
        );
        for none in [
            "e.g. this",
            "v1.2.3",
            "ana@example.com",
            "https://x",
            "file.txt.",
            "co.uk",
        ] {
            assert_eq!(of(What::Link, none), [""; 0], "{none}");
        }
    }

    #[test]
    fn names_and_tags() {
        assert_eq!(
            of(What::Mention, "hi @ana_1, (@bo) x@y @a@b"),
            ["@ana_1", "@bo"]
        );
        assert_eq!(
            of(What::Tag, "#one #2two #3 a#b &#39; #größe"),
            ["#one", "#2two", "#größe"]
        );
        assert_eq!(
            of(What::Cashtag, "$ABC $BRK.A 5$ $12 $TOOLONGX"),
            ["$ABC", "$BRK.A"]
        );
    }

    #[test]
    fn what_came_back_is_compared_without_its_escapes() {
        assert_eq!(comparable("a &amp; b &lt;c&gt; "), "a & b <c>");
        assert_eq!(comparable("&amp;lt;"), "&lt;");
        assert_eq!(comparable("e\u{301}"), "é");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "([a-z#@$.:/?() 🎉äあ\u{200d}]|https://|example\\.org|#️⃣){0,60}|\\PC{0,60}") {
            let mut last = 0;
            for hit in find(&text) {
                prop_assert!(hit.range.start >= last && hit.range.end > hit.range.start);
                prop_assert!(text.get(hit.range.clone()).is_some());
                last = hit.range.end;
            }
            let _ = (spans(&text), measure(&text, 280));
        }
    }
}
