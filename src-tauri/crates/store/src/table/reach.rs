//! Whose a thing is: which workspace an identifier belongs to, whatever it names.

use std::collections::HashMap;

use model::WorkspaceId;

use super::words::{parse, to_json};
use crate::conn::Conn;
use crate::error::Result;

/// The workspaces that these identifiers belong to; those that name nothing are left out. Identifiers are
/// written as the database has them, in lower case with dashes.
pub async fn workspaces_of(
    conn: &mut Conn,
    ids: &[String],
) -> Result<HashMap<String, WorkspaceId>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "WITH wanted (id) AS MATERIALIZED (SELECT DISTINCT value FROM json_each(?))
         SELECT w.id, w.id FROM wanted JOIN workspaces w ON w.id = wanted.id
         UNION ALL
         SELECT c.id, c.workspace_id FROM wanted JOIN calendars c ON c.id = wanted.id
         UNION ALL
         SELECT a.id, a.workspace_id FROM wanted JOIN accounts a ON a.id = wanted.id
         UNION ALL
         SELECT k.id, k.workspace_id FROM wanted JOIN api_keys k ON k.id = wanted.id
         UNION ALL
         SELECT h.id, h.workspace_id FROM wanted JOIN webhooks h ON h.id = wanted.id
         UNION ALL
         SELECT d.id, h.workspace_id FROM wanted JOIN webhook_deliveries d ON d.id = wanted.id
           JOIN webhooks h ON h.id = d.webhook_id
         UNION ALL
         SELECT p.id, c.workspace_id FROM wanted JOIN posts p ON p.id = wanted.id
           JOIN calendars c ON c.id = p.calendar_id
         UNION ALL
         SELECT t.id, c.workspace_id FROM wanted JOIN targets t ON t.id = wanted.id
           JOIN posts p ON p.id = t.post_id JOIN calendars c ON c.id = p.calendar_id
         UNION ALL
         SELECT s.id, c.workspace_id FROM wanted JOIN attempts s ON s.id = wanted.id
           JOIN targets t ON t.id = s.target_id JOIN posts p ON p.id = t.post_id
           JOIN calendars c ON c.id = p.calendar_id",
    )
    .bind(to_json(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, workspace)| Ok((id, parse(&workspace)?)))
        .collect()
}

/// How many workspaces the database holds, those in the bin included.
pub async fn workspaces(conn: &mut Conn) -> Result<u32> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM workspaces")
        .fetch_one(conn.sql())
        .await?;
    Ok(count as u32)
}
