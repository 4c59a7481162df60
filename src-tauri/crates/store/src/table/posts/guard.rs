//! What may not change while a send may be in flight.

use model::PostId;
use model::delivery::DeliveryState;

use super::row;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::id_list;

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

/// The refusal for a post in this state.
pub(crate) fn in_flight(state: DeliveryState, words: &str) -> StoreError {
    let post = if words.is_empty() {
        "This post".to_owned()
    } else {
        format!("\"{words}\"")
    };
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
