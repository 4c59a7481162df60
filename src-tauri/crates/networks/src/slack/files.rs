//! Uploading files: an address for each, its bytes, and one call for all of them that shows them.
//! Pictures lose what tells where they were taken.

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::Body;
use serde_json::{Value, json};

use super::client::CallFailed;
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
