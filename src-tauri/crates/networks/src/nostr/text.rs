//! What a text mentions: tags, links, and people and notes by their names (NIP-19, NIP-27).

use std::ops::Range;

use super::keys::decoded;
use crate::connector::{SpanKind, TextSpan};
use crate::hex::hex;

/// Something recognised in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where, in UTF-8 bytes.
    pub range: Range<usize>,
    /// What.
    pub what: What,
}

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A web address.
    Link,
    /// A tag, without `#`, in small letters.
    Tag(String),
    /// Somebody's public key.
    Person(String),
    /// The name of a note.
    Note(String),
}

/// Everything recognised in a text, in order.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        let opens = before.is_none_or(|b| !b.is_alphanumeric() && b != '_' && b != '/');
        if at >= skip_to
            && opens
            && let Some(hit) = text.get(at..).and_then(|rest| at_start(rest, c))
        {
            let range = at..at + hit.0;
            skip_to = range.end;
            found.push(Found { range, what: hit.1 });
        }
        before = Some(c);
    }
    found
}

/// The links of a text as they stand in it, without the signs that end a sentence.
pub fn links(text: &str) -> impl Iterator<Item = &str> {
    let all = find(text).into_iter();
    all.filter(|found| found.what == What::Link)
        .filter_map(move |found| text.get(found.range))
}

fn at_start(rest: &str, c: char) -> Option<(usize, What)> {
    match c {
        '#' => tag(rest),
        'h' | 'H' => link(rest),
        'n' | '@' => name(rest),
        _ => None,
    }
}

fn tag(rest: &str) -> Option<(usize, What)> {
    let word = rest.get(1..)?;
    let end = word
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(word.len());
    let word = word.get(..end)?;
    let told = word.chars().any(|c| !c.is_numeric() && c != '_');
    told.then(|| (end + 1, What::Tag(word.to_lowercase())))
}

fn link(rest: &str) -> Option<(usize, What)> {
    let starts = |scheme: &str| {
        let head = rest.get(..scheme.len());
        head.is_some_and(|h| h.eq_ignore_ascii_case(scheme))
    };
    if !starts("https://") && !starts("http://") {
        return None;
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '“' | '”'))
        .unwrap_or(rest.len());
    let address = rest.get(..end)?;
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ')', ']']);
    let url = reqwest::Url::parse(address).ok()?;
    url.host_str()?;
    Some((address.len(), What::Link))
}

/// A name such as `nostr:npub1…` or `@npub1…`.
fn name(rest: &str) -> Option<(usize, What)> {
    let start = ["nostr:", "@"].into_iter().find(|s| rest.starts_with(s))?;
    let word = rest.get(start.len()..)?;
    let end = word
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(word.len());
    let (kind, bytes) = decoded(word.get(..end)?)?;
    let first = || told(&bytes);
    let what = match kind.as_str() {
        "npub" if bytes.len() == 32 => What::Person(hex(&bytes)),
        "note" if bytes.len() == 32 => What::Note(hex(&bytes)),
        "nprofile" => What::Person(first()?),
        "nevent" => What::Note(first()?),
        _ => return None,
    };
    Some((start.len() + end, what))
}

/// The 32 bytes under number 0 in a list of numbered pieces.
fn told(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    while let [number, length, after @ ..] = rest {
        let piece = after.get(..usize::from(*length))?;
        if *number == 0 && piece.len() == 32 {
            return Some(hex(piece));
        }
        rest = after.get(usize::from(*length)..)?;
    }
    None
}

/// The text as it is sent: people typed with `@` get the name that every app knows.
#[must_use]
pub fn sent(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for found in find(text) {
        let typed = text.get(found.range.clone()).unwrap_or_default();
        if let Some(name) = typed.strip_prefix('@') {
            out.push_str(text.get(from..found.range.start).unwrap_or_default());
            out.push_str("nostr:");
            out.push_str(name);
            from = found.range.end;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The same for tinting: offsets in UTF-16 units.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    let units = |to: usize| text.get(..to).unwrap_or_default().encode_utf16().count() as u32;
    let span = |found: Found| TextSpan {
        from: units(found.range.start),
        to: units(found.range.end),
        kind: match found.what {
            What::Tag(_) => SpanKind::Tag,
            What::Person(_) => SpanKind::Mention,
            What::Link | What::Note(_) => SpanKind::Link,
        },
    };
    find(text).into_iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NPUB: &str = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
    const PUBLIC: &str = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";
    /// The example of NIP-19, with two relays in it.
    const NPROFILE: &str = "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p";

    fn whats(text: &str) -> Vec<What> {
        find(text).into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn tags_people_and_links_are_recognised() {
        let text = format!("#Grüße an @{NPUB}, siehe https://example.org/a#b. C#7 a#b #1");
        assert_eq!(
            whats(&text),
            [
                What::Tag("grüße".to_owned()),
                What::Person(PUBLIC.to_owned()),
                What::Link
            ]
        );
        assert_eq!(
            whats(&format!("nostr:{NPROFILE}")),
            [What::Person(
                "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d".to_owned()
            )]
        );
        assert!(whats("nostr:npub1broken @ana nostr: # #__").is_empty());
    }

    #[test]
    fn people_get_the_name_that_every_app_knows() {
        assert_eq!(sent(&format!("Hi @{NPUB}!")), format!("Hi nostr:{NPUB}!"));
        assert_eq!(sent("mail@example.org"), "mail@example.org");
    }

    #[test]
    fn offsets_count_as_text_fields_do() {
        let spans = spans("🎉 #x");
        assert_eq!(
            (spans[0].from, spans[0].to, spans[0].kind),
            (3, 5, SpanKind::Tag)
        );
    }
}
