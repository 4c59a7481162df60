//! Calendars.

use std::collections::HashMap;

use model::calendar::Calendar;
use model::change::Subject;
use model::{CalendarId, Timestamp, WorkspaceId};

use super::words::{at, json, of_word, parse, to_json, word};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    workspace_id: String,
    name: String,
    description: String,
    zone: String,
    working_hours: String,
    default_accounts: String,
    grace_minutes: u32,
    most_posts: Option<u32>,
    status: String,
    paused: Option<String>,
    created_at: i64,
}

impl TryFrom<Row> for Calendar {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse(&row.id)?,
            workspace_id: parse(&row.workspace_id)?,
            name: row.name,
            description: row.description,
            zone: parse(&row.zone)?,
            working_hours: json(&row.working_hours)?,
            default_accounts: json(&row.default_accounts)?,
            grace_minutes: row.grace_minutes,
            most_posts: row.most_posts,
            status: of_word(&row.status)?,
            paused: row.paused,
            created_at: at(row.created_at),
        })
    }
}

/// Every calendar that is not in the bin, active ones first, then by name.
pub async fn all(conn: &mut Conn) -> Result<Vec<Calendar>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT c.id, c.workspace_id, c.name, c.description, c.zone, c.working_hours,
           c.default_accounts, c.grace_minutes, c.most_posts, c.status, c.paused, c.created_at
         FROM calendars c JOIN workspaces w ON w.id = c.workspace_id
         WHERE c.deleted_at IS NULL AND w.deleted_at IS NULL
         ORDER BY c.status, c.name COLLATE NOCASE, c.id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Calendar::try_from).collect()
}

/// One calendar, also from the bin.
pub async fn get(conn: &mut Conn, id: CalendarId) -> Result<Calendar> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, workspace_id, name, description, zone, working_hours, default_accounts,
           grace_minutes, most_posts, status, paused, created_at
         FROM calendars WHERE id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    row.ok_or(StoreError::not_found("calendar"))?.try_into()
}

/// Makes one or changes every field of one; `created_at` and `workspace_id` of one that exists stay.
pub async fn put(tx: &mut Tx, calendar: &Calendar) -> Result<()> {
    sqlx::query(
        "INSERT INTO calendars (id, workspace_id, name, description, zone, working_hours,
           default_accounts, grace_minutes, most_posts, status, paused, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
           zone = excluded.zone, working_hours = excluded.working_hours,
           default_accounts = excluded.default_accounts, grace_minutes = excluded.grace_minutes,
           most_posts = excluded.most_posts,
           status = excluded.status, paused = excluded.paused",
    )
    .bind(calendar.id.to_string())
    .bind(calendar.workspace_id.to_string())
    .bind(&calendar.name)
    .bind(&calendar.description)
    .bind(calendar.zone.name())
    .bind(to_json(&calendar.working_hours)?)
    .bind(to_json(&calendar.default_accounts)?)
    .bind(calendar.grace_minutes)
    .bind(calendar.most_posts)
    .bind(word(&calendar.status)?)
    .bind(&calendar.paused)
    .bind(calendar.created_at.as_millis())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Calendar, calendar.id);
    Ok(())
}

/// Notes on every calendar that this transaction changed, in whichever way, when that was. Those that an import put
/// in say it themselves.
pub(crate) async fn changed(tx: &mut Tx) -> Result<()> {
    let ids = tx.changed_calendars();
    if ids.is_empty() {
        return Ok(());
    }
    let ids = to_json(&ids)?;
    sqlx::query("UPDATE calendars SET updated_at = ? WHERE id IN (SELECT value FROM json_each(?))")
        .bind(tx.now().as_millis())
        .bind(ids)
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// When the calendars of a workspace were changed last, those in the bin included.
pub async fn changed_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> Result<HashMap<CalendarId, Timestamp>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT id, coalesce(updated_at, created_at) FROM calendars WHERE workspace_id = ?",
    )
    .bind(workspace.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, millis)| Ok((parse(&id)?, at(millis))))
        .collect()
}

/// A new identifier for a calendar.
#[must_use]
pub fn new_id(tx: &Tx) -> CalendarId {
    CalendarId(tx.new_id())
}

/// How many posts it holds, those in the bin not counted.
pub async fn posts_in(conn: &mut Conn, id: CalendarId) -> Result<u32> {
    let count = sqlx::query_scalar(
        "SELECT count(*) FROM posts WHERE calendar_id = ? AND deleted_at IS NULL",
    )
    .bind(id.to_string())
    .fetch_one(conn.sql())
    .await?;
    Ok(count)
}

/// Pauses publishing from it with a reason, or resumes it.
pub async fn set_paused(tx: &mut Tx, id: CalendarId, reason: Option<&str>) -> Result<()> {
    let done = sqlx::query("UPDATE calendars SET paused = ? WHERE id = ?")
        .bind(reason)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    noted(tx, id, done.rows_affected())
}

/// Puts it into the bin; its posts are out of sight with it and publish no more.
pub async fn delete(tx: &mut Tx, id: CalendarId) -> Result<()> {
    set_deleted(tx, id, Some(tx.now().as_millis())).await
}

/// Takes it out of the bin.
pub async fn restore(tx: &mut Tx, id: CalendarId) -> Result<()> {
    set_deleted(tx, id, None).await
}

async fn set_deleted(tx: &mut Tx, id: CalendarId, deleted_at: Option<i64>) -> Result<()> {
    let done = sqlx::query("UPDATE calendars SET deleted_at = ? WHERE id = ?")
        .bind(deleted_at)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    noted(tx, id, done.rows_affected())
}

fn noted(tx: &mut Tx, id: CalendarId, rows: u64) -> Result<()> {
    if rows == 0 {
        return Err(StoreError::not_found("calendar"));
    }
    tx.changed(Subject::Calendar, id);
    Ok(())
}

/// The workspace of a calendar, for the context of an undo step.
pub async fn workspace_of(conn: &mut Conn, id: CalendarId) -> Result<WorkspaceId> {
    let workspace: Option<String> =
        sqlx::query_scalar("SELECT workspace_id FROM calendars WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(conn.sql())
            .await?;
    parse(&workspace.ok_or(StoreError::not_found("calendar"))?)
}
