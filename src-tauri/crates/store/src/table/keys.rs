//! Keys with which other programs work. What is stored of a key is its hash: whoever reads the file
//! cannot use one.

use model::change::Subject;
use model::key::{KeyRole, Permission};
use model::{KeyId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::words::{at, json, of_word, parse, to_json, word};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// A key without the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// Identifier.
    pub id: KeyId,
    /// The only workspace it reaches.
    pub workspace_id: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// Its last characters.
    pub tail: String,
    /// What it is for.
    pub role: KeyRole,
    /// What it may do besides reading.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; none for never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    workspace_id: String,
    name: String,
    tail: String,
    role: String,
    permissions: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Key {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse(&row.id)?,
            workspace_id: parse(&row.workspace_id)?,
            name: row.name,
            tail: row.tail,
            role: of_word(&row.role)?,
            permissions: json(&row.permissions)?,
            created_at: at(row.created_at),
            expires_at: row.expires_at.map(at),
            last_used_at: row.last_used_at.map(at),
            revoked_at: row.revoked_at.map(at),
        })
    }
}

macro_rules! keys {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.workspace_id, k.name, k.tail, k.role, k.permissions, k.created_at,
               k.expires_at, k.last_used_at, k.revoked_at FROM api_keys k ",
            $rest
        )
    };
}

/// The keys of a workspace, newest first.
pub async fn of_workspace(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Key>> {
    let rows: Vec<Row> = sqlx::query_as(keys!(
        "WHERE k.workspace_id = ? ORDER BY k.created_at DESC, k.id DESC"
    ))
    .bind(workspace.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Key::try_from).collect()
}

/// The key with this hash, of a workspace that is not in the bin.
pub async fn by_hash(conn: &mut Conn, hash: &str) -> Result<Option<Key>> {
    let row: Option<Row> = sqlx::query_as(keys!(
        "JOIN workspaces w ON w.id = k.workspace_id
         WHERE k.hash = ? AND w.deleted_at IS NULL"
    ))
    .bind(hash)
    .fetch_optional(conn.sql())
    .await?;
    row.map(Key::try_from).transpose()
}

/// A key of a workspace that is not in the bin.
pub async fn by_id(conn: &mut Conn, id: KeyId) -> Result<Option<Key>> {
    let row: Option<Row> = sqlx::query_as(keys!(
        "JOIN workspaces w ON w.id = k.workspace_id
         WHERE k.id = ? AND w.deleted_at IS NULL"
    ))
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    row.map(Key::try_from).transpose()
}

/// Puts a key in.
pub async fn put(tx: &mut Tx, key: &Key, hash: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO api_keys (id, workspace_id, name, hash, tail, role, permissions, created_at,
           expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(key.id.to_string())
    .bind(key.workspace_id.to_string())
    .bind(&key.name)
    .bind(hash)
    .bind(&key.tail)
    .bind(word(&key.role)?)
    .bind(to_json(&key.permissions)?)
    .bind(key.created_at.as_millis())
    .bind(key.expires_at.map(Timestamp::as_millis))
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Key, key.id);
    Ok(())
}

/// Revokes a key of a workspace; one that is revoked already stays so since then. Whether there is one.
pub async fn revoke(tx: &mut Tx, workspace: WorkspaceId, id: KeyId) -> Result<bool> {
    let now = tx.now().as_millis();
    let there = sqlx::query(
        "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? AND workspace_id = ?",
    )
    .bind(now)
    .bind(id.to_string())
    .bind(workspace.to_string())
    .execute(tx.sql())
    .await?
    .rows_affected();
    tx.changed(Subject::Key, id);
    Ok(there > 0)
}

/// Gives a key that is not revoked another secret and another end. Whether there is one.
pub async fn renew(tx: &mut Tx, id: KeyId, hash: &str, tail: &str, end: Timestamp) -> Result<bool> {
    let there = sqlx::query(
        "UPDATE api_keys SET hash = ?, tail = ?, expires_at = ? WHERE id = ? AND revoked_at IS NULL",
    )
    .bind(hash)
    .bind(tail)
    .bind(end.as_millis())
    .bind(id.to_string())
    .execute(tx.sql())
    .await?
    .rows_affected();
    tx.changed(Subject::Key, id);
    Ok(there > 0)
}

/// Notes that a key is used.
pub async fn used(tx: &mut Tx, id: KeyId) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query("UPDATE api_keys SET last_used_at = ? WHERE id = ?")
        .bind(now)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Key, id);
    Ok(())
}

/// A key as a full export holds it: with its hash, so that programs go on with the keys they have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Portable {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// BLAKE3 of it, in hex.
    pub hash: String,
}

/// Every key of every workspace that a person made, oldest first. Those that programs were given for an
/// hour are not: without what renews them nobody could say whose they are.
pub async fn all(conn: &mut Conn) -> Result<Vec<Portable>> {
    let rows: Vec<Row> = sqlx::query_as(keys!(
        "WHERE NOT EXISTS (SELECT 1 FROM oauth_requests r WHERE r.key_id = k.id)
         ORDER BY k.created_at, k.id"
    ))
    .fetch_all(conn.sql())
    .await?;
    let hashes: Vec<String> = sqlx::query_scalar(
        "SELECT k.hash FROM api_keys k
         WHERE NOT EXISTS (SELECT 1 FROM oauth_requests r WHERE r.key_id = k.id)
         ORDER BY k.created_at, k.id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .zip(hashes)
        .map(|(row, hash)| {
            let key = row.try_into()?;
            Ok(Portable { key, hash })
        })
        .collect()
}

/// Puts one in, as an import does.
pub async fn put_back(tx: &mut Tx, row: &Portable) -> Result<()> {
    put(tx, &row.key, &row.hash).await?;
    sqlx::query("UPDATE api_keys SET last_used_at = ?, revoked_at = ? WHERE id = ?")
        .bind(row.key.last_used_at.map(Timestamp::as_millis))
        .bind(row.key.revoked_at.map(Timestamp::as_millis))
        .bind(row.key.id.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}
