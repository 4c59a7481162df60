//! What comes next and what needs a person: for the tray, the queue and the publisher's own waits.

use std::collections::HashSet;

use model::{AccountId, PostId, Timestamp};

use crate::conn::Conn;
use crate::error::Result;
use crate::table::words::{at, id_list, parse};

/// The post that goes out next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// The post.
    pub post_id: PostId,
    /// Its first words.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// The post that goes out next by itself; what is paused, archived or signed out is passed over.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Upcoming>> {
    let row: Option<(String, String, i64)> = sqlx::query_as(
        "SELECT p.id, p.words, max(t.due_at, coalesce(t.not_before, t.due_at)) AS moment
         FROM accounts a
         CROSS JOIN targets t ON t.rowid = (
           SELECT d.rowid FROM targets d
           JOIN posts q ON q.id = d.post_id
           JOIN calendars c ON c.id = q.calendar_id
           JOIN workspaces w ON w.id = c.workspace_id
           WHERE d.account_id = a.id AND d.state = 'waiting' AND d.due_at IS NOT NULL
             AND d.called_off = 0 AND c.status = 'active' AND c.paused IS NULL
             AND c.deleted_at IS NULL AND w.deleted_at IS NULL
           ORDER BY d.due_at LIMIT 1)
         JOIN posts p ON p.id = t.post_id
         WHERE a.deleted_at IS NULL AND a.paused IS NULL AND a.health_reason IS NULL
         ORDER BY moment, t.rowid LIMIT 1",
    )
    .fetch_optional(conn.sql())
    .await?;
    row.map(|(id, words, moment)| {
        Ok(Upcoming {
            post_id: parse(&id)?,
            words,
            at: at(moment),
        })
    })
    .transpose()
}

/// The first instant after `now` at which something may come due: a post, a retry or a look.
pub async fn next_moment(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let moment: Option<i64> = sqlx::query_scalar(
        "SELECT min(moment) FROM (
           SELECT (SELECT min(t.due_at) FROM targets t
             WHERE t.account_id = a.id AND t.state = 'waiting' AND t.due_at > ?1) AS moment
           FROM accounts a
           UNION ALL
           SELECT (SELECT min(t.not_before) FROM targets t
             WHERE t.account_id = a.id AND t.state = 'waiting' AND t.due_at <= ?1
               AND t.not_before > ?1)
           FROM accounts a
           UNION ALL
           SELECT min(not_before) FROM targets WHERE state = 'unconfirmed' AND not_before > ?1
           UNION ALL
           SELECT min(not_before) FROM targets WHERE state = 'placed' AND not_before > ?1
           UNION ALL
           SELECT min(not_before) FROM first_comments WHERE state = 'due' AND not_before > ?1)",
    )
    .bind(now.as_millis())
    .fetch_one(conn.sql())
    .await?;
    Ok(moment.map(at))
}

/// How many posts need a person: failed, missed, asked about, without their
/// first comment, or held for an open edit.
pub async fn needs_you(conn: &mut Conn) -> Result<u32> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM (
           SELECT t.post_id FROM targets t JOIN posts p ON p.id = t.post_id
           WHERE p.deleted_at IS NULL AND (t.state IN ('failed', 'missed')
             OR (t.state = 'unconfirmed' AND t.asked_at IS NOT NULL))
           UNION
           SELECT t.post_id FROM first_comments f JOIN targets t ON t.id = f.target_id
             JOIN posts p ON p.id = t.post_id
           WHERE f.state = 'failed' AND p.deleted_at IS NULL
           UNION
           SELECT w.post_id FROM working_copies w JOIN posts p ON p.id = w.post_id
           WHERE p.held = 1 AND p.deleted_at IS NULL)",
    )
    .fetch_one(conn.sql())
    .await?)
}

/// Which of these posts are on some of their accounts already.
pub async fn published_of(conn: &mut Conn, ids: &[PostId]) -> Result<HashSet<PostId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT post_id FROM targets
         WHERE post_id IN (SELECT value FROM json_each(?)) AND state = 'published'",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// How many posts wait for this account to be usable again, and the first words of the next.
pub async fn waiting_on(
    conn: &mut Conn,
    account: AccountId,
) -> Result<(u32, Vec<(PostId, String)>)> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT p.id, p.words FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.account_id = ? AND t.state = 'waiting' AND t.due_at IS NOT NULL AND t.called_off = 0
         ORDER BY t.due_at, t.rowid",
    )
    .bind(account.to_string())
    .fetch_all(conn.sql())
    .await?;
    let count = rows.len() as u32;
    let posts = rows
        .into_iter()
        .map(|(id, words)| Ok((parse(&id)?, words)))
        .collect::<Result<_>>()?;
    Ok((count, posts))
}
