//! Whose a thing is: which workspace an identifier belongs to, whatever it names; and whether something goes
//! out by itself of what it names.

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

/// Whether something goes out by itself of what these identifiers name: posts, or the calendars, accounts and
/// workspaces of posts. Of a post that is named also what failed or was missed counts, since it can still be
/// tried again; what is on every network does not. What lies in the bin counts where it is asked for.
pub async fn goes_out(conn: &mut Conn, ids: &[String], binned: bool) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "WITH wanted (id) AS MATERIALIZED (SELECT DISTINCT value FROM json_each(?1)),
         going (post_id) AS (
           SELECT p.id FROM wanted JOIN posts p ON p.id = wanted.id
           WHERE NOT EXISTS (SELECT 1 FROM targets t WHERE t.post_id = p.id)
             OR EXISTS (SELECT 1 FROM targets t WHERE t.post_id = p.id AND t.state <> 'published')
           UNION ALL
           SELECT t.post_id FROM wanted JOIN targets t ON t.account_id = wanted.id
           WHERE t.state IN ('waiting', 'sending', 'placed', 'unconfirmed')
           UNION ALL
           SELECT t.post_id FROM wanted
             JOIN calendars c ON c.id = wanted.id OR c.workspace_id = wanted.id
             JOIN posts p ON p.calendar_id = c.id JOIN targets t ON t.post_id = p.id
           WHERE p.editorial = 'scheduled'
             AND t.state IN ('waiting', 'sending', 'placed', 'unconfirmed'))
         SELECT EXISTS (SELECT 1 FROM going JOIN posts p ON p.id = going.post_id
           WHERE p.editorial = 'scheduled' AND (?2 OR p.deleted_at IS NULL))",
    )
    .bind(to_json(ids)?)
    .bind(binned)
    .fetch_one(conn.sql())
    .await?)
}

/// Whether one of these posts goes out by itself and has an edit beside it, which holds it back while it is
/// open.
pub async fn edited(conn: &mut Conn, ids: &[String]) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM json_each(?) wanted
           JOIN working_copies k ON k.post_id = wanted.value JOIN posts p ON p.id = k.post_id
           WHERE p.editorial = 'scheduled')",
    )
    .bind(to_json(ids)?)
    .fetch_one(conn.sql())
    .await?)
}

/// Whether one of these posts is no plan: put somewhere in time, a copy of it may go out.
pub async fn no_plan(conn: &mut Conn, ids: &[String]) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM json_each(?) wanted
           JOIN posts p ON p.id = wanted.value WHERE p.when_kind <> 'planned')",
    )
    .bind(to_json(ids)?)
    .fetch_one(conn.sql())
    .await?)
}
