//! Files: uploads as programs name them, files from addresses, and the files themselves.
//!
//! What a program uploads gets an identifier of its own beside the library's, so that it can be deleted
//! again without touching a file that somebody else uses, and so that no other workspace knows it.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use app::MediaWanted;
use app::programs::Arriving;
use app::types::data::{MediaIds, MediaInfo};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use model::content::MediaUse;
use model::{KeyId, MediaId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use crate::arriving::{self, Cut};
use crate::call::Call;
use crate::fault::{Fault, Kind};
use crate::host::Host;
use crate::limits::Bucket;

/// The kind of notes on uploads.
const KIND: &str = "upload";
/// Largest file that is taken, in bytes: as the library. What it takes of pictures and documents is less,
/// and it says so once it has seen what a file is.
const MAX_FILE: u64 = app::MAX_FILE_BYTES;
/// How long an upload may begin after it was announced.
const TICKET_KEEPS: Duration = Duration::from_mins(30);
/// Most uploads that are announced at a time.
const MOST_TICKETS: usize = 1_000;

/// An upload that was announced.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    /// Its identifier.
    pub upload: Uuid,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Whose key announced it.
    pub key: KeyId,
    /// What it is called.
    pub name: String,
    /// How many bytes it will be.
    pub bytes: u64,
    /// Until when it may begin.
    pub until: Timestamp,
}

/// Announced uploads by token.
pub(crate) type Tickets = HashMap<String, Ticket>;

/// What is known of an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    /// The file.
    pub media: MediaId,
    /// Description for people who cannot see it.
    #[serde(default)]
    pub alt: String,
    /// What it is called.
    #[serde(default)]
    pub name: String,
}

/// A name as a part of an address: letters, digits, dots and dashes.
pub(crate) fn slug(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_".contains(c) {
                c
            } else {
                '-'
            }
        })
        .take(100)
        .collect();
    if clean.trim_matches(['.', '-']).is_empty() {
        "file".to_owned()
    } else {
        clean
    }
}

