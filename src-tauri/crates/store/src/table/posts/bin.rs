//! The bin: deleting, taking back, and emptying after 30 days.

use std::time::Duration;

use model::change::Subject;
use model::{AccountId, PostId, Timestamp};

use super::guard::refuse_in_flight;
use super::settle::keep_out_of_past;
use crate::error::{Result, StoreError};
use crate::table::words::{id_list, parse};
use crate::tx::Tx;

/// How long the bin keeps things.
pub const BIN_KEEPS: Duration = Duration::from_hours(30 * 24);

/// Puts posts into the bin, all or none.
pub async fn delete(tx: &mut Tx, ids: &[PostId]) -> Result<()> {
    refuse_in_flight(tx, ids).await?;
    let now = tx.now().as_millis();
    sqlx::query(
        "UPDATE posts SET deleted_at = ?, version = version + 1
         WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL",
    )
    .bind(now)
    .bind(id_list(ids)?)
    .execute(tx.sql())
    .await?;
    noted(tx, ids);
    Ok(())
}

/// Takes posts out of the bin. One whose time has passed comes back without a date.
pub async fn restore(tx: &mut Tx, ids: &[PostId]) -> Result<()> {
    let homeless: bool = sqlx::query_scalar(
        "SELECT EXISTS (
           SELECT 1 FROM posts p JOIN calendars c ON c.id = p.calendar_id
           JOIN workspaces w ON w.id = c.workspace_id
           WHERE p.id IN (SELECT value FROM json_each(?))
             AND (c.deleted_at IS NOT NULL OR w.deleted_at IS NOT NULL))",
    )
    .bind(id_list(ids)?)
    .fetch_one(tx.sql())
    .await?;
    if homeless {
        return Err(StoreError::Conflict(
            "The calendar of this post is in the bin. Restore the calendar first.".to_owned(),
        ));
    }
    sqlx::query(
        "UPDATE posts SET deleted_at = NULL, version = version + 1
         WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL",
    )
    .bind(id_list(ids)?)
    .execute(tx.sql())
    .await?;
    keep_out_of_past(tx, ids).await?;
    noted(tx, ids);
    Ok(())
}

/// Deletes posts of the bin for good; those that are not in the bin stay.
pub async fn purge(tx: &mut Tx, ids: &[PostId]) -> Result<u64> {
    refuse_in_flight(tx, ids).await?;
    let done = sqlx::query(
        "DELETE FROM posts
         WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL",
    )
    .bind(id_list(ids)?)
    .execute(tx.sql())
    .await?;
    noted(tx, ids);
    Ok(done.rows_affected())
}

fn noted(tx: &mut Tx, ids: &[PostId]) {
    for id in ids {
        tx.changed(Subject::Post, id);
    }
}

/// What emptying the bin took away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// Posts.
    pub posts: u64,
    /// Accounts whose secrets must go now. Rows that posts name stay, without a way back.
    pub accounts: Vec<AccountId>,
}

/// Deletes for good what is in the bin for 30 days: posts, calendars and workspaces with everything
/// in them, accounts. Not undoable. What is in flight stays known here until it is clear what became of it, and with it
/// the calendar and the workspace that it is in.
pub async fn purge_expired(tx: &mut Tx) -> Result<Purged> {
    let before = tx.now().minus(BIN_KEEPS);
    let posts = purge_posts(tx, before).await?;
    for (sql, subject) in [
        (
            "DELETE FROM calendars WHERE deleted_at < ?
               AND NOT EXISTS (SELECT 1 FROM posts p JOIN targets t ON t.post_id = p.id
                 WHERE p.calendar_id = calendars.id
                   AND t.state IN ('sending', 'unconfirmed', 'placed')) RETURNING id",
            Subject::Calendar,
        ),
        // Accounts of a workspace that goes lose their secrets with it, so the workspace waits for
        // them to be reported first.
        (
            "DELETE FROM workspaces WHERE deleted_at < ?
               AND NOT EXISTS (SELECT 1 FROM accounts a
                 WHERE a.workspace_id = workspaces.id AND a.purged_at IS NULL)
               AND NOT EXISTS (SELECT 1 FROM calendars c JOIN posts p ON p.calendar_id = c.id
                 JOIN targets t ON t.post_id = p.id
                 WHERE c.workspace_id = workspaces.id
                   AND t.state IN ('sending', 'unconfirmed', 'placed')) RETURNING id",
            Subject::Workspace,
        ),
    ] {
        let gone: Vec<String> = sqlx::query_scalar(sql)
            .bind(before.as_millis())
            .fetch_all(tx.sql())
            .await?;
        for id in gone {
            tx.changed(subject, id);
        }
    }
    Ok(Purged {
        posts,
        accounts: purge_accounts(tx, before).await?,
    })
}

async fn purge_posts(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let gone: Vec<String> = sqlx::query_scalar(
        "DELETE FROM posts WHERE deleted_at < ?
           AND NOT EXISTS (SELECT 1 FROM targets t
             WHERE t.post_id = posts.id AND t.state IN ('sending', 'unconfirmed', 'placed'))
         RETURNING id",
    )
    .bind(before.as_millis())
    .fetch_all(tx.sql())
    .await?;
    let count = gone.len() as u64;
    for id in gone {
        tx.changed(Subject::Post, id);
    }
    Ok(count)
}

async fn purge_accounts(tx: &mut Tx, before: Timestamp) -> Result<Vec<AccountId>> {
    let now = tx.now().as_millis();
    let gone: Vec<String> = sqlx::query_scalar(
        "UPDATE accounts SET purged_at = ?1, settings = '{}'
         WHERE purged_at IS NULL AND (deleted_at < ?2 OR workspace_id IN (
           SELECT id FROM workspaces WHERE deleted_at < ?2))
         RETURNING id",
    )
    .bind(now)
    .bind(before.as_millis())
    .fetch_all(tx.sql())
    .await?;
    sqlx::query(
        "DELETE FROM accounts WHERE purged_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM targets t WHERE t.account_id = accounts.id)",
    )
    .execute(tx.sql())
    .await?;
    for id in &gone {
        tx.changed(Subject::Account, id);
    }
    gone.iter().map(|id| parse(id)).collect()
}
