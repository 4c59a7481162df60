//! Taking files into the library: how far that has come, stopping it, and files from web addresses.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use media::{Imported, MAX_FILE_BYTES, MediaError, Seen};
use model::ErrorCode;
use model::change::Actor;
use networks::http::{Arriving, GuardedClient, PageError, file_name};
use store::files::{self, FileInfo};
use tokio::sync::{mpsc, watch};
use url::Url;

use crate::app::App;
use crate::error::Result;
use crate::media_files::info;
use crate::types::data::{MediaImported, MediaInfo, MediaRefused, Paths};
use crate::types::library::{MediaImporting, VideoMaking};
use crate::types::posts::WebAddress;
use crate::types::{ApiError, Nothing};

/// Most files in one call.
const MOST: usize = 500;
/// Longest address, in bytes.
const MAX_ADDRESS: usize = 4_000;
/// Most files noted in one write.
const NOTED_AT_ONCE: usize = 32;
/// Parts of a file from the web on their way to the disk.
const PARTS: usize = 8;

/// Everything on its way into the library, of all calls together.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    shown: watch::Sender<MediaImporting>,
    /// Grows each time a person stops what is on its way.
    stops: watch::Sender<u64>,
}

impl Imports {
    /// How far it has come, now and from now on.
    pub(crate) fn follow(&self) -> watch::Receiver<MediaImporting> {
        self.shown.subscribe()
    }

    /// Tells also of versions that the library makes of videos.
    pub(crate) fn tell_of(self: &Arc<Self>, library: &media::Library) {
        let imports = Arc::clone(self);
        library.tell_making(Arc::new(move |making| {
            let making = making.map(|making| VideoMaking {
                media_id: making.media_id,
                done_ms: making.done_ms,
                length_ms: making.length_ms,
            });
            imports.shown.send_modify(|shown| shown.making = making);
        }));
    }

    fn begin(self: &Arc<Self>, files: u32, bytes: u64) -> Job {
        self.shown.send_modify(|shown| {
            shown.files += files;
            shown.bytes += bytes;
        });
        Job {
            imports: Arc::clone(self),
            stops: self.stops.subscribe(),
            begun_at: *self.stops.borrow(),
            left: files,
        }
    }
}

/// One call that takes files in. When the last one ends, the count begins anew.
struct Job {
    imports: Arc<Imports>,
    stops: watch::Receiver<u64>,
    begun_at: u64,
    left: u32,
}

impl Job {
    fn stopped(&self) -> bool {
        *self.stops.borrow() != self.begun_at
    }

    /// Waits until a person stops it.
    async fn until_stopped(&mut self) {
        let begun_at = self.begun_at;
        if self.stops.wait_for(|now| *now != begun_at).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What the library calls for every part it reads.
    fn seen(&self) -> Seen {
        let (imports, begun_at) = (Arc::clone(&self.imports), self.begun_at);
        Arc::new(move |more| {
            imports.shown.send_modify(|shown| shown.read += more);
            *imports.stops.borrow() == begun_at
        })
    }

    fn on(&self, name: &str) {
        self.imports
            .shown
            .send_modify(|shown| name.clone_into(&mut shown.name));
    }

    fn done(&mut self, files: u32) {
        let files = files.min(self.left);
        self.left -= files;
        self.imports.shown.send_modify(|shown| {
            shown.done += files;
            if shown.done >= shown.files {
                let making = shown.making.take();
                *shown = MediaImporting {
                    making,
                    ..MediaImporting::default()
                };
            }
        });
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Also when the call was given up in the middle.
        let left = self.left;
        self.done(left);
    }
}

impl App {
    /// Takes files into the library. Those that cannot be used are named with the reason.
    pub async fn media_import(&self, input: Paths) -> Result<MediaImported> {
        if input.paths.len() > MOST {
            return Err(ApiError::invalid(
                "paths",
                format!("Take at most {MOST} files at once."),
            ));
        }
        let paths: Vec<PathBuf> = input.paths.into_iter().map(PathBuf::from).collect();
        let sizes = paths.clone();
        let bytes = tokio::task::spawn_blocking(move || {
            let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |about| about.len());
            sizes.iter().map(size).sum()
        })
        .await
        .map_err(|e| ApiError::fault("looking at files", &e))?;
        let mut job = self.inner.imports.begin(paths.len() as u32, bytes);
        let mut done = MediaImported::default();
        let library = self.inner.library.clone();
        let (seen, shown) = (job.seen(), Arc::clone(&job.imports));
        let (stops, begun_at) = (job.stops.clone(), job.begun_at);
        let taking = stream::iter(paths).map(move |path| {
            let (library, seen) = (library.clone(), Arc::clone(&seen));
            let (shown, stops) = (Arc::clone(&shown), stops.clone());
            async move {
                let name = path
                    .file_name()
                    .map_or_else(|| "That".to_owned(), |n| n.to_string_lossy().into_owned());
                if *stops.borrow() != begun_at {
                    let error = MediaError::Stopped { name: name.clone() };
                    return (name, Err(error));
                }
                if !path.is_absolute() {
                    let error = MediaError::Vanished { name: name.clone() };
                    return (name, Err(error));
                }
                shown
                    .shown
                    .send_modify(|shown| name.clone_into(&mut shown.name));
                let taken = library.import_file_watched(path, seen).await;
                (name, taken)
            }
        });
        let mut taking = taking
            .buffered(media::taken_at_once())
            .ready_chunks(NOTED_AT_ONCE);
        while let Some(some) = taking.next().await {
            let count = some.len() as u32;
            self.take_all(some, &mut done).await?;
            job.done(count);
        }
        Ok(done)
    }

