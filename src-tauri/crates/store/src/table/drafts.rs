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
        "SELECT id FROM posts
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
        "SELECT l.value, count(DISTINCT p.id) FROM posts p, json_each(p.labels) l
         WHERE p.deleted_at IS NULL AND p.labels <> '[]'
         GROUP BY l.value ORDER BY l.value COLLATE NOCASE, l.value",
    )
    .fetch_all(conn.sql())
    .await?)
}
