//! Marks in a text, as Telegram's own apps read them while somebody types, made into the plain text
//! and its entities. Entities count in UTF-16 units and need no escaping; marks without a partner
//! stay what they are.

use serde_json::{Map, Value, json};

use crate::connector::{SpanKind, TextSpan};
use crate::spotting;

/// Deepest marks within marks.
const MAX_DEPTH: usize = 6;
/// Longer texts are taken as written: they are far above what a message holds.
const MAX_MARKED_BYTES: usize = 24_000;

/// Pairs of marks and the entity they make, in the order in which they are tried.
const PAIRS: [(&str, &str); 6] = [
    ("```", "pre"),
    ("`", "code"),
    ("**", "bold"),
    ("__", "italic"),
    ("~~", "strikethrough"),
    ("||", "spoiler"),
];

/// A text as it is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Formatted {
    /// The text without its marks.
    pub text: String,
    /// What is bold and the like.
    pub entities: Vec<Value>,
    /// UTF-16 units of the text so far.
    units: u32,
    /// Where pieces of the text stand: in the text as it is shown, and as it was typed.
    pieces: Vec<(u32, u32)>,
}

impl Formatted {
    /// Reads a text, with its marks or as written. Spaces around it go, as they do on Telegram.
    #[must_use]
    pub fn read(typed: &str, with_marks: bool) -> Self {
        let mut out = Self::default();
        let trimmed = typed.trim();
        let before = typed.len() - typed.trim_start().len();
        let from = units_of(typed.get(..before).unwrap_or_default());
        if with_marks && trimmed.len() <= MAX_MARKED_BYTES {
            out.marked(trimmed, from, 0);
        } else {
            out.literal(trimmed, from);
        }
        out
    }

    /// Where in the typed text the shown one reaches this many units.
    #[must_use]
    pub fn typed_at(&self, shown: u32) -> u32 {
        let piece = self.pieces.iter().rev().find(|piece| piece.0 <= shown);
        piece.map_or(0, |piece| piece.1 + (shown - piece.0))
    }

    fn literal(&mut self, text: &str, from: u32) {
        if text.is_empty() {
            return;
        }
        self.pieces.push((self.units, from));
        self.text.push_str(text);
        self.units += units_of(text);
    }

    /// Reads text with marks; `from` is where it stands in the typed text, in UTF-16 units.
    fn marked(&mut self, text: &str, from: u32, depth: usize) {
        let (mut done, mut at) = (0, 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            let found = if depth < MAX_DEPTH { mark(rest) } else { None };
            let Some(found) = found else {
                at += step;
                continue;
            };
            let position = |byte: usize| from + units_of(text.get(..byte).unwrap_or_default());
            self.literal(text.get(done..at).unwrap_or_default(), position(done));
            let start = self.units;
            let inner_from = position(at + found.skip);
            if found.literal {
                self.literal(found.inner, inner_from);
            } else {
                self.marked(found.inner, inner_from, depth + 1);
            }
            self.entity(start, &found);
            at += found.whole;
            done = at;
        }
        let tail = from + units_of(text.get(..done).unwrap_or_default());
        self.literal(text.get(done..).unwrap_or_default(), tail);
    }

    fn entity(&mut self, start: u32, found: &Mark<'_>) {
        let mut entity = Map::new();
        entity.insert("type".to_owned(), json!(found.kind));
        entity.insert("offset".to_owned(), json!(start));
        entity.insert("length".to_owned(), json!(self.units - start));
        if let Some(address) = found.address {
            entity.insert("url".to_owned(), json!(address));
        }
        self.entities.push(Value::Object(entity));
    }
}

fn units_of(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// A mark with its partner.
struct Mark<'a> {
    kind: &'static str,
    inner: &'a str,
    /// Bytes before the inner text.
    skip: usize,
    /// Bytes of it all.
    whole: usize,
    /// What is inside is taken as written.
    literal: bool,
    address: Option<&'a str>,
}

fn mark(rest: &str) -> Option<Mark<'_>> {
    if rest.starts_with('[') {
        return link(rest);
    }
    let (sign, kind) = PAIRS.into_iter().find(|pair| rest.starts_with(pair.0))?;
    let after = rest.get(sign.len()..)?;
    let literal = sign.starts_with('`');
    let holds = |inner: &str| {
        let spaced = inner.starts_with(char::is_whitespace) || inner.ends_with(char::is_whitespace);
        !inner.trim().is_empty() && (literal || !spaced)
    };
    let end = after
        .match_indices(sign)
        .map(|(end, _)| end)
        .find(|end| after.get(..*end).is_some_and(holds))?;
    Some(Mark {
        kind,
        inner: after.get(..end)?,
        skip: sign.len(),
        whole: 2 * sign.len() + end,
        literal,
        address: None,
    })
}

