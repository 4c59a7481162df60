//! What a post says: segments of text with media.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use unicode_segmentation::UnicodeSegmentation;

use crate::id::MediaId;

/// Largest text of one segment, in UTF-8 bytes. Far above what any network takes as one post;
/// a paste above it is refused with a sentence instead of slowing everything down.
pub const MAX_SEGMENT_BYTES: usize = 200_000;
/// Most segments of a thread.
pub const MAX_SEGMENTS: usize = 100;
/// Most files on one segment.
pub const MAX_MEDIA_PER_SEGMENT: usize = 20;
/// Longest title, in UTF-8 bytes.
pub const MAX_TITLE_BYTES: usize = 2_000;
/// Longest notes, in UTF-8 bytes.
pub const MAX_NOTES_BYTES: usize = 200_000;
/// Longest alt text, in UTF-8 bytes.
pub const MAX_ALT_BYTES: usize = 20_000;

/// A file used in a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaUse {
    /// The file.
    pub media_id: MediaId,
    /// Description for people who cannot see it; empty when none was written.
    #[serde(default)]
    pub alt: String,
}

/// One part of a thread; an ordinary post has exactly one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// The text as typed.
    #[serde(default)]
    pub text: String,
    /// Files, in order.
    #[serde(default)]
    pub media: Vec<MediaUse>,
}

impl Segment {
    /// A segment with text alone.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            media: Vec::new(),
        }
    }

    /// Neither text nor files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.media.is_empty()
    }
}

/// The first words of a post: its title, else the first line of text that says something, else
/// empty. At most `graphemes` grapheme clusters, on one line, never cut inside a cluster.
#[must_use]
pub fn first_words(title: &str, segments: &[Segment], graphemes: usize) -> String {
    let line = |text: &str| {
        text.lines()
            .map(str::trim)
            .find(|l| !l.is_empty())
            .map(str::to_owned)
    };
    let whole = line(title)
        .or_else(|| segments.iter().find_map(|s| line(&s.text)))
        .unwrap_or_default();
    let mut clusters = whole.graphemes(true);
    let head: String = clusters.by_ref().take(graphemes).collect();
    if clusters.next().is_some() {
        format!("{}…", head.trim_end())
    } else {
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_prefer_the_title_and_never_cut_a_cluster() {
        let family = "👨‍👩‍👧‍👦";
        let segments = [Segment::text(format!(
            "\n  \n{family}{family}{family} rest\nnext"
        ))];
        assert_eq!(first_words("", &segments, 2), format!("{family}{family}…"));
        assert_eq!(first_words("Title", &segments, 10), "Title");
        assert_eq!(first_words(" ", &[], 10), "");
    }
}
