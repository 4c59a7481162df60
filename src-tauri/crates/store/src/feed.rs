//! The change feed: what changed, in order, for windows and the publisher.

use std::collections::HashMap;

use model::change::{Actor, Change, Subject};
use model::{Timestamp, WorkspaceId};

use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::{parse, to_json};
use crate::tx::Tx;

/// Changes after `seq`, oldest first, at most `limit`.
pub async fn changes_since(conn: &mut Conn, seq: i64, limit: u32) -> Result<Vec<Change>> {
    let rows: Vec<(i64, i64, String, String, String)> = sqlx::query_as(
        "SELECT seq, at, actor, subject, id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?",
    )
    .bind(seq)
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(seq, at, actor, subject, id)| {
            Ok(Change {
                seq,
                at: Timestamp::from_millis(at),
                actor: Actor::from_word(&actor)
                    .ok_or_else(|| StoreError::internal(format!("actor {actor}")))?,
                subject: Subject::from_word(&subject)
                    .ok_or_else(|| StoreError::internal(format!("subject {subject}")))?,
                id,
            })
        })
        .collect()
}

/// The newest number of the feed; 0 when nothing was ever written.
pub async fn newest(conn: &mut Conn) -> Result<i64> {
    Ok(
        sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM changes")
            .fetch_one(conn.sql())
            .await?,
    )
}

/// What changed in which workspace, of posts, calendars, accounts, their slots and workspaces; in order.
/// The rest, and what is gone for good, is left out.
pub async fn of_workspaces(
    conn: &mut Conn,
    changes: &[Change],
) -> Result<Vec<(WorkspaceId, Change)>> {
    let ids = |subjects: &[Subject]| {
        let wanted = changes.iter().filter(|c| subjects.contains(&c.subject));
        to_json(&wanted.map(|c| c.id.as_str()).collect::<Vec<_>>())
    };
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT p.id, c.workspace_id FROM json_each(?1) wanted
           JOIN posts p ON p.id = wanted.value JOIN calendars c ON c.id = p.calendar_id
         UNION ALL
         SELECT c.id, c.workspace_id FROM json_each(?2) wanted
           JOIN calendars c ON c.id = wanted.value
         UNION ALL
         SELECT a.id, a.workspace_id FROM json_each(?3) wanted
           JOIN accounts a ON a.id = wanted.value
         UNION ALL
         SELECT w.id, w.id FROM json_each(?4) wanted JOIN workspaces w ON w.id = wanted.value",
    )
    .bind(ids(&[Subject::Post])?)
    .bind(ids(&[Subject::Calendar])?)
    .bind(ids(&[Subject::Account, Subject::Slots])?)
    .bind(ids(&[Subject::Workspace])?)
    .fetch_all(conn.sql())
    .await?;
    let owners: HashMap<String, String> = rows.into_iter().collect();
    changes
        .iter()
        .filter_map(|change| Some((owners.get(&change.id)?, change)))
        .map(|(owner, change)| Ok((parse(owner)?, change.clone())))
        .collect()
}

/// Drops rows older than `before`, and never the newest one. Readers keep a number, not a row, so a
/// reader that was away longer finds a gap and reads everything anew.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let done =
        sqlx::query("DELETE FROM changes WHERE at < ? AND seq < (SELECT max(seq) FROM changes)")
            .bind(before.as_millis())
            .execute(tx.sql())
            .await?;
    Ok(done.rows_affected())
}
