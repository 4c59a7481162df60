//! Calls on a server of the AT Protocol (XRPC): what was sent, and whether it may have arrived.

use model::{Clock, Timestamp};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::api::{Answer, Api, Failed, bearer, file_body};
use crate::connector::JobMedia;
use crate::vault::Secret;

/// Why a call gave no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The server was not reached: nothing was sent.
    Unreached(String),
    /// The connection broke or took too long after the call may have arrived.
    Cut(String),
    /// The server answered with an error of the protocol.
    Answered(XrpcError),
    /// Something answered that does not speak the protocol: a sign-in page of a hotel, a gateway.
    Strange {
        /// The HTTP status.
        status: u16,
        /// What came, for *Details*.
        detail: String,
    },
}

/// An error of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XrpcError {
    /// The HTTP status.
    pub status: u16,
    /// Its name, such as `ExpiredToken`.
    pub error: String,
    /// The server's own words.
    pub message: String,
    /// When a rate limit ends, where the server said so.
    pub reset: Option<Timestamp>,
}

impl XrpcError {
    /// Whether the server has no app view behind it, which finds people and counts likes.
    #[must_use]
    pub fn has_no_app_view(&self) -> bool {
        matches!(self.status, 404 | 501) || self.message.contains("No service configured")
    }
}

impl CallError {
    /// Whether the call may have had its effect all the same.
    #[must_use]
    pub fn may_have_worked(&self) -> bool {
        match self {
            Self::Unreached(_) => false,
            Self::Cut(_) => true,
            Self::Answered(error) => error.status >= 500,
            // A page instead of an answer: whatever sent it may have passed the call on.
            Self::Strange { status, .. } => *status < 300 || *status >= 500 || *status == 408,
        }
    }

    /// Whether the server answered with this error of the protocol.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Answered(error) if error.error == name)
    }

    /// The server's own words, for *Details*.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Unreached(words) | Self::Cut(words) => words.clone(),
            Self::Answered(e) => format!("{} {}: {}", e.status, e.error, e.message),
            Self::Strange { status, detail } => format!("{status}: {detail}"),
        }
    }
}

/// How a call shows who makes it.
#[derive(Clone, Copy)]
pub enum Auth<'a> {
    /// It does not.
    None,
    /// With a token.
    Bearer(&'a Secret),
}

/// Makes calls.
#[derive(Clone)]
pub struct Xrpc {
    api: Api,
}

impl From<Failed> for CallError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Unreached(words) => Self::Unreached(words),
            Failed::Cut(words) => Self::Cut(words),
            Failed::Answered(answer) => refused(&answer, None),
        }
    }
}

impl Xrpc {
    /// Calls over these clients.
    #[must_use]
    pub fn new(api: Api) -> Self {
        Self { api }
    }

    async fn post(&self, server: &str, method: &str) -> Result<RequestBuilder, CallError> {
        let address = format!("{server}/xrpc/{method}");
        Ok(self.api.call(Method::POST, &address).await?)
    }

    /// A query.
    pub async fn query(
        &self,
        server: &str,
        method: &str,
        parameters: &[(&str, &str)],
        auth: Auth<'_>,
        clock: &dyn Clock,
    ) -> Result<Value, CallError> {
        let address = format!("{server}/xrpc/{method}");
        let request = self.api.call(Method::GET, &address).await?;
        self.send(request.query(parameters), auth, clock).await
    }

    /// A procedure with JSON input, or with none.
    pub async fn procedure(
        &self,
        server: &str,
        method: &str,
        input: Option<&Value>,
        auth: Auth<'_>,
        clock: &dyn Clock,
    ) -> Result<Value, CallError> {
        let mut request = self.post(server, method).await?;
        if let Some(input) = input {
            request = request.json(input);
        }
        self.send(request, auth, clock).await
    }

    /// A procedure whose input is a file.
    pub async fn upload(
        &self,
        server: &str,
        method: &str,
        mime: &str,
        bytes: Vec<u8>,
        auth: Auth<'_>,
        clock: &dyn Clock,
    ) -> Result<Value, CallError> {
        let address = format!("{server}/xrpc/{method}");
        let size = bytes.len() as u64;
        let request = self.api.upload(Method::POST, &address, size).await?;
        let request = request.header(CONTENT_TYPE, mime).body(bytes);
        self.send(request, auth, clock).await
    }

