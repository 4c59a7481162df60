//! One module a table (or a group that is only used together): rows in, rows out.

pub mod accounts;
pub mod activity;
pub mod bin;
pub mod boot;
pub mod calendars;
pub mod crowding;
pub mod day_pauses;
pub mod drafts;
pub mod figures;
pub mod files;
pub mod holds;
pub mod keys;
pub mod library;
pub mod portable;
pub mod posts;
pub mod programs;
pub mod queue;
pub mod reach;
pub mod settings;
pub mod slots;
pub mod spending;
pub mod troubles;
pub(crate) mod words;
pub mod working_copies;
pub mod workspaces;
pub mod zones;
