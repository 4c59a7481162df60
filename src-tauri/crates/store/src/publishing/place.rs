//! Posts that their networks hold and publish by themselves: which are handed over, and what looking at
//! them decided.

use std::time::Duration;

use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::when::{When, Zone};
use model::{AccountId, CalendarId, PostId, TargetId, Timestamp, WorkspaceId};
use serde_json::Value;

use super::claim::{Claimed, Gate, claimed, shut};
use super::comment;
use super::person::forget_delivery;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::posts::Placed;
use crate::table::words::{parse, to_json};
use crate::tx::Tx;

/// What is due this soon on an account goes out before something is handed over on it, in milliseconds.
const DUE_SOON: i64 = 60_000;

/// How far ahead a network takes posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Key of the network.
    pub network: String,
    /// At least this long before its time.
    pub least: Duration,
    /// At most this long before its time; none without limit.
    pub most: Option<Duration>,
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Claims targets that their networks are to publish and whose window is open, the earliest of an
/// account first and one at most. What is being edited, paused or held waits, and so does an account on
/// which something is due.
pub async fn claim_to_place(
    tx: &mut Tx,
    gate: Gate<'_>,
    windows: &[Window],
) -> Result<Vec<Claimed>> {
    let now = tx.now();
    let rows: Vec<_> = windows
        .iter()
        .map(|w| (&w.network, millis(w.least), w.most.map(millis)))
        .collect();
    let rows = sqlx::query_as(concat!(
        "WITH ",
        shut!(),
        " UPDATE targets
         SET state = 'sending', lease_owner = ?1, lease_fence = lease_fence + 1, lease_until = ?2,
           attempts_made = attempts_made + 1, not_before = NULL, next_try_at = NULL
         WHERE rowid IN (
           SELECT t.rowid FROM json_each(?4) w
           CROSS JOIN accounts a ON a.network = w.value ->> 0
           CROSS JOIN targets t ON t.rowid = (
             SELECT d.rowid FROM targets d
             WHERE d.account_id = a.id AND d.state = 'waiting' AND d.due_at IS NOT NULL
               AND d.options ->> '$.native' = 1 AND d.due_at >= ?3 + (w.value ->> 1)
               AND (w.value ->> 2 IS NULL OR d.due_at <= ?3 + (w.value ->> 2))
               AND (d.not_before IS NULL OR d.not_before <= ?3) AND d.called_off = 0
               AND NOT EXISTS (
                 SELECT 1 FROM posts p WHERE p.id = d.post_id
                   AND p.calendar_id IN (SELECT id FROM shut))
               AND NOT EXISTS (
                 SELECT 1 FROM working_copies c WHERE c.post_id = d.post_id
                   AND (c.differs = 1 OR c.opened_at IS NOT NULL))
             ORDER BY d.due_at LIMIT 1)
           WHERE a.deleted_at IS NULL AND a.paused IS NULL AND a.health_reason IS NULL
             AND a.network NOT IN (SELECT value FROM json_each(?5))
             AND NOT EXISTS (
               SELECT 1 FROM targets s WHERE s.account_id = a.id AND s.state = 'sending')
             AND NOT EXISTS (
               SELECT 1 FROM targets n WHERE n.account_id = a.id AND n.state = 'waiting'
                 AND n.due_at <= ?6 AND (n.not_before IS NULL OR n.not_before <= ?6)
                 AND n.called_off = 0)
           ORDER BY t.due_at, t.rowid LIMIT ?7)
           AND (SELECT hold_reason IS NULL AND restored_at IS NULL FROM publishing)
         RETURNING id, post_id, account_id, lease_fence"
    ))
    .bind(gate.owner)
    .bind(now.plus(gate.lease).as_millis())
    .bind(now.as_millis())
    .bind(to_json(&rows)?)
    .bind(to_json(gate.closed)?)
    .bind(now.as_millis() + DUE_SOON)
    .bind(gate.most)
    .fetch_all(tx.sql())
    .await?;
    claimed(tx, rows)
}

/// What looking at a post that its network holds decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// It is held; looked at next then.
    Held(Timestamp),
    /// It is held for another time; looked at next then.
    Moved {
        /// The new time.
        at: Timestamp,
        /// The next look.
        look_at: Timestamp,
    },
    /// It is published. What is not known anew stays as it was.
    Published {
        /// The network's id.
        remote_id: Option<String>,
        /// Address for people.
        url: Option<String>,
        /// What deleting needs later.
        remote: Option<Value>,
    },
    /// The network has it no more, in a sentence.
    Gone(String),
    /// Nobody can tell; the person is asked, with the reason.
    Lost(String),
}

