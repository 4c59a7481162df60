//! After a backup was put back, or the folder changed machines: what was due meanwhile may be on its
//! network already, so it is looked for before anything is sent.

use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::{AttemptId, PostId};

use super::comment;
use crate::error::{Result, StoreError};
use crate::posts::may_be_out;
use crate::table::{holds, words::parse};
use crate::tx::Tx;

/// The name of the step that stands for a send nobody here knows of, which is looked for before anything else.
pub(super) const LOOK_FIRST: &str = "look_first";
/// The same of one that is looked for only now that it is to go out again. Its post may have been changed meanwhile.
pub(super) const LOOK_BEFORE: &str = "look_before";

/// Makes waiting targets unconfirmed, in a statement that says which.
macro_rules! in_doubt {
    () => {
        "UPDATE targets SET state = ?1, lease_fence = lease_fence + 1, looks = 0, asked_at = NULL,
           not_before = NULL, next_try_at = NULL, failure_category = 'unknown',
           failure_message = 'It may have been published already, by another copy of this calendar.',
           failure_detail = NULL, failure_attempt = attempts_made, unknown_since = NULL
         WHERE state = 'waiting' AND called_off = 0 AND "
    };
}

/// Makes every waiting target that was due before the restore, or that its network may hold already,
/// unconfirmed and ends the special state. The attempt that stands for the send nobody knows of begins
/// when it may have begun at the earliest, so that looks reach back that far.
/// Does nothing while everything is held, nor before every send that the file left open was taken over: until then
/// it is known that this file does not tell how far it came. Returns the posts.
pub async fn look_first(tx: &mut Tx) -> Result<Vec<PostId>> {
    let state = holds::state(tx).await?;
    let (Some(restored_at), None) = (state.restored_at, state.hold) else {
        return Ok(Vec::new());
    };
    let open: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM targets WHERE state = 'sending')")
            .fetch_one(tx.sql())
            .await?;
    if open {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String, Option<i64>)> = sqlx::query_as(concat!(
        in_doubt!(),
        "unknown_since IS NULL AND ",
        may_be_out!("targets", "?2"),
        " RETURNING id, post_id, due_at"
    ))
    .bind(doubted()?.word())
    .bind(restored_at.as_millis())
    .fetch_all(tx.sql())
    .await?;
    // Whatever was sent that nobody here knows of was sent after the last thing that was written here.
    let known: Option<i64> =
        sqlx::query_scalar("SELECT max(at) FROM changes WHERE actor = 'publisher' AND at < ?")
            .bind(restored_at.as_millis())
            .fetch_one(tx.sql())
            .await?;
    let now = tx.now().as_millis();
    let mut posts = Vec::with_capacity(rows.len());
    for (target, post, due) in rows {
        let began = [due, known].into_iter().flatten().fold(now, i64::min);
        posts.push(unknown_send(tx, LOOK_FIRST, &target, &post, began, began).await?);
    }
    // What was called off meanwhile was not looked for.
    holds::doubt_ends(tx, restored_at.as_millis()).await?;
    comment::look_first_everywhere(tx).await?;
    holds::restore_confirmed(tx).await?;
    Ok(posts)
}

/// Makes every target unconfirmed that is to go out and had failed, was missed or was called off when a backup was put
/// back, or the folder changed computers: it may have gone out since without anybody here knowing. It is looked for, or
/// asked about, at once and not at its time, while whoever gave it that time is there. What is absent waits since it was
/// to go out, so that the grace time decides about it. Call it in the transaction of a claim, before anything else
/// there. Returns the posts.
pub async fn look_before(tx: &mut Tx) -> Result<Vec<PostId>> {
    let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
        "SELECT id, post_id, unknown_since, max(due_at, coalesce(not_before, due_at)) FROM targets
         WHERE state = 'waiting' AND called_off = 0 AND unknown_since IS NOT NULL AND due_at IS NOT NULL
           AND (SELECT hold_reason IS NULL AND restored_at IS NULL FROM publishing)",
    )
    .fetch_all(tx.sql())
    .await?;
    let now = tx.now().as_millis();
    let mut posts = Vec::with_capacity(rows.len());
    for (target, post, since, wanted) in rows {
        sqlx::query(concat!(in_doubt!(), "id = ?2"))
            .bind(doubted()?.word())
            .bind(&target)
            .execute(tx.sql())
            .await?;
        let (began, ended) = (since.min(now), wanted.min(now));
        posts.push(unknown_send(tx, LOOK_BEFORE, &target, &post, began, ended).await?);
    }
    Ok(posts)
}

/// What a waiting target is that may have been sent by what nobody here knows of.
fn doubted() -> Result<DeliveryState> {
    let illegal = |e: model::delivery::Illegal| StoreError::Conflict(e.to_string());
    let sending = step(DeliveryState::Waiting, Event::Claimed)
        .map_err(illegal)?
        .to;
    Ok(step(sending, Event::Uncertain).map_err(illegal)?.to)
}

/// Notes the attempt that stands for a send nobody here knows of, under this name of a step: it may have `began` then at
/// the earliest, and what is absent waits since it `ended`.
async fn unknown_send(
    tx: &mut Tx,
    step: &str,
    target: &str,
    post: &str,
    began: i64,
    ended: i64,
) -> Result<PostId> {
    let attempt = AttemptId(tx.new_id());
    sqlx::query(
        "INSERT INTO attempts (id, target_id, number, started_at, ended_at, outcome, category,
           message, content_hash, step, step_visible, place_at)
         SELECT ?1, t.id, 1 + coalesce((SELECT max(number) FROM attempts WHERE target_id = t.id), 0),
           ?2, ?3, 'uncertain', 'unknown', t.failure_message, coalesce(t.content_hash, ''), ?4, 1,
           iif(t.due_at > ?5 AND t.options ->> '$.native' = 1, t.due_at, NULL)
         FROM targets t WHERE t.id = ?6",
    )
    .bind(attempt.to_string())
    .bind(began)
    .bind(ended)
    .bind(step)
    .bind(tx.now().as_millis())
    .bind(target)
    .execute(tx.sql())
    .await?;
    let post: PostId = parse(post)?;
    tx.changed(Subject::Post, post);
    Ok(post)
}
