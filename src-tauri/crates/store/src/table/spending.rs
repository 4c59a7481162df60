//! What paid calls cost: noted before they are made, within the budget of their workspace's month.

use model::content::Segment;
use model::money::Month;
use model::when::Zone;
use model::{AccountId, PostId, Timestamp, WorkspaceId};
use serde_json::{Map, Value};

use super::words::{at, id_list, json, parse};
use super::workspaces::kept;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// A call about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend<'a> {
    /// Who pays.
    pub workspace_id: WorkspaceId,
    /// The account it is made with.
    pub account_id: AccountId,
    /// What it is charged for.
    pub what: &'a str,
    /// Its price, in millionths of a US dollar.
    pub micro_dollars: u64,
}

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is noted under this number.
    Paid(i64),
    /// It would go over the budget: nothing was noted.
    OverBudget {
        /// The budget of the month.
        budget: u64,
        /// What was spent of it.
        spent: u64,
    },
}

/// Where a workspace counts its months: the zone of its oldest calendar.
pub async fn zone_of(conn: &mut Conn, workspace: WorkspaceId) -> Result<Zone> {
    let zone: Option<String> = sqlx::query_scalar(
        "SELECT zone FROM calendars WHERE workspace_id = ?
         ORDER BY deleted_at IS NOT NULL, created_at, id LIMIT 1",
    )
    .bind(workspace.to_string())
    .fetch_optional(conn.sql())
    .await?;
    zone.map_or_else(|| Ok(Zone::utc()), |zone| parse(&zone))
}

/// The calendar month of a workspace at an instant.
pub async fn month_of(conn: &mut Conn, workspace: WorkspaceId, at: Timestamp) -> Result<Month> {
    let zone = zone_of(conn, workspace).await?;
    Month::at(at, &zone).map_err(|e| StoreError::internal(e.to_string()))
}

/// What a workspace spent in a month, by its name.
pub async fn spent(conn: &mut Conn, workspace: WorkspaceId, month: &str) -> Result<u64> {
    let sum: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(micro_dollars), 0) FROM spends WHERE workspace_id = ? AND month = ?",
    )
    .bind(workspace.to_string())
    .bind(month)
    .fetch_one(conn.sql())
    .await?;
    Ok(u64::try_from(sum).unwrap_or(0))
}

/// What a workspace may spend in a month; none without limit.
pub async fn budget(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<u64>> {
    let budget: Option<Option<i64>> =
        sqlx::query_scalar("SELECT monthly_budget FROM workspaces WHERE id = ?")
            .bind(workspace.to_string())
            .fetch_optional(conn.sql())
            .await?;
    Ok(budget.flatten().and_then(|b| u64::try_from(b).ok()))
}

/// Notes a call before it is made, unless it goes over the budget. There is one writer, so two calls
/// never both take the last cents.
pub async fn note(tx: &mut Tx, spend: Spend<'_>) -> Result<Noted> {
    let now = tx.now();
    let month = month_of(tx, spend.workspace_id, now).await?;
    if let Some(budget) = budget(tx, spend.workspace_id).await? {
        let spent = spent(tx, spend.workspace_id, &month.name).await?;
        if spent.saturating_add(spend.micro_dollars) > budget {
            return Ok(Noted::OverBudget { budget, spent });
        }
    }
    let done = sqlx::query(
        "INSERT INTO spends (workspace_id, account_id, month, at, what, micro_dollars)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(spend.workspace_id.to_string())
    .bind(spend.account_id.to_string())
    .bind(month.name)
    .bind(tx.now().as_millis())
    .bind(spend.what)
    .bind(kept(spend.micro_dollars))
    .execute(tx.sql())
    .await?;
    Ok(Noted::Paid(done.last_insert_rowid()))
}

/// The call certainly never left this computer.
pub async fn take_back(tx: &mut Tx, number: i64) -> Result<()> {
    sqlx::query("DELETE FROM spends WHERE id = ?")
        .bind(number)
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// A delivery that will cost something.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming {
    /// Its post.
    pub post_id: PostId,
    /// Its account.
    pub account_id: AccountId,
    /// When it is due.
    pub due_at: Timestamp,
    /// What it says there.
    pub segments: Vec<Segment>,
    /// Its options.
    pub options: Map<String, Value>,
}

/// Deliveries that wait for these accounts and are due before an instant, earliest first, at most
/// `limit`.
pub async fn coming(
    conn: &mut Conn,
    accounts: &[AccountId],
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Coming>> {
    let rows: Vec<(String, String, i64, String, String)> = sqlx::query_as(
        "SELECT t.post_id, t.account_id, t.due_at, coalesce(t.own_segments, p.segments), t.options
         FROM json_each(?1) a CROSS JOIN targets t ON t.account_id = a.value
         JOIN posts p ON p.id = t.post_id
         WHERE t.state = 'waiting' AND t.due_at IS NOT NULL AND t.due_at < ?2
         ORDER BY t.due_at, t.id LIMIT ?3",
    )
    .bind(id_list(accounts)?)
    .bind(until.as_millis())
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(post, account, due, segments, options)| {
            Ok(Coming {
                post_id: parse(&post)?,
                account_id: parse(&account)?,
                due_at: at(due),
                segments: json(&segments)?,
                options: json(&options)?,
            })
        })
        .collect()
}

/// A call that was noted, as a full export holds it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Who pays.
    pub workspace_id: WorkspaceId,
    /// The account it was made with.
    pub account_id: AccountId,
    /// Calendar month, such as `2026-05`.
    pub month: String,
    /// When it was noted.
    pub at: Timestamp,
    /// What it is charged for.
    pub what: String,
    /// Its price, in millionths of a US dollar.
    pub micro_dollars: u64,
}

/// Every call that was noted, oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<Row>> {
    let rows: Vec<(String, String, String, i64, String, i64)> = sqlx::query_as(
        "SELECT workspace_id, account_id, month, at, what, micro_dollars FROM spends ORDER BY id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(workspace, account, month, moment, what, price)| {
            Ok(Row {
                workspace_id: parse(&workspace)?,
                account_id: parse(&account)?,
                month,
                at: at(moment),
                what,
                micro_dollars: u64::try_from(price).unwrap_or(0),
            })
        })
        .collect()
}

/// Puts one in, as an import does.
pub async fn put(tx: &mut Tx, row: &Row) -> Result<()> {
    sqlx::query(
        "INSERT INTO spends (workspace_id, account_id, month, at, what, micro_dollars)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(row.workspace_id.to_string())
    .bind(row.account_id.to_string())
    .bind(&row.month)
    .bind(row.at.as_millis())
    .bind(&row.what)
    .bind(kept(row.micro_dollars))
    .execute(tx.sql())
    .await?;
    Ok(())
}
