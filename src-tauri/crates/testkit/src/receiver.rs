//! An address on this computer that takes webhooks, and answers as it is told to.

#![expect(
    clippy::expect_used,
    reason = "a test whose address does not work cannot go on"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

/// Answers that may be given before somebody says otherwise.
const ROOM: usize = 1_000;
/// What it answers with.
pub const WORD: &str = "word";

/// A request that came.
#[derive(Debug, Clone, PartialEq)]
pub struct Came {
    /// Its headers, by their names in small letters.
    pub headers: HashMap<String, String>,
    /// Its body.
    pub body: String,
}

impl Came {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a body of JSON")
    }
}

/// See the module.
pub struct Receiver {
    /// The address.
    pub url: String,
    came: mpsc::UnboundedReceiver<Came>,
    answers: Arc<Mutex<Vec<u16>>>,
    room: Arc<Semaphore>,
}

impl Receiver {
    /// Listens. The first answers have these statuses, all others 200.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub async fn start(answers: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (out, came) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.to_vec()));
        let room = Arc::new(Semaphore::new(ROOM));
        let (statuses, permits) = (Arc::clone(&answers), Arc::clone(&room));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (out, statuses, permits) = (out.clone(), statuses.clone(), permits.clone());
                tokio::spawn(answer(stream, out, statuses, permits));
            }
        });
        Self {
            url: format!("http://{address}/hook"),
            came,
            answers,
            room,
        }
    }

    /// The next request; waits for it.
    ///
    /// # Panics
    /// When it does not listen any more.
    pub async fn next(&mut self) -> Came {
        self.came.recv().await.expect("an address that listens")
    }

    /// Fails when a request came that was not asked for with [`Receiver::next`].
    ///
    /// # Panics
    /// Then.
    pub fn none(&mut self) {
        assert_eq!(self.came.try_recv().ok(), None);
    }

    /// Answers nothing until it is let.
    pub fn hold(&self) {
        self.room.forget_permits(ROOM);
    }

    /// Gives so many answers after [`Receiver::hold`].
    pub fn let_go(&self, many: usize) {
        self.room.add_permits(many);
    }

    /// Answers everything with 200 from now on.
    pub fn take_all(&self) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.clear();
    }
}

async fn answer(
    mut stream: TcpStream,
    out: mpsc::UnboundedSender<Came>,
    statuses: Arc<Mutex<Vec<u16>>>,
    room: Arc<Semaphore>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let head = String::from_utf8(head).expect("a head of text");
    let headers: HashMap<String, String> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|n| n.parse().ok());
    let mut body = vec![0; length.expect("a length")];
    stream.read_exact(&mut body).await.expect("a whole body");
    let body = String::from_utf8(body).expect("a body of text");
    // Nobody may be waiting for it any more.
    out.send(Came { headers, body }).ok();
    let Ok(permit) = room.acquire().await else {
        return;
    };
    permit.forget();
    let status = {
        let mut statuses = statuses.lock().unwrap_or_else(PoisonError::into_inner);
        if statuses.is_empty() {
            200
        } else {
            statuses.remove(0)
        }
    };
    let head = format!(
        "HTTP/1.1 {status} Said\r\nlocation: /elsewhere\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{WORD}",
        WORD.len()
    );
    stream.write_all(head.as_bytes()).await.ok();
}