/// What was written of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Nothing: the target is not the held one it was.
    Nothing,
    /// What was seen.
    Seen,
    /// The post itself was moved to the network's new time.
    Followed,
}

/// Targets that their networks hold and whose next look is due, oldest first, at most `most`. Held and
/// signed-out ones and those on a `closed` network wait.
pub async fn watch_due(
    conn: &mut Conn,
    now: Timestamp,
    closed: &[String],
    most: u32,
) -> Result<Vec<TargetId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT t.id FROM targets t JOIN accounts a ON a.id = t.account_id
         WHERE t.state = 'placed' AND (t.not_before IS NULL OR t.not_before <= ?1)
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

/// Lets everything that networks hold be looked at now: the program was away, or the clock jumped.
pub async fn watch_all(tx: &mut Tx) -> Result<()> {
    sqlx::query("UPDATE targets SET not_before = ?1 WHERE state = 'placed' AND not_before > ?1")
        .bind(tx.now().as_millis())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Held targets whose account was removed: nobody can look at them any more.
pub async fn unwatchable(conn: &mut Conn) -> Result<Vec<TargetId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT t.id FROM targets t JOIN accounts a ON a.id = t.account_id
         WHERE t.state = 'placed' AND a.deleted_at IS NOT NULL",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Writes what a look at a held target decided.
pub async fn watched(
    tx: &mut Tx,
    target_id: TargetId,
    post_id: PostId,
    fence: i64,
    decided: &Watched,
) -> Result<Noted> {
    if !is_held(tx, target_id, fence).await? {
        return Ok(Noted::Nothing);
    }
    let event = match decided {
        Watched::Held(at) => {
            wait(tx, target_id, *at).await?;
            return Ok(Noted::Seen);
        }
        Watched::Moved { at, look_at } => {
            wait(tx, target_id, *look_at).await?;
            return follow(tx, target_id, post_id, *at).await;
        }
        Watched::Published { .. } => Event::Found,
        Watched::Gone(_) => Event::GoneThere,
        Watched::Lost(_) => Event::LostSight,
    };
    let to = step(DeliveryState::Placed, event)
        .map_err(|illegal| StoreError::Conflict(illegal.to_string()))?
        .to;
    match decided {
        Watched::Published {
            remote_id,
            url,
            remote,
        } => {
            published(tx, target_id, to, (remote_id, url, remote)).await?;
            comment::wanted_of_found(tx, target_id).await?;
        }
        Watched::Gone(why) => {
            failed(tx, target_id, to, why).await?;
            forget_delivery(tx, target_id).await?;
        }
        Watched::Lost(why) => lost(tx, target_id, to, why).await?,
        Watched::Held(_) | Watched::Moved { .. } => {}
    }
    tx.changed(Subject::Post, post_id);
    Ok(Noted::Seen)
}

async fn is_held(tx: &mut Tx, target_id: TargetId, fence: i64) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM targets WHERE id = ? AND state = 'placed' AND lease_fence = ?)",
    )
    .bind(target_id.to_string())
    .bind(fence)
    .fetch_one(tx.sql())
    .await?)
}

async fn wait(tx: &mut Tx, target_id: TargetId, at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE targets SET looks = looks + 1, not_before = ? WHERE id = ?")
        .bind(at.as_millis())
        .bind(target_id.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// The network holds it for another time: the post follows, unless other accounts of it still go by its
/// own time.
async fn follow(tx: &mut Tx, target_id: TargetId, post_id: PostId, at: Timestamp) -> Result<Noted> {
    tx.changed(Subject::Post, post_id);
    let (zone, others): (Option<String>, bool) = sqlx::query_as(
        "SELECT p.zone, EXISTS (
           SELECT 1 FROM targets t WHERE t.post_id = p.id AND t.id <> ?2 AND t.called_off = 0
             AND t.state IN ('waiting', 'sending', 'unconfirmed', 'placed'))
         FROM posts p WHERE p.id = ?1",
    )
    .bind(post_id.to_string())
    .bind(target_id.to_string())
    .fetch_one(tx.sql())
    .await?;
    let Some(zone) = zone.filter(|_| !others) else {
        sqlx::query("UPDATE targets SET due_at = ? WHERE id = ?")
            .bind(at.as_millis())
            .bind(target_id.to_string())
            .execute(tx.sql())
            .await?;
        return Ok(Noted::Seen);
    };
    let zone: Zone = parse(&zone)?;
    let wall = zone
        .wall_at(at)
        .map_err(|e| StoreError::internal(e.to_string()))?;
    let placed = Placed::of(&When::Scheduled { wall, zone, at });
    sqlx::query(
        "UPDATE posts SET wall = ?, at = ?, time_source = 'own', version = version + 1,
           updated_at = ? WHERE id = ?",
    )
    .bind(placed.wall)
    .bind(placed.instant)
    .bind(tx.now().as_millis())
    .bind(post_id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(Noted::Followed)
}

type Remote<'a> = (&'a Option<String>, &'a Option<String>, &'a Option<Value>);

async fn published(
    tx: &mut Tx,
    target_id: TargetId,
    to: DeliveryState,
    (remote_id, url, remote): Remote<'_>,
) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET state = ?1, published_at = ?2, remote_id = coalesce(?3, remote_id),
           remote_url = coalesce(?4, remote_url), remote = coalesce(?5, remote), not_before = NULL,
           looks = 0, asked_at = NULL, failure_category = NULL, failure_message = NULL,
           failure_detail = NULL, failure_attempt = NULL
         WHERE id = ?6",
    )
    .bind(to.word())
    .bind(tx.now().as_millis())
    .bind(remote_id)
    .bind(url)
    .bind(remote.as_ref().map(Value::to_string))
    .bind(target_id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}

