//! Taking what is due: holding edited posts, marking missed ones, claiming the rest.

use std::time::Duration;

use model::change::Subject;
use model::{AccountId, PostId, TargetId};

use crate::error::Result;
use crate::table::words::{parse, to_json};
use crate::tx::Tx;

/// Least grace time: nothing is claimed in the very millisecond it comes due, so without any a post
/// would be missed at its own minute. A send this late is not told as late either.
const LEAST_GRACE_MINUTES: i64 = 2;

/// Under which conditions something is claimed.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    /// The publisher's name, new for every process.
    pub owner: &'a str,
    /// Length of the lease.
    pub lease: Duration,
    /// At most this many.
    pub most: u32,
    /// Networks that cannot be used now.
    pub closed: &'a [String],
    /// Only these accounts; all when none is given.
    pub accounts: Option<&'a [AccountId]>,
}

/// A target that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The target.
    pub target_id: TargetId,
    /// Its post.
    pub post_id: PostId,
    /// Its account.
    pub account_id: AccountId,
    /// The number that guards every write about this claim.
    pub fence: i64,
}

/// A post that was held since its edit is open and differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The post.
    pub post_id: PostId,
    /// Its first words.
    pub words: String,
}

/// A target that came due longer ago than its calendar's grace time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The target.
    pub target_id: TargetId,
    /// Its post.
    pub post_id: PostId,
    /// Its account.
    pub account_id: AccountId,
    /// First words of the post.
    pub words: String,
}

/// Holds due posts whose working copy is open and differs from what would go out.
pub async fn hold_edited(tx: &mut Tx) -> Result<Vec<Edited>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "UPDATE posts SET held = 1, version = version + 1
         WHERE held = 0 AND deleted_at IS NULL AND when_kind = 'scheduled'
           AND editorial = 'scheduled' AND at <= ?
           AND id IN (SELECT post_id FROM working_copies WHERE differs = 1 AND opened_at IS NOT NULL)
           AND EXISTS (SELECT 1 FROM targets t
             WHERE t.post_id = posts.id AND t.state = 'waiting' AND t.called_off = 0)
           AND (SELECT hold_reason IS NULL FROM publishing)
         RETURNING id, words",
    )
    .bind(tx.now().as_millis())
    .fetch_all(tx.sql())
    .await?;
    let mut held = Vec::with_capacity(rows.len());
    for (id, words) in rows {
        let post_id: PostId = parse(&id)?;
        tx.changed(Subject::Post, post_id);
        held.push(Edited { post_id, words });
    }
    Ok(held)
}

/// Marks targets missed that came due, or were to be tried again, longer ago than their calendar's
/// grace time, and never those of the last two minutes. What is paused, held, signed out or on a
/// `closed` network stays as it is until it is let go.
pub async fn mark_missed(tx: &mut Tx, closed: &[String]) -> Result<Vec<Missed>> {
    let now = tx.now().as_millis();
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "UPDATE targets SET state = 'missed', not_before = NULL, next_try_at = NULL
         WHERE id IN (
           SELECT t.id FROM accounts a
           CROSS JOIN targets t ON t.account_id = a.id AND t.state = 'waiting'
             AND t.due_at < ?1 - 60000 * max(?3, (SELECT min(grace_minutes) FROM calendars))
           JOIN posts p ON p.id = t.post_id
           JOIN calendars c ON c.id = p.calendar_id
           JOIN workspaces w ON w.id = c.workspace_id
           WHERE a.deleted_at IS NULL AND a.paused IS NULL AND a.health_reason IS NULL
             AND a.network NOT IN (SELECT value FROM json_each(?2))
             AND t.called_off = 0
             AND coalesce(max(t.due_at, t.not_before), t.due_at)
               < ?1 - 60000 * max(?3, c.grace_minutes)
             AND c.status = 'active' AND c.paused IS NULL AND c.deleted_at IS NULL
             AND w.deleted_at IS NULL)
           AND (SELECT hold_reason IS NULL AND restored_at IS NULL FROM publishing)
         RETURNING id, post_id, account_id",
    )
    .bind(now)
    .bind(to_json(closed)?)
    .bind(LEAST_GRACE_MINUTES)
    .fetch_all(tx.sql())
    .await?;
    let mut missed = Vec::with_capacity(rows.len());
    for (id, post, account) in rows {
        let words = sqlx::query_scalar("SELECT words FROM posts WHERE id = ?")
            .bind(&post)
            .fetch_one(tx.sql())
            .await?;
        let post_id: PostId = parse(&post)?;
        tx.changed(Subject::Post, post_id);
        let (target_id, account_id) = (parse(&id)?, parse(&account)?);
        missed.push(Missed {
            target_id,
            post_id,
            account_id,
            words,
        });
    }
    Ok(missed)
}

