//! A text as Slack takes it: escaped, with its marks or as written, and cut for its blocks.

use serde_json::{Value, json};

use crate::connector::{SpanKind, TextSpan};
use crate::spotting;

/// Longest text of a section.
const MAX_SECTION: usize = 3_000;

/// Whether a text would look different if its marks counted.
#[must_use]
pub fn has_marks(text: &str) -> bool {
    text.contains(['*', '_', '~', '`']) || text.lines().any(|line| line.starts_with(['>', '•']))
}

/// A text escaped as Slack wants it. With marks, links and names in angle brackets stay; the bracket of
/// a quote at the beginning of a line is a mark escaped as well.
#[must_use]
pub fn escaped(text: &str, with_marks: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let bracket = if with_marks { in_brackets(rest) } else { None };
        if let Some(whole) = bracket {
            out.push_str(whole);
            rest = rest.get(whole.len()..).unwrap_or_default();
            continue;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// A link or a name in angle brackets at the beginning of a text.
fn in_brackets(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix('<')?;
    let end = inner.find(['>', '<', '\n'])?;
    let closed = inner.get(end..)?.starts_with('>');
    let what = inner.get(..end)?;
    let named = |sign: &str| {
        what.strip_prefix(sign)
            .is_some_and(|id| id.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric()))
    };
    let link = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| what.len() > scheme.len() && what.starts_with(scheme));
    let known = link || named("@") || named("#") || named("!");
    (closed && known).then(|| rest.get(..end + 2)).flatten()
}

/// The blocks of a text as written: nothing in it is a mark, and its links are links.
#[must_use]
pub fn as_written(text: &str) -> Value {
    let units: Vec<u16> = text.encode_utf16().collect();
    let part = |from: u32, to: u32| {
        let units = units.get(from as usize..to as usize).unwrap_or_default();
        String::from_utf16_lossy(units)
    };
    let mut elements = Vec::new();
    let mut done = 0;
    for link in spotting::spans(text, |_, _| None) {
        if link.from > done {
            elements.push(json!({ "type": "text", "text": part(done, link.from) }));
        }
        elements.push(json!({ "type": "link", "url": part(link.from, link.to) }));
        done = link.to;
    }
    let end = units.len() as u32;
    if end > done {
        elements.push(json!({ "type": "text", "text": part(done, end) }));
    }
    json!({
        "type": "rich_text",
        "elements": [{ "type": "rich_text_section", "elements": elements }],
    })
}

/// The sections of a text with marks, cut between lines or words.
#[must_use]
pub fn sections(text: &str) -> Vec<Value> {
    let escaped = escaped(text, true);
    let mut rest = escaped.as_str();
    let mut all = Vec::new();
    while !rest.is_empty() {
        let max = rest
            .char_indices()
            .nth(MAX_SECTION)
            .map_or(rest.len(), |(at, _)| at);
        let head = rest.get(..max).unwrap_or(rest);
        let end = if max == rest.len() {
            max
        } else {
            let cut = head.rfind('\n').or_else(|| head.rfind(' '));
            cut.filter(|at| *at > 0).unwrap_or(max)
        };
        let piece = rest.get(..end).unwrap_or_default().trim();
        if !piece.is_empty() {
            all.push(json!({
                "type": "section", "text": { "type": "mrkdwn", "text": piece },
            }));
        }
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    all
}

/// Links, and people and channels named the way Slack keeps them.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    spotting::spans(text, |rest, _| {
        let whole = in_brackets(rest)?;
        let kind = if whole.starts_with("<@") || whole.starts_with("<#") || whole.starts_with("<!")
        {
            SpanKind::Mention
        } else {
            SpanKind::Link
        };
        Some((whole.len(), kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_slack_knows_stays_in_brackets() {
        let text = "a<b & c>d <https://x.y|z> <@U1> <!here> <script>";
        assert_eq!(
            escaped(text, true),
            "a&lt;b &amp; c&gt;d <https://x.y|z> <@U1> <!here> &lt;script&gt;"
        );
        assert_eq!(escaped("<!here>", false), "&lt;!here&gt;");
    }

    #[test]
    fn a_text_as_written_keeps_its_links() {
        let block = as_written("🎉 *see* https://example.org/a.");
        assert_eq!(
            block["elements"][0]["elements"],
            json!([
                { "type": "text", "text": "🎉 *see* " },
                { "type": "link", "url": "https://example.org/a" },
                { "type": "text", "text": "." },
            ])
        );
    }

    #[test]
    fn long_texts_are_cut_between_words() {
        let text = "word ".repeat(900);
        let all = sections(&text);
        assert_eq!(all.len(), 2);
        for section in &all {
            let text = section["text"]["text"].as_str().unwrap();
            assert!(text.chars().count() <= MAX_SECTION && text.ends_with("word"));
        }
        assert_eq!(sections(&"x".repeat(3_500)).len(), 2);
        assert!(sections("  ").is_empty());
    }

    #[test]
    fn names_in_brackets_are_seen() {
        let kinds: Vec<SpanKind> = spans("<@U1> <https://a.b|c> https://d.e <no>")
            .iter()
            .map(|s| s.kind)
            .collect();
        assert_eq!(kinds, [SpanKind::Mention, SpanKind::Link, SpanKind::Link]);
    }
}
