//! Uploading files: an address for each, its bytes, and one call for all of them that shows them.
//! Pictures lose what tells where they were taken.

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::Body;
use serde_json::{Value, json};

use super::client::CallFailed;
use super::confirm::Looked;
use super::errors;
use super::publish::Sending;
use crate::api::{Failed, file_body};
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;

/// Largest picture that is sent, in bytes.
const MAX_PICTURE_BYTES: u64 = 50_000_000;

fn file_key(n: usize) -> String {
    format!("file/0/{n}")
}

/// A file as it goes out.
struct Ready {
    name: String,
    body: Body,
    bytes: u64,
}

impl Sending<'_> {
    /// Uploads what was not uploaded yet, or everything `anew`, and returns Slack's names of the files.
    pub(super) async fn uploaded(
        &self,
        anew: bool,
        steps: &mut dyn StepLog,
    ) -> Result<Vec<String>, Stop> {
        let mut ids = Vec::new();
        for (n, file) in self.media().iter().enumerate() {
            let key = file_key(n);
            let done = self.job.step(&key).filter(|_| !anew);
            if let Some(id) = done.and_then(|step| step["id"].as_str()) {
                ids.push(id.to_owned());
                continue;
            }
            let id = self.upload(n, file).await?;
            steps.finished(&key, json!({ "id": id })).await?;
            ids.push(id);
        }
        Ok(ids)
    }

    /// The message in which an earlier attempt showed the files that it uploaded, as a step keeps it: as
    /// the first of them tells, or the channel where the app may not look at files.
    pub(super) async fn shared(&self) -> Result<Option<Value>, CallFailed> {
        let ids: Vec<&str> = (0..self.media().len())
            .filter_map(|n| self.job.step(&file_key(n))?["id"].as_str())
            .collect();
        let Some(first) = ids.first() else {
            return Ok(None);
        };
        let input = [("file", (*first).to_owned())];
        let client = &self.slack.client;
        match client.form(self.token, "files.info", &input).await {
            Ok(answer) => {
                let place = ["public", "private"].iter().find_map(|sort| {
                    answer["file"]["shares"][*sort][self.channel][0]["ts"].as_str()
                });
                Ok(place.map(|ts| json!({ "ts": ts, "channel": self.channel, "files": ids })))
            }
            Err(failed) if failed.says(&errors::NOT_READABLE) => match self.look().await? {
                Looked::There(step) => Ok(Some(step)),
                // Where that cannot be told, the person was asked before this attempt.
                Looked::NotThere | Looked::NotReadable | Looked::TooMuch => Ok(None),
            },
            // Files that nobody shared are cleared away after a time.
            Err(failed) if failed.says(&["file_not_found", "file_deleted"]) => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    async fn upload(&self, n: usize, file: &JobMedia) -> Result<String, Stop> {
        let ready = self.ready(n, file).await?;
        let mut input = vec![
            ("filename", ready.name),
            ("length", ready.bytes.to_string()),
        ];
        let alt = file.alt.trim();
        if !alt.is_empty() {
            input.push(("alt_txt", alt.to_owned()));
        }
        let client = &self.slack.client;
        let answer = client
            .form(self.token, "files.getUploadURLExternal", &input)
            .await
            .map_err(|failed| self.told(&failed))?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let (Some(address), Some(id)) = (text("upload_url"), text("file_id")) else {
            let odd = Failed::Cut("an answer without an address for the file".to_owned());
            return Err(self.told(&CallFailed::Http(odd)).into());
        };
        match client.upload(&address, ready.body, ready.bytes).await {
            Ok(()) => Ok(id),
            // The address counts for a short time; the next attempt gets another.
            Err(failed) if failed.status().is_some_and(|s| (400..429).contains(&s)) => {
                let refusal = Refusal::later(
                    Category::MediaError,
                    "Slack did not take a file. It is uploaded again.",
                );
                Err(refusal.with_detail(failed.detail()).into())
            }
            Err(failed) => Err(self.told(&CallFailed::Http(failed)).into()),
        }
    }

    async fn ready(&self, n: usize, file: &JobMedia) -> Result<Ready, Refusal> {
        let mime = file.facts.mime.as_str();
        let name = |kind: Kind| format!("{}{}.{}", self.tag, n + 1, kind.extension());
        if mime.starts_with("image/") {
            let made = fitting::picture(file, picture_limits()).await?;
            return Ok(Ready {
                name: name(made.kind),
                bytes: made.bytes.len() as u64,
                body: made.bytes.into(),
            });
        }
        let unsendable = || {
            Refusal::never(
                Category::MediaError,
                "A file of this post is of a kind Almanac cannot send.",
            )
        };
        let kind = Kind::from_mime(mime).ok_or_else(unsendable)?;
        let bytes = file.facts.bytes;
        Ok(Ready {
            name: name(kind),
            bytes,
            body: file_body(&file.path, 0, bytes).await?,
        })
    }

    /// Shows the files in the channel with the words beside them.
    pub(super) async fn complete(&self, ids: &[String]) -> Result<Value, CallFailed> {
        let files = ids.iter().map(|id| json!({ "id": id }));
        let mut input = json!({
            "files": files.collect::<Vec<_>>(), "channel_id": self.channel,
        });
        if let Some((field, words)) = self.words_beside() {
            input[field] = words;
        }
        let client = &self.slack.client;
        client
            .json(self.token, "files.completeUploadExternal", &input)
            .await
    }
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> Limits {
    Limits::bytes(MAX_PICTURE_BYTES)
}
