//! The desktop's services that the program uses while it runs: notifications and sleep.

use tauri::{AppHandle, Manager};
use tokio::sync::OnceCell;

use crate::core::Core;
use crate::notify::{Note, Notifier};
use crate::power::Power;
use crate::window;

/// Connected in the background after the start, since a slow bus must not hold up the window.
#[derive(Default)]
pub struct Services {
    notifier: OnceCell<Option<Notifier>>,
    power: OnceCell<Power>,
}

impl Services {
    /// Connects to both.
    pub async fn connect(&self, app: &AppHandle) {
        let handle = app.clone();
        let clicked = move |opens| window::open(&handle, opens);
        self.notifier
            .get_or_init(|| Notifier::connect(clicked))
            .await;
        let handle = app.clone();
        let resumed = move || {
            let app = handle.clone();
            tauri::async_runtime::spawn(async move { app.state::<Core>().resumed().await });
        };
        self.power.get_or_init(|| Power::connect(resumed)).await;
    }

    /// Shows a notification.
    pub async fn notify(&self, note: &Note) {
        if let Some(Some(notifier)) = self.notifier.get() {
            notifier.show(note).await;
        }
    }

    /// Keeps the machine awake while something is sent.
    pub async fn keep_awake(&self, wanted: bool) {
        if let Some(power) = self.power.get() {
            power.keep_awake(wanted).await;
        }
    }
}
