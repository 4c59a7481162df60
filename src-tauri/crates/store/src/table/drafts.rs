//! Drafts: what is being written, with or without a date; and the labels in use.

use model::CalendarId;
use model::post::Chip;

use super::posts;
use super::words::{id_list, parse};
use crate::conn::Conn;
use crate::error::Result;

/// Posts of the calendars that are not scheduled and not called off, last changed first.
pub async fn all(conn: &mut Conn, calendars: &[CalendarId], limit: u32) -> Result<Vec<Chip>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM posts INDEXED BY posts_being_written
         WHERE deleted_at IS NULL AND editorial IN ('draft', 'in_review', 'approved')
           AND calendar_id IN (SELECT value FROM json_each(?))
         ORDER BY updated_at DESC, id LIMIT ?",
    )
    .bind(id_list(calendars)?)
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    let ids = ids.iter().map(|id| parse(id)).collect::<Result<Vec<_>>>()?;
    posts::chips_of(conn, &ids).await
}

/// Every label in use and how many posts carry it, the bin not counted; by name.
pub async fn labels(conn: &mut Conn) -> Result<Vec<(String, u32)>> {
    Ok(sqlx::query_as(
        // Counted by equal lists first: an index has them in order, and few differ.
        "SELECT l.value, sum(s.posts)
         FROM (SELECT labels, count(*) AS posts FROM posts INDEXED BY posts_with_labels
               WHERE deleted_at IS NULL AND labels <> '[]' GROUP BY labels) s,
           json_each(s.labels) l
         GROUP BY l.value ORDER BY l.value COLLATE NOCASE, l.value",
    )
    .fetch_all(conn.sql())
    .await?)
}
