//! What is kept for other programs: their own words on things, and requests that are not done twice.

use std::collections::HashMap;

use model::{KeyId, PostId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::words::{at, json, parse, to_json};
use crate::conn::Conn;
use crate::error::Result;
use crate::tx::Tx;

/// The kind of notes of programs that ask a person that a post go out, by the post's id: a JSON object
/// with `by`, the name of the key, `atOnce`, whether now or at the time the post is planned for, and
/// `version`, the one the post had when it was first asked for.
pub const ASK: &str = "ask";

/// Nobody asks that a post go out any more.
pub async fn forget_ask(tx: &mut Tx, post: PostId) -> Result<()> {
    sqlx::query("DELETE FROM api_notes WHERE kind = ? AND id = ?")
        .bind(ASK)
        .bind(post.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// A note of a workspace.
pub async fn note(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: &str,
    id: &str,
) -> Result<Option<Value>> {
    let value: Option<String> = sqlx::query_scalar(
        "SELECT value FROM api_notes WHERE kind = ? AND id = ? AND workspace_id = ?",
    )
    .bind(kind)
    .bind(id)
    .bind(workspace.to_string())
    .fetch_optional(conn.sql())
    .await?;
    value.as_deref().map(json).transpose()
}

/// A note, whosever it is.
pub async fn note_of_any(conn: &mut Conn, kind: &str, id: &str) -> Result<Option<Value>> {
    let value: Option<String> =
        sqlx::query_scalar("SELECT value FROM api_notes WHERE kind = ? AND id = ?")
            .bind(kind)
            .bind(id)
            .fetch_optional(conn.sql())
            .await?;
    value.as_deref().map(json).transpose()
}

/// Notes of one kind on these things; those without one are left out.
pub async fn notes(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: &str,
    ids: &[String],
) -> Result<HashMap<String, Value>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT n.id, n.value FROM json_each(?) wanted
         JOIN api_notes n ON n.kind = ? AND n.id = wanted.value WHERE n.workspace_id = ?",
    )
    .bind(to_json(ids)?)
    .bind(kind)
    .bind(workspace.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, value)| Ok((id, json(&value)?)))
        .collect()
}

/// Notes of one kind on these things, whosever they are.
pub(crate) async fn notes_of_any(
    conn: &mut Conn,
    kind: &str,
    ids: &[String],
) -> Result<HashMap<String, Value>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT n.id, n.value FROM json_each(?) wanted
         JOIN api_notes n ON n.kind = ? AND n.id = wanted.value",
    )
    .bind(to_json(ids)?)
    .bind(kind)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, value)| Ok((id, json(&value)?)))
        .collect()
}

/// Writes a note.
pub async fn put_note(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    id: &str,
    value: &Value,
) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query(
        "INSERT INTO api_notes (kind, id, workspace_id, value, at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, at = excluded.at",
    )
    .bind(kind)
    .bind(id)
    .bind(workspace.to_string())
    .bind(to_json(value)?)
    .bind(now)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Forgets a note. Whether there was one.
pub async fn forget_note(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    id: &str,
) -> Result<bool> {
    let gone = sqlx::query("DELETE FROM api_notes WHERE kind = ? AND id = ? AND workspace_id = ?")
        .bind(kind)
        .bind(id)
        .bind(workspace.to_string())
        .execute(tx.sql())
        .await?
        .rows_affected();
    Ok(gone > 0)
}

/// A note as a full export holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// What sort of note.
    pub kind: String,
    /// What it is on.
    pub id: String,
    /// Whose program said it.
    pub workspace_id: WorkspaceId,
    /// What it said.
    pub value: Value,
    /// When it was written.
    pub at: Timestamp,
}

/// Every note.
pub async fn all_notes(conn: &mut Conn) -> Result<Vec<Note>> {
    let rows: Vec<(String, String, String, String, i64)> =
        sqlx::query_as("SELECT kind, id, workspace_id, value, at FROM api_notes ORDER BY kind, id")
            .fetch_all(conn.sql())
            .await?;
    rows.into_iter()
        .map(|(kind, id, workspace, value, moment)| {
            Ok(Note {
                kind,
                id,
                workspace_id: parse(&workspace)?,
                value: json(&value)?,
                at: at(moment),
            })
        })
        .collect()
}

/// Puts one in, as an import does.
pub async fn put_back(tx: &mut Tx, note: &Note) -> Result<()> {
    sqlx::query("INSERT INTO api_notes (kind, id, workspace_id, value, at) VALUES (?, ?, ?, ?, ?)")
        .bind(&note.kind)
        .bind(&note.id)
        .bind(note.workspace_id.to_string())
        .bind(to_json(&note.value)?)
        .bind(note.at.as_millis())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// A request that came before under the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Hash of what was asked.
    pub fingerprint: String,
    /// Status and text of the answer; none while it was not answered.
    pub answer: Option<(u16, String)>,
}

/// Notes that a request is worked on; gives the earlier one of this name when there is one that is not
/// older than `since`.
pub async fn begin_request(
    tx: &mut Tx,
    key: KeyId,
    name: &str,
    fingerprint: &str,
    since: Timestamp,
) -> Result<Option<Earlier>> {
    let row: Option<(String, Option<i64>, Option<String>)> = sqlx::query_as(
        "SELECT fingerprint, status, answer FROM api_requests
         WHERE key_id = ? AND name = ? AND at > ?",
    )
    .bind(key.to_string())
    .bind(name)
    .bind(since.as_millis())
    .fetch_optional(tx.sql())
    .await?;
    if let Some((fingerprint, status, answer)) = row {
        let status = status.and_then(|s| u16::try_from(s).ok());
        return Ok(Some(Earlier {
            fingerprint,
            answer: status.zip(answer),
        }));
    }
    let now = tx.now().as_millis();
    forget_requests(tx, since).await?;
    sqlx::query("INSERT INTO api_requests (key_id, name, fingerprint, at) VALUES (?, ?, ?, ?)")
        .bind(key.to_string())
        .bind(name)
        .bind(fingerprint)
        .bind(now)
        .execute(tx.sql())
        .await?;
    Ok(None)
}

/// Forgets requests that are not younger than an instant, with what they were answered.
pub async fn forget_requests(tx: &mut Tx, since: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM api_requests WHERE at <= ?")
        .bind(since.as_millis())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Keeps the answer of a request; without one the request may be made again.
pub async fn end_request(
    tx: &mut Tx,
    key: KeyId,
    name: &str,
    answer: Option<(u16, &str)>,
) -> Result<()> {
    let query = match answer {
        Some((status, text)) => sqlx::query(
            "UPDATE api_requests SET status = ?, answer = ? WHERE key_id = ? AND name = ?",
        )
        .bind(i64::from(status))
        .bind(text.to_owned()),
        None => sqlx::query("DELETE FROM api_requests WHERE key_id = ? AND name = ?"),
    };
    query
        .bind(key.to_string())
        .bind(name.to_owned())
        .execute(tx.sql())
        .await?;
    Ok(())
}
