//! What is known of a file before anything is sent.

use media::video::Tool;
use model::MediaId;
use model::clip::Clip;
use model::document::DocumentFacts;

/// Facts about a file that a check needs; no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFacts {
    /// The file.
    pub id: MediaId,
    /// Media type found in its bytes.
    pub mime: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Width in pixels, of pictures and videos.
    pub width: Option<u32>,
    /// Height in pixels, of pictures and videos.
    pub height: Option<u32>,
    /// What is inside a video; none of what is no video, and while nothing is known of it.
    pub clip: Option<Clip>,
    /// What is inside a document; none of other files, and while nothing is known of it.
    pub document: Option<DocumentFacts>,
    /// Whether this computer can make other versions of videos.
    pub tool: Tool,
    /// The library has lost the file.
    pub missing: bool,
}

impl MediaFacts {
    /// Whether it is a video.
    #[must_use]
    pub fn is_video(&self) -> bool {
        self.mime.starts_with("video/")
    }
}

#[cfg(test)]
impl MediaFacts {
    /// A small file of this type as tests know it: 40 × 30 pixels, nothing looked into.
    pub(crate) fn of_file(id: &MediaId, mime: &str) -> Self {
        Self {
            id: id.clone(),
            mime: mime.to_owned(),
            bytes: 9,
            width: Some(40),
            height: Some(30),
            clip: None,
            document: None,
            tool: Tool::Missing,
            missing: false,
        }
    }
}
