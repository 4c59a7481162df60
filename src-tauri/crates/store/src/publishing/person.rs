//! What a person decides about a delivery. Each is refused in a state where the table of
//! [`model::delivery`] does not allow it, with a sentence that says why.

use model::change::Subject;
use model::delivery::{DeliveryState, Event, step};
use model::post::TimeSource;
use model::status::EditorialStatus;
use model::when::{When, Zone};
use model::{AccountId, PostId, TargetId, Timestamp};
use serde_json::Value;

use super::comment;
use super::place::send_from_here;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::posts::{self, Move};
use crate::table::words::{at, id_list, json, parse};
use crate::tx::Tx;

/// A published target, as its connector needs it for deleting.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletable {
    /// Its post.
    pub post_id: PostId,
    /// Its account.
    pub account_id: AccountId,
    /// The network's id of the first segment.
    pub remote_id: String,
    /// Address for people.
    pub url: Option<String>,
    /// What the connector gave for deleting.
    pub remote: Value,
}

struct Standing {
    post_id: PostId,
    state: DeliveryState,
    words: String,
    may_go_out: bool,
}

async fn standing(conn: &mut Conn, id: TargetId) -> Result<Standing> {
    let row: Option<(String, String, String, bool)> = sqlx::query_as(
        "SELECT t.post_id, t.state, p.words,
           p.when_kind = 'scheduled' AND p.editorial = 'scheduled' AND p.deleted_at IS NULL
         FROM targets t JOIN posts p ON p.id = t.post_id WHERE t.id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    let (post, state, words, may_go_out) = row.ok_or(StoreError::not_found("post"))?;
    let state = DeliveryState::from_word(&state)
        .ok_or_else(|| StoreError::internal(format!("state {state}")))?;
    Ok(Standing {
        post_id: parse(&post)?,
        state,
        words,
        may_go_out,
    })
}

/// Applies an event of a person and returns the new state.
async fn decide(tx: &mut Tx, id: TargetId, event: Event) -> Result<(Standing, DeliveryState)> {
    let found = standing(tx, id).await?;
    let next = step(found.state, event)
        .map_err(|_| StoreError::Conflict(refusal(found.state, &found.words)))?;
    sqlx::query(
        "UPDATE targets SET state = ?1, looks = 0, asked_at = NULL, next_try_at = NULL,
           not_before = NULL
         WHERE id = ?2",
    )
    .bind(next.to.word())
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Post, found.post_id);
    Ok((found, next.to))
}

fn refusal(state: DeliveryState, words: &str) -> String {
    let why = match state {
        DeliveryState::Waiting => "is waiting for its time",
        DeliveryState::Sending => "is being sent right now",
        DeliveryState::Placed => {
            "is held by its network, which publishes it at its time; take it back first"
        }
        DeliveryState::Unconfirmed => {
            "may be on its network already; say first whether it is there"
        }
        DeliveryState::Published => "is published already",
        DeliveryState::Failed => "was not sent",
        DeliveryState::Missed => "missed its time",
        DeliveryState::Cancelled => "was called off",
    };
    format!("\"{words}\" {why}, so this was not done.")
}

/// Lets a target that waits again go out at once, its tries starting anew. The wait counts from now,
/// or the grace time would call it missed.
async fn anew(tx: &mut Tx, id: TargetId) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET attempts_made = 0, not_before = ?, failure_category = NULL,
           failure_message = NULL, failure_detail = NULL, failure_attempt = NULL
         WHERE id = ?",
    )
    .bind(tx.now().as_millis())
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}

fn needs_time(words: &str) -> StoreError {
    StoreError::Conflict(format!(
        "\"{words}\" is not scheduled, so it cannot go out. Give it a time, or publish it now."
    ))
}

/// *Try now*: a failed, missed or cancelled target goes out at once.
pub async fn retry(tx: &mut Tx, id: TargetId) -> Result<()> {
    let (found, _) = decide(tx, id, Event::Rescheduled).await?;
    if !found.may_go_out {
        return Err(needs_time(&found.words));
    }
    call_for(tx, &[id]).await?;
    anew(tx, id).await
}

