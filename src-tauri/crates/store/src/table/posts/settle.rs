//! Bringing delivery states in line with what a person decided: called off, given a new time, taken
//! back from the past. Only steps of the model's table are made.

use std::collections::BTreeMap;

use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::status::EditorialStatus;
use model::{PostId, TargetId};

use super::row;
use crate::error::{Result, StoreError};
use crate::table::words::{id_list, parse};
use crate::tx::Tx;

/// Makes the states follow the decisions: a called-off post or target is `cancelled`, one that is
/// called for again waits, and with `new_time` failed and missed ones wait as well, their retries
/// starting anew. Failed and missed ones of a post that is not to go out any more (a draft again, on the
/// shelf) need nobody: their old delivery is called off, and they wait as those of any draft do.
pub(crate) async fn settle_targets(tx: &mut Tx, ids: &[PostId], new_time: bool) -> Result<()> {
    let rows: Vec<(String, String, bool, String, bool)> = sqlx::query_as(
        "SELECT t.id, t.state, t.called_off, p.editorial, p.when_kind = 'scheduled'
         FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.post_id IN (SELECT value FROM json_each(?))
           AND t.state NOT IN ('published', 'sending', 'unconfirmed', 'placed')",
    )
    .bind(id_list(ids)?)
    .fetch_all(tx.sql())
    .await?;
    let mut to: BTreeMap<DeliveryState, Vec<String>> = BTreeMap::new();
    let mut anew: Vec<String> = Vec::new();
    for (id, state, called_off, editorial, has_time) in rows {
        let was = row::state(&state)?;
        let editorial = row::editorial(&editorial)?;
        let decided = Decided {
            off: called_off || editorial == EditorialStatus::Cancelled,
            goes_out: has_time && editorial == EditorialStatus::Scheduled,
            new_time,
        };
        let mut state = was;
        for event in decided.events(was) {
            let next = step(state, *event).map_err(|e| StoreError::internal(e.to_string()))?;
            state = next.to;
        }
        let taken_back = matches!(was, DeliveryState::Failed | DeliveryState::Missed)
            && state == DeliveryState::Waiting;
        if (new_time || taken_back) && !decided.off {
            anew.push(id.clone());
        }
        if state != was {
            to.entry(state).or_default().push(id);
        }
    }
    for (state, ids) in to {
        sqlx::query("UPDATE targets SET state = ? WHERE id IN (SELECT value FROM json_each(?))")
            .bind(state.word())
            .bind(id_list(&ids)?)
            .execute(tx.sql())
            .await?;
    }
    if !anew.is_empty() {
        sqlx::query(
            "UPDATE targets SET not_before = NULL, attempts_made = 0, next_try_at = NULL,
               failure_category = NULL, failure_message = NULL, failure_detail = NULL,
               failure_attempt = NULL
             WHERE id IN (SELECT value FROM json_each(?))
               AND (not_before IS NOT NULL OR attempts_made > 0 OR failure_category IS NOT NULL)",
        )
        .bind(id_list(&anew)?)
        .execute(tx.sql())
        .await?;
    }
    Ok(())
}

/// What a person decided about a post on an account.
struct Decided {
    /// It is called off.
    off: bool,
    /// Its post is to go out at its time.
    goes_out: bool,
    /// It has a new time.
    new_time: bool,
}

impl Decided {
    /// What that means to a target in this state, one event after the other.
    const fn events(&self, state: DeliveryState) -> &'static [Event] {
        match state {
            DeliveryState::Cancelled if self.off => &[],
            DeliveryState::Cancelled => &[Event::Rescheduled],
            _ if self.off => &[Event::Cancelled],
            DeliveryState::Failed | DeliveryState::Missed if self.new_time => &[Event::Rescheduled],
            DeliveryState::Failed | DeliveryState::Missed if !self.goes_out => {
                &[Event::Cancelled, Event::Rescheduled]
            }
            _ => &[],
        }
    }
}

/// Waiting targets of scheduled posts whose time passed while they were called off are missed: nothing
/// goes out by surprise. What was said of their last try stays. `only` are those it can be; all when missing.
pub(crate) async fn miss_what_passed(
    tx: &mut Tx,
    ids: &[PostId],
    only: Option<&[TargetId]>,
) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET state = 'missed', not_before = NULL, next_try_at = NULL,
           failure_message = CASE WHEN failure_category IS NULL
             THEN 'It was called off at its time.' ELSE failure_message END,
           failure_category = coalesce(failure_category, 'unknown')
         WHERE state = 'waiting' AND called_off = 0
           AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3))) AND post_id IN (
           SELECT p.id FROM posts p
           WHERE p.id IN (SELECT value FROM json_each(?1)) AND p.deleted_at IS NULL
             AND p.when_kind = 'scheduled' AND p.editorial = 'scheduled' AND p.at <= ?2)",
    )
    .bind(id_list(ids)?)
    .bind(tx.now().as_millis())
    .bind(only.map(id_list).transpose()?)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// After a post came back (undo, bin) at a time that has passed: without any delivery it becomes an
/// undated draft, and with some its waiting targets are missed. Nothing goes out by surprise. Returns
/// the posts that lost their date.
pub(crate) async fn keep_out_of_past(tx: &mut Tx, ids: &[PostId]) -> Result<Vec<PostId>> {
    let now = tx.now().as_millis();
    let rows: Vec<(String, bool)> = sqlx::query_as(
        "SELECT p.id, EXISTS (
             SELECT 1 FROM targets t WHERE t.post_id = p.id AND t.state NOT IN ('waiting', 'cancelled'))
         FROM posts p
         WHERE p.id IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL
           AND p.when_kind = 'scheduled' AND p.editorial = 'scheduled' AND p.at <= ?",
    )
    .bind(id_list(ids)?)
    .bind(now)
    .fetch_all(tx.sql())
    .await?;
    let mut undated = Vec::new();
    for (id, delivered) in rows {
        if delivered {
            sqlx::query(
                "UPDATE targets SET state = 'missed' WHERE post_id = ? AND state = 'waiting'",
            )
            .bind(&id)
            .execute(tx.sql())
            .await?;
        } else {
            sqlx::query(
                "UPDATE posts SET when_kind = 'none', wall = NULL, zone = NULL, at = NULL,
                   all_day = 0, editorial = 'draft', time_source = 'own', held = 0
                 WHERE id = ?",
            )
            .bind(&id)
            .execute(tx.sql())
            .await?;
            undated.push(parse(&id)?);
        }
        tx.changed(Subject::Post, id);
    }
    Ok(undated)
}
