//! A program with accounts on the networks that the documents name, its host, and a client.

use std::collections::BTreeMap;

use model::WorkspaceId;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use server::{Outside, Rates, Running, Screen, Server, ServerConfig};
use testkit::app::TestApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Networks that the documents name.
pub const NETWORKS: [&str; 5] = ["x", "linkedin", "instagram", "facebook", "tiktok"];

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
pub struct Api {
    pub test: TestApp,
    pub key: String,
    pub base: String,
    pub workspace: WorkspaceId,
    pub accounts: BTreeMap<&'static str, String>,
    pub http: Client,
    running: Option<Running>,
}

impl Api {
    /// A fresh one with an owner's key.
    pub async fn start() -> Self {
        Self::with(Rates::default()).await
    }

    /// The same with these limits.
    pub async fn with(rates: Rates) -> Self {
        Self::configured(ServerConfig {
            rates,
            ..ServerConfig::at(0)
        })
        .await
    }

    /// The same, listening like this.
    pub async fn configured(config: ServerConfig) -> Self {
        networks::http::choose_cryptography();
        let test = TestApp::publishing_to(&NETWORKS).await;
        let mut accounts = BTreeMap::new();
        for network in NETWORKS {
            let account = test.connect_to(network, "mycompany").await;
            accounts.insert(network, account.id.to_string());
        }
        let workspace = test.calendar().await.workspace_id;
        let running = if crate::WITHOUT_WINDOW {
            let outside = Outside {
                screen: Some(screen()),
                ..Outside::default()
            };
            Server::start_outside(test.app.clone(), config, outside).await
        } else {
            Server::start(test.app.clone(), config).await
        };
        let running = running.unwrap();
        let mut api = Self {
            base: format!("http://{}", running.address()),
            test,
            key: String::new(),
            workspace,
            accounts,
            http: Client::builder().no_proxy().build().unwrap(),
            running: Some(running),
        };
        api.key = api.make_key(json!({ "role": "owner" })).await;
        api
    }

    /// Makes a key in the window.
    pub async fn make_key(&self, more: Value) -> String {
        let mut input = json!({ "workspaceId": self.workspace, "name": "Test" });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let made: Value = self.test.write("keys.create", input).await;
        made["secret"].as_str().unwrap().to_owned()
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

    /// Stops the host.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Makes another workspace and a key for it.
    pub async fn another_workspace(&self) -> (WorkspaceId, String) {
        let made: Value = self
            .test
            .write("workspaces.create", json!({ "name": "Another" }))
            .await;
        let id = made["id"].clone();
        let key: Value = self
            .test
            .write(
                "keys.create",
                json!({ "workspaceId": id, "name": "Other", "role": "owner" }),
            )
            .await;
        let secret = key["secret"].as_str().unwrap().to_owned();
        (serde_json::from_value(id).unwrap(), secret)
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

/// A screen of one page.
fn screen() -> Screen {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    Screen::read(folder.path()).unwrap()
}

/// A small picture as PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// Serves one picture at every address of this computer, as the documents' content networks would.
pub async fn picture_host() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(picture_at(stream));
        }
    });
    base
}

/// Answers one request with a picture whose size follows from the address, so that no two are alike.
async fn picture_at(mut stream: tokio::net::TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let path = String::from_utf8(head).unwrap();
    let side = 40 + path.split(' ').nth(1).unwrap().len() as u32;
    let body = png(side, side);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
}
