//! The change feed: what changed, in order, for windows and the publisher.

use model::change::{Actor, Change, Subject};
use model::{Timestamp, WorkspaceId};

use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::reach;
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
    let told: Vec<&Change> = changes.iter().filter(|c| is_told(c.subject)).collect();
    let ids: Vec<String> = told.iter().map(|change| change.id.clone()).collect();
    let owners = reach::workspaces_of(conn, &ids).await?;
    let owned = told.into_iter();
    Ok(owned
        .filter_map(|change| Some((*owners.get(&change.id)?, change.clone())))
        .collect())
}

fn is_told(subject: Subject) -> bool {
    use Subject::{Account, Calendar, Post, Slots, Workspace};
    matches!(subject, Post | Calendar | Account | Slots | Workspace)
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
