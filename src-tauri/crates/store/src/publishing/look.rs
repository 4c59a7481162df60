//! Unconfirmed sends: which are to be looked for, and what a look decided.

use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::failure::Category;
use model::{PostId, TargetId, Timestamp};
use serde_json::Value;

use super::comment;
use super::restore::{LOOK_BEFORE, LOOK_FIRST};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::{parse, to_json};
use crate::tx::Tx;

/// What a look at the network decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Looked {
    /// It is there.
    Found {
        /// The network's id of the first segment.
        remote_id: String,
        /// Address for people.
        url: Option<String>,
        /// What deleting needs later.
        remote: Value,
        /// What did not come along, in whole sentences.
        lacks: Option<String>,
    },
    /// It is there and held until its time; looked at again then.
    Placed {
        /// The network's id.
        remote_id: String,
        /// Address for people.
        url: Option<String>,
        /// What deleting needs later.
        remote: Value,
        /// When it is looked at next.
        look_at: Timestamp,
    },
    /// It is proven absent and goes out again, or is missed where that would be too late.
    Absent,
    /// Look again then.
    Again(Timestamp),
    /// The same, and this look does not count: nothing could be looked at.
    PutOff(Timestamp),
    /// The person is asked, with the reason.
    Ask(String),
    /// It lies ready for the person to post it, with the sentence that says where.
    YourTurn(String),
}

/// Unconfirmed targets whose next look is due, oldest first, at most `most`. Held and signed-out ones
/// and those on a `closed` network wait. Paused ones do not: looking sends nothing, and until it is
/// known what became of a post it cannot be changed.
pub async fn look_due(
    conn: &mut Conn,
    now: Timestamp,
    closed: &[String],
    most: u32,
) -> Result<Vec<TargetId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT t.id FROM targets t JOIN accounts a ON a.id = t.account_id
         WHERE t.state = 'unconfirmed' AND t.asked_at IS NULL
           AND (t.not_before IS NULL OR t.not_before <= ?1)
           AND a.deleted_at IS NULL AND a.health_reason IS NULL
           AND a.network NOT IN (SELECT value FROM json_each(?3))
           AND (SELECT hold_reason IS NULL FROM publishing)
         ORDER BY t.not_before, t.rowid LIMIT ?2",
    )
    .bind(now.as_millis())
    .bind(most)
    .bind(to_json(closed)?)
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Unconfirmed targets whose account was removed: nobody can look for them, and nobody was asked yet.
pub async fn unlookable(conn: &mut Conn) -> Result<Vec<TargetId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT t.id FROM targets t JOIN accounts a ON a.id = t.account_id
         WHERE t.state = 'unconfirmed' AND t.asked_at IS NULL AND a.deleted_at IS NOT NULL",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Writes what a look decided. False when the target is not the unconfirmed one it was (a person was
