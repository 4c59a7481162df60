//! What a post becomes on Discord: the message and the files beside it.

use std::path::PathBuf;

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::{Url, multipart};
use serde_json::{Map, Value, json};

use super::catalogue::{
    MAX_ALL_BYTES, MAX_FILE_BYTES, OPTION_CARD, OPTION_CARD_ADDRESS, OPTION_CARD_PICTURE,
    OPTION_CARD_TEXT, OPTION_CARD_TITLE, OPTION_FORUM_TITLE, OPTION_MENTIONS, OPTION_NAME,
    OPTION_PREVIEWS, OPTION_SILENT, OPTION_SPOILER,
};
use crate::api::file_part;
use crate::connector::{Job, JobMedia, MediaFacts, Refusal, SpanKind, TextSpan};
use crate::{fitting, spotting};

/// Message flags: no previews of links, and no sound.
const SUPPRESS_EMBEDS: u32 = 1 << 2;
const SUPPRESS_NOTIFICATIONS: u32 = 1 << 12;
/// Room for everything in a form besides its files.
const FORM_BYTES: u64 = 256 << 10;

/// Whether an option is on.
#[must_use]
pub fn is_on(options: &Map<String, Value>, name: &str) -> bool {
    options.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// An option's text, without spaces around it.
#[must_use]
pub fn text_of<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let text = options.get(name).and_then(Value::as_str);
    text.unwrap_or_default().trim()
}

/// Whether an address can stand in a card.
#[must_use]
pub fn is_address(text: &str) -> bool {
    Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// A file as it goes out.
struct Ready {
    name: String,
    mime: String,
    alt: String,
    bytes: Bytes,
}

/// Where the bytes of a file are.
enum Bytes {
    Made(Vec<u8>),
    AsTheyAre(PathBuf, u64),
}

impl Ready {
    fn size(&self) -> u64 {
        match &self.bytes {
            Bytes::Made(bytes) => bytes.len() as u64,
            Bytes::AsTheyAre(_, size) => *size,
        }
    }
}

/// A post as it goes out.
pub struct Prepared {
    /// The message without what only a bot or only a webhook may say.
    message: Map<String, Value>,
    files: Vec<Ready>,
}

/// Name of a file of a post: it follows from the post's own name, so that it is known again.
#[must_use]
pub fn file_name(nonce: &str, n: usize, kind: Kind) -> String {
    let tag = nonce.get(..8).unwrap_or(nonce);
    format!("{tag}-{}.{}", n + 1, kind.extension())
}

impl Prepared {
    /// Reads a job and makes its pictures fit.
    pub async fn of(job: &Job, nonce: &str) -> Result<Self, Refusal> {
        let nothing = || Refusal::never(Category::Validation, "There is nothing to post.");
        let segment = job.segments.first().ok_or_else(nothing)?;
        let each = for_each(segment.media.iter().map(|file| &file.facts));
        let mut files = Vec::new();
        for (n, file) in segment.media.iter().enumerate() {
            files.push(ready(n, file, nonce, each).await?);
        }
        let mut message = message(&segment.text, &job.options, &files);
        if !files.is_empty() {
            let spoiler = is_on(&job.options, OPTION_SPOILER);
            let all = files.iter().enumerate().map(|(n, file)| {
                let mut one = json!({ "id": n, "filename": file.name });
                if !file.alt.is_empty() {
                    one["description"] = json!(file.alt);
                }
                if spoiler {
                    one["is_spoiler"] = json!(true);
                }
                one
            });
            message.insert("attachments".to_owned(), all.collect());
        }
        Ok(Self { message, files })
    }

    /// The message as a bot says it, with the key by which Discord drops a second one.
    #[must_use]
    pub fn for_bot(&self, nonce: &str) -> Value {
        let mut message = self.message.clone();
        message.insert("nonce".to_owned(), json!(nonce));
        message.insert("enforce_nonce".to_owned(), json!(true));
        Value::Object(message)
    }

    /// The message as a webhook says it.
    #[must_use]
    pub fn for_webhook(&self, options: &Map<String, Value>) -> Value {
        let mut message = self.message.clone();
        for (option, field) in [
            (OPTION_FORUM_TITLE, "thread_name"),
            (OPTION_NAME, "username"),
        ] {
            let text = text_of(options, option);
            if !text.is_empty() {
                message.insert(field.to_owned(), json!(text));
            }
        }
        Value::Object(message)
    }

    /// Bytes of all files; none when there are no files.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        (!self.files.is_empty()).then(|| self.files.iter().map(Ready::size).sum())
    }

    /// The message as a form with the files in it.
    pub async fn form(&self, message: &Value) -> Result<multipart::Form, Refusal> {
        let mut form = multipart::Form::new().part("payload_json", json_part(message)?);
        for (n, file) in self.files.iter().enumerate() {
            let part = match &file.bytes {
                Bytes::Made(bytes) => multipart::Part::bytes(bytes.clone())
                    .file_name(file.name.clone())
                    .mime_str(&file.mime)
                    .map_err(|_| unsendable())?,
                Bytes::AsTheyAre(path, size) => {
                    file_part(path, 0, *size, file.name.clone(), &file.mime).await?
                }
            };
            form = form.part(format!("files[{n}]"), part);
        }
        Ok(form)
    }
}

fn json_part(message: &Value) -> Result<multipart::Part, Refusal> {
    multipart::Part::text(message.to_string())
        .mime_str("application/json")
        .map_err(|_| unsendable())
}

fn unsendable() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A file of this post is of a kind Almanac cannot send.",
    )
}

