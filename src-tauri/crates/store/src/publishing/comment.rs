//! First comments: written below a post once it is out. The post stays published whatever becomes of
//! them.

use model::change::Subject;
use model::{PostId, TargetId, Timestamp};

use super::claim::shut;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::{at, parse, to_json};
use crate::tx::Tx;

/// A first comment that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentDue {
    /// What was typed when the post went out.
    pub words: String,
    /// An earlier try may have written it, so it is looked for before it is written.
    pub look_first: bool,
    /// When the last call that may have written it began.
    pub began_at: Option<Timestamp>,
    /// Tries so far.
    pub tries: u32,
    /// Looks in vain since the last try.
    pub looks: u32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentEnd {
    /// It stands below the post.
    Written,
    /// Such a post takes none after all.
    NotWanted,
    /// It is tried or looked for again then.
    Again {
        /// When.
        at: Timestamp,
        /// It is looked for before it is written.
        look_first: bool,
        /// It was looked for in vain.
        looked: bool,
        /// The try is not counted: nothing was wrong with the post or its network.
        free: bool,
        /// Why it is not there yet.
        message: String,
        /// The network's own words.
        detail: Option<String>,
    },
    /// It is not there, or nobody can tell, and it is not tried again by itself.
    Failed {
        /// Why.
        message: String,
        /// The network's own words.
        detail: Option<String>,
    },
}

/// Notes the first comments that targets which were just published ask for. Whatever was tried before, or
/// by another computer before a backup was put back, may have written it.
pub(super) async fn wanted(tx: &mut Tx, ids: &[TargetId]) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO first_comments (target_id, words, state, look_first, not_before)
         SELECT t.id, trim(t.options ->> '$.firstComment'), 'due',
           EXISTS (SELECT 1 FROM attempts a WHERE a.target_id = t.id AND a.number > 1), ?1
         FROM json_each(?2) j CROSS JOIN targets t ON t.id = j.value
         WHERE t.state = 'published' AND trim(coalesce(t.options ->> '$.firstComment', '')) <> ''",
    )
    .bind(tx.now().as_millis())
    .bind(to_json(ids)?)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// The same for one that was found on its network.
