//! Uploading files and their descriptions; pictures go in one call.
//!
//! Steps of file `i` of part `n`: `begun/n/i` (an upload in pieces, with how many pieces have arrived),
//! `media/n/i` (the file as X knows it), `alt/n/i` (which file has its description),
//! `captions/n/i/…` (which file has captions in that language). A step whose
//! value is null is undone.

use media::{Kind, Limits, Rendition};
use model::failure::Category;
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::{Value, json};

use super::catalogue::{MAX_GIF_BYTES, MAX_GIF_SIDE, MAX_IMAGE_BYTES, MAX_IMAGE_SIDE};
use super::client::{CallError, stale};
use super::pieces::Source;
use super::publish::Sending;
use crate::api::{self, bearer};
use crate::catalogue::PricedFor;
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// How often a picture is made smaller when X takes less than it says.
const MAX_SHRINKS: u32 = 3;

/// Name of the step that holds a file as X knows it.
pub(super) fn media_key(n: usize, i: usize) -> String {
    format!("media/{n}/{i}")
}

fn alt_key(n: usize, i: usize) -> String {
    format!("alt/{n}/{i}")
}

fn begun_key(n: usize, i: usize) -> String {
    format!("begun/{n}/{i}")
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uploaded {
    /// Its id, for the post.
    pub id: String,
    /// The name under which the post will show it, for looking for the post.
    pub key: String,
}

impl Uploaded {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: text("id")?,
            key: text("key").unwrap_or_default(),
        })
    }

    pub(super) fn of_answer(answer: &Value) -> Option<Self> {
        let text = |name: &str| answer.pointer(&format!("/data/{name}"))?.as_str();
        Some(Self {
            id: text("id")?.to_owned(),
            key: text("media_key").unwrap_or_default().to_owned(),
        })
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "id": self.id, "key": self.key })
    }
}

impl Sending<'_> {
    /// Uploads a file of a part, describes it, and commits it.
    pub(super) async fn uploaded(
        &self,
        n: usize,
        i: usize,
        file: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Uploaded, Stop> {
        let done = self.job.step(&media_key(n, i)).and_then(Uploaded::read);
        let uploaded = if let Some(done) = done {
            done
        } else {
            let uploaded = self.sent(&begun_key(n, i), file, steps).await?;
            steps.finished(&media_key(n, i), uploaded.to_json()).await?;
            uploaded
        };
        let alt = file.alt.trim();
        let described = json!(uploaded.id);
        let is_picture = file.facts.mime.starts_with("image/");
        if is_picture && !alt.is_empty() && self.job.step(&alt_key(n, i)) != Some(&described) {
            let account = &self.job.account;
            self.x
                .describe(account, &uploaded.id, alt, self.ctx)
                .await?;
            steps.finished(&alt_key(n, i), described).await?;
        }
        self.captions(n, i, file, &uploaded, steps).await?;
        Ok(uploaded)
    }

    async fn sent(
        &self,
        begun: &str,
        file: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Uploaded, Stop> {
        if file.facts.mime.starts_with("image/") {
            return self.picture(begun, file, steps).await;
        }
        let source = Source::File {
            path: file.path.clone(),
            bytes: file.facts.bytes,
        };
        let kind = ("tweet_video", file.facts.mime.as_str());
        self.in_pieces(begun, &source, kind, steps).await
    }

    async fn picture(
        &self,
        begun: &str,
        file: &JobMedia,
        steps: &mut dyn StepLog,
    ) -> Result<Uploaded, Stop> {
        if file.facts.mime == "image/gif" {
            let made = self.rendition(file, picture_limits(true)).await?;
            if made.moving && made.kind == Kind::Gif {
                let source = Source::Memory(made.bytes);
                return self
                    .in_pieces(begun, &source, ("tweet_gif", "image/gif"), steps)
                    .await;
            }
        }
        let mut max_bytes = MAX_IMAGE_BYTES;
        for shrinks in 0.. {
            let limits = Limits {
                max_bytes,
                ..picture_limits(false)
            };
            let made = self.rendition(file, limits).await?;
            match self.in_one_call(&made).await {
                Ok(uploaded) => return Ok(uploaded),
                Err(CallFailed::Call(failed))
                    if failed.status() == Some(413) && shrinks < MAX_SHRINKS =>
                {
                    max_bytes /= 2;
                }
                Err(failed) => return Err(self.told(failed).into()),
            }
        }
        Err(Refusal::never(
            Category::MediaError,
            "A picture could not be made small enough for X.",
        )
        .into())
    }

    async fn rendition(&self, file: &JobMedia, limits: Limits) -> Result<Rendition, Stop> {
        Ok(fitting::picture(file, limits).await?)
    }

    async fn in_one_call(&self, made: &Rendition) -> Result<Uploaded, CallError> {
        let part = || {
            multipart::Part::bytes(made.bytes.clone())
                .file_name("picture")
                .mime_str(made.mime())
        };
        let form = || {
            let form = multipart::Form::new().text("media_category", "tweet_image");
            // The kinds a rendition can have are all well-formed.
            part().map_or_else(|_| multipart::Form::new(), |part| form.part("media", part))
        };
        let bytes = made.bytes.len() as u64;
        let call = self.upload("/2/media/upload", bytes, |call| call.multipart(form()));
        let answer = self.charged(PricedFor::File, call).await?;
        Uploaded::of_answer(&answer).ok_or_else(|| nameless(&answer))
    }

    /// A call that X charges for.
    pub(super) async fn charged(
        &self,
        of: PricedFor,
        call: impl Future<Output = Result<Value, CallError>> + Send,
    ) -> Result<Value, CallError> {
        self.x.paid(&self.job.account, of, self.ctx, call).await
    }

    pub(super) async fn upload(
        &self,
        path: &str,
        bytes: u64,
        make: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync,
    ) -> Result<Value, CallError> {
        let address = format!("{}{path}", self.x.origin);
        let (address, make, api) = (&address, &make, &self.x.api);
        self.x
            .sessions
            .call(
                &self.job.account,
                self.x,
                stale,
                self.ctx,
                |tokens| async move {
                    let call = api.upload(Method::POST, address, bytes).await?;
                    api.json(make(bearer(call, &tokens.access))).await
                },
            )
            .await
    }
}

pub(super) fn nameless(answer: &Value) -> CallError {
    let words = answer.to_string();
    CallFailed::Call(api::Failed::Cut(format!(
        "an upload without a name: {words}"
    )))
}

/// What is taken of a picture. One that may move is tried as that first.
pub(super) fn picture_limits(moving: bool) -> Limits {
    if moving {
        Limits::bytes(MAX_GIF_BYTES).side(MAX_GIF_SIDE)
    } else {
        Limits::bytes(MAX_IMAGE_BYTES).side(MAX_IMAGE_SIDE)
    }
}
