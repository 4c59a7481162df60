//! Calls on a network's HTTP interface: what came back, and whether a call may have had its effect
//! although no good answer came. Every network builds its calls here and reads its own errors.

use std::path::Path;
use std::time::Duration;

use model::Timestamp;
use model::failure::{Category, Retry};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, RequestBuilder, Url, multipart};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::connector::Refusal;
use crate::http::{Clients, Timeouts, read_bounded, whole};
use crate::tokens::signed_out;
use crate::vault::Secret;

/// Largest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 4 << 20;
/// A named end of a wait further away than this is not believed.
const MAX_WAIT: Duration = Duration::from_hours(48);
/// The slowest upload that is waited for, in bytes a second.
const SLOWEST_UPLOAD: u64 = 50_000;

/// How much longer than other calls one may take that uploads so many bytes.
#[must_use]
pub const fn upload_time(bytes: u64) -> Duration {
    Duration::from_secs(bytes / SLOWEST_UPLOAD)
}

/// What a server answered, whatever it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, at most 4 MiB.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; none when it is not.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The content type without its parameters, in small letters; empty when there is none.
    #[must_use]
    pub fn kind(&self) -> String {
        let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().to_ascii_lowercase()
    }

    /// When the network says that a wait ends: `Retry-After` in seconds or as a date, else the reset of
    /// a rate limit, as seconds since 1970, seconds from now, or a date (RFC 3339).
    #[must_use]
    pub fn wait_until(&self, now: Timestamp) -> Option<Timestamp> {
        wait_until(&self.headers, now)
    }

    /// How it began, for *Details*.
    #[must_use]
    pub fn words(&self) -> String {
        let start = self
            .body
            .get(..self.body.len().min(600))
            .unwrap_or_default();
        format!("{}: {}", self.status, String::from_utf8_lossy(start))
    }
}

/// Why a call gave no good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.detail())]
pub enum Failed {
    /// The server was not reached: nothing was sent.
    Unreached(String),
    /// The connection broke or took too long after the call may have arrived.
    Cut(String),
    /// The server refused, or answered with something that cannot be read.
    Answered(Answer),
}

impl Failed {
    /// Whether the call may have had its effect all the same: no answer, the server's own trouble, or
    /// a success that cannot be read.
    #[must_use]
    pub fn may_have_worked(&self) -> bool {
        match self {
            Self::Unreached(_) => false,
            Self::Cut(_) => true,
            Self::Answered(answer) => {
                answer.status < 300 || answer.status >= 500 || answer.status == 408
            }
        }
    }

    /// The HTTP status; none when there was no answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(answer) => Some(answer.status),
            _ => None,
        }
    }

    /// The answer's JSON; none when there was no answer or it is not JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        match self {
            Self::Answered(answer) => answer.json(),
            _ => None,
        }
    }

    /// The server's own words, for *Details*.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Unreached(words) | Self::Cut(words) => words.clone(),
            Self::Answered(answer) => answer.words(),
        }
    }

    /// What the failure means on every network, for the codes that its own table does not name.
    /// `network` is its name and `handle` the account's, for the sentence.
    #[must_use]
    pub fn usual(&self, network: &str, handle: &str, now: Timestamp) -> Refusal {
        let refusal = match self {
            Self::Unreached(words) if words.contains("certificate") => Refusal::later(
                Category::NetworkError,
                "This computer does not trust the certificate of the server. Where a network has certificates of its own, add them in Settings.",
            ),
            Self::Unreached(_) => Refusal::later(
                Category::NetworkError,
                format!("{network} could not be reached. Check the internet connection."),
            ),
            Self::Cut(_) => Refusal::later(
                Category::NetworkError,
                format!("The connection to {network} broke before the answer came."),
            ),
            Self::Answered(answer) => usual_answer(answer, network, handle, now),
        };
        refusal.with_detail(self.detail())
    }
}

fn usual_answer(answer: &Answer, network: &str, handle: &str, now: Timestamp) -> Refusal {
    let page = answer.json().is_none() && !answer.body.is_empty();
    match answer.status {
        429 => Refusal::new(
            Category::RateLimited,
            answer.wait_until(now).map_or(Retry::Backoff, Retry::At),
            format!("{network} asks to wait: too many requests for now."),
        ),
        401 => signed_out(network, handle),
        403 if page => in_the_way(network),
        403 => Refusal::never(
            Category::AuthError,
            format!("{network} does not allow this for {handle}. Connect the account again."),
        ),
        413 => Refusal::never(
            Category::MediaError,
            format!("A file is larger than {network} takes."),
        ),
        404 | 405 | 501 => Refusal::never(
            Category::Unknown,
            format!(
                "{network} does not know what Almanac asked for. It may have changed; look for an update."
            ),
        ),
        500.. => {
            let wait = answer.wait_until(now).map_or(Retry::Backoff, Retry::At);
            let message = format!("{network} has trouble of its own just now.");
            Refusal::new(Category::NetworkError, wait, message)
        }
        _ if page || answer.status < 400 => in_the_way(network),
        _ => Refusal::never(
            Category::Validation,
            format!("{network} refused the content of this post. The details say which part."),
        ),
    }
}

