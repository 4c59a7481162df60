//! Posts as a full export holds them: everything of each, deliveries included, out and in again.

use std::collections::HashMap;

use model::delivery::DeliveryState;
use model::post::{Attempt, Draft, FirstComment, Post, Target};
use model::{PostId, TargetId, Timestamp};
use serde_json::Value;

use super::write::{NewPost, insert};
use super::{draft_of, row};
use crate::conn::Conn;
use crate::error::Result;
use crate::table::words::{at, id_list, json, parse, to_json, word};
use crate::tx::Tx;

/// What the publisher keeps of a target beyond what is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its post.
    pub post_id: PostId,
    /// The target.
    pub target_id: TargetId,
    /// The person called this one off.
    pub called_off: bool,
    /// What the network answered.
    pub remote: Option<Value>,
    /// The handle that makes sending twice harmless.
    pub handle: Option<Value>,
    /// Hash of what was sent.
    pub content_hash: Option<String>,
    /// How often it was deleted on its network and goes out anew.
    pub turn: u32,
    /// Tries since a person last gave a time.
    pub attempts_made: u32,
    /// Finished steps, oldest first.
    pub steps: Vec<KeptStep>,
}

/// A finished step of a send.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptStep {
    /// Its name.
    pub key: String,
    /// What it gave.
    pub value: Value,
    /// It made something visible.
    pub visible: bool,
    /// When.
    pub at: Timestamp,
}

/// An attempt with what only the publisher needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeAttempt {
    /// The attempt.
    pub attempt: Attempt,
    /// Hash of what was to be sent.
    pub content_hash: String,
    /// The step it was at.
    pub step: String,
    /// That step makes something visible.
    pub step_visible: bool,
    /// When its last step that makes something visible began.
    pub shown_at: Option<Timestamp>,
}

/// What only the publisher needs of an attempt: hash of what was to be sent, the step it was at, whether
/// that makes something visible, and when the last that does began.
pub type AttemptSteps = (String, String, bool, Option<Timestamp>);

/// Every post, those of the bin included, in the order in which they were made.
pub async fn all_ids(conn: &mut Conn) -> Result<Vec<PostId>> {
    let rows: Vec<String> = sqlx::query_scalar("SELECT id FROM posts ORDER BY pk")
        .fetch_all(conn.sql())
        .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// What the publisher keeps of the targets of these posts.
pub async fn kept(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Kept>> {
    type Found = (
        String,
        String,
        bool,
        Option<String>,
        Option<String>,
        Option<String>,
        u32,
        u32,
    );
    let rows: Vec<Found> = sqlx::query_as(
        "SELECT t.post_id, t.id, t.called_off, t.remote, coalesce(h.handle, t.handle),
           iif(h.handle IS NULL, t.content_hash, h.content_hash), t.turn, t.attempts_made
         FROM targets t LEFT JOIN attempts h ON h.target_id = t.id AND h.number = (
           SELECT max(number) FROM attempts WHERE target_id = t.id AND handle IS NOT NULL)
         WHERE t.post_id IN (SELECT value FROM json_each(?)) ORDER BY t.post_id, t.position, t.id",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    let steps: Vec<(String, String, String, bool, i64)> = sqlx::query_as(
        "SELECT s.target_id, s.key, s.value, s.visible, s.at FROM send_steps s
           JOIN targets t ON t.id = s.target_id
         WHERE t.post_id IN (SELECT value FROM json_each(?)) ORDER BY s.target_id, s.at, s.key",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    let mut by_target: HashMap<String, Vec<KeptStep>> = HashMap::new();
    for (target, key, value, visible, moment) in steps {
        let value = json(&value)?;
        let step = KeptStep {
            key,
            value,
            visible,
            at: at(moment),
        };
        by_target.entry(target).or_default().push(step);
    }
    rows.into_iter()
        .map(
            |(post, target, called_off, remote, handle, content_hash, turn, attempts_made)| {
                Ok(Kept {
                    post_id: parse(&post)?,
                    steps: by_target.remove(&target).unwrap_or_default(),
                    target_id: parse(&target)?,
                    called_off,
                    remote: remote.as_deref().map(json).transpose()?,
                    handle: handle.as_deref().map(json).transpose()?,
                    content_hash,
                    turn,
                    attempts_made,
                })
            },
        )
        .collect()
}

/// What these posts said when their edits began.
pub async fn edit_bases(conn: &mut Conn, ids: &[PostId]) -> Result<HashMap<PostId, Draft>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT post_id, base FROM working_copies
         WHERE post_id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, base)| Ok((parse(&id)?, json(&base)?)))
        .collect()
}

/// What only the publisher needs of these attempts.
pub async fn attempt_steps(
    conn: &mut Conn,
    ids: &[model::AttemptId],
) -> Result<HashMap<model::AttemptId, AttemptSteps>> {
    let rows: Vec<(String, String, String, bool, Option<i64>)> = sqlx::query_as(
        "SELECT id, content_hash, step, step_visible, shown_at FROM attempts
         WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, hash, step, visible, shown_at)| {
            Ok((parse(&id)?, (hash, step, visible, shown_at.map(at))))
        })
        .collect()
}

