//! Calls on Slack: the Web API, which answers 200 to nearly everything and says inside whether it
//! worked, the addresses it gives out for uploads, and webhooks, whose address is their secret.

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method, RequestBuilder, Url};
use serde_json::Value;

use crate::api::{Answer, Api, Failed, bearer};
use crate::hidden;
use crate::vault::Secret;

/// Why a call gave no good answer.
#[derive(Debug, Clone, PartialEq)]
pub enum CallFailed {
    /// No answer, or none of the Web API.
    Http(Failed),
    /// The Web API says that it did not work.
    Said {
        /// Its word, such as `channel_not_found`.
        error: String,
        /// Everything it said.
        answer: Answer,
    },
}

impl CallFailed {
    /// Whether the call may have had its effect all the same. Of these words Slack says that a part of
    /// the work may have been done.
    #[must_use]
    pub fn may_have_worked(&self) -> bool {
        match self {
            Self::Http(failed) => failed.may_have_worked(),
            Self::Said { error, .. } => {
                ["internal_error", "fatal_error", "service_unavailable"].contains(&error.as_str())
            }
        }
    }

    /// Whether the Web API said one of these words.
    #[must_use]
    pub fn says(&self, words: &[&str]) -> bool {
        matches!(self, Self::Said { error, .. } if words.contains(&error.as_str()))
    }
}

impl From<Failed> for CallFailed {
    fn from(failed: Failed) -> Self {
        Self::Http(failed)
    }
}

/// Makes calls.
#[derive(Debug, Clone)]
pub struct Client {
    api: Api,
    /// Origin of the Web API.
    web: String,
    /// Origin of webhooks.
    hooks: String,
}

impl Client {
    /// Calls on these origins.
    #[must_use]
    pub fn new(api: Api, web: String, hooks: String) -> Self {
        Self { api, web, hooks }
    }

    /// Origin of webhooks.
    #[must_use]
    pub fn hooks(&self) -> &str {
        &self.hooks
    }

    async fn method(&self, method: &str) -> Result<RequestBuilder, Failed> {
        let address = format!("{}/api/{method}", self.web);
        self.api.call(Method::POST, &address).await
    }

    /// Calls a method that takes JSON.
    pub async fn json(
        &self,
        token: &Secret,
        method: &str,
        input: &Value,
    ) -> Result<Value, CallFailed> {
        let request = self.method(method).await?;
        let request = request
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(input.to_string());
        self.read(request, token).await.map(|read| read.0)
    }

    /// Calls a method that takes a form, as those that read do.
    pub async fn form(
        &self,
        token: &Secret,
        method: &str,
        input: &[(&str, String)],
    ) -> Result<Value, CallFailed> {
        self.form_with_answer(token, method, input)
            .await
            .map(|read| read.0)
    }

    /// The same with the answer as it came, for its headers.
    pub async fn form_with_answer(
        &self,
        token: &Secret,
        method: &str,
        input: &[(&str, String)],
    ) -> Result<(Value, Answer), CallFailed> {
        let request = self.method(method).await?.form(input);
        self.read(request, token).await
    }

    async fn read(
        &self,
        request: RequestBuilder,
        token: &Secret,
    ) -> Result<(Value, Answer), CallFailed> {
        let sent = self.api.send(bearer(request, token)).await;
        let answer = match sent.map_err(|failed| hidden::without(failed, token.reveal())) {
            Ok(answer) => hidden::in_answer(answer, token.reveal()),
            Err(Failed::Answered(answer)) => {
                // A refusal with another status says why in the same way.
                return Err(said(&answer).unwrap_or(CallFailed::Http(Failed::Answered(answer))));
            }
            Err(failed) => return Err(CallFailed::Http(failed)),
        };
        match answer.json() {
            Some(json) if json["ok"] == true => Ok((json, answer)),
            _ => Err(said(&answer).unwrap_or(CallFailed::Http(Failed::Answered(answer)))),
        }
    }

    /// Sends a file to the address that Slack gave for it.
    pub async fn upload(&self, address: &str, body: Body, bytes: u64) -> Result<(), Failed> {
        let known = Url::parse(address).is_ok_and(|url| {
            url.scheme() == "https" || url.origin().ascii_serialization() == self.web
        });
        if !known {
            return Err(Failed::Unreached(
                "an address that is not secure".to_owned(),
            ));
        }
        let request = self.api.upload(Method::POST, address, bytes).await?;
        let request = request
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, bytes)
            .body(body);
        let sent = self.api.send(request).await;
        let answer = sent.map_err(|failed| hidden::without(failed, address))?;
        // It answers with a few words; a page or JSON comes from somebody else.
        if answer.body.starts_with(b"<") || answer.body.starts_with(b"{") {
            return Err(Failed::Answered(answer));
        }
        Ok(())
    }

    /// Posts through a webhook; `path` is the secret part of its address.
    pub async fn hook(&self, path: &Secret, input: &Value) -> Result<(), Failed> {
        let address = format!("{}/services/{}", self.hooks, path.reveal());
        let secret = path.reveal().rsplit('/').next().unwrap_or_default();
        let clean = |failed| hidden::without(failed, secret);
        let request = self.api.call(Method::POST, &address).await.map_err(clean)?;
        let answer = self.api.send(request.json(input)).await.map_err(clean)?;
        if answer.body.trim_ascii() == b"ok" {
            Ok(())
        } else {
            Err(clean(Failed::Answered(answer)))
        }
    }
}

fn said(answer: &Answer) -> Option<CallFailed> {
    let json = answer.json()?;
    if json["ok"] != false || answer.status == 429 || answer.status >= 500 {
        return None;
    }
    let error = json["error"].as_str()?.to_owned();
    let answer = answer.clone();
    Some(CallFailed::Said { error, answer })
}
