//! The record of a post, and what goes into it.

use model::captions::is_language;
use serde_json::{Map, Value, json};

use super::catalogue::{MAX_LANGUAGES, OPTION_CARD, OPTION_LANGUAGES};
use super::text::{Found, What};

/// The collection of posts.
pub const COLLECTION: &str = "app.bsky.feed.post";

/// A record that exists, as replies name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strong {
    /// Its address, `at://…`.
    pub uri: String,
    /// The hash of its content.
    pub cid: String,
}

impl Strong {
    /// Reads it from an answer or a finished step.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            uri: text("uri")?,
            cid: text("cid")?,
        })
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "uri": self.uri, "cid": self.cid })
    }

    /// The record key at the end of the address.
    #[must_use]
    pub fn key(&self) -> &str {
        self.uri.rsplit('/').next().unwrap_or_default()
    }
}

/// What stands below the text.
#[derive(Debug, Clone, PartialEq)]
pub enum Embed {
    /// Pictures.
    Images(Vec<Image>),
    /// A video.
    Video(Video),
    /// A card of a page.
    Card(Value),
}

/// A picture that was uploaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The blob as the server named it, unchanged.
    pub blob: Value,
    /// Description; empty is allowed.
    pub alt: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A video that was uploaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Video {
    /// The blob as the server named it, unchanged.
    pub blob: Value,
    /// Description; empty is allowed.
    pub alt: String,
    /// Its captions that were uploaded, by language.
    pub captions: Vec<(String, Value)>,
    /// Width and height in pixels, where they are known.
    pub size: Option<(u32, u32)>,
}

/// Everything a record is made of.
pub struct Parts<'a> {
    /// The text.
    pub text: &'a str,
    /// RFC 3339.
    pub created_at: String,
    /// Facets as JSON.
    pub facets: Vec<Value>,
    /// Languages.
    pub languages: Vec<String>,
    /// Below the text.
    pub embed: Option<Embed>,
    /// First post of the thread and the one answered.
    pub reply: Option<(Strong, Strong)>,
}

/// The record.
#[must_use]
pub fn record(parts: Parts<'_>) -> Value {
    let mut record = Map::new();
    record.insert("$type".to_owned(), json!(COLLECTION));
    record.insert("text".to_owned(), json!(parts.text));
    record.insert("createdAt".to_owned(), json!(parts.created_at));
    if !parts.facets.is_empty() {
        record.insert("facets".to_owned(), Value::Array(parts.facets));
    }
    if !parts.languages.is_empty() {
        record.insert("langs".to_owned(), json!(parts.languages));
    }
    if let Some(embed) = parts.embed {
        record.insert("embed".to_owned(), embed_json(embed));
    }
    if let Some((root, parent)) = parts.reply {
        let reply = json!({ "root": root.to_json(), "parent": parent.to_json() });
        record.insert("reply".to_owned(), reply);
    }
    Value::Object(record)
}

fn embed_json(embed: Embed) -> Value {
    match embed {
        Embed::Images(images) => {
            let images: Vec<Value> = images
                .into_iter()
                .map(|i| {
                    json!({
                        "image": i.blob,
                        "alt": i.alt,
                        "aspectRatio": { "width": i.width, "height": i.height },
                    })
                })
                .collect();
            json!({ "$type": "app.bsky.embed.images", "images": images })
        }
        Embed::Video(video) => {
            let mut embed = json!({ "$type": "app.bsky.embed.video", "video": video.blob });
            if !video.alt.is_empty() {
                embed["alt"] = json!(video.alt);
            }
            if !video.captions.is_empty() {
                let all = video.captions.into_iter();
                let all = all.map(|(lang, file)| json!({ "lang": lang, "file": file }));
                embed["captions"] = all.collect();
            }
            if let Some((width, height)) = video.size {
                embed["aspectRatio"] = json!({ "width": width, "height": height });
            }
            embed
        }
        Embed::Card(external) => {
            json!({ "$type": "app.bsky.embed.external", "external": external })
        }
    }
}

/// A facet; `did` is the account of a mention. None for a mention nobody answers to: it stays text.
#[must_use]
pub fn facet(found: &Found, did: Option<&str>) -> Option<Value> {
    let feature = match &found.what {
        What::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
        What::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
        What::Mention(_) => json!({ "$type": "app.bsky.richtext.facet#mention", "did": did? }),
    };
    Some(json!({
        "index": { "byteStart": found.range.start, "byteEnd": found.range.end },
        "features": [feature],
    }))
}

/// The languages of an option's text, or the first thing in it that is no language.
pub fn languages(options: &Map<String, Value>) -> Result<Vec<String>, String> {
    let text = options
        .get(OPTION_LANGUAGES)
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for code in text
        .split([',', ' ', ';'])
        .map(str::trim)
        .filter(|c| !c.is_empty())
    {
        if !is_language(code) {
            return Err(code.chars().take(40).collect());
        }
        if !found.iter().any(|f| f.eq_ignore_ascii_case(code)) {
            found.push(code.to_owned());
        }
    }
    Ok(found)
}

/// Whether there are more languages than a post may have.
#[must_use]
pub fn too_many(languages: &[String]) -> bool {
    languages.len() > MAX_LANGUAGES
}

/// Whether a card is wanted.
#[must_use]
pub fn wants_card(options: &Map<String, Value>) -> bool {
    options
        .get(OPTION_CARD)
        .and_then(Value::as_bool)
        .unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(langs: &str) -> Map<String, Value> {
        Map::from_iter([(OPTION_LANGUAGES.to_owned(), json!(langs))])
    }

    #[test]
    fn languages_are_read_as_people_write_them() {
        assert_eq!(
            languages(&options("en, pt-BR;zh-Hant EN")).unwrap(),
            ["en", "pt-BR", "zh-Hant"]
        );
        assert_eq!(languages(&Map::new()).unwrap(), Vec::<String>::new());
        for odd in ["english", "e", "en_GB", "12", "de-"] {
            assert!(languages(&options(odd)).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_record_has_only_what_it_needs() {
        let plain = record(Parts {
            text: "hello",
            created_at: "2026-05-14T07:05:00.000Z".to_owned(),
            facets: vec![],
            languages: vec![],
            embed: None,
            reply: None,
        });
        let expected = json!({
            "$type": "app.bsky.feed.post", "text": "hello", "createdAt": "2026-05-14T07:05:00.000Z",
        });
        assert_eq!(plain, expected);
    }
}
