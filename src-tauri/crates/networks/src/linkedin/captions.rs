//! Captions of a video: one file, sent with the account's token to an address that comes with the upload.
//!
//! The documentation of the Videos API shows the call by one example, a form with `metadata` as JSON and
//! the file, whose language is `EN` and whose country `US`; that others are named alike follows from it. What
//! becomes of a video that was promised captions and got none is not stated, so one whose captions are
//! refused is begun anew without them.

use model::captions::Captions;
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::catalogue::CAPTIONS;
use super::client::stale;
use super::publish::Sending;
use crate::api::{Failed, bearer};
use crate::connector::JobMedia;
use crate::locales;
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// The step of the captions of file `i`: null where they came along, else the sentence that tells it.
pub(super) fn captions_key(i: usize) -> String {
    format!("captions/0/{i}")
}

/// The captions of a video that go along.
pub(super) fn captions_of(file: &JobMedia) -> Option<&Captions> {
    CAPTIONS.taken(&file.captions).next()
}

/// What is told where a video goes out without its captions.
pub(super) fn left_out(own: &Captions) -> String {
    format!(
        "LinkedIn did not take its captions in {}, so the video is there without them.",
        own.language
    )
}

fn metadata(own: &Captions) -> Value {
    let mut locale = json!({ "language": own.primary().to_ascii_uppercase() });
    if let Some(country) = locales::country(own) {
        locale["country"] = country.into();
    }
    json!({
        "format": "SRT", "formattedForEasyReader": true, "largeText": true,
        "source": "USER_PROVIDED", "locale": locale, "transcriptType": "CLOSED_CAPTION",
    })
}

impl Sending<'_> {
    /// Sends the captions of a video that was begun; false where LinkedIn does not take them.
    pub(super) async fn captions(&self, begun: &Value, own: &Captions) -> Result<bool, Stop> {
        let address = begun.get("captionsUploadUrl").and_then(Value::as_str);
        let Some(address) = address.filter(|a| self.linkedin.is_own(a)) else {
            return Ok(false);
        };
        let (linkedin, api) = (self.linkedin, &self.linkedin.api);
        let (metadata, file) = (metadata(own).to_string(), CAPTIONS.file(own));
        let (metadata, file) = (&metadata, &file);
        let sent = linkedin
            .sessions
            .call(
                &self.job.account,
                linkedin,
                stale,
                self.ctx,
                |tokens| async move {
                    let part = multipart::Part::text(file.clone()).file_name("captions.srt");
                    let form = multipart::Form::new()
                        .text("metadata", metadata.clone())
                        .part("file", part);
                    let bytes = file.len() as u64;
                    let call = api.upload(Method::POST, address, bytes).await?;
                    api.send(bearer(call, &tokens.access).multipart(form)).await
                },
            )
            .await;
        match sent {
            Ok(_) => Ok(true),
            // Signed out, too many calls, or trouble that passes: that is no matter of the captions.
            Err(CallFailed::Call(Failed::Answered(answer)))
                if !matches!(answer.status, 401 | 429 | 500 | 502..=599) =>
            {
                Ok(false)
            }
            Err(failed) => Err(self.told(failed).into()),
        }
    }
}
