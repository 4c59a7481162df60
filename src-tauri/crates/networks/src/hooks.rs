//! Telling other programs what happens: one signed call on an address that a person or a program named.
//!
//! The signature is HMAC-SHA256 over the exact bytes of the body, in hex, in `X-Webhook-Signature`.
//! Nothing is sent into a private network or to this computer unless the person allowed that address,
//! and where an answer leads to is not followed.

use std::time::Duration;

use model::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, Response, Url};
use ring::hmac;

use crate::api::secret_header;
use crate::hex::hex;
use crate::http::{Clients, GuardedClient, HttpConfig, HttpError, PageError, Reach};
use crate::vault::Secret;

/// How long a call may take, with all of its answer.
const LIMIT: Duration = Duration::from_secs(15);
/// So much of an answer is read, in bytes.
const MAX_ANSWER: usize = 4 * 1024;
/// So much of it is kept, in characters.
const MAX_WORDS: usize = 500;
/// Words of the guard when a name leads into a private network only.
const NOT_PUBLIC: &str = "no address on the public internet";

/// What is sent where.
pub struct HookCall<'a> {
    /// The address.
    pub url: &'a str,
    /// The person allowed an address in a private network or on this computer.
    pub private: bool,
    /// What the signature is made with.
    pub secret: &'a Secret,
    /// Identifier of the delivery: the same however often it is sent.
    pub id: &'a str,
    /// Name of the event.
    pub event: &'a str,
    /// The body.
    pub body: &'a str,
    /// The present instant.
    pub now: Timestamp,
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAnswer {
    /// The status.
    pub status: u16,
    /// How it began; empty when it said nothing.
    pub words: String,
    /// When it asks to be called again.
    pub wait_until: Option<Timestamp>,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookFailure {
    /// The address leads into a private network or to this computer.
    #[error(
        "The address leads into a private network or to this computer. If that is meant, allow it in Settings, Programs."
    )]
    Private,
    /// The certificate of the address, or of the proxy that leads there, is not trusted.
    #[error(
        "This computer does not trust the certificate of the address, or of a proxy on the way there. Where a network has certificates of its own, add them in Settings."
    )]
    Untrusted,
    /// It was not reached, or broke off.
    #[error("The address could not be reached: {0}.")]
    Unreached(String),
}

/// The caller.
pub struct Hooks {
    here: Clients,
    guarded: GuardedClient,
}

impl Hooks {
    /// Over its own HTTP clients.
    pub fn new(http: &HttpConfig) -> Result<Self, HttpError> {
        Ok(Self {
            here: Clients::new(http)?,
            guarded: GuardedClient::new(http, Reach::Public)?,
        })
    }

    /// Sends once.
    pub async fn send(&self, call: &HookCall<'_>) -> Result<HookAnswer, HookFailure> {
        let url = Url::parse(call.url)
            .map_err(|_| HookFailure::Unreached("it is no web address".to_owned()))?;
        let request = self.request(&url, call.private).await?;
        let request = secret_header(
            request,
            "x-webhook-signature",
            &signature(call.secret, call.body.as_bytes()),
        );
        let sent = request
            .header(CONTENT_TYPE, "application/json")
            .header("x-webhook-id", call.id)
            .header("x-webhook-event", call.event)
            .body(call.body.to_owned())
            .send()
            .await;
        let answer = sent.map_err(|error| failure(&PageError::of_call(&error)))?;
        let status = answer.status().as_u16();
        let wait_until = crate::api::wait_until(answer.headers(), call.now);
        Ok(HookAnswer {
            status,
            words: beginning(answer).await,
            wait_until,
        })
    }

    async fn request(&self, url: &Url, private: bool) -> Result<RequestBuilder, HookFailure> {
        if private {
            let client = self.here.to(url).await;
            return Ok(client.request(Method::POST, url.clone()).timeout(LIMIT));
        }
        let made = self.guarded.call(Method::POST, url, LIMIT).await;
        made.map_err(|error| failure(&error))
    }
}

fn failure(error: &PageError) -> HookFailure {
    let words = error.to_string();
    match error {
        PageError::Refused => HookFailure::Private,
        PageError::Untrusted(_) => HookFailure::Untrusted,
        _ if words.contains(NOT_PUBLIC) => HookFailure::Private,
        _ => HookFailure::Unreached(words),
    }
}

/// How an answer begins. One that breaks off in the middle was an answer all the same.
async fn beginning(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        let room = MAX_ANSWER - bytes.len();
        bytes.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        if bytes.len() >= MAX_ANSWER {
            break;
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let plain = text.chars().filter(|c| !c.is_control() || *c == '\n');
    plain.take(MAX_WORDS).collect::<String>().trim().to_owned()
}

/// The value of `X-Webhook-Signature`.
#[must_use]
pub fn signature(secret: &Secret, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
    hex(hmac::sign(&key, body).as_ref())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn signs_as_everybody_does() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature(&Secret::new("Jefe"), b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    fn call<'a>(url: &'a str, private: bool, secret: &'a Secret) -> HookCall<'a> {
        HookCall {
            url,
            private,
            secret,
            id: "d1",
            event: "post.published",
            body: "{}",
            now: Timestamp::from_millis(0),
        }
    }

    fn hooks() -> Hooks {
        Hooks::new(&HttpConfig::new("test")).unwrap()
    }

    #[tokio::test]
    async fn private_addresses_are_called_only_when_they_are_allowed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (hooks, secret) = (hooks(), Secret::new("s"));
        for host in [
            "127.0.0.1",
            "localhost",
            "[::1]",
            "10.0.0.1",
            "169.254.169.254",
            "0x7f.1",
        ] {
            let url = format!("http://{host}:{port}/");
            let answer = hooks.send(&call(&url, false, &secret)).await;
            assert_eq!(answer, Err(HookFailure::Private), "{host}");
        }
        let url = format!("http://127.0.0.1:{port}/hook");
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut got = Vec::new();
            while !got.ends_with(b"{}") {
                got.push(stream.read_u8().await.unwrap());
            }
            let long = "x".repeat(2 * MAX_ANSWER);
            let head = format!(
                "HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: {}\r\n\r\n",
                long.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(long.as_bytes()).await.unwrap();
            String::from_utf8(got).unwrap()
        };
        let allowed = call(&url, true, &secret);
        let (answer, got) = tokio::join!(hooks.send(&allowed), serve);
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.words.len()), (302, MAX_WORDS));
        assert!(got.starts_with("POST /hook HTTP/1.1\r\n"), "{got}");
        let signed = format!("x-webhook-signature: {}\r\n", signature(&secret, b"{}"));
        assert!(
            got.contains(&signed) && got.contains("x-webhook-id: d1\r\n"),
            "{got}"
        );
        let nobody = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody.is_err(), "a redirect is not followed");
    }
}
