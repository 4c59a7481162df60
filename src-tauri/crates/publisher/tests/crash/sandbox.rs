//! A network in this process, spoken to over HTTP, that counts what it shows.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::Failure;

/// What is visible: by segment, the keys it was shown under, once each time it was shown.
#[derive(Default)]
struct Shown(HashMap<String, Vec<String>>);

/// The network.
pub struct Sandbox {
    pub address: SocketAddr,
    shown: Arc<Mutex<Shown>>,
    open: watch::Receiver<usize>,
}

impl Sandbox {
    pub async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shown = Arc::new(Mutex::new(Shown::default()));
        let (count, open) = watch::channel(0_usize);
        let all = Arc::clone(&shown);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.send_modify(|n| *n += 1);
                let (all, count) = (Arc::clone(&all), count.clone());
                tokio::spawn(async move {
                    // A client that is killed in the middle is what this test is about.
                    serve(stream, &all).await.ok();
                    count.send_modify(|n| *n -= 1);
                });
            }
        });
        Ok(Self {
            address,
            shown,
            open,
        })
    }

    /// How often a segment is visible.
    pub fn count(&self, segment: &str) -> usize {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.0.get(segment).map_or(0, Vec::len)
    }

    /// Everything a killed client had sent has been served: connections are accepted in the order
    /// they were made, so the answer to one more comes after all of them were taken in.
    pub async fn drained(&self) -> Result<(), Failure> {
        call(self.address, "GET", "/find/nothing").await?;
        let mut open = self.open.clone();
        open.wait_for(|n| *n == 0).await?;
        Ok(())
    }
}

/// `PUT /segment/key` shows it under a key of the sender's choice, once; `POST /segment/key` shows it
/// whenever it is called; `GET /find/segment` tells whether it is there.
async fn serve(mut stream: TcpStream, shown: &Mutex<Shown>) -> Result<(), Failure> {
    let mut head = Vec::new();
    let mut byte = [0_u8; 256];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let read = stream.read(&mut byte).await?;
        if read == 0 {
            return Ok(());
        }
        head.extend_from_slice(&byte[..read]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let (first, second) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let there = {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if method == "GET" {
            shown.0.contains_key(second)
        } else {
            let keys = shown.0.entry(first.to_owned()).or_default();
            if method == "POST" || !keys.iter().any(|k| k == second) {
                keys.push(second.to_owned());
            }
            true
        }
    };
    let status = if there { "200 OK" } else { "404 Not Found" };
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await?;
    Ok(())
}

/// One request; the status of the answer.
pub async fn call(address: SocketAddr, method: &str, path: &str) -> Result<u16, Failure> {
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer
        .split_whitespace()
        .nth(1)
        .and_then(|s| s.parse().ok());
    Ok(status.ok_or("no status came back")?)
}
