//! What the page may call. One door to every command of the product, and the few things only the
//! desktop can do.

#![allow(
    clippy::needless_pass_by_value,
    reason = "Tauri hands every argument of a command over by value"
)]

use std::path::PathBuf;

use app::OpenError;
use serde_json::Value;
use tauri::ipc::{InvokeResponseBody, Response};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::clipboard::Clipboard;
use crate::core::{ApiError, Core};
use crate::window::{self, WindowLife};
use crate::{pasted, problem, quit};

/// Kinds of address that the page may have opened outside.
const SCHEMES: &[&str] = &["http://", "https://", "mailto:"];

/// How small and how large the page may be drawn.
const SMALLEST_ZOOM: f64 = 0.5;
const LARGEST_ZOOM: f64 = 3.0;

/// Runs a command of the product. The answer is passed on as the text it already is.
#[tauri::command]
pub async fn call(name: String, input: Value, core: State<'_, Core>) -> Result<Response, ApiError> {
    let answer = core.call_json(&name, input).await?;
    Ok(Response::new(InvokeResponseBody::Json(answer)))
}

/// The page listens to events now.
#[tauri::command]
pub fn screen_listens(app: AppHandle) {
    window::page_listens(&app);
}

/// The page can be used now.
#[tauri::command]
pub fn screen_ready(app: AppHandle) {
    window::page_ready(&app);
}

/// The page of a closing window has saved everything.
#[tauri::command]
pub fn screen_closed(life: State<'_, WindowLife>) {
    life.hand_over(true);
}

/// The page of a closing window holds words that could be saved nowhere.
#[tauri::command]
pub fn screen_stays(life: State<'_, WindowLife>) {
    life.hand_over(false);
}

/// The person wants to quit, and was asked if posts are due.
#[tauri::command]
pub async fn quit(app: AppHandle) {
    quit::finish(&app).await;
}

/// Why the data folder could not be opened; none when it is open.
#[tauri::command]
pub async fn start_trouble(core: State<'_, Core>) -> Result<Option<OpenError>, ApiError> {
    Ok(core.why_not_open().await)
}

/// Tries to open the data folder again, after putting the newest backup back if that is wanted.
#[tauri::command]
pub async fn start_again(restore: bool, core: State<'_, Core>) -> Result<(), ApiError> {
    if restore {
        core.restore_and_open().await
    } else {
        // The folder may have been opened meanwhile: then it is left as it is.
        core.try_again().await;
        Ok(())
    }
}

/// Opens a web address in the person's browser.
#[tauri::command]
pub fn open_external(url: String, app: AppHandle) -> Result<(), ApiError> {
    if !SCHEMES
        .iter()
        .any(|scheme| url.to_ascii_lowercase().starts_with(scheme))
    {
        return Err(problem::refused(
            "Only web addresses can be opened from here.",
        ));
    }
    app.opener()
        .open_url(url, None::<&str>)
        .map_err(|error| problem::failed("The address could not be opened in a browser.", &error))
}

/// Draws the page so many times as large.
#[tauri::command]
pub fn zoom(factor: f64, window: WebviewWindow) -> Result<(), ApiError> {
    if !(SMALLEST_ZOOM..=LARGEST_ZOOM).contains(&factor) {
        return Err(problem::refused("The page cannot be drawn in that size."));
    }
    window
        .set_zoom(factor)
        .map_err(|error| problem::failed("The page could not be drawn in that size.", &error))
}

/// Opens a folder with the file marked in it.
#[tauri::command]
pub fn reveal(path: PathBuf, app: AppHandle) -> Result<(), ApiError> {
    app.opener()
        .reveal_item_in_dir(path)
        .map_err(|error| problem::failed("The folder could not be opened.", &error))
}

/// Puts text on the clipboard.
#[tauri::command]
pub fn copy_text(text: String, clipboard: State<'_, Clipboard>) -> Result<(), ApiError> {
    clipboard
        .put(text)
        .map_err(|error| problem::failed("The text could not be copied.", &error))
}

/// Files that were copied elsewhere, of which the page is not told when they are pasted.
#[tauri::command]
pub async fn pasted_files(app: AppHandle) -> Result<Vec<PathBuf>, ApiError> {
    pasted::files(&app)
        .await
        .map_err(|error| not_pasted(&error))
}

/// A picture that was copied elsewhere and that the page is not given when it is pasted; no bytes where there
/// is none.
#[tauri::command]
pub async fn pasted_picture(app: AppHandle) -> Result<Response, ApiError> {
    let picture = pasted::picture(&app).await;
    picture
        .map(Response::new)
        .map_err(|error| not_pasted(&error))
}

fn not_pasted(error: &tauri::Error) -> ApiError {
    problem::failed(
        "What was copied could not be read. Copy it once more, or add it as a file.",
        error,
    )
}

/// Asks for files; none when the person changed their mind.
#[tauri::command]
pub async fn pick_files(
    title: String,
    extensions: Option<Vec<String>>,
    many: Option<bool>,
    app: AppHandle,
) -> Vec<PathBuf> {
    let (send, receive) = oneshot::channel();
    let mut dialog = app.dialog().file().set_title(title);
    if let Some(extensions) = extensions.filter(|list| !list.is_empty()) {
        let extensions: Vec<&str> = extensions.iter().map(String::as_str).collect();
        // The window of files shows the name; without one it shows an empty choice.
        let name = format!("*.{}", extensions.join(", *."));
        dialog = dialog.add_filter(name, &extensions);
    }
    // The asker may be gone by the time of the answer.
    if many.unwrap_or(false) {
        dialog.pick_files(|files| drop(send.send(files.unwrap_or_default())));
    } else {
        dialog.pick_file(|file| drop(send.send(file.into_iter().collect())));
    }
    receive
        .await
        .unwrap_or_default()
        .into_iter()
        .filter_map(local)
        .collect()
}

/// Asks for a folder.
#[tauri::command]
pub async fn pick_folder(title: String, app: AppHandle) -> Option<PathBuf> {
    let (send, receive) = oneshot::channel();
    let dialog = app
        .dialog()
        .file()
        .set_title(title)
        .set_can_create_directories(true);
    dialog.pick_folder(|folder| drop(send.send(folder)));
    receive.await.ok().flatten().and_then(local)
}

/// Asks where to save a file.
#[tauri::command]
pub async fn pick_save_file(title: String, name: String, app: AppHandle) -> Option<PathBuf> {
    let (send, receive) = oneshot::channel();
    let dialog = app.dialog().file().set_title(title).set_file_name(name);
    dialog.save_file(|file| drop(send.send(file)));
    receive.await.ok().flatten().and_then(local)
}

fn local(file: FilePath) -> Option<PathBuf> {
    file.into_path().ok()
}
