//! The desktop's services that the program uses while it runs: notifications and sleep.
//!
//! Each is used from a task of its own: a service that hangs holds up neither the window nor the
//! news that come behind.

use std::time::Duration;

use tauri::{AppHandle, Manager};
use tokio::sync::{mpsc, watch};

use crate::core::Core;
use crate::notify::{Note, Notifier};
use crate::power::Power;
use crate::window;

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

async fn show_notes(app: AppHandle, mut notes: mpsc::Receiver<Note>) {
    let mut notifier = None;
    while let Some(note) = notes.recv().await {
        let shown = tokio::time::timeout(PATIENCE, async {
            if notifier.is_none() {
                // Tried again with every notification: the desktop may start after this program.
                let app = app.clone();
                notifier = Notifier::connect(move |opens| window::open(&app, opens)).await;
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
