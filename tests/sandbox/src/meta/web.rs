//! A web server over a folder, and the crawler that fetches from it.

use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::File;
use crate::Server;

/// Largest file that is fetched.
const MAX_BYTES: u64 = 64 << 20;

/// Serves the files of a folder below `/public/`.
pub async fn start(folder: PathBuf) -> std::io::Result<Server> {
    let routes = Router::new()
        .route("/public/{name}", get(one))
        .with_state(folder);
    Server::start(routes).await
}

async fn one(State(folder): State<PathBuf>, Path(name): Path<String>) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("mp4") => "video/mp4",
        Some("mov") => "video/quicktime",
        _ => "application/octet-stream",
    };
    if name.contains('/') || name.starts_with('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    let opened = async {
        let file = tokio::fs::File::open(folder.join(name)).await?;
        let bytes = file.metadata().await?.len();
        Ok::<_, std::io::Error>((file, bytes.to_string()))
    };
    match opened.await {
        Ok((file, bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_LENGTH, bytes.as_str()),
            ];
            (headers, streamed(file)).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file of any size as a body.
fn streamed(file: tokio::fs::File) -> Body {
    let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; 64 << 10];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    Body::from_stream(pieces)
}

/// Fetches a file as the network's crawler does: one plain request, no redirect.
pub async fn fetch(address: &str) -> Result<File, String> {
    let rest = address
        .strip_prefix("http://")
        .ok_or("only this computer is fetched from")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = tokio::net::TcpStream::connect(host).await.map_err(failed)?;
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: facebookexternalhit/1.1\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut answer = vec![];
    stream
        .take(MAX_BYTES)
        .read_to_end(&mut answer)
        .await
        .map_err(failed)?;
    let end = answer
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .ok_or("no answer")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    if !head.starts_with("http/1.1 200") {
        return Err(head.lines().next().unwrap_or_default().to_owned());
    }
    let kind = head.lines().find_map(|l| l.strip_prefix("content-type: "));
    Ok(File {
        name: String::new(),
        mime: kind.unwrap_or_default().to_owned(),
        bytes: Bytes::copy_from_slice(&answer[end + 4..]),
    })
}
