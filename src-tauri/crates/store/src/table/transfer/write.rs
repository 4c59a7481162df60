//! Writing everything back, with the identifiers and times it had.

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::change::Subject;
use model::delivery::DeliveryState;
use model::post::{Draft, Post, Target};

use super::{Delivery, Kept, WholeAttempt, WholePost};
use crate::error::Result;
use crate::posts::NewPost;
use crate::table::words::{to_json, word};
use crate::tx::Tx;
use crate::{accounts, calendars, holds, posts, workspaces};

/// Takes away everything a person made: the program starts with a workspace of its own, whose place
/// the import takes. Not undoable; ask [`contents`](super::contents) first.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    for sql in [
        "DELETE FROM workspaces",
        "DELETE FROM media",
        "DELETE FROM settings",
        "DELETE FROM undo_steps",
    ] {
        sqlx::query(sql).execute(tx.sql()).await?;
    }
    for subject in Subject::ALL {
        tx.changed(subject, "");
    }
    Ok(())
}

/// Ends an import: everything is held, since the program it came from may still publish the same
/// posts, and what was due until now is confirmed before it is sent.
pub async fn finish(tx: &mut Tx) -> Result<()> {
    holds::hold_all(
        tx,
        "These posts came from another Almanac, which may still publish them. Stop that one first, then release the hold.",
    )
    .await?;
    let now = tx.now().as_millis();
    sqlx::query("UPDATE publishing SET restored_at = ?")
        .bind(now)
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Writes workspaces.
pub async fn insert_workspaces(tx: &mut Tx, all: &[Kept<Workspace>]) -> Result<()> {
    for one in binned_first(all) {
        workspaces::insert(tx, &one.it).await?;
        bin(
            tx,
            "UPDATE workspaces SET deleted_at = ? WHERE id = ?",
            one,
            one.it.id,
        )
        .await?;
    }
    Ok(())
}

/// Writes calendars.
pub async fn insert_calendars(tx: &mut Tx, all: &[Kept<Calendar>]) -> Result<()> {
    for one in all {
        calendars::put(tx, &one.it).await?;
        bin(
            tx,
            "UPDATE calendars SET deleted_at = ? WHERE id = ?",
            one,
            one.it.id,
        )
        .await?;
    }
    Ok(())
}

/// Writes accounts. Each has to be connected again, since its secrets do not come along.
pub async fn insert_accounts(tx: &mut Tx, all: &[Kept<Account>]) -> Result<()> {
    for one in binned_first(all) {
        accounts::put(tx, &one.it).await?;
        bin(
            tx,
            "UPDATE accounts SET deleted_at = ? WHERE id = ?",
            one,
            one.it.id,
        )
        .await?;
        if let Some(purged_at) = one.purged_at {
            sqlx::query("UPDATE accounts SET purged_at = ? WHERE id = ?")
                .bind(purged_at.as_millis())
                .bind(one.it.id.to_string())
                .execute(tx.sql())
                .await?;
        }
    }
    Ok(())
}

/// Names and accounts are unique outside of the bin: what is in it must be there before its
/// successor comes.
fn binned_first<T>(all: &[Kept<T>]) -> impl Iterator<Item = &Kept<T>> {
    let binned = all.iter().filter(|k| k.deleted_at.is_some());
    binned.chain(all.iter().filter(|k| k.deleted_at.is_none()))
}

async fn bin<T>(
    tx: &mut Tx,
    sql: &'static str,
    one: &Kept<T>,
    id: impl std::fmt::Display + Send,
) -> Result<()> {
    if let Some(deleted_at) = one.deleted_at {
        sqlx::query(sql)
            .bind(deleted_at.as_millis())
            .bind(id.to_string())
            .execute(tx.sql())
            .await?;
    }
    Ok(())
}

/// Writes posts with their targets. A target that was being sent becomes unconfirmed: how that ended
/// nobody here knows.
pub async fn insert_posts(tx: &mut Tx, all: &[WholePost]) -> Result<()> {
    for one in all {
        let written = insert_post(tx, one).await;
        tx.spoil(written)?;
    }
    Ok(())
}

async fn insert_post(tx: &mut Tx, one: &WholePost) -> Result<()> {
    let post = &one.post;
    let new = NewPost {
        calendar_id: post.calendar_id,
        draft: Draft {
            targets: Vec::new(),
            ..posts::draft_of(post)
        },
        when: post.when.clone(),
        time_source: post.time_source,
        editorial: post.editorial,
    };
    posts::insert(tx, post.id, &new, post.created_at).await?;
    sqlx::query(
        "UPDATE posts SET version = ?, updated_at = ?, held = ?, deleted_at = ? WHERE id = ?",
    )
    .bind(post.version)
    .bind(post.updated_at.as_millis())
    .bind(post.held)
    .bind(post.deleted_at.map(model::Timestamp::as_millis))
    .bind(post.id.to_string())
    .execute(tx.sql())
    .await?;
    for (position, target) in post.targets.iter().enumerate() {
        let delivery = one.deliveries.iter().find(|d| d.target_id == target.id);
        insert_target(tx, post, position, target, delivery).await?;
    }
    insert_edit(tx, one).await
}

async fn insert_edit(tx: &mut Tx, one: &WholePost) -> Result<()> {
    let Some(draft) = &one.post.working_copy else {
        return Ok(());
    };
    let now = tx.now().as_millis();
    sqlx::query(
        "INSERT INTO working_copies (post_id, draft, base_version, differs, touched_at)
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(one.post.id.to_string())
    .bind(to_json(draft)?)
    .bind(one.edit_base_version.unwrap_or(one.post.version))
    .bind(posts::draft_of(&one.post) != *draft)
    .bind(now)
    .execute(tx.sql())
    .await?;
    Ok(())
}

async fn insert_target(
    tx: &mut Tx,
    post: &Post,
    position: usize,
    target: &Target,
    delivery: Option<&Delivery>,
) -> Result<()> {
    let state = match target.state {
        DeliveryState::Sending => DeliveryState::Unconfirmed,
        other => other,
    };
    let own = target.draft.override_segments.as_ref();
    let failure = target.failure.as_ref();
    let millis = |at: Option<model::Timestamp>| at.map(model::Timestamp::as_millis);
    sqlx::query(
        "INSERT INTO targets (id, post_id, account_id, position, own_segments, options, called_off,
           text_hash, state, not_before, published_at, remote_id, remote_url, remote, handle,
           content_hash, attempts_made, failure_category, failure_message, failure_detail,
           failure_attempt, next_try_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(target.id.to_string())
    .bind(post.id.to_string())
    .bind(target.draft.account_id.to_string())
    .bind(position as i64)
    .bind(own.map(to_json).transpose()?)
    .bind(to_json(&target.draft.options)?)
    .bind(delivery.is_some_and(|d| d.called_off))
    .bind(own.and_then(|segments| posts::text_hash(segments)))
    .bind(state.word())
    .bind(millis(target.not_before))
    .bind(millis(target.published_at))
    .bind(&target.remote_id)
    .bind(&target.remote_url)
    .bind(
        delivery
            .and_then(|d| d.remote.as_ref())
            .map(to_json)
            .transpose()?,
    )
    .bind(
        delivery
            .and_then(|d| d.handle.as_ref())
            .map(to_json)
            .transpose()?,
    )
    .bind(delivery.and_then(|d| d.content_hash.as_ref()))
    .bind(delivery.map_or(0, |d| d.attempts_made))
    .bind(failure.map(|f| f.category.word()))
    .bind(failure.map(|f| &f.message))
    .bind(failure.and_then(|f| f.detail.as_ref()))
    .bind(failure.map(|f| f.attempt))
    .bind(millis(failure.and_then(|f| f.next_try_at)))
    .execute(tx.sql())
    .await?;
    for step in delivery.map(|d| d.steps.as_slice()).unwrap_or_default() {
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
    Ok(())
}

/// Writes lines of the job log. One that was open becomes uncertain.
pub async fn insert_attempts(tx: &mut Tx, all: &[WholeAttempt]) -> Result<()> {
    for one in all {
        let attempt = &one.attempt;
        sqlx::query(
            "INSERT INTO attempts (id, target_id, number, started_at, ended_at, outcome, category,
               message, detail, will_retry, next_try_at, content_hash, step, step_visible)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(attempt.id.to_string())
        .bind(attempt.target_id.to_string())
        .bind(attempt.number)
        .bind(attempt.started_at.as_millis())
        .bind(attempt.ended_at.map(model::Timestamp::as_millis))
        .bind(match attempt.outcome {
            model::post::AttemptOutcome::Open => "uncertain".to_owned(),
            ref other => word(other)?,
        })
        .bind(attempt.category.map(model::failure::Category::word))
        .bind(&attempt.message)
        .bind(&attempt.detail)
        .bind(attempt.will_retry)
        .bind(attempt.next_try_at.map(model::Timestamp::as_millis))
        .bind(&one.content_hash)
        .bind(&one.step)
        .bind(one.step_visible)
        .execute(tx.sql())
        .await?;
    }
    Ok(())
}
