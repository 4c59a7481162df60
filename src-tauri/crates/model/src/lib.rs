//! What a post, a calendar, an account *is*, and the rules of time and status.
//!
//! Nothing here reads a clock, a file or a network: every function is a pure function of its
//! arguments, so that the screen, the publisher and the tests get the same answer. Storage is in
//! `store`, sending in `publisher`, what a network allows in `networks`.

pub mod account;
pub mod calendar;
pub mod captions;
pub mod change;
pub mod clip;
pub mod clock;
pub mod content;
pub mod delivery;
pub mod document;
pub mod edit;
pub mod error;
pub mod event;
pub mod failure;
pub mod id;
pub mod key;
pub mod library;
pub mod links;
pub mod money;
pub mod post;
pub mod quota;
pub mod slot;
pub mod status;
pub mod typed_date;
pub mod when;

pub use clock::{Clock, Entropy, Timestamp};
pub use error::{ErrorCode, Problem};
pub use id::{
    AccountId, AttemptId, CalendarId, IdSource, KeyId, MediaId, PostId, SlotId, TargetId,
    WebhookDeliveryId, WebhookId, WorkspaceId,
};