pub(super) async fn wanted_of_found(tx: &mut Tx, id: TargetId) -> Result<()> {
    wanted(tx, &[id]).await?;
    sqlx::query("UPDATE first_comments SET look_first = 1 WHERE target_id = ? AND state = 'due'")
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// After a backup was put back, what is to be written may be there.
pub(super) async fn look_first_everywhere(tx: &mut Tx) -> Result<()> {
    sqlx::query("UPDATE first_comments SET look_first = 1 WHERE state = 'due'")
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Whether something may be written below the post `p` on its target `t` and account `a` now, in a statement with
/// the table `shut`: whoever holds everything, or pauses a calendar, wants nothing more of it to leave this computer.
macro_rules! may_be_written {
    () => {
        "t.state = 'published' AND p.deleted_at IS NULL
           AND p.calendar_id NOT IN (SELECT id FROM shut)
           AND a.deleted_at IS NULL AND a.paused IS NULL AND a.health_reason IS NULL
           AND (SELECT hold_reason IS NULL FROM publishing)"
    };
}

/// Published targets whose first comment is to be written or looked for now, oldest first, at most
/// `most`. Held, paused and signed-out ones, those of archived calendars and those on a `closed` network wait.
pub async fn comments_due(
    conn: &mut Conn,
    now: Timestamp,
    closed: &[String],
    most: u32,
) -> Result<Vec<TargetId>> {
    let rows: Vec<String> = sqlx::query_scalar(concat!(
        "WITH ",
        shut!(),
        " SELECT t.id FROM first_comments f
           JOIN targets t ON t.id = f.target_id
           JOIN posts p ON p.id = t.post_id
           JOIN accounts a ON a.id = t.account_id
         WHERE f.state = 'due' AND f.not_before <= ?1
           AND a.network NOT IN (SELECT value FROM json_each(?3)) AND ",
        may_be_written!(),
        " ORDER BY f.not_before, f.target_id LIMIT ?2"
    ))
    .bind(now.as_millis())
    .bind(most)
    .bind(to_json(closed)?)
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// The first comment of a target, when it is still to be written.
pub async fn comment_due(conn: &mut Conn, id: TargetId) -> Result<Option<CommentDue>> {
    let row: Option<(String, bool, Option<i64>, u32, u32)> = sqlx::query_as(
        "SELECT words, look_first, began_at, tries, looks FROM first_comments
         WHERE target_id = ? AND state = 'due'",
    )
    .bind(id.to_string())
    .fetch_optional(conn.sql())
    .await?;
    Ok(
        row.map(|(words, look_first, began_at, tries, looks)| CommentDue {
            words,
            look_first,
            began_at: began_at.map(at),
            tries,
            looks,
        }),
    )
}

/// Counts a try before it begins, so that after a death it is looked for and not written again. Not
/// touched before `until`. False when there is nothing to write any more, or not now: it may have been held while it
/// was looked for.
pub async fn comment_begins(tx: &mut Tx, id: TargetId, until: Timestamp) -> Result<bool> {
    let now = tx.now().as_millis();
    let done = sqlx::query(concat!(
        "WITH ",
        shut!(),
        " UPDATE first_comments SET tries = tries + 1, looks = 0, look_first = 1, began_at = ?2,
           not_before = ?3
         WHERE target_id = ?1 AND state = 'due' AND EXISTS (
           SELECT 1 FROM targets t
             JOIN posts p ON p.id = t.post_id
             JOIN accounts a ON a.id = t.account_id
           WHERE t.id = ?1 AND ",
        may_be_written!(),
        ")"
    ))
    .bind(id.to_string())
    .bind(now)
    .bind(until.as_millis())
    .execute(tx.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down what came of it. False when a person was quicker; nothing was written then.
pub async fn comment_ends(
    tx: &mut Tx,
    id: TargetId,
    post: PostId,
    came: &CommentEnd,
) -> Result<bool> {
    let (state, at, look_first, (looked, free), message, detail) = match came {
        CommentEnd::NotWanted => {
            sqlx::query("DELETE FROM first_comments WHERE target_id = ? AND state = 'due'")
                .bind(id.to_string())
                .execute(tx.sql())
                .await?;
            return Ok(true);
        }
        CommentEnd::Written => ("written", None, false, (false, false), None, None),
        CommentEnd::Again {
            at,
            look_first,
            looked,
            free,
            message,
            detail,
        } => (
            "due",
            Some(at.as_millis()),
            *look_first,
            (*looked, *free),
            Some(message),
            detail.as_ref(),
        ),
        CommentEnd::Failed { message, detail } => (
            "failed",
            None,
            true,
            (false, false),
            Some(message),
            detail.as_ref(),
        ),
    };
    let done = sqlx::query(
        "UPDATE first_comments SET state = ?2, not_before = coalesce(?3, not_before),
           look_first = ?4, looks = looks + ?5, message = ?6, detail = ?7,
           tries = max(0, tries - ?8)
         WHERE target_id = ?1 AND state = 'due'",
    )
    .bind(id.to_string())
    .bind(state)
    .bind(at)
    .bind(look_first)
    .bind(looked)
    .bind(message)
    .bind(detail)
    .bind(free)
    .execute(tx.sql())
    .await?;
    if done.rows_affected() == 1 {
        tx.changed(Subject::Post, post);
    }
    Ok(done.rows_affected() == 1)
}

/// *Write it again*: a first comment that is not there is looked for and written.
pub async fn comment_again(tx: &mut Tx, id: TargetId) -> Result<()> {
    let now = tx.now().as_millis();
    decide(
        tx,
        id,
        // It failed by a refusal or after many looks, so no call is under way.
        "UPDATE first_comments SET state = 'due', look_first = 1, not_before = ?2, began_at = NULL,
           tries = 0, looks = 0, message = NULL, detail = NULL
         WHERE target_id = ?1 AND state IN ('failed', 'left')",
        now,
    )
    .await
}

/// *Leave it*: the person knows that a first comment is not there.
pub async fn comment_left(tx: &mut Tx, id: TargetId) -> Result<()> {
    let now = tx.now().as_millis();
    decide(
        tx,
        id,
        "UPDATE first_comments SET state = 'left', not_before = ?2
         WHERE target_id = ?1 AND (state = 'failed' OR (state = 'due' AND message IS NOT NULL))",
        now,
    )
    .await
}

async fn decide(tx: &mut Tx, id: TargetId, sql: &'static str, now: i64) -> Result<()> {
    let done = sqlx::query(sql)
        .bind(id.to_string())
        .bind(now)
        .execute(tx.sql())
        .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Conflict(
            "There is no first comment to decide about here.".to_owned(),
        ));
    }
    let post: String = sqlx::query_scalar("SELECT post_id FROM targets WHERE id = ?")
        .bind(id.to_string())
        .fetch_one(tx.sql())
        .await?;
    let post: PostId = parse(&post)?;
    tx.changed(Subject::Post, post);
    Ok(())
}
