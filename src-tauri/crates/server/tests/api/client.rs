//! A client with a key, of whatever program serves the contracts.

use model::WorkspaceId;
use reqwest::header::HeaderMap;
use reqwest::{Client as Http, Method, StatusCode};
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Got {
    /// The body of an answer that worked.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    /// The body of a refusal of this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }
}

/// See the module.
pub struct Client {
    pub http: Http,
    pub base: String,
    pub key: String,
    pub workspace: WorkspaceId,
}

impl Client {
    /// Sends a request with this key.
    pub async fn send(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Got {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !key.is_empty() {
            request = request.header("X-API-Key", key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        got(request).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.send(&self.key, Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.send(&self.key, Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.send(&self.key, Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.send(&self.key, Method::DELETE, path, None).await
    }
}

/// Sends a request.
pub async fn got(request: reqwest::RequestBuilder) -> Got {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Got {
        status,
        headers,
        body,
    }
}

/// A small picture as PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
