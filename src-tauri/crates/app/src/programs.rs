//! What other programs work with: keys, their own words on things, and requests that are done once.

mod access;
mod as_read;
mod asks;
mod by_key;
mod going_out;
mod kept_back;
mod keys;
mod listening;
mod listing;
mod looks;
mod media;
mod notes;
mod requests;
mod rights;
mod watching;

pub use crate::accounts::ReturnTo;
pub use crate::library::NetworkFit;
pub use crate::posts::PostChange;
pub use crate::workspaces::CalendarChange;
pub use access::{AccessStanding, AccessWish, Client, Grant, GrantError};
pub use asks::AskedTime;
pub use by_key::Allowed;
pub use keys::Bearer;
pub(crate) use looks::Look;
pub use media::{Arriving, ArrivingFolder, MediaTaken};
pub use networks::catalogue::{Entry as Network, FieldKind, OptionField, Support};
pub use notes::{ProgramNote, Revise};
pub(crate) use requests::forget_requests;
pub use requests::{Begun, NamedRequest};
pub use watching::{Counted, Figures, Sends};

use std::collections::HashMap;

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::{CalendarId, Entropy, Timestamp, WorkspaceId};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;

/// Everything of a workspace that a program's words have to be translated with.
#[derive(Debug, Clone)]
pub struct Room {
    /// The workspace.
    pub workspace: Workspace,
    /// Its calendars, the oldest first.
    pub calendars: Vec<Calendar>,
    /// Its accounts, the oldest first.
    pub accounts: Vec<Account>,
}

impl App {
    /// A workspace with its calendars and accounts.
    pub async fn room(&self, id: WorkspaceId) -> Result<Room> {
        let mut conn = self.read().await?;
        let workspace = store::workspaces::all(&mut conn)
            .await?
            .into_iter()
            .find(|w| w.id == id)
            .ok_or_else(|| ApiError::missing("workspace"))?;
        let mut calendars = store::calendars::all(&mut conn).await?;
        calendars.retain(|c| c.workspace_id == id);
        calendars.sort_by_key(|c| (c.created_at, c.id));
        let mut accounts = store::accounts::all(&mut conn).await?;
        accounts.retain(|a| a.workspace_id == id);
        accounts.sort_by_key(|a| (a.created_at, a.id));
        Ok(Room {
            workspace,
            calendars,
            accounts,
        })
    }

    /// When the calendars of a workspace were changed last, by whoever changed them.
    pub async fn calendars_changed_at(
        &self,
        workspace: WorkspaceId,
    ) -> Result<HashMap<CalendarId, Timestamp>> {
        let mut conn = self.read().await?;
        Ok(store::calendars::changed_at(&mut conn, workspace).await?)
    }

    /// The networks there are.
    #[must_use]
    pub fn networks(&self) -> Vec<Network> {
        self.inner.config.registry.entries()
    }

    /// The program's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.inner.config.program_version
    }

    /// Random bytes from the program's source of randomness.
    pub fn random(&self, bytes: &mut [u8]) {
        Entropy::fill(&*self.inner.config.entropy, bytes);
    }

    /// Random bytes as lower-case hex digits.
    #[must_use]
    pub fn random_hex(&self, bytes: usize) -> String {
        let mut random = vec![0_u8; bytes];
        self.random(&mut random);
        let digits = random.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect()
    }

    /// How often something was written since the program started. What was read after this number is still so
    /// while the number is the same.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.store.commits()
    }

    /// Time since the program started, which never goes back.
    #[must_use]
    pub fn steady(&self) -> std::time::Duration {
        self.inner.clock().monotonic()
    }

    /// The zone of this computer.
    #[must_use]
    pub fn zone(&self) -> &model::when::Zone {
        &self.inner.config.system_zone
    }

    /// Whether an instant lies ahead.
    #[must_use]
    pub fn is_ahead(&self, at: Timestamp) -> bool {
        at > self.inner.now()
    }
}
