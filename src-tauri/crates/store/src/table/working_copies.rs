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
    /// What the post said when the edit began, or when a clash was told last.
    pub base: Draft,
    /// It differs from what would go out.
    pub differs: bool,
    /// The composer shows it since; none when closed.
    pub opened_at: Option<Timestamp>,
    /// The composer's last sign of life.
    pub touched_at: Timestamp,
}

/// The edit of a post, if there is one.
pub async fn get(conn: &mut Conn, id: PostId) -> Result<Option<WorkingCopy>> {
    let row: Option<(String, String, bool, Option<i64>, i64)> = sqlx::query_as(
        "SELECT draft, base, differs, opened_at, touched_at FROM working_copies
         WHERE post_id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    row.map(|(draft, base, differs, opened, touched)| {
        Ok(WorkingCopy {
            draft: json(&draft)?,
            base: json(&base)?,
            differs,
            opened_at: opened.map(at),
            touched_at: at(touched),
        })
    })
    .transpose()
}

/// Keeps what was typed. The first call starts the edit from `version`, and is a conflict when the
/// post has another; the composer counts as open. Refused while a send may be in flight.
pub async fn put(tx: &mut Tx, id: PostId, version: i64, draft: &Draft) -> Result<()> {
    posts::refuse_in_flight(tx, &[id]).await?;
    let post = posts::get(tx, id).await?;
    if post.working_copy.is_none() && post.version != version {
        return Err(posts::changed_since());
    }
    let confirmed = posts::draft_of(&post);
    let differs = confirmed != *draft;
    let now = tx.now().as_millis();
    sqlx::query(
        "INSERT INTO working_copies (post_id, draft, base, differs, opened_at, touched_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (post_id) DO UPDATE SET draft = excluded.draft, differs = excluded.differs,
           opened_at = coalesce(opened_at, excluded.opened_at), touched_at = excluded.touched_at",
    )
    .bind(id.to_string())
    .bind(to_json(draft)?)
    .bind(to_json(&confirmed)?)
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
/// step, so that it can be undone. What others changed in the post since the edit began stays; where
/// both changed the same it is a conflict, the edit stays, and nothing is written.
pub async fn confirm(tx: &mut Tx, id: PostId) -> Result<i64> {
    let (version, draft) = merged(tx, id).await?;
    let draft = draft.ok_or_else(posts::changed_since)?;
    let version = posts::save_confirmed(tx, id, version, &draft).await?;
    posts::set_held(tx, id, false).await?;
    remove(tx, id).await?;
    Ok(version)
}

/// Whether others changed the same as the edit, so that confirming it would be a conflict.
pub async fn clashes(conn: &mut Conn, id: PostId) -> Result<bool> {
    Ok(merged(conn, id).await?.1.is_none())
}

/// The post's version, and what the edit and the changes of others make together.
async fn merged(conn: &mut Conn, id: PostId) -> Result<(i64, Option<Draft>)> {
    let copy = get(conn, id).await?.ok_or(StoreError::not_found("edit"))?;
    let post = posts::get(conn, id).await?;
    let draft = merge(&copy.base, copy.draft, posts::draft_of(&post));
    Ok((post.version, draft))
}

/// After the person was told of a clash: the edit now counts as begun from what the post says, so
/// that confirming it once more replaces that.
pub async fn rebase(tx: &mut Tx, id: PostId) -> Result<()> {
    let copy = get(tx, id).await?.ok_or(StoreError::not_found("edit"))?;
    let confirmed = posts::draft_of(&posts::get(tx, id).await?);
    sqlx::query("UPDATE working_copies SET base = ?, differs = ? WHERE post_id = ?")
        .bind(to_json(&confirmed)?)
        .bind(copy.draft != confirmed)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Post, id);
    Ok(())
}

/// Lays an edit and what others changed meanwhile together, field by field; none when both changed
/// the same field in different ways.
fn merge(base: &Draft, mine: Draft, theirs: Draft) -> Option<Draft> {
    fn field<T: PartialEq>(base: &T, mine: T, theirs: T) -> Option<T> {
        if mine == *base {
            Some(theirs)
        } else if theirs == *base || theirs == mine {
            Some(mine)
        } else {
            None
        }
    }
    Some(Draft {
        title: field(&base.title, mine.title, theirs.title)?,
        segments: field(&base.segments, mine.segments, theirs.segments)?,
        notes: field(&base.notes, mine.notes, theirs.notes)?,
        labels: field(&base.labels, mine.labels, theirs.labels)?,
        content_type: field(&base.content_type, mine.content_type, theirs.content_type)?,
        priority: field(&base.priority, mine.priority, theirs.priority)?,
        assignee: field(&base.assignee, mine.assignee, theirs.assignee)?,
        targets: field(&base.targets, mine.targets, theirs.targets)?,
    })
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
