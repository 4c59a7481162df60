//! Notifications where there is no session bus: macOS and Windows.

use super::{Click, Note};

/// Shows notifications. Cheap to clone.
#[derive(Clone)]
pub struct Notifier;

impl Notifier {
    /// There is nothing to connect to; a click brings up the program by itself.
    pub async fn connect(_clicked: impl Fn(Click) + Send + 'static) -> Option<Self> {
        Some(Self)
    }

    /// Shows a notification.
    pub async fn show(&self, note: &Note) {
        let shown = notify_rust::Notification::new()
            .summary(&note.title)
            .body(&note.body)
            .show();
        if let Err(error) = shown {
            tracing::warn!(%error, "a notification could not be shown");
        }
    }
}
