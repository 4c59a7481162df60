//! Running without a window: the tray may be missing, and then the person must be told.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Manager};

use crate::notify::Note;
use crate::services::Services;
use crate::window::Open;

/// Said once in a run.
static TOLD: AtomicBool = AtomicBool::new(false);

/// After the window was closed on a desktop without a tray: says that the program goes on and how
/// to get the window back.
pub async fn tell_if_hidden_for_good(app: &AppHandle) {
    if tray_is_shown().await || TOLD.swap(true, Ordering::Relaxed) {
        return;
    }
    let note = Note {
        title: "Almanac keeps publishing".to_owned(),
        body: "This desktop shows no tray. Start Almanac again to get its window back.".to_owned(),
        opens: Open::default(),
        answers: vec![],
        urgent: false,
    };
    app.state::<Services>().notify(note);
}

/// Whether anything shows tray icons: making one succeeds either way.
#[cfg(target_os = "linux")]
async fn tray_is_shown() -> bool {
    let ask = async {
        let connection = zbus::Connection::session().await?;
        let bus = zbus::fdo::DBusProxy::new(&connection).await?;
        let name = zbus::names::BusName::try_from("org.kde.StatusNotifierWatcher")?;
        Ok::<_, zbus::Error>(bus.name_has_owner(name).await?)
    };
    ask.await.unwrap_or(false)
}

/// macOS and Windows always have one.
#[cfg(not(target_os = "linux"))]
async fn tray_is_shown() -> bool {
    true
}
