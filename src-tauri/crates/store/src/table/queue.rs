//! Times that are taken: what the queue of an account already holds.

use model::{AccountId, Timestamp};

use super::words::at;
use crate::conn::Conn;
use crate::error::Result;

/// Instants after `after` and not after `until` at which an account has a scheduled post, in order.
pub async fn taken(
    conn: &mut Conn,
    account: AccountId,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<Timestamp>> {
    let rows: Vec<i64> = sqlx::query_scalar(
        "SELECT DISTINCT due_at FROM targets
         WHERE account_id = ? AND due_at > ? AND due_at <= ?
           AND state IN ('waiting', 'sending') AND called_off = 0
         ORDER BY due_at",
    )
    .bind(account.to_string())
    .bind(after.as_millis())
    .bind(until.as_millis())
    .fetch_all(conn.sql())
    .await?;
    Ok(rows.into_iter().map(at).collect())
}
