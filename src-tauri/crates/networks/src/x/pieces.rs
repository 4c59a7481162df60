//! Uploads in pieces, for videos and moving GIFs: each piece is read from its file while it is sent, and
//! what has arrived is not sent again.

use std::path::PathBuf;
use std::time::Duration;

use model::failure::{Category, Retry};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::client::stale;
use super::publish::Sending;
use super::upload::{Uploaded, nameless};
use crate::api::{self, bearer};
use crate::catalogue::PricedFor;
use crate::connector::{Refusal, StepLog};
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// Bytes of a piece; the network takes up to 1,000 pieces of 5 MB.
const PIECE: u64 = 4 << 20;
/// How often the state of a file is asked for before the send is put off.
const MAX_ASKS: u32 = 12;
/// Longest wait between two questions, in the network's seconds.
const MAX_WAIT: u64 = 10;

/// Where the bytes of an upload in pieces come from.
pub(super) enum Source {
    File { path: PathBuf, bytes: u64 },
    Memory(Vec<u8>),
}

impl Source {
    fn bytes(&self) -> u64 {
        match self {
            Self::File { bytes, .. } => *bytes,
            Self::Memory(all) => all.len() as u64,
        }
    }

    async fn part(&self, from: u64, bytes: u64, mime: &str) -> Result<multipart::Part, Refusal> {
        match self {
            Self::File { path, .. } => {
                api::file_part(path, from, bytes, "piece".to_owned(), mime).await
            }
            Self::Memory(all) => {
                let piece = all.get(from as usize..(from + bytes) as usize);
                let part = multipart::Part::bytes(piece.unwrap_or_default().to_vec());
                Ok(part.file_name("piece"))
            }
        }
    }
}