fn message(text: &str, options: &Map<String, Value>, files: &[Ready]) -> Map<String, Value> {
    let parse: &[&str] = match text_of(options, OPTION_MENTIONS) {
        "named" => &["users", "roles"],
        "everyone" => &["users", "roles", "everyone"],
        _ => &[],
    };
    let mut message = Map::new();
    message.insert("allowed_mentions".to_owned(), json!({ "parse": parse }));
    let text = text.trim();
    if !text.is_empty() {
        message.insert("content".to_owned(), json!(text));
    }
    let mut flags = 0;
    if options.get(OPTION_PREVIEWS) == Some(&json!(false)) {
        flags |= SUPPRESS_EMBEDS;
    }
    if is_on(options, OPTION_SILENT) {
        flags |= SUPPRESS_NOTIFICATIONS;
    }
    if let Some(card) = card(options, files) {
        // The flag would hide the card as well.
        flags &= !SUPPRESS_EMBEDS;
        message.insert("embeds".to_owned(), json!([card]));
    }
    if flags > 0 {
        message.insert("flags".to_owned(), json!(flags));
    }
    message
}

fn card(options: &Map<String, Value>, files: &[Ready]) -> Option<Value> {
    if !is_on(options, OPTION_CARD) {
        return None;
    }
    let mut card = Map::new();
    for (option, field) in [
        (OPTION_CARD_TITLE, "title"),
        (OPTION_CARD_TEXT, "description"),
        (OPTION_CARD_ADDRESS, "url"),
    ] {
        let text = text_of(options, option);
        if !text.is_empty() {
            card.insert(field.to_owned(), json!(text));
        }
    }
    let picture = files.iter().find(|file| file.mime.starts_with("image/"));
    if let Some(picture) = picture.filter(|_| is_on(options, OPTION_CARD_PICTURE)) {
        let address = format!("attachment://{}", picture.name);
        card.insert("image".to_owned(), json!({ "url": address }));
    }
    Some(Value::Object(card))
}

async fn ready(n: usize, file: &JobMedia, nonce: &str, max: u64) -> Result<Ready, Refusal> {
    let mime = file.facts.mime.as_str();
    let alt = file.alt.trim().to_owned();
    if mime.starts_with("image/") {
        let made = fitting::picture(file, Limits::bytes(max)).await?;
        return Ok(Ready {
            name: file_name(nonce, n, made.kind),
            mime: made.mime().to_owned(),
            alt,
            bytes: Bytes::Made(made.bytes),
        });
    }
    let kind = Kind::from_mime(mime).ok_or_else(unsendable)?;
    Ok(Ready {
        name: file_name(nonce, n, kind),
        mime: mime.to_owned(),
        alt,
        bytes: Bytes::AsTheyAre(file.path.clone(), file.facts.bytes),
    })
}

/// Links, and people, roles and channels named the way Discord keeps them.
#[must_use]
pub fn spans(text: &str) -> Vec<TextSpan> {
    spotting::spans(text, |rest, before| {
        for all in ["@everyone", "@here"] {
            if rest.starts_with(all) && !before.is_some_and(char::is_alphanumeric) {
                return Some((all.len(), SpanKind::Mention));
            }
        }
        let sign = ["<@&", "<@!", "<@", "<#"]
            .into_iter()
            .find(|sign| rest.starts_with(sign))?;
        let number = rest.get(sign.len()..)?;
        let end = number.find(|c: char| !c.is_ascii_digit())?;
        let closed = end > 0 && number.get(end..)?.starts_with('>');
        closed.then_some((sign.len() + end + 1, SpanKind::Mention))
    })
}

/// Most bytes of each picture, so that all files of a message fit into one.
pub(super) fn for_each<'a>(files: impl Iterator<Item = &'a MediaFacts>) -> u64 {
    let (mut pictures, mut others) = (0_u64, 0_u64);
    for file in files {
        if file.mime.starts_with("image/") {
            pictures += 1;
        } else {
            others += file.bytes;
        }
    }
    let left = MAX_ALL_BYTES.saturating_sub(FORM_BYTES + others);
    (left / pictures.max(1)).min(MAX_FILE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_notified_unless_it_was_asked_for() {
        let parse = |options: Value| {
            let message = message("x", options.as_object().unwrap(), &[]);
            message["allowed_mentions"]["parse"].clone()
        };
        assert_eq!(parse(json!({})), json!([]));
        assert_eq!(
            parse(json!({ "mentions": "named" })),
            json!(["users", "roles"])
        );
        assert_eq!(
            parse(json!({ "mentions": "everyone" })),
            json!(["users", "roles", "everyone"])
        );
    }

    #[test]
    fn flags_and_cards_follow_the_options() {
        let of = |options: Value| message(" hi ", options.as_object().unwrap(), &[]);
        let plain = of(json!({ "previews": true }));
        assert_eq!(plain["content"], "hi");
        assert_eq!(plain.get("flags"), None);
        let quiet = of(json!({ "previews": false, "silent": true }));
        assert_eq!(quiet["flags"], (1 << 2) | (1 << 12));
        let card = of(json!({
            "card": true, "cardTitle": "T", "cardAddress": "https://example.org", "previews": false,
        }));
        assert_eq!(
            card["embeds"],
            json!([{ "title": "T", "url": "https://example.org" }])
        );
        assert_eq!(card.get("flags"), None);
    }

    #[test]
    fn people_and_channels_are_seen() {
        use SpanKind::{Link, Mention};
        let kinds: Vec<SpanKind> = spans("<@123> <#4> <@x> @everyone https://example.org")
            .iter()
            .map(|s| s.kind)
            .collect();
        assert_eq!(kinds, [Mention, Mention, Mention, Link]);
    }
}
