//! The desktop host: window, tray, notifications, autostart and single instance around `app`.
//!
//! No rule of the product lives here: what a person can do is a command of `app`, and this crate
//! carries calls in and events out.

mod args;
mod background;
mod clipboard;
mod commands;
mod core;
mod feed;
mod internet;
mod logging;
mod media;
mod news;
mod notify;
mod painting;
mod pasted;
mod place;
mod power;
mod problem;
mod programs;
mod proxy;
mod quit;
mod services;
mod stopped;
mod tray;
mod trouble;
mod window;
mod wishes;
mod words;

use std::process::ExitCode;

use args::Args;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use tauri_plugin_global_shortcut::ShortcutState;

use crate::core::Core;
use crate::logging::Log;
use crate::place::Place;
use crate::window::{Open, WindowLife};

/// Runs the program until the person quits.
#[must_use]
pub fn run() -> ExitCode {
    if let Some(code) = app::opened_apart() {
        return code;
    }
    let args = match Args::parse(std::env::args_os().skip(1)) {
        Ok(args) => args,
        Err(error) => {
            eprintln!("{error}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    if args.help {
        println!("{}", args::HELP);
        return ExitCode::SUCCESS;
    }
    if args.version {
        println!("almanac {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    match build(args) {
        Ok(app) => {
            let code = app.run_return(on_event);
            u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("Almanac could not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(args: Args) -> tauri::Result<tauri::App> {
    tauri::Builder::default()
        // First of all plugins: a second start must end before it has touched anything.
        .plugin(tauri_plugin_single_instance::init(|app, words, _folder| {
            second_start(app, words);
        }))
        .plugin(
            tauri_plugin_autostart::Builder::new()
                .app_name("Almanac")
                .arg("--hidden")
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(window::remembered())
                .build(),
        )
        .plugin(
            tauri_plugin_global_shortcut::Builder::new()
                .with_handler(|app, _keys, event| {
                    if event.state() == ShortcutState::Pressed {
                        window::open(app, Open::new_post());
                    }
                })
                .build(),
        )
        .manage(WindowLife::default())
        .manage(clipboard::Clipboard::default())
        .manage(wishes::Wishes::default())
        .register_asynchronous_uri_scheme_protocol(media::SCHEME, |context, request, responder| {
            media::answer(context.app_handle(), request, responder);
        })
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::screen_listens,
            commands::screen_ready,
            commands::screen_closed,
            commands::screen_stays,
            commands::quit,
            commands::start_trouble,
            commands::start_again,
            commands::open_external,
            commands::reveal,
            commands::copy_text,
            commands::pasted_files,
            commands::pasted_picture,
            commands::zoom,
            commands::pick_files,
            commands::pick_folder,
            commands::pick_save_file,
        ])
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } => window::close_requested(window, api),
            WindowEvent::Destroyed => window::destroyed(window.app_handle()),
            _ => {}
        })
        .setup(move |app| Ok(set_up(app.handle(), args)?))
        .build(tauri::generate_context!())
}

fn set_up(app: &AppHandle, args: Args) -> tauri::Result<()> {
    let place = Place::new(
        args.data_dir,
        &app.path().data_dir()?,
        &app.path().config_dir()?,
    );
    let log = Log::start();
    if let Some(folder) = place.log_folder() {
        log.write_to(&folder);
    }
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        hidden = args.hidden,
        "starting"
    );
    app.manage(log.clone());
    app.manage(Core::start(place, log));
    app.manage(services::Services::start(app));
    app.manage(tray::make(app)?);
    if args.new_post {
        window::open(app, Open::new_post());
    } else if !args.hidden {
        window::show(app);
    }
    tauri::async_runtime::spawn(feed::follow(app.clone()));
    tauri::async_runtime::spawn(stopped::follow(app.clone()));
    tauri::async_runtime::spawn(programs::follow(app.clone()));
    tauri::async_runtime::spawn(follow_internet(app.clone()));
    tauri::async_runtime::spawn(quit_when_told(app.clone()));
    Ok(())
}

fn second_start(app: &AppHandle, words: Vec<String>) {
    let args = Args::parse(words.into_iter().skip(1).map(Into::into)).unwrap_or_default();
    if args.new_post {
        window::open(app, Open::new_post());
    } else if !args.hidden {
        window::show(app);
    }
}

async fn follow_internet(app: AppHandle) {
    let core = app.state::<Core>().inner().clone();
    let told = core.clone();
    internet::follow(move |way| told.online(way)).await;
    core.online_is_not_told();
}

/// The session ends or somebody asks the process to stop: no questions, but nothing lost either.
async fn quit_when_told(app: AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut term), Ok(mut hang_up)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::hangup()),
        ) else {
            return;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = hang_up.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    quit::at_once(&app).await;
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window was closed: the program goes on in the tray. Quitting has a code.
        RunEvent::ExitRequested {
            code: None, api, ..
        } => api.prevent_exit(),
        RunEvent::Exit => app.state::<Log>().finish(),
        _ => {}
    }
}
