//! A certified OAuth 2 server (`oidc-provider`) in a process of its own, on loopback at a free port. It
//! ends with the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long the server may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);
/// The secret of the clients that have one: with every sign that has a meaning somewhere on its way.
pub const SECRET: &str = "a secret+with:signs%2F&=of/all?kinds#of-32";

/// A running server.
pub struct Oidc {
    /// Its origin.
    pub origin: String,
    client: reqwest::Client,
    _process: Child,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/oidc")
}

impl Oidc {
    /// Starts it. The error is a sentence that says what to do.
    pub async fn start() -> Result<Self, String> {
        let folder = folder();
        if !folder.join("node_modules/oidc-provider").is_dir() {
            return Err(
                "The OAuth server is not installed. Run `cargo xtask test`, which installs it."
                    .to_owned(),
            );
        }
        let mut process = Command::new("node")
            .arg("start.js")
            .current_dir(&folder)
            .env("OIDC_SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It warns of what a server on loopback may do without.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| {
                format!("Node.js did not start ({e}). Run `cargo xtask test`, which installs it.")
            })?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let port = tokio::time::timeout(START_LIMIT, port(output))
            .await
            .map_err(|_| "The OAuth server did not start in time.".to_owned())??;
        networks::http::choose_cryptography();
        let client = reqwest::Client::builder().no_proxy().build();
        Ok(Self {
            origin: format!("http://127.0.0.1:{port}"),
            client: client.map_err(|e| e.to_string())?,
            _process: process,
        })
    }

    /// Time passes on the server.
    pub async fn pass(&self, seconds: u32) -> Result<(), String> {
        let address = format!("{}/test/pass?seconds={seconds}", self.origin);
        let answer = self.client.post(address).send().await;
        answer.map(drop).map_err(|e| e.to_string())
    }

    /// The person takes away what a token was good for.
    pub async fn revoke(&self, client_id: &str, token: &str) -> Result<u16, String> {
        let address = format!("{}/token/revocation", self.origin);
        let form = [("client_id", client_id), ("token", token)];
        let answer = self.client.post(address).form(&form).send().await;
        Ok(answer.map_err(|e| e.to_string())?.status().as_u16())
    }

    /// Who an access token speaks for, as the status of that question: 200, or 401.
    pub async fn asks_who(&self, access_token: &str) -> Result<u16, String> {
        let address = format!("{}/me", self.origin);
        let answer = self.client.get(address).bearer_auth(access_token).send();
        Ok(answer.await.map_err(|e| e.to_string())?.status().as_u16())
    }
}

async fn port(output: tokio::process::ChildStdout) -> Result<u16, String> {
    let mut lines = BufReader::new(output).lines();
    let mut port = None;
    while let Some(line) = lines.next_line().await.map_err(|e| e.to_string())? {
        if let Some(number) = line.strip_prefix("port ") {
            port = number.parse().ok();
        }
        if let (true, Some(port)) = (line == "ready", port) {
            // Whatever it says later is read and dropped, so that its pipe never fills.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
    }
    Err("The OAuth server ended before it was ready.".to_owned())
}
