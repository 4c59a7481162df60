//! The steps of a send: what is finished is never repeated, and what may show is noted before.

use model::{AttemptId, TargetId};
use serde_json::Value;

use super::flags;
use crate::error::Result;
use crate::table::words::to_json;
use crate::tx::Tx;

/// A step that may show something is about to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    /// The target.
    pub target_id: TargetId,
    /// The attempt.
    pub attempt_id: AttemptId,
    /// Name of the step.
    pub key: String,
}

/// A finished step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepDone {
    /// The target.
    pub target_id: TargetId,
    /// The claim's number.
    pub fence: i64,
    /// The attempt.
    pub attempt_id: AttemptId,
    /// Name of the step.
    pub key: String,
    /// What it gave.
    pub value: Value,
}

/// Notes visible steps and when they are taken. False where the claim is no longer the caller's: the step must not be taken.
/// Whoever takes a claim over ends its attempt, so an open attempt is still the caller's.
pub async fn about_to_show(tx: &mut Tx, steps: &[Showing]) -> Result<Vec<bool>> {
    let rows: Vec<_> = steps.iter().map(|s| (s.attempt_id, &s.key)).collect();
    let rows = to_json(&rows)?;
    let done = sqlx::query(
        "UPDATE attempts SET step = j.value ->> 1, step_visible = 1, shown_at = ?2
         FROM jsonb_each(?1) j WHERE attempts.id = j.value ->> 0 AND attempts.outcome = 'open'",
    )
    .bind(&rows)
    .bind(tx.now().as_millis())
    .execute(tx.sql())
    .await?;
    if done.rows_affected() == steps.len() as u64 {
        return Ok(vec![true; steps.len()]);
    }
    let kept: Vec<String> = sqlx::query_scalar(
        "SELECT a.target_id FROM jsonb_each(?1) j CROSS JOIN attempts a ON a.id = j.value ->> 0
         WHERE a.outcome = 'open'",
    )
    .bind(&rows)
    .fetch_all(tx.sql())
    .await?;
    Ok(flags(steps.iter().map(|s| s.target_id), kept))
}

/// Writes finished steps down. False where the claim is no longer the caller's.
pub async fn step_done(tx: &mut Tx, owner: &str, steps: &[StepDone]) -> Result<Vec<bool>> {
    let rows: Vec<_> = steps
        .iter()
        .map(|s| (s.attempt_id, s.target_id, &s.key, s.fence, &s.value))
        .collect();
    let rows = to_json(&rows)?;
    let kept = held(tx, owner, &rows).await?;
    sqlx::query(
        "INSERT OR REPLACE INTO send_steps (target_id, key, value, visible, at)
         SELECT t.id, j.value ->> 2, j.value -> 4, a.step = j.value ->> 2 AND a.step_visible, ?3
         FROM jsonb_each(?1) j
         CROSS JOIN targets t ON t.id = j.value ->> 1
         CROSS JOIN attempts a ON a.id = j.value ->> 0
         WHERE t.state = 'sending' AND t.lease_owner = ?2 AND t.lease_fence = j.value ->> 3",
    )
    .bind(&rows)
    .bind(owner)
    .bind(tx.now().as_millis())
    .execute(tx.sql())
    .await?;
    // Once the visible step is finished, dying is harmless again: the next attempt begins after it.
    sqlx::query(
        "UPDATE attempts SET step = n.key,
           step_visible = CASE WHEN attempts.step = n.key THEN 0 ELSE attempts.step_visible END
         FROM (SELECT j.value ->> 0 AS id, j.value ->> 2 AS key
               FROM jsonb_each(?1) j CROSS JOIN targets t ON t.id = j.value ->> 1
               WHERE t.state = 'sending' AND t.lease_owner = ?2 AND t.lease_fence = j.value ->> 3) n
         WHERE attempts.id = n.id",
    )
    .bind(&rows)
    .bind(owner)
    .execute(tx.sql())
    .await?;
    Ok(flags(steps.iter().map(|s| s.target_id), kept))
}

async fn held(tx: &mut Tx, owner: &str, rows: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT t.id FROM jsonb_each(?1) j CROSS JOIN targets t ON t.id = j.value ->> 1
         WHERE t.state = 'sending' AND t.lease_owner = ?2 AND t.lease_fence = j.value ->> 3",
    )
    .bind(rows)
    .bind(owner)
    .fetch_all(tx.sql())
    .await?)
}
