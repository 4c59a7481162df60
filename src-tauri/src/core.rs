//! The core as the host uses it: opened in the background so that the window need not wait for it,
//! opened anew when its folder moved, and able to tell why it could not be opened.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use app::{App, DateWords, OpenError, OpenTrouble};
use serde_json::{Value, json};
use tauri::http::{Response, StatusCode};
use tokio::sync::watch;

use crate::logging::Log;
use crate::place::Place;
use crate::problem;

pub use app::ApiError;
pub use app::types::session::{PublisherStatus, Settings, Theme as ThemeSetting};
pub use model::ErrorCode;

/// Where opening stands.
#[derive(Clone)]
pub enum Stage {
    /// It is under way.
    Opening,
    /// The program is there.
    Open(App),
    /// There is none, and why.
    Failed(OpenError),
    /// The program ends.
    Closed,
}

/// The core, opened or not. Clones share everything.
#[derive(Clone)]
pub struct Core {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    log: Log,
    stage: watch::Sender<Stage>,
    /// Only one opening at a time.
    opening: tokio::sync::Mutex<()>,
    /// How many openings were begun.
    openings: AtomicU64,
    keeps_in_tray: AtomicBool,
    /// Why the extra certificates could not be used at the last opening.
    trouble: Mutex<Option<String>>,
    /// What the system said last of the way to the internet; it says changes only. None before its first
    /// word.
    online: watch::Sender<Option<bool>>,
}

impl Core {
    /// Begins to open the data folder.
    #[must_use]
    pub fn start(place: Place, log: Log) -> Self {
        let inner = Inner {
            place,
            log,
            stage: watch::Sender::new(Stage::Opening),
            opening: tokio::sync::Mutex::default(),
            openings: AtomicU64::new(0),
            keeps_in_tray: AtomicBool::new(Settings::default().keep_in_tray),
            trouble: Mutex::default(),
            online: watch::Sender::new(None),
        };
        let core = Self {
            inner: Arc::new(inner),
        };
        let opening = core.clone();
        tauri::async_runtime::spawn(async move { opening.open_again().await });
        core
    }

    /// Closes what is open and opens the folder that is to be used now.
    pub async fn open_again(&self) {
        let _alone = self.inner.opening.lock().await;
        self.open().await;
    }

    /// Opens the folder unless somebody has done so meanwhile. True when that worked.
    pub async fn try_again(&self) -> bool {
        let _alone = self.inner.opening.lock().await;
        let failed = matches!(*self.inner.stage.borrow(), Stage::Failed(_));
        if !failed {
            return false;
        }
        self.open().await;
        matches!(*self.inner.stage.borrow(), Stage::Open(_))
    }

    /// Opens, for whoever has seen to it that nobody else does.
    async fn open(&self) {
        // What stood in the way of an earlier one may be gone.
        drop(self.take_trouble());
        self.inner.openings.fetch_add(1, Ordering::Relaxed);
        let before = self.inner.stage.send_replace(Stage::Opening);
        if let Stage::Open(app) = before {
            app.shutdown().await;
        }
        let machine = self.inner.place.machine();
        if let Some(folder) = self.inner.place.log_folder() {
            self.inner.log.write_to(&folder);
        }
        let config = machine.clone().config().or_else(|error| {
            // Without the certificates most networks can still be reached.
            self.note_trouble(error.to_string());
            app::Machine {
                extra_roots: None,
                ..machine.clone()
            }
            .config()
        });
        let opened = match config {
            Ok(mut config) => {
                config.online = self.inner.online.subscribe();
                App::open(config).await
            }
            Err(error) => Err(OpenError {
                trouble: OpenTrouble::Other,
                message: error.to_string(),
                backup: None,
                folder: machine.data_dir,
            }),
        };
        self.settle(match opened {
            Ok(app) => Stage::Open(app),
            Err(error) => {
                tracing::error!(trouble = ?error.trouble, %error, "the data folder could not be opened");
                Stage::Failed(error)
            }
        });
    }

    /// Opening has ended like this. What was opened hears the last word on the internet, since another may
    /// have come after its start and nobody says it again, and no newer one falls between that and its being
    /// there to hear it.
    fn settle(&self, stage: Stage) {
        let last = self.inner.online.borrow();
        if let (Stage::Open(app), Some(online)) = (&stage, *last) {
            app.set_online(online);
        }
        self.inner.stage.send_replace(stage);
    }

    /// Ends what is open since it cannot be trusted any more, and says why to whoever asks.
    pub async fn fail(&self, error: OpenError) {
        let _alone = self.inner.opening.lock().await;
        if let Stage::Open(app) = self.inner.stage.send_replace(Stage::Failed(error)) {
            app.shutdown().await;
        }
    }

    fn note_trouble(&self, message: String) {
        tracing::warn!(message, "opening met with something");
        *self
            .inner
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(message);
    }

    /// Which opening it is, the last one that was begun: everything it met with is told anew.
    pub fn opening(&self) -> u64 {
        self.inner.openings.load(Ordering::Relaxed)
    }