fn random_uuid(host: &Host) -> Uuid {
    let mut bytes = [0; 16];
    host.app.random(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Announces an upload: gives its identifier and the token of its address.
pub(crate) fn announce(call: &Call, name: &str, bytes: u64) -> Result<(Uuid, String), Fault> {
    if bytes > MAX_FILE {
        return Err(Cut::TooLarge.fault("file", MAX_FILE));
    }
    let host = &call.host;
    let token = host.app.random_hex(24);
    let now = host.app.now();
    let ticket = Ticket {
        upload: random_uuid(host),
        workspace: call.workspace(),
        key: call.bearer.key,
        name: slug(name),
        bytes,
        until: now.plus(TICKET_KEEPS),
    };
    let upload = ticket.upload;
    let mut tickets = host.tickets.lock().unwrap_or_else(PoisonError::into_inner);
    tickets.retain(|_, t| t.until > now);
    if tickets.len() >= MOST_TICKETS {
        return Err(Fault::new(
            Kind::Conflict,
            "Too many uploads were announced and not sent. Send those first.",
        ));
    }
    tickets.insert(token.clone(), ticket);
    Ok((upload, token))
}

/// Takes an announced upload. Its address works once.
pub(crate) async fn redeem(host: &Arc<Host>, token: &str, body: Body) -> Result<Upload, Fault> {
    let ticket = {
        let mut tickets = host.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.remove(token)
    };
    let now = host.app.now();
    let ticket = ticket
        .filter(|t| t.until > now)
        .ok_or_else(|| Fault::missing("upload"))?;
    tracing::info!(key = %ticket.key, "an announced file arrives");
    let stream = body.into_data_stream();
    let arrived = arrive(host, stream, ticket.bytes, &ticket.name).await?;
    let length = arrived.length;
    if length != ticket.bytes {
        return Err(Fault::invalid(
            "fileSize",
            format!(
                "{} bytes were announced and {length} arrived.",
                ticket.bytes
            ),
        ));
    }
    keep(host, ticket.workspace, ticket.upload, &arrived, "").await
}

/// A file that has arrived and is not in the library yet; it goes when this is dropped.
pub(crate) struct Arrived {
    file: Arriving,
    name: String,
    /// How many bytes it has.
    length: u64,
    /// Hash of its bytes.
    pub hash: blake3::Hash,
}

/// Receives a file that arrives as part of a form.
pub(crate) async fn receive<S, E>(call: &Call, stream: S, name: &str) -> Result<Arrived, Fault>
where
    S: Stream<Item = Result<axum::body::Bytes, E>> + Unpin + Send,
    E: Error + 'static,
{
    arrive(&call.host, stream, MAX_FILE, name).await
}

/// Takes a file that has arrived into the library, with its description.
pub(crate) async fn take(
    call: &Call,
    arrived: &Arrived,
    alt: &str,
) -> Result<(Uuid, Upload), Fault> {
    let id = random_uuid(&call.host);
    let kept = keep(&call.host, call.workspace(), id, arrived, alt).await?;
    Ok((id, kept))
}

/// Writes what arrives to a file beside the library.
async fn arrive<S, E>(host: &Arc<Host>, stream: S, limit: u64, name: &str) -> Result<Arrived, Fault>
where
    S: Stream<Item = Result<axum::body::Bytes, E>> + Unpin + Send,
    E: Error + 'static,
{
    let arrived = host.app.arriving_file()?;
    let file = tokio::fs::File::from_std(arrived.open()?);
    let mut hasher = blake3::Hasher::new();
    let seen = |piece: &[u8]| {
        hasher.update(piece);
    };
    let length = arriving::to_file(stream, limit, file, seen)
        .await
        .map_err(|cut| cut.fault("file", limit))?;
    Ok(Arrived {
        file: arrived,
        name: slug(name),
        length,
        hash: hasher.finalize(),
    })
}

async fn keep(
    host: &Arc<Host>,
    workspace: WorkspaceId,
    id: Uuid,
    arrived: &Arrived,
    alt: &str,
) -> Result<Upload, Fault> {
    let path = arrived.file.path().to_owned();
    let taken = host.app.media_take(path, &arrived.name).await?;
    let upload = Upload {
        media: taken.info.id,
        alt: alt.to_owned(),
        name: arrived.name.clone(),
    };
    let value = serde_json::to_value(&upload)
        .map_err(|error| Fault::new(Kind::Internal, error.to_string()))?;
    host.app
        .put_note(workspace, KIND, &id.to_string(), &value)
        .await?;
    Ok(upload)
}

/// Gives a file of the library an identifier that a program can name it by.
pub(crate) async fn name_file(call: &Call, media: MediaId, name: &str) -> Result<Uuid, Fault> {
    let id = random_uuid(&call.host);
    let upload = Upload {
        media,
        alt: String::new(),
        name: slug(name),
    };
    crate::world::put_note(call, KIND, &id.to_string(), &upload).await?;
    Ok(id)
}

/// The identifier of an upload, out of what programs write: with a prefix, or as part of a path.
fn upload_id(text: &str) -> Option<Uuid> {
    let last = text.rsplit('/').next().unwrap_or(text);
    let bare = last
        .strip_prefix("media_")
        .or_else(|| last.strip_prefix("img_"))
        .unwrap_or(last);
    bare.get(..36)?.parse().ok()
}

/// An upload of this workspace.
pub(crate) async fn upload(call: &Call, text: &str) -> Result<(Uuid, Upload), Fault> {
    let missing = || Fault::missing("media");
    let id = upload_id(text).ok_or_else(missing)?;
    let found = call
        .app()
        .note(call.workspace(), KIND, &id.to_string())
        .await?;
    let upload = found
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or_else(missing)?;
    Ok((id, upload))
}

/// Writes down anew what is known of an upload.
pub(crate) async fn describe(call: &Call, id: Uuid, upload: &Upload) -> Result<(), Fault> {
    crate::world::put_note(call, KIND, &id.to_string(), upload).await
}

/// Forgets an upload. Posts that use its file keep it.
pub(crate) async fn forget(call: &Call, text: &str) -> Result<(), Fault> {
    let (id, _) = upload(call, text).await?;
    call.app()
        .forget_note(call.workspace(), KIND, &id.to_string())
        .await?;
    Ok(())
}

/// What is known of a file.
pub(crate) async fn info(call: &Call, media: &MediaId) -> Result<MediaInfo, Fault> {
    let ids = vec![media.clone()];
    let found = call.app().media_info(MediaIds { ids }).await?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Fault::missing("media"))
}

/// The address under which a file can be looked at.
pub(crate) fn address(host: &Host, id: &str) -> String {
    format!("{}/media/{id}", host.base())
}

/// A file as a post uses it: uploaded before, or fetched from its address.
pub(crate) async fn used(
    call: &Call,
    id: Option<&str>,
    url: Option<&str>,
    alt: Option<&str>,
    field: &str,
) -> Result<MediaUse, Fault> {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        // As posts show the files they have.
        let bare = id.strip_prefix("media_").unwrap_or(id);
        if let Ok(media) = bare.parse::<MediaId>() {
            let known = info(call, &media).await?;
            return Ok(MediaUse::new(known.id, alt.unwrap_or_default()));
        }
        let (_, upload) = upload(call, id).await?;
        return Ok(MediaUse::new(upload.media, alt.unwrap_or(&upload.alt)));
    }
    let Some(url) = url else {
        return Err(Fault::invalid(field, "A file needs its id or its address."));
    };
    let own = format!("{}/media/", call.host.base());
    if let Some(name) = url.strip_prefix(&own) {
        if let Ok(media) = name.parse::<MediaId>() {
            let known = info(call, &media).await?;
            return Ok(MediaUse::new(known.id, alt.unwrap_or_default()));
        }
        let (_, upload) = upload(call, name).await?;
        return Ok(MediaUse::new(upload.media, alt.unwrap_or(&upload.alt)));
    }
    call.counts(Bucket::Media)?;
    let taken = call.app().media_fetch(url).await.map_err(|error| {
        let fault = Fault::from(error);
        fault.with("field", field).given(url)
    })?;
    Ok(MediaUse::new(taken.info.id, alt.unwrap_or_default()))
}

/// Shows a file. Its name is known only to those who have it or were told: a hash of its bytes, or a
/// random number.
pub(crate) async fn show(host: Arc<Host>, params: HashMap<String, String>) -> Response {
    let name = params.get("id").map_or("", String::as_str);
    match found(&host, name).await {
        Ok(response) => response,
        Err(_) => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    }
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
