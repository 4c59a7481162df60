//! Leases: keeping one's own, and taking over those that ran out.

use std::time::Duration;

use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::{PostId, TargetId, Timestamp};

use crate::conn::Conn;
use crate::error::Result;
use crate::table::words::parse;
use crate::tx::Tx;

/// Crashes in a row on one target after which it is not tried again by itself: the program may be
/// dying of this very post.
const MOST_CRASHES: i64 = 5;

/// The lease of a target that is being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The target.
    pub target_id: TargetId,
    /// The owner's name.
    pub owner: Option<String>,
    /// The number of the claim.
    pub fence: i64,
    /// Changes with every renewal.
    pub beat: Option<i64>,
}

/// A target that was taken from a dead owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// The target.
    pub target_id: TargetId,
    /// Its post.
    pub post_id: PostId,
    /// Where it is now.
    pub state: DeliveryState,
}

/// Every lease.
pub async fn leases(conn: &mut Conn) -> Result<Vec<Lease>> {
    let rows: Vec<(String, Option<String>, i64, Option<i64>)> = sqlx::query_as(
        "SELECT id, lease_owner, lease_fence, lease_until FROM targets WHERE state = 'sending'",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, owner, fence, beat)| {
            Ok(Lease {
                target_id: parse(&id)?,
                owner,
                fence,
                beat,
            })
        })
        .collect()
}

/// Renews every lease of this owner. The beat grows even while the wall clock stands or goes back.
pub async fn renew(tx: &mut Tx, owner: &str, length: Duration) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE targets SET lease_until = max(?1, coalesce(lease_until, 0) + 1)
         WHERE state = 'sending' AND lease_owner = ?2",
    )
    .bind(tx.now().plus(length).as_millis())
    .bind(owner)
    .execute(tx.sql())
    .await?;
    Ok(done.rows_affected())
}

/// Takes lost leases over: the last committed step decides whether the target waits again or is
/// unconfirmed. A lease that was renewed or ended meanwhile is left alone.
pub async fn rescue(tx: &mut Tx, lost: &[Lease]) -> Result<Vec<Rescued>> {
    let mut rescued = Vec::new();
    for lease in lost {
        if let Some(one) = rescue_one(tx, lease).await? {
            rescued.push(one);
        }
    }
    Ok(rescued)
}

/// Puts claims back that were never begun, since the store could not be read just then: they wait
/// until `until`, at no cost. A lease that was renewed or ended meanwhile is left alone.
pub async fn put_back(tx: &mut Tx, unread: &[Lease], until: Timestamp) -> Result<()> {
    let next = step(DeliveryState::Sending, Event::NotSentRetry(until))
        .map_err(|illegal| crate::StoreError::Conflict(illegal.to_string()))?;
    for lease in unread {
        let post: Option<String> = sqlx::query_scalar(
            "UPDATE targets SET state = ?1, not_before = ?2, next_try_at = ?2, lease_owner = NULL,
               lease_until = NULL, lease_fence = lease_fence + 1,
               failure_category = 'unknown', failure_detail = NULL,
               failure_message = 'Almanac could not read its own data.',
               failure_attempt = attempts_made, attempts_made = max(0, attempts_made - 1)
             WHERE id = ?3 AND state = 'sending' AND lease_owner IS ?4 AND lease_fence = ?5
             RETURNING post_id",
        )
        .bind(next.to.word())
        .bind(until.as_millis())
        .bind(lease.target_id.to_string())
        .bind(&lease.owner)
        .bind(lease.fence)
        .fetch_optional(tx.sql())
        .await?;
        if let Some(post) = post {
            let post: PostId = parse(&post)?;
            tx.changed(Subject::Post, post);
        }
    }
    Ok(())
}

