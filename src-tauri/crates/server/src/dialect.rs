//! The five contracts, one module each: names, casing, status words, prefixes, paging, defaults and
//! maxima, envelopes. Nothing but translation: what is done is done by the commands.

#![allow(
    clippy::struct_field_names,
    clippy::option_option,
    reason = "names are those of the contracts, and a field that is null is another thing than a missing one"
)]

pub mod almanac;
pub mod calendar_entries;
pub mod content_calendar;
pub(crate) mod errors;
pub mod instagram_editor;
pub mod scheduler;
pub mod social_publishing;
pub(crate) mod subscribing;
