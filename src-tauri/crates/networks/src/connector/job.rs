//! A frozen delivery: what is sent, and what is committed on the way.

use std::path::PathBuf;

use async_trait::async_trait;
use model::account::Account;
use model::captions::Captions;
use model::edit::Operation;
use model::{MediaId, TargetId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::MediaFacts;

/// A file of a job, with where its bytes lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobMedia {
    /// What is known of it.
    pub facts: MediaFacts,
    /// Where its bytes lie: the original's, or those of what a person made of it.
    pub path: PathBuf,
    /// What a picture is made of, so that edits and limits are done in one go; none for other files.
    pub original: Option<Original>,
    /// Description for people who cannot see it; may be empty.
    pub alt: String,
    /// Captions of a video, with times of what is sent.
    pub captions: Vec<Captions>,
    /// The moment of a video that was chosen to stand for it, in milliseconds of what is sent.
    pub poster_ms: Option<u32>,
    /// What the picture of that moment is cut out of; none where nobody chose one.
    pub poster: Option<Original>,
}

/// A picture or video of the library with what a person does to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Where it is.
    pub library: media::Library,
    /// Which.
    pub id: MediaId,
    /// What is done to it.
    pub edits: Vec<Operation>,
}

/// One segment of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSegment {
    /// The text as it goes out.
    pub text: String,
    /// Files in order.
    pub media: Vec<JobMedia>,
}

/// A frozen delivery: nothing in it changes between its attempts.
#[derive(Debug, Clone)]
pub struct Job {
    /// The target; stable over all attempts.
    pub target_id: TargetId,
    /// The account to send with.
    pub account: Account,
    /// The post's title.
    pub title: String,
    /// Labels of the post.
    pub labels: Vec<String>,
    /// What to send, at least one segment.
    pub segments: Vec<JobSegment>,
    /// Options as the catalogue names them.
    pub options: serde_json::Map<String, Value>,
    /// The instant it was due.
    pub due_at: Timestamp,
    /// When the network is to publish it by itself; none when it is to be published at once. Only where
    /// the entry has a [`native_schedule`](crate::catalogue::Entry::native_schedule) and nothing speaks against it
    /// ([`cannot_keep`](super::Connector::cannot_keep)).
    pub place_at: Option<Timestamp>,
    /// Wall time and zone of that instant as the person typed it, RFC 9557-like, for front matter.
    pub due_wall: String,
    /// The idempotency handle that [`freeze`](super::Connector::freeze) chose before the first attempt.
    pub handle: Value,
    /// How often this target was deleted on its network and goes out anew: each time needs a handle
    /// of its own.
    pub turn: u32,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When the first attempt that may have sent something began; none on the first.
    pub first_sent_try_at: Option<Timestamp>,
    /// When the last call began that may have shown something: it may come after uploads of hours. None
    /// on the first attempt.
    pub last_shown_at: Option<Timestamp>,
    /// What is looked for may have been sent by another copy of this calendar, as after a backup was put back: that
    /// nothing of it was begun or finished here tells nothing then. Only looks count on it.
    pub unknown_send: bool,
    /// Steps that earlier attempts committed, oldest first.
    pub done: Vec<StepRecord>,
}

impl Job {
    /// The files of the first segment: all there are on a network without threads.
    #[must_use]
    pub fn first_media(&self) -> &[JobMedia] {
        self.segments.first().map_or(&[], |s| &s.media)
    }

    /// The text of the first segment; empty without one.
    #[must_use]
    pub fn first_text(&self) -> &str {
        self.segments.first().map_or("", |s| &s.text)
    }

    /// The first video among the files of the first segment.
    #[must_use]
    pub fn first_video(&self) -> Option<&JobMedia> {
        self.first_media().iter().find(|file| file.facts.is_video())
    }

    /// The value of a finished step, if an earlier attempt or this one committed it.
    #[must_use]
    pub fn step(&self, key: &str) -> Option<&Value> {
        self.done
            .iter()
            .rev()
            .find(|s| s.key == key)
            .map(|s| &s.value)
    }
}