    /// Fetches a file from a web address into the library. Never reaches into a private network.
    pub async fn media_import_address(&self, input: WebAddress) -> Result<MediaImported> {
        let Some((name, taken)) = self.fetch_file(&input.url).await? else {
            return Ok(stopped_one());
        };
        let mut done = MediaImported::default();
        self.take_all(vec![(name, Ok(taken))], &mut done).await?;
        Ok(done)
    }

    /// Streams a file from a web address into the library, without noting it yet; its name beside it.
    /// None when a person stopped it. Never reaches into a private network.
    pub(crate) async fn fetch_file(&self, text: &str) -> Result<Option<(String, Imported)>> {
        let url = address(text)?;
        let host = url.host_str().unwrap_or("The server").to_owned();
        let told = |error: PageError| not_fetched(&host, &error);
        let config = &self.inner.config;
        let client = GuardedClient::new(&config.http, config.reach)
            .map_err(|e| ApiError::new(ErrorCode::Network, e.to_string()))?;
        let mut job = self.inner.imports.begin(1, 0);
        job.on(&host);
        let arriving = tokio::select! {
            arriving = client.download(url, MAX_FILE_BYTES) => arriving.map_err(told)?,
            () = job.until_stopped() => return Ok(None),
        };
        if let Some(bytes) = arriving.announced {
            self.inner
                .imports
                .shown
                .send_modify(|shown| shown.bytes += bytes);
        }
        let name = match file_name(&arriving.url) {
            name if name.is_empty() => format!("File from {host}"),
            name => name,
        };
        job.on(&name);
        let (send, rest) = mpsc::channel(PARTS);
        let parts = Parts {
            rest,
            part: io::Cursor::default(),
        };
        let seen = job.seen();
        let library = &self.inner.library;
        let (fetched, taken) = tokio::join!(
            feed(arriving, send, &mut job),
            library.import_stream(name.clone(), parts, seen)
        );
        if job.stopped() && taken.is_err() {
            return Ok(None);
        }
        // What the library says of a file that broke off is only what came of that. A file it refuses is
        // not read to its end, which is no fault of the server.
        if let (Err(error), Err(_)) = (fetched, &taken) {
            return Err(told(error));
        }
        let taken = match taken {
            Err(MediaError::Unsupported { what, .. }) if what.ends_with("html") => {
                let message = "There is a web page at that address, and no file. Open it in a browser, and copy the address of the picture or video itself.";
                return Err(ApiError::new(ErrorCode::Media, message).at("url"));
            }
            other => other?,
        };
        Ok(Some((name, taken)))
    }