fn in_the_way(network: &str) -> Refusal {
    Refusal::later(
        Category::NetworkError,
        format!(
            "Something else answered in place of {network}. A Wi-Fi sign-in page or a proxy may be in the way."
        ),
    )
}

/// Makes calls. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Api {
    http: Clients,
    timeouts: Timeouts,
    /// Another name for the program than the usual one.
    agent: Option<HeaderValue>,
}

impl Api {
    /// Calls over these clients.
    #[must_use]
    pub fn new(http: Clients, timeouts: Timeouts) -> Self {
        Self {
            http,
            timeouts,
            agent: None,
        }
    }

    /// The clients it calls over.
    #[must_use]
    pub fn http(&self) -> &Clients {
        &self.http
    }

    /// The same under another name, where a network wants programs to name themselves its own way.
    #[must_use]
    pub fn named(&self, agent: &str) -> Self {
        Self {
            agent: HeaderValue::try_from(agent).ok(),
            ..self.clone()
        }
    }

    /// A call under construction; it may take as long as calls usually do.
    pub async fn call(&self, method: Method, address: &str) -> Result<RequestBuilder, Failed> {
        let url = Url::parse(address).map_err(|e| Failed::Unreached(e.to_string()))?;
        let request = self.http.to(&url).await.request(method, url);
        Ok(match &self.agent {
            Some(agent) => request.header(USER_AGENT, agent),
            None => request,
        })
    }

    /// The same for a call that carries so many bytes of files: it may take longer.
    pub async fn upload(
        &self,
        method: Method,
        address: &str,
        bytes: u64,
    ) -> Result<RequestBuilder, Failed> {
        let time = self.timeouts.upload + upload_time(bytes);
        Ok(self.call(method, address).await?.timeout(time))
    }

    /// Sends a call; only an answer of 200 to 299 is good.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, Failed> {
        let response = request.send().await.map_err(|error| {
            // The address may hold a token, so it is never told.
            let words = whole(&error);
            let certain = error.is_connect() || error.is_builder() || error.is_redirect();
            if certain {
                Failed::Unreached(words)
            } else {
                Failed::Cut(words)
            }
        })?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = match read_bounded(response, MAX_ANSWER_BYTES).await {
            Ok(Some(body)) => body,
            Ok(None) => b"the answer is too long".to_vec(),
            // The status line of a refusal is enough to know that nothing was done.
            Err(_) if (400..500).contains(&status) => Vec::new(),
            Err(error) => return Err(Failed::Cut(whole(&error))),
        };
        let answer = Answer {
            status,
            headers,
            body,
        };
        if (200..300).contains(&status) {
            Ok(answer)
        } else {
            Err(Failed::Answered(answer))
        }
    }

    /// Sends a call whose good answer is JSON.
    pub async fn json(&self, request: RequestBuilder) -> Result<Value, Failed> {
        let answer = self.send(request).await?;
        answer.json().ok_or(Failed::Answered(answer))
    }
}

/// A token as the `Authorization` header, kept out of debug output.
pub fn bearer(request: RequestBuilder, token: &Secret) -> RequestBuilder {
    secret_header(
        request,
        AUTHORIZATION.as_str(),
        &format!("Bearer {}", token.reveal()),
    )
}

/// A header whose value is a secret, kept out of debug output.
pub fn secret_header(request: RequestBuilder, name: &str, value: &str) -> RequestBuilder {
    match HeaderValue::try_from(value) {
        Ok(mut value) => {
            value.set_sensitive(true);
            request.header(name, value)
        }
        // Sent with an empty one, the server says what is wrong.
        Err(_) => request.header(name, ""),
    }
}

