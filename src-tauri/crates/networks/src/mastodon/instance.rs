//! What one server allows and is: read when an account signs in or is looked up, and kept in the
//! account's settings. Nothing here is a secret.

use model::account::Account;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::Entry;

/// A server, as far as it matters for posting. The defaults are those of Mastodon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Instance {
    /// The name accounts have behind the `@`, such as `mastodon.social`.
    pub domain: String,
    /// What it says its version is.
    pub version: String,
    /// It is Mastodon itself, so that what its code promises holds: an idempotency key is honoured.
    pub keyed: bool,
    /// Most characters of a part, content warning included.
    pub max_characters: u32,
    /// What any link counts.
    pub per_link: u32,
    /// Most pictures of a part.
    pub max_media: u32,
    /// Longest description of a picture or video, in characters.
    pub max_alt: u32,
    /// Largest picture, in bytes.
    pub image_bytes: u64,
    /// Largest picture, in pixels.
    pub image_pixels: u64,
    /// Largest video, in bytes.
    pub video_bytes: u64,
    /// Largest video, in pixels.
    pub video_pixels: u32,
    /// Most pictures a second of a video.
    pub video_rate: u32,
    /// Media types it takes; empty when it did not say.
    pub formats: Vec<String>,
    /// Most answers of a poll.
    pub poll_answers: u32,
    /// Longest answer, in characters.
    pub poll_characters: u32,
    /// Shortest poll, in seconds.
    pub poll_least: u64,
    /// Longest poll, in seconds.
    pub poll_most: u64,
    /// Who sees posts of the account when nothing is chosen.
    pub visibility: String,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            domain: String::new(),
            version: String::new(),
            keyed: false,
            max_characters: 500,
            per_link: 23,
            max_media: 4,
            max_alt: 1_500,
            image_bytes: 16_777_216,
            image_pixels: 33_177_600,
            video_bytes: 103_809_024,
            video_pixels: 8_294_400,
            video_rate: 120,
            formats: vec![],
            poll_answers: 4,
            poll_characters: 50,
            poll_least: 300,
            poll_most: 2_629_746,
            visibility: "public".to_owned(),
        }
    }
}

impl Instance {
    /// The server of an account, as it was when it was last asked.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self::deserialize(&account.settings).unwrap_or_default()
    }

    /// Reads what `/api/v2/instance` says, or the older `/api/v1/instance`. None when that is not how a
    /// server of this kind answers.
    #[must_use]
    pub fn read(answer: &Value) -> Option<Self> {
        let text = |path: &str| answer.pointer(path).and_then(Value::as_str);
        let version = text("/version")?;
        let domain = text("/domain").or_else(|| text("/uri"))?;
        // Older servers of other software write their whole address.
        let domain = domain.rsplit("://").next().unwrap_or_default();
        let usual = Self::default();
        let number = |path: &str, usual: u64| {
            let found = answer.pointer(path).and_then(Value::as_u64);
            found.filter(|n| *n > 0).unwrap_or(usual)
        };
        let small =
            |path: &str, usual: u32| u32::try_from(number(path, usual.into())).unwrap_or(u32::MAX);
        let files = "/configuration/media_attachments";
        let formats = answer
            .pointer(&format!("{files}/supported_mime_types"))
            .and_then(Value::as_array);
        Some(Self {
            domain: domain.trim_end_matches('/').to_owned(),
            keyed: is_mastodon(version, text("/source_url")),
            version: version.chars().take(100).collect(),
            max_characters: small(
                "/configuration/statuses/max_characters",
                small("/max_toot_chars", usual.max_characters),
            ),
            per_link: small(
                "/configuration/statuses/characters_reserved_per_url",
                usual.per_link,
            ),
            max_media: small(
                "/configuration/statuses/max_media_attachments",
                usual.max_media,
            ),
            max_alt: small(&format!("{files}/description_limit"), usual.max_alt),
            image_bytes: number(&format!("{files}/image_size_limit"), usual.image_bytes),
            image_pixels: number(&format!("{files}/image_matrix_limit"), usual.image_pixels),
            video_bytes: number(&format!("{files}/video_size_limit"), usual.video_bytes),
            video_pixels: small(&format!("{files}/video_matrix_limit"), usual.video_pixels),
            video_rate: small(&format!("{files}/video_frame_rate_limit"), usual.video_rate),
            formats: formats
                .into_iter()
                .flatten()
                .filter_map(|f| f.as_str().map(str::to_owned))
                .take(100)
                .collect(),
            poll_answers: small("/configuration/polls/max_options", usual.poll_answers),
            poll_characters: small(
                "/configuration/polls/max_characters_per_option",
                usual.poll_characters,
            ),
            poll_least: number("/configuration/polls/min_expiration", usual.poll_least),
            poll_most: number("/configuration/polls/max_expiration", usual.poll_most),
            visibility: usual.visibility,
        })
    }

    /// The catalogue entry as it is on this server.
    #[must_use]
    pub fn applied(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        let takes = |formats: &mut Vec<String>| {
            if !self.formats.is_empty() {
                formats.retain(|f| self.formats.contains(f));
            }
        };
        entry.text.max = Some(self.max_characters);
        entry.text.link = Some(self.per_link);
        if let Some(images) = &mut entry.images {
            images.max_count = self.max_media;
            images.max_bytes = Some(self.image_bytes);
            images.max_alt = Some(self.max_alt);
            takes(&mut images.formats);
        }
        if let Some(video) = &mut entry.video {
            video.max_bytes = Some(self.video_bytes);
            video.clip.max_pixels = Some(self.video_pixels);
            video.clip.max_rate = Some(self.video_rate.saturating_mul(1_000));
            takes(&mut video.formats);
            if video.formats.is_empty() {
                entry.video = None;
            }
        }
        entry
    }
}

