//! Edits of scheduled posts that were not confirmed yet. They are durable, but no undo step: only
//! confirming changes the post.

use model::change::Subject;
use model::post::Draft;
use model::{PostId, Timestamp};

use super::words::{at, json, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::posts;
use crate::tx::Tx;

/// An edit under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingCopy {
    /// What was typed so far.
    pub draft: Draft,
    /// The version of the post it started from.
    pub base_version: i64,
    /// It differs from what would go out.
    pub differs: bool,
    /// The composer shows it since; none when closed.
    pub opened_at: Option<Timestamp>,
    /// The composer's last sign of life.
    pub touched_at: Timestamp,
}

/// The edit of a post, if there is one.
pub async fn get(conn: &mut Conn, id: PostId) -> Result<Option<WorkingCopy>> {
    let row: Option<(String, i64, bool, Option<i64>, i64)> = sqlx::query_as(
        "SELECT draft, base_version, differs, opened_at, touched_at FROM working_copies
         WHERE post_id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    row.map(|(draft, base_version, differs, opened, touched)| {
        Ok(WorkingCopy {
            draft: json(&draft)?,
            base_version,
            differs,
            opened_at: opened.map(at),
            touched_at: at(touched),
        })
    })
    .transpose()
}

/// Keeps what was typed. The first call starts the edit from `version`; the composer counts as open.
/// Refused while a send may be in flight.
pub async fn put(tx: &mut Tx, id: PostId, version: i64, draft: &Draft) -> Result<()> {
    posts::refuse_in_flight(tx, &[id]).await?;
    let confirmed = posts::get(tx, id).await?;
    let differs = posts::draft_of(&confirmed) != *draft;
    let now = tx.now().as_millis();
    sqlx::query(
        "INSERT INTO working_copies (post_id, draft, base_version, differs, opened_at, touched_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (post_id) DO UPDATE SET draft = excluded.draft, differs = excluded.differs,
           opened_at = coalesce(opened_at, excluded.opened_at), touched_at = excluded.touched_at",
    )
    .bind(id.to_string())
    .bind(to_json(draft)?)
    .bind(version)
    .bind(differs)
    .bind(now)
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Post, id);
    Ok(())
}

/// The composer is still open (a sign of life), or was closed.
pub async fn set_open(tx: &mut Tx, id: PostId, open: bool) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query(
        "UPDATE working_copies
         SET opened_at = iif(?2, coalesce(opened_at, ?3), NULL), touched_at = ?3 WHERE post_id = ?1",
    )
    .bind(id.to_string())
    .bind(open)
    .bind(now)
    .execute(tx.sql())
    .await?;
    // An edit that changed nothing is no edit once the composer is closed.
    let dropped = sqlx::query(
        "DELETE FROM working_copies WHERE post_id = ? AND opened_at IS NULL AND NOT differs",
    )
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    if dropped.rows_affected() > 0 {
        tx.changed(Subject::Post, id);
    }
    Ok(())
}

/// Makes the edit the post's content and ends it ("Update"). Returns the new version. Run it in a
/// step, so that it can be undone. The post may have been moved meanwhile; a change of its content by
/// somebody else is a conflict, and the edit stays.
pub async fn confirm(tx: &mut Tx, id: PostId) -> Result<i64> {
    let copy = get(tx, id).await?.ok_or(StoreError::not_found("edit"))?;
    let post = posts::get(tx, id).await?;
    let version = posts::save_confirmed(tx, id, post.version, &copy.draft).await?;
    posts::set_held(tx, id, false).await?;
    remove(tx, id).await?;
    Ok(version)
}

/// Throws the edit away; the post stays as it was confirmed last.
pub async fn discard(tx: &mut Tx, id: PostId) -> Result<()> {
    posts::set_held(tx, id, false).await?;
    remove(tx, id).await
}

async fn remove(tx: &mut Tx, id: PostId) -> Result<()> {
    sqlx::query("DELETE FROM working_copies WHERE post_id = ?")
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Post, id);
    Ok(())
}

/// Marks every edit as closed: no composer survives the program. Run it at start.
pub async fn close_all(tx: &mut Tx) -> Result<()> {
    sqlx::query("UPDATE working_copies SET opened_at = NULL WHERE opened_at IS NOT NULL")
        .execute(tx.sql())
        .await?;
    sqlx::query("DELETE FROM working_copies WHERE NOT differs")
        .execute(tx.sql())
        .await?;
    Ok(())
}
