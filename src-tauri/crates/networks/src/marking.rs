//! A delivery as it goes out: the links in its texts and options carry the parameters its workspace
//! wants. Pure, and the same for the check, the preview and the sending.

use model::content::Segment;
use model::links::LinkMarks;
use serde_json::{Map, Value};

use crate::catalogue::{FieldKind, OPTION_FIRST_COMMENT};
use crate::connector::{Connector, SpanKind, TextSpan};
use crate::spotting;

/// Segments and options with what was put into their links.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// What goes out.
    pub segments: Vec<Segment>,
    /// Options as they go out.
    pub options: Map<String, Value>,
    /// For each segment where something was put in: its place in the typed text and its length, in
    /// UTF-16 units, in order.
    put_in: Vec<Vec<(u32, u32)>>,
}

impl Marked {
    /// Whether the text of a segment differs from what was typed.
    #[must_use]
    pub fn changed(&self, segment: usize) -> bool {
        self.put_in.get(segment).is_some_and(|all| !all.is_empty())
    }

    /// Where a place in the text that goes out lies in the typed one, in UTF-16 units.
    #[must_use]
    pub fn typed_at(&self, segment: usize, at: u32) -> u32 {
        let mut typed = at;
        for &(place, units) in self.put_in.get(segment).into_iter().flatten() {
            if typed <= place {
                break;
            }
            typed = place.max(typed.saturating_sub(units));
        }
        typed
    }
}

/// What goes out of segments and options; as they are without parameters.
#[must_use]
pub fn marked(
    connector: &dyn Connector,
    segments: &[Segment],
    options: &Map<String, Value>,
    marks: Option<&LinkMarks>,
) -> Marked {
    let Some(marks) = marks else {
        return Marked {
            segments: segments.to_vec(),
            options: options.clone(),
            put_in: vec![],
        };
    };
    let mut sent = Vec::with_capacity(segments.len());
    let mut put_in = Vec::with_capacity(segments.len());
    for segment in segments {
        let (text, places) = in_text(&segment.text, &links(connector, &segment.text), marks);
        sent.push(Segment {
            text,
            media: segment.media.clone(),
        });
        put_in.push(places);
    }
    Marked {
        segments: sent,
        options: in_options(connector, options, marks),
        put_in,
    }
}

/// The links of a text, as its network sees them; where it sees none at all, those with a scheme.
fn links(connector: &dyn Connector, text: &str) -> Vec<TextSpan> {
    let of_kind = |spans: Vec<TextSpan>| -> Vec<TextSpan> {
        let links = spans.into_iter().filter(|s| s.kind == SpanKind::Link);
        links.collect()
    };
    let seen = of_kind(connector.spans(text));
    if seen.is_empty() {
        of_kind(spotting::spans(text, |_, _| None))
    } else {
        seen
    }
}

fn in_text(text: &str, links: &[TextSpan], marks: &LinkMarks) -> (String, Vec<(u32, u32)>) {
    let mut out = String::with_capacity(text.len());
    let mut places = Vec::new();
    let (mut units, mut rest) = (0_u32, text);
    for link in links {
        let Some((before, from)) = split_at_unit(rest, link.from.saturating_sub(units)) else {
            break;
        };
        let Some((word, after)) = split_at_unit(from, link.to - link.from) else {
            break;
        };
        out.push_str(before);
        match marks.put_into(word) {
            Some((at, words)) => {
                let (head, tail) = word.split_at_checked(at).unwrap_or((word, ""));
                out.push_str(head);
                out.push_str(&words);
                out.push_str(tail);
                places.push((link.from + units_of(head), units_of(&words)));
            }
            None => out.push_str(word),
        }
        units = link.to;
        rest = after;
    }
    out.push_str(rest);
    (out, places)
}

