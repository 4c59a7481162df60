//! Uploading pictures, a video or a document, and waiting until LinkedIn can show them.
//!
//! The step `media/0/i` holds the name of an uploaded file; null undoes it. Those of captions are in
//! [`captions`](super::captions).

use std::path::Path;
use std::time::Duration;

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::Method;
use reqwest::header::ETAG;
use serde_json::{Value, json};

use super::captions::{captions_key, captions_of, left_out};
use super::catalogue::{MAX_IMAGE_BYTES, MAX_IMAGE_SIDE};
use super::client::{encoded, odd, raw, stale};
use super::is_page;
use super::publish::Sending;
use crate::api::{Failed, bearer, file_body};
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// How often a picture is made smaller when LinkedIn takes less than most do.
const MAX_SHRINKS: u32 = 2;
/// How often the state of a file is asked for before the send is put off.
const MAX_ASKS: u32 = 10;
/// The wait between two questions, in the network's seconds.
const ASK_EVERY: u32 = 3;
/// How long is waited where nobody may ask, in the network's seconds: at least, and at most.
const GRACE: u32 = 10;
const MAX_GRACE: u32 = 120;

/// What a file is to LinkedIn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Image,
    Video,
    Document,
}

impl Sort {
    pub(super) fn of(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") => Self::Image,
            Some("video") => Self::Video,
            _ => Self::Document,
        }
    }

    /// The collection in addresses.
    const fn collection(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Video => "videos",
            Self::Document => "documents",
        }
    }

    /// The field with the name of a new file.
    const fn field(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

/// Name of the step of a file.
pub(super) fn media_key(i: usize) -> String {
    format!("media/0/{i}")
}

/// The files of a post on the network.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Their names, in order.
    pub(super) urns: Vec<String>,
    /// What did not come along with them, in whole sentences.
    pub(super) lacks: Vec<String>,
}

/// Why bytes did not arrive.
enum PutFailed {
    File(Refusal),
    Call(Failed),
}

impl From<Failed> for PutFailed {
    fn from(failed: Failed) -> Self {
        Self::Call(failed)
    }
}

/// What is sent to an address.
#[derive(Clone, Copy)]
enum Bytes<'a> {
    Memory(&'a [u8]),
    File {
        path: &'a Path,
        from: u64,
        bytes: u64,
    },
}

impl Bytes<'_> {
    fn count(self) -> u64 {
        match self {
            Self::Memory(all) => all.len() as u64,
            Self::File { bytes, .. } => bytes,
        }
    }

    async fn body(self) -> Result<reqwest::Body, PutFailed> {
        match self {
            Self::Memory(all) => Ok(all.to_vec().into()),
            Self::File { path, from, bytes } => {
                file_body(path, from, bytes).await.map_err(PutFailed::File)
            }
        }
    }
}

