//! Workspaces.

use model::WorkspaceId;
use model::calendar::Workspace;
use model::change::Subject;

use super::words::{at, parse};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// Every workspace that is not in the bin, by name.
pub async fn all(conn: &mut Conn) -> Result<Vec<Workspace>> {
    let rows: Vec<(String, String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT id, name, created_at, monthly_budget FROM workspaces WHERE deleted_at IS NULL
         ORDER BY name COLLATE NOCASE, id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, name, created, budget)| {
            Ok(Workspace {
                id: parse(&id)?,
                name,
                created_at: at(created),
                monthly_budget: budget.and_then(|b| u64::try_from(b).ok()),
            })
        })
        .collect()
}

/// Makes one.
pub async fn create(tx: &mut Tx, name: &str) -> Result<WorkspaceId> {
    let id = WorkspaceId(tx.new_id());
    insert(
        tx,
        &Workspace {
            id,
            name: name.to_owned(),
            created_at: tx.now(),
            monthly_budget: None,
        },
    )
    .await?;
    Ok(id)
}

/// Puts a whole one in, as an import does.
pub async fn insert(tx: &mut Tx, workspace: &Workspace) -> Result<()> {
    sqlx::query(
        "INSERT INTO workspaces (id, name, created_at, monthly_budget) VALUES (?, ?, ?, ?)",
    )
    .bind(workspace.id.to_string())
    .bind(&workspace.name)
    .bind(workspace.created_at.as_millis())
    .bind(workspace.monthly_budget.map(kept))
    .execute(tx.sql())
    .await
    .map_err(name_taken)?;
    tx.changed(Subject::Workspace, workspace.id);
    Ok(())
}

/// Gives it another name.
pub async fn rename(tx: &mut Tx, id: WorkspaceId, name: &str) -> Result<()> {
    let done = sqlx::query("UPDATE workspaces SET name = ? WHERE id = ? AND deleted_at IS NULL")
        .bind(name)
        .bind(id.to_string())
        .execute(tx.sql())
        .await
        .map_err(name_taken)?;
    found(done.rows_affected())?;
    tx.changed(Subject::Workspace, id);
    Ok(())
}

/// Sets how much paid calls may cost in a calendar month, in millionths of a US dollar; none takes the
/// limit off.
pub async fn set_budget(tx: &mut Tx, id: WorkspaceId, budget: Option<u64>) -> Result<()> {
    let done =
        sqlx::query("UPDATE workspaces SET monthly_budget = ? WHERE id = ? AND deleted_at IS NULL")
            .bind(budget.map(kept))
            .bind(id.to_string())
            .execute(tx.sql())
            .await?;
    found(done.rows_affected())?;
    tx.changed(Subject::Workspace, id);
    Ok(())
}

/// An amount as the file keeps it.
pub(super) fn kept(micro_dollars: u64) -> i64 {
    i64::try_from(micro_dollars).unwrap_or(i64::MAX)
}

/// Puts it into the bin; its calendars and posts are out of sight with it and publish no more.
pub async fn delete(tx: &mut Tx, id: WorkspaceId) -> Result<()> {
    set_deleted(tx, id, Some(tx.now().as_millis())).await
}

/// Takes it out of the bin.
pub async fn restore(tx: &mut Tx, id: WorkspaceId) -> Result<()> {
    set_deleted(tx, id, None).await
}

async fn set_deleted(tx: &mut Tx, id: WorkspaceId, deleted_at: Option<i64>) -> Result<()> {
    let done = sqlx::query("UPDATE workspaces SET deleted_at = ? WHERE id = ?")
        .bind(deleted_at)
        .bind(id.to_string())
        .execute(tx.sql())
        .await
        .map_err(name_taken)?;
    found(done.rows_affected())?;
    tx.changed(Subject::Workspace, id);
    Ok(())
}

fn found(rows: u64) -> Result<()> {
    if rows == 0 {
        Err(StoreError::not_found("workspace"))
    } else {
        Ok(())
    }
}

fn name_taken(error: sqlx::Error) -> StoreError {
    match error.as_database_error() {
        Some(db) if db.is_unique_violation() => StoreError::Invalid {
            field: "name",
            message: "There is a workspace with that name already. Choose another name.".to_owned(),
        },
        _ => error.into(),
    }
}
