//! The publisher: what is due is sent once, confirmed, tried again where that is safe, and told.
//!
//! * `engine` is the loop; it holds no truth of its own. `house` is what each full round begins with.
//! * `ledger` writes: every claim, intent, step and outcome is on disk before a delivery goes on, and
//!   those that come together share one commit.
//! * `send` takes one delivery from its claim to its recorded end, `look` finds out about one whose
//!   end nobody knows, `watch` after one that its network holds until its time; `comment` writes what
//!   stands below one that is out.
//! * `purse` notes paid calls before they are made.
//! * `verdict`, `looks`, `lease`, `clockwatch` and `notice` decide, as pure functions.
//!
//! States change as [`model::delivery::step`] says and nowhere else; statements are in
//! `store::publishing`; what a network wants is in `networks`. Nothing here knows a window.

mod batch;
mod checked;
mod clockwatch;
mod comment;
mod config;
mod delete;
mod engine;
mod hash;
mod house;
mod job;
mod lateness;
mod lease;
mod ledger;
mod look;
mod looks;
mod made;
mod notice;
mod points;
mod publisher;
mod purse;
mod report;
mod send;
mod status;
mod take_back;
#[cfg(feature = "testing")]
pub mod testing;
mod timer;
mod verdict;
mod watch;
mod watched;

pub use config::{LEASE, LONGEST_WAIT, Limits, PublisherConfig};
pub use job::texts_sent;
pub use notice::{Notice, NoticeKind, NoticePost, and_held_there, held_there_note, kept};
pub use publisher::{DeleteError, Publisher};
pub use purse::StorePurse;
pub use status::{Mood, NextDue, Status};
pub use timer::{RuntimeTimer, Timer};
