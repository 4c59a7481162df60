//! Settings: choices of the person, and what the screen remembers. Write choices in a step, so that
//! they can be undone, and remembered things outside of one.

use std::collections::{BTreeMap, BTreeSet};

use model::WorkspaceId;
use model::change::Subject;
use model::edit::mark::Watermark;
use model::links::LinkRules;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::words::{json, to_json};
use crate::conn::Conn;
use crate::error::Result;
use crate::tx::Tx;

/// Every setting.
pub async fn all(conn: &mut Conn) -> Result<BTreeMap<String, Value>> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT key, value FROM settings")
        .fetch_all(conn.sql())
        .await?;
    rows.into_iter()
        .map(|(key, value)| Ok((key, json(&value)?)))
        .collect()
}

/// One setting.
pub async fn get(conn: &mut Conn, key: &str) -> Result<Option<Value>> {
    let value: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE key = ?")
        .bind(key)
        .fetch_optional(conn.sql())
        .await?;
    value.as_deref().map(json).transpose()
}

/// Sets one; nothing is written when it has that value already.
pub async fn set(tx: &mut Tx, key: &str, value: &Value) -> Result<()> {
    let done = sqlx::query(
        "INSERT INTO settings (key, value) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
    )
    .bind(key)
    .bind(to_json(value)?)
    .execute(tx.sql())
    .await?;
    if done.rows_affected() > 0 {
        tx.changed(Subject::Settings, "");
    }
    Ok(())
}

/// Forgets one, so that its default counts.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM settings WHERE key = ?")
        .bind(key)
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Settings, "");
    Ok(())
}

/// The key of a choice that belongs to one workspace.
#[must_use]
pub fn of_workspace(workspace: WorkspaceId, name: &str) -> String {
    format!("workspace.{workspace}.{name}")
}

/// The key under which a workspace keeps what it wants on links.
#[must_use]
pub fn link_rules_key(workspace: WorkspaceId) -> String {
    of_workspace(workspace, "links")
}

/// The key under which a workspace keeps the mark of its pictures.
#[must_use]
pub fn watermark_key(workspace: WorkspaceId) -> String {
    of_workspace(workspace, "watermark")
}

/// What these workspaces want on links; those that want nothing are left out.
pub async fn link_rules(
    conn: &mut Conn,
    workspaces: &BTreeSet<WorkspaceId>,
) -> Result<BTreeMap<WorkspaceId, LinkRules>> {
    of_workspaces(conn, workspaces, link_rules_key).await
}

/// The marks of these workspaces, on or off; those that keep none are left out.
pub async fn watermarks(
    conn: &mut Conn,
    workspaces: &BTreeSet<WorkspaceId>,
) -> Result<BTreeMap<WorkspaceId, Watermark>> {
    of_workspaces(conn, workspaces, watermark_key).await
}

async fn of_workspaces<T: DeserializeOwned>(
    conn: &mut Conn,
    workspaces: &BTreeSet<WorkspaceId>,
    key: fn(WorkspaceId) -> String,
) -> Result<BTreeMap<WorkspaceId, T>> {
    let mut found = BTreeMap::new();
    let keys: BTreeMap<String, WorkspaceId> = workspaces.iter().map(|id| (key(*id), *id)).collect();
    let named: Vec<&String> = keys.keys().collect();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT key, value FROM settings WHERE key IN (SELECT value FROM json_each(?))",
    )
    .bind(to_json(&named)?)
    .fetch_all(conn.sql())
    .await?;
    for (key, value) in rows {
        if let Some(id) = keys.get(&key) {
            found.insert(*id, json(&value)?);
        }
    }
    Ok(found)
}
