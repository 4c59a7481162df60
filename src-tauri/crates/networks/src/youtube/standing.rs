//! What YouTube says of a video that it took: whether it can use it, and who sees it.
//!
//! A refusal comes only after the last byte, in the status of the video with its reason (`videos.list`, the
//! parts `status` and `processingDetails`). That a processing status is `terminated` means only that nothing
//! is known of it any more. How long YouTube works on a video is not stated; what is still being worked on
//! after a while counts as published, and that is told.

use std::time::Duration;

use model::account::Account;
use model::failure::Retry;
use serde_json::Value;

use super::YouTube;
use super::publish::privacy;
use crate::connector::{Ctx, Job, Refusal};

/// How often one looks whether YouTube is done, each time after twice the wait.
const LOOKS: u32 = 6;
/// After how long a video that is still being worked on counts as published.
pub(super) const WORKS_FOR: Duration = Duration::from_mins(10);

/// Whether YouTube can use a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It has it and works on it.
    Working,
    /// It can be seen.
    Ready,
    /// It does not take it, for this reason.
    Refused(String),
}

/// How a video stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether YouTube can use it.
    pub(super) state: State,
    /// Who sees it, by YouTube's word; none when it does not say.
    privacy: Option<String>,
}

/// Why YouTube does not take a video with this `status`; none when it does as far as is known.
pub(super) fn refused(status: &Value) -> Option<String> {
    let text = |name: &str| status.get(name).and_then(Value::as_str);
    let word = text("uploadStatus")?;
    let reason = match word {
        "failed" => text("failureReason"),
        "rejected" => text("rejectionReason"),
        "deleted" => None,
        _ => return None,
    };
    Some(reason.unwrap_or(word).to_owned())
}

impl Standing {
    fn read(video: &Value) -> Self {
        let text = |path: &str| video.pointer(path).and_then(Value::as_str);
        let reason = video.get("status").and_then(refused);
        let state = match (reason, text("/processingDetails/processingStatus")) {
            (Some(reason), _) => State::Refused(reason),
            (None, Some("failed")) => {
                let why = text("/processingDetails/processingFailureReason");
                State::Refused(why.unwrap_or("processing").to_owned())
            }
            (None, Some("succeeded" | "terminated")) => State::Ready,
            (None, _) if text("/status/uploadStatus") == Some("processed") => State::Ready,
            (None, _) => State::Working,
        };
        Self {
            state,
            privacy: text("/status/privacyStatus").map(str::to_owned),
        }
    }

    /// What a person has to know about a video of this job that is there, in whole sentences.
    pub(super) fn told(&self, job: &Job) -> Vec<String> {
        let mut told = vec![];
        if self.state == State::Working {
            told.push("YouTube was still working on the video when Almanac looked last. Look in YouTube Studio whether it came through.".to_owned());
        }
        let chosen = privacy(job);
        // One that waits for its time is private until then.
        let others = self.privacy.as_deref().filter(|seen| *seen != chosen);
        if let Some(seen) = others.filter(|_| job.place_at.is_none()) {
            told.push(format!(
                "YouTube made the video {seen}, where {chosen} was chosen. It does so with apps that Google has not checked; change it in YouTube Studio."
            ));
        }
        told
    }
}

/// What is told of a video about which YouTube said nothing.
pub(super) fn unknown() -> String {
    "Almanac could not ask YouTube whether it can use the video. Look at it in YouTube Studio."
        .to_owned()
}

impl YouTube {
    /// Looks once how a video stands. One that is not listed yet is being worked on.
    pub(super) async fn look_at(
        &self,
        account: &Account,
        id: &str,
        ctx: Ctx<'_>,
    ) -> Result<Standing, Refusal> {
        let path = format!("/youtube/v3/videos?part=status,processingDetails&id={id}");
        let answer = self.get(account, &path, ctx).await?;
        let video = answer.pointer("/items/0").unwrap_or(&Value::Null);
        Ok(Standing::read(video))
    }

    /// Waits a while until YouTube can say how a video stands; none when it cannot be asked.
    pub(super) async fn settled(&self, job: &Job, id: &str, ctx: Ctx<'_>) -> Option<Standing> {
        let mut wait = self.first_wait;
        let mut seen = None;
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            match self.look_at(&job.account, id, ctx).await {
                Ok(standing) if standing.state == State::Working => seen = Some(standing),
                Ok(standing) => return Some(standing),
                Err(refusal) if refusal.retry != Retry::Backoff => break,
                Err(_) => {}
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(video: &Value) -> State {
        Standing::read(video).state
    }

    #[test]
    fn a_video_is_ready_refused_or_worked_on() {
        let with = |upload: &str, processing: &str| {
            state(&json!({
                "status": { "uploadStatus": upload },
                "processingDetails": { "processingStatus": processing },
            }))
        };
        assert_eq!(with("uploaded", "processing"), State::Working);
        assert_eq!(with("uploaded", "succeeded"), State::Ready);
        assert_eq!(with("uploaded", "terminated"), State::Ready);
        assert_eq!(
            with("uploaded", "failed"),
            State::Refused("processing".to_owned())
        );
        assert_eq!(
            state(&json!({ "status": { "uploadStatus": "processed" } })),
            State::Ready
        );
        assert_eq!(state(&Value::Null), State::Working);
    }

    #[test]
    fn a_refusal_names_its_reason_or_what_it_is() {
        let status = |fields: Value| refused(&fields);
        let failed = json!({ "uploadStatus": "failed", "failureReason": "codec" });
        assert_eq!(status(failed).as_deref(), Some("codec"));
        let rejected = json!({ "uploadStatus": "rejected", "rejectionReason": "copyright" });
        assert_eq!(status(rejected).as_deref(), Some("copyright"));
        let bare = json!({ "uploadStatus": "rejected" });
        assert_eq!(status(bare).as_deref(), Some("rejected"));
        assert_eq!(status(json!({ "uploadStatus": "processed" })), None);
        assert_eq!(status(json!({})), None);
    }
}
