//! Files: uploads as programs name them, files from addresses, and the files themselves.
//!
//! What a program uploads gets an identifier of its own beside the library's, so that it can be deleted
//! again without touching a file that somebody else uses, and so that no other workspace knows it.

mod shown;
mod used;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use app::App;
use app::programs::Arriving;
use app::types::data::{MediaIds, MediaInfo};
use app::types::library::{MediaDescribe, OneMedia};
use axum::body::Body;
use futures_util::Stream;
use model::{KeyId, MediaId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::arriving::{self, Cut};
use crate::call::Call;
use crate::fault::{Fault, Kind};
use crate::host::Host;
use crate::limits::{Bucket, Count, Who};
use crate::world::World;

pub(crate) use shown::show;
pub(crate) use used::{Given, Had, used};

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

/// Takes an announced upload. Its address works once, and is counted with the requests of the key that it was given
/// to.
pub(crate) async fn redeem(host: &Arc<Host>, token: &str, body: Body) -> Result<Count, Fault> {
    let now = host.app.now();
    let tickets = || host.tickets.lock().unwrap_or_else(PoisonError::into_inner);
    let key = tickets()
        .get(token)
        .filter(|t| t.until > now)
        .map(|t| t.key);
    let who = key.map_or(Who::Strangers, Who::Key);
    let count = host.limits.take(who, Bucket::Requests, now)?;
    let ticket = tickets().remove(token).filter(|t| t.until > now);
    // An address is as good as the key that it was given to.
    let good = match key {
        Some(key) => host.app.key_ends(key).await?.is_some(),
        None => false,
    };
    let taken = match ticket.filter(|_| good) {
        Some(ticket) => take_announced(host, &ticket, body).await,
        None => Err(Fault::missing("upload")),
    };
    match taken {
        Ok(_) => Ok(count),
        Err(fault) => Err(fault.counted(count)),
    }
}

async fn take_announced(host: &Arc<Host>, ticket: &Ticket, body: Body) -> Result<Upload, Fault> {
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
    tell_library(&host.app, &taken.info, alt).await?;
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

/// Writes what a program says is to be seen in a file into the library, where nobody described it yet: there it is
/// searched, and posts made in the window start with it.
async fn tell_library(app: &App, known: &MediaInfo, alt: &str) -> Result<(), Fault> {
    if alt.trim().is_empty() || !known.alt.is_empty() {
        return Ok(());
    }
    app.media_describe(MediaDescribe {
        id: known.id.clone(),
        name: None,
        alt: Some(alt.to_owned()),
        rights: None,
    })
    .await?;
    Ok(())
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

/// What programs write for a file, without a prefix or the path before it.
fn bare(text: &str) -> &str {
    let last = text.rsplit('/').next().unwrap_or(text);
    last.strip_prefix("media_")
        .or_else(|| last.strip_prefix("img_"))
        .unwrap_or(last)
}

/// The identifier of an upload, out of what programs write.
fn upload_id(text: &str) -> Option<Uuid> {
    bare(text).get(..36)?.parse().ok()
}

/// The hash of a file, by which posts show the files they have.
fn hash_of(text: &str) -> Option<MediaId> {
    bare(text).parse().ok()
}

/// An upload of this workspace, or a file that one of its posts has, with the identifier that it is known by.
pub(crate) async fn upload(call: &Call, text: &str) -> Result<(String, Upload), Fault> {
    let missing = || Fault::missing("media");
    if let Some(media) = hash_of(text) {
        let known = of_posts(call, media).await?.ok_or_else(missing)?;
        let upload = Upload {
            media: known.id,
            alt: known.alt,
            name: slug(&known.name),
        };
        return Ok((upload.media.to_string(), upload));
    }
    let id = upload_id(text).ok_or_else(missing)?;
    let found = call
        .app()
        .note(call.workspace(), KIND, &id.to_string())
        .await?;
    let upload = found
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or_else(missing)?;
    Ok((id.to_string(), upload))
}

/// A file that a post of this workspace has.
async fn of_posts(call: &Call, media: MediaId) -> Result<Option<MediaInfo>, Fault> {
    let known = info(call, &media).await?;
    let uses = call.app().media_uses(OneMedia { id: media }).await?;
    let ours = World::read(call).await?.calendars();
    let has = uses.chips.iter().any(|c| ours.contains(&c.calendar_id));
    Ok(has.then_some(known))
}

/// Writes down anew what is known of an upload.
pub(crate) async fn describe(call: &Call, id: Uuid, upload: &Upload) -> Result<(), Fault> {
    let known = info(call, &upload.media).await?;
    tell_library(call.app(), &known, &upload.alt).await?;
    crate::world::put_note(call, KIND, &id.to_string(), upload).await
}

/// Forgets an upload, and gives its identifier. Posts that use its file keep it.
pub(crate) async fn forget(call: &Call, text: &str) -> Result<String, Fault> {
    let (id, _) = upload(call, text).await?;
    if hash_of(text).is_some() {
        return Err(Fault::new(
            Kind::Conflict,
            "A post has this file: take it out of the post. An upload is deleted by the id that it was given.",
        ));
    }
    call.app().forget_note(call.workspace(), KIND, &id).await?;
    Ok(id)
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
pub(crate) fn address(call: &Call, id: &str) -> String {
    format!("{}/media/{id}", call.base)
}
