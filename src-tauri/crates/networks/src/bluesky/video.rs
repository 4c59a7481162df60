//! Videos: through the video service where the server is on the public network, so that people see
//! them at once; else straight to the account's server, which works on them after the post.
//!
//! Not verified on the public network: what the service does for servers that are not Bluesky's own. So
//! wherever it cannot be used, the way straight to the server is taken.

use model::failure::Category;
use serde_json::{Value, json};

use super::client::{Auth, CallError};
use super::publish::Sending;
use super::record::Video;
use super::session::Failed;
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::sending::Stop;
use crate::vault::Secret;

/// How long the token for the service is good: an hour at most is given.
const TOKEN_SECONDS: i64 = 30 * 60;

/// What became of an upload to the service.
enum Served {
    /// The server has it.
    Blob(Value),
    /// The service cannot be used for this account.
    Not,
}

impl Sending<'_> {
    /// The video of a part, uploaded. With `anew` what an earlier attempt uploaded counts no longer.
    pub(super) async fn video(
        &self,
        n: usize,
        file: &JobMedia,
        anew: bool,
        steps: &mut dyn StepLog,
    ) -> Result<Video, Stop> {
        let key = format!("video/{n}");
        let before = self.job.step(&key).filter(|_| !anew).cloned();
        let blob = if let Some(blob) = before {
            blob
        } else {
            let blob = match self.served(n, file, anew, steps).await? {
                Served::Blob(blob) => blob,
                Served::Not => self.straight(file).await?,
            };
            steps.finished(&key, blob.clone()).await?;
            blob
        };
        Ok(Video {
            blob,
            alt: file.alt.clone(),
            captions: vec![],
            size: file.facts.width.zip(file.facts.height),
        })
    }

    /// Straight to the account's server.
    async fn straight(&self, file: &JobMedia) -> Result<Value, Stop> {
        let (account, xrpc, ctx) = (self.account(), &self.bluesky.xrpc, self.ctx);
        let address = format!("{}/xrpc/com.atproto.repo.uploadBlob", account.server);
        let (address, file) = (&address, file);
        let answer = self
            .bluesky
            .sessions
            .call(account, ctx, |token| async move {
                xrpc.upload_file(address, file, Auth::Bearer(&token), ctx.clock)
                    .await
            })
            .await;
        match answer {
            Ok(answer) => blob_of(&answer).ok_or_else(|| Stop::NotSent(strange())),
            Err(Failed::Call(CallError::Answered(e)))
                if e.status == 413 || e.message.contains("too big") =>
            {
                let message = "This video is larger than the Bluesky server of this account takes. Trim it, or make it smaller.";
                let refusal = Refusal::never(Category::MediaError, message);
                Err(Stop::NotSent(refusal.with_detail(e.message)))
            }
            Err(failed) => Err(Stop::NotSent(failed.told(&account.handle))),
        }
    }

    /// Through the video service, which takes it over to the server when it is done with it.
    async fn served(
        &self,
        n: usize,
        file: &JobMedia,
        anew: bool,
        steps: &mut dyn StepLog,
    ) -> Result<Served, Stop> {
        let Some(service) = self.service() else {
            return Ok(Served::Not);
        };
        let key = format!("job/{n}");
        let before = self
            .job
            .step(&key)
            .filter(|_| !anew)
            .and_then(Value::as_str);
        if let Some(job) = before
            && let Some(blob) = self.job_done(service, job).await?
        {
            return Ok(Served::Blob(blob));
        }
        let Ok(token) = self.service_token().await else {
            return Ok(Served::Not);
        };
        let address = format!("{service}/xrpc/app.bsky.video.uploadVideo");
        let query = [
            ("did", self.account().remote_id.as_str()),
            ("name", &format!("{}.mp4", self.handle.keys[n])),
        ];
        let xrpc = &self.bluesky.xrpc;
        let sent = xrpc.upload_video(&address, &query, file, Auth::Bearer(&token), self.ctx.clock);
        let answer = match sent.await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(error = %error.detail(), "the video service did not take a video");
                return Ok(Served::Not);
            }
        };
        if let Some(blob) = blob_of(&answer) {
            return Ok(Served::Blob(blob));
        }
        let Some(job) = of_job(&answer, "jobId").and_then(Value::as_str) else {
            return Ok(Served::Not);
        };
        steps.finished(&key, json!(job)).await?;
        Ok(self
            .job_done(service, job)
            .await?
            .map_or(Served::Not, Served::Blob))
    }

    /// The service, where it can be used: it has to reach the account's server.
    fn service(&self) -> Option<&str> {
        let service = self.bluesky.config.video_service.as_deref()?;
        let public = self.account().server.starts_with("https://");
        // A stand-in on this computer reaches this computer.
        (public || service.starts_with("http://")).then_some(service)
    }

    /// A token with which the service may put the video onto the account's server.
    async fn service_token(&self) -> Result<Secret, Failed> {
        let (account, xrpc, ctx) = (self.account(), &self.bluesky.xrpc, self.ctx);
        let host = account.server.split("://").nth(1).unwrap_or_default();
        let audience = format!("did:web:{}", host.trim_end_matches('/').replace(':', "%3A"));
        let ends = ctx.clock.now().as_millis() / 1_000 + TOKEN_SECONDS;
        let (audience, ends) = (&audience, &ends.to_string());
        let answer = self
            .bluesky
            .sessions
            .call(account, ctx, |token| async move {
                let parameters = [
                    ("aud", audience.as_str()),
                    ("lxm", "com.atproto.repo.uploadBlob"),
                    ("exp", ends.as_str()),
                ];
                let method = "com.atproto.server.getServiceAuth";
                let auth = Auth::Bearer(&token);
                xrpc.query(&account.server, method, &parameters, auth, ctx.clock)
                    .await
            })
            .await?;
        let token = answer.get("token").and_then(Value::as_str);
        token.map(Secret::new).ok_or_else(|| {
            Failed::Call(CallError::Strange {
                status: 200,
                detail: "getServiceAuth without a token".to_owned(),
            })
        })
    }

    /// Waits until the service is done; none when it knows nothing of the job any more or cannot put the
    /// result where it belongs, so that the other way is taken.
    async fn job_done(&self, service: &str, job: &str) -> Result<Option<Value>, Stop> {
        let patience = self.bluesky.config.video_patience;
        for _ in 0..patience.looks {
            let method = "app.bsky.video.getJobStatus";
            let parameters = [("jobId", job)];
            let xrpc = &self.bluesky.xrpc;
            let status = xrpc.query(service, method, &parameters, Auth::None, self.ctx.clock);
            match status.await {
                Ok(answer) => {
                    if let Some(blob) = blob_of(&answer) {
                        return Ok(Some(blob));
                    }
                    let text = |name| {
                        of_job(&answer, name)
                            .and_then(Value::as_str)
                            .unwrap_or_default()
                    };
                    if text("state") == "JOB_STATE_FAILED" {
                        return gave_up(text("failureCode"), text("error"));
                    }
                }
                // One look that fails says nothing of the next.
                Err(CallError::Answered(e)) if e.status == 400 || e.status == 404 => {
                    return Ok(None);
                }
                Err(_) => {}
            }
            tokio::time::sleep(patience.between).await;
        }
        Err(Stop::NotSent(Refusal::later(
            Category::MediaProcessing,
            "Bluesky is still working on the video. It is posted when that is done.",
        )))
    }
}

/// What the service's own end of a job means; none where the other way may still work.
fn gave_up(code: &str, words: &str) -> Result<Option<Value>, Stop> {
    let message = match code {
        "validation_failure" | "encoding_failure" => {
            "Bluesky could not use the video. Convert it to MP4 with H.264, up to three minutes."
        }
        // The service's own trouble, or the server's with the service.
        _ => return Ok(None),
    };
    let refusal = Refusal::never(Category::MediaError, message);
    Err(Stop::NotSent(
        refusal.with_detail(format!("{code}: {words}")),
    ))
}

/// A field of a job, which stands alone in some answers and in `jobStatus` in others.
fn of_job<'a>(answer: &'a Value, name: &str) -> Option<&'a Value> {
    answer.get("jobStatus").unwrap_or(answer).get(name)
}

/// The blob, wherever it stands.
fn blob_of(answer: &Value) -> Option<Value> {
    of_job(answer, "blob")
        .filter(|blob| blob.is_object())
        .cloned()
}

fn strange() -> Refusal {
    Refusal::later(
        Category::NetworkError,
        "Something else answered in place of Bluesky. A Wi-Fi sign-in page or a proxy may be in the way.",
    )
}
