//! Settings that only the desktop can carry out: start at login, the global shortcut, the theme.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager, Theme};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_global_shortcut::GlobalShortcutExt;

use crate::core::{Core, Settings, ThemeSetting};
use crate::trouble;

/// What was carried out last.
#[derive(Default)]
pub struct Wishes(Mutex<Option<Settings>>);

impl Wishes {
    /// Everything is carried out once more when the settings are read next: what could not be done is told
    /// anew where that is still so.
    pub fn begin_anew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Carries out what differs from last time. What cannot be done is told.
    pub fn follow(&self, app: &AppHandle, settings: &Settings) {
        let before = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(settings.clone());
        let differs = |read: fn(&Settings) -> String| {
            before.as_ref().map(read).as_ref() != Some(&read(settings))
        };
        if differs(|settings| settings.start_at_login.to_string())
            && let Err(error) = start_at_login(app, settings.start_at_login)
        {
            tell(app, "Starting at login could not be changed.", &error);
        }
        if differs(|settings| settings.global_shortcut.clone())
            && let Err(error) = shortcut(app, &settings.global_shortcut)
        {
            let message = format!(
                "{} cannot be used everywhere: another program has it, or this desktop does not \
                 allow it. Choose other keys.",
                settings.global_shortcut
            );
            tell(app, &message, &error);
        }
        if differs(|settings| format!("{:?}", settings.theme)) {
            theme(app, settings.theme);
        }
        certificates(app, &settings.extra_certificates);
    }
}

/// Certificates are read when the core opens, so a change of them opens it again.
fn certificates(app: &AppHandle, wanted: &str) {
    let core = app.state::<Core>();
    let present = core.place().certificates().unwrap_or_default();
    if present == Path::new(wanted) {
        return;
    }
    if let Err(error) = core.place().set_certificates(wanted) {
        tell(app, "The choice of certificates could not be kept.", &error);
        return;
    }
    let core = core.inner().clone();
    tauri::async_runtime::spawn(async move { core.open_again().await });
}

fn start_at_login(app: &AppHandle, wanted: bool) -> Result<(), tauri_plugin_autostart::Error> {
    let login = app.autolaunch();
    if wanted {
        // Written anew each time, since the program may have moved.
        login.enable()
    } else if login.is_enabled()? {
        login.disable()
    } else {
        Ok(())
    }
}

fn shortcut(app: &AppHandle, keys: &str) -> Result<(), tauri_plugin_global_shortcut::Error> {
    let shortcuts = app.global_shortcut();
    shortcuts.unregister_all()?;
    if keys.is_empty() {
        Ok(())
    } else {
        shortcuts.register(keys)
    }
}

/// The window's frame; the page colours itself.
fn theme(app: &AppHandle, wanted: ThemeSetting) {
    app.set_theme(match wanted {
        ThemeSetting::System => None,
        ThemeSetting::Light => Some(Theme::Light),
        ThemeSetting::Dark => Some(Theme::Dark),
    });
}

fn tell(app: &AppHandle, message: &str, error: &impl std::fmt::Display) {
    tracing::warn!(%error, message, "a setting could not be carried out");
    trouble::tell(app, message);
}