/// Whether a server is Mastodon itself or a fork that kept its name, by what it says of itself. Other
/// software says `2.7.2 (compatible; Pleroma 2.6)` or names another source.
fn is_mastodon(version: &str, source: Option<&str>) -> bool {
    let major = version.split('.').next().unwrap_or_default();
    let grown = major.parse::<u32>().is_ok_and(|n| n >= 2);
    let elsewhere = source.is_some_and(|s| !s.to_ascii_lowercase().contains("mastodon"));
    grown && !version.contains("compatible") && !elsewhere
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_server_says_replaces_what_is_usual() {
        let answer = json!({
            "domain": "social.example", "version": "4.5.1",
            "source_url": "https://github.com/mastodon/mastodon",
            "configuration": {
                "statuses": { "max_characters": 11_000, "max_media_attachments": 8, "characters_reserved_per_url": 30 },
                "media_attachments": { "image_size_limit": 5, "supported_mime_types": ["image/png"], "description_limit": 0 },
                "polls": { "max_options": 9 },
            },
        });
        let read = Instance::read(&answer).unwrap();
        assert!(read.keyed);
        assert_eq!(
            (
                read.max_characters,
                read.per_link,
                read.max_media,
                read.poll_answers
            ),
            (11_000, 30, 8, 9)
        );
        assert_eq!((read.image_bytes, read.max_alt), (5, 1_500));
        let entry = read.applied(&super::super::catalogue::entry());
        assert_eq!(entry.text.max, Some(11_000));
        assert_eq!(entry.images.unwrap().formats, ["image/png"]);
        assert!(entry.video.is_none());
    }

    #[test]
    fn older_and_other_servers_are_read_and_known() {
        let pleroma = json!({
            "uri": "https://pleroma.example/", "version": "2.7.2 (compatible; Pleroma 2.6.0)",
            "max_toot_chars": 5_000,
        });
        let read = Instance::read(&pleroma).unwrap();
        assert_eq!(
            (read.domain.as_str(), read.max_characters, read.keyed),
            ("pleroma.example", 5_000, false)
        );
        let other = json!({ "domain": "gts.example", "version": "0.17.3", "source_url": "https://codeberg.org/superseriousbusiness/gotosocial" });
        assert!(!Instance::read(&other).unwrap().keyed);
        let fork = json!({ "uri": "glitch.example", "version": "4.4.0+glitch" });
        assert!(Instance::read(&fork).unwrap().keyed);
        for odd in [
            json!({}),
            json!([]),
            json!({ "version": 4, "domain": "x" }),
            json!({ "version": "4.5" }),
        ] {
            assert_eq!(Instance::read(&odd), None, "{odd}");
        }
    }

    #[test]
    fn settings_of_an_account_come_back_as_they_were() {
        let instance = Instance {
            max_characters: 77,
            domain: "a.example".to_owned(),
            ..Instance::default()
        };
        let kept = serde_json::to_value(&instance).unwrap();
        assert_eq!(Instance::deserialize(&kept).unwrap(), instance);
        assert_eq!(
            Instance::deserialize(&json!({})).unwrap(),
            Instance::default()
        );
    }
}