/// When the network was asked to publish a target by itself; none when it was to be published at once,
/// or when nobody can look at it any more.
async fn to_be_published_at(conn: &mut Conn, id: TargetId) -> Result<Option<Timestamp>> {
    let row: Option<Option<i64>> = sqlx::query_scalar(
        "SELECT s.place_at FROM targets t JOIN accounts a ON a.id = t.account_id
           JOIN attempts s ON s.target_id = t.id
         WHERE t.id = ? AND a.deleted_at IS NULL ORDER BY s.number DESC LIMIT 1",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    Ok(row.flatten().map(at))
}

/// *It is there*: an unconfirmed target is published, or held by its network until its time. `url` is
/// what the person knows of it.
pub async fn say_published(tx: &mut Tx, id: TargetId, url: Option<&str>) -> Result<()> {
    let ahead = to_be_published_at(tx, id).await?;
    if let Some(ahead) = ahead.filter(|at| *at > tx.now()) {
        decide(tx, id, Event::Placed).await?;
        sqlx::query(
            "UPDATE targets SET not_before = ?1, remote_url = coalesce(?2, remote_url),
               failure_category = NULL, failure_message = NULL, failure_detail = NULL,
               failure_attempt = NULL
             WHERE id = ?3",
        )
        .bind(ahead.as_millis())
        .bind(url)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
        return close_log(tx, id, "sent").await;
    }
    decide(tx, id, Event::PersonSaysPublished).await?;
    sqlx::query(
        "UPDATE targets SET published_at = ?1, remote_url = coalesce(?2, remote_url),
           failure_category = NULL, failure_message = NULL, failure_detail = NULL,
           failure_attempt = NULL
         WHERE id = ?3",
    )
    .bind(tx.now().as_millis())
    .bind(url)
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    comment::wanted_of_found(tx, id).await?;
    close_log(tx, id, "sent").await
}

/// *Send again*: the person knows that an unconfirmed target is not there.
pub async fn send_again(tx: &mut Tx, id: TargetId) -> Result<()> {
    let (found, _) = decide(tx, id, Event::PersonSaysSendAgain).await?;
    if !found.may_go_out {
        return Err(needs_time(&found.words));
    }
    close_log(tx, id, "not_sent").await?;
    if to_be_published_at(tx, id).await?.is_some() {
        // The network may still know the name it was handed over under.
        forget_delivery(tx, id).await?;
    }
    anew(tx, id).await
}

/// *Give up*: nobody finds out about an unconfirmed target; it stays as failed.
pub async fn give_up(tx: &mut Tx, id: TargetId) -> Result<()> {
    decide(tx, id, Event::GivenUp).await?;
    // It is nobody's turn any more.
    sqlx::query(
        "UPDATE targets SET failure_category = 'unknown', failure_message = 'You gave it up.'
         WHERE id = ? AND failure_category = 'your_turn'",
    )
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}

async fn close_log(tx: &mut Tx, id: TargetId, outcome: &str) -> Result<()> {
    sqlx::query("UPDATE attempts SET outcome = ? WHERE target_id = ? AND outcome = 'uncertain'")
        .bind(outcome)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Calls one target off; the post's other targets stay as they are.
pub async fn cancel(tx: &mut Tx, id: TargetId) -> Result<()> {
    decide(tx, id, Event::Cancelled).await?;
    sqlx::query("UPDATE targets SET called_off = 1 WHERE id = ?")
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// *Use again*: targets that were called off on their own are called for again, all or none. Those of a
/// scheduled post wait for its time; where that has passed meanwhile they are missed, and the person
/// says when.
pub async fn use_again(tx: &mut Tx, ids: &[TargetId]) -> Result<()> {
    let mut of = Vec::with_capacity(ids.len());
    for id in ids {
        let found = standing(tx, *id).await?;
        if found.state != DeliveryState::Cancelled {
            return Err(StoreError::Conflict(refusal(found.state, &found.words)));
        }
        tx.changed(Subject::Post, found.post_id);
        of.push(found.post_id);
    }
    call_for(tx, ids).await?;
    posts::settle_targets(tx, &of, false).await?;
    posts::miss_what_passed(tx, &of, Some(ids)).await
}

async fn call_for(tx: &mut Tx, ids: &[TargetId]) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET called_off = 0
         WHERE called_off = 1 AND id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(ids)?)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// *Publish now*: schedules a post for this very instant, in its calendar's zone. Refused when
/// nothing of it could go out.
pub async fn send_now(tx: &mut Tx, id: PostId) -> Result<()> {
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT c.zone, p.words FROM posts p JOIN calendars c ON c.id = p.calendar_id
         WHERE p.id = ? AND p.deleted_at IS NULL",
    )
    .bind(id.to_string())
    .fetch_optional(tx.sql())
    .await?;
    let (zone, words) = row.ok_or(StoreError::not_found("post"))?;
    let zone: Zone = parse(&zone)?;
    let at = tx.now();
    let wall = zone
        .wall_at(at)
        .map_err(|e| StoreError::internal(e.to_string()))?;
    let one = Move {
        time_source: TimeSource::Own,
        editorial: Some(EditorialStatus::Scheduled),
        ..Move::to(id, When::Scheduled { wall, zone, at })
    };
    posts::move_many(tx, &[one]).await?;
    let waiting: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM targets WHERE post_id = ? AND state = 'waiting' AND called_off = 0)",
    )
    .bind(id.to_string())
    .fetch_one(tx.sql())
    .await?;
    if waiting {
        return Ok(());
    }
    Err(StoreError::Conflict(format!(
        "\"{words}\" has no account to go to. Choose one first."
    )))
}

