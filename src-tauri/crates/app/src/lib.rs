//! The commands: every use case of Almanac, wired from the crates below it.
//!
//! One module per area, named as the user would name it. No window, no HTTP here: the hosts are
//! thin doors over [`commands`].

mod accounts;
mod activity;
mod app;
mod as_sent;
mod bin;
mod captions;
mod checks;
pub mod commands;
mod config;
mod data;
mod dates;
mod day_pauses;
mod dispatch;
mod doubt;
mod error;
pub mod exchange;
mod formats;
mod history;
mod housekeeping;
mod imports;
mod into_slot;
mod library;
mod links;
mod machine;
mod media_files;
mod money;
mod open;
mod pictures;
mod place;
mod posts;
pub mod programs;
mod public_files;
mod queue;
mod running;
mod session;
mod settings;
mod split;
pub mod system;
mod targets;
mod text_file;
mod transfer;
pub mod types;
pub mod typescript;
mod vault;
mod videos;
pub mod webhooks;
mod words;
mod workspaces;
mod writing;
mod written;

pub use app::{App, Changes, MediaWanted};
pub use config::AppConfig;
pub use error::Result;
pub use formats::of_system as formats_of_system;
pub use machine::{Machine, machine_id};
pub use networks::http::ProxyAdvice;
pub use networks::vault::Secret;
pub use open::{OpenError, OpenTrouble, data_folder, restore_backup};
pub use publisher::{Notice, NoticeKind, NoticePost, Status as Doing};
pub use types::ApiError;
pub use vault::VaultChoice;
pub use words::{DateWords, SystemFormats};
