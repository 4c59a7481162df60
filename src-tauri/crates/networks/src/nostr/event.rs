//! Events (NIP-01): everything on Nostr is one. Its name is the hash of what it says, so the same event
//! sent twice is one event.

use ring::digest;
use serde_json::{Value, json};

use super::keys::{self, Key, bytes32};
use crate::hex::hex;

/// Kind of a profile.
pub const PROFILE: u64 = 0;
/// Kind of a note.
pub const NOTE: u64 = 1;
/// Kind of a request to delete (NIP-09).
pub const DELETION: u64 = 5;
/// Kind of a repost.
pub const REPOST: u64 = 6;
/// Kind of a reaction (NIP-25).
pub const REACTION: u64 = 7;
/// Kind of the list of a person's relays (NIP-65).
pub const RELAY_LIST: u64 = 10_002;
/// Kind of an answer to a relay that wants to know who is there (NIP-42).
pub const AUTH: u64 = 22_242;

/// An event, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name: the hash of what it says.
    pub id: String,
    /// Who made it.
    pub author: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Its kind.
    pub kind: u64,
    /// Its tags.
    pub tags: Vec<Vec<String>>,
    /// Its text.
    pub content: String,
    /// The signature over its name.
    pub signature: String,
}

/// The hash of an event. Relays write the same JSON: no blanks, and only the usual signs escaped.
fn hash(author: &str, at: i64, kind: u64, tags: &[Vec<String>], content: &str) -> [u8; 32] {
    let said = json!([0, author, at, kind, tags, content]).to_string();
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, said.as_bytes()).as_ref());
    bytes
}

/// A text without signs that have no place in a note and that JSON is written differently with.
#[must_use]
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

impl Event {
    /// Makes and signs an event; none when it cannot be signed.
    #[must_use]
    pub fn make(
        key: &Key,
        at: i64,
        kind: u64,
        tags: Vec<Vec<String>>,
        content: String,
        chance: &[u8; 32],
    ) -> Option<Self> {
        let author = key.public();
        let id = hash(&author, at, kind, &tags, &content);
        Some(Self {
            signature: key.sign(&id, chance)?,
            id: hex(&id),
            author,
            at,
            kind,
            tags,
            content,
        })
    }

    /// As it is sent and kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "pubkey": self.author, "created_at": self.at, "kind": self.kind,
            "tags": self.tags, "content": self.content, "sig": self.signature,
        })
    }

    /// Reads an event; none when its name or its signature is wrong.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let tag = |tag: &Value| {
            let words = tag.as_array()?.iter();
            words.map(|w| w.as_str().map(str::to_owned)).collect()
        };
        let tags = value.get("tags")?.as_array()?.iter();
        let event = Self {
            id: text("id")?,
            author: text("pubkey")?,
            at: value.get("created_at")?.as_i64()?,
            kind: value.get("kind")?.as_u64()?,
            tags: tags.map(tag).collect::<Option<_>>()?,
            content: text("content")?,
            signature: text("sig")?,
        };
        let (author, tags) = (&event.author, &event.tags);
        let said = hash(author, event.at, event.kind, tags, &event.content);
        let fits =
            bytes32(&event.id) == Some(said) && keys::is_signed(author, &said, &event.signature);
        fits.then_some(event)
    }

    /// The first value of a tag.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<&str> {
        let tag = self
            .tags
            .iter()
            .find(|t| t.first().is_some_and(|n| n == name));
        tag?.get(1).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";

    #[test]
    fn an_event_is_read_back_and_a_changed_one_is_not() {
        let key = Key::read(SECRET).ok().unwrap();
        let tags = vec![vec!["t".to_owned(), "grüße".to_owned()]];
        let content = "Line \"one\"\nand \\ two\t🎉".to_owned();
        let event = Event::make(&key, 1_700_000_000, NOTE, tags, content, &[1; 32]).unwrap();
        assert_eq!(Event::read(&event.to_json()), Some(event.clone()));
        assert_eq!(event.tag("t"), Some("grüße"));
        for (field, value) in [
            ("content", json!("other")),
            ("created_at", json!(1)),
            ("pubkey", json!(SECRET)),
            ("sig", json!("00")),
            ("tags", json!([])),
        ] {
            let mut changed = event.to_json();
            changed[field] = value;
            assert_eq!(Event::read(&changed), None, "{field}");
        }
    }

    #[test]
    fn the_same_words_at_the_same_time_are_the_same_event() {
        let key = Key::read(SECRET).ok().unwrap();
        let make = |chance| Event::make(&key, 7, NOTE, vec![], "x".to_owned(), &[chance; 32]);
        let (a, b) = (make(1).unwrap(), make(2).unwrap());
        assert_eq!(a.id, b.id);
        assert_ne!(a.signature, b.signature);
    }

    #[test]
    fn signs_that_nobody_sees_are_dropped() {
        assert_eq!(clean("a\u{0}\r\nb\u{1b}[1m\tc\u{7f}"), "a\nb[1m\tc");
    }
}
