//! The reference server of the AT Protocol in a process of its own, with a directory of identities
//! beside it. Both listen on loopback on free ports and end with the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long the server may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);

const ADMIN_PASSWORD: &str = "admin of this test alone";

/// A running server.
pub struct Pds {
    /// Its origin.
    pub origin: String,
    /// The origin of the directory of identities.
    pub directory: String,
    client: reqwest::Client,
    _process: Child,
    _data: tempfile::TempDir,
}

/// An account on it.
#[derive(Debug, Clone)]
pub struct PdsAccount {
    /// Handle.
    pub handle: String,
    /// Decentralised id.
    pub did: String,
    /// An app password.
    pub app_password: String,
    /// A token of the main password, for looking at things the connector cannot do.
    pub token: String,
    /// The name under which the app password is revoked.
    pub app_password_name: String,
}

/// Settings of the server beyond the usual ones, by environment variable.
pub type Settings<'a> = &'a [(&'a str, &'a str)];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/pds")
}

impl Pds {
    /// Starts it. The error is a sentence that says what to do.
    pub async fn start(settings: Settings<'_>) -> Result<Self, String> {
        let folder = folder();
        if !folder.join("node_modules/@atproto/pds").is_dir() {
            return Err(
                "The reference PDS is not installed. Run `cargo xtask test`, which installs it."
                    .to_owned(),
            );
        }
        let data = tempfile::tempdir().map_err(|e| e.to_string())?;
        let inside = |name: &str| data.path().join(name);
        let mut process = Command::new("node")
            .arg("start.js")
            .current_dir(&folder)
            .env("PDS_HOSTNAME", "localhost")
            .env("PDS_DEV_MODE", "true")
            .env("PDS_DATA_DIRECTORY", data.path())
            .env("PDS_BLOBSTORE_DISK_LOCATION", inside("blobs"))
            .env("PDS_BLOBSTORE_DISK_TMP_LOCATION", inside("blobs-tmp"))
            .env("PDS_INVITE_REQUIRED", "false")
            .env("PDS_JWT_SECRET", "a secret of this test alone")
            .env("PDS_ADMIN_PASSWORD", ADMIN_PASSWORD)
            .env("PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX", "11".repeat(32))
            .env("LOG_ENABLED", "false")
            .env("PDS_EXIT_WITH_STDIN", "1")
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| {
                format!("Node.js did not start ({e}). Run `cargo xtask test`, which installs it.")
            })?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let (plc, pds) = tokio::time::timeout(START_LIMIT, ports(output))
            .await
            .map_err(|_| "The reference PDS did not start in time.".to_owned())??;
        Ok(Self {
            origin: format!("http://localhost:{pds}"),
            directory: format!("http://127.0.0.1:{plc}"),
            client: {
                networks::http::choose_cryptography();
                reqwest::Client::builder()
            }
            .no_proxy()
            .build()
            .map_err(|e| e.to_string())?,
            _process: process,
            _data: data,
        })
    }

    /// Makes an account `<name>.test` with an app password.
    pub async fn account(&self, name: &str) -> Result<PdsAccount, String> {
        let handle = format!("{name}.test");
        let made = self
            .call("com.atproto.server.createAccount", None, &json!({
                "handle": handle, "email": format!("{name}@example.com"), "password": "main password",
            }))
            .await?;
        let text = |from: &Value, name: &str| from[name].as_str().unwrap_or_default().to_owned();
        let token = text(&made, "accessJwt");
        let app_password_name = "almanac".to_owned();
        let app = self
            .call(
                "com.atproto.server.createAppPassword",
                Some(&token),
                &json!({ "name": app_password_name }),
            )
            .await?;
        Ok(PdsAccount {
            handle,
            did: text(&made, "did"),
            app_password: text(&app, "password"),
            token,
            app_password_name,
        })
    }

    /// Deletes an account with everything in it, as the server's administrator may.
    pub async fn delete_account(&self, did: &str) -> Result<(), String> {
        let method = "com.atproto.admin.deleteAccount";
        let request = self
            .client
            .post(format!("{}/xrpc/{method}", self.origin))
            .basic_auth("admin", Some(ADMIN_PASSWORD))
            .json(&json!({ "did": did }));
        answer(method, request).await.map(drop)
    }

    /// A procedure with JSON.
    pub async fn call(
        &self,
        method: &str,
        token: Option<&str>,
        input: &Value,
    ) -> Result<Value, String> {
        let mut request = self
            .client
            .post(format!("{}/xrpc/{method}", self.origin))
            .json(input);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answer(method, request).await
    }

    /// All posts of an account, oldest key first.
    pub async fn posts(&self, did: &str) -> Result<Vec<Value>, String> {
        let method = "com.atproto.repo.listRecords";
        // A DID has nothing in it that an address would have to escape.
        let query = format!("repo={did}&collection=app.bsky.feed.post&limit=100&reverse=true");
        let request = self
            .client
            .get(format!("{}/xrpc/{method}?{query}", self.origin));
        let listed = answer(method, request).await?;
        Ok(listed["records"].as_array().cloned().unwrap_or_default())
    }

    /// The bytes of a file of an account.
    pub async fn blob(&self, did: &str, cid: &str) -> Result<Vec<u8>, String> {
        let method = "com.atproto.sync.getBlob";
        let request = self
            .client
            .get(format!("{}/xrpc/{method}?did={did}&cid={cid}", self.origin));
        let response = request.send().await.map_err(|e| e.to_string())?;
        Ok(response.bytes().await.map_err(|e| e.to_string())?.to_vec())
    }
}

async fn answer(method: &str, request: reqwest::RequestBuilder) -> Result<Value, String> {
    let response = request.send().await.map_err(|e| e.to_string())?;
    let status = response.status();
    let text = response.text().await.map_err(|e| e.to_string())?;
    if !status.is_success() {
        return Err(format!("{method}: {status} {text}"));
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).map_err(|e| e.to_string())
}

async fn ports(output: tokio::process::ChildStdout) -> Result<(u16, u16), String> {
    let mut lines = BufReader::new(output).lines();
    let (mut plc, mut pds) = (None, None);
    while let Some(line) = lines.next_line().await.map_err(|e| e.to_string())? {
        match line.split_once(' ') {
            Some(("plc", port)) => plc = port.parse().ok(),
            Some(("pds", port)) => pds = port.parse().ok(),
            _ => {}
        }
        if let (true, Some(plc), Some(pds)) = (line == "ready", plc, pds) {
            // Whatever it says later is read and dropped, so that its pipe never fills.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((plc, pds));
        }
    }
    Err("The reference PDS ended before it was ready.".to_owned())
}
