//! Notifications of the desktop, with a click that opens the post.

use model::TargetId;

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
    /// Buttons that answer what it asks.
    pub answers: Vec<Answer>,
    /// It waits for the person: the desktop keeps it until it is read.
    pub urgent: bool,
}

/// A button that answers what a notification asks, without the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What the button says.
    pub label: &'static str,
    /// The command it gives; also the button's key.
    pub command: &'static str,
    /// The post on its account that the command is about.
    pub target: TargetId,
}

/// A notification was clicked.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "elsewhere the system only brings the program up")
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// What it opens, and shows when the answer is not taken.
    pub opens: Open,
    /// The button that was pressed; none when it was the notification itself.
    pub answer: Option<Answer>,
}
