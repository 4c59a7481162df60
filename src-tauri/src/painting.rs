//! How the web-view puts the page on screen.

use tauri::WebviewWindow;

/// Without a graphics card, has the page painted straight into one picture.
///
/// Layers are then composed by a driver that plays a graphics card on the processor. That costs a
/// hundred megabytes and a fifth of a second at the start, and makes nothing quicker: a calendar is
/// text and flat boxes. See `docs/decisions/0004-painting-without-a-graphics-card.md`.
#[cfg(target_os = "linux")]
pub fn suit_the_machine(window: &WebviewWindow) {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    if has_graphics_card() {
        return;
    }
    let set = window.with_webview(|page| {
        if let Some(settings) = page.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
    if let Err(error) = set {
        tracing::warn!(%error, "the page is composed of layers though there is no graphics card");
    }
}

/// The kernel names a device that can draw without a screen of its own `renderD` and a number.
#[cfg(target_os = "linux")]
fn has_graphics_card() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|devices| {
        devices.flatten().any(|device| {
            device
                .file_name()
                .to_str()
                .is_some_and(|name| name.starts_with("renderD"))
        })
    })
}

/// The other systems' web-views know best.
#[cfg(not(target_os = "linux"))]
pub fn suit_the_machine(_window: &WebviewWindow) {}
