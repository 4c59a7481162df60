//! The end of an attempt: the target's new state, the attempt's row and the feed in one commit.

use model::change::Subject;
use model::delivery::DeliveryState;
use model::failure::Category;
use model::post::AttemptOutcome;
use model::{AttemptId, PostId, TargetId, Timestamp};
use serde_json::Value;

use super::{comment, flags};
use crate::error::Result;
use crate::table::words::{to_json, word};
use crate::tx::Tx;

/// What is written about an ended attempt. The new state comes from [`model::delivery::step`].
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The target.
    pub target_id: TargetId,
    /// Its post, for the feed.
    pub post_id: PostId,
    /// The claim's number.
    pub fence: i64,
    /// The attempt; none when nothing was begun.
    pub attempt_id: Option<AttemptId>,
    /// The target's new state.
    pub to: DeliveryState,
    /// Not claimed before.
    pub not_before: Option<Timestamp>,
    /// How the attempt ended.
    pub outcome: AttemptOutcome,
    /// The network's id of the first segment.
    pub remote_id: Option<String>,
    /// Address for people.
    pub remote_url: Option<String>,
    /// What deleting needs later.
    pub remote: Option<Value>,
    /// Kind of failure.
    pub category: Option<Category>,
    /// A sentence for people.
    pub message: Option<String>,
    /// The network's own words, cleaned of secrets.
    pub detail: Option<String>,
    /// When it is tried again by itself.
    pub next_try_at: Option<Timestamp>,
    /// So many tries are given back: the attempt costs none, or all begin anew.
    pub refunds: u32,
}

/// Ends attempts. False where the claim is no longer the caller's; nothing of that one was written.
pub async fn settle(tx: &mut Tx, owner: &str, ends: &[Settled]) -> Result<Vec<bool>> {
    let (sent, others): (Vec<&Settled>, Vec<&Settled>) =
        ends.iter().partition(|e| e.to == DeliveryState::Published);
    let (held, others): (Vec<&Settled>, Vec<&Settled>) = others
        .into_iter()
        .partition(|e| e.to == DeliveryState::Placed);
    let mut refused = published(tx, owner, &sent).await?;
    refused.extend(placed(tx, owner, &held).await?);
    refused.extend(unpublished(tx, owner, &others).await?);
    let mut flags = Vec::with_capacity(ends.len());
    for end in ends {
        let written = !refused.contains(&end.target_id);
        if written {
            tx.changed(Subject::Post, end.post_id);
        }
        flags.push(written);
    }
    Ok(flags)
}

/// The same for deliveries that worked, with fewer columns: nearly all of them. Returns the refused.
async fn published(tx: &mut Tx, owner: &str, sent: &[&Settled]) -> Result<Vec<TargetId>> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = sent
        .iter()
        .map(|s| {
            (
                s.target_id,
                s.fence,
                s.to.word(),
                &s.remote_id,
                &s.remote_url,
                &s.remote,
            )
        })
        .collect();
    let rows = to_json(&rows)?;
    let now = tx.now().as_millis();
    // With `+`, so that the rows lead and not the index of what is being sent.
    let done = sqlx::query(
        "UPDATE targets SET state = 'published', published_at = ?1, remote_id = j.value ->> 3,
           remote_url = j.value ->> 4, remote = j.value -> 5, lease_owner = NULL, lease_until = NULL,
           failure_category = NULL, failure_message = NULL, failure_detail = NULL,
           failure_attempt = NULL
         FROM jsonb_each(?2) j WHERE targets.id = j.value ->> 0
           AND +targets.state = 'sending' AND targets.lease_owner = ?3
           AND targets.lease_fence = j.value ->> 1",
    )
    .bind(now)
    .bind(&rows)
    .bind(owner)
    .execute(tx.sql())
    .await?;
    worked(tx, sent).await?;
    let ids: Vec<TargetId> = sent.iter().map(|s| s.target_id).collect();
    comment::wanted(tx, &ids).await?;
    refused(tx, sent, done.rows_affected(), &rows).await
}

/// Ends the attempts of deliveries that worked. Whoever takes a claim over ends its attempt as well, so
/// an open one is still the caller's.
async fn worked(tx: &mut Tx, sent: &[&Settled]) -> Result<()> {
    let attempts: Vec<_> = sent.iter().filter_map(|s| s.attempt_id).collect();
    sqlx::query(
        "UPDATE attempts SET outcome = 'sent', ended_at = ?1
         WHERE id IN (SELECT value FROM json_each(?2)) AND outcome = 'open'",
    )
    .bind(tx.now().as_millis())
    .bind(to_json(&attempts)?)
    .execute(tx.sql())
    .await?;
    // Hardly any has something to tell, so the others cost nothing.
    let told: Vec<(AttemptId, &str)> = sent
        .iter()
        .filter_map(|end| end.attempt_id.zip(end.message.as_deref()))
        .collect();
    for (id, message) in told {
        sqlx::query("UPDATE attempts SET message = ?1 WHERE id = ?2 AND outcome = 'sent'")
            .bind(message)
            .bind(id.to_string())
            .execute(tx.sql())
            .await?;
    }
    Ok(())
}

