//! Writing posts: making, saving, copying, labels.

use model::change::Subject;
use model::post::{Draft, TargetDraft, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use model::{CalendarId, PostId, TargetId, Timestamp};

use super::guard::{may_be_there, refuse_in_flight, refuse_unlooked};
use super::parts::{parts_out, refuse_other_parts};
use super::placed::Placed;
use super::row::{self, Derived};
use crate::error::{Result, StoreError};
use crate::table::words::{to_json, word};
use crate::tx::Tx;

/// A post to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPost {
    /// Where it stands.
    pub calendar_id: CalendarId,
    /// What it says and where it goes.
    pub draft: Draft,
    /// When it happens.
    pub when: When,
    /// Whose time that is.
    pub time_source: TimeSource,
    /// How far it is.
    pub editorial: EditorialStatus,
}

pub(crate) fn changed_since() -> StoreError {
    StoreError::Conflict(
        "This post was changed somewhere else since it was opened here. Open it again to see the change."
            .to_owned(),
    )
}

/// Makes a post.
pub async fn create(tx: &mut Tx, new: &NewPost) -> Result<PostId> {
    let id = PostId(tx.new_id());
    let now = tx.now();
    insert(tx, id, new, now).await?;
    Ok(id)
}

/// Puts a post in with a given identifier and time of making, as an import does.
pub async fn insert(tx: &mut Tx, id: PostId, new: &NewPost, created_at: Timestamp) -> Result<()> {
    let draft = &new.draft;
    let derived = Derived::of(&draft.title, &draft.segments);
    let placed = Placed::of(&new.when);
    let now = tx.now().as_millis();
    if new.editorial == EditorialStatus::Scheduled && placed.when_kind != "scheduled" {
        return Err(StoreError::Invalid {
            field: "when",
            message: "A post needs a date and a time before it can be scheduled.".to_owned(),
        });
    }
    sqlx::query(
        "INSERT INTO posts (id, calendar_id, when_kind, wall, zone, at, all_day, editorial,
           time_source, created_at, updated_at, content_type, priority, assignee, labels,
           media_count, thumb, words, text_hash, title, segments, notes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(new.calendar_id.to_string())
    .bind(placed.when_kind)
    .bind(placed.wall)
    .bind(placed.zone)
    .bind(placed.instant)
    .bind(placed.all_day)
    .bind(new.editorial.word())
    .bind(word(&new.time_source)?)
    .bind(created_at.as_millis())
    .bind(now)
    .bind(word(&draft.content_type)?)
    .bind(word(&draft.priority)?)
    .bind(&draft.assignee)
    .bind(to_json(&draft.labels)?)
    .bind(derived.media_count)
    .bind(derived.thumb)
    .bind(derived.words)
    .bind(derived.text_hash)
    .bind(&draft.title)
    .bind(to_json(&draft.segments)?)
    .bind(&draft.notes)
    .execute(tx.sql())
    .await?;
    for (position, target) in draft.targets.iter().enumerate() {
        insert_target(tx, id, position, target).await?;
    }
    tx.changed(Subject::Post, id);
    Ok(())
}

async fn insert_target(
    tx: &mut Tx,
    id: PostId,
    position: usize,
    draft: &TargetDraft,
) -> Result<TargetId> {
    let target = TargetId(tx.new_id());
    sqlx::query(
        "INSERT INTO targets (id, post_id, account_id, position, own_segments, options, text_hash, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
           iif((SELECT editorial FROM posts WHERE id = ?2) = 'cancelled', 'cancelled', 'waiting'))",
    )
    .bind(target.to_string())
    .bind(id.to_string())
    .bind(draft.account_id.to_string())
    .bind(position as i64)
    .bind(draft.override_segments.as_ref().map(to_json).transpose()?)
    .bind(to_json(&draft.options)?)
    .bind(draft.override_segments.as_deref().and_then(row::text_hash))
    .execute(tx.sql())
    .await?;
    Ok(target)
}

/// What becomes of an account that is added after the post's time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TooLate {
    /// It missed that time: choosing an account while typing sends nothing.
    Missed,
    /// It goes out with the rest, since the person just said so.
    GoesOut,
}

/// Saves what a person wrote, with its accounts: those that stay keep their identity and delivery,
/// those that are gone are dropped, new ones wait, or are missed when the post's time has passed.
/// Refused when the post has another version than the one the edit started from, when a send may be
/// in flight, and when an account is left out that has the post already or may have it, or what is said
/// changes of which it has the first parts. Returns the new version.
pub async fn save(tx: &mut Tx, id: PostId, version: i64, draft: &Draft) -> Result<i64> {
    let saved = saved(tx, id, version, draft, TooLate::Missed).await;
    tx.spoil(saved)
}

/// The same for a post that is going out, of an edit that a person confirmed or of a change that counts at
/// once: new accounts go out too.
pub async fn save_confirmed(tx: &mut Tx, id: PostId, version: i64, draft: &Draft) -> Result<i64> {
    let saved = saved(tx, id, version, draft, TooLate::GoesOut).await;
    tx.spoil(saved)
}

