//! Limits of videos and files, prices, and keeping a post on the network until its minute.

use model::captions::Captions;
use model::clip::ClipLimits;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ShownWhen;
use crate::locales;

/// Limits of videos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VideoLimits {
    /// Most videos of one segment.
    pub max_count: u32,
    /// Largest video in bytes; none when the network names no number.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// Media types it takes.
    pub formats: Vec<String>,
    /// Whether videos carry a description.
    pub alt: bool,
    /// Captions in files beside the video; none where it takes none.
    pub captions: Option<CaptionLimits>,
    /// What it shows of a video while it stands still, as a person chose it; none where it chooses by itself.
    pub cover: Option<Cover>,
    /// Length, shape, size and packing.
    pub clip: ClipLimits,
    /// What else a video may become by an option, with limits of its own.
    pub kinds: Vec<VideoKind>,
}

impl VideoLimits {
    /// So many videos of these media types, without other limits: what differs is filled in.
    #[must_use]
    pub fn plain(max_count: u32, formats: &[&str]) -> Self {
        Self {
            max_count,
            max_bytes: None,
            formats: formats.iter().map(|&f| f.to_owned()).collect(),
            alt: false,
            captions: None,
            cover: None,
            clip: ClipLimits::default(),
            kinds: vec![],
        }
    }
}

/// How a network is told which moment of a video stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// By when it is in the video.
    Moment,
    /// By a picture of it, which is cut out of the video.
    Picture,
}

/// The format of a file of captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaptionFormat {
    /// `SubRip`, `.srt`.
    Srt,
    /// `WebVTT`, `.vtt`.
    Vtt,
}

/// How a network names the language of captions; what it has no name for does not go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaptionLanguages {
    /// By any code of BCP 47.
    Any,
    /// By two letters.
    TwoLetters,
    /// By two letters and a country: the one that is named, else the usual one of the language.
    WithCountry,
}

/// What a network takes of the captions of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaptionLimits {
    /// What they are sent as, whatever they came as.
    pub format: CaptionFormat,
    /// Most languages of one video; none when the network names no number.
    pub max_count: Option<u32>,
    /// Largest file in bytes; none when the network names no number.
    pub max_bytes: Option<u32>,
    /// Which languages it has a name for.
    pub languages: CaptionLanguages,
}

impl CaptionLimits {
    /// Whether the network has a name for their language.
    #[must_use]
    pub fn names(&self, captions: &Captions) -> bool {
        let two_letters = || captions.primary().len() == 2;
        match self.languages {
            CaptionLanguages::Any => true,
            CaptionLanguages::TwoLetters => two_letters(),
            CaptionLanguages::WithCountry => two_letters() && locales::country(captions).is_some(),
        }
    }

    /// Those of a video that go along: in a language the network has a name for, and no more than it takes.
    pub fn taken(self, all: &[Captions]) -> impl Iterator<Item = &Captions> {
        let most = self.max_count.map_or(usize::MAX, |most| most as usize);
        all.iter().filter(move |own| self.names(own)).take(most)
    }

    /// The file of these captions.
    #[must_use]
    pub fn file(&self, captions: &Captions) -> String {
        match self.format {
            CaptionFormat::Srt => captions.as_srt(),
            CaptionFormat::Vtt => captions.as_vtt(),
        }
    }
}

/// What a video becomes by an option, such as a reel or a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VideoKind {
    /// The option that makes it that.
    pub when: ShownWhen,
    /// In a sentence: `as a reel`.
    pub becomes: String,
    /// Largest video in bytes; none where it is that of other videos.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// What it shows of one while it stands still; none where it chooses by itself.
    pub cover: Option<Cover>,
    /// Length, shape, size and packing.
    pub clip: ClipLimits,
}

/// Limits of files that are neither pictures nor videos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileLimits {
    /// Most files of one segment.
    pub max_count: u32,
    /// Largest file in bytes; none when the network names no number.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// Media types it takes.
    pub formats: Vec<String>,
    /// Most pages of a document; none when the network names no number.
    pub max_pages: Option<u32>,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PricedFor {
    /// One segment without a link.
    Segment,
    /// One segment with a link in it.
    SegmentWithLink,
    /// Uploading one file.
    File,
    /// The description of one picture.
    AltText,
    /// Looking whether an uncertain send is there.
    LookUp,
    /// Deleting one post.
    Delete,
    /// The numbers of one post.
    Numbers,
}

impl PricedFor {
    /// The word that rows keep.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::SegmentWithLink => "segment_with_link",
            Self::File => "file",
            Self::AltText => "alt_text",
            Self::LookUp => "look_up",
            Self::Delete => "delete",
            Self::Numbers => "numbers",
        }
    }

    /// What it is, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Segment => "a post",
            Self::SegmentWithLink => "a post with a link",
            Self::File => "a picture or video",
            Self::AltText => "the description of a picture",
            Self::LookUp => "looking whether a post is there",
            Self::Delete => "deleting a post",
            Self::Numbers => "the numbers of a post",
        }
    }
}

/// What a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// What it is for.
    pub of: PricedFor,
    /// Millionths of a US dollar.
    pub micro_dollars: u32,
}

/// How far ahead a network keeps a post until its minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NativeSchedule {
    /// Least time ahead, in minutes.
    pub min_minutes: u32,
    /// Most time ahead, in days; none without limit.
    pub max_days: Option<u32>,
    /// Most posts that it keeps of one account for one day of UTC; none without limit.
    pub max_a_day: Option<u32>,
    /// Most posts that it keeps of one account in all; none without limit.
    pub max_in_all: Option<u32>,
}

impl NativeSchedule {
    /// From so many days to so many minutes ahead, however many.
    #[must_use]
    pub const fn ahead(min_minutes: u32, max_days: Option<u32>) -> Self {
        Self {
            min_minutes,
            max_days,
            max_a_day: None,
            max_in_all: None,
        }
    }

    /// The same for no more than so many posts, for one day and in all.
    #[must_use]
    pub const fn at_most(mut self, a_day: u32, in_all: u32) -> Self {
        self.max_a_day = Some(a_day);
        self.max_in_all = Some(in_all);
        self
    }
}