impl Sending<'_> {
    pub(super) async fn in_pieces(
        &self,
        begun: &str,
        source: &Source,
        (category, mime): (&str, &str),
        steps: &mut dyn StepLog,
    ) -> Result<Uploaded, Stop> {
        let earlier = self.job.step(begun).filter(|v| !v.is_null());
        let resumed = earlier.is_some();
        let ended = self
            .pieces(begun, earlier, source, (category, mime), steps)
            .await;
        match ended {
            // What X began earlier may have run out: the next attempt begins anew.
            Err(Stop::NotSent(refusal)) if resumed && begins_anew(&refusal) => {
                steps.finished(begun, Value::Null).await?;
                Err(Stop::NotSent(Refusal {
                    retry: Retry::Backoff,
                    ..refusal
                }))
            }
            other => other,
        }
    }

    async fn pieces(
        &self,
        begun: &str,
        earlier: Option<&Value>,
        source: &Source,
        (category, mime): (&str, &str),
        steps: &mut dyn StepLog,
    ) -> Result<Uploaded, Stop> {
        let total = source.bytes();
        if let Some(finalized) = earlier.filter(|v| v.get("finalized").is_some())
            && let Some(uploaded) = Uploaded::read(finalized)
        {
            let answer = self.state_of(&uploaded).await?;
            self.worked_on(&uploaded, answer).await?;
            return Ok(uploaded);
        }
        let (uploaded, arrived) = if let Some(uploaded) = earlier.and_then(Uploaded::read) {
            let arrived = earlier.and_then(|v| v.get("pieces")?.as_u64());
            (uploaded, arrived.unwrap_or(0))
        } else {
            let body = json!({
                "media_type": mime, "total_bytes": total, "media_category": category,
            });
            let call = self.upload("/2/media/upload/initialize", 0, |call| call.json(&body));
            let answer = self.charged(PricedFor::File, call).await;
            let answer = answer.map_err(|failed| self.told(failed))?;
            let uploaded =
                Uploaded::of_answer(&answer).ok_or_else(|| self.told(nameless(&answer)))?;
            self.arrived(begun, &uploaded, 0, steps).await?;
            (uploaded, 0)
        };
        let path = format!("/2/media/upload/{}", uploaded.id);
        for index in arrived..total.div_ceil(PIECE) {
            self.piece(&path, source, index, mime).await?;
            self.arrived(begun, &uploaded, index + 1, steps).await?;
        }
        let answer = self
            .upload(&format!("{path}/finalize"), 0, |call| call)
            .await
            .map_err(|failed| self.told(failed))?;
        if answer.pointer("/data/processing_info").is_some() {
            let mut value = uploaded.to_json();
            value["finalized"] = true.into();
            steps.finished(begun, value).await?;
        }
        self.worked_on(&uploaded, answer).await?;
        Ok(uploaded)
    }

    async fn state_of(&self, uploaded: &Uploaded) -> Result<Value, Refusal> {
        let query = [("command", "STATUS"), ("media_id", uploaded.id.as_str())];
        self.x
            .get(&self.job.account, "/2/media/upload", &query, self.ctx)
            .await
    }

    async fn arrived(
        &self,
        begun: &str,
        uploaded: &Uploaded,
        pieces: u64,
        steps: &mut dyn StepLog,
    ) -> Result<(), Stop> {
        let mut value = uploaded.to_json();
        value["pieces"] = pieces.into();
        Ok(steps.finished(begun, value).await?)
    }

    /// Sends one piece. It is read from the file while it is sent.
    async fn piece(&self, path: &str, source: &Source, index: u64, mime: &str) -> Result<(), Stop> {
        let from = index * PIECE;
        let bytes = PIECE.min(source.bytes() - from);
        let address = format!("{}{path}/append", self.x.origin);
        let address = &address;
        let sent = self
            .x
            .sessions
            .call(
                &self.job.account,
                self.x,
                |e: &PieceFailed| e.stale(),
                self.ctx,
                |tokens| async move {
                    let part = source
                        .part(from, bytes, mime)
                        .await
                        .map_err(PieceFailed::File)?;
                    let form = multipart::Form::new()
                        .text("segment_index", index.to_string())
                        .part("media", part);
                    let api = &self.x.api;
                    let call = api.upload(Method::POST, address, bytes).await?;
                    let call = bearer(call, &tokens.access).multipart(form);
                    let answer = api.send(call).await?;
                    // Whoever answers with a page in place of nothing or JSON is not X.
                    if answer.body.is_empty() || answer.json().is_some() {
                        Ok(())
                    } else {
                        Err(api::Failed::Answered(answer).into())
                    }
                },
            )
            .await;
        match sent {
            Ok(()) => Ok(()),
            Err(CallFailed::Before(refusal) | CallFailed::Call(PieceFailed::File(refusal))) => {
                Err(refusal.into())
            }
            Err(CallFailed::Call(PieceFailed::Call(failed))) => {
                Err(self.told(CallFailed::Call(failed)).into())
            }
        }
    }

    /// Waits while X works on a file.
    async fn worked_on(&self, uploaded: &Uploaded, finalized: Value) -> Result<(), Stop> {
        let mut answer = finalized;
        for _ in 0..MAX_ASKS {
            let info = answer.pointer("/data/processing_info").cloned();
            let state = info.as_ref().and_then(|i| i.get("state")?.as_str());
            match state {
                None | Some("succeeded") => return Ok(()),
                Some("failed") => {
                    let words = info
                        .and_then(|i| i.get("error").cloned())
                        .unwrap_or_default();
                    return Err(Refusal::never(
                        Category::MediaError,
                        "X could not read this video or GIF. Convert it to MP4 with H.264 and AAC, then add it again.",
                    )
                    .with_detail(words.to_string())
                    .into());
                }
                Some(_) => {
                    let wait = info
                        .as_ref()
                        .and_then(|i| i.get("check_after_secs")?.as_u64());
                    let seconds = wait.unwrap_or(1).clamp(1, MAX_WAIT);
                    let pause = self.x.second.saturating_mul(seconds as u32);
                    tokio::time::sleep(pause.min(Duration::from_secs(MAX_WAIT))).await;
                }
            }
            answer = self.state_of(uploaded).await?;
        }
        Err(Refusal::later(
            Category::MediaProcessing,
            "X is still working on the video. Almanac goes on when it is done.",
        )
        .into())
    }
}

/// Why a piece did not arrive.
enum PieceFailed {
    File(Refusal),
    Call(api::Failed),
}

impl PieceFailed {
    fn stale(&self) -> bool {
        matches!(self, Self::Call(failed) if stale(failed))
    }
}

impl From<api::Failed> for PieceFailed {
    fn from(failed: api::Failed) -> Self {
        Self::Call(failed)
    }
}

/// A refusal after which an upload that was begun earlier is begun anew: X does not know it any more,
/// or does not take it as it is.
fn begins_anew(refusal: &Refusal) -> bool {
    matches!(
        refusal.category,
        Category::MediaError | Category::Validation | Category::Unknown
    )
}
