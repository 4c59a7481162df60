//! What may not change while a send may be in flight, nor before what nobody here knows of was looked for.

use model::PostId;
use model::delivery::DeliveryState;

use super::row;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::id_list;
use crate::tx::Tx;

/// Refuses when a target of one of the posts is being sent, unconfirmed, or held by its network: its
/// content, time and membership must stay what was sent.
pub async fn refuse_in_flight(conn: &mut Conn, ids: &[PostId]) -> Result<()> {
    let found: Option<(String, String)> = sqlx::query_as(
        "SELECT t.state, p.words FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.post_id IN (SELECT value FROM json_each(?))
           AND t.state IN ('sending', 'unconfirmed', 'placed')
         ORDER BY t.state = 'placed', t.state LIMIT 1",
    )
    .bind(id_list(ids)?)
    .fetch_optional(conn.sql())
    .await?;
    match found {
        None => Ok(()),
        Some((state, words)) => Err(in_flight(row::state(&state)?, &words)),
    }
}

/// Whether a waiting target `$t` may be out without anybody here knowing, when it may have been sent until `$since`:
/// it was due, or an edit held it here, or its network may hold it.
macro_rules! may_be_out {
    ($t:literal, $since:literal) => {
        concat!(
            "(coalesce(",
            $t,
            ".due_at, (SELECT h.at FROM posts h WHERE h.id = ",
            $t,
            ".post_id AND h.held = 1 AND h.deleted_at IS NULL)) <= ",
            $since,
            " OR (",
            $t,
            ".due_at IS NOT NULL AND ",
            $t,
            ".options ->> '$.native' = 1))"
        )
    };
}
pub(crate) use may_be_out;

/// Refuses to change what a post says or when it goes out while it may be out without anybody here knowing: a backup
/// was put back, or another computer published from this folder last. It is looked for by both as soon as the hold
/// ends, and another time would let it go out unlooked-for.
pub(crate) async fn refuse_unlooked(tx: &mut Tx, ids: &[PostId]) -> Result<()> {
    let (now, machine) = (tx.now().as_millis(), tx.machine_id().to_owned());
    let found: Option<(String, bool)> = sqlx::query_as(concat!(
        "SELECT p.words, s.restored FROM (
           SELECT restored_at IS NOT NULL AS restored,
             coalesce(restored_at, iif(machine_id <> ?2, ?3, NULL)) AS since FROM publishing) s
         CROSS JOIN targets t ON t.post_id IN (SELECT value FROM json_each(?1))
         JOIN posts p ON p.id = t.post_id
         WHERE s.since IS NOT NULL AND t.state = 'waiting' AND t.called_off = 0 AND ",
        may_be_out!("t", "s.since"),
        " LIMIT 1"
    ))
    .bind(id_list(ids)?)
    .bind(machine)
    .bind(now)
    .fetch_optional(tx.sql())
    .await?;
    let Some((words, restored)) = found else {
        return Ok(());
    };
    let post = named(&words);
    let how = if restored {
        "before this calendar was restored"
    } else {
        "from the computer that used this data folder last"
    };
    Err(StoreError::Conflict(format!(
        "{post} may have been published {how}, so it cannot be changed before it is looked for. Let posts go out again first: then Almanac looks for it on its network."
    )))
}

/// Why an account is not taken off a post that may be there without anybody here knowing: chosen anew it would go out
/// unlooked-for.
pub(crate) fn may_be_there(handle: &str, called_off: bool) -> String {
    let so = if called_off {
        "It is called off there."
    } else {
        "To send nothing there, call it off on that account."
    };
    format!("This post may be on {handle} already, so that account stays. {so}")
}

/// A post as the beginning of a sentence names it.
pub(super) fn named(words: &str) -> String {
    if words.is_empty() {
        "This post".to_owned()
    } else {
        format!("\"{words}\"")
    }
}

/// The refusal for a post in this state.
pub(crate) fn in_flight(state: DeliveryState, words: &str) -> StoreError {
    let post = named(words);
    match state {
        DeliveryState::Sending => StoreError::InFlight(format!(
            "{post} is being sent right now, so it cannot be changed. Wait until that is done."
        )),
        DeliveryState::Placed => StoreError::Placed(format!(
            "{post} is held by its network, which publishes it at its time, so it cannot be changed here. Take it back first."
        )),
        _ => StoreError::InFlight(format!(
            "{post} may be on its network already, so it cannot be changed. Say first whether it is there."
        )),
    }
}
