//! The picture that stands for a video of the feed: `thumb` of the call that shows it, an image among the parameters
//! of `POST /{page-id}/videos`. Those of reels and stories name none.

use media::{Limits, Rendition};
use reqwest::multipart;
use serde_json::Value;

use super::publish::Sending;
use crate::api::Failed;
use crate::connector::JobMedia;
use crate::fitting;

/// Most bytes, as of any thumbnail of a video.
const MAX_BYTES: u64 = 10_000_000;
/// Longest side in pixels; nobody sees more.
const MAX_SIDE: u32 = 1_920;

/// The picture of the moment that was chosen, if one was.
pub(super) async fn of(video: &JobMedia) -> Option<Rendition> {
    fitting::poster(video, Limits::bytes(MAX_BYTES).side(MAX_SIDE)).await
}

impl Sending<'_> {
    /// The same call as without a picture, as a form that holds it.
    pub(super) async fn call_with(
        &self,
        edge: &str,
        fields: &[(&str, String)],
        made: &Rendition,
    ) -> Result<Value, Failed> {
        let plain = || multipart::Part::bytes(made.bytes.clone()).file_name("thumb.jpg");
        let part = plain().mime_str(made.mime()).unwrap_or_else(|_| plain());
        let mut form = multipart::Form::new().part("thumb", part);
        for (name, value) in fields {
            form = form.text((*name).to_owned(), value.clone());
        }
        let bytes = made.bytes.len() as u64;
        let path = self.page(edge);
        let graph = &self.facebook.graph;
        graph.post_file(&path, &self.token, form, bytes).await
    }
}
