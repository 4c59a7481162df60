//! The program: everything below it opened, and the few things a host needs besides the commands.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use base64::Engine as _;
use model::edit::Operation;
use model::{Clock, Entropy, MediaId, Timestamp};
use publisher::{Publisher, StorePurse};
use serde_json::Value;
use store::{Conn, Store, StoreConfig};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accounts::SignIns;
use crate::config::AppConfig;
use crate::error::Result;
use crate::imports::Imports;
use crate::open::{self, OpenError};
use crate::posts::Kept;
use crate::programs::Look;
use crate::types::library::MediaImporting;
use crate::types::session::ChangeBatch;
use crate::vault::{SwitchVault, VaultChoice};
use crate::webhooks::{Deliverer, Telling};
use crate::{data, dispatch, housekeeping};

/// The program. Clones share everything.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
    /// What every write looks at first, for a key that may not do everything.
    pub(crate) look: Option<Arc<Look>>,
}

pub(crate) struct Inner {
    pub(crate) config: AppConfig,
    pub(crate) store: Store,
    pub(crate) library: media::Library,
    pub(crate) vault: Arc<SwitchVault>,
    /// Where paid calls are noted.
    pub(crate) purse: StorePurse,
    pub(crate) publisher: RwLock<Option<Arc<Publisher>>>,
    /// How often the system said that there is no way to the internet, and since when there is none.
    pub(crate) offline: Mutex<(u64, Option<Timestamp>)>,
    /// The daily work; ends with the program.
    pub(crate) daily: Mutex<Option<JoinHandle<()>>>,
    /// Held while the daily work is done.
    pub(crate) daily_once: tokio::sync::Mutex<()>,
    /// The host has to start the program anew.
    pub(crate) restart: watch::Sender<bool>,
    /// The database turned out to be damaged after it was opened.
    pub(crate) damage: watch::Sender<Option<OpenError>>,
    /// Nothing was ever written before this run.
    pub(crate) first_start: bool,
    /// Drafts that keep what was typed into a post that changed elsewhere, by session of the composer.
    pub(crate) kept: Mutex<HashMap<String, Kept>>,
    /// When public files that were left behind were last taken away.
    pub(crate) public_files_swept_at: Mutex<Option<Timestamp>>,
    /// When it was last looked which sign-ins end soon.
    pub(crate) sign_ins_looked_at: Mutex<Option<Timestamp>>,
    /// Sign-ins that are under way.
    pub(crate) sign_ins: SignIns,
    /// Files that are on their way into the library.
    pub(crate) imports: Arc<Imports>,
    /// How other programs are told what happens; none before somebody says in whose words.
    pub(crate) telling: OnceLock<Telling>,
    /// Who tells them; ends with the program.
    pub(crate) deliverer: Mutex<Option<Deliverer>>,
    /// Held while bytes leave the library, and while it is noted that a file came.
    pub(crate) removing: tokio::sync::Mutex<()>,
}

impl Inner {
    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.config.entropy)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.config.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }
}

/// Which file of a picture is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaWanted {
    /// A small picture of at most 256 × 256 pixels.
    Thumb,
    /// The file itself.
    Original,
    /// The picture with these edits done to it, as a network would get it; of a video the picture that
    /// stands for it.
    Edited(Vec<Operation>),
    /// The picture that `media.as_sent` named: the very file that an account gets.
    Sent(String),
}

impl MediaWanted {
    /// Longest list of edits in an address, in bytes.
    const MAX_EDITS: usize = 32 * 1024;

    /// The edits that an address names: their JSON in URL-safe base64 without padding. None when it
    /// is no list of edits that can be done.
    #[must_use]
    pub fn edited(text: &str) -> Option<Self> {
        Self::edits(text).map(Self::Edited)
    }

    /// The edits themselves.
    #[must_use]
    pub fn edits(text: &str) -> Option<Vec<Operation>> {
        if text.len() > Self::MAX_EDITS {
            return None;
        }
        let json = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(text)
            .ok()?;
        let edits: Vec<Operation> = serde_json::from_slice(&json).ok()?;
        model::edit::check(&edits).ok()?;
        Some(edits)
    }
}