/// A piece of a file as a body that is read while it is sent, so that memory does not grow with it.
pub async fn file_body(path: &Path, from: u64, bytes: u64) -> Result<reqwest::Body, Refusal> {
    let gone = |_| {
        Refusal::never(
            Category::MediaError,
            "A file of this post can no longer be read. Add it again.",
        )
    };
    let mut file = tokio::fs::File::open(path).await.map_err(gone)?;
    file.seek(std::io::SeekFrom::Start(from))
        .await
        .map_err(gone)?;
    let stream = ReaderStream::with_capacity(file.take(bytes), 64 << 10);
    Ok(reqwest::Body::wrap_stream(stream))
}

/// A piece of a file as a part of a form.
pub async fn file_part(
    path: &Path,
    from: u64,
    bytes: u64,
    name: String,
    mime: &str,
) -> Result<multipart::Part, Refusal> {
    let body = file_body(path, from, bytes).await?;
    let part = multipart::Part::stream_with_length(body, bytes).file_name(name);
    part.mime_str(mime).map_err(|_| {
        Refusal::never(
            Category::MediaError,
            "A file of this post is of a kind Almanac cannot send.",
        )
    })
}

pub(crate) fn wait_until(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let names = [
        "retry-after",
        "x-rate-limit-reset",
        "x-ratelimit-reset",
        "ratelimit-reset",
    ];
    let at = names
        .iter()
        .find_map(|name| text(name).and_then(|value| moment(value, now)))?;
    (at > now && at <= now.plus(MAX_WAIT)).then_some(at)
}

/// Numbers above this are seconds since 1970, below it seconds from now.
const EPOCH_FROM: f64 = 1_000_000_000.0;

fn moment(value: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(seconds) = value.parse::<f64>() {
        if !seconds.is_finite() || !(0.0..1e11).contains(&seconds) {
            return None;
        }
        let millis = (seconds * 1_000.0).ceil() as i64;
        let start = if seconds >= EPOCH_FROM {
            0
        } else {
            now.as_millis()
        };
        return Some(Timestamp::from_millis(start.saturating_add(millis)));
    }
    let at: Option<jiff::Timestamp> = value.parse().ok();
    let at = at.or_else(|| {
        let date = jiff::fmt::rfc2822::parse(value).ok()?;
        Some(date.timestamp())
    })?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    fn answer(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Answer {
        Answer {
            status,
            headers: headers
                .iter()
                .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
                .collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn waits_are_read_in_every_form_and_believed_only_when_near() {
        let at = |name, value| answer(429, "", &[(name, value)]).wait_until(NOW);
        let in_seconds = |s| Some(NOW.plus(Duration::from_secs(s)));
        assert_eq!(at("retry-after", "60"), in_seconds(60));
        assert_eq!(
            at("retry-after", "0.5"),
            Some(NOW.plus(Duration::from_millis(500)))
        );
        assert_eq!(at("x-rate-limit-reset", "1779000300"), in_seconds(300));
        assert_eq!(
            at("x-ratelimit-reset", "2026-05-17T06:41:00.000Z"),
            in_seconds(60)
        );
        assert_eq!(
            at("retry-after", "Sun, 17 May 2026 06:41:00 GMT"),
            in_seconds(60)
        );
        for odd in [
            "-5",
            "soon",
            "99999999999",
            "1778999999",
            "NaN",
            "inf",
            "999999",
        ] {
            assert_eq!(at("retry-after", odd), None, "{odd}");
        }
    }

    #[test]
    fn what_may_have_worked_is_told_from_what_did_not() {
        let answered = |status, body| Failed::Answered(answer(status, body, &[]));
        for certain in [
            Failed::Unreached(String::new()),
            answered(400, "{}"),
            answered(403, "<html>"),
            answered(302, ""),
            answered(429, ""),
        ] {
            assert!(!certain.may_have_worked(), "{certain:?}");
        }
        for open in [
            Failed::Cut(String::new()),
            answered(500, "{}"),
            answered(200, "<html>"),
            answered(408, ""),
        ] {
            assert!(open.may_have_worked(), "{open:?}");
        }
    }

    #[test]
    fn every_status_has_its_category_and_a_sentence() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown, Validation};
        for (status, body, category) in [
            (400, "{}", Validation),
            (401, "{}", AuthError),
            (403, "{}", AuthError),
            (403, "<html>", NetworkError),
            (404, "", Unknown),
            (413, "", MediaError),
            (429, "", RateLimited),
            (200, "<html>", NetworkError),
            (302, "", NetworkError),
            (502, "<html>", NetworkError),
        ] {
            let refusal = Failed::Answered(answer(status, body, &[])).usual("Net", "ana", NOW);
            assert_eq!(refusal.category, category, "{status} {body}");
            assert!(refusal.message.ends_with('.'));
        }
    }
}
