//! One module a table (or a group that is only used together): rows in, rows out.

pub mod accounts;
pub mod calendars;
pub mod holds;
pub mod posts;
pub(crate) mod words;
pub mod workspaces;
