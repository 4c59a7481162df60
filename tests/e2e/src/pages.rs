//! Serves a folder of built pages on a free port of this computer, for a browser under test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sandbox::Server;
use serde_json::{Value, json};

use crate::Session;

/// The engine's own small browser, from the package of the library the app uses.
pub const BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/// Serves as long as the server is kept; its address answers at once.
pub async fn serve(folder: &Path) -> Result<Server> {
    let pages = Router::new()
        .fallback(file)
        .with_state(Arc::new(folder.to_owned()));
    Ok(Server::start(pages).await?)
}

async fn file(State(folder): State<Arc<PathBuf>>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.split('/').any(|part| part == "..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    match tokio::fs::read(folder.join(path)).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Calls a function of the page's `bench` and waits for its number, which comes as text: the driver cannot read
/// every number that a page may write.
pub async fn figure(session: &Session, name: &str, args: Value) -> Result<f64> {
    let answer = session
        .script(
            "const [name, args, done] = arguments;
             Promise.resolve().then(() => window.bench[name](...args))
               .then((ok) => done({ ok: String(ok) }), (error) => done({ error: String(error) }));",
            vec![json!(name), args],
        )
        .await
        .with_context(|| format!("the page could not tell its figure: {name}"))?;
    answer["ok"]
        .as_str()
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("{name}: {answer}"))
}
