//! The hash of what a delivery sends, to tell whether an earlier handle still fits.

use model::content::Segment;
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
struct Content<'a> {
    title: &'a str,
    labels: &'a [String],
    segments: &'a [Segment],
    options: &'a Map<String, Value>,
}

/// BLAKE3 over everything that reaches the network, as 64 hex digits. Maps are ordered by key, so
/// equal content gives an equal hash whatever the order it was typed in.
#[must_use]
pub fn content_hash(
    title: &str,
    labels: &[String],
    segments: &[Segment],
    options: &Map<String, Value>,
) -> String {
    let mut hasher = blake3::Hasher::new();
    let content = Content {
        title,
        labels,
        segments,
        options,
    };
    // Writing to a hasher cannot fail, and these types always serialise.
    serde_json::to_writer(&mut hasher, &content).ok();
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let base = |title: &str, text: &str, label: &[String]| {
            content_hash(title, label, &[Segment::text(text)], &Map::new())
        };
        let hash = base("a", "b", &[]);
        assert_eq!(hash, base("a", "b", &[]));
        assert_ne!(hash, base("b", "b", &[]));
        assert_ne!(hash, base("a", "c", &[]));
        assert_ne!(hash, base("a", "b", &["x".to_owned()]));
        assert_eq!(hash.len(), 64);
    }
}
