//! Settings: choices of the person, and what the screen remembers. Write choices in a step, so that
//! they can be undone, and remembered things outside of one.

use std::collections::BTreeMap;

use model::change::Subject;
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