/// quicker); nothing was written then.
pub async fn looked(
    tx: &mut Tx,
    target_id: TargetId,
    post_id: PostId,
    fence: i64,
    decided: &Looked,
) -> Result<bool> {
    let from = DeliveryState::Unconfirmed;
    let to = match decided {
        Looked::Found { .. } => step(from, Event::Found),
        Looked::Placed { .. } => step(from, Event::Placed),
        Looked::Absent => step(from, Event::ProvenAbsent),
        Looked::Again(at) => return wait(tx, target_id, fence, *at, 1).await,
        Looked::PutOff(at) => return wait(tx, target_id, fence, *at, 0).await,
        Looked::Ask(why) => return ask(tx, target_id, post_id, fence, (why, None)).await,
        Looked::YourTurn(why) => {
            let turn = Some(Category::YourTurn.word());
            return ask(tx, target_id, post_id, fence, (why, turn)).await;
        }
    }
    .map_err(|illegal| StoreError::Conflict(illegal.to_string()))?
    .to;
    let now = tx.now().as_millis();
    let (remote_id, url, remote) = match decided {
        Looked::Found {
            remote_id,
            url,
            remote,
            ..
        }
        | Looked::Placed {
            remote_id,
            url,
            remote,
            ..
        } => (Some(remote_id), url.as_ref(), Some(remote.to_string())),
        _ => (None, None, None),
    };
    let lacks = match decided {
        Looked::Found { lacks, .. } => lacks.as_deref(),
        _ => None,
    };
    let found = to == DeliveryState::Published;
    let wait = match decided {
        Looked::Found { .. } => None,
        Looked::Placed { look_at, .. } => Some(look_at.as_millis()),
        _ => tried_at(tx, target_id).await?,
    };
    let done = sqlx::query(
        "UPDATE targets SET state = ?1, remote_id = coalesce(?2, remote_id), remote_url = ?3,
           remote = ?4, published_at = CASE WHEN ?5 THEN ?6 END,
           not_before = ?9, next_try_at = NULL,
           looks = 0, asked_at = NULL, failure_category = NULL, failure_message = NULL,
           failure_detail = NULL, failure_attempt = NULL
         WHERE id = ?7 AND state = 'unconfirmed' AND lease_fence = ?8",
    )
    .bind(to.word())
    .bind(remote_id)
    .bind(url)
    .bind(remote)
    .bind(found)
    .bind(now)
    .bind(target_id.to_string())
    .bind(fence)
    .bind(wait)
    .execute(tx.sql())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    // The log tells the end of the story, not only that it was unclear for a while.
    sqlx::query(
        "UPDATE attempts SET outcome = CASE WHEN ?1 THEN 'sent' ELSE 'not_sent' END,
           will_retry = NOT ?1, message = coalesce(?3, message)
         WHERE target_id = ?2 AND outcome = 'uncertain'",
    )
    .bind(to != DeliveryState::Waiting)
    .bind(target_id.to_string())
    .bind(lacks)
    .execute(tx.sql())
    .await?;
    if found {
        comment::wanted_of_found(tx, target_id).await?;
    }
    tx.changed(Subject::Post, post_id);
    Ok(true)
}

/// When the last try began that may have shown something. What is absent waits since then, and not since it was
/// looked for: where the program was off in between, or a backup of last week was put back, the grace time decides
/// about it as about whatever else came due meanwhile.
async fn tried_at(tx: &mut Tx, target_id: TargetId) -> Result<Option<i64>> {
    let now = tx.now().as_millis();
    let tried: Option<i64> = sqlx::query_scalar(
        "SELECT max(iif(step IN (?2, ?3), ended_at, coalesce(shown_at, started_at))) FROM attempts
         WHERE target_id = ?1",
    )
    .bind(target_id.to_string())
    .bind(LOOK_FIRST)
    .bind(LOOK_BEFORE)
    .fetch_one(tx.sql())
    .await?;
    Ok(tried.map(|tried| tried.min(now)))
}

/// `looks` is how many looks this one counts as.
async fn wait(
    tx: &mut Tx,
    target_id: TargetId,
    fence: i64,
    at: Timestamp,
    looks: u32,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE targets SET looks = looks + ?4, not_before = ?1, next_try_at = ?1
         WHERE id = ?2 AND state = 'unconfirmed' AND lease_fence = ?3",
    )
    .bind(at.as_millis())
    .bind(target_id.to_string())
    .bind(fence)
    .bind(looks)
    .execute(tx.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn ask(
    tx: &mut Tx,
    target_id: TargetId,
    post_id: PostId,
    fence: i64,
    (why, category): (&str, Option<&str>),
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE targets SET looks = looks + 1, asked_at = ?1, not_before = NULL, next_try_at = NULL,
           failure_message = ?2, failure_category = coalesce(?5, failure_category)
         WHERE id = ?3 AND state = 'unconfirmed' AND lease_fence = ?4",
    )
    .bind(tx.now().as_millis())
    .bind(why)
    .bind(target_id.to_string())
    .bind(fence)
    .bind(category)
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Post, post_id);
    Ok(done.rows_affected() == 1)
}
