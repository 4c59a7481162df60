//! Counting as Threads counts: an emoji by its UTF-8 bytes, everything else by characters. The
//! documents name no unit for other scripts; Unicode scalar values are taken.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

use super::catalogue::MAX_TEXT;
use crate::connector::{Measure, SpanKind};
use crate::meta::text;

/// How long a text is.
#[must_use]
pub fn measure(text: &str) -> Measure {
    let (mut used, mut utf16, mut over_from) = (0_usize, 0_u32, None);
    for cluster in text.graphemes(true) {
        used += if is_emoji(cluster) {
            cluster.len()
        } else {
            cluster.chars().count()
        };
        if over_from.is_none() && used > MAX_TEXT as usize {
            over_from = Some(utf16);
        }
        utf16 += cluster.encode_utf16().count() as u32;
    }
    Measure {
        used: used as u32,
        limit: Some(MAX_TEXT),
        over_from,
    }
}

fn is_emoji(cluster: &str) -> bool {
    let drawn = |c: char| {
        matches!(u32::from(c),
            0x1_F000..=0x1_FAFF | 0x2600..=0x27BF | 0x2300..=0x23FF | 0x2B00..=0x2BFF | 0xFE0F | 0x20E3)
    };
    cluster.chars().any(drawn)
}

/// How many different links there are.
#[must_use]
pub fn links(text: &str) -> usize {
    let found = text::find(text).into_iter();
    let links = found.filter(|(_, kind)| *kind == SpanKind::Link);
    links
        .map(|(range, _)| &text[range])
        .collect::<BTreeSet<_>>()
        .len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_counts_its_bytes() {
        assert_eq!(measure("abc").used, 3);
        assert_eq!(measure("Grüße").used, 5);
        assert_eq!(measure("🎉").used, 4);
        assert_eq!(measure("👨‍👩‍👧‍👦").used, 25);
        assert_eq!(measure("日本").used, 2);
        let long = measure(&format!("{}🎉", "x".repeat(497)));
        assert_eq!((long.used, long.over_from), (501, Some(497)));
        assert_eq!(measure(&"x".repeat(500)).over_from, None);
    }

    #[test]
    fn the_same_link_counts_once() {
        let text = "https://a.org https://b.org https://a.org";
        assert_eq!(links(text), 2);
    }
}
