//! The notes of a post: the names they go out under, their text and their tags.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::catalogue::{OPTION_IMAGES, OPTION_TAGS, OPTION_WARNING};
use super::event::clean;
use super::text::{self, What};
use crate::connector::{Job, Refusal};

/// What is chosen before the first attempt and never changes after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The name of each part, which follows from the target, its turn and the part alone. A note carries
    /// it in its `d` tag, by which relays find it again whatever was edited since.
    pub names: Vec<String>,
    /// When the first part was made.
    pub made: Timestamp,
}

impl Handle {
    /// Chooses it.
    #[must_use]
    pub fn choose(job: &Job, now: Timestamp) -> Self {
        let name = |part: usize| {
            let name = format!("almanac:nostr:{}:{}:{part}", job.target_id, job.turn);
            let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
            id.simple().to_string()
        };
        Self {
            names: (0..job.segments.len()).map(name).collect(),
            made: now,
        }
    }

    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "names": self.names, "madeAt": self.made.as_millis() })
    }

    /// Reads a handle for a post of so many parts.
    pub fn read(value: &Value, parts: usize) -> Result<Self, Refusal> {
        let listed = value.get("names").and_then(Value::as_array);
        let names = listed.into_iter().flatten().filter_map(Value::as_str);
        let names: Vec<String> = names.map(str::to_owned).collect();
        let made = value.get("madeAt").and_then(Value::as_i64);
        match made {
            Some(made) if parts > 0 && names.len() == parts => Ok(Self {
                names,
                made: Timestamp::from_millis(made),
            }),
            _ => Err(Refusal::never(
                Category::Unknown,
                "Almanac lost the name under which this was to be sent to Nostr. Schedule it anew.",
            )),
        }
    }

    /// When a part was made, in seconds since 1970: each a second later, so that they sort.
    #[must_use]
    pub fn at(&self, part: usize) -> i64 {
        let at = self.made.plus(Duration::from_secs(part as u64));
        at.as_millis().div_euclid(1_000)
    }
}

/// A picture by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Where it lies.
    pub address: String,
    /// Description; may be empty.
    pub alt: String,
}

/// The pictures of an option, and what is none among them.
#[must_use]
pub fn pictures(options: &Map<String, Value>) -> (Vec<Picture>, Vec<String>) {
    let (mut pictures, mut odd) = (Vec::new(), Vec::new());
    for entry in list(options, OPTION_IMAGES) {
        let (address, alt) = entry.split_once(char::is_whitespace).unwrap_or((entry, ""));
        let url = reqwest::Url::parse(address).ok();
        if url.is_some_and(|u| matches!(u.scheme(), "http" | "https") && u.host_str().is_some()) {
            pictures.push(Picture {
                address: address.to_owned(),
                alt: clean(alt.trim()).replace('\n', " "),
            });
        } else {
            odd.push(entry.to_owned());
        }
    }
    (pictures, odd)
}

fn list<'a>(options: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    let listed = options.get(name).and_then(Value::as_array);
    let all = listed.into_iter().flatten().filter_map(Value::as_str);
    all.map(str::trim).filter(|entry| !entry.is_empty())
}

/// Whether a text has a link to this very address, and not to one that begins like it.
fn names(text: &str, address: &str) -> bool {
    let linked = text::links(address).next().unwrap_or(address);
    text::links(text).any(|link| link == linked)
}

/// The media type that an address ends in.
fn kind(address: &str) -> Option<&'static str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        _ => return None,
    })
}

/// A note before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its text.
    pub content: String,
    /// Its tags.
    pub tags: Vec<Vec<String>>,
}