impl App {
    /// Opens the data folder, does what is due at a start, and starts publishing.
    pub async fn open(config: AppConfig) -> Result<Self, OpenError> {
        let dir = config.data_dir.clone();
        if let Some(error) = open::missing_data(&dir, config.pointer_file.as_deref()) {
            return Err(error);
        }
        data::restore_if_asked(&dir, config.clock.now()).await?;
        let opened = Store::open(StoreConfig::new(
            &dir,
            &config.machine_id,
            &config.program_version,
            Arc::clone(&config.clock),
            Arc::clone(&config.entropy),
        ))
        .await
        .map_err(|e| OpenError::of(&e, &dir))?;
        let library =
            media::Library::open(dir.join("media")).map_err(|e| OpenError::of_media(&e, &dir))?;
        let vault = Arc::new(SwitchVault::new(config.vault.clone(), &dir));
        if let VaultChoice::Sealed(passphrase) = &config.vault {
            let entropy = Arc::clone(&config.entropy);
            let opened_file = vault.open_sealed(passphrase, entropy).await;
            opened_file.map_err(|e| OpenError::of_vault(&e, &dir))?;
        }
        let first_start = opened.fresh;
        let inner = Inner {
            config,
            purse: StorePurse::new(opened.store.clone()),
            store: opened.store,
            library,
            vault,
            publisher: RwLock::default(),
            offline: Mutex::default(),
            daily: Mutex::default(),
            daily_once: tokio::sync::Mutex::default(),
            restart: watch::Sender::new(false),
            damage: watch::Sender::new(None),
            first_start,
            kept: Mutex::default(),
            sign_ins_looked_at: Mutex::default(),
            public_files_swept_at: Mutex::default(),
            sign_ins: SignIns::default(),
            imports: Arc::default(),
            telling: OnceLock::new(),
            deliverer: Mutex::default(),
            removing: tokio::sync::Mutex::default(),
        };
        inner.imports.tell_of(&inner.library);
        let app = Self::of(Arc::new(inner));
        housekeeping::at_start(&app)
            .await
            .map_err(|e| OpenError::of(&e, &dir))?;
        if let Err(error) = app.use_public_files().await {
            tracing::error!(%error, "the public storage could not be read");
        }
        let named = app.settings().await.unwrap_or_default().ffmpeg;
        app.ffmpeg_is_at(&named);
        housekeeping::start_daily(&app);
        if app.inner.config.start_publisher {
            app.hear_of_the_internet().await;
            app.inner.start_publisher();
        }
        Ok(app)
    }

    /// The program for whoever may do everything.
    pub(crate) const fn of(inner: Arc<Inner>) -> Self {
        Self { inner, look: None }
    }

    /// Ends the program: sends in flight get some seconds, then the store is closed.
    pub async fn shutdown(&self) {
        self.inner.stop_publisher().await;
        let deliverer = self
            .inner
            .deliverer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(deliverer) = deliverer {
            deliverer.stop().await;
        }
        // Before the daily work is cut off: a copy of the database that it is making ends first.
        self.inner.store.clone().close().await;
        let daily = self
            .inner
            .daily
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(daily) = daily {
            daily.abort();
        }
    }

    /// Gives caches back to the system, as when the window is gone and nobody reads.
    pub async fn release_memory(&self) -> Result<()> {
        self.inner.library.close_proofs();
        Ok(self.inner.store.release_memory().await?)
    }

    /// Turns true when the data folder was moved or a backup waits to be put back: the host then
    /// starts the program anew.
    #[must_use]
    pub fn restart_wanted(&self) -> watch::Receiver<bool> {
        self.inner.restart.subscribe()
    }

    /// Turns into what an opening would have said when the database turns out to be damaged while it is
    /// open: a large file is looked through only then. The host then ends the program and offers the
    /// backup.
    #[must_use]
    pub fn damage(&self) -> watch::Receiver<Option<OpenError>> {
        self.inner.damage.subscribe()
    }

    /// Runs a command by its name, JSON in and JSON out.
    pub async fn call(&self, name: &str, input: Value) -> Result<Value> {
        dispatch::call(self, name, input).await
    }

    /// The same with the answer as JSON text, for hosts that only pass it on: a month of ten thousand
    /// posts is written once instead of twice.
    pub async fn call_json(&self, name: &str, input: Value) -> Result<String> {
        dispatch::call(self, name, input).await
    }

    /// Changes from now on, for a window.
    #[must_use]
    pub fn subscribe(&self) -> Changes {
        let newest = self.inner.store.subscribe();
        let seq = *newest.borrow();
        Changes {
            store: self.inner.store.clone(),
            newest,
            seq,
        }
    }

