//! Carrying what the core says to the page, the tray and the desktop.

use std::time::Duration;

use app::endings::{damaged, restart_wanted};
use app::types::library::MediaImporting;
use app::types::session::ChangeBatch;
use app::{App, Changes, Doing, Notice, OpenError};
use model::change::Subject;
use tauri::{AppHandle, Manager};
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::core::{Core, Settings};
use crate::services::Services;
use crate::tray::Tray;
use crate::wishes::Wishes;
use crate::{news, trouble, window};

/// The tray and the page are told of the publisher's state at most this often: a burst of a
/// thousand posts would otherwise have it read a thousand times.
const BREATH: Duration = Duration::from_millis(150);

/// Follows the core until the program ends, through every opening.
pub async fn follow(app: AppHandle) {
    let core = app.state::<Core>().inner().clone();
    let mut anew = false;
    while let Some(opened) = core.next_opened().await {
        app.state::<Wishes>().begin_anew();
        if let Some(message) = core.take_trouble() {
            trouble::tell(&app, &message);
        }
        let (sources, mut restart) = (Sources::of(&opened), opened.restart_wanted());
        if std::mem::take(&mut anew) {
            window::emit(&app, "almanac:changes", sources.changes.everything());
        }
        match sources.carry(&app).await {
            Over::Closed => {
                // A folder that moves closes first, and asks to be opened again when it is there.
                tokio::select! {
                    () = core.closed(&opened) => {}
                    () = restart_wanted(&mut restart) => {
                        drop(opened);
                        open_again(&app, &core).await;
                    }
                }
                // What was done while it was opened again is in no batch.
                anew = true;
            }
            Over::Again => {
                drop(opened);
                open_again(&app, &core).await;
            }
            Over::Damaged(error) => {
                drop(opened);
                core.fail(error).await;
                window::reload(&app);
            }
        }
    }
}

async fn open_again(app: &AppHandle, core: &Core) {
    core.open_again().await;
    window::reload(app);
}

/// Why there is nothing more to carry.
enum Over {
    /// The core was closed.
    Closed,
    /// It is to be opened again.
    Again,
    /// Its database is damaged.
    Damaged(OpenError),
}

/// Everything the core says by itself.
struct Sources {
    changes: Changes,
    notices: Option<broadcast::Receiver<Notice>>,
    doing: Option<watch::Receiver<Doing>>,
    importing: Option<watch::Receiver<MediaImporting>>,
    restart: watch::Receiver<bool>,
    damage: watch::Receiver<Option<OpenError>>,
}

impl Sources {
    fn of(app: &App) -> Self {
        Self {
            changes: app.subscribe(),
            notices: app.notices(),
            doing: app.status(),
            importing: Some(app.importing()),
            restart: app.restart_wanted(),
            damage: app.damage(),
        }
    }

    /// Carries until there is nothing more to carry.
    async fn carry(mut self, app: &AppHandle) -> Over {
        let mut settings = follow_settings(app).await;
        let mut due = Some(Instant::now());
        let mut arrived = None;
        loop {
            tokio::select! {
                batch = self.changes.next() => {
                    let Some(batch) = batch else { return Over::Closed };
                    if concerns_settings(&batch) {
                        settings = follow_settings(app).await;
                    }
                    window::emit(app, "almanac:changes", batch);
                    due.get_or_insert_with(|| Instant::now() + BREATH);
                }
                notice = next_notice(&mut self.notices) => {
                    if let Some(note) = news::note(&notice, &settings) {
                        app.state::<Services>().notify(note);
                    }
                }
                () = changed(&mut self.doing) => {
                    due.get_or_insert_with(|| Instant::now() + BREATH);
                }
                () = changed(&mut self.importing) => {
                    arrived.get_or_insert_with(|| Instant::now() + BREATH);
                }
                () = at(arrived) => {
                    arrived = None;
                    if let Some(importing) = &self.importing {
                        let now = importing.borrow().clone();
                        window::emit(app, "almanac:importing", now);
                    }
                }
                () = at(due) => {
                    due = None;
                    tell_status(app).await;
                }
                () = restart_wanted(&mut self.restart) => return Over::Again,
                error = damaged(&mut self.damage) => return Over::Damaged(error),
            }
        }
    }
}

fn concerns_settings(batch: &ChangeBatch) -> bool {
    batch.reload
        || batch
            .changes
            .iter()
            .any(|change| change.subject == Subject::Settings)
}

/// Waits for the next notice; for ever when there are none.
async fn next_notice(notices: &mut Option<broadcast::Receiver<Notice>>) -> Notice {
    loop {
        let Some(receiver) = notices else {
            return std::future::pending().await;
        };
        match receiver.recv().await {
            Ok(notice) => return notice,
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "news came too fast to be shown");
            }
            Err(broadcast::error::RecvError::Closed) => *notices = None,
        }
    }
}

/// Waits for something else to be said; for ever when there is nobody to say it.
async fn changed<T>(said: &mut Option<watch::Receiver<T>>) {
    if let Some(receiver) = said
        && receiver.changed().await.is_ok()
    {
        return;
    }
    *said = None;
    std::future::pending::<()>().await;
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The tray, the page and the inhibitor learn what the publisher is doing.
async fn tell_status(app: &AppHandle) {
    let core = app.state::<Core>();
    let status = match app.try_state::<Tray>() {
        Some(tray) => tray.show(&core).await,
        None => core.status().await,
    };
    let Some(status) = status else { return };
    app.state::<Services>()
        .keep_awake(!status.sending.is_empty());
    window::emit(app, "almanac:publisher", status);
}

async fn follow_settings(app: &AppHandle) -> Settings {
    let settings = app.state::<Core>().settings().await.unwrap_or_default();
    app.state::<Wishes>().follow(app, &settings);
    settings
}