async fn rescue_one(tx: &mut Tx, lease: &Lease) -> Result<Option<Rescued>> {
    let id = lease.target_id.to_string();
    let row: Option<(String, bool, i64, bool)> = sqlx::query_as(
        "SELECT t.post_id,
           EXISTS (SELECT 1 FROM attempts a
             WHERE a.target_id = t.id AND a.outcome = 'open' AND a.step_visible = 1),
           t.attempts_made, (SELECT restored_at IS NOT NULL FROM publishing)
         FROM targets t
         WHERE t.id = ?1 AND t.state = 'sending' AND t.lease_owner IS ?2 AND t.lease_fence = ?3
           AND t.lease_until IS ?4",
    )
    .bind(&id)
    .bind(&lease.owner)
    .bind(lease.fence)
    .bind(lease.beat)
    .fetch_optional(tx.sql())
    .await?;
    let Some((post, visible, tries, restored)) = row else {
        return Ok(None);
    };
    let post_id: PostId = parse(&post)?;
    // After a restore the file does not know how far the send really came.
    let (event, words) = if visible || restored {
        (
            Event::DiedAfterVisible,
            "Almanac stopped while this was being sent.",
        )
    } else if tries >= MOST_CRASHES {
        (
            Event::NotSentFinal,
            "Almanac stopped several times while preparing this, so it was not sent.",
        )
    } else {
        (
            Event::DiedBeforeVisible,
            "Almanac stopped before this was sent.",
        )
    };
    let to = step(DeliveryState::Sending, event)
        .map_err(|illegal| crate::StoreError::Conflict(illegal.to_string()))?
        .to;
    let outcome = if to == DeliveryState::Unconfirmed {
        "uncertain"
    } else {
        "not_sent"
    };
    let now = tx.now().as_millis();
    sqlx::query(
        "UPDATE targets SET state = ?1, lease_owner = NULL, lease_until = NULL,
           lease_fence = lease_fence + 1, looks = 0, asked_at = NULL, not_before = NULL,
           next_try_at = NULL, failure_category = 'unknown', failure_message = ?2,
           failure_detail = NULL, failure_attempt = attempts_made
         WHERE id = ?3",
    )
    .bind(to.word())
    .bind(words)
    .bind(&id)
    .execute(tx.sql())
    .await?;
    sqlx::query(
        "UPDATE attempts SET outcome = ?1, ended_at = ?2, category = 'unknown', message = ?3,
           will_retry = ?4
         WHERE target_id = ?5 AND outcome = 'open'",
    )
    .bind(outcome)
    .bind(now)
    .bind(words)
    .bind(to == DeliveryState::Waiting)
    .bind(&id)
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Post, post_id);
    Ok(Some(Rescued {
        target_id: lease.target_id,
        post_id,
        state: to,
    }))
}

/// The wall clock was set back: waits that were counted from the old time shrink by as much, or they
/// would last longer than meant; and what had come due already stays due.
pub async fn shift_waits(tx: &mut Tx, back: Duration) -> Result<()> {
    let by = i64::try_from(back.as_millis()).unwrap_or(i64::MAX);
    let now = tx.now().as_millis();
    let posts: Vec<String> = sqlx::query_scalar(
        // What is to be handed to its network early may wait for something else than its minute.
        "UPDATE targets SET due_at = iif(options ->> '$.native' = 1, due_at, min(due_at, ?2)),
           not_before = not_before - ?1,
           next_try_at = next_try_at - ?1
         WHERE state IN ('waiting', 'unconfirmed') AND due_at IS NOT NULL
           AND (not_before > ?2 OR (due_at > ?2 AND (not_before IS NOT NULL OR attempts_made > 0)))
         RETURNING post_id",
    )
    .bind(by)
    .bind(now)
    .fetch_all(tx.sql())
    .await?;
    sqlx::query(
        "UPDATE first_comments SET not_before = max(?2, not_before - ?1)
         WHERE state = 'due' AND not_before > ?2",
    )
    .bind(by)
    .bind(now)
    .execute(tx.sql())
    .await?;
    for post in posts {
        let post: PostId = parse(&post)?;
        tx.changed(Subject::Post, post);
    }
    Ok(())
}