/// The calendars of which nothing goes out, as the table `shut` of a statement.
macro_rules! shut {
    () => {
        "shut (id) AS MATERIALIZED (
               SELECT c.id FROM calendars c JOIN workspaces w ON w.id = c.workspace_id
               WHERE c.status <> 'active' OR c.paused IS NOT NULL OR c.deleted_at IS NOT NULL
                 OR w.deleted_at IS NOT NULL)"
    };
}
pub(super) use shut;

/// The row of the target that an account sends next, in a statement with the table `shut`. `$account` is the
/// account and `$now` the present instant.
macro_rules! next_due {
    ($account:literal, $now:literal) => {
        concat!(
            "SELECT d.rowid FROM targets d
                 WHERE d.account_id = ",
            $account,
            " AND d.state = 'waiting' AND d.due_at <= ",
            $now,
            " AND (d.not_before IS NULL OR d.not_before <= ",
            $now,
            ") AND d.called_off = 0
                   AND ((SELECT count(*) FROM shut) = 0 OR NOT EXISTS (
                     SELECT 1 FROM posts p WHERE p.id = d.post_id
                       AND p.calendar_id IN (SELECT id FROM shut)))
                 ORDER BY d.due_at LIMIT 1"
        )
    };
}
pub(super) use next_due;

/// The one statement of a claim over the accounts `a` of `$accounts`. A wait that was over by the minute, such as
/// that of a post its network did not take ahead, kept nothing up: its reason goes, or it would be told of a post
/// that is late for another.
macro_rules! claim {
    ($accounts:literal) => {
        concat!(
            "WITH ",
            shut!(),
            " UPDATE targets
             SET state = 'sending', lease_owner = ?1, lease_fence = lease_fence + 1,
               lease_until = ?2, attempts_made = attempts_made + 1, not_before = NULL,
               next_try_at = NULL,
               failure_category = iif(not_before <= due_at, NULL, failure_category),
               failure_message = iif(not_before <= due_at, NULL, failure_message),
               failure_detail = iif(not_before <= due_at, NULL, failure_detail),
               failure_attempt = iif(not_before <= due_at, NULL, failure_attempt)
             WHERE rowid IN (
               SELECT t.rowid FROM ",
            $accounts,
            " CROSS JOIN targets t ON t.rowid = (",
            next_due!("a.id", "?3"),
            ")
               WHERE a.deleted_at IS NULL AND a.paused IS NULL AND a.health_reason IS NULL
                 AND a.network NOT IN (SELECT value FROM json_each(?4))
                 AND NOT EXISTS (
                   SELECT 1 FROM targets s WHERE s.account_id = a.id AND s.state = 'sending')
               ORDER BY t.due_at, t.rowid LIMIT ?5)
               AND (SELECT hold_reason IS NULL AND restored_at IS NULL FROM publishing)
             RETURNING id, post_id, account_id, lease_fence"
        )
    };
}

/// Claims due targets in one statement, oldest first, at most one an account. Call `hold_edited`,
/// `mark_missed` and `apply_quotas` in the same transaction first.
pub async fn claim(tx: &mut Tx, gate: Gate<'_>) -> Result<Vec<Claimed>> {
    let now = tx.now();
    // Named accounts lead; among all of them the planner finds its own way.
    let sql = if gate.accounts.is_some() {
        claim!("json_each(?6) wanted CROSS JOIN accounts a ON a.id = wanted.value")
    } else {
        claim!("accounts a")
    };
    let mut query = sqlx::query_as(sql)
        .bind(gate.owner)
        .bind(now.plus(gate.lease).as_millis())
        .bind(now.as_millis())
        .bind(to_json(gate.closed)?)
        .bind(gate.most);
    if let Some(accounts) = gate.accounts {
        query = query.bind(to_json(accounts)?);
    }
    let rows = query.fetch_all(tx.sql()).await?;
    claimed(tx, rows)
}

/// Claims as a statement returns them: target, post, account, number.
pub(super) fn claimed(
    tx: &mut Tx,
    rows: Vec<(String, String, String, i64)>,
) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::with_capacity(rows.len());
    for (target, post, account, fence) in rows {
        let (target_id, post_id, account_id) = (parse(&target)?, parse(&post)?, parse(&account)?);
        tx.changed(Subject::Post, post_id);
        claimed.push(Claimed {
            target_id,
            post_id,
            account_id,
            fence,
        });
    }
    Ok(claimed)
}
