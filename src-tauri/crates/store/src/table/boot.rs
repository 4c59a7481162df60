//! What a window needs before it can draw, in one go and of one moment.

use std::collections::BTreeMap;

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::slot::Slot;
use serde_json::Value;

use super::holds::PublishingState;
use super::{accounts, calendars, holds, settings, slots, workspaces};
use crate::conn::Conn;
use crate::error::Result;
use crate::feed;
use crate::history::{self, Peek};

/// Everything but posts.
#[derive(Debug, Clone)]
pub struct Boot {
    /// The newest number of the feed that the rest includes: go on reading from here.
    pub seq: i64,
    /// Workspaces.
    pub workspaces: Vec<Workspace>,
    /// Calendars.
    pub calendars: Vec<Calendar>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Weekly plans.
    pub slots: Vec<Slot>,
    /// Settings.
    pub settings: BTreeMap<String, Value>,
    /// What undo and redo would do.
    pub history: Peek,
    /// Holds and the publishing machine.
    pub publishing: PublishingState,
}

/// Reads it in one read transaction.
pub async fn boot(conn: &mut Conn) -> Result<Boot> {
    sqlx::query("BEGIN").execute(conn.sql()).await?;
    let boot = read(conn).await;
    sqlx::query("ROLLBACK").execute(conn.sql()).await?;
    boot
}

async fn read(conn: &mut Conn) -> Result<Boot> {
    Ok(Boot {
        seq: feed::newest(conn).await?,
        workspaces: workspaces::all(conn).await?,
        calendars: calendars::all(conn).await?,
        accounts: accounts::all(conn).await?,
        slots: slots::all(conn).await?,
        settings: settings::all(conn).await?,
        history: history::peek(conn).await?,
        publishing: holds::state(conn).await?,
    })
}