fn in_options(
    connector: &dyn Connector,
    options: &Map<String, Value>,
    marks: &LinkMarks,
) -> Map<String, Value> {
    let mut sent = options.clone();
    if let Some(Value::String(comment)) = sent.get_mut(OPTION_FIRST_COMMENT) {
        *comment = in_text(comment, &links(connector, comment), marks).0;
    }
    for field in connector
        .entry()
        .options
        .iter()
        .filter(|f| f.kind == FieldKind::Address)
    {
        if let Some(Value::String(link)) = sent.get_mut(&field.name)
            && let Some((at, words)) = marks.put_into(link.trim())
        {
            let trimmed = link.trim();
            let (head, tail) = trimmed.split_at_checked(at).unwrap_or((trimmed, ""));
            *link = format!("{head}{words}{tail}");
        }
    }
    sent
}

fn units_of(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Splits a text before a UTF-16 unit; none when that lies inside a character or behind the end.
fn split_at_unit(text: &str, unit: u32) -> Option<(&str, &str)> {
    let mut units = 0_u32;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return (units == unit).then(|| text.split_at(at));
        }
        units += c.len_utf16() as u32;
    }
    (units == unit).then_some((text, ""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::{Config, Registry};

    fn marks() -> LinkMarks {
        LinkMarks {
            source: "s".to_owned(),
            medium: String::new(),
            campaign: "a_b.".to_owned(),
            except: vec![],
        }
    }

    fn segments(text: &str) -> Vec<Segment> {
        vec![Segment::text(text)]
    }

    const TEXT: &str = "🎉 See (https://a.example/x#top), https://b.example/?q=1. Bye @ana #tag";
    const SENT: &str = "🎉 See (https://a.example/x?utm_source=s&utm_campaign=a_b%2E#top), \
                        https://b.example/?q=1&utm_source=s&utm_campaign=a_b%2E. Bye @ana #tag";

    #[test]
    fn every_network_marks_its_links_once_and_still_sees_them_whole() {
        let registry = Registry::new(Config::new("test")).unwrap();
        for entry in registry.entries() {
            let connector = registry.get(&entry.key).unwrap();
            let out = marked(&**connector, &segments(TEXT), &Map::new(), Some(&marks()));
            assert_eq!(out.segments[0].text, SENT, "{}", entry.key);
            let again = marked(&**connector, &out.segments, &Map::new(), Some(&marks()));
            assert_eq!(again.segments, out.segments, "{}", entry.key);
            let seen = links(&**connector, SENT);
            let units: Vec<u16> = SENT.encode_utf16().collect();
            for link in seen {
                let word = &units[link.from as usize..link.to as usize];
                let word = String::from_utf16(word).unwrap();
                assert!(
                    word.contains("utm_campaign=a_b%2E"),
                    "{}: {word}",
                    entry.key
                );
            }
        }
    }

    #[test]
    fn places_lead_back_to_what_was_typed() {
        let registry = Registry::new(Config::new("test")).unwrap();
        let connector = registry.get("mastodon").unwrap();
        let out = marked(&**connector, &segments(TEXT), &Map::new(), Some(&marks()));
        assert!(out.changed(0) && !out.changed(1));
        let at = |text: &str, word: &str| units_of(&text[..text.find(word).unwrap()]);
        for word in ["🎉", "https://a", "#top", "https://b", "Bye", "#tag"] {
            assert_eq!(out.typed_at(0, at(SENT, word)), at(TEXT, word), "{word}");
        }
        let inside = at(SENT, "_campaign");
        assert_eq!(out.typed_at(0, inside), at(TEXT, "#top"));
        assert_eq!(out.typed_at(0, units_of(SENT)), units_of(TEXT));
    }

    #[test]
    fn addresses_among_the_options_are_links_too() {
        let registry = Registry::new(Config::new("test")).unwrap();
        let connector = registry.get("pinterest").unwrap();
        let options = json!({ "link": " https://a.example ", "title": "https://a.example" });
        let options = options.as_object().unwrap();
        let out = marked(&**connector, &segments(""), options, Some(&marks()));
        let link = "https://a.example?utm_source=s&utm_campaign=a_b%2E";
        assert_eq!(out.options["link"], link);
        assert_eq!(out.options["title"], "https://a.example");
        let plain = marked(&**connector, &segments(TEXT), options, None);
        assert_eq!((plain.segments, &plain.options), (segments(TEXT), options));
    }
}
