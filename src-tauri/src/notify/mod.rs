//! Notifications of the desktop, with a click that opens the post.

use crate::window::Open;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use linux::Notifier;
#[cfg(not(target_os = "linux"))]
pub use other::Notifier;

/// What a notification says and opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// First line.
    pub title: String,
    /// The rest.
    pub body: String,
    /// What a click opens.
    pub opens: Open,
    /// It waits for the person: the desktop keeps it until it is read.
    pub urgent: bool,
}