/// A published target as its connector needs it for deleting. Refused when it is not published.
pub async fn deletable(conn: &mut Conn, id: TargetId) -> Result<Deletable> {
    standing_as(conn, id, DeliveryState::Published).await
}

/// The same of a target that its network holds. Refused when it does not.
pub async fn held(conn: &mut Conn, id: TargetId) -> Result<Deletable> {
    standing_as(conn, id, DeliveryState::Placed).await
}

async fn standing_as(conn: &mut Conn, id: TargetId, state: DeliveryState) -> Result<Deletable> {
    let found = standing(conn, id).await?;
    if found.state != state {
        return Err(StoreError::Conflict(refusal(found.state, &found.words)));
    }
    let (account, remote_id, url, remote): (
        String,
        Option<String>,
        Option<String>,
        Option<String>,
    ) = sqlx::query_as(
        "SELECT account_id, remote_id, remote_url, remote FROM targets WHERE id = ?",
    )
    .bind(id.to_string())
    .fetch_one(conn.sql())
    .await?;
    let (Some(remote_id), Some(remote)) = (remote_id, remote) else {
        return Err(StoreError::Conflict(format!(
            "\"{}\" was marked as published by hand, so Almanac does not know where it is. Delete it on the network itself.",
            found.words
        )));
    };
    Ok(Deletable {
        post_id: found.post_id,
        account_id: parse(&account)?,
        remote_id,
        url,
        remote: json(&remote)?,
    })
}

/// After the network deleted it: the target waits again with nothing of the old delivery left but that
/// its next handle has to be another, and the post is a draft without a date. While another account of it is
/// in flight the post keeps its time, which belongs to what is on its way there, and only this one is called off.
pub async fn deleted_on_network(tx: &mut Tx, id: TargetId) -> Result<()> {
    let (found, _) = decide(tx, id, Event::DeletedOnNetwork).await?;
    forget_delivery(tx, id).await?;
    let others: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM targets
         WHERE post_id = ? AND state IN ('sending', 'unconfirmed', 'placed'))",
    )
    .bind(found.post_id.to_string())
    .fetch_one(tx.sql())
    .await?;
    if others {
        return cancel(tx, id).await;
    }
    sqlx::query(
        "UPDATE posts SET when_kind = 'none', wall = NULL, zone = NULL, at = NULL, all_day = 0,
           editorial = 'draft', time_source = 'own', held = 0, version = version + 1, updated_at = ?
         WHERE id = ?",
    )
    .bind(tx.now().as_millis())
    .bind(found.post_id.to_string())
    .execute(tx.sql())
    .await?;
    posts::settle_targets(tx, &[found.post_id], false).await
}

/// After the network gave up what it held: the target waits for its minute with nothing of the old
/// delivery left, and goes out from here.
pub async fn taken_back(tx: &mut Tx, id: TargetId) -> Result<()> {
    decide(tx, id, Event::TakenBack).await?;
    forget_delivery(tx, id).await?;
    send_from_here(tx, id).await
}

/// Nothing of a delivery is left but that its next handle has to be another.
pub(super) async fn forget_delivery(tx: &mut Tx, id: TargetId) -> Result<()> {
    sqlx::query(
        "UPDATE targets SET published_at = NULL, remote_id = NULL, remote_url = NULL, remote = NULL,
           handle = NULL, content_hash = NULL, turn = turn + 1, attempts_made = 0
         WHERE id = ?",
    )
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    sqlx::query("DELETE FROM first_comments WHERE target_id = ?")
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    // Tries of an earlier turn say nothing about what is sent next.
    sqlx::query("UPDATE attempts SET handle = NULL, step = 'forgotten' WHERE target_id = ?")
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    sqlx::query("DELETE FROM send_steps WHERE target_id = ?")
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}
