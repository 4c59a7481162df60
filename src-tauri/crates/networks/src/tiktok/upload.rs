//! The upload of a video: where it goes, how it is cut, and how far it came.
//!
//! The address of an upload is good for anybody who has it for an hour, so it lies in the vault, with the
//! name under which TikTok tells what became of the post.

use model::account::Account;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::told;
use super::{TikTok, errors};
use crate::api::{Answer, Failed, file_body};
use crate::connector::{Ctx, Job, JobMedia, Refusal};
use crate::hidden;
use crate::tokens::{CallFailed, vault_refusal};
use crate::vault::Secret;

/// How a video is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pieces {
    /// Bytes of each piece but the last, which takes in whatever is left.
    pub(super) piece: u64,
    /// Up to so many bytes go in one piece.
    pub(super) whole: u64,
}

impl Pieces {
    /// What holds by every reading of TikTok's megabytes.
    pub(super) const USUAL: Self = Self {
        piece: 10 << 20,
        whole: 64_000_000,
    };

    /// Bytes of a piece and how many there are, as TikTok counts: rounded down.
    pub(super) const fn of(self, total: u64) -> (u64, u64) {
        if total <= self.whole {
            (total, 1)
        } else {
            (self.piece, total / self.piece)
        }
    }

    /// Where the piece that begins here ends.
    pub(super) fn end(self, from: u64, total: u64) -> u64 {
        let (piece, count) = self.of(total);
        let number = from / piece.max(1) + 1;
        if number >= count {
            total
        } else {
            number * piece
        }
    }
}

/// A post that TikTok knows and may not have published yet.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    /// TikTok's name of it.
    pub(super) publish_id: String,
    /// Where its bytes go; none where TikTok fetches them.
    pub(super) address: Option<String>,
}

/// What TikTok says of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has so many bytes, or works on them; none where it does not say how many.
    Working(Option<u64>),
    /// It is published; the numbers that addresses name, as far as there are some.
    Published(Vec<String>),
    /// It was not published, for this reason.
    Failed(String),
    /// TikTok does not know it any more.
    Unknown,
}

/// What became of a piece.
pub(super) enum Put {
    /// More are expected.
    More,
    /// Everything is there.
    All,
    /// The next piece has to begin here.
    From(u64),
    /// The upload is not known any more.
    Gone,
}

/// Why a piece did not arrive.
pub(super) enum PutFailed {
    /// The file cannot be read.
    File(Refusal),
    /// The call failed.
    Call(Failed),
}

/// Under which name the vault keeps an upload.
fn name_of(job: &Job) -> String {
    format!("upload/{}/{}", job.target_id.0, job.turn)
}

impl TikTok {
    /// The upload that was begun for a job.
    pub(super) async fn begun(&self, job: &Job, ctx: Ctx<'_>) -> Result<Option<Upload>, Refusal> {
        let kept = ctx.vault.get(job.account.id, &name_of(job)).await;
        let kept = kept.map_err(|e| vault_refusal(&e))?;
        Ok(kept.and_then(|kept| serde_json::from_str(kept.reveal()).ok()))
    }

    /// Keeps what was begun.
    pub(super) async fn keep(
        &self,
        job: &Job,
        upload: &Upload,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        // Texts always make JSON.
        let kept = Secret::new(serde_json::to_string(upload).unwrap_or_default());
        let kept = ctx.vault.set(job.account.id, &name_of(job), &kept).await;
        kept.map_err(|e| vault_refusal(&e))
    }

    /// The upload is over.
    pub(super) async fn over(&self, job: &Job, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let forgotten = ctx.vault.forget(job.account.id, &name_of(job)).await;
        forgotten.map_err(|e| vault_refusal(&e))
    }

