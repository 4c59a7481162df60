//! What has to be looked at where a key does something that its permissions and the input alone do not settle.
//!
//! A person may change what was looked at while a command of a key is under way. So the look is taken before the
//! command, and again in each of its writes, which [`App::begin`] and [`App::step_as`] open: only there does
//! nobody come between the look and what is done.

use std::sync::Arc;

use model::ErrorCode;
use model::key::Permission;
use serde::Serialize;
use serde_json::Value;
use store::{Conn, reach};

use super::by_key::lacks;
use crate::app::App;
use crate::error::Result;
use crate::settings;
use crate::types::ApiError;

/// What has to be looked at.
pub(crate) enum Look {
    /// Whether any of these things goes out, or has posts that do.
    GoesOut(Vec<String>),
    /// The same of what lies in the bin and would be back.
    WouldGoOut(Vec<String>),
    /// Whether any of these posts goes out and has an edit beside it.
    Edited(Vec<String>),
    /// Whether any of these posts is more than a plan: a copy of it that is put somewhere in time may go out.
    NoPlan(Vec<String>),
    /// Whether a calendar has another value than the input gives in any of these fields, and the permission
    /// that changing it needs.
    Limits(String, Vec<(&'static str, Value, Permission)>),
    /// Whether any of these settings has another value here than the input gives.
    OfThisComputer(Vec<(&'static str, Value)>),
}

impl Look {
    /// Whether it is taken for somebody who may not publish. The others are of what a key leaves as it is
    /// although it may publish.
    pub(super) const fn spares(&self) -> bool {
        match self {
            Self::GoesOut(_) | Self::WouldGoOut(_) | Self::Edited(_) | Self::NoPlan(_) => true,
            Self::Limits(..) | Self::OfThisComputer(_) => false,
        }
    }

    /// Refuses what the key may not do as things stand.
    pub(crate) async fn refuse(&self, conn: &mut Conn) -> Result<()> {
        let reaches = match self {
            Self::GoesOut(ids) => reach::goes_out(conn, ids, false).await?,
            Self::WouldGoOut(ids) => reach::goes_out(conn, ids, true).await?,
            Self::Edited(ids) => reach::edited(conn, ids).await?,
            Self::NoPlan(ids) => reach::no_plan(conn, ids).await?,
            Self::Limits(calendar, given) => return limits(conn, calendar, given).await,
            Self::OfThisComputer(given) => return of_this_computer(conn, given).await,
        };
        if reaches {
            return Err(lacks(Permission::PublishContent));
        }
        Ok(())
    }
}

async fn limits(
    conn: &mut Conn,
    calendar: &str,
    given: &[(&'static str, Value, Permission)],
) -> Result<()> {
    let all = store::calendars::all(conn).await?;
    // One that is not there the command itself does not find.
    let Some(now) = all.iter().find(|c| c.id.to_string() == calendar) else {
        return Ok(());
    };
    let now = as_json(now)?;
    for (field, value, permission) in given {
        if *value != now[*field] {
            return Err(lacks(*permission).at(field));
        }
    }
    Ok(())
}

async fn of_this_computer(conn: &mut Conn, given: &[(&'static str, Value)]) -> Result<()> {
    let now = as_json(&settings::read(conn).await?)?;
    for (field, value) in given {
        if *value != now[*field] {
            return Err(ApiError::new(
                ErrorCode::Permission,
                "This setting can be changed only on the computer that Almanac runs on.",
            )
            .at(field));
        }
    }
    Ok(())
}

fn as_json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| ApiError::fault("comparing what a key gave", &error))
}

impl App {
    /// The program as a key has it for a command that has to be looked at. What reaches too far already is
    /// refused here: that the permission is lacking is told before whatever the command would say.
    pub(super) async fn looked_at(&self, look: Option<Look>) -> Result<Self> {
        let Some(look) = look else {
            return Ok(self.clone());
        };
        look.refuse(&mut self.read().await?).await?;
        Ok(self.looking(look))
    }

    /// The program as it looks in each of its writes.
    pub(super) fn looking(&self, look: Look) -> Self {
        Self {
            look: Some(Arc::new(look)),
            ..self.clone()
        }
    }
}