    /// What the person should know of the last opening, once.
    pub fn take_trouble(&self) -> Option<String> {
        self.inner
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// The folder and machine it works with.
    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// Where it stands once opening has ended one way or the other.
    pub async fn stage(&self) -> Stage {
        let mut stage = self.inner.stage.subscribe();
        match stage
            .wait_for(|stage| !matches!(stage, Stage::Opening))
            .await
        {
            Ok(stage) => stage.clone(),
            Err(_) => Stage::Closed,
        }
    }

    /// The opened program, or why there is none.
    async fn opened(&self) -> Result<App, ApiError> {
        match self.stage().await {
            Stage::Open(app) => Ok(app),
            Stage::Failed(error) => Err(problem::not_open(&error)),
            Stage::Opening | Stage::Closed => Err(problem::closing()),
        }
    }

    /// Waits as long as it takes for an opened program; none when the program ends.
    pub async fn next_opened(&self) -> Option<App> {
        let mut stage = self.inner.stage.subscribe();
        let stage = stage
            .wait_for(|stage| matches!(stage, Stage::Open(_) | Stage::Closed))
            .await;
        match stage.ok().as_deref() {
            Some(Stage::Open(app)) => Some(app.clone()),
            _ => None,
        }
    }

    /// Waits until this program is no longer the opened one.
    pub async fn closed(&self, app: &App) {
        let mut stage = self.inner.stage.subscribe();
        let other = |stage: &Stage| !matches!(stage, Stage::Open(open) if open.is(app));
        // An error means that the program ends.
        let _ = stage.wait_for(other).await;
    }

    /// Waits until another opening is tried, or the program ends.
    pub async fn tried_again(&self) {
        let mut stage = self.inner.stage.subscribe();
        // An error means that the program ends.
        let _ = stage
            .wait_for(|stage| !matches!(stage, Stage::Failed(_)))
            .await;
    }

    /// Why the folder could not be opened; none when it is open.
    pub async fn why_not_open(&self) -> Option<OpenError> {
        match self.stage().await {
            Stage::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// Puts the newest backup in the place of the damaged database, then opens again.
    pub async fn restore_and_open(&self) -> Result<(), ApiError> {
        // Nobody opens the folder while a file is put into it.
        let _alone = self.inner.opening.lock().await;
        let stage = self.inner.stage.borrow().clone();
        let Stage::Failed(error) = stage else {
            return Ok(());
        };
        let Some(backup) = error.backup else {
            return Err(problem::refused(
                "There is no backup that could be put back.",
            ));
        };
        let now = model::Timestamp::from_millis(Self::now().as_millisecond());
        let kept = app::restore_backup(&error.folder, &backup, now).await?;
        tracing::info!(kept = %kept.display(), "a backup was put back");
        self.open().await;
        Ok(())
    }

    /// Runs a command of the product; the answer is JSON text.
    pub async fn call_json(&self, name: &str, input: Value) -> Result<String, ApiError> {
        self.opened().await?.call_json(name, input).await
    }

    /// Holds all posts or lets them go out.
    pub async fn hold(&self, wanted: bool) -> Result<(), ApiError> {
        let name = if wanted {
            "publisher.hold"
        } else {
            "publisher.release"
        };
        self.call_json(name, json!({})).await.map(|_| ())
    }

    /// What the publisher is doing; none when nothing is open.
    pub async fn status(&self) -> Option<PublisherStatus> {
        let app = self.opened().await.ok()?;
        app.status_now()
            .await
            .inspect_err(|error| tracing::warn!(%error, "the publisher's state could not be read"))
            .ok()
    }

    /// The settings; none when nothing is open.
    pub async fn settings(&self) -> Option<Settings> {
        let settings = self.opened().await.ok()?.settings().await.ok()?;
        self.inner
            .keeps_in_tray
            .store(settings.keep_in_tray, Ordering::Relaxed);
        Some(settings)
    }

    /// How the person has dates and hours written; none when nothing is open.
    pub async fn date_words(&self) -> Option<DateWords> {
        let app = self.opened().await.ok()?;
        let settings = app.settings().await.ok()?;
        Some(app.date_words(&settings))
    }

    /// Whether closing the window leaves the program running: also while its data are still being
    /// opened. Where they cannot be opened there is nothing to keep running for.
    pub fn keeps_in_tray(&self) -> bool {
        let failed = matches!(*self.inner.stage.borrow(), Stage::Failed(_));
        !failed && self.inner.keeps_in_tray.load(Ordering::Relaxed)
    }

    /// What the page asks for of the library.
    pub async fn media(&self, path: &str, from: Option<u64>) -> Response<Vec<u8>> {
        match self.opened().await {
            Ok(app) => server::media::answer(&app, path, from).await,
            Err(_) => server::media::empty(StatusCode::NOT_FOUND),
        }
    }

    /// Nobody looks at the screen any more: caches that serve it go back to the system.
    pub async fn release_memory(&self) {
        let Ok(app) = self.opened().await else { return };
        if let Err(error) = app.release_memory().await {
            tracing::warn!(%error, "the caches could not be given back");
        }
    }

    /// The machine woke up.
    pub async fn resumed(&self) {
        tracing::info!("the machine woke up");
        if let Ok(app) = self.opened().await {
            app.on_resume();
        }
    }

    /// There is a way to the internet, or not.
    pub fn online(&self, online: bool) {
        tracing::info!(online, "the way to the internet");
        self.inner.online.send_replace(Some(online));
        if let Stage::Open(app) = &*self.inner.stage.borrow() {
            app.set_online(online);
        }
    }

    /// The system says nothing of the internet: without a word it is taken for granted, so that no opening
    /// waits for one. A word that it has given holds also when it gives no more; it is doubted while posts wait.
    pub fn online_is_not_told(&self) {
        self.inner.online.send_if_modified(|last| {
            let silent = last.is_none();
            if silent {
                *last = Some(true);
            }
            silent
        });
    }

    /// The clock of the machine.
    pub fn now() -> jiff::Timestamp {
        let now = model::Clock::now(&app::system::SystemClock::new());
        jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// Ends it: sends in flight get some seconds, then the store is closed.
    pub async fn shut_down(&self) {
        let _alone = self.inner.opening.lock().await;
        if let Stage::Open(app) = self.inner.stage.send_replace(Stage::Closed) {
            app.shutdown().await;
        }
    }
}
