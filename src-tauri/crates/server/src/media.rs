//! Pictures for the screen, in a window or in a browser: `<id>` is the original, `thumb/<id>` its thumbnail,
//! `edited/<id>/<edits>` the picture with edits done to it, `proof/<id>/<edits>` the same for the editor, at
//! the size of a screen and without any loss, and `sent/<id>/<file>` a picture as an account gets it. The
//! page names files of the library only, never a path.

use std::io;
use std::path::{Path, PathBuf};

use app::{App, MediaWanted};
use axum::http::{Response, StatusCode, header};
use model::edit::Operation;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// Answers a request for what a path names; of a video a piece that begins at `from`.
pub async fn answer(app: &App, path: &str, from: Option<u64>) -> Response<Vec<u8>> {
    if let Some((id, edits)) = proof(path) {
        let made = match id.parse() {
            Ok(id) => app.media_proof(&id, edits).await,
            Err(_) => return empty(StatusCode::BAD_REQUEST),
        };
        let made = made
            .inspect_err(|error| tracing::warn!(%error, "a picture could not be made"))
            .ok()
            .flatten();
        return made.map_or_else(|| empty(StatusCode::NOT_FOUND), picture);
    }
    let Some(wanted) = Wanted::parse(path) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let Some(file) = file(app, wanted).await else {
        return empty(StatusCode::NOT_FOUND);
    };
    if let Some(from) = from {
        return piece(&file, from).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a file of the library could not be read");
            empty(StatusCode::NOT_FOUND)
        });
    }
    match whole(&file).await {
        Ok(None) => empty(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Some(bytes)) => picture(bytes),
        Err(error) => {
            tracing::warn!(%error, "a file of the library could not be read");
            empty(StatusCode::NOT_FOUND)
        }
    }
}

async fn file(app: &App, wanted: Wanted) -> Option<PathBuf> {
    let id = wanted.id.parse().ok()?;
    let found = app.media_file(&id, wanted.which).await;
    found
        .inspect_err(|error| tracing::warn!(%error, "a file of the library could not be found"))
        .ok()
        .flatten()
}

fn picture(bytes: Vec<u8>) -> Response<Vec<u8>> {
    Response::builder()
        .header(header::CONTENT_TYPE, mime(&bytes))
        // The id is the hash of the content: it never changes.
        .header(header::CACHE_CONTROL, "max-age=31536000, immutable")
        .header("X-Content-Type-Options", "nosniff")
        .body(bytes)
        .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The picture and the edits that an address of the editor names.
fn proof(path: &str) -> Option<(String, Vec<Operation>)> {
    let path = plain(path);
    let (id, edits) = path.strip_prefix("proof/")?.split_once('/')?;
    let edits = MediaWanted::edits(edits)?;
    is_hash(id).then(|| (id.to_owned(), edits))
}

/// An address without its first slash. The page's helper encodes the slash between two parts.
fn plain(path: &str) -> String {
    path.trim_start_matches('/')
        .replace("%2F", "/")
        .replace("%2f", "/")
}

fn is_hash(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Largest file that is handed over in one piece, in bytes. Larger ones are videos, and players ask for
/// them in pieces.
const LARGEST: u64 = 128 << 20;
/// Largest piece, in bytes: some seconds of a video.
const PIECE: u64 = 2 << 20;

/// All of a file; none when it is too large for that.
async fn whole(file: &Path) -> io::Result<Option<Vec<u8>>> {
    if tokio::fs::metadata(file).await?.len() > LARGEST {
        return Ok(None);
    }
    tokio::fs::read(file).await.map(Some)
}

/// A piece of a file, so that memory does not grow with a video.
async fn piece(file: &Path, from: u64) -> io::Result<Response<Vec<u8>>> {
    let mut file = tokio::fs::File::open(file).await?;
    let all = file.metadata().await?.len();
    if from >= all {
        return Ok(empty(StatusCode::RANGE_NOT_SATISFIABLE));
    }
    let mut head = [0; 16];
    let read = file.read(&mut head).await?;
    file.seek(io::SeekFrom::Start(from)).await?;
    let mut bytes = Vec::new();
    file.take(PIECE).read_to_end(&mut bytes).await?;
    let last = from + (bytes.len() as u64).saturating_sub(1);
    Ok(Response::builder()
        .status(StatusCode::PARTIAL_CONTENT)
        .header(header::CONTENT_TYPE, mime(&head[..read]))
        .header(header::CONTENT_RANGE, format!("bytes {from}-{last}/{all}"))
        .header(header::ACCEPT_RANGES, "bytes")
        .header("X-Content-Type-Options", "nosniff")
        .body(bytes)
        .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR)))
}

