//! What goes wrong beside what the page asked for, such as keys that another program has: told on the
//! page as soon as one listens, and by the desktop as well while there is no window.

use tauri::{AppHandle, Manager};

use crate::core::Core;
use crate::news;
use crate::services::Services;
use crate::window;

/// Tells it. Most of it shows at the start, before there is a page, and a start at login has none.
pub fn tell(app: &AppHandle, message: &str) {
    let waits = window::tell_problem(app, message);
    if !waits || app.get_webview_window(window::MAIN).is_some() {
        return;
    }
    let (app, note) = (app.clone(), news::problem(message));
    tauri::async_runtime::spawn(async move {
        let settings = app.state::<Core>().settings().await;
        if settings.is_none_or(|settings| settings.notify_problems) {
            app.state::<Services>().notify(note);
        }
    });
}
