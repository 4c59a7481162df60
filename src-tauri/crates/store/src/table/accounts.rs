//! Connected accounts. Secrets are never here.

use model::account::{Account, AccountHealth};
use model::change::Subject;
use model::{AccountId, Timestamp, WorkspaceId};

use super::words::{at, json, parse, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    workspace_id: String,
    network: String,
    remote_id: String,
    handle: String,
    display_name: String,
    server: String,
    settings: String,
    health_reason: Option<String>,
    health_since: Option<i64>,
    paused: Option<String>,
    created_at: i64,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse(&row.id)?,
            workspace_id: parse(&row.workspace_id)?,
            network: row.network,
            remote_id: row.remote_id,
            handle: row.handle,
            display_name: row.display_name,
            server: row.server,
            settings: json(&row.settings)?,
            health: match row.health_reason {
                None => AccountHealth::Ok,
                Some(reason) => AccountHealth::NeedsReconnect {
                    reason,
                    since: at(row.health_since.unwrap_or(0)),
                },
            },
            paused: row.paused,
            created_at: at(row.created_at),
        })
    }
}

/// Every account that is not removed, by network and handle.
pub async fn all(conn: &mut Conn) -> Result<Vec<Account>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT a.id, a.workspace_id, a.network, a.remote_id, a.handle, a.display_name, a.server,
           a.settings, a.health_reason, a.health_since, a.paused, a.created_at
         FROM accounts a JOIN workspaces w ON w.id = a.workspace_id
         WHERE a.deleted_at IS NULL AND w.deleted_at IS NULL
         ORDER BY a.network, a.handle COLLATE NOCASE, a.id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Accounts that are removed but not purged, newest first, with the time of removal.
pub async fn removed(conn: &mut Conn) -> Result<Vec<(Account, Timestamp)>> {
    #[derive(sqlx::FromRow)]
    struct Removed {
        #[sqlx(flatten)]
        account: Row,
        deleted_at: i64,
    }
    let rows: Vec<Removed> = sqlx::query_as(
        "SELECT id, workspace_id, network, remote_id, handle, display_name, server, settings,
           health_reason, health_since, paused, created_at, deleted_at
         FROM accounts WHERE deleted_at IS NOT NULL AND purged_at IS NULL
         ORDER BY deleted_at DESC, id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|r| Ok((r.account.try_into()?, at(r.deleted_at))))
        .collect()
}

/// Accounts that go for good when the bin is emptied of what went there before this instant: removed
/// ones, and all of a removed workspace.
pub async fn expired(conn: &mut Conn, before: Timestamp) -> Result<Vec<Account>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, workspace_id, network, remote_id, handle, display_name, server, settings,
           health_reason, health_since, paused, created_at
         FROM accounts WHERE purged_at IS NULL AND (deleted_at < ?1 OR workspace_id IN (
           SELECT id FROM workspaces WHERE deleted_at < ?1))",
    )
    .bind(before.as_millis())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Account::try_from).collect()
}

/// One account, also a removed one.
pub async fn get(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, workspace_id, network, remote_id, handle, display_name, server, settings,
           health_reason, health_since, paused, created_at
         FROM accounts WHERE id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    row.ok_or(StoreError::not_found("account"))?.try_into()
}

/// Several accounts, also removed ones; `ids` is a json list.
pub(crate) async fn get_many(conn: &mut Conn, ids: &str) -> Result<Vec<Account>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, workspace_id, network, remote_id, handle, display_name, server, settings,
           health_reason, health_since, paused, created_at
         FROM accounts WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(ids)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Account::try_from).collect()
}

/// The account of a workspace that is the same one on the network, also a removed one (not a purged
/// one): connecting it again takes its row back.
pub async fn find(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    network: &str,
    server: &str,
    remote_id: &str,
) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, workspace_id, network, remote_id, handle, display_name, server, settings,
           health_reason, health_since, paused, created_at
         FROM accounts
         WHERE workspace_id = ? AND network = ? AND server = ? AND remote_id = ?
         ORDER BY deleted_at IS NOT NULL, deleted_at DESC LIMIT 1",
    )
    .bind(workspace_id.to_string())
    .bind(network)
    .bind(server)
    .bind(remote_id)
    .fetch_optional(conn.sql())
    .await?;
    row.map(Account::try_from).transpose()
}