async fn saved(
    tx: &mut Tx,
    id: PostId,
    version: i64,
    draft: &Draft,
    too_late: TooLate,
) -> Result<i64> {
    refuse_in_flight(tx, &[id]).await?;
    refuse_unlooked(tx, &[id]).await?;
    let out = parts_out(tx, &[id]).await?;
    let derived = Derived::of(&draft.title, &draft.segments);
    let now = tx.now().as_millis();
    let saved: Option<i64> = sqlx::query_scalar(
        "UPDATE posts SET title = ?, segments = ?, notes = ?, labels = ?, content_type = ?,
           priority = ?, assignee = ?, media_count = ?, thumb = ?, words = ?, text_hash = ?,
           version = version + 1, updated_at = ?
         WHERE id = ? AND version = ? AND deleted_at IS NULL RETURNING version",
    )
    .bind(&draft.title)
    .bind(to_json(&draft.segments)?)
    .bind(&draft.notes)
    .bind(to_json(&draft.labels)?)
    .bind(word(&draft.content_type)?)
    .bind(word(&draft.priority)?)
    .bind(&draft.assignee)
    .bind(derived.media_count)
    .bind(derived.thumb)
    .bind(derived.words)
    .bind(derived.text_hash)
    .bind(now)
    .bind(id.to_string())
    .bind(version)
    .fetch_optional(tx.sql())
    .await?;
    let Some(saved) = saved else {
        return Err(not_saved(tx, id).await?);
    };
    let added = save_targets(tx, id, &draft.targets).await?;
    refuse_other_parts(tx, &[id], &out).await?;
    if too_late == TooLate::Missed {
        miss_if_late(tx, &added).await?;
    }
    tx.changed(Subject::Post, id);
    Ok(saved)
}

async fn not_saved(tx: &mut Tx, id: PostId) -> Result<StoreError> {
    let there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM posts WHERE id = ? AND deleted_at IS NULL)",
    )
    .bind(id.to_string())
    .fetch_one(tx.sql())
    .await?;
    Ok(if there {
        changed_since()
    } else {
        StoreError::not_found("post")
    })
}

/// Of targets that were just added, those that would go out at once are missed instead: they wait
/// for the person to say so.
async fn miss_if_late(tx: &mut Tx, added: &[TargetId]) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query(
        "UPDATE targets SET state = 'missed', failure_category = 'unknown',
           failure_message = 'This account was added after the time of the post.'
         WHERE id IN (SELECT value FROM json_each(?)) AND state = 'waiting' AND due_at <= ?",
    )
    .bind(to_json(added)?)
    .bind(now)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Returns the targets that were added.
async fn save_targets(tx: &mut Tx, id: PostId, drafts: &[TargetDraft]) -> Result<Vec<TargetId>> {
    let now = tx.now().as_millis();
    let rows: Vec<(String, String, String, String, bool)> = sqlx::query_as(
        "SELECT t.id, t.account_id, t.state, a.handle, t.unknown_since IS NOT NULL
         FROM targets t JOIN accounts a ON a.id = t.account_id WHERE t.post_id = ?",
    )
    .bind(id.to_string())
    .fetch_all(tx.sql())
    .await?;
    for (target, account, state, handle, in_doubt) in &rows {
        if drafts.iter().any(|d| d.account_id.to_string() == *account) {
            continue;
        }
        // Not a conflict: nobody changed the post, and reading it again does not help.
        if state == "published" {
            return Err(StoreError::Invalid {
                field: "targets",
                message: format!(
                    "This post is published on {handle}, so that account stays. Delete it on the network first, or copy the post."
                ),
            });
        }
        if *in_doubt {
            return Err(StoreError::Invalid {
                field: "targets",
                message: may_be_there(handle, state == "cancelled"),
            });
        }
        sqlx::query("DELETE FROM targets WHERE id = ?")
            .bind(target)
            .execute(tx.sql())
            .await?;
    }
    let mut added = Vec::new();
    for (position, draft) in drafts.iter().enumerate() {
        let account = draft.account_id.to_string();
        let Some((target, ..)) = rows.iter().find(|r| r.1 == account) else {
            added.push(insert_target(tx, id, position, draft).await?);
            continue;
        };
        sqlx::query(
            // What was put off until its minute since it could not be handed to its network early may
            // be handed over as it is now.
            "UPDATE targets SET position = ?1, own_segments = ?2, options = ?3, text_hash = ?4,
               not_before = iif(state = 'waiting' AND due_at > ?6, NULL, not_before)
             WHERE id = ?5 AND (position <> ?1 OR own_segments IS NOT ?2 OR options <> ?3)",
        )
        .bind(position as i64)
        .bind(draft.override_segments.as_ref().map(to_json).transpose()?)
        .bind(to_json(&draft.options)?)
        .bind(draft.override_segments.as_deref().and_then(row::text_hash))
        .bind(target)
        .bind(now)
        .execute(tx.sql())
        .await?;
    }
    Ok(added)
}

/// Makes a copy of a post's content and accounts, with nothing of its delivery.
pub async fn duplicate(
    tx: &mut Tx,
    id: PostId,
    when: &When,
    editorial: EditorialStatus,
) -> Result<PostId> {
    let post = super::read::get(tx, id).await?;
    let draft = super::read::draft_of(&post);
    let new = NewPost {
        calendar_id: post.calendar_id,
        draft,
        when: when.clone(),
        time_source: TimeSource::Own,
        editorial,
    };
    create(tx, &new).await
}

/// Sets the labels of a post.
pub async fn set_labels(tx: &mut Tx, id: PostId, labels: &[String]) -> Result<()> {
    let now = tx.now().as_millis();
    let labels = to_json(labels)?;
    let done = sqlx::query(
        "UPDATE posts SET labels = ?1, version = version + (labels <> ?1), updated_at = ?2
         WHERE id = ?3 AND deleted_at IS NULL",
    )
    .bind(labels)
    .bind(now)
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::not_found("post"));
    }
    tx.changed(Subject::Post, id);
    Ok(())
}

/// Marks a post as held at its minute since its open edit differs, or lets it go again.
pub async fn set_held(tx: &mut Tx, id: PostId, held: bool) -> Result<()> {
    sqlx::query("UPDATE posts SET held = ? WHERE id = ? AND held <> ?")
        .bind(held)
        .bind(id.to_string())
        .bind(held)
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Post, id);
    Ok(())
}