/// `[words](address)`.
fn link(rest: &str) -> Option<Mark<'_>> {
    let middle = rest.find("](")?;
    let inner = rest.get(1..middle)?;
    let after = rest.get(middle + 2..)?;
    let end = after.find([')', '\n', ' '])?;
    let address = after.get(..end)?;
    let known = ["https://", "http://", "tg://"]
        .iter()
        .any(|scheme| address.len() > scheme.len() && address.starts_with(scheme));
    let closed = after.get(end..)?.starts_with(')');
    (known && closed && !inner.trim().is_empty() && !inner.contains(['[', '\n'])).then_some(Mark {
        kind: "text_link",
        inner,
        skip: 1,
        whole: middle + 3 + end,
        literal: false,
        address: Some(address),
    })
}

/// Links, `@names` and tags, as Telegram's apps make them touchable.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    spotting::spans(text, |rest, before| {
        if let Some(bytes) = spotting::word_after('#', rest, before) {
            let word = rest.get(1..bytes)?;
            return word
                .chars()
                .any(|c| !c.is_numeric())
                .then_some((bytes, SpanKind::Tag));
        }
        let bytes = spotting::word_after('@', rest, before)?;
        let name = rest.get(1..bytes)?;
        let is_name = (4..=32).contains(&name.len()) && name.is_ascii();
        is_name.then_some((bytes, SpanKind::Mention))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(formatted: &Formatted) -> Vec<(String, String)> {
        let units: Vec<u16> = formatted.text.encode_utf16().collect();
        let number = |entity: &Value, name: &str| entity[name].as_u64().unwrap() as usize;
        formatted
            .entities
            .iter()
            .map(|e| {
                let (from, length) = (number(e, "offset"), number(e, "length"));
                let part = String::from_utf16(&units[from..from + length]).unwrap();
                (e["type"].as_str().unwrap().to_owned(), part)
            })
            .collect()
    }

    #[test]
    fn marks_become_entities_and_leave_the_text() {
        let read = Formatted::read(
            " 🎉 **bold __both__** ||x|| `a**b` [Grüße](https://example.org/?a=1) ~~no~~ ",
            true,
        );
        assert_eq!(read.text, "🎉 bold both x a**b Grüße no");
        let pair = |kind: &str, part: &str| (kind.to_owned(), part.to_owned());
        assert_eq!(
            kinds(&read),
            [
                pair("italic", "both"),
                pair("bold", "bold both"),
                pair("spoiler", "x"),
                pair("code", "a**b"),
                pair("text_link", "Grüße"),
                pair("strikethrough", "no"),
            ]
        );
        assert_eq!(read.units, read.text.encode_utf16().count() as u32);
        assert_eq!(read.entities[4]["url"], "https://example.org/?a=1");
    }

    #[test]
    fn marks_without_a_partner_stay() {
        for text in [
            "2 ** 3 ** 4",
            "**open",
            "a || b || c",
            "[x](ftp://y)",
            "[x](https://y z)",
            "__ __",
            "``",
            "[](https://y)",
        ] {
            let read = Formatted::read(text, true);
            assert_eq!((read.text.as_str(), read.entities.len()), (text, 0));
        }
        assert!(Formatted::read("**b**", false).entities.is_empty());
    }

    #[test]
    fn a_place_in_the_shown_text_is_found_in_the_typed_one() {
        let read = Formatted::read("ab **cd** ef", true);
        assert_eq!(read.text, "ab cd ef");
        let at: Vec<u32> = [0, 3, 4, 6].map(|n| read.typed_at(n)).to_vec();
        assert_eq!(at, [0, 5, 6, 10]);
        assert_eq!(Formatted::read("  ab", false).typed_at(1), 3);
    }

    #[test]
    fn names_and_tags_are_seen() {
        let seen: Vec<SpanKind> = spans("https://t.me/x @ana_news #two #2 @no a@mail")
            .iter()
            .map(|s| s.kind)
            .collect();
        assert_eq!(seen, [SpanKind::Link, SpanKind::Mention, SpanKind::Tag]);
    }

    proptest! {
        #[test]
        fn entities_lie_within_the_text(text in r"([a-z ]|\*\*|__|`|```|~~|\|\||🎉|\[a\]\(https://b\)|\n){0,40}") {
            let read = Formatted::read(&text, true);
            let total = read.text.encode_utf16().count() as u64;
            prop_assert_eq!(u64::from(read.units), total);
            for entity in &read.entities {
                let (from, length) = (entity["offset"].as_u64().unwrap(), entity["length"].as_u64().unwrap());
                prop_assert!(length > 0 && from + length <= total);
            }
        }
    }
}