impl Sending<'_> {
    /// Every file, uploaded where that has not happened yet, and ready to be shown.
    pub(super) async fn files(&self, steps: &mut dyn StepLog) -> Result<Files, Stop> {
        let mut files = Files::default();
        let mut fresh = false;
        for (i, file) in self.media().iter().enumerate() {
            let done = self.job.step(&media_key(i)).and_then(Value::as_str);
            if let Some(urn) = done {
                files.urns.push(urn.to_owned());
                let told = self.job.step(&captions_key(i)).and_then(Value::as_str);
                files.lacks.extend(told.map(str::to_owned));
                continue;
            }
            let urn = match Sort::of(&file.facts.mime) {
                Sort::Image => self.image(file).await?,
                Sort::Video => {
                    let (urn, lacks) = self.video(i, file, steps).await?;
                    files.lacks.extend(lacks);
                    urn
                }
                Sort::Document => self.document(file).await?,
            };
            fresh = true;
            steps.finished(&media_key(i), json!(urn)).await?;
            files.urns.push(urn);
        }
        self.ready(&files.urns, fresh).await?;
        Ok(files)
    }

    async fn begun(&self, sort: Sort, more: Value) -> Result<Value, Stop> {
        let mut request = json!({ "owner": self.job.account.remote_id });
        if let (Some(request), Some(more)) = (request.as_object_mut(), more.as_object()) {
            request.extend(more.clone());
        }
        let path = format!("/rest/{}?action=initializeUpload", sort.collection());
        let body = json!({ "initializeUploadRequest": request });
        let answer = self
            .linkedin
            .ask(&self.job.account, &path, &body, self.ctx)
            .await
            .map_err(|failed| self.told(failed))?;
        let value = answer.get("value").cloned().unwrap_or_default();
        let named = value.get(sort.field()).and_then(Value::as_str);
        if named.is_none_or(str::is_empty) {
            return Err(self.told(CallFailed::Call(odd("no upload"))).into());
        }
        Ok(value)
    }

    /// An address that LinkedIn gave, if it is its own.
    fn address<'v>(&self, value: &'v Value) -> Result<&'v str, Stop> {
        let address = value.get("uploadUrl").and_then(Value::as_str);
        match address.filter(|a| self.linkedin.is_own(a)) {
            Some(address) => Ok(address),
            None => Err(self.told(CallFailed::Call(odd("a foreign address"))).into()),
        }
    }

    async fn image(&self, file: &JobMedia) -> Result<String, Stop> {
        let mut max_bytes = MAX_IMAGE_BYTES;
        for shrinks in 0.. {
            let limits = Limits {
                max_bytes,
                ..picture_limits()
            };
            let made = fitting::picture(file, limits).await?;
            let value = self.begun(Sort::Image, Value::Null).await?;
            let address = self.address(&value)?;
            match self.put(address, Bytes::Memory(&made.bytes)).await {
                Ok(()) => return Ok(named(&value, Sort::Image)),
                Err(CallFailed::Call(PutFailed::Call(failed)))
                    if failed.status() == Some(413) && shrinks < MAX_SHRINKS =>
                {
                    max_bytes /= 2;
                }
                Err(failed) => return Err(self.not_put(failed)),
            }
        }
        Err(Refusal::never(
            Category::MediaError,
            "A picture could not be made small enough for LinkedIn.",
        )
        .into())
    }

    async fn document(&self, file: &JobMedia) -> Result<String, Stop> {
        let value = self.begun(Sort::Document, Value::Null).await?;
        let bytes = Bytes::File {
            path: &file.path,
            from: 0,
            bytes: file.facts.bytes,
        };
        let put = self.put(self.address(&value)?, bytes).await;
        put.map_err(|failed| self.not_put(failed))?;
        Ok(named(&value, Sort::Document))
    }

    /// A video with its captions, and what is told where they stayed behind.
    async fn video(
        &self,
        i: usize,
        file: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<(String, Option<String>), Stop> {
        let begin = |captions: bool| {
            json!({
                "fileSizeBytes": file.facts.bytes, "uploadCaptions": captions, "uploadThumbnail": false,
            })
        };
        let Some(own) = captions_of(file) else {
            let begun = self.begun(Sort::Video, begin(false)).await?;
            return Ok((self.video_sent(file, &begun).await?, None));
        };
        let mut begun = self.begun(Sort::Video, begin(true)).await?;
        let lacks = if self.captions(&begun, own).await? {
            None
        } else {
            begun = self.begun(Sort::Video, begin(false)).await?;
            Some(left_out(own))
        };
        steps.finished(&captions_key(i), json!(lacks)).await?;
        Ok((self.video_sent(file, &begun).await?, lacks))
    }

    /// Each part of a video goes to an address of its own, without the token.
    async fn video_sent(&self, file: &JobMedia, begun: &Value) -> Result<String, Stop> {
        let urn = named(begun, Sort::Video);
        let parts = begun.get("uploadInstructions").and_then(Value::as_array);
        let mut etags = Vec::new();
        for part in parts.into_iter().flatten() {
            let number = |name: &str| part.get(name).and_then(Value::as_u64);
            let (Some(first), Some(last)) = (number("firstByte"), number("lastByte")) else {
                return Err(self
                    .told(CallFailed::Call(odd("a part without bytes")))
                    .into());
            };
            let bytes = Bytes::File {
                path: &file.path,
                from: first,
                bytes: (last + 1).saturating_sub(first),
            };
            let address = self.address(part)?;
            let sent = self.put_open(address, bytes).await;
            let etag = sent.map_err(|failed| self.not_put(CallFailed::Call(failed)))?;
            etags.push(etag);
        }
        let token = begun.get("uploadToken").and_then(Value::as_str);
        let body = json!({ "finalizeUploadRequest": {
            "video": urn, "uploadToken": token.unwrap_or_default(), "uploadedPartIds": etags,
        }});
        let path = "/rest/videos?action=finalizeUpload";
        let account = &self.job.account;
        self.linkedin
            .call(account, Method::POST, path, self.ctx, |call| {
                call.json(&body)
            })
            .await
            .map_err(|failed| self.told(failed))?;
        Ok(urn)
    }

    /// Sends bytes with the account's token.
    async fn put(&self, address: &str, bytes: Bytes<'_>) -> Result<(), CallFailed<PutFailed>> {
        let (linkedin, api) = (self.linkedin, &self.linkedin.api);
        let old = |e: &PutFailed| matches!(e, PutFailed::Call(failed) if stale(failed));
        linkedin
            .sessions
            .call(
                &self.job.account,
                linkedin,
                old,
                self.ctx,
                |tokens| async move {
                    let body = bytes.body().await?;
                    let call = api.upload(Method::PUT, address, bytes.count()).await?;
                    let call = raw(bearer(call, &tokens.access), bytes.count());
                    let answer = api.send(call.body(body)).await?;
                    // Whoever answers with words in place of nothing is not LinkedIn.
                    if answer.body.is_empty() {
                        Ok(())
                    } else {
                        Err(Failed::Answered(answer).into())
                    }
                },
            )
            .await
    }

    /// Sends bytes without a token, and gives what LinkedIn calls them.
    async fn put_open(&self, address: &str, bytes: Bytes<'_>) -> Result<String, PutFailed> {
        let api = &self.linkedin.api;
        let body = bytes.body().await?;
        let call = api.upload(Method::PUT, address, bytes.count()).await?;
        let answer = api.send(raw(call, bytes.count()).body(body)).await?;
        let etag = answer.header(ETAG.as_str()).map(str::to_owned);
        etag.ok_or(PutFailed::Call(Failed::Answered(answer)))
    }

    fn not_put(&self, failed: CallFailed<PutFailed>) -> Stop {
        Stop::NotSent(match failed {
            CallFailed::Before(refusal) | CallFailed::Call(PutFailed::File(refusal)) => refusal,
            CallFailed::Call(PutFailed::Call(failed)) => self.told(CallFailed::Call(failed)),
        })
    }

    /// Waits until LinkedIn can show the files. Whoever may not ask waits a while after an upload.
    async fn ready(&self, urns: &[String], fresh: bool) -> Result<(), Stop> {
        let mut grace = 0;
        for (urn, file) in urns.iter().zip(self.media()) {
            let sort = Sort::of(&file.facts.mime);
            let may_ask = is_page(&self.job.account) || sort == Sort::Video;
            if !may_ask || !self.is_ready(sort, urn).await? {
                let megabytes = (file.facts.bytes / 1_000_000) as u32;
                let size = if sort == Sort::Video { megabytes } else { 0 };
                grace = grace.max(size.saturating_add(GRACE).min(MAX_GRACE));
            }
        }
        if fresh && grace > 0 {
            tokio::time::sleep(self.linkedin.second.saturating_mul(grace)).await;
        }
        Ok(())
    }

    /// Asks until a file is ready; false when the account may not ask.
    async fn is_ready(&self, sort: Sort, urn: &str) -> Result<bool, Stop> {
        let path = format!("/rest/{}/{}", sort.collection(), encoded(urn));
        for _ in 0..MAX_ASKS {
            let answer = match self.linkedin.get(&self.job.account, &path, self.ctx).await {
                Ok(answer) => answer,
                Err(CallFailed::Call(failed)) if failed.status() == Some(403) => return Ok(false),
                Err(failed) => return Err(self.told(failed).into()),
            };
            match answer.get("status").and_then(Value::as_str) {
                Some("AVAILABLE") => return Ok(true),
                Some("PROCESSING_FAILED") => {
                    let why = answer.get("processingFailureReason").cloned();
                    return Err(Refusal::never(
                        Category::MediaError,
                        "LinkedIn could not read a file of this post. Convert it and add it again.",
                    )
                    .with_detail(why.unwrap_or_default().to_string())
                    .into());
                }
                _ => {
                    let pause = self.linkedin.second.saturating_mul(ASK_EVERY);
                    tokio::time::sleep(pause.min(Duration::from_secs(10))).await;
                }
            }
        }
        Err(Refusal::later(
            Category::MediaProcessing,
            "LinkedIn is still working on a file of this post. Almanac goes on when it is done.",
        )
        .into())
    }
}

fn named(value: &Value, sort: Sort) -> String {
    let name = value.get(sort.field()).and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> Limits {
    Limits {
        formats: vec![Kind::Jpeg, Kind::Png, Kind::Gif],
        ..Limits::bytes(MAX_IMAGE_BYTES).side(MAX_IMAGE_SIDE)
    }
}