/// The same for deliveries that their networks hold until their time.
async fn placed(tx: &mut Tx, owner: &str, held: &[&Settled]) -> Result<Vec<TargetId>> {
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = held
        .iter()
        .map(|s| {
            (
                s.target_id,
                s.fence,
                s.to.word(),
                &s.remote_id,
                &s.remote_url,
                &s.remote,
                s.not_before,
            )
        })
        .collect();
    let rows = to_json(&rows)?;
    let done = sqlx::query(
        "UPDATE targets SET state = j.value ->> 2, remote_id = j.value ->> 3,
           remote_url = j.value ->> 4, remote = j.value -> 5, not_before = j.value ->> 6,
           next_try_at = NULL, attempts_made = 0, looks = 0, asked_at = NULL, lease_owner = NULL,
           lease_until = NULL, failure_category = NULL, failure_message = NULL,
           failure_detail = NULL, failure_attempt = NULL
         FROM jsonb_each(?1) j WHERE targets.id = j.value ->> 0
           AND +targets.state = 'sending' AND targets.lease_owner = ?2
           AND targets.lease_fence = j.value ->> 1",
    )
    .bind(&rows)
    .bind(owner)
    .execute(tx.sql())
    .await?;
    worked(tx, held).await?;
    refused(tx, held, done.rows_affected(), &rows).await
}

async fn unpublished(tx: &mut Tx, owner: &str, ends: &[&Settled]) -> Result<Vec<TargetId>> {
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::with_capacity(ends.len());
    for end in ends {
        rows.push(serde_json::json!([
            end.target_id,
            end.fence,
            end.to.word(),
            end.not_before,
            end.category.map(Category::word),
            end.message,
            end.detail,
            end.next_try_at,
            end.attempt_id,
            word(&end.outcome)?,
            end.refunds,
        ]));
    }
    let rows = to_json(&rows)?;
    let now = tx.now().as_millis();
    let done = sqlx::query(
        "UPDATE targets SET state = j.value ->> 2, not_before = j.value ->> 3,
           failure_category = j.value ->> 4, failure_message = j.value ->> 5,
           failure_detail = j.value ->> 6, next_try_at = j.value ->> 7,
           failure_attempt = attempts_made, attempts_made = max(0, attempts_made - (j.value ->> 10)),
           lease_owner = NULL, lease_until = NULL, looks = 0, asked_at = NULL
         FROM jsonb_each(?1) j WHERE targets.id = j.value ->> 0
           AND +targets.state = 'sending' AND targets.lease_owner = ?2
           AND targets.lease_fence = j.value ->> 1",
    )
    .bind(&rows)
    .bind(owner)
    .execute(tx.sql())
    .await?;
    // What was certainly not sent showed nothing, although it was about to: no later attempt has to look
    // for it. The parts that did come through are steps of their own.
    sqlx::query(
        "UPDATE attempts SET outcome = j.value ->> 9, ended_at = ?1, category = j.value ->> 4,
           message = j.value ->> 5, detail = j.value ->> 6,
           will_retry = (j.value ->> 3) IS NOT NULL, next_try_at = j.value ->> 7,
           step_visible = iif(j.value ->> 9 = 'not_sent', 0, step_visible),
           shown_at = iif(j.value ->> 9 = 'not_sent', NULL, shown_at)
         FROM jsonb_each(?2) j WHERE attempts.id = j.value ->> 8 AND attempts.outcome = 'open'",
    )
    .bind(now)
    .bind(&rows)
    .execute(tx.sql())
    .await?;
    refused(tx, ends, done.rows_affected(), &rows).await
}

/// Which ends were not written, when not all were: their targets do not stand as the end left them
/// under its own number. `rows` begin with target, number and state.
async fn refused(
    tx: &mut Tx,
    ends: &[&Settled],
    written: u64,
    rows: &str,
) -> Result<Vec<TargetId>> {
    if written == ends.len() as u64 {
        return Ok(Vec::new());
    }
    let kept: Vec<String> = sqlx::query_scalar(
        "SELECT t.id FROM jsonb_each(?1) j CROSS JOIN targets t ON t.id = j.value ->> 0
         WHERE t.lease_fence = j.value ->> 1 AND t.state = j.value ->> 2 AND t.lease_owner IS NULL",
    )
    .bind(rows)
    .fetch_all(tx.sql())
    .await?;
    let flags = flags(ends.iter().map(|e| e.target_id), kept);
    Ok(ends
        .iter()
        .zip(flags)
        .filter(|(_, ok)| !ok)
        .map(|(e, _)| e.target_id)
        .collect())
}
