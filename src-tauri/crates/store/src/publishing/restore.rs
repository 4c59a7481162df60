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

/// The name of the step that stands for a send nobody here knows of.
const LOOK_FIRST: &str = "look_first";

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
    let illegal = |e: model::delivery::Illegal| StoreError::Conflict(e.to_string());
    let sending = step(DeliveryState::Waiting, Event::Claimed)
        .map_err(illegal)?
        .to;
    let to = step(sending, Event::Uncertain).map_err(illegal)?.to;
    let rows: Vec<(String, String)> = sqlx::query_as(concat!(
        "UPDATE targets SET state = ?1, lease_fence = lease_fence + 1, looks = 0, asked_at = NULL,
           not_before = NULL, next_try_at = NULL, failure_category = 'unknown', failure_message = ?2,
           failure_detail = NULL, failure_attempt = attempts_made
         WHERE state = 'waiting' AND called_off = 0 AND ",
        may_be_out!("targets", "?3"),
        " RETURNING id, post_id"
    ))
    .bind(to.word())
    .bind("It may have been published before this calendar was restored.")
    .bind(restored_at.as_millis())
    .fetch_all(tx.sql())
    .await?;
    // Whatever was sent that nobody here knows of was sent after the last thing that was written here.
    let known: Option<i64> =
        sqlx::query_scalar("SELECT max(at) FROM changes WHERE actor = 'publisher' AND at < ?")
            .bind(restored_at.as_millis())
            .fetch_one(tx.sql())
            .await?;
    let mut posts = Vec::with_capacity(rows.len());
    for (target, post) in rows {
        let attempt = AttemptId(tx.new_id());
        sqlx::query(
            "INSERT INTO attempts (id, target_id, number, started_at, ended_at, outcome, category,
               message, content_hash, step, step_visible, place_at)
             SELECT ?1, t.id, 1 + coalesce((SELECT max(number) FROM attempts WHERE target_id = t.id), 0),
               min(?2, coalesce(t.due_at, ?2), coalesce(?5, ?2)),
               min(?2, coalesce(t.due_at, ?2), coalesce(?5, ?2)), 'uncertain', 'unknown', t.failure_message, coalesce(t.content_hash, ''), ?3, 1,
               iif(t.due_at > ?2 AND t.options ->> '$.native' = 1, t.due_at, NULL)
             FROM targets t WHERE t.id = ?4",
        )
        .bind(attempt.to_string())
        .bind(tx.now().as_millis())
        .bind(LOOK_FIRST)
        .bind(&target)
        .bind(known)
        .execute(tx.sql())
        .await?;
        let post: PostId = parse(&post)?;
        tx.changed(Subject::Post, post);
        posts.push(post);
    }
    comment::look_first_everywhere(tx).await?;
    holds::restore_confirmed(tx).await?;
    Ok(posts)
}
