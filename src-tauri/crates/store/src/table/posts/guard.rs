//! What may not change while a send may be in flight.

use model::PostId;
use model::delivery::DeliveryState;

use super::row;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::id_list;

/// Refuses when a target of one of the posts is being sent or unconfirmed: its content, time and
/// membership must stay what was sent.
pub async fn refuse_in_flight(conn: &mut Conn, ids: &[PostId]) -> Result<()> {
    let found: Option<(String, String)> = sqlx::query_as(
        "SELECT t.state, p.words FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.post_id IN (SELECT value FROM json_each(?))
           AND t.state IN ('sending', 'unconfirmed')
         ORDER BY t.state LIMIT 1",
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
    StoreError::InFlight(if state == DeliveryState::Sending {
        format!("{post} is being sent right now, so it cannot be changed. Wait until that is done.")
    } else {
        format!(
            "{post} may be on its network already, so it cannot be changed. Say first whether it is there."
        )
    })
}
