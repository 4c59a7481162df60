//! The icon in the system tray: its menu, and a state that shows in shape as well as in colour.

use std::sync::{Mutex, PoisonError};

use app::DateWords;
use app::system::system_zone;
use model::Timestamp;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry, include_image};

use crate::core::{Core, PublisherStatus};
use crate::window::{self, Open};
use crate::{quit, words};

/// What the icon tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Idle,
    Publishing,
    NeedsYou,
    Held,
}

impl Sign {
    /// Being sent passes in seconds, so it comes first; then what waits for the person.
    fn of(status: &PublisherStatus) -> Self {
        if !status.sending.is_empty() {
            Self::Publishing
        } else if status.needs_person > 0 {
            Self::NeedsYou
        } else if status.held.is_some() {
            Self::Held
        } else {
            Self::Idle
        }
    }

    fn picture(self) -> Image<'static> {
        match self {
            Self::Idle => include_image!("icons/tray/idle.png"),
            Self::Publishing => include_image!("icons/tray/publishing.png"),
            Self::NeedsYou => include_image!("icons/tray/needs-you.png"),
            Self::Held => include_image!("icons/tray/held.png"),
        }
    }
}

/// The tray icon and the parts of its menu that change.
pub struct Tray {
    icon: TrayIcon,
    next: MenuItem<Wry>,
    hold: CheckMenuItem<Wry>,
    shown: Mutex<Shown>,
}

struct Shown {
    sign: Sign,
    next: Option<String>,
}

/// Makes the icon.
pub fn make(app: &AppHandle) -> tauri::Result<Tray> {
    let item =
        |id: &str, text: &str, enabled| MenuItem::with_id(app, id, text, enabled, None::<&str>);
    let next = item("next", words::NOTHING_NEXT, false)?;
    let hold = CheckMenuItem::with_id(app, "hold", words::HOLD_ALL, true, false, None::<&str>)?;
    let menu = Menu::with_items(
        app,
        &[
            &item("open", words::OPEN, true)?,
            &item("new-post", words::NEW_POST, true)?,
            &PredefinedMenuItem::separator(app)?,
            &next,
            &hold,
            &PredefinedMenuItem::separator(app)?,
            &item("quit", words::QUIT, true)?,
        ],
    )?;
    let icon = TrayIconBuilder::with_id("almanac")
        .icon(Sign::Idle.picture())
        .tooltip("Almanac")
        .menu(&menu)
        .on_menu_event(|app, event| chosen(app, &event))
        .build(app)?;
    Ok(Tray {
        icon,
        next,
        hold,
        shown: Mutex::new(Shown {
            sign: Sign::Idle,
            next: None,
        }),
    })
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "new-post" => window::open(app, Open::new_post()),
        "next" => {
            // The desktop delivers clicks on disabled items too.
            if let Some(post_id) = app.state::<Tray>().next_post() {
                window::open(app, Open::post(post_id));
            }
        }
        "hold" => {
            let wanted = app.state::<Tray>().hold.is_checked().unwrap_or(false);
            let app = app.clone();
            tauri::async_runtime::spawn(async move { hold(&app, wanted).await });
        }
        "quit" => quit::request(app),
        _ => {}
    }
}

async fn hold(app: &AppHandle, wanted: bool) {
    let core = app.state::<Core>();
    if let Err(error) = core.hold(wanted).await {
        tracing::error!(%error, wanted, "the tray's choice had no effect");
    }
    // Whatever came of it, the check mark shows what is true.
    if let Some(status) = core.status().await {
        app.state::<Tray>().show(&core, &status).await;
    }
}

impl Tray {
    fn next_post(&self) -> Option<String> {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next
            .clone()
    }

    /// Shows what the publisher is doing.
    pub async fn show(&self, core: &Core, status: &PublisherStatus) {
        let Some(dates) = core.date_words().await else {
            return;
        };
        let now = Timestamp::from_millis(Core::now().as_millisecond());
        if let Err(error) = self.update(status, now, dates) {
            tracing::warn!(%error, "the tray could not be brought up to date");
        }
    }

    fn update(
        &self,
        status: &PublisherStatus,
        now: Timestamp,
        dates: DateWords,
    ) -> tauri::Result<()> {
        let sign = Sign::of(status);
        let changed = {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.next = status.next.as_ref().map(|post| post.id.to_string());
            std::mem::replace(&mut shown.sign, sign) != sign
        };
        // Each new picture is written to a file for the desktop to read.
        if changed {
            self.icon.set_icon(Some(sign.picture()))?;
        }
        let line = status
            .next
            .as_ref()
            .map(|post| words::next_post(post.at, &post.words, now, &system_zone(), dates));
        self.next.set_enabled(line.is_some())?;
        self.next
            .set_text(line.as_deref().unwrap_or(words::NOTHING_NEXT))?;
        self.hold.set_checked(status.held.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_tells_what_matters_most() {
        let mut status = PublisherStatus::default();
        assert_eq!(Sign::of(&status), Sign::Idle);
        status.held = Some("by you".to_owned());
        assert_eq!(Sign::of(&status), Sign::Held);
        status.needs_person = 1;
        assert_eq!(Sign::of(&status), Sign::NeedsYou);
    }
}
