//! What is posted in the suite, in the sweep and in the figures.

use networks::catalogue::Entry;
use networks::connector::JobMedia;

use crate::desk::Desk;

/// Bytes of the video: some networks take it in two pieces.
const VIDEO_BYTES: usize = 300_000;

/// A kind of post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// Words alone.
    Text,
    /// Words with two pictures, or with one where a network takes no more.
    Pictures,
    /// Words with a video.
    Video,
    /// Three parts.
    Thread,
}

impl Content {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Text, Self::Pictures, Self::Video, Self::Thread];

    /// Whether a network publishes this.
    #[must_use]
    pub fn fits(self, entry: &Entry) -> bool {
        let publishes = &entry.publishes;
        match self {
            Self::Text => publishes.text && !publishes.needs_media,
            Self::Pictures => publishes.images,
            Self::Video => publishes.video,
            Self::Thread => publishes.thread,
        }
    }

    /// The words, one for each part.
    #[must_use]
    pub fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Thread => &["One of three", "Two of three", "Three of three"],
            _ => &["Grüße from the suite 🎉 #almanac"],
        }
    }

    /// The files of the first part.
    #[must_use]
    pub fn media(self, desk: &Desk) -> Vec<JobMedia> {
        match self {
            Self::Pictures => vec![
                desk.picture("one.jpg", 40, 30),
                desk.picture("two.png", 30, 40),
            ],
            Self::Video => vec![desk.video("clip.mp4", VIDEO_BYTES)],
            Self::Text | Self::Thread => vec![],
        }
    }

    /// What it is called in a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Pictures => "pictures",
            Self::Video => "video",
            Self::Thread => "thread of three",
        }
    }
}
