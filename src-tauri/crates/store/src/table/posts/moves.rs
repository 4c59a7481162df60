//! When a post happens and how far it is: moving, scheduling, calling off.

use std::collections::HashMap;

use model::change::Subject;
use model::post::TimeSource;
use model::status::EditorialStatus;
use model::when::When;
use model::{CalendarId, PostId};

use super::guard::{refuse_in_flight, refuse_unlooked};
use super::placed::Placed;
use super::row;
use super::settle::settle_targets;
use crate::error::{Result, StoreError};
use crate::table::words::{id_list, word};
use crate::tx::Tx;

/// A new time for a post. What is none stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The post.
    pub id: PostId,
    /// Its new time; `Unplanned` puts it on the shelf.
    pub when: When,
    /// Whose time that is.
    pub time_source: TimeSource,
    /// Its new editorial status. Without one, a scheduled post that loses its scheduled time becomes
    /// a draft again, and everything else stays.
    pub editorial: Option<EditorialStatus>,
    /// Another calendar.
    pub calendar_id: Option<CalendarId>,
    /// Refuse unless the post still has this version.
    pub version: Option<i64>,
}

impl Move {
    /// To a time of its own, everything else as it is.
    #[must_use]
    pub fn to(id: PostId, when: When) -> Self {
        Self {
            id,
            when,
            time_source: TimeSource::Own,
            editorial: None,
            calendar_id: None,
            version: None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Standing {
    id: String,
    #[sqlx(flatten)]
    placed: Placed,
    editorial: String,
    time_source: String,
    calendar_id: String,
    version: i64,
    words: String,
    published: bool,
}

/// Gives posts new times, all or none. Returns those that really changed: a post put where it was is
/// left alone and makes no step. Failed, missed and called-off targets of a post with a new scheduled
/// time wait again.
pub async fn move_many(tx: &mut Tx, moves: &[Move]) -> Result<Vec<PostId>> {
    let moved = all_moved(tx, moves).await;
    tx.spoil(moved)
}

async fn all_moved(tx: &mut Tx, moves: &[Move]) -> Result<Vec<PostId>> {
    let ids: Vec<PostId> = moves.iter().map(|m| m.id).collect();
    refuse_unlooked(tx, &ids).await?;
    let rows: Vec<Standing> = sqlx::query_as(
        "SELECT p.id, p.when_kind, p.wall, p.zone, p.at, p.all_day, p.editorial, p.time_source,
           p.calendar_id, p.version, p.words,
           EXISTS (SELECT 1 FROM targets t WHERE t.post_id = p.id AND t.state = 'published')
             AND NOT EXISTS (
               SELECT 1 FROM targets t WHERE t.post_id = p.id AND t.state <> 'published') AS published
         FROM posts p WHERE p.id IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL",
    )
    .bind(id_list(&ids)?)
    .fetch_all(tx.sql())
    .await?;
    let mut moved = Vec::new();
    let mut timed = Vec::new();
    let by_id: HashMap<&str, &Standing> = rows.iter().map(|r| (r.id.as_str(), r)).collect();
    for one in moves {
        let id = one.id.to_string();
        let standing = by_id
            .get(id.as_str())
            .ok_or(StoreError::not_found("post"))?;
        if let Some(change) = plan(one, standing)? {
            apply(tx, one, &change).await?;
            moved.push(one.id);
            if change.new_time {
                timed.push(one.id);
            }
        }
    }
    refuse_in_flight(tx, &moved).await?;
    settle_targets(tx, &moved, false).await?;
    settle_targets(tx, &timed, true).await?;
    Ok(moved)
}

struct Planned {
    placed: Placed,
    editorial: EditorialStatus,
    new_time: bool,
}

fn plan(one: &Move, standing: &Standing) -> Result<Option<Planned>> {
    if one.version.is_some_and(|v| v != standing.version) {
        return Err(super::write::changed_since());
    }
    let was = row::editorial(&standing.editorial)?;
    let scheduled = matches!(one.when, When::Scheduled { .. });
    let editorial = one
        .editorial
        .unwrap_or(if was == EditorialStatus::Scheduled && !scheduled {
            EditorialStatus::Draft
        } else {
            was
        });
    refuse_scheduled_without_time(editorial, scheduled)?;
    let when_differs = standing.placed.when()? != one.when;
    let elsewhere = one
        .calendar_id
        .is_some_and(|c| c.to_string() != standing.calendar_id);
    let same_source = standing.time_source == word(&one.time_source)?;
    if !when_differs && !elsewhere && editorial == was && same_source {
        return Ok(None);
    }
    if when_differs && standing.published {
        return Err(StoreError::Conflict(format!(
            "\"{}\" is published, so it stays where it is. Copy it to post it again.",
            standing.words
        )));
    }
    Ok(Some(Planned {
        placed: Placed::of(&one.when),
        editorial,
        new_time: when_differs && scheduled,
    }))
}

fn refuse_scheduled_without_time(editorial: EditorialStatus, has_time: bool) -> Result<()> {
    if editorial == EditorialStatus::Scheduled && !has_time {
        return Err(StoreError::Invalid {
            field: "when",
            message: "A post needs a date and a time before it can be scheduled.".to_owned(),
        });
    }
    Ok(())
}

async fn apply(tx: &mut Tx, one: &Move, planned: &Planned) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query(
        "UPDATE posts SET when_kind = ?, wall = ?, zone = ?, at = ?, all_day = ?, editorial = ?,
           time_source = ?, calendar_id = coalesce(?, calendar_id), held = 0,
           version = version + 1, updated_at = ?
         WHERE id = ?",
    )
    .bind(&planned.placed.when_kind)
    .bind(&planned.placed.wall)
    .bind(&planned.placed.zone)
    .bind(planned.placed.instant)
    .bind(planned.placed.all_day)
    .bind(planned.editorial.word())
    .bind(word(&one.time_source)?)
    .bind(one.calendar_id.map(|c| c.to_string()))
    .bind(now)
    .bind(one.id.to_string())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Post, one.id);
    Ok(())
}

/// Sets how far posts are, all or none. `cancelled` takes every target back that was not sent;
/// any other status calls them for again. `scheduled` needs a scheduled time.
pub async fn set_editorial(tx: &mut Tx, ids: &[PostId], editorial: EditorialStatus) -> Result<()> {
    refuse_in_flight(tx, ids).await?;
    // What is called off does not go out, whatever is found.
    if editorial != EditorialStatus::Cancelled {
        refuse_unlooked(tx, ids).await?;
    }
    let list = id_list(ids)?;
    if editorial == EditorialStatus::Scheduled {
        let undated: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM posts
             WHERE id IN (SELECT value FROM json_each(?)) AND when_kind <> 'scheduled')",
        )
        .bind(&list)
        .fetch_one(tx.sql())
        .await?;
        refuse_scheduled_without_time(editorial, !undated)?;
    }
    let now = tx.now().as_millis();
    sqlx::query(
        "UPDATE posts SET editorial = ?, held = 0, version = version + 1, updated_at = ?
         WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL AND editorial <> ?",
    )
    .bind(editorial.word())
    .bind(now)
    .bind(&list)
    .bind(editorial.word())
    .execute(tx.sql())
    .await?;
    for id in ids {
        tx.changed(Subject::Post, id);
    }
    settle_targets(tx, ids, false).await
}
