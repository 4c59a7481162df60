//! Threads of which the first parts are out already, while the rest waits or was refused.

use model::PostId;
use model::content::Segment;

use super::guard::named;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::{id_list, json};

/// What is out of a post on an account that does not have all of it.
#[derive(Debug)]
pub(crate) struct PartsOut {
    target: String,
    handle: String,
    words: String,
    parts: Vec<Segment>,
}

/// What is out of these posts on accounts that do not have all of it.
pub(crate) async fn parts_out(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<PartsOut>> {
    let rows: Vec<(String, String, String, String, u32)> = sqlx::query_as(
        "SELECT t.id, a.handle, p.words, coalesce(t.own_segments, p.segments), n.parts
         FROM (
           SELECT s.target_id, max(cast(substr(s.key, 9) AS INTEGER)) + 1 AS parts
           FROM json_each(?) j CROSS JOIN targets o ON o.post_id = j.value
           CROSS JOIN send_steps s ON s.target_id = o.id
           WHERE s.visible = 1 AND s.key GLOB 'segment/[0-9]*' AND o.state <> 'published'
           GROUP BY s.target_id) n
         JOIN targets t ON t.id = n.target_id
         JOIN posts p ON p.id = t.post_id
         JOIN accounts a ON a.id = t.account_id",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(target, handle, words, segments, count)| {
            let mut parts: Vec<Segment> = json(&segments)?;
            parts.truncate(count as usize);
            Ok(PartsOut {
                target,
                handle,
                words,
                parts,
            })
        })
        .collect()
}

/// Refuses what was just written where it says otherwise than what was out `before`: the next try goes on behind those
/// parts by their number. Without the account they would be sent once more, with one part less in front another
/// would never be sent, and with one more the last of them again.
pub(crate) async fn refuse_other_parts(
    conn: &mut Conn,
    ids: &[PostId],
    before: &[PartsOut],
) -> Result<()> {
    if before.is_empty() {
        return Ok(());
    }
    let after = parts_out(conn, ids).await?;
    for was in before {
        let post = named(&was.words);
        let handle = &was.handle;
        let Some(is) = after.iter().find(|is| is.target == was.target) else {
            return Err(StoreError::Invalid {
                field: "targets",
                message: format!(
                    "{post} is on {handle} in part already, so that account stays. To send no more there, call it off on that account."
                ),
            });
        };
        if is.parts != was.parts {
            let said = match was.parts.len() {
                1 => format!(
                    "{post} is on {handle} with its first part already, which stays as it went out."
                ),
                many => format!(
                    "{post} is on {handle} with its first {many} parts already, which stay as they went out."
                ),
            };
            return Err(StoreError::Invalid {
                field: "segments",
                message: format!("{said} Change what comes after, or copy the post."),
            });
        }
    }
    Ok(())
}