async fn failed(tx: &mut Tx, target_id: TargetId, to: DeliveryState, why: &str) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET state = ?1, not_before = NULL, looks = 0, failure_category = 'unknown',
           failure_message = ?2, failure_detail = NULL, failure_attempt = 1
         WHERE id = ?3",
    )
    .bind(to.word())
    .bind(why)
    .bind(target_id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// The person is asked; the log shows the handing over as unclear until they answer.
async fn lost(tx: &mut Tx, target_id: TargetId, to: DeliveryState, why: &str) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET state = ?1, not_before = NULL, looks = 0, asked_at = ?2,
           failure_category = 'unknown', failure_message = ?3, failure_detail = NULL,
           failure_attempt = 1
         WHERE id = ?4",
    )
    .bind(to.word())
    .bind(tx.now().as_millis())
    .bind(why)
    .bind(target_id.to_string())
    .execute(tx.sql())
    .await?;
    sqlx::query(
        "UPDATE attempts SET outcome = 'uncertain' WHERE target_id = ?1 AND number = (
           SELECT max(number) FROM attempts WHERE target_id = ?1)",
    )
    .bind(target_id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Makes later looks by others be refused, and returns the number that guards one's own. Refused when the
/// target is not held.
pub async fn hold_alone(tx: &mut Tx, target_id: TargetId) -> Result<i64> {
    let fence: Option<i64> = sqlx::query_scalar(
        "UPDATE targets SET lease_fence = lease_fence + 1 WHERE id = ? AND state = 'placed'
         RETURNING lease_fence",
    )
    .bind(target_id.to_string())
    .fetch_optional(tx.sql())
    .await?;
    fence.ok_or_else(|| {
        StoreError::Conflict("This post changed meanwhile. Look at it again.".to_owned())
    })
}

/// This computer sends it at its minute from now on, so that what is taken back is not handed over again.
pub async fn send_from_here(tx: &mut Tx, target_id: TargetId) -> Result<()> {
    sqlx::query("UPDATE targets SET options = json_remove(options, '$.native') WHERE id = ?")
        .bind(target_id.to_string())
        .execute(tx.sql())
        .await?;
    sqlx::query(
        "UPDATE posts SET version = version + 1 WHERE id = (SELECT post_id FROM targets WHERE id = ?)",
    )
    .bind(target_id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Of what held posts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOf {
    /// All of them.
    All,
    /// Those of an account.
    Account(AccountId),
    /// Those of a calendar.
    Calendar(CalendarId),
    /// Those of a workspace.
    Workspace(WorkspaceId),
}

/// How many posts networks hold and publish whatever is paused or deleted here.
pub async fn held_there(conn: &mut Conn, of: HeldOf) -> Result<u32> {
    let (account, calendar, workspace) = match of {
        HeldOf::All => (None, None, None),
        HeldOf::Account(id) => (Some(id.to_string()), None, None),
        HeldOf::Calendar(id) => (None, Some(id.to_string()), None),
        HeldOf::Workspace(id) => (None, None, Some(id.to_string())),
    };
    Ok(sqlx::query_scalar(
        "SELECT count(DISTINCT t.post_id) FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.state = 'placed' AND (?1 IS NULL OR t.account_id = ?1)
           AND (?2 IS NULL OR p.calendar_id = ?2)
           AND (?3 IS NULL OR p.calendar_id IN (SELECT id FROM calendars WHERE workspace_id = ?3))",
    )
    .bind(account)
    .bind(calendar)
    .bind(workspace)
    .fetch_one(conn.sql())
    .await?)
}
