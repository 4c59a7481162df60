//! The files themselves, at addresses that are known only to those who were told.

use std::collections::HashMap;
use std::sync::Arc;

use app::MediaWanted;
use app::types::data::MediaIds;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::MediaId;
use tokio_util::io::ReaderStream;

use super::{KIND, Upload, upload_id};
use crate::fault::Fault;
use crate::guard::Uncounted;
use crate::host::Host;

/// Shows a file. Its name is known only to those who have it or were told: a hash of its bytes, or a
/// random number.
pub(crate) async fn show(host: Arc<Host>, params: HashMap<String, String>) -> Response {
    let name = params.get("id").map_or("", String::as_str);
    let mut response = match found(&host, name).await {
        Ok(response) => response,
        Err(_) => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    };
    response.extensions_mut().insert(Uncounted);
    response
}

async fn found(host: &Arc<Host>, name: &str) -> Result<Response, Fault> {
    let missing = || Fault::missing("media");
    let (name, wanted) = match name.strip_suffix(".small") {
        Some(name) => (name, MediaWanted::Thumb),
        None => (name, MediaWanted::Original),
    };
    let media: MediaId = if let Some(id) = upload_id(name) {
        let note = host.app.note_of_any(KIND, &id.to_string()).await?;
        let upload: Option<Upload> = note.and_then(|value| serde_json::from_value(value).ok());
        upload.ok_or_else(missing)?.media
    } else {
        name.parse().map_err(|_| missing())?
    };
    let infos = host
        .app
        .media_info(MediaIds {
            ids: vec![media.clone()],
        })
        .await?;
    let info = infos.into_iter().next().ok_or_else(missing)?;
    let thumb = wanted == MediaWanted::Thumb;
    let path = host.app.media_file(&media, wanted).await?;
    let path = path.ok_or_else(missing)?;
    let file = tokio::fs::File::open(&path).await.map_err(|_| missing())?;
    let length = file.metadata().await.map_or(0, |m| m.len());
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let headers = response.headers_mut();
    let kind = match path.extension().and_then(|e| e.to_str()) {
        Some("png") if thumb => "image/png",
        _ if thumb => "image/jpeg",
        _ => info.mime.as_str(),
    };
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    // A picture is never run as a page.
    let sandbox = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, sandbox);
    Ok(response)
}
