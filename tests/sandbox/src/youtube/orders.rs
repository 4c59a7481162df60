//! What a test orders of videos at the sandbox of YouTube.

use serde_json::json;

use super::{Sandbox, Video};

impl Sandbox {
    /// New videos are ready after so many looks.
    pub fn work_for(&self, looks: usize) {
        self.state().works = looks;
    }

    /// New videos end as `failed` or `rejected`, for this reason; none for no more.
    pub fn refuse_with(&self, end: Option<(&'static str, &'static str)>) {
        self.state().refuses = end;
    }

    /// All videos `failed` or were `rejected` just now, for this reason.
    pub fn refuse_now(&self, end: &'static str, reason: &'static str) {
        let mut state = self.state();
        let videos = state.videos.iter_mut();
        videos.for_each(|v| v.refused = Some((end, reason)));
    }

    /// Videos are shown to these people whatever was asked for, as with apps that were not verified.
    pub fn force_privacy(&self, privacy: &'static str) {
        self.state().privacy = Some(privacy);
    }

    /// The channel may not set thumbnails.
    pub fn forbid_thumbnails(&self) {
        self.state().unconfirmed = true;
    }

    /// The channel gets so many other videos on the network itself, all in this second.
    pub fn crowd(&self, videos: usize, at: jiff::Timestamp) {
        let mut state = self.state();
        for n in 0..videos {
            let video = Video {
                id: format!("vid{:08}", state.videos.len() + 1),
                asked: json!({
                    "snippet": { "title": format!("Something else {n}") },
                    "status": { "privacyStatus": "public" },
                }),
                size: 1,
                made: format!("{at:.0}"),
                gone: false,
                busy: 0,
                refused: None,
            };
            state.videos.push(video);
        }
    }
}
