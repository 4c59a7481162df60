//! Stand-ins for the services of a desktop: tray, notifications, the login manager, and the manager of
//! networks.

pub mod internet;
pub mod login;
pub mod menu;
pub mod notes;
pub mod tray;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use zbus::Connection;

use crate::Desk;

pub use notes::Note;
pub use tray::Item;

/// A list that a service fills and a test reads.
#[derive(Debug)]
pub struct Record<T>(Arc<Mutex<Vec<T>>>);

impl<T> Default for Record<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Record<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone> Record<T> {
    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one.
    pub fn push(&self, value: T) {
        self.lock().push(value);
    }

    /// All so far.
    #[must_use]
    pub fn all(&self) -> Vec<T> {
        self.lock().clone()
    }
}

/// All stand-ins on one connection. Start them before the program.
pub struct Services {
    /// The connection they answer on.
    pub connection: Connection,
    /// Tray items that announced themselves.
    pub items: Record<Item>,
    /// Notifications shown.
    pub notes: Record<Note>,
    /// Inhibitors taken from the login manager, and given back.
    pub login: login::Login,
}

impl Services {
    /// Takes the names of the three services on the desktop's bus.
    pub async fn start(desk: &Desk) -> Result<Self> {
        let items = Record::default();
        let notes = Record::default();
        let login = login::Login::default();
        let connection = zbus::connection::Builder::address(desk.bus_address())?
            .serve_at("/StatusNotifierWatcher", tray::Watcher::new(items.clone()))?
            .serve_at(
                "/org/freedesktop/Notifications",
                notes::Server::new(notes.clone()),
            )?
            .serve_at("/org/freedesktop/login1", login.clone())?
            .name("org.kde.StatusNotifierWatcher")?
            .name("org.freedesktop.Notifications")?
            .name("org.freedesktop.login1")?
            .build()
            .await?;
        Ok(Self {
            connection,
            items,
            notes,
            login,
        })
    }
}