    /// A file as it lies on disk, read while it is sent.
    pub async fn upload_file(
        &self,
        address: &str,
        file: &JobMedia,
        auth: Auth<'_>,
        clock: &dyn Clock,
    ) -> Result<Value, CallError> {
        let request = self.with_file(address, file).await?;
        self.send(request, auth, clock).await
    }

    /// The same for the video service. It answers a video that it has already as an error that tells all
    /// one wants to know.
    pub async fn upload_video(
        &self,
        address: &str,
        query: &[(&str, &str)],
        file: &JobMedia,
        auth: Auth<'_>,
        clock: &dyn Clock,
    ) -> Result<Value, CallError> {
        let request = self.with_file(address, file).await?.query(query);
        let request = match auth {
            Auth::None => request,
            Auth::Bearer(token) => bearer(request, token),
        };
        match self.api.send(request).await {
            Ok(answer) => answer.json().ok_or_else(|| strange(&answer)),
            Err(Failed::Answered(answer)) => {
                let told = answer
                    .json()
                    .filter(|a| a.get("blob").is_some() || a.get("jobId").is_some());
                told.ok_or_else(|| refused(&answer, answer.wait_until(clock.now())))
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn with_file(&self, address: &str, file: &JobMedia) -> Result<RequestBuilder, CallError> {
        let bytes = file.facts.bytes;
        let body = file_body(&file.path, 0, bytes)
            .await
            .map_err(|refusal| CallError::Unreached(refusal.message))?;
        let request = self.api.upload(Method::POST, address, bytes).await?;
        Ok(request
            .header(CONTENT_TYPE, &file.facts.mime)
            .header(CONTENT_LENGTH, bytes)
            .body(body))
    }

    /// Reads JSON from a trusted address that is no XRPC method.
    pub async fn json(&self, url: &str, clock: &dyn Clock) -> Result<Value, CallError> {
        let request = self.api.call(Method::GET, url).await?;
        self.send(request, Auth::None, clock).await
    }

    async fn send(
        &self,
        request: RequestBuilder,
        auth: Auth<'_>,
        clock: &dyn Clock,
    ) -> Result<Value, CallError> {
        let request = match auth {
            Auth::None => request,
            Auth::Bearer(token) => bearer(request, token),
        };
        match self.api.send(request).await {
            // Some procedures answer with nothing at all.
            Ok(answer) if answer.body.is_empty() => Ok(Value::Null),
            Ok(answer) => answer.json().ok_or_else(|| strange(&answer)),
            Err(Failed::Answered(answer)) => {
                let reset = answer.wait_until(clock.now());
                Err(refused(&answer, reset))
            }
            Err(failed) => Err(failed.into()),
        }
    }
}

fn refused(answer: &Answer, reset: Option<Timestamp>) -> CallError {
    let json = answer.json();
    let text = |name: &str| {
        let field = json.as_ref()?.get(name)?;
        field.as_str().map(str::to_owned)
    };
    // 413 and 429 mean the same whoever says them, with or without a body.
    let error = text("error").or_else(|| match answer.status {
        413 => Some("PayloadTooLarge".to_owned()),
        429 => Some("RateLimitExceeded".to_owned()),
        _ => None,
    });
    match error {
        Some(error) => CallError::Answered(XrpcError {
            status: answer.status,
            error,
            message: text("message").unwrap_or_default(),
            reset,
        }),
        None => strange(answer),
    }
}

fn strange(answer: &Answer) -> CallError {
    CallError::Strange {
        status: answer.status,
        detail: format!("{}: {}", answer.kind(), answer.words()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_worked_is_told_from_what_did_not() {
        let answered = |status| {
            CallError::Answered(XrpcError {
                status,
                error: "X".to_owned(),
                message: String::new(),
                reset: None,
            })
        };
        let strange = |status| CallError::Strange {
            status,
            detail: String::new(),
        };
        for certain in [
            CallError::Unreached(String::new()),
            answered(400),
            answered(429),
            strange(302),
            strange(403),
        ] {
            assert!(!certain.may_have_worked(), "{certain:?}");
        }
        for open in [
            CallError::Cut(String::new()),
            answered(500),
            strange(200),
            strange(502),
            strange(408),
        ] {
            assert!(open.may_have_worked(), "{open:?}");
        }
    }
}
