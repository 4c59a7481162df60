//! What happened: the job log, read for people.

use model::failure::Category;
use model::post::{Attempt, AttemptOutcome};
use model::{AccountId, AttemptId, PostId, TargetId, Timestamp, WorkspaceId};

use super::words::{at, of_word, parse, word};
use crate::conn::Conn;
use crate::error::{Result, StoreError};

/// One attempt with the post and account it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The attempt.
    pub attempt: Attempt,
    /// Its post.
    pub post_id: PostId,
    /// The post's first words.
    pub words: String,
    /// The account.
    pub account_id: AccountId,
    /// The account's network.
    pub network: String,
    /// The account's handle.
    pub handle: String,
    /// Tries counted against the delivery so far, since a person last gave it a time. Not the number
    /// of the attempt: that one grows for ever, and attempts that were put off are not counted.
    pub tries: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    target_id: String,
    number: u32,
    started_at: i64,
    ended_at: Option<i64>,
    outcome: String,
    category: Option<String>,
    message: Option<String>,
    detail: Option<String>,
    will_retry: bool,
    next_try_at: Option<i64>,
    steps_done: u32,
    place_at: Option<i64>,
    post_id: String,
    words: String,
    account_id: String,
    network: String,
    handle: String,
    tries: u32,
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        let category = match row.category {
            None => None,
            Some(word) => Some(
                Category::from_word(&word)
                    .ok_or_else(|| StoreError::internal(format!("category {word}")))?,
            ),
        };
        Ok(Self {
            attempt: Attempt {
                id: parse(&row.id)?,
                target_id: parse(&row.target_id)?,
                number: row.number,
                started_at: at(row.started_at),
                ended_at: row.ended_at.map(at),
                // The clock may have been set back meanwhile: no negative length.
                duration_ms: row.ended_at.map(|end| (end - row.started_at).max(0)),
                outcome: of_word::<AttemptOutcome>(&row.outcome)?,
                category,
                message: row.message,
                detail: row.detail,
                will_retry: row.will_retry,
                next_try_at: row.next_try_at.map(at),
                steps_done: row.steps_done,
                place_at: row.place_at.map(at),
            },
            post_id: parse(&row.post_id)?,
            words: row.words,
            account_id: parse(&row.account_id)?,
            network: row.network,
            handle: row.handle,
            tries: row.tries,
        })
    }
}

macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.target_id, a.number, a.started_at, a.ended_at, a.outcome, a.category,
               a.message, a.detail, a.will_retry, a.next_try_at, a.place_at, t.post_id, p.words, t.account_id,
               c.network, c.handle, t.attempts_made AS tries,
               (SELECT count(*) FROM send_steps s WHERE s.target_id = a.target_id
                  AND s.key <> 'links' AND s.at <= coalesce(a.ended_at, s.at)) AS steps_done
             FROM attempts a JOIN targets t ON t.id = a.target_id
               JOIN posts p ON p.id = t.post_id JOIN accounts c ON c.id = t.account_id ",
            $rest
        )
    };
}

/// Where a page ends: time and identifier of its last attempt.
pub type Cursor = (Timestamp, AttemptId);

/// A cursor as statements compare it; without one everything is after it.
fn place(after: Option<Cursor>) -> (i64, String) {
    match after {
        Some((at, id)) => (at.as_millis(), id.to_string()),
        None => (i64::MAX, String::new()),
    }
}

/// Attempts, newest first, after a cursor.
pub async fn page(conn: &mut Conn, after: Option<Cursor>, limit: u32) -> Result<Vec<Entry>> {
    let (at, id) = place(after);
    let rows: Vec<Row> = sqlx::query_as(entries!(
        "WHERE (a.started_at, a.id) < (?, ?) ORDER BY a.started_at DESC, a.id DESC LIMIT ?"
    ))
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// Which attempts of a workspace are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Only of this network.
    pub network: Option<&'a str>,
    /// Only what began at or after this instant.
    pub since: Timestamp,
    /// Only what ended so.
    pub outcome: Option<AttemptOutcome>,
    /// Only where the network asked to wait, or only where it did not.
    pub limited: Option<bool>,
}

/// Attempts of a workspace, newest first, after a cursor.
pub async fn of_workspace(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<Entry>> {
    let (at, id) = place(after);
    let outcome = wanted.outcome.as_ref().map(word).transpose()?;
    let rows: Vec<Row> = sqlx::query_as(entries!(
        "WHERE a.started_at >= ?1 AND (a.started_at, a.id) < (?2, ?3) AND c.workspace_id = ?4
           AND (?5 IS NULL OR c.network = ?5) AND (?6 IS NULL OR a.outcome = ?6)
           AND (?7 IS NULL OR (a.category IS ?8) = ?7)
         ORDER BY a.started_at DESC, a.id DESC LIMIT ?9"
    ))
    .bind(wanted.since.as_millis())
    .bind(at)
    .bind(id)
    .bind(wanted.workspace.to_string())
    .bind(wanted.network)
    .bind(outcome)
    .bind(wanted.limited)
    .bind(Category::RateLimited.word())
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// The attempts of a target, in order.
pub async fn of_target(conn: &mut Conn, id: TargetId) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = sqlx::query_as(entries!("WHERE a.target_id = ? ORDER BY a.number"))
        .bind(id.to_string())
        .fetch_all(conn.sql())
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// The attempts of all targets of a post, newest first.
pub async fn of_post(conn: &mut Conn, id: PostId) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = sqlx::query_as(entries!(
        "WHERE t.post_id = ? ORDER BY a.started_at DESC, a.id DESC"
    ))
    .bind(id.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Entry::try_from).collect()
}