/// Connects an account, or writes every field of one that exists and takes it back if it was
/// removed.
pub async fn put(tx: &mut Tx, account: &Account) -> Result<()> {
    let (reason, since) = health_columns(&account.health);
    sqlx::query(
        "INSERT INTO accounts (id, workspace_id, network, remote_id, handle, display_name, server,
           settings, health_reason, health_since, paused, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET handle = excluded.handle,
           display_name = excluded.display_name, server = excluded.server,
           settings = excluded.settings, health_reason = excluded.health_reason,
           health_since = excluded.health_since, paused = excluded.paused, deleted_at = NULL,
           purged_at = NULL",
    )
    .bind(account.id.to_string())
    .bind(account.workspace_id.to_string())
    .bind(&account.network)
    .bind(&account.remote_id)
    .bind(&account.handle)
    .bind(&account.display_name)
    .bind(&account.server)
    .bind(to_json(&account.settings)?)
    .bind(reason)
    .bind(since)
    .bind(&account.paused)
    .bind(account.created_at.as_millis())
    .execute(tx.sql())
    .await
    .map_err(connected_already)?;
    tx.changed(Subject::Account, account.id);
    Ok(())
}

/// A new identifier for an account.
#[must_use]
pub fn new_id(tx: &Tx) -> AccountId {
    AccountId(tx.new_id())
}

fn health_columns(health: &AccountHealth) -> (Option<&str>, Option<i64>) {
    match health {
        AccountHealth::Ok => (None, None),
        AccountHealth::NeedsReconnect { reason, since } => (Some(reason), Some(since.as_millis())),
    }
}

/// Sets whether it can send. Returns whether that is news, so that a sign-out is told once.
pub async fn set_health(tx: &mut Tx, id: AccountId, health: &AccountHealth) -> Result<bool> {
    let (reason, since) = health_columns(health);
    let was_ok: Option<bool> =
        sqlx::query_scalar("SELECT health_reason IS NULL FROM accounts WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(tx.sql())
            .await?;
    let was_ok = was_ok.ok_or(StoreError::not_found("account"))?;
    let is_ok = matches!(health, AccountHealth::Ok);
    if was_ok == is_ok {
        return Ok(false);
    }
    sqlx::query("UPDATE accounts SET health_reason = ?, health_since = ? WHERE id = ?")
        .bind(reason)
        .bind(since)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Account, id);
    Ok(true)
}

/// Writes the number it has on its network from now on, as a group's changes when it grows. Returns
/// whether it was written: not where it has another than `was` by now, nor where another account of the
/// workspace has the new one.
pub async fn renumber(tx: &mut Tx, id: AccountId, was: &str, is: &str) -> Result<bool> {
    let done =
        sqlx::query("UPDATE OR IGNORE accounts SET remote_id = ? WHERE id = ? AND remote_id = ?")
            .bind(is)
            .bind(id.to_string())
            .bind(was)
            .execute(tx.sql())
            .await?;
    let written = done.rows_affected() > 0;
    if written {
        tx.changed(Subject::Account, id);
    }
    Ok(written)
}

/// Pauses publishing to it with a reason, or resumes it.
pub async fn set_paused(tx: &mut Tx, id: AccountId, reason: Option<&str>) -> Result<()> {
    let done = sqlx::query("UPDATE accounts SET paused = ? WHERE id = ?")
        .bind(reason)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    noted(tx, id, done.rows_affected())
}

/// Removes it. The row and the secrets stay until the bin empties, so that undo works. Refused while
/// a post is on its way to it.
pub async fn remove(tx: &mut Tx, id: AccountId) -> Result<()> {
    let in_flight: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM targets WHERE account_id = ? AND state = 'sending')",
    )
    .bind(id.to_string())
    .fetch_one(tx.sql())
    .await?;
    if in_flight {
        return Err(StoreError::InFlight(
            "A post is being sent to this account right now. Remove it when that is done."
                .to_owned(),
        ));
    }
    let done =
        sqlx::query("UPDATE accounts SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL")
            .bind(tx.now().as_millis())
            .bind(id.to_string())
            .execute(tx.sql())
            .await?;
    noted(tx, id, done.rows_affected())
}

/// Takes a removed account back.
pub async fn restore(tx: &mut Tx, id: AccountId) -> Result<()> {
    let done =
        sqlx::query("UPDATE accounts SET deleted_at = NULL WHERE id = ? AND purged_at IS NULL")
            .bind(id.to_string())
            .execute(tx.sql())
            .await
            .map_err(connected_already)?;
    noted(tx, id, done.rows_affected())
}

fn connected_already(error: sqlx::Error) -> StoreError {
    match error.as_database_error() {
        Some(db) if db.is_unique_violation() => {
            StoreError::Conflict("This account is connected already.".to_owned())
        }
        _ => error.into(),
    }
}

fn noted(tx: &mut Tx, id: AccountId, rows: u64) -> Result<()> {
    if rows == 0 {
        return Err(StoreError::not_found("account"));
    }
    tx.changed(Subject::Account, id);
    Ok(())
}
