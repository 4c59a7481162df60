//! The server of notifications.
#![allow(
    missing_docs,
    clippy::unused_self,
    clippy::needless_pass_by_value,
    clippy::used_underscore_binding,
    clippy::cast_possible_truncation,
    reason = "the shape of every call is set by the interface, and the macro writes methods"
)]

use std::collections::HashMap;

use zbus::interface;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

use super::{Record, Services};

/// Where the server answers.
const PATH: &str = "/org/freedesktop/Notifications";

/// One notification as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number on the server.
    pub id: u32,
    /// Name of the program.
    pub app: String,
    /// First line.
    pub summary: String,
    /// The rest.
    pub body: String,
    /// Keys and labels of the buttons, alternating.
    pub actions: Vec<String>,
}

/// The service.
pub struct Server {
    notes: Record<Note>,
}

impl Server {
    /// A server that writes down what it is asked to show.
    #[must_use]
    pub fn new(notes: Record<Note>) -> Self {
        Self { notes }
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[expect(
        clippy::too_many_arguments,
        reason = "the shape of the call is the standard's"
    )]
    fn notify(
        &self,
        app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let id = if replaces == 0 {
            self.notes.all().len() as u32 + 1
        } else {
            replaces
        };
        self.notes.push(Note {
            id,
            app,
            summary,
            body,
            actions,
        });
        id
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] to: SignalEmitter<'_>) {
        let _ = Self::notification_closed(&to, id, 3).await;
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "persistence"]
            .map(String::from)
            .to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("stand-in".into(), "tests".into(), "1".into(), "1.2".into())
    }

    #[zbus(signal)]
    async fn action_invoked(to: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(to: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Clicks a notification's button; `default` is the notification itself.
pub async fn click(services: &Services, id: u32, key: &str) -> zbus::Result<()> {
    let emitter = SignalEmitter::new(&services.connection, PATH)?;
    Server::action_invoked(&emitter, id, key).await
}
