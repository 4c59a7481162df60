//! A client with a key, of whatever program serves the contracts.

use std::collections::BTreeMap;

use model::{Timestamp, WorkspaceId};
use networks::http::choose_cryptography;
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use reqwest::{Client as Http, Method, StatusCode};
use serde_json::{Value, json};

/// The year of what is printed, for programs that go by the real clock.
pub const AHEAD: i16 = 2035;
/// The year of what is printed, for programs whose clock a test moves.
pub const MOVED: i16 = 2026;
/// When a clock begins that a test moves: on the 14th of May at 07:00 UTC, a Thursday.
pub const BEGIN: Timestamp = Timestamp::from_millis(1_778_742_000_000);

/// An answer.
#[derive(Debug)]
pub struct Got {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; a text where it is no JSON.
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
    /// What sends the requests.
    pub http: Http,
    /// Where the program listens, such as `http://127.0.0.1:8437`.
    pub base: String,
    /// An owner's key.
    pub key: String,
    /// The workspace of the key.
    pub workspace: WorkspaceId,
    /// The year in which printed dates lie, ahead of the program's clock. What is printed happens in May.
    pub year: i16,
    /// Identifiers of the accounts, by the key of their network.
    pub accounts: BTreeMap<String, String>,
}

impl Client {
    /// A client of a program that was started and has accounts already; what is printed lies in this year.
    pub async fn of(base: &str, key: String, year: i16) -> Self {
        choose_cryptography();
        let mut client = Self {
            http: Http::builder().no_proxy().build().unwrap(),
            base: base.to_owned(),
            key,
            workspace: WorkspaceId(uuid::Uuid::nil()),
            year,
            accounts: BTreeMap::new(),
        };
        let boot = client.command("session.boot", json!({})).await;
        client.workspace = serde_json::from_value(boot["workspaces"][0]["id"].clone()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let accounts = boot["accounts"].as_array().unwrap().iter();
        client.accounts = accounts
            .map(|account| (text(&account["network"]), text(&account["id"])))
            .collect();
        client
    }

    /// A printed date or instant, from its month on, such as `05-25`.
    pub fn at(&self, rest: &str) -> String {
        format!("{}-{rest}", self.year)
    }

    /// A printed instant, from its month on, such as `05-25T14:00:00Z`.
    pub fn instant(&self, rest: &str) -> Timestamp {
        let instant: jiff::Timestamp = self.at(rest).parse().unwrap();
        Timestamp::from_millis(instant.as_millisecond())
    }

    /// Has a command of the program's list done, as a person does in the window.
    pub async fn command(&self, name: &str, input: Value) -> Value {
        let path = format!("/almanac/v1/commands/{name}");
        self.post(&path, input).await.ok()
    }

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

    /// Asks for something.
    pub async fn get(&self, path: &str) -> Got {
        self.send(&self.key, Method::GET, path, None).await
    }

    /// Sends something.
    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.send(&self.key, Method::POST, path, Some(body)).await
    }

    /// Changes something.
    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.send(&self.key, Method::PATCH, path, Some(body)).await
    }

    /// Deletes something.
    pub async fn delete(&self, path: &str) -> Got {
        self.send(&self.key, Method::DELETE, path, None).await
    }
}

/// Sends a request with the key as a bearer.
pub async fn by_bearer(api: &Client, method: Method, path: &str, body: Value) -> Got {
    let request = api.http.request(method, format!("{}{path}", api.base));
    got(request.bearer_auth(&api.key).json(&body)).await
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

/// Sends a picture and gives what is said of it, as the social contract says it.
pub async fn upload(api: &Client, width: u32, height: u32) -> Value {
    let file = Part::bytes(png(width, height)).file_name("img.png");
    let url = format!("{}/api/v1/creator/social/media/upload", api.base);
    let form = Form::new().part("file", file);
    let request = api.http.post(url).bearer_auth(&api.key);
    got(request.multipart(form)).await.ok()
}

/// Sends a picture and gives its address at the program.
pub async fn picture_at(api: &Client, width: u32, height: u32) -> String {
    let made = upload(api, width, height).await;
    made["url"].as_str().unwrap().to_owned()
}
