//! Intents: what is about to be sent is on disk before anything is.

use model::{AttemptId, TargetId};
use serde_json::Value;

use super::flags;
use crate::error::Result;
use crate::table::words::to_json;
use crate::tx::Tx;

/// An attempt about to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The target.
    pub target_id: TargetId,
    /// The claim's number.
    pub fence: i64,
    /// The attempt.
    pub attempt_id: AttemptId,
    /// From 1, growing over the target's life.
    pub number: u32,
    /// Hash of what is sent.
    pub content_hash: String,
    /// The idempotency handle, when it was chosen for this content just now.
    pub handle: Option<Value>,
    /// Steps of other content that showed nothing are forgotten.
    pub forget_steps: bool,
    /// The first step about to be taken.
    pub step: String,
}

/// Writes the attempts. False where the claim is no longer the caller's: nothing may be sent.
pub async fn intend(tx: &mut Tx, owner: &str, intents: &[Intent]) -> Result<Vec<bool>> {
    let rows: Vec<_> = intents
        .iter()
        .map(|i| {
            (
                i.attempt_id,
                i.target_id,
                i.number,
                &i.content_hash,
                &i.step,
                i.fence,
            )
        })
        .collect();
    let done = sqlx::query(
        "INSERT INTO attempts (id, target_id, number, started_at, outcome, content_hash, step)
         SELECT j.value ->> 0, t.id, j.value ->> 2, ?1, 'open', j.value ->> 3, j.value ->> 4
         FROM json_each(?2) j CROSS JOIN targets t ON t.id = j.value ->> 1
         WHERE t.state = 'sending' AND t.lease_owner = ?3 AND t.lease_fence = j.value ->> 5",
    )
    .bind(tx.now().as_millis())
    .bind(to_json(&rows)?)
    .bind(owner)
    .execute(tx.sql())
    .await?;
    let taken = if done.rows_affected() == intents.len() as u64 {
        vec![true; intents.len()]
    } else {
        let ids: Vec<_> = intents.iter().map(|i| i.attempt_id).collect();
        let kept: Vec<String> = sqlx::query_scalar(
            "SELECT target_id FROM attempts WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(to_json(&ids)?)
        .fetch_all(tx.sql())
        .await?;
        flags(intents.iter().map(|i| i.target_id), kept)
    };
    let fresh: Vec<&Intent> = intents
        .iter()
        .zip(&taken)
        .filter(|(i, ok)| **ok && i.handle.is_some())
        .map(|(i, _)| i)
        .collect();
    keep_handles(tx, &fresh).await?;
    Ok(taken)
}

async fn keep_handles(tx: &mut Tx, fresh: &[&Intent]) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = fresh
        .iter()
        .map(|i| (i.target_id, &i.handle, &i.content_hash))
        .collect();
    sqlx::query(
        "UPDATE targets SET handle = j.value -> 1, content_hash = j.value ->> 2
         FROM json_each(?) j WHERE targets.id = j.value ->> 0",
    )
    .bind(to_json(&rows)?)
    .execute(tx.sql())
    .await?;
    let other: Vec<_> = fresh
        .iter()
        .filter(|i| i.forget_steps)
        .map(|i| i.target_id)
        .collect();
    if !other.is_empty() {
        sqlx::query(
            "DELETE FROM send_steps
             WHERE visible = 0 AND target_id IN (SELECT value FROM json_each(?))",
        )
        .bind(to_json(&other)?)
        .execute(tx.sql())
        .await?;
    }
    Ok(())
}
