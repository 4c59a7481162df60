//! The statements of the publishing path: claiming, intents, steps, outcomes, rescue, looks, and what
//! a person decides about a delivery.
//!
//! Nothing here decides: states come from [`model::delivery::step`], and every write is guarded by
//! the state and the fencing number the caller saw. A write that is refused changes nothing and says
//! so. Functions that take slices run one statement for all of them, so that many deliveries share
//! one commit.

mod claim;
mod comment;
mod intent;
mod job;
mod look;
mod overview;
mod person;
mod place;
mod quota;
mod rescue;
mod restore;
mod settle;
mod steps;

pub use claim::{Claimed, Edited, Gate, Missed, claim, hold_edited, mark_missed};
pub use comment::{
    CommentDue, CommentEnd, comment_again, comment_begins, comment_due, comment_ends, comment_left,
    comments_due,
};
pub use intent::{Intent, LINKS_STEP, intend};
pub use job::{AccountCache, Delivery, MediaRow, StepRow, deliveries, deliveries_through};
pub use look::{Looked, look_due, looked, unlookable};
pub use overview::{Upcoming, needs_you, next_due, next_moment, published_of, waiting_on};
pub use person::{
    Deletable, cancel, deletable, deleted_on_network, give_up, held, retry, say_published,
    send_again, send_now, taken_back, use_again,
};
pub use place::{
    HeldOf, Noted, Watched, Window, claim_to_place, held_there, hold_alone, send_from_here,
    unwatchable, watch_all, watch_due, watched,
};
pub use quota::{NetworkQuota, apply_quotas};
pub(crate) use quota::{only, weight};
pub use rescue::{Lease, Rescued, leases, put_back, renew, rescue, shift_waits};
pub use restore::{look_before, look_first};
pub use settle::{Settled, settle};
pub use steps::{Showing, StepDone, about_to_show, step_done};

use std::collections::HashSet;

use model::TargetId;

/// Which of `ids` are in `kept`, in the order of `ids`.
fn flags(ids: impl Iterator<Item = TargetId>, kept: Vec<String>) -> Vec<bool> {
    let kept: HashSet<String> = kept.into_iter().collect();
    ids.map(|id| kept.contains(&id.to_string())).collect()
}
