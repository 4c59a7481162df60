//! The commands: every use case of Almanac, wired from the crates below it.
//!
//! One module per area, named as the user would name it. No window, no HTTP here: the hosts are
//! thin doors over [`commands`].

pub mod commands;
pub mod types;
pub mod typescript;