/// Puts a whole post in under its own identifiers. What was in the middle of a send is unconfirmed:
/// nobody here can know how it ended.
pub async fn put_whole(
    tx: &mut Tx,
    post: &Post,
    edit_base: Option<&Draft>,
    kept: &[Kept],
) -> Result<()> {
    let mut draft = draft_of(post);
    draft.targets.clear();
    let new = NewPost {
        calendar_id: post.calendar_id,
        draft,
        when: post.when.clone(),
        time_source: post.time_source,
        editorial: post.editorial,
    };
    insert(tx, post.id, &new, post.created_at).await?;
    for (position, target) in post.targets.iter().enumerate() {
        put_target(
            tx,
            post.id,
            position,
            target,
            kept.iter().find(|k| k.target_id == target.id),
        )
        .await?;
    }
    // Last, so that the triggers of the post's state see its targets.
    sqlx::query(
        "UPDATE posts SET held = ?, version = ?, updated_at = ?, deleted_at = ? WHERE id = ?",
    )
    .bind(post.held)
    .bind(post.version)
    .bind(post.updated_at.as_millis())
    .bind(post.deleted_at.map(Timestamp::as_millis))
    .bind(post.id.to_string())
    .execute(tx.sql())
    .await?;
    if let Some(edit) = &post.working_copy {
        let confirmed = draft_of(post);
        sqlx::query(
            "INSERT INTO working_copies (post_id, draft, base, differs, touched_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(post.id.to_string())
        .bind(to_json(edit)?)
        .bind(to_json(edit_base.unwrap_or(&confirmed))?)
        .bind(*edit != confirmed)
        .bind(post.updated_at.as_millis())
        .execute(tx.sql())
        .await?;
    }
    Ok(())
}

async fn put_target(
    tx: &mut Tx,
    post: PostId,
    position: usize,
    target: &Target,
    kept: Option<&Kept>,
) -> Result<()> {
    let state = match target.state {
        DeliveryState::Sending => DeliveryState::Unconfirmed,
        other => other,
    };
    let failure = target.failure.as_ref();
    let own = target.draft.override_segments.as_deref();
    sqlx::query(
        "INSERT INTO targets (id, post_id, account_id, position, own_segments, options, text_hash,
           state, not_before, published_at, remote_id, remote_url, failure_category,
           failure_message, failure_detail, failure_attempt, next_try_at, called_off, remote, handle,
           content_hash, turn, attempts_made)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(target.id.to_string())
    .bind(post.to_string())
    .bind(target.draft.account_id.to_string())
    .bind(position as i64)
    .bind(own.map(to_json).transpose()?)
    .bind(to_json(&target.draft.options)?)
    .bind(own.and_then(row::text_hash))
    .bind(state.word())
    .bind(target.not_before.map(Timestamp::as_millis))
    .bind(target.published_at.map(Timestamp::as_millis))
    .bind(&target.remote_id)
    .bind(&target.remote_url)
    .bind(failure.map(|f| f.category.word()))
    .bind(failure.map(|f| f.message.as_str()))
    .bind(failure.and_then(|f| f.detail.as_deref()))
    .bind(failure.map(|f| f.attempt))
    .bind(failure.and_then(|f| f.next_try_at).map(Timestamp::as_millis))
    .bind(kept.is_some_and(|k| k.called_off))
    .bind(kept.and_then(|k| k.remote.as_ref()).map(to_json).transpose()?)
    .bind(kept.and_then(|k| k.handle.as_ref()).map(to_json).transpose()?)
    .bind(kept.and_then(|k| k.content_hash.as_deref()))
    .bind(kept.map_or(0, |k| k.turn))
    .bind(kept.map_or(0, |k| k.attempts_made))
    .execute(tx.sql())
    .await?;
    for step in kept.iter().flat_map(|k| &k.steps) {
        sqlx::query(
            "INSERT INTO send_steps (target_id, key, value, visible, at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(target.id.to_string())
        .bind(&step.key)
        .bind(to_json(&step.value)?)
        .bind(step.visible)
        .bind(step.at.as_millis())
        .execute(tx.sql())
        .await?;
    }
    if let Some(comment) = &target.first_comment {
        put_comment(tx, target.id, comment).await?;
    }
    Ok(())
}

/// Puts what became of a first comment in. One that is due may have been written by the other computer.
async fn put_comment(tx: &mut Tx, id: TargetId, comment: &FirstComment) -> Result<()> {
    sqlx::query(
        "INSERT INTO first_comments (target_id, words, state, look_first, not_before, tries, message,
           detail)
         SELECT t.id, trim(coalesce(t.options ->> '$.firstComment', '')), ?2, 1, ?3, ?4, ?5, ?6
         FROM targets t WHERE t.id = ?1",
    )
    .bind(id.to_string())
    .bind(word(&comment.state)?)
    .bind(tx.now().as_millis())
    .bind(comment.tries)
    .bind(&comment.message)
    .bind(&comment.detail)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Puts a line of the job log in. One that never ended is uncertain.
pub async fn put_attempt(tx: &mut Tx, whole: &WholeAttempt) -> Result<()> {
    use model::post::AttemptOutcome::{Open, Uncertain};
    let attempt = &whole.attempt;
    let outcome = if attempt.outcome == Open {
        Uncertain
    } else {
        attempt.outcome
    };
    sqlx::query(
        "INSERT INTO attempts (id, target_id, number, started_at, ended_at, outcome, category,
           message, detail, will_retry, next_try_at, content_hash, step, step_visible, shown_at,
           place_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(attempt.id.to_string())
    .bind(attempt.target_id.to_string())
    .bind(attempt.number)
    .bind(attempt.started_at.as_millis())
    .bind(attempt.ended_at.map(Timestamp::as_millis))
    .bind(word(&outcome)?)
    .bind(attempt.category.map(model::failure::Category::word))
    .bind(&attempt.message)
    .bind(&attempt.detail)
    .bind(attempt.will_retry)
    .bind(attempt.next_try_at.map(Timestamp::as_millis))
    .bind(&whole.content_hash)
    .bind(&whole.step)
    .bind(whole.step_visible)
    .bind(whole.shown_at.map(Timestamp::as_millis))
    .bind(attempt.place_at.map(Timestamp::as_millis))
    .execute(tx.sql())
    .await?;
    Ok(())
}
