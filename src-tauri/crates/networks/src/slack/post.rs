//! What a post becomes on Slack: a message with or without blocks, and the words beside files.

use reqwest::Url;
use serde_json::{Map, Value, json};

use super::catalogue::{
    FORMAT_MARKS, OPTION_BUTTON, OPTION_BUTTON_ADDRESS, OPTION_FORMAT, OPTION_HEADLINE,
    OPTION_PREVIEWS,
};
use super::text;

/// What a message's own name is called among what apps attach to messages.
pub const NAME_OF: &str = "almanac_post";

/// An option's text, without spaces around it.
#[must_use]
pub fn text_of<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let text = options.get(name).and_then(Value::as_str);
    text.unwrap_or_default().trim()
}

/// Whether the marks in a text mean something.
#[must_use]
pub fn with_marks(options: &Map<String, Value>) -> bool {
    text_of(options, OPTION_FORMAT) == FORMAT_MARKS
}

/// Whether a button can lead there.
#[must_use]
pub fn is_address(text: &str) -> bool {
    Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// Whether something stands around the text, for which a message needs blocks.
fn has_frame(options: &Map<String, Value>) -> bool {
    [OPTION_HEADLINE, OPTION_BUTTON]
        .iter()
        .any(|name| !text_of(options, name).is_empty())
}

fn blocks(words: &str, options: &Map<String, Value>) -> Vec<Value> {
    let mut blocks = Vec::new();
    let headline = text_of(options, OPTION_HEADLINE);
    if !headline.is_empty() {
        blocks.push(json!({
            "type": "header", "text": { "type": "plain_text", "text": headline },
        }));
    }
    if with_marks(options) {
        blocks.extend(text::sections(words));
    } else if !words.is_empty() {
        blocks.push(text::as_written(words));
    }
    let (label, address) = (
        text_of(options, OPTION_BUTTON),
        text_of(options, OPTION_BUTTON_ADDRESS),
    );
    if !label.is_empty() && !address.is_empty() {
        blocks.push(json!({
            "type": "actions",
            "elements": [{
                "type": "button", "url": address,
                "text": { "type": "plain_text", "text": label },
            }],
        }));
    }
    blocks
}

/// A message without its channel.
#[must_use]
pub fn message(words: &str, options: &Map<String, Value>) -> Map<String, Value> {
    let words = words.trim();
    let marks = with_marks(options);
    let mut message = Map::new();
    message.insert("text".to_owned(), json!(text::escaped(words, marks)));
    message.insert("mrkdwn".to_owned(), json!(marks));
    if has_frame(options) {
        message.insert("blocks".to_owned(), Value::Array(blocks(words, options)));
    }
    let previews = options.get(OPTION_PREVIEWS) != Some(&json!(false));
    for field in ["unfurl_links", "unfurl_media"] {
        message.insert(field.to_owned(), json!(previews));
    }
    message
}

/// The words beside files: one field, `initial_comment` or `blocks`. Marks always count in the first,
/// so a text as written that has some needs the second.
#[must_use]
pub fn beside_files(words: &str, options: &Map<String, Value>) -> Option<(&'static str, Value)> {
    let words = words.trim();
    let marks = with_marks(options);
    if has_frame(options) || (!marks && text::has_marks(words)) {
        return Some(("blocks", Value::Array(blocks(words, options))));
    }
    (!words.is_empty()).then(|| ("initial_comment", json!(text::escaped(words, marks))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn blocks_come_only_with_a_frame() {
        let plain = message(" a & *b* ", &options(json!({})));
        assert_eq!(plain["text"], "a &amp; *b*");
        assert_eq!(
            (&plain["mrkdwn"], plain.get("blocks")),
            (&json!(false), None)
        );
        let framed = options(json!({
            "headline": "News", "button": "Read", "buttonAddress": "https://example.org",
            "format": "marks", "previews": false,
        }));
        let framed = message("*b*", &framed);
        let kinds: Vec<&str> = framed["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|b| b["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["header", "section", "actions"]);
        assert_eq!(framed["unfurl_links"], false);
    }

    #[test]
    fn words_beside_files_stay_as_written() {
        let plain = options(json!({}));
        assert_eq!(
            beside_files("a & b", &plain),
            Some(("initial_comment", json!("a &amp; b")))
        );
        assert_eq!(beside_files("*b*", &plain).unwrap().0, "blocks");
        let marks = options(json!({ "format": "marks" }));
        assert_eq!(
            beside_files("*b*", &marks),
            Some(("initial_comment", json!("*b*")))
        );
        assert_eq!(beside_files(" ", &plain), None);
    }
}
