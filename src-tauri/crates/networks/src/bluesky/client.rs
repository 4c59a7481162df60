//! Calls on a server of the AT Protocol (XRPC): what was sent, and whether it may have arrived.

use std::time::Duration;

use model::{Clock, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{RequestBuilder, Response, Url};
use serde_json::Value;

use crate::http::{Clients, Timeouts, read_bounded, whole};
use crate::vault::Secret;

/// Largest answer that is read. A page of a hundred records stays far below.
const MAX_ANSWER_BYTES: usize = 4 << 20;
/// A named reset further away than this is not believed.
const MAX_WAIT: Duration = Duration::from_hours(48);

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
    http: Clients,
    timeouts: Timeouts,
}

impl Xrpc {
    /// Calls over these clients.
    #[must_use]
    pub fn new(http: Clients, timeouts: Timeouts) -> Self {
        Self { http, timeouts }
    }

    fn address(server: &str, method: &str) -> Result<Url, CallError> {
        parsed(&format!("{server}/xrpc/{method}"))
    }

    async fn post(&self, server: &str, method: &str) -> Result<RequestBuilder, CallError> {
        let url = Self::address(server, method)?;
        Ok(self.http.to(&url).await.post(url))
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
        let mut url = Self::address(server, method)?;
        url.query_pairs_mut().extend_pairs(parameters);
        let request = self.http.to(&url).await.get(url);
        self.send(request, auth, clock).await
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
        let request = self
            .post(server, method)
            .await?
            .timeout(self.timeouts.upload)
            .header(CONTENT_TYPE, mime)
            .body(bytes);
        self.send(request, auth, clock).await
    }

    /// Reads JSON from a trusted address that is no XRPC method.
    pub async fn json(&self, url: &str, clock: &dyn Clock) -> Result<Value, CallError> {
        let url = parsed(url)?;
        let request = self.http.to(&url).await.get(url);
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
            Auth::Bearer(token) => {
                let mut value =
                    reqwest::header::HeaderValue::try_from(format!("Bearer {}", token.reveal()))
                        .map_err(|_| {
                            CallError::Unreached("the token is no header value".to_owned())
                        })?;
                // Keeps it out of debug output and out of the header compression table.
                value.set_sensitive(true);
                request.header(AUTHORIZATION, value)
            }
        };
        let response = request.send().await.map_err(|error| {
            let words = whole(&error);
            let certain = error.is_connect() || error.is_builder() || error.is_redirect();
            if certain {
                CallError::Unreached(words)
            } else {
                CallError::Cut(words)
            }
        })?;
        read(response, clock).await
    }
}

fn parsed(address: &str) -> Result<Url, CallError> {
    Url::parse(address).map_err(|e| CallError::Unreached(e.to_string()))
}

async fn read(response: Response, clock: &dyn Clock) -> Result<Value, CallError> {
    let status = response.status().as_u16();
    let reset = reset_of(response.headers(), clock.now());
    let kind = content_type(response.headers());
    let body = match read_bounded(response, MAX_ANSWER_BYTES).await {
        Ok(Some(body)) => body,
        Ok(None) => return Err(strange(status, &kind, b"the answer is too long")),
        // The status line of a refusal is enough to know that nothing was done.
        Err(_) if (400..500).contains(&status) => Vec::new(),
        Err(error) => return Err(CallError::Cut(whole(&error))),
    };
    let json = serde_json::from_slice::<Value>(&body).ok();
    if (200..300).contains(&status) {
        return match json {
            Some(value) => Ok(value),
            // Some procedures answer with nothing at all.
            None if body.is_empty() => Ok(Value::Null),
            None => Err(strange(status, &kind, &body)),
        };
    }
    let text = |name: &str| {
        let field = json
            .as_ref()
            .and_then(|j| j.get(name))
            .and_then(Value::as_str);
        field.map(str::to_owned)
    };
    // 413 and 429 mean the same whoever says them, with or without a body.
    let error = text("error").or_else(|| match status {
        413 => Some("PayloadTooLarge".to_owned()),
        429 => Some("RateLimitExceeded".to_owned()),
        _ => None,
    });
    match error {
        Some(error) => Err(CallError::Answered(XrpcError {
            status,
            error,
            message: text("message").unwrap_or_default(),
            reset,
        })),
        None => Err(strange(status, &kind, &body)),
    }
}

fn content_type(headers: &HeaderMap) -> String {
    headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("no content type")
        .to_ascii_lowercase()
}

fn strange(status: u16, kind: &str, body: &[u8]) -> CallError {
    let start = body.get(..body.len().min(600)).unwrap_or_default();
    CallError::Strange {
        status,
        detail: format!("{kind}: {}", String::from_utf8_lossy(start)),
    }
}

/// When a limit ends: `RateLimit-Reset` (seconds since 1970, as PDSes send it) or `Retry-After` in
/// seconds. A time that passed or lies absurdly far ahead is not believed.
fn reset_of(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let epoch = number("ratelimit-reset").and_then(|s| s.checked_mul(1_000));
    let wait = number("retry-after").and_then(|s| s.checked_mul(1_000));
    let at = epoch.or_else(|| wait.map(|w| now.as_millis().saturating_add(w)))?;
    let at = Timestamp::from_millis(at);
    (at > now && at <= now.plus(MAX_WAIT)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_reset_time_is_believed_only_when_it_is_near() {
        let now = Timestamp::from_millis(1_779_000_000_000);
        let at = |pairs: &[(&'static str, &'static str)]| reset_of(&headers(pairs), now);
        assert_eq!(
            at(&[("ratelimit-reset", "1779000300")]),
            Some(Timestamp::from_millis(1_779_000_300_000))
        );
        assert_eq!(
            at(&[("retry-after", "60")]),
            Some(now.plus(Duration::from_mins(1)))
        );
        for odd in [
            "1778999999",
            "99999999999",
            "-5",
            "soon",
            "9223372036854775807",
        ] {
            assert_eq!(at(&[("ratelimit-reset", odd)]), None, "{odd}");
        }
        assert_eq!(at(&[]), None);
    }

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