    /// How far taking files in has come.
    #[expect(
        clippy::unused_async,
        reason = "every command is called in the same way"
    )]
    pub async fn media_importing(&self, _: Nothing) -> Result<MediaImporting> {
        Ok(self.inner.imports.shown.borrow().clone())
    }

    /// Stops taking files in; what is in stays.
    #[expect(
        clippy::unused_async,
        reason = "every command is called in the same way"
    )]
    pub async fn media_import_stop(&self, _: Nothing) -> Result<Nothing> {
        self.inner.imports.stops.send_modify(|stops| *stops += 1);
        Ok(Nothing {})
    }

    /// Notes files that the library has, and tells what became of each.
    pub(crate) async fn take_all(
        &self,
        some: Vec<(String, Result<Imported, MediaError>)>,
        done: &mut MediaImported,
    ) -> Result<()> {
        let mut there = Vec::new();
        for (name, taken) in some {
            match taken {
                Ok(imported) => there.push(imported),
                Err(MediaError::Stopped { .. }) => done.left += 1,
                Err(error) => done.refused.push(MediaRefused {
                    name,
                    message: error.to_string(),
                }),
            }
        }
        if there.is_empty() {
            return Ok(());
        }
        for (file, joined, still_there) in self.note_files(there).await? {
            if still_there {
                done.joined += u32::from(joined);
                done.files.push(file);
            } else {
                let name = file.name;
                done.refused.push(MediaRefused {
                    message: MediaError::Vanished { name: name.clone() }.to_string(),
                    name,
                });
            }
        }
        Ok(())
    }

    /// Notes files that the library has, all in one write; tells of each whether it was known before
    /// and whether its bytes are there.
    async fn note_files(&self, all: Vec<Imported>) -> Result<Vec<(MediaInfo, bool, bool)>> {
        // Bytes that were deleted for good while the same file came in are not taken for there.
        let _held = self.inner.removing.lock().await;
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let mut known = Vec::with_capacity(all.len());
        for imported in all {
            let file = FileInfo {
                id: imported.id,
                mime: imported.mime,
                bytes: imported.bytes,
                width: imported.width,
                height: imported.height,
                name: imported.name,
                alt: String::new(),
                imported_at: tx.now(),
                clip: imported.clip,
                document: imported.document,
                probed: media::video::PROBE,
                missing: false,
                used: 0,
                labels: Vec::new(),
                rights: String::new(),
                moving: imported.moving,
                deleted_at: None,
            };
            let before = files::put(&mut tx, &file).await?;
            // What a person wrote about a file they have already goes with it.
            known.push((info(files::get(&mut tx, &file.id).await?), before));
        }
        tx.commit().await?;
        let library = self.inner.library.clone();
        tokio::task::spawn_blocking(move || {
            let there = |file: &MediaInfo| library.find(&file.id).is_ok();
            known
                .into_iter()
                .map(|(file, before)| {
                    let is_there = there(&file);
                    (file, before, is_there)
                })
                .collect()
        })
        .await
        .map_err(|e| ApiError::fault("looking for files", &e))
    }

    /// Notes one file that the library has.
    pub(crate) async fn note_file(&self, imported: Imported) -> Result<MediaInfo> {
        let name = imported.name.clone();
        match self.note_files(vec![imported]).await?.pop() {
            Some((file, _, true)) => Ok(file),
            _ => Err(MediaError::Vanished { name }.into()),
        }
    }
}

fn stopped_one() -> MediaImported {
    MediaImported {
        left: 1,
        ..MediaImported::default()
    }
}

/// Hands the parts of a file on, and ends the reading in an error when they break off.
async fn feed(
    mut arriving: Arriving,
    to: mpsc::Sender<io::Result<Vec<u8>>>,
    job: &mut Job,
) -> Result<(), PageError> {
    loop {
        let part = tokio::select! {
            part = arriving.next() => part,
            () = job.until_stopped() => Err(PageError::Failed("it was stopped".to_owned())),
        };
        let (part, ended) = match part {
            Ok(Some(part)) => (Ok(part), None),
            Ok(None) => return Ok(()),
            Err(error) => (Err(io::Error::other("it broke off")), Some(error)),
        };
        // Nobody reads on where the library has refused the file already.
        let refused = to.send(part).await.is_err();
        match ended {
            Some(error) => return Err(error),
            None if refused => return Ok(()),
            None => {}
        }
    }
}

/// The parts of a file as one stream, for a thread that may wait.
struct Parts {
    rest: mpsc::Receiver<io::Result<Vec<u8>>>,
    part: io::Cursor<Vec<u8>>,
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.part.read(buffer)?;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            match self.rest.blocking_recv() {
                Some(part) => self.part = io::Cursor::new(part?),
                None => return Ok(0),
            }
        }
    }
}

fn address(text: &str) -> Result<Url> {
    let wrong = || {
        ApiError::invalid(
            "url",
            "That is not the address of a file on the web. It begins with https://.",
        )
    };
    let text = text.trim();
    if text.len() > MAX_ADDRESS {
        return Err(wrong());
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(wrong()),
    }
}

/// Why nothing was fetched, in a person's words.
fn not_fetched(host: &str, error: &PageError) -> ApiError {
    let message = match error {
        PageError::Refused => {
            "Nothing was fetched: that address leads into a private network or is no web address."
                .to_owned()
        }
        PageError::Redirects => {
            "Nothing was fetched: that address leads on and on to others. Open it in a browser, and copy the address it ends at."
                .to_owned()
        }
        PageError::TooLarge => format!(
            "Nothing was fetched: the file is larger than {} GB.",
            MAX_FILE_BYTES / 1_000_000_000
        ),
        PageError::Status(404 | 410) => {
            format!("Nothing was fetched: {host} has nothing at that address. Check it.")
        }
        PageError::Status(401 | 403) => format!(
            "Nothing was fetched: {host} shows it only to people who are signed in. Save the file in a browser, and add it from this computer."
        ),
        PageError::Status(_) => format!(
            "Nothing was fetched: {host} did not give the file. Try again later, or save it in a browser."
        ),
        PageError::Untrusted(_) => format!(
            "Nothing was fetched: this computer does not trust the certificate of {host}, or of a proxy on the way there. Where a network has certificates of its own, add them in Settings."
        ),
        PageError::Failed(_) => format!(
            "Nothing was fetched: {host} could not be reached, or broke off. Check the address and the connection."
        ),
    };
    let error_words = error.to_string();
    ApiError::new(ErrorCode::Network, message)
        .at("url")
        .with_detail(error_words)
}