/// Where a range begins: `bytes=0-`. What it ends with is left to us.
#[must_use]
pub fn first_of(range: &str) -> Option<u64> {
    let (first, _) = range.strip_prefix("bytes=")?.split_once('-')?;
    first.trim().parse().ok()
}

/// The kind of a picture by its first bytes. Anything else is never shown as what it claims to be.
fn mime(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "video/webm",
        _ => "application/octet-stream",
    }
}

/// An answer without a body.
#[must_use]
pub fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

/// What an address asks for.
struct Wanted {
    /// The content hash in hexadecimal.
    id: String,
    /// The file itself or what is made of it.
    which: MediaWanted,
}

impl Wanted {
    fn parse(path: &str) -> Option<Self> {
        let path = plain(path);
        let (which, id) = if let Some(id) = path.strip_prefix("thumb/") {
            (MediaWanted::Thumb, id)
        } else if let Some(rest) = path.strip_prefix("edited/") {
            let (id, edits) = rest.split_once('/')?;
            (MediaWanted::edited(edits)?, id)
        } else if let Some(rest) = path.strip_prefix("sent/") {
            let (id, file) = rest.split_once('/')?;
            (MediaWanted::Sent(file.to_owned()), id)
        } else {
            (MediaWanted::Original, path.as_str())
        };
        is_hash(id).then(|| Self {
            id: id.to_owned(),
            which,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn videos_are_handed_over_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let mut bytes = b"\0\0\0\x18ftypisom".to_vec();
        bytes.resize(usize::try_from(PIECE).unwrap() + 100, 7);
        std::fs::write(&file, &bytes).unwrap();
        let first = piece(&file, first_of("bytes=0-").unwrap()).await.unwrap();
        assert_eq!(first.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(first.body().len() as u64, PIECE);
        let rest = piece(&file, PIECE).await.unwrap();
        let range = &rest.headers()[header::CONTENT_RANGE];
        assert_eq!(
            range,
            &format!("bytes {PIECE}-{}/{}", bytes.len() - 1, bytes.len())
        );
        assert_eq!(rest.headers()[header::CONTENT_TYPE], "video/mp4");
        assert_eq!(rest.body().len(), 100);
        let past = piece(&file, 1 << 40).await.unwrap();
        assert_eq!(past.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(first_of("lines=1-2"), None);
    }

    #[test]
    fn only_content_hashes_are_served() {
        let id = "0123456789abcdef".repeat(4);
        let which = |path: &str| Wanted::parse(path).map(|wanted| wanted.which);
        assert_eq!(which(&format!("/{id}")), Some(MediaWanted::Original));
        assert_eq!(which(&format!("/thumb%2F{id}")), Some(MediaWanted::Thumb));
        // [{"do":"turn","quarters":1}], then one that cannot be done.
        let turn = "W3siZG8iOiJ0dXJuIiwicXVhcnRlcnMiOjF9XQ";
        let edited = which(&format!("/edited%2F{id}%2F{turn}"));
        let quarters = model::edit::Operation::Turn { quarters: 1 };
        assert_eq!(edited, Some(MediaWanted::Edited(vec![quarters])));
        let nine = "W3siZG8iOiJ0dXJuIiwicXVhcnRlcnMiOjl9XQ";
        assert_eq!(which(&format!("/edited/{id}/{nine}")), None);
        assert_eq!(which(&format!("/edited/{id}/..")), None);
        assert!(Wanted::parse("/../../etc/passwd").is_none());
        assert!(Wanted::parse("/thumb/%2e%2e").is_none());
    }
}
