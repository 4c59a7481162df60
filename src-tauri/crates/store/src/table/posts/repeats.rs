//! The same text to the same account twice within a month.

use model::content::Segment;
use model::post::Draft;
use model::{AccountId, PostId, Timestamp};

use super::row::text_hash;
use crate::conn::Conn;
use crate::error::Result;
use crate::table::words::{at, parse, to_json};

/// Days on either side within which the same text is a repeat.
const WITHIN_MS: i64 = 31 * 86_400_000;

/// Another post with the same text for the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The account.
    pub account_id: AccountId,
    /// The other post.
    pub post_id: PostId,
    /// When it was published, or stands.
    pub at: Timestamp,
    /// It is on the network already.
    pub published: bool,
}

/// Looks for the draft's texts on its accounts within a month of `when` (for an undated draft: of
/// now). `own` is the post being written. Case and white space do not count.
pub async fn repeats(
    conn: &mut Conn,
    own: Option<PostId>,
    draft: &Draft,
    when: Timestamp,
) -> Result<Vec<Repeat>> {
    let texts: Vec<(String, i64)> = draft
        .targets
        .iter()
        .filter_map(|target| {
            let segments: &[Segment] = target
                .override_segments
                .as_deref()
                .unwrap_or(&draft.segments);
            Some((target.account_id.to_string(), text_hash(segments)?))
        })
        .collect();
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String, i64, bool)> = sqlx::query_as(
        "WITH wanted AS (SELECT value ->> 0 AS account, value ->> 1 AS hash FROM json_each(?1)),
         same AS (
           SELECT w.account, p.id AS post_id FROM wanted w
             JOIN posts p INDEXED BY posts_same_text ON p.text_hash = w.hash
           UNION
           SELECT w.account, t.post_id FROM wanted w
             JOIN targets t INDEXED BY targets_same_text ON t.text_hash = w.hash)
         SELECT s.account, p.id, coalesce(t.published_at, p.at) AS moment,
           t.state = 'published' AS published
         FROM same s
           JOIN posts p ON p.id = s.post_id
           JOIN targets t ON t.post_id = p.id AND t.account_id = s.account
           JOIN wanted w ON w.account = s.account
         WHERE p.deleted_at IS NULL AND p.id IS NOT ?2 AND t.state <> 'cancelled'
           AND iif(t.own_segments IS NULL, p.text_hash, t.text_hash) = w.hash
           AND moment BETWEEN ?3 - ?4 AND ?3 + ?4
         ORDER BY moment DESC LIMIT 20",
    )
    .bind(to_json(&texts)?)
    .bind(own.map(|id| id.to_string()))
    .bind(when.as_millis())
    .bind(WITHIN_MS)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(account, post, moment, published)| {
            Ok(Repeat {
                account_id: parse(&account)?,
                post_id: parse(&post)?,
                at: at(moment),
                published,
            })
        })
        .collect()
}
