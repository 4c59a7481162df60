//! Bringing delivery states in line with what a person decided: called off, given a new time, taken
//! back from the past. Only steps of the model's table are made.

use std::collections::BTreeMap;

use model::PostId;
use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::status::EditorialStatus;

use super::row;
use crate::error::{Result, StoreError};
use crate::table::words::{id_list, parse};
use crate::tx::Tx;

/// Makes the states follow the decisions: a called-off post or target is `cancelled`, one that is
/// called for again waits, and with `new_time` failed and missed ones wait as well, their retries
/// starting anew.
pub(crate) async fn settle_targets(tx: &mut Tx, ids: &[PostId], new_time: bool) -> Result<()> {
    let rows: Vec<(String, String, bool, String)> = sqlx::query_as(
        "SELECT t.id, t.state, t.called_off, p.editorial
         FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.post_id IN (SELECT value FROM json_each(?))
           AND t.state NOT IN ('published', 'sending', 'unconfirmed', 'placed')",
    )
    .bind(id_list(ids)?)
    .fetch_all(tx.sql())
    .await?;
    let mut to: BTreeMap<DeliveryState, Vec<String>> = BTreeMap::new();
    let mut anew: Vec<String> = Vec::new();
    for (id, state, called_off, editorial) in rows {
        let state = row::state(&state)?;
        let off = called_off || row::editorial(&editorial)? == EditorialStatus::Cancelled;
        let event = match state {
            DeliveryState::Cancelled => (!off).then_some(Event::Rescheduled),
            _ if off => Some(Event::Cancelled),
            DeliveryState::Failed | DeliveryState::Missed => new_time.then_some(Event::Rescheduled),
            _ => None,
        };
        if let Some(event) = event {
            let next = step(state, event).map_err(|e| StoreError::internal(e.to_string()))?;
            to.entry(next.to).or_default().push(id.clone());
        }
        if new_time && !off {
            anew.push(id);
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
