//! The desktop's services that the program uses while it runs: notifications and sleep.
//!
//! Each is used from a task of its own: a service that hangs holds up neither the window nor the
//! news that come behind.

use std::time::Duration;

use serde_json::json;
use tauri::{AppHandle, Manager};
use tokio::sync::{mpsc, watch};

use crate::core::{ApiError, Core};
use crate::notify::{Answer, Click, Note, Notifier};
use crate::power::Power;
use crate::{trouble, window};

/// How long the desktop may take to show a notification.
const PATIENCE: Duration = Duration::from_secs(5);
/// Notifications that wait while the desktop takes its time; more are only in the log.
const WAITING: usize = 64;

/// Hands work to the services; nothing here waits for them.
pub struct Services {
    notes: mpsc::Sender<Note>,
    awake: watch::Sender<bool>,
}

impl Services {
    /// Starts both tasks.
    #[must_use]
    pub fn start(app: &AppHandle) -> Self {
        let (notes, to_show) = mpsc::channel(WAITING);
        let (awake, wanted) = watch::channel(false);
        tauri::async_runtime::spawn(show_notes(app.clone(), to_show));
        tauri::async_runtime::spawn(mind_sleep(app.clone(), wanted));
        Self { notes, awake }
    }

    /// Shows a notification.
    pub fn notify(&self, note: Note) {
        if let Err(error) = self.notes.try_send(note) {
            tracing::warn!(%error, "a notification is not shown: too many wait already");
        }
    }

    /// Keeps the machine awake while something is sent.
    pub fn keep_awake(&self, wanted: bool) {
        self.awake
            .send_if_modified(|now| std::mem::replace(now, wanted) != wanted);
    }
}

/// Opens what was clicked, or gives the answer of the button that was pressed.
fn clicked(app: &AppHandle, click: Click) {
    let Click { opens, answer } = click;
    let Some(answer) = answer else {
        window::open(app, opens);
        return;
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let core = app.state::<Core>().inner().clone();
        if let Err(error) = give(&core, answer).await {
            // Answered already, most likely: the post itself says how it stands.
            tracing::info!(code = ?error.code, "an answer given at a notification was not taken");
            window::open(&app, opens);
            trouble::tell(&app, &error.message);
        }
    });
}

async fn give(core: &Core, answer: Answer) -> Result<(), ApiError> {
    let input = json!({ "id": answer.target });
    core.call_json(answer.command, input).await.map(|_| ())
}

async fn show_notes(app: AppHandle, mut notes: mpsc::Receiver<Note>) {
    let mut notifier = None;
    while let Some(note) = notes.recv().await {
        let shown = tokio::time::timeout(PATIENCE, async {
            if notifier.is_none() {
                // Tried again with every notification: the desktop may start after this program.
                let app = app.clone();
                notifier = Notifier::connect(move |click| clicked(&app, click)).await;
            }
            if let Some(notifier) = &notifier {
                notifier.show(&note).await;
            }
        });
        if shown.await.is_err() {
            tracing::warn!("a notification was given up: the desktop does not answer");
        }
    }
}

async fn mind_sleep(app: AppHandle, mut wanted: watch::Receiver<bool>) {
    let resumed = move || {
        let app = app.clone();
        tauri::async_runtime::spawn(async move { app.state::<Core>().resumed().await });
    };
    let mut power = Power::connect(resumed).await;
    loop {
        let awake = *wanted.borrow_and_update();
        power.keep_awake(awake).await;
        if wanted.changed().await.is_err() {
            return;
        }
    }
}
