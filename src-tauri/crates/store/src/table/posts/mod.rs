//! Posts and their targets: reading, writing, moving, the bin.
//!
//! Delivery states are written by the publisher's functions; here a person's acts are, and only as
//! far as [`model::delivery::step`] allows them.

mod bin;
#[macro_use]
mod chips;
mod guard;
mod import;
mod moves;
mod parts;
mod placed;
mod read;
mod repeats;
mod row;
mod search;
mod settle;
mod write;

pub use bin::{BIN_KEEPS, Purged, delete, purge, purge_expired, restore};
pub use chips::{
    Binned, Place, ShelfPlace, bin, chips_of, count_dated, list_after, list_before, range, shelf,
    shelf_after,
};
pub use guard::refuse_in_flight;
pub(crate) use guard::{may_be_out, may_be_there, refuse_unlooked};
pub use import::{
    AttemptSteps, Kept, KeptStep, WholeAttempt, all_ids, attempt_steps, edit_bases, kept,
    put_attempt, put_whole,
};
pub use moves::{Move, move_many, set_editorial};
pub(crate) use parts::{parts_out, refuse_other_parts};
pub(crate) use placed::Placed;
pub use read::{draft_of, get, get_many, in_use, looked_after_by, of_target};
pub use repeats::{Repeat, repeats};
#[cfg(feature = "testing")]
pub(crate) use row::Derived;
pub use search::{find, search};
pub(crate) use settle::{keep_out_of_past, miss_what_passed, settle_targets};
pub(crate) use write::changed_since;
pub use write::{NewPost, create, duplicate, insert, save, save_confirmed, set_held, set_labels};
