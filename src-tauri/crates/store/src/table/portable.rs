//! Workspaces, calendars and accounts as a full export holds them, those of the bin included.

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::slot::{DayPause, Slot};
use model::{AccountId, CalendarId, Timestamp, WorkspaceId};

use super::words::{at, parse};
use super::{accounts, calendars, day_pauses, slots, workspaces};
use crate::conn::Conn;
use crate::error::Result;
use crate::tx::Tx;

/// Columns of a workspace: identifier, name, made, in the bin, budget.
type WorkspaceColumns = (String, String, i64, Option<i64>, Option<i64>);

/// Every workspace and when it went to the bin.
pub async fn all_workspaces(conn: &mut Conn) -> Result<Vec<(Workspace, Option<Timestamp>)>> {
    let rows: Vec<WorkspaceColumns> = sqlx::query_as(
        "SELECT id, name, created_at, deleted_at, monthly_budget FROM workspaces
         ORDER BY created_at, id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, name, created, deleted, budget)| {
            let workspace = Workspace {
                id: parse(&id)?,
                name,
                created_at: at(created),
                monthly_budget: budget.and_then(|b| u64::try_from(b).ok()),
            };
            Ok((workspace, deleted.map(at)))
        })
        .collect()
}

/// A calendar with when it went to the bin and when it was changed last; that is none for one from before it was
/// noted.
pub type KeptCalendar = (Calendar, Option<Timestamp>, Option<Timestamp>);

/// Every calendar.
pub async fn all_calendars(conn: &mut Conn) -> Result<Vec<KeptCalendar>> {
    let rows: Vec<(String, Option<i64>, Option<i64>)> =
        sqlx::query_as("SELECT id, deleted_at, updated_at FROM calendars ORDER BY created_at, id")
            .fetch_all(conn.sql())
            .await?;
    let mut found = Vec::with_capacity(rows.len());
    for (id, deleted, updated) in rows {
        found.push((
            calendars::get(conn, parse(&id)?).await?,
            deleted.map(at),
            updated.map(at),
        ));
    }
    Ok(found)
}

/// An account with when it went to the bin and when its secrets were forgotten.
pub type Kept = (Account, Option<Timestamp>, Option<Timestamp>);

/// Every account.
pub async fn all_accounts(conn: &mut Conn) -> Result<Vec<Kept>> {
    let rows: Vec<(String, Option<i64>, Option<i64>)> =
        sqlx::query_as("SELECT id, deleted_at, purged_at FROM accounts ORDER BY created_at, id")
            .fetch_all(conn.sql())
            .await?;
    let mut found = Vec::with_capacity(rows.len());
    for (id, deleted, purged) in rows {
        found.push((
            accounts::get(conn, parse(&id)?).await?,
            deleted.map(at),
            purged.map(at),
        ));
    }
    Ok(found)
}

/// Slots of every account, removed ones included.
pub async fn all_slots(conn: &mut Conn) -> Result<Vec<Slot>> {
    let rows: Vec<(String, String, u8, String, String)> = sqlx::query_as(
        "SELECT id, account_id, weekday, time, zone FROM slots ORDER BY account_id, weekday, time, id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, account, weekday, time, zone)| {
            Ok(Slot {
                id: parse(&id)?,
                account_id: parse(&account)?,
                weekday,
                time: parse(&time)?,
                zone: parse(&zone)?,
            })
        })
        .collect()
}

/// Puts a workspace in.
pub async fn put_workspace(
    tx: &mut Tx,
    workspace: &Workspace,
    deleted_at: Option<Timestamp>,
) -> Result<()> {
    workspaces::insert(tx, workspace).await?;
    let id: WorkspaceId = workspace.id;
    mark(
        tx,
        "UPDATE workspaces SET deleted_at = ? WHERE id = ?",
        id.to_string(),
        deleted_at,
    )
    .await
}

/// Puts a calendar in. It counts as changed when it says, not by being put in.
pub async fn put_calendar(
    tx: &mut Tx,
    (calendar, deleted_at, updated_at): &KeptCalendar,
) -> Result<()> {
    calendars::put(tx, calendar).await?;
    let id: CalendarId = calendar.id;
    mark(
        tx,
        "UPDATE calendars SET deleted_at = ? WHERE id = ?",
        id.to_string(),
        *deleted_at,
    )
    .await?;
    mark(
        tx,
        "UPDATE calendars SET updated_at = ? WHERE id = ?",
        id.to_string(),
        *updated_at,
    )
    .await?;
    tx.keeps_its_time(id);
    Ok(())
}

/// Notes on calendars that do not say when they were changed what programs noted of that, as exports have it from
/// before calendars said so themselves.
pub async fn date_calendars_by_notes(tx: &mut Tx) -> Result<()> {
    sqlx::query(
        "UPDATE calendars SET updated_at = (
           SELECT json_extract(n.value, '$.updated_at') FROM api_notes n
           WHERE n.kind = 'calendar' AND n.id = calendars.id
             AND json_type(n.value, '$.updated_at') = 'integer')
         WHERE updated_at IS NULL",
    )
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Puts an account in.
pub async fn put_account(tx: &mut Tx, (account, deleted_at, purged_at): &Kept) -> Result<()> {
    accounts::put(tx, account).await?;
    let id: AccountId = account.id;
    mark(
        tx,
        "UPDATE accounts SET deleted_at = ? WHERE id = ?",
        id.to_string(),
        *deleted_at,
    )
    .await?;
    mark(
        tx,
        "UPDATE accounts SET purged_at = ? WHERE id = ?",
        id.to_string(),
        *purged_at,
    )
    .await
}

/// Puts slots in; their accounts are there already.
pub async fn put_slots(tx: &mut Tx, all: &[Slot]) -> Result<()> {
    let mut owners: Vec<AccountId> = all.iter().map(|s| s.account_id).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        let own: Vec<Slot> = all
            .iter()
            .filter(|s| s.account_id == owner)
            .cloned()
            .collect();
        slots::replace(tx, owner, &own).await?;
    }
    Ok(())
}

/// Paused days of every account, removed ones included.
pub async fn all_day_pauses(conn: &mut Conn) -> Result<Vec<DayPause>> {
    day_pauses::whole(conn).await
}

async fn mark(tx: &mut Tx, sql: &'static str, id: String, moment: Option<Timestamp>) -> Result<()> {
    let Some(moment) = moment else { return Ok(()) };
    sqlx::query(sql)
        .bind(moment.as_millis())
        .bind(id)
        .execute(tx.sql())
        .await?;
    Ok(())
}
