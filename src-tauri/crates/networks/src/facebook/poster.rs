//! The picture that stands for a video of the feed: `thumb` of the call that shows it, an image among the parameters
//! of `POST /{page-id}/videos`. Those of reels and stories name none.
//!
//! Step: `posterless` (Facebook refused the call with it, which is made without it from then on).

use media::{Limits, Rendition};
use reqwest::multipart;
use serde_json::Value;

use super::catalogue::NAME;
use super::publish::Sending;
use crate::api::Failed;
use crate::connector::{Job, JobMedia};
use crate::fitting;
use crate::meta::errors as graph_errors;

/// Most bytes, as of any thumbnail of a video.
const MAX_BYTES: u64 = 10_000_000;
/// Longest side in pixels; nobody sees more.
const MAX_SIDE: u32 = 1_920;

/// The step after which a video goes without its picture, and where what was shown keeps that it went so.
pub(super) const LEFT_OUT: &str = "posterless";

/// The sentence that the picture is not there, where it was left out of what was shown.
pub(super) fn lacks(job: &Job, shown: &Value) -> Option<String> {
    let left_out = job.step(LEFT_OUT).is_some() || shown[LEFT_OUT] == true;
    left_out.then(|| fitting::poster_left_out(NAME))
}

/// The picture of the moment that was chosen, if one was.
pub(super) async fn of(video: &JobMedia) -> Option<Rendition> {
    fitting::poster(video, Limits::bytes(MAX_BYTES).side(MAX_SIDE)).await
}

impl Sending<'_> {
    /// Whether Facebook may have refused a call for the picture, and certainly showed nothing.
    pub(super) fn may_be_for_poster(&self, failed: &Failed) -> bool {
        !graph_errors::may_have_worked(failed) && fitting::may_be_for_poster(&self.told(failed))
    }

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
