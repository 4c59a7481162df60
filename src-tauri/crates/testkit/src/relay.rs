//! A relay of Nostr that others wrote (`nostr-relay`), in a process of its own, on loopback at a free
//! port. It ends with the test.

use std::process::Stdio;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::python;

/// How long the relay may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);
/// How long it may take to answer there.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How often its port is tried meanwhile.
const STEP: Duration = Duration::from_millis(50);
/// The name of the only question on a connection.
const QUESTION: &str = "tests";

/// A running relay.
pub struct Relay {
    /// Its address, such as `ws://127.0.0.1:6969`.
    pub address: String,
    process: Child,
    _data: tempfile::TempDir,
}

impl Relay {
    /// Starts it, empty and open to everybody. The error is a sentence that says what to do.
    pub async fn start() -> Result<Self, String> {
        let program = python::program("nostr-relay")?;
        let data = tempfile::tempdir().map_err(|e| e.to_string())?;
        let port = free_port().map_err(|e| e.to_string())?;
        let config = data.path().join("config.yaml");
        std::fs::write(&config, settings(port)).map_err(|e| e.to_string())?;
        let process = Command::new(program)
            .arg("-c")
            .arg(&config)
            .arg("serve")
            .current_dir(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            // Its worker goes with it only when it is asked to end.
            .process_group(0)
            .spawn()
            .map_err(|e| format!("The relay did not start: {e}."))?;
        let mut relay = Self {
            address: format!("ws://127.0.0.1:{port}"),
            process,
            _data: data,
        };
        tokio::time::timeout(START_LIMIT, relay.listens(port))
            .await
            .map_err(|_| "The relay did not start in time.".to_owned())??;
        Ok(relay)
    }

    /// Asks it for the events that a filter fits (NIP-01), as any reader does.
    pub async fn ask(&self, filter: &Value) -> Result<Vec<Value>, String> {
        tokio::time::timeout(ANSWER_LIMIT, self.answer(filter))
            .await
            .map_err(|_| "The relay did not answer in time.".to_owned())?
    }

    async fn answer(&self, filter: &Value) -> Result<Vec<Value>, String> {
        let host = self.address.trim_start_matches("ws://");
        let stream = TcpStream::connect(host).await.map_err(|e| unheard(&e))?;
        let opened = client_async(format!("{}/", self.address), stream).await;
        let (mut socket, _) = opened.map_err(|e| unheard(&e))?;
        let question = Message::text(json!(["REQ", QUESTION, filter]).to_string());
        socket.send(question).await.map_err(|e| unheard(&e))?;
        let mut events = Vec::new();
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message.map_err(|e| unheard(&e))? else {
                continue;
            };
            let words: Vec<Value> = serde_json::from_str(text.as_str()).map_err(|e| unheard(&e))?;
            match words.first().and_then(Value::as_str) {
                Some("EVENT") => events.extend(words.into_iter().nth(2)),
                Some("EOSE") => return Ok(events),
                Some("NOTICE" | "CLOSED") => return Err(unheard(&text.as_str())),
                _ => {}
            }
        }
        Err(unheard(&"it closed the connection"))
    }

    async fn listens(&mut self, port: u16) -> Result<(), String> {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("The relay ended before it listened ({status})."));
            }
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It asks its worker to end, which a killed one could not.
        if let Some(pid) = self.process.id() {
            let _ = std::process::Command::new("kill")
                .args(["-TERM", "--", &format!("-{pid}")])
                .status();
        }
    }
}

fn unheard(trouble: &dyn std::fmt::Display) -> String {
    format!("The relay was not heard: {trouble}.")
}

fn settings(port: u16) -> String {
    format!(
        "DEBUG: false\n\
         relay_name: a relay of these tests\n\
         storage:\n  sqlalchemy.url: sqlite+aiosqlite:///nostr.sqlite3\n  validators:\n    \
         - nostr_relay.validators.is_not_too_large\n    - nostr_relay.validators.is_signed\n    \
         - nostr_relay.validators.is_recent\n\
         verification:\n  nip05_verification: disabled\n\
         gunicorn:\n  bind: 127.0.0.1:{port}\n  workers: 1\n  loglevel: warning\n  reload: false\n\
         authentication:\n  enabled: false\n"
    )
}

/// A port that was free a moment ago.
fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
