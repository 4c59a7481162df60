//! Files of posts: the library by content hash, thumbnails, and what is made from a picture so
//! that a network takes it.
//!
//! Files are hostile until proven otherwise: what a file is, is told from its bytes and never from
//! its name, and pictures are opened only within limits of bytes, pixels, memory and time. What a
//! network allows is in `networks`; descriptions of pictures belong to posts, in `model`.

mod apart;
mod arriving;
mod as_jpeg;
mod bound;
mod decode;
mod edit;
mod edited;
mod error;
mod faces;
#[cfg(test)]
mod hostile_tests;
mod interest;
mod keeping;
mod kind;
mod library;
mod pdf;
mod proof;
mod rendition;
mod sent;
#[cfg(test)]
mod spoiling;
mod strip;
#[cfg(test)]
mod testing;
mod thumb;
pub mod video;
mod watched;

pub use apart::opened_apart;
pub use bound::{MAX_DOCUMENT_BYTES, MAX_FILE_BYTES, MAX_PICTURE_BYTES, MAX_PIXELS, taken_at_once};
pub use edited::{Edited, edited_kind};
pub use error::MediaError;
pub use kind::Kind;
pub use library::{Imported, Library};
pub use pdf::look_at_document;
pub use proof::{Layered, families};
pub use rendition::{Limits, Rendition, render, render_for};
pub use sent::Sent;
pub use watched::Seen;