    /// What TikTok says of a post.
    pub(super) async fn standing(
        &self,
        account: &Account,
        publish_id: &str,
        ctx: Ctx<'_>,
    ) -> Result<Standing, Refusal> {
        let input = json!({ "publish_id": publish_id });
        let path = "/v2/post/publish/status/fetch/";
        let data = match self.ask(account, path, Some(&input), ctx).await {
            Ok(data) => data,
            Err(CallFailed::Call(failed)) if errors::code_of(&failed) == "invalid_publish_id" => {
                return Ok(Standing::Unknown);
            }
            Err(failed) => return Err(told(failed, account, ctx)),
        };
        let ids = data["publicaly_available_post_id"].as_array();
        Ok(match data["status"].as_str().unwrap_or_default() {
            "PUBLISH_COMPLETE" => {
                // They are larger than what a JavaScript number holds, and may come as texts.
                let text = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
                Standing::Published(ids.into_iter().flatten().map(text).collect())
            }
            "FAILED" => {
                Standing::Failed(data["fail_reason"].as_str().unwrap_or_default().to_owned())
            }
            "PROCESSING_UPLOAD" => Standing::Working(data["uploaded_bytes"].as_u64()),
            _ => Standing::Working(None),
        })
    }

    /// Sends a piece of a file, which is read while it is sent. The address is all the proof TikTok wants.
    pub(super) async fn put(
        &self,
        address: &str,
        video: &JobMedia,
        from: u64,
        end: u64,
    ) -> Result<Put, PutFailed> {
        let (bytes, last, total) = (end - from, end - 1, video.facts.bytes);
        let body = file_body(&video.path, from, bytes).await;
        let body = body.map_err(PutFailed::File)?;
        let sent = async {
            let call = self.api.upload(Method::PUT, address, bytes).await?;
            let call = call
                .header(CONTENT_TYPE, &video.facts.mime)
                .header(CONTENT_LENGTH, bytes)
                .header(CONTENT_RANGE, format!("bytes {from}-{last}/{total}"));
            self.api.send(call.body(body)).await
        };
        put(sent.await).map_err(|failed| PutFailed::Call(hidden::without(failed, address)))
    }
}

#[expect(
    clippy::result_large_err,
    reason = "the same error as that of every call"
)]
fn put(answered: Result<Answer, Failed>) -> Result<Put, Failed> {
    match answered {
        Ok(answer) if answer.status == 201 => Ok(Put::All),
        Ok(answer) if answer.status == 206 => Ok(Put::More),
        // Whoever answers otherwise is not TikTok.
        Ok(answer) => Err(Failed::Answered(answer)),
        Err(Failed::Answered(answer)) if answer.status == 416 => match there(&answer) {
            Some(from) => Ok(Put::From(from)),
            None => Err(Failed::Answered(answer)),
        },
        Err(Failed::Answered(answer)) if matches!(answer.status, 403..=405) => Ok(Put::Gone),
        Err(failed) => Err(failed),
    }
}

/// How many bytes TikTok says it has: `bytes 0-99/300`.
fn there(answer: &Answer) -> Option<u64> {
    let range = answer.header(CONTENT_RANGE.as_str())?;
    let (bytes, _) = range
        .trim()
        .strip_prefix("bytes ")?
        .trim()
        .split_once('/')?;
    let last: u64 = bytes.rsplit('-').next()?.trim().parse().ok()?;
    Some(last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    #[test]
    fn pieces_are_counted_downwards_and_the_last_takes_the_rest() {
        let usual = Pieces::USUAL;
        assert_eq!(usual.of(1_000), (1_000, 1));
        assert_eq!(usual.of(64_000_000), (64_000_000, 1));
        let total = 64_000_001;
        assert_eq!(usual.of(total), (10 << 20, 6));
        let mut ends = vec![];
        let mut from = 0;
        while from < total {
            from = usual.end(from, total);
            ends.push(from);
        }
        assert_eq!(ends.len(), 6);
        assert_eq!(ends[0], 10 << 20);
        assert_eq!(ends[5], total);
        let largest = usual.of(4_000_000_000);
        assert!(largest.1 <= 1_000, "{largest:?}");
        // From an odd place on, the pieces fall into line again.
        assert_eq!(usual.end(5, total), 10 << 20);
    }

    #[test]
    fn a_range_that_does_not_follow_says_what_is_there() {
        let answer = |range: &str| Answer {
            status: 416,
            headers: HeaderMap::from_iter([(CONTENT_RANGE, range.parse().unwrap())]),
            body: vec![],
        };
        assert_eq!(there(&answer("bytes 0-99/300")), Some(100));
        assert_eq!(there(&answer("bytes=0-99/300")), None);
        assert_eq!(there(&answer("bytes */300")), None);
    }
}
