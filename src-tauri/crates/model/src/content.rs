//! What a post says: segments of text with media.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use unicode_segmentation::UnicodeSegmentation;

use crate::edit::{self, EditError, Operation};
use crate::id::{AccountId, MediaId};

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
    /// What is done to the picture, in order, for every account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Operation>>", optional)]
    pub edits: Vec<Operation>,
    /// What is done after that for single accounts, such as cutting it to a network's shape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<AccountId, Vec<Operation>>>", optional)]
    pub account_edits: BTreeMap<AccountId, Vec<Operation>>,
}

impl MediaUse {
    /// A file as it is, with its description.
    #[must_use]
    pub fn new(media_id: MediaId, alt: impl Into<String>) -> Self {
        Self {
            media_id,
            alt: alt.into(),
            edits: Vec::new(),
            account_edits: BTreeMap::new(),
        }
    }

    /// Everything that is done to the picture before this account gets it.
    #[must_use]
    pub fn edits_for(&self, account: AccountId) -> Vec<Operation> {
        let own = self.account_edits.get(&account).into_iter().flatten();
        self.edits.iter().chain(own).cloned().collect()
    }

    /// Whether all of the edits can be done.
    pub fn check_edits(&self) -> Result<(), EditError> {
        edit::check(&self.edits)?;
        self.account_edits
            .values()
            .try_for_each(|own| edit::check(own))
    }
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

/// What one account gets: its own edits of pictures stand with those for all, those of other accounts
/// are gone. The same segments when nobody edited a picture for one account alone.
#[must_use]
pub fn for_account(segments: &[Segment], account: AccountId) -> Cow<'_, [Segment]> {
    let mut files = segments.iter().flat_map(|segment| &segment.media);
    if files.all(|file| file.account_edits.is_empty()) {
        return Cow::Borrowed(segments);
    }
    let mut own = segments.to_vec();
    for file in own.iter_mut().flat_map(|segment| &mut segment.media) {
        file.edits = file.edits_for(account);
        file.account_edits.clear();
    }
    Cow::Owned(own)
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
    fn an_account_gets_its_own_edits_after_those_for_all_and_no_others() {
        let [one, two, third] = [1, 2, 3].map(|n| AccountId(uuid::Uuid::from_u128(n)));
        let turn = |quarters| Operation::Turn { quarters };
        let mut file = MediaUse::new("a".repeat(64).parse().unwrap(), "");
        let plain = [Segment {
            media: vec![file.clone()],
            ..Segment::default()
        }];
        assert!(matches!(for_account(&plain, one), Cow::Borrowed(_)));
        file.edits = vec![turn(1)];
        file.account_edits = BTreeMap::from([(one, vec![turn(2)]), (two, vec![turn(3)])]);
        let segments = [Segment {
            media: vec![file],
            ..Segment::default()
        }];
        let edits = |account| for_account(&segments, account)[0].media[0].edits.clone();
        assert_eq!(edits(one), [turn(1), turn(2)]);
        assert_eq!(edits(third), [turn(1)]);
        assert!(
            for_account(&segments, two)[0].media[0]
                .account_edits
                .is_empty()
        );
    }

    #[test]
    fn a_picture_that_nobody_edited_is_stored_as_before() {
        let file = MediaUse::new("a".repeat(64).parse().unwrap(), "x");
        let json = serde_json::to_value(&file).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 2, "{json}");
        assert_eq!(serde_json::from_value::<MediaUse>(json).unwrap(), file);
    }

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
