//! What lies on the clipboard besides text. The web-view of Linux shows a page neither pictures nor copied
//! files when they are pasted, so that a page cannot reach into the desktop; the other systems' do.

use std::path::PathBuf;

use tauri::AppHandle;

/// Pictures as they are asked for, the first that is offered. What comes is known by its bytes.
#[cfg(target_os = "linux")]
const PICTURES: [&str; 6] = [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "image/avif",
    "image/heic",
];

/// Files that were copied elsewhere, as in the window of a folder. Whoever copied them is asked without
/// waiting for the answer on the thread of the window, since that may be this program.
#[cfg(target_os = "linux")]
pub async fn files(app: &AppHandle) -> tauri::Result<Vec<PathBuf>> {
    let (send, receive) = tokio::sync::oneshot::channel();
    app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        clipboard.request_uris(move |_, addresses| {
            let path = |address: &gtk::glib::GString| gtk::glib::filename_from_uri(address).ok();
            let paths: Vec<PathBuf> = addresses.iter().filter_map(path).map(|p| p.0).collect();
            // The asker may be gone by the time of the answer.
            drop(send.send(paths));
        });
    })?;
    Ok(receive.await.unwrap_or_default())
}

/// The bytes of a picture that was copied elsewhere; none where there is none.
#[cfg(target_os = "linux")]
pub async fn picture(app: &AppHandle) -> tauri::Result<Vec<u8>> {
    let (send, receive) = tokio::sync::oneshot::channel();
    app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        let offers = gtk::gdk::Atom::intern("TARGETS");
        clipboard.request_contents(&offers, move |clipboard, offered| {
            let offered = offered.targets().unwrap_or_default();
            let mut wanted = PICTURES.iter().map(|kind| gtk::gdk::Atom::intern(kind));
            // Without an answer nobody has a picture.
            let Some(wanted) = wanted.find(|kind| offered.contains(kind)) else {
                return;
            };
            clipboard.request_contents(&wanted, move |_, picture| {
                // Below nothing is how the desktop says that it failed.
                if picture.length() > 0 {
                    drop(send.send(picture.data()));
                }
            });
        });
    })?;
    Ok(receive.await.unwrap_or_default())
}

/// The page is told of them.
#[cfg(not(target_os = "linux"))]
#[expect(
    clippy::unused_async,
    reason = "where the page is not told, it is waited for"
)]
pub async fn files(_app: &AppHandle) -> tauri::Result<Vec<PathBuf>> {
    Ok(Vec::new())
}

/// The page is given it.
#[cfg(not(target_os = "linux"))]
#[expect(
    clippy::unused_async,
    reason = "where the page is not given it, it is waited for"
)]
pub async fn picture(_app: &AppHandle) -> tauri::Result<Vec<u8>> {
    Ok(Vec::new())
}
