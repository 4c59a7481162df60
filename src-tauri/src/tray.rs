//! The icon in the system tray: its menu, and a state that shows in shape as well as in colour.

use std::sync::{Mutex, MutexGuard, PoisonError};

use app::DateWords;
use app::system::system_zone;
use model::Timestamp;
use model::when::Zone;
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
    /// Held while what the publisher does is read and shown.
    turn: tokio::sync::Mutex<()>,
    shown: Mutex<Shown>,
}

struct Shown {
    sign: Sign,
    opens: Option<Open>,
    /// Whether everything is held; none while nothing can be held.
    held: Option<bool>,
}

/// The line of the menu on what goes out next, or why nothing does.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    text: String,
    /// What a click on it opens; none when there is nothing to click.
    opens: Option<Open>,
}

impl Line {
    fn of(status: &PublisherStatus, now: Timestamp, zone: &Zone, dates: DateWords) -> Self {
        if let Some(reason) = &status.held {
            // The next one does not go out before the person lets it, which is done there.
            return Self {
                text: words::held(reason),
                opens: Some(Open::view("queue")),
            };
        }
        match &status.next {
            Some(post) => Self {
                text: words::next_post(post.at, &post.words, now, zone, dates),
                opens: Some(Open::post(post.id.to_string())),
            },
            None => Self {
                text: words::NOTHING_NEXT.to_owned(),
                opens: None,
            },
        }
    }

    /// Nothing is published, and the window says why.
    fn stopped() -> Self {
        Self {
            text: words::NOTHING_PUBLISHED.to_owned(),
            opens: Some(Open::default()),
        }
    }
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
        turn: tokio::sync::Mutex::default(),
        shown: Mutex::new(Shown {
            sign: Sign::Idle,
            opens: None,
            held: Some(false),
        }),
    })
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "new-post" => window::open(app, Open::new_post()),
        // The desktop delivers clicks on disabled items too.
        "next" => {
            if let Some(what) = app.state::<Tray>().opens() {
                window::open(app, what);
            }
        }
        "hold" => {
            let tray = app.state::<Tray>();
            if let Some(wanted) = tray.turn_hold() {
                let app = app.clone();
                tauri::async_runtime::spawn(async move { hold(&app, wanted).await });
            } else {
                tray.mark_again();
            }
        }
        "quit" => quit::request(app),
        _ => {}
    }
}

async fn hold(app: &AppHandle, wanted: bool) {
    let (core, tray) = (app.state::<Core>(), app.state::<Tray>());
    if let Err(error) = core.hold(wanted).await {
        tracing::error!(%error, wanted, "the tray's choice had no effect");
    }
    // Whatever came of it, the check mark shows what is true: the click has turned it already.
    if tray.show(&core).await.is_none() {
        tray.mark_again();
    }
}

impl Tray {
    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opens(&self) -> Option<Open> {
        self.shown().opens.clone()
    }

    /// What choosing the hold asks for: the other of what was shown. The check mark itself does not tell, since news
    /// of the publisher may have put it back between the click and this. None while nothing can be held.
    fn turn_hold(&self) -> Option<bool> {
        let mut shown = self.shown();
        shown.held = shown.held.map(|held| !held);
        shown.held
    }

    /// Puts the check mark back to what was shown last.
    fn mark_again(&self) {
        let held = self.shown().held.unwrap_or(false);
        if let Err(error) = self.hold.set_checked(held) {
            tracing::warn!(%error, "the tray could not be brought up to date");
        }
    }

    /// Shows what the publisher is doing, and gives it; none when nothing is open.
    pub async fn show(&self, core: &Core) -> Option<PublisherStatus> {
        // What was read earlier must not be what is shown last.
        let _turn = self.turn.lock().await;
        let status = core.status().await?;
        if let Some(dates) = core.date_words().await {
            let now = Timestamp::from_millis(Core::now().as_millisecond());
            let line = Line::of(&status, now, &system_zone(), dates);
            self.tell(Sign::of(&status), line, Some(status.held.is_some()));
        }
        Some(status)
    }

    /// Shows that nothing is published until the data folder can be opened.
    pub fn stopped(&self) {
        self.tell(Sign::NeedsYou, Line::stopped(), None);
    }

    fn tell(&self, sign: Sign, line: Line, held: Option<bool>) {
        if let Err(error) = self.update(sign, line, held) {
            tracing::warn!(%error, "the tray could not be brought up to date");
        }
    }

    fn update(&self, sign: Sign, line: Line, held: Option<bool>) -> tauri::Result<()> {
        let Line { text, opens } = line;
        let can_be_clicked = opens.is_some();
        let changed = {
            let mut shown = self.shown();
            shown.opens = opens;
            shown.held = held;
            std::mem::replace(&mut shown.sign, sign) != sign
        };
        // Each new picture is written to a file for the desktop to read.
        if changed {
            self.icon.set_icon(Some(sign.picture()))?;
        }
        self.next.set_enabled(can_be_clicked)?;
        self.next.set_text(text)?;
        self.hold.set_enabled(held.is_some())?;
        self.hold.set_checked(held.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use app::types::session::NextPost;
    use model::PostId;

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

    #[test]
    fn the_line_names_the_next_post_only_while_it_goes_out() {
        let dates = DateWords {
            twelve_hours: false,
            month_first: false,
            this_year: 1970,
        };
        let now = Timestamp::from_millis(0);
        let line = |status: &PublisherStatus| Line::of(status, now, &Zone::utc(), dates);
        let mut status = PublisherStatus::default();
        assert_eq!(
            (line(&status).text.as_str(), line(&status).opens),
            (words::NOTHING_NEXT, None)
        );
        let id: PostId = "0199c0de-0000-7000-8000-000000000000".parse().unwrap();
        status.next = Some(NextPost {
            id,
            words: "Spring sale".to_owned(),
            at: Timestamp::from_millis(60_000),
        });
        assert_eq!(line(&status).text, "Next: today 00:01, Spring sale");
        assert_eq!(line(&status).opens, Some(Open::post(id.to_string())));
        status.held = Some("You hold all posts.".to_owned());
        assert_eq!(line(&status).text, "Held: You hold all posts.");
        assert_eq!(line(&status).opens, Some(Open::view("queue")));
    }
}
