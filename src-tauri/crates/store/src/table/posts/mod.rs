//! Posts and their targets: reading, writing, moving, the bin.
//!
//! Delivery states are written by the publisher's functions; here a person's acts are, and only as
//! far as [`model::delivery::step`] allows them.

mod guard;
mod moves;
mod placed;
mod read;
mod row;
mod settle;
mod write;

pub use guard::refuse_in_flight;
pub use moves::{Move, move_many, set_editorial};
pub use read::{get, get_many};
pub(crate) use row::Derived;
pub(crate) use settle::{keep_out_of_past, settle_targets};
pub use write::{NewPost, create, duplicate, insert, save, set_held, set_labels};