/// A committed step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    /// Its name, unique within the target: `upload/0/1`, `segment/2`.
    pub key: String,
    /// What it gave, such as a blob reference or an id.
    pub value: Value,
}

/// A step that could not be committed: the lease is gone or the disk refused. The connector stops
/// at once and returns [`Interrupted`](super::Outcome::Interrupted).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the step could not be recorded: {0}")]
pub struct StepLost(pub String);

/// Commits the progress of a send before it goes on. Each call is durable when it returns.
#[async_trait]
pub trait StepLog: Send {
    /// A step is finished and is not to be repeated after a restart.
    async fn finished(&mut self, key: &str, value: Value) -> Result<(), StepLost>;
    /// The next call may make something visible. After this a death is `unconfirmed`.
    async fn about_to_show(&mut self, key: &str) -> Result<(), StepLost>;
}

/// What the network gave back for a delivered post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The network's id of the first segment.
    pub remote_id: String,
    /// Address for people, where there is one.
    pub url: Option<String>,
    /// Everything `delete` and `metrics` need later; no secrets.
    pub remote: Value,
}

/// Where [`Delivered::remote`] keeps what did not come along.
const LACKS: &str = "lacks";
/// Where it keeps that the account has another number on its network than before.
const RENUMBERED: &str = "renumbered";

impl Delivered {
    /// The same with whole sentences on what did not come along with the post, and what to do about it.
    /// [`remote`](Self::remote) has to be an object.
    #[must_use]
    pub fn lacking(mut self, sentences: Vec<String>) -> Self {
        if let Some(remote) = self
            .remote
            .as_object_mut()
            .filter(|_| !sentences.is_empty())
        {
            remote.insert(LACKS.to_owned(), sentences.into());
        }
        self
    }

    /// The same where the account turned out to have another number on its network than `was`, which it
    /// is known by from now on. [`remote`](Self::remote) has to be an object.
    #[must_use]
    pub fn renumbered(mut self, was: &str, is: &str) -> Self {
        if let Some(remote) = self.remote.as_object_mut() {
            let numbers = serde_json::json!({ "was": was, "is": is });
            remote.insert(RENUMBERED.to_owned(), numbers);
        }
        self
    }

    /// The number the account had on its network, and the one it has now; none where it kept its own.
    #[must_use]
    pub fn renumbering(&self) -> Option<(&str, &str)> {
        let numbers = self.remote.get(RENUMBERED)?;
        numbers["was"].as_str().zip(numbers["is"].as_str())
    }

    /// What did not come along with the post, to be told beside it.
    #[must_use]
    pub fn lacks(&self) -> Option<String> {
        lacks_in(&self.remote)
    }
}

/// The same of what is kept of a delivered post.
#[must_use]
pub fn lacks_in(remote: &Value) -> Option<String> {
    let all = remote.get(LACKS)?.as_array()?;
    let sentences: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_did_not_come_along_is_kept_beside_what_deleting_needs() {
        let plain = Delivered {
            remote_id: "7".to_owned(),
            url: None,
            remote: json!({ "id": "7" }),
        };
        assert_eq!(plain.clone().lacking(vec![]), plain);
        assert_eq!(plain.lacks(), None);
        let both = vec!["No picture.".to_owned(), "No list.".to_owned()];
        let lacking = plain.lacking(both);
        assert_eq!(lacking.lacks().as_deref(), Some("No picture. No list."));
        assert_eq!(lacking.remote["id"], "7");
        assert_eq!(lacks_in(&Value::Null), None);
    }

    #[test]
    fn another_number_of_the_account_is_kept_with_the_post() {
        let plain = Delivered {
            remote_id: "7".to_owned(),
            url: None,
            remote: json!({ "id": "7" }),
        };
        assert_eq!(plain.renumbering(), None);
        assert_eq!(
            plain.renumbered("-1", "-2").renumbering(),
            Some(("-1", "-2"))
        );
    }
}
