//! The Almanac that has the data folder, talked to over HTTP on this computer.

use std::path::Path;
use std::time::Duration;

use app::{ApiError, Secret};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use model::ErrorCode;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_util::io::ReaderStream;

use crate::trouble::Trouble;

/// How long an answer may take: a command may wait for a network.
const LIMIT: Duration = Duration::from_mins(15);
/// Says where the file lies that a command wrote.
const FILE: &str = "x-almanac-file";

type Body = BoxBody<Bytes, std::io::Error>;

/// Talks to the Almanac that is running.
pub struct Client {
    /// Where it listens, such as `127.0.0.1:8437`.
    authority: String,
    key: Secret,
}

/// An answer, and the token of a file that was written for it.
pub struct Answered {
    /// What the command answered.
    pub value: Value,
    /// The file's token.
    pub file: Option<String>,
}

fn not_reached(error: &dyn std::fmt::Display) -> Trouble {
    Trouble::InUse(format!(
        "The Almanac that has the data folder did not answer: {error}. Try again, or end it."
    ))
}

impl Client {
    /// For an address such as `http://127.0.0.1:8437`. Only this computer is talked to: nothing else has the
    /// folder, and the key goes in plain.
    pub fn new(address: &str, key: Secret) -> Result<Self, Trouble> {
        let authority = address.strip_prefix("http://").unwrap_or_default();
        let socket: Option<std::net::SocketAddr> = authority.parse().ok();
        if !socket.is_some_and(|socket| socket.ip().is_loopback()) {
            return Err(Trouble::InUse(
                "The Almanac that has the data folder does not say where it listens on this computer."
                    .to_owned(),
            ));
        }
        Ok(Self {
            authority: authority.to_owned(),
            key,
        })
    }

    /// Runs a command of the list.
    pub async fn call(&self, name: &str, input: &Value) -> Result<Answered, Trouble> {
        let body = Full::from(input.to_string())
            .map_err(|never| match never {})
            .boxed();
        let request = self
            .request(Method::POST, &format!("/commands/{name}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|error| not_reached(&error))?;
        let response = self.send(request).await?;
        let file = response.headers().get(FILE);
        let file = file.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let value = read(response).await?;
        Ok(Answered { value, file })
    }

    /// Sends a file; what it is called in the input of a command.
    pub async fn upload(&self, path: &Path) -> Result<String, Trouble> {
        let unreadable =
            |error| Trouble::invalid(format!("{} cannot be read: {error}.", path.display()));
        let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("name", &name)
            .finish();
        let body = StreamBody::new(ReaderStream::new(file).map_ok(Frame::data));
        let request = self
            .request(Method::POST, &format!("/files?{query}"))
            .body(BodyExt::boxed(body))
            .map_err(|error| not_reached(&error))?;
        let answer = read(self.send(request).await?).await?;
        Ok(answer["path"].as_str().unwrap_or_default().to_owned())
    }

    /// Fetches a file that a command wrote.
    pub async fn download(&self, token: &str, to: &Path) -> Result<(), Trouble> {
        let empty = Full::default().map_err(|never| match never {}).boxed();
        let request = self
            .request(Method::GET, &format!("/files/{token}"))
            .body(empty)
            .map_err(|error| not_reached(&error))?;
        let response = self.send(request).await?;
        if !response.status().is_success() {
            return read(response).await.map(|_| ());
        }
        let mut file = tokio::fs::File::create(to).await?;
        let mut bytes = response.into_body().into_data_stream();
        while let Some(chunk) = bytes.next().await {
            file.write_all(&chunk.map_err(|error| not_reached(&error))?)
                .await?;
        }
        file.flush().await?;
        Ok(())
    }

    /// Hands on a message of the Model Context Protocol; gives the answer, where there is one.
    pub async fn message(&self, line: String) -> Result<Option<String>, Trouble> {
        let asked: Option<Value> = serde_json::from_str(&line).ok();
        let id = asked.and_then(|asked| asked.get("id").cloned());
        let body = Full::from(line).map_err(|never| match never {}).boxed();
        let request = self
            .to(Method::POST, "/mcp")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .body(body)
            .map_err(|error| not_reached(&error))?;
        let response = self.send(request).await?;
        let status = response.status();
        let bytes = response
            .into_body()
            .collect()
            .await
            .map_err(|error| not_reached(&error))?
            .to_bytes();
        told(status, &bytes, id)
    }

    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        self.to(method, &format!("/almanac/v1{path}"))
    }

    fn to(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.authority)
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.key.reveal()),
            )
    }

    async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Trouble> {
        let stream = TcpStream::connect(&self.authority)
            .await
            .map_err(|error| not_reached(&error))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| not_reached(&error))?;
        // It ends with the answer's last byte, or with this program.
        tokio::spawn(connection);
        tokio::time::timeout(LIMIT, sender.send_request(request))
            .await
            .map_err(|_| not_reached(&"it took too long"))?
            .map_err(|error| not_reached(&error))
    }
}

/// What whoever uses the tools is told of an answer to its message with this identifier; nothing where it asked
/// nothing.
fn told(status: StatusCode, bytes: &[u8], id: Option<Value>) -> Result<Option<String>, Trouble> {
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    match value {
        // One line each: that is how messages are told apart.
        Some(value) if value.get("jsonrpc").is_some() => Ok(Some(value.to_string())),
        _ if status.is_success() => Ok(None),
        // It is let in again when the hour is over, and goes on until then.
        Some(refused) if status == StatusCode::TOO_MANY_REQUESTS => Ok(id.map(|id| {
            let error = json!({ "code": -32_000, "message": refused["error"] });
            json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
        })),
        _ => Err(Trouble::InUse(format!(
            "The Almanac that has the data folder refused the tools ({status}). Its key may be revoked or not valid."
        ))),
    }
}

async fn read(response: Response<Incoming>) -> Result<Value, Trouble> {
    let status = response.status();
    let bytes = response
        .into_body()
        .collect()
        .await
        .map_err(|error| not_reached(&error))?
        .to_bytes();
    let value: Option<Value> = serde_json::from_slice(&bytes).ok();
    if status.is_success() {
        return value.ok_or_else(|| not_reached(&"its answer is no JSON"));
    }
    let error = value.and_then(|value| serde_json::from_value::<ApiError>(value).ok());
    let unread = || {
        let message = format!("The Almanac that is running answered with {status}.");
        ApiError::new(ErrorCode::Internal, message)
    };
    Err(Trouble::Refused(error.unwrap_or_else(unread)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_requests_are_told_and_end_nothing() {
        let many = br#"{"success":false,"error":"Too many requests."}"#;
        let answer = |status, id| told(status, many, id);
        let busy = StatusCode::TOO_MANY_REQUESTS;
        let said = answer(busy, Some(json!(7))).unwrap().unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["id"], 7);
        assert_eq!(said["error"]["message"], "Too many requests.");
        assert_eq!(answer(busy, None).unwrap(), None);
        assert!(answer(StatusCode::UNAUTHORIZED, Some(json!(7))).is_err());
    }

    #[test]
    fn a_key_is_never_sent_to_another_computer() {
        let client = |address| Client::new(address, Secret::new("k"));
        assert!(client("http://127.0.0.1:8437").is_ok());
        assert!(client("http://[::1]:8437").is_ok());
        for other in [
            "http://192.0.2.1:80",
            "http://example.org",
            "https://127.0.0.1:1",
            "",
        ] {
            assert!(client(other).is_err(), "{other}");
        }
    }
}
