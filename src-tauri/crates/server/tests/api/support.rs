//! A program with accounts on the networks that the documents name, its host, and a client.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use model::{Timestamp, WorkspaceId};
use serde_json::{Value, json};
use server::{Outside, Rates, Running, Screen, Server, ServerConfig};
use testkit::app::TestApp;
use testkit::printed::{Client, MOVED};
pub use testkit::printed::{Got, got, png};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Networks that the documents name.
pub const NETWORKS: [&str; 5] = ["x", "linkedin", "instagram", "facebook", "tiktok"];

/// See the module.
pub struct Api {
    pub test: TestApp,
    client: Client,
    running: Option<Running>,
}

impl Deref for Api {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
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
        let screen = crate::WITHOUT_WINDOW.then(screen);
        let outside = Outside {
            screen,
            ..Outside::default()
        };
        Self::listening(config, outside).await
    }

    /// The same, with what a host without a window does besides.
    pub async fn listening(config: ServerConfig, outside: Outside) -> Self {
        networks::http::choose_cryptography();
        let test = TestApp::publishing_to(&NETWORKS).await;
        let mut accounts = BTreeMap::new();
        for network in NETWORKS {
            let account = test.connect_to(network, "mycompany").await;
            accounts.insert(network.to_owned(), account.id.to_string());
        }
        let workspace = test.calendar().await.workspace_id;
        let running = Server::start_outside(test.app.clone(), config, outside).await;
        let running = running.unwrap();
        let client = Client {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: format!("http://{}", running.address()),
            key: String::new(),
            workspace,
            year: MOVED,
            accounts,
        };
        let mut api = Self {
            test,
            client,
            running: Some(running),
        };
        api.client.key = api.make_key(json!({ "role": "owner" })).await;
        api
    }

    /// Lets time go by until an instant, and all that is due by then happen.
    pub async fn come(&self, instant: Timestamp) {
        self.test.pass(instant.since(self.test.app.now())).await;
        self.test.pass(Duration::from_mins(1)).await;
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

/// A screen of one page.
fn screen() -> Screen {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    Screen::read(folder.path()).unwrap()
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