/// Makes the note of a part. `above` are the names of the notes before it, `author` is the public key,
/// and `relay` is one that has them.
#[must_use]
pub fn make(
    job: &Job,
    handle: &Handle,
    part: usize,
    above: &[String],
    author: &str,
    relay: &str,
) -> Note {
    let typed = job.segments.get(part).map(|s| s.text.as_str());
    let mut content = text::sent(clean(typed.unwrap_or_default()).trim_end());
    let mut tags: Vec<Vec<String>> = Vec::new();
    let mut tag = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|&w| w.to_owned()).collect();
        if !tags.contains(&words) {
            tags.push(words);
        }
    };
    if let Some(name) = handle.names.get(part) {
        tag(&["d", name]);
    }
    if let (Some(root), Some(last)) = (above.first(), above.last()) {
        tag(&["e", root, relay, "root", author]);
        if root != last {
            tag(&["e", last, relay, "reply", author]);
        }
        tag(&["p", author]);
    }
    for found in text::find(&content) {
        match &found.what {
            What::Person(key) => tag(&["p", key]),
            What::Note(id) => tag(&["q", id]),
            What::Tag(word) => tag(&["t", word]),
            What::Link => {}
        }
    }
    if part == 0 {
        for more in list(&job.options, OPTION_TAGS) {
            tag(&["t", &more.trim_start_matches('#').to_lowercase()]);
        }
    }
    let warning = job.options.get(OPTION_WARNING).and_then(Value::as_str);
    if let Some(warning) = warning.map(str::trim).filter(|w| !w.is_empty()) {
        tag(&["content-warning", warning]);
    }
    for picture in pictures(&job.options).0 {
        let here = names(&content, &picture.address);
        let elsewhere = || {
            let mut parts = job.segments.iter();
            parts.any(|s| names(&s.text, &picture.address))
        };
        // It goes with the part that has its address; one that stands nowhere goes with the first.
        if !here && (part > 0 || elsewhere()) {
            continue;
        }
        if !here {
            if !content.is_empty() {
                content.push('\n');
            }
            content.push_str(&picture.address);
        }
        let mut words = vec!["imeta".to_owned(), format!("url {}", picture.address)];
        words.extend(kind(&picture.address).map(|m| format!("m {m}")));
        if !picture.alt.is_empty() {
            words.push(format!("alt {}", picture.alt));
        }
        // A tag that says nothing but the address is against the rule.
        if words.len() > 2 {
            tags.push(words);
        }
    }
    Note { content, tags }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_read_with_their_descriptions() {
        let entries = json!([
            "https://example.org/a.jpg A red door",
            " https://example.org/b ",
            "a.jpg",
            "javascript:alert(1) x",
            ""
        ]);
        let options = Map::from_iter([("images".to_owned(), entries)]);
        let (found, odd) = pictures(&options);
        assert_eq!(found[0].alt, "A red door");
        assert_eq!(found[1].address, "https://example.org/b");
        assert_eq!(odd, ["a.jpg", "javascript:alert(1) x"]);
    }

    #[test]
    fn an_address_is_named_by_a_link_to_all_of_it() {
        let address = "https://example.org/a.jpg";
        for (text, named) in [
            ("See https://example.org/a.jpg.", true),
            ("(https://example.org/a.jpg)", true),
            ("https://example.org/a.jpg?w=2", false),
            ("https://example.org/a.jpg/more", false),
            ("Nothing", false),
        ] {
            assert_eq!(names(text, address), named, "{text}");
        }
        let ends_oddly = "https://example.org/a_(b)";
        assert!(names(ends_oddly, ends_oddly));
    }

    #[test]
    fn media_types_follow_from_the_ending() {
        assert_eq!(kind("https://a.b/c.JPG?w=3"), Some("image/jpeg"));
        assert_eq!(kind("https://a.b/c"), None);
        assert_eq!(kind("https://a.b/c.exe"), None);
    }

    #[test]
    fn a_handle_is_read_back_for_as_many_parts_as_it_was_made_for() {
        let handle = Handle {
            names: vec!["a".to_owned(), "b".to_owned()],
            made: Timestamp::from_millis(1_999),
        };
        assert_eq!(Handle::read(&handle.to_json(), 2).unwrap(), handle);
        assert!(Handle::read(&handle.to_json(), 1).is_err());
        assert_eq!((handle.at(0), handle.at(1)), (1, 2));
    }
}