    /// Where a file of the library lies; none when the library does not have it, or when a thumbnail
    /// is wanted of a file that is no picture.
    pub async fn media_file(&self, id: &MediaId, wanted: MediaWanted) -> Result<Option<PathBuf>> {
        let library = &self.inner.library;
        let found = match wanted {
            MediaWanted::Thumb => library.thumbnail(id).await,
            MediaWanted::Original => self.shown_anywhere(id).await,
            MediaWanted::Sent(file) => Ok(library.sent_path(id, &file)),
            MediaWanted::Edited(edits) => {
                library.view(id, "A file of a post".to_owned(), edits).await
            }
        };
        match found {
            Err(media::MediaError::NotInLibrary { .. }) => Ok(None),
            other => Ok(other?),
        }
    }

    /// The file itself, or a JPEG of it where web-views do not show its kind.
    async fn shown_anywhere(
        &self,
        id: &MediaId,
    ) -> std::result::Result<Option<PathBuf>, media::MediaError> {
        const SIDE: u32 = 4096;
        let library = &self.inner.library;
        let path = library.find(id)?;
        let kind = path
            .extension()
            .and_then(|e| media::Kind::of_extension(e.to_str()?));
        if kind.is_none_or(|kind| !kind.is_picture() || kind.is_shown_anywhere()) {
            return Ok(Some(path));
        }
        let name = "A picture of a post".to_owned();
        let small = vec![Operation::Resize { side: SIDE }];
        Ok(Some(library.edited(id, name, small).await?.path))
    }

    /// A picture of the library with edits done to it at the size of a screen, as a PNG; none when the
    /// library does not have it.
    pub async fn media_proof(
        &self,
        id: &MediaId,
        edits: Vec<Operation>,
    ) -> Result<Option<Vec<u8>>> {
        let name = "A picture of a post".to_owned();
        match self.inner.library.proof(id, name, edits).await {
            Err(media::MediaError::NotInLibrary { .. }) => Ok(None),
            other => Ok(Some(other?)),
        }
    }

    /// How far taking files in has come, for a window to follow.
    #[must_use]
    pub fn importing(&self) -> watch::Receiver<MediaImporting> {
        self.inner.imports.follow()
    }

    /// Whether both are the same opened program.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// The clock's instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.now()
    }

    /// A connection to read through.
    pub(crate) async fn read(&self) -> Result<Conn> {
        Ok(self.inner.store.read().await?)
    }
}

/// Batches of changes, for a window to follow.
pub struct Changes {
    store: Store,
    newest: tokio::sync::watch::Receiver<i64>,
    seq: i64,
}

/// Most changes in one batch; a window that is further behind reads everything anew.
pub(crate) const MAX_BATCH: u32 = 2_000;

impl Changes {
    /// A batch for a window that may have missed something: it reads everything anew.
    #[must_use]
    pub fn everything(&self) -> ChangeBatch {
        ChangeBatch {
            changes: Vec::new(),
            last_seq: self.seq,
            reload: true,
        }
    }

    /// Waits for the next changes; none when the program has shut down.
    ///
    /// Whoever gives the wait up, even in the middle of reading, loses nothing: what was not handed
    /// over is read again the next time.
    pub async fn next(&mut self) -> Option<ChangeBatch> {
        loop {
            // Before the look at the store: a closing after that look wakes the wait below.
            let newest = *self.newest.borrow_and_update();
            if self.store.is_closed() {
                return None;
            }
            if newest > self.seq {
                match since(&self.store, self.seq).await {
                    Ok(batch) => {
                        self.seq = batch.last_seq.max(newest);
                        return Some(batch);
                    }
                    Err(store::StoreError::Closed) => return None,
                    Err(error) => tracing::warn!(%error, "changes could not be read for a window"),
                }
            }
            self.newest.changed().await.ok()?;
        }
    }
}

/// Changes after a number, in one batch.
pub(crate) async fn since(store: &Store, seq: i64) -> store::Result<ChangeBatch> {
    let mut conn = store.read().await?;
    let mut changes = store::feed::changes_since(&mut conn, seq, MAX_BATCH + 1).await?;
    let newest = store::feed::newest(&mut conn).await?;
    // A gap means that the feed was pruned; a number ahead of the feed, that a backup came back.
    let gap = seq > newest || changes.first().is_some_and(|first| first.seq > seq + 1);
    if changes.len() as u32 > MAX_BATCH || gap {
        return Ok(ChangeBatch {
            changes: Vec::new(),
            last_seq: newest,
            reload: true,
        });
    }
    let last_seq = changes.last().map_or(seq, |c| c.seq);
    changes.shrink_to_fit();
    Ok(ChangeBatch {
        changes,
        last_seq,
        reload: false,
    })
}
