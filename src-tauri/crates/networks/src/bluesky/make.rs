//! Making the record of a part: mentions resolved, pictures made to fit and uploaded, the card read.

use model::failure::Category;
use serde_json::{Value, json};

use super::card;
use super::catalogue::MAX_IMAGE_BYTES;
use super::client::{Auth, CallError};
use super::errors::{self, Doing};
use super::publish::{Sending, record_key};
use super::record::{self, Embed, Image, Parts, Strong};
use super::session::Failed;
use super::text::{self, What};
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;

/// Longest side of a picture in pixels: what the official app shows at most.
const MAX_SIDE: u32 = 2_000;
/// How often a picture is made smaller when a server takes less than most do.
const MAX_SHRINKS: u32 = 2;

impl Sending<'_> {
    /// Makes the record of a part and commits it. With `anew` the server lost what was uploaded.
    pub(super) async fn frozen(
        &self,
        n: usize,
        posted: &[Strong],
        anew: bool,
        steps: &mut dyn StepLog,
    ) -> Result<Value, Stop> {
        let segment = &self.job.segments[n];
        let found = text::find(&segment.text);
        let mut facets = Vec::new();
        for hit in &found {
            let did = match &hit.what {
                What::Mention(handle) => self.did_of(handle).await?,
                _ => None,
            };
            facets.extend(record::facet(hit, did.as_deref()));
        }
        let embed = if segment.media.is_empty() {
            self.card(&found).await?.map(Embed::Card)
        } else if let Some(video) = segment.media.iter().find(|f| f.facts.is_video()) {
            let mut embed = self.video(n, video, anew, steps).await?;
            embed.captions = self.captions(video).await?;
            Some(Embed::Video(embed))
        } else {
            Some(Embed::Images(self.images(n, &segment.media, steps).await?))
        };
        let reply = posted.first().cloned().zip(posted.last().cloned());
        let languages = record::languages(&self.job.options).unwrap_or_default();
        let record = record::record(Parts {
            text: &segment.text,
            created_at: self.handle.created_at(n),
            facets,
            languages,
            embed,
            reply,
        });
        steps.finished(&record_key(n), record.clone()).await?;
        Ok(record)
    }

    /// The account behind a mention; none when nobody answers to it. Trouble on the way is an error,
    /// so that a mention is not lost to a passing fault.
    async fn did_of(&self, handle: &str) -> Result<Option<String>, Refusal> {
        let account = self.account();
        let method = "com.atproto.identity.resolveHandle";
        let parameters = [("handle", handle)];
        let (xrpc, clock) = (&self.bluesky.xrpc, self.ctx.clock);
        match xrpc
            .query(&account.server, method, &parameters, Auth::None, clock)
            .await
        {
            Ok(answer) => Ok(answer.get("did").and_then(Value::as_str).map(str::to_owned)),
            Err(CallError::Answered(e)) if e.status < 429 || e.status == 501 => Ok(None),
            // Servers answer 5xx when the name's own server cannot be asked.
            Err(CallError::Answered(e)) if e.status >= 500 => Ok(None),
            Err(error) => Err(errors::refusal(&error, Doing::Calling, &account.handle)),
        }
    }

    async fn images(
        &self,
        n: usize,
        media: &[JobMedia],
        steps: &mut dyn StepLog,
    ) -> Result<Vec<Image>, Stop> {
        let mut images = Vec::new();
        for (i, file) in media.iter().enumerate() {
            let key = format!("blob/{n}/{i}");
            let (blob, width, height) = self.image(file).await?;
            steps
                .finished(
                    &key,
                    json!({ "blob": blob, "width": width, "height": height }),
                )
                .await?;
            images.push(Image {
                blob,
                alt: file.alt.clone(),
                width,
                height,
            });
        }
        Ok(images)
    }

    /// Makes a picture fit and uploads it; smaller again when this server takes less than most.
    async fn image(&self, file: &JobMedia) -> Result<(Value, u32, u32), Stop> {
        let mut max_bytes = MAX_IMAGE_BYTES;
        for shrinks in 0.. {
            let limits = media::Limits {
                max_bytes,
                ..picture_limits()
            };
            let rendition = fitting::picture(file, limits).await?;
            let (width, height) = (rendition.width, rendition.height);
            match self.upload(rendition.mime(), rendition.bytes).await {
                Ok(blob) => return Ok((blob, width, height)),
                Err(Failed::Call(CallError::Answered(e)))
                    if e.status == 413 && shrinks < MAX_SHRINKS =>
                {
                    max_bytes /= 2;
                }
                Err(failed) => {
                    return Err(Stop::NotSent(failed.told(&self.account().handle)));
                }
            }
        }
        Err(Stop::NotSent(Refusal::never(
            Category::MediaError,
            "A picture could not be made small enough.",
        )))
    }

    /// The captions of a video, each in a file of its own beside it.
    async fn captions(&self, video: &JobMedia) -> Result<Vec<(String, Value)>, Stop> {
        let mut uploaded = Vec::new();
        for own in &video.captions {
            let sent = self.upload("text/vtt", own.as_vtt().into_bytes()).await;
            let blob = sent.map_err(|f| Stop::NotSent(f.told(&self.account().handle)))?;
            uploaded.push((own.language.clone(), blob));
        }
        Ok(uploaded)
    }

    async fn upload(&self, mime: &'static str, bytes: Vec<u8>) -> Result<Value, Failed> {
        let (account, xrpc, ctx, bytes) = (self.account(), &self.bluesky.xrpc, self.ctx, &bytes);
        let answer = self
            .bluesky
            .sessions
            .call(account, ctx, |token| async move {
                let method = "com.atproto.repo.uploadBlob";
                let auth = Auth::Bearer(&token);
                xrpc.upload(
                    &account.server,
                    method,
                    mime,
                    bytes.clone(),
                    auth,
                    ctx.clock,
                )
                .await
            })
            .await?;
        answer
            .get("blob")
            .filter(|b| b.is_object())
            .cloned()
            .ok_or_else(|| {
                Failed::Call(CallError::Strange {
                    status: 200,
                    detail: "uploadBlob without a blob".to_owned(),
                })
            })
    }

    /// The card of the first link. Only its upload can hold the post up, and only when the session
    /// itself is at fault; everything else drops the card or its picture.
    async fn card(&self, found: &[text::Found]) -> Result<Option<Value>, Stop> {
        let link = found.iter().find_map(|f| match &f.what {
            What::Link(uri) => Some(uri),
            _ => None,
        });
        let Some(uri) = link.filter(|_| record::wants_card(&self.job.options)) else {
            return Ok(None);
        };
        let limit = self.bluesky.config.card_limit;
        let Ok(card) = card::read(&self.bluesky.pages, uri, limit).await else {
            return Ok(None);
        };
        let mut external =
            json!({ "uri": uri, "title": card.title, "description": card.description });
        if let Some(picture) = card.picture {
            match self.upload(picture.mime, picture.bytes).await {
                Ok(blob) => external["thumb"] = blob,
                Err(Failed::Before(refusal)) => return Err(Stop::NotSent(refusal)),
                Err(Failed::Call(_)) => {}
            }
        }
        Ok(Some(external))
    }
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> media::Limits {
    media::Limits::bytes(MAX_IMAGE_BYTES).side(MAX_SIDE)
}
