//! Intents: what is about to be sent is on disk before anything is.

use model::{AttemptId, TargetId, Timestamp};
use serde_json::Value;

use super::flags;
use crate::error::Result;
use crate::table::words::to_json;
use crate::tx::Tx;

/// The step under which a delivery keeps what it put into its links, so that every attempt at the same
/// content sends the same.
pub const LINKS_STEP: &str = "links";

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
    /// The idempotency handle of this content.
    pub handle: Value,
    /// Steps of other content that showed nothing are forgotten.
    pub forget_steps: bool,
    /// The first step about to be taken.
    pub step: String,
    /// That step may show something: after this a death is unconfirmed.
    pub visible: bool,
    /// When the network is to publish it by itself; none when it is published at once.
    pub place_at: Option<Timestamp>,
    /// What this attempt is the first to put into its links; none where nothing is, or an earlier one
    /// kept it.
    pub links: Option<Value>,
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
                u8::from(i.visible),
                &i.handle,
                i.place_at,
            )
        })
        .collect();
    let done = sqlx::query(
        "INSERT INTO attempts (id, target_id, number, started_at, outcome, content_hash, step,
           step_visible, shown_at, handle, place_at)
         SELECT j.value ->> 0, t.id, j.value ->> 2, ?1, 'open', j.value ->> 3, j.value ->> 4,
           j.value ->> 6, iif(j.value ->> 6, ?1, NULL), j.value -> 7, j.value ->> 8
         FROM jsonb_each(?2) j CROSS JOIN targets t ON t.id = j.value ->> 1
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
    let edited: Vec<_> = intents
        .iter()
        .zip(&taken)
        .filter(|(i, ok)| **ok && i.forget_steps)
        .map(|(i, _)| i.target_id)
        .collect();
    if !edited.is_empty() {
        sqlx::query(
            "DELETE FROM send_steps
             WHERE visible = 0 AND target_id IN (SELECT value FROM json_each(?))",
        )
        .bind(to_json(&edited)?)
        .execute(tx.sql())
        .await?;
    }
    keep_links(tx, intents, &taken).await?;
    Ok(taken)
}

async fn keep_links(tx: &mut Tx, intents: &[Intent], taken: &[bool]) -> Result<()> {
    let kept: Vec<_> = intents
        .iter()
        .zip(taken)
        .filter(|(_, ok)| **ok)
        .filter_map(|(i, _)| Some((i.target_id, i.links.as_ref()?)))
        .collect();
    if kept.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT OR REPLACE INTO send_steps (target_id, key, value, visible, at)
         SELECT j.value ->> 0, ?1, j.value -> 1, 0, ?2 FROM jsonb_each(?3) j",
    )
    .bind(LINKS_STEP)
    .bind(tx.now().as_millis())
    .bind(to_json(&kept)?)
    .execute(tx.sql())
    .await?;
    Ok(())
}
