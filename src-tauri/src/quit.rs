//! Quitting: asked about when posts are sent or due, and never in the middle of a write.

use std::time::Duration;

use serde::Serialize;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::core::{Core, PublisherStatus};
use crate::window::{self, WindowLife};
use crate::words;

/// How long a page may keep a process waiting that was told to end: it would be killed later on.
const TOLD_TO_END: Duration = Duration::from_secs(3);

/// What quitting would keep from going out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct AtStake {
    /// Posts being sent right now.
    sending: u32,
    /// Posts due within the hour.
    due: u32,
}

impl AtStake {
    fn of(status: &PublisherStatus) -> Option<Self> {
        let at_stake = Self {
            sending: status.sending.len() as u32,
            // What is held stays here either way.
            due: if status.held.is_some() {
                0
            } else {
                status.due_within_hour
            },
        };
        (at_stake.sending > 0 || at_stake.due > 0).then_some(at_stake)
    }
}

/// The person wants to quit. While posts are sent or due within the hour the page asks first, or the
/// desktop does when there is no page, or only one that goes.
pub fn request(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let status = app.state::<Core>().status().await;
        let Some(at_stake) = status.as_ref().and_then(AtStake::of) else {
            finish(&app).await;
            return;
        };
        if app.get_webview_window(window::MAIN).is_some() && app.state::<WindowLife>().listens() {
            window::show(&app);
            window::emit(&app, "almanac:quitting", at_stake);
        } else {
            ask(&app, at_stake);
        }
    });
}

fn ask(app: &AppHandle, at_stake: AtStake) {
    let handle = app.clone();
    app.dialog()
        .message(words::quit_question(at_stake.sending, at_stake.due))
        .title("Almanac")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(
            words::QUIT_ANYWAY.to_owned(),
            words::STAY.to_owned(),
        ))
        .show(move |quit| {
            if quit {
                tauri::async_runtime::spawn(async move { finish(&handle).await });
            }
        });
}

/// Quits without asking: the page hands over its last words, the core finishes its writes. Words
/// that could be kept nowhere keep the program running, with its window in sight.
pub async fn finish(app: &AppHandle) {
    window::remember_place(app);
    if app.get_webview_window(window::MAIN).is_some() && !window::last_words(app).await {
        window::come_back(app);
        return;
    }
    end(app).await;
}

/// Quits because the session ends or the process was told to: nobody is there to be asked.
pub async fn at_once(app: &AppHandle) {
    window::remember_place(app);
    if app.get_webview_window(window::MAIN).is_some()
        && tokio::time::timeout(TOLD_TO_END, window::last_words(app))
            .await
            .is_err()
    {
        tracing::warn!("the program ends before the page has handed over everything");
    }
    end(app).await;
}

async fn end(app: &AppHandle) {
    app.state::<Core>().shut_down().await;
    app.exit(0);
}

#[cfg(test)]
mod tests {
    use app::types::session::NextPost;
    use model::{PostId, Timestamp};

    use super::*;

    fn post() -> NextPost {
        let id: PostId = "0199c0de-0000-7000-8000-000000000000".parse().unwrap();
        NextPost {
            id,
            words: "Spring sale".to_owned(),
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn what_is_sent_or_due_is_at_stake() {
        let idle = PublisherStatus::default();
        assert_eq!(AtStake::of(&idle), None);
        let due = PublisherStatus {
            due_within_hour: 2,
            ..PublisherStatus::default()
        };
        assert_eq!(AtStake::of(&due), Some(AtStake { sending: 0, due: 2 }));
        let sending = PublisherStatus {
            sending: vec![post()],
            ..PublisherStatus::default()
        };
        assert_eq!(AtStake::of(&sending), Some(AtStake { sending: 1, due: 0 }));
    }

    #[test]
    fn what_is_held_is_not_at_stake_but_what_is_sent_all_the_same_is() {
        let mut status = PublisherStatus {
            held: Some("You hold all posts.".to_owned()),
            due_within_hour: 2,
            ..PublisherStatus::default()
        };
        assert_eq!(AtStake::of(&status), None);
        status.sending.push(post());
        assert_eq!(AtStake::of(&status), Some(AtStake { sending: 1, due: 0 }));
    }
}
