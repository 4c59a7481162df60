//! Quitting: asked about when posts are due, and never in the middle of a write.

use std::time::Duration;

use serde_json::json;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::core::Core;
use crate::window::{self, WindowLife};
use crate::words;

/// How long a page may keep a process waiting that was told to end: it would be killed later on.
const TOLD_TO_END: Duration = Duration::from_secs(3);

/// The person wants to quit. While posts are due within the hour the page asks first, or the
/// desktop does when there is no page.
pub fn request(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let due = app
            .state::<Core>()
            .status()
            .await
            .map_or(0, |status| status.due_within_hour);
        if due == 0 {
            finish(&app).await;
        } else if app.get_webview_window(window::MAIN).is_some()
            && app.state::<WindowLife>().ready()
        {
            window::show(&app);
            window::emit(&app, "almanac:quitting", json!({ "due": due }));
        } else {
            ask(&app, due);
        }
    });
}

fn ask(app: &AppHandle, due: u32) {
    let handle = app.clone();
    app.dialog()
        .message(words::quit_question(due))
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
