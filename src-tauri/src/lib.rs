//! The desktop host: window, tray, notifications, autostart and single instance around `app`.
//! No rule of the product lives here; what a person can do is a command of `app`.

use std::process::ExitCode;

/// Runs the program until the person quits.
#[must_use]
pub fn run() -> ExitCode {
    let made = tauri::Builder::default()
        .setup(|app| {
            let window = &app.config().app.windows[0];
            tauri::WebviewWindowBuilder::from_config(app.handle(), window)?.build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
