//! Times that are taken: what the queue of an account already holds.

use model::{AccountId, Timestamp};

use super::words::{at, parse};
use crate::conn::Conn;
use crate::error::Result;
use crate::publishing::Upcoming;

/// Instants after `after` and not after `until` at which an account has a scheduled post, in order.
pub async fn taken(
    conn: &mut Conn,
    account: AccountId,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<Timestamp>> {
    let rows: Vec<i64> = sqlx::query_scalar(
        // Two halves, each over the index of its state.
        "SELECT due_at FROM targets
         WHERE account_id = ?1 AND due_at > ?2 AND due_at <= ?3
           AND state = 'waiting' AND called_off = 0
         UNION
         SELECT due_at FROM targets
         WHERE account_id = ?1 AND due_at > ?2 AND due_at <= ?3 AND state = 'placed'
         ORDER BY due_at",
    )
    .bind(account.to_string())
    .bind(after.as_millis())
    .bind(until.as_millis())
    .fetch_all(conn.sql())
    .await?;
    Ok(rows.into_iter().map(at).collect())
}

/// Posts being sent right now, oldest due first, at most `limit`.
pub async fn sending(conn: &mut Conn, limit: u32) -> Result<Vec<Upcoming>> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT p.id, p.words, coalesce(min(t.due_at), p.updated_at) AS moment
         FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.state = 'sending' GROUP BY p.id ORDER BY moment, p.id LIMIT ?",
    )
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, words, moment)| {
            Ok(Upcoming {
                post_id: parse(&id)?,
                words,
                at: at(moment),
            })
        })
        .collect()
}

/// How many posts go out by themselves until an instant, those overdue among them.
pub async fn due_until(conn: &mut Conn, until: Timestamp) -> Result<u32> {
    Ok(sqlx::query_scalar(
        // Account by account, so that only what is due is read and not all that waits.
        "SELECT count(DISTINCT t.post_id) FROM accounts a
           CROSS JOIN targets t ON t.account_id = a.id
           JOIN posts p ON p.id = t.post_id
           JOIN calendars c ON c.id = p.calendar_id
           JOIN workspaces w ON w.id = c.workspace_id
         WHERE t.state = 'waiting' AND t.due_at IS NOT NULL AND t.due_at <= ?
           AND t.called_off = 0 AND c.status = 'active' AND c.paused IS NULL
           AND c.deleted_at IS NULL AND w.deleted_at IS NULL
           AND a.deleted_at IS NULL AND a.paused IS NULL AND a.health_reason IS NULL",
    )
    .bind(until.as_millis())
    .fetch_one(conn.sql())
    .await?)
}
