//! Captions of a video that was uploaded (`captions.insert`).

use model::captions::Captions;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use super::client::{stale, told};
use super::{YouTube, errors};
use crate::api::bearer;
use crate::connector::{Ctx, Job, Refusal};
use crate::tokens::CallFailed;

impl YouTube {
    /// Gives a video captions in one language: what they are and their file in one call.
    pub(super) async fn insert_captions(
        &self,
        job: &Job,
        id: &str,
        captions: &Captions,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let snippet = json!({ "snippet": {
            // The network shows the language itself beside an empty name.
            "videoId": id, "language": captions.language, "name": "",
        }});
        let boundary = format!("captions-{}", job.target_id.0.simple());
        let body = format!(
            "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{snippet}\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n{}\r\n--{boundary}--\r\n",
            captions.as_srt()
        );
        let address = format!(
            "{}/upload/youtube/v3/captions?uploadType=multipart&part=snippet",
            self.origin
        );
        let kind = format!("multipart/related; boundary={boundary}");
        let (api, address, kind, body) = (&self.api, &address, &kind, &body);
        self.sessions
            .call(&job.account, self, stale, ctx, |tokens| async move {
                let call = api.upload(Method::POST, address, body.len() as u64).await?;
                let call = bearer(call, &tokens.access)
                    .header(CONTENT_TYPE, kind)
                    .body(body.clone());
                api.send(call).await
            })
            .await
            .map(|_| ())
            .or_else(|failed| match failed {
                // They came along with an earlier attempt.
                CallFailed::Call(failed) if errors::reason(&failed) == "captionExists" => Ok(()),
                failed => Err(told(failed, &job.account, ctx)),
            })
    }
}
