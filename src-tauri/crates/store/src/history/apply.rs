//! Putting the images of a step back.

use std::collections::BTreeSet;

use model::change::Subject;
use model::{PostId, Timestamp, WorkspaceId};
use sqlx::AssertSqlSafe;

use super::check::{self, Image};
use super::record::{Recorded, TABLES};
use super::{Way, look_at, workspace};
use crate::error::{Result, StoreError};
use crate::posts::{
    keep_out_of_past, may_be_there, miss_what_passed, parts_out, refuse_in_flight,
    refuse_other_parts, refuse_unlooked, settle_targets,
};
use crate::table::words::{id_list, json, parse};
use crate::tx::Tx;
use crate::zones;

/// What undo or redo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Words of the step.
    pub words: String,
    /// The posts it touched.
    pub posts: Vec<PostId>,
    /// Those that came back without a date, since their time has passed.
    pub undated: Vec<PostId>,
    /// Where the calendar should look: the first of them that has a date now.
    pub look_at: Option<Timestamp>,
    /// Where it happened.
    pub workspace_id: Option<WorkspaceId>,
}

/// One row of a step, seen in the direction taken: `from` is what must be there now.
pub(super) struct Row {
    pub(super) table: &'static Recorded,
    pub(super) key: String,
    pub(super) from: Option<Image>,
    pub(super) to: Option<Image>,
    to_text: Option<String>,
}

impl Row {
    /// The post it belongs to.
    fn post(&self) -> Option<String> {
        match self.table.table {
            "posts" => Some(self.key.clone()),
            "targets" => self
                .from
                .as_ref()
                .or(self.to.as_ref())
                .and_then(|image| image.get("post_id")?.as_str().map(str::to_owned)),
            _ => None,
        }
    }
}

pub(super) async fn run(tx: &mut Tx, way: Way) -> Result<Option<Done>> {
    let newest: Option<(i64, String, Option<String>)> = sqlx::query_as(match way {
        Way::Undo => {
            "SELECT id, words, workspace_id FROM undo_steps WHERE undone_at IS NULL
             ORDER BY id DESC LIMIT 1"
        }
        Way::Redo => {
            "SELECT id, words, workspace_id FROM undo_steps WHERE undone_at IS NOT NULL
             ORDER BY id LIMIT 1"
        }
    })
    .fetch_optional(tx.sql())
    .await?;
    let Some((step, words, workspace_id)) = newest else {
        return Ok(None);
    };
    let rows = read(tx, step, way).await?;
    let posts = posts_of(&rows, |_| true)?;
    refuse_in_flight(tx, &posts).await?;
    refuse_unlooked(tx, &posts).await?;
    refuse_published(tx, &rows, &words).await?;
    let out = parts_out(tx, &posts).await?;

    // Rows of one step may name each other; the order of images is not always that of the keys.
    sqlx::query("PRAGMA defer_foreign_keys = ON")
        .execute(tx.sql())
        .await?;
    for row in &rows {
        put_back(tx, row, &rows).await?;
    }
    refuse_other_parts(tx, &posts, &out).await?;
    let decided = posts_of(&rows, check::changes_sending)?;
    let moved = posts_of(&rows, check::changes_time)?;
    // Only called off and called for again: its time stood all the while.
    let (timed, stood): (Vec<PostId>, Vec<PostId>) =
        decided.iter().copied().partition(|id| moved.contains(id));
    zones::recompute(tx, &posts).await?;
    settle_targets(tx, &posts, false).await?;
    settle_targets(tx, &timed, true).await?;
    miss_what_passed(tx, &stood, None).await?;
    let undated = keep_out_of_past(tx, &decided).await?;

    let now = tx.now().as_millis();
    let undone_at = (way == Way::Undo).then_some(now);
    sqlx::query("UPDATE undo_steps SET undone_at = ? WHERE id = ?")
        .bind(undone_at)
        .bind(step)
        .execute(tx.sql())
        .await?;
    note_what_came(tx, step, way, &rows).await?;
    note_changes(tx, &rows)?;
    let look_at = look_at(tx, &posts).await?;
    Ok(Some(Done {
        words,
        posts,
        undated,
        look_at,
        workspace_id: workspace(workspace_id.as_deref())?,
    }))
}

async fn read(tx: &mut Tx, step: i64, way: Way) -> Result<Vec<Row>> {
    let rows: Vec<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT tbl, key, image_before, image_after FROM undo_rows WHERE step = ? ORDER BY n",
    )
    .bind(step)
    .fetch_all(tx.sql())
    .await?;
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(tbl, key, before, after)| {
            let table = TABLES
                .iter()
                .find(|t| t.table == tbl)
                .ok_or_else(|| StoreError::internal(format!("an undo step of table {tbl}")))?;
            let (from, to_text) = match way {
                Way::Undo => (after, before),
                Way::Redo => (before, after),
            };
            Ok(Row {
                table,
                key,
                from: from.as_deref().map(json).transpose()?,
                to: to_text.as_deref().map(json).transpose()?,
                to_text,
            })
        })
        .collect::<Result<_>>()?;
    if way == Way::Undo {
        rows.reverse();
    }
    Ok(rows)
}

/// The posts of the rows that a test holds for.
fn posts_of(rows: &[Row], holds: impl Fn(&Row) -> bool) -> Result<Vec<PostId>> {
    let ids: BTreeSet<String> = rows
        .iter()
        .filter(|r| holds(r))
        .filter_map(Row::post)
        .collect();
    ids.iter().map(|id| parse(id)).collect()
}

async fn refuse_published(tx: &mut Tx, rows: &[Row], words: &str) -> Result<()> {
    let targets: Vec<&str> = rows
        .iter()
        .filter(|r| r.table.table == "targets")
        .map(|r| r.key.as_str())
        .collect();
    let posts: Vec<&str> = rows
        .iter()
        .filter(|r| r.table.table == "posts" && check::changes_published(r))
        .map(|r| r.key.as_str())
        .collect();
    let published: Option<String> = sqlx::query_scalar(
        "SELECT p.words FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.state = 'published'
           AND (t.id IN (SELECT value FROM json_each(?))
             OR t.post_id IN (SELECT value FROM json_each(?)))
         LIMIT 1",
    )
    .bind(id_list(&targets)?)
    .bind(id_list(&posts)?)
    .fetch_optional(tx.sql())
    .await?;
    match published {
        None => Ok(()),
        Some(post) => Err(StoreError::Conflict(format!(
            "\"{post}\" was published meanwhile, so \"{words}\" cannot be undone. Delete it on the network if it should not be there."
        ))),
    }
}

async fn put_back(tx: &mut Tx, row: &Row, all: &[Row]) -> Result<()> {
    let current = current(tx, row).await?;
    // A target goes to the bin and comes back with the post that the same step made.
    let made_here = row.table.table == "targets"
        && all.iter().any(|r| {
            r.table.table == "posts"
                && (r.from.is_none() || r.to.is_none())
                && row.post().as_deref() == Some(r.key.as_str())
        });
    check::unchanged(row, current.as_ref(), made_here)?;
    match &row.to_text {
        Some(image) => write(tx, row.table, image).await,
        None if made_here => Ok(()),
        None => {
            refuse_in_doubt(tx, row).await?;
            remove(tx, row).await
        }
    }
}

/// Refuses to take an account off a post that may be there without anybody here knowing.
async fn refuse_in_doubt(tx: &mut Tx, row: &Row) -> Result<()> {
    if row.table.table != "targets" {
        return Ok(());
    }
    let found: Option<(String, bool)> = sqlx::query_as(
        "SELECT a.handle, t.state = 'cancelled' FROM targets t JOIN accounts a ON a.id = t.account_id
         WHERE t.id = ? AND t.unknown_since IS NOT NULL",
    )
    .bind(&row.key)
    .fetch_optional(tx.sql())
    .await?;
    match found {
        None => Ok(()),
        Some((handle, off)) => Err(StoreError::Conflict(may_be_there(&handle, off))),
    }
}

async fn current(tx: &mut Tx, row: &Row) -> Result<Option<Image>> {
    let Recorded { table, key, .. } = row.table;
    let sql = format!(
        "SELECT {} FROM {table} AS r WHERE r.{key} = ?",
        row.table.image("r")
    );
    let image: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(&row.key)
        .fetch_optional(tx.sql())
        .await?;
    image.as_deref().map(json).transpose()
}

/// Takes away a row that the step had made: into the bin where its table has one.
async fn remove(tx: &mut Tx, row: &Row) -> Result<()> {
    let Recorded { table, key, .. } = row.table;
    let now = tx.now().as_millis();
    let sql = match (row.table.has_bin(), row.table.bumps_version()) {
        (true, true) => {
            format!("UPDATE {table} SET deleted_at = ?2, version = version + 1 WHERE {key} = ?1")
        }
        (true, false) => format!("UPDATE {table} SET deleted_at = ?2 WHERE {key} = ?1"),
        (false, _) => format!("DELETE FROM {table} WHERE {key} = ?1 AND ?2 IS NOT NULL"),
    };
    sqlx::query(AssertSqlSafe(sql))
        .bind(&row.key)
        .bind(now)
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Writes an image over a row that is there: images of such tables do not hold enough to make one.
fn changed_only(table: &Recorded) -> String {
    let sets: Vec<String> = table
        .columns
        .iter()
        .filter(|c| **c != table.key)
        .map(|c| format!("{c} = ?1 ->> '$.{c}'"))
        .collect();
    format!(
        "UPDATE {name} SET {sets} WHERE {key} = ?1 ->> '$.{key}' AND ?2 IS NOT NULL",
        name = table.table,
        key = table.key,
        sets = sets.join(", "),
    )
}

/// What a column gets: what the image says, except where the row that is there knows better.
fn value(table: &Recorded, column: &str) -> String {
    let said = format!("?1 ->> '$.{column}'");
    if !table.stays(column) {
        return said;
    }
    let Recorded { table, key, .. } = table;
    format!("coalesce((SELECT r.{column} FROM {table} r WHERE r.{key} = ?1 ->> '$.{key}'), {said})")
}

/// Writes an image over the row, or makes the row again.
async fn write(tx: &mut Tx, table: &Recorded, image: &str) -> Result<()> {
    let columns = table.columns.join(", ");
    let values: Vec<String> = table.columns.iter().map(|c| value(table, c)).collect();
    let sets: Vec<String> = table
        .columns
        .iter()
        .filter(|c| **c != table.key)
        .map(|c| format!("{c} = excluded.{c}"))
        .collect();
    let (more, more_values, more_sets) = if table.bumps_version() {
        (
            ", updated_at",
            ", ?2",
            ", updated_at = excluded.updated_at, version = version + 1",
        )
    } else {
        ("", "", "")
    };
    let sql = if table.whole_rows {
        format!(
            "INSERT INTO {name} ({columns}{more})
             SELECT {values}{more_values} WHERE ?2 IS NOT NULL
             ON CONFLICT ({key}) DO UPDATE SET {sets}{more_sets}",
            name = table.table,
            key = table.key,
            values = values.join(", "),
            sets = sets.join(", "),
        )
    } else {
        changed_only(table)
    };
    let now = tx.now().as_millis();
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(image)
        .bind(now)
        .execute(tx.sql())
        .await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => {
            Err(StoreError::Conflict(
                "Something else has taken its name or place since, so this step stays as it is. Nothing was changed."
                    .to_owned(),
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps what really came back (a date may have been dropped), so that going the other way finds it.
async fn note_what_came(tx: &mut Tx, step: i64, way: Way, rows: &[Row]) -> Result<()> {
    let side = match way {
        Way::Undo => "image_before",
        Way::Redo => "image_after",
    };
    for row in rows
        .iter()
        .filter(|r| r.table.table == "posts" && r.to.is_some())
    {
        let sql = format!(
            "UPDATE undo_rows SET {side} = (SELECT {} FROM posts AS r WHERE r.id = ?2)
             WHERE step = ?1 AND tbl = 'posts' AND key = ?2",
            row.table.image("r")
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(step)
            .bind(&row.key)
            .execute(tx.sql())
            .await?;
    }
    Ok(())
}

fn note_changes(tx: &mut Tx, rows: &[Row]) -> Result<()> {
    for row in rows {
        let of = |column: &str| -> Result<String> {
            row.from
                .as_ref()
                .or(row.to.as_ref())
                .and_then(|image| image.get(column)?.as_str().map(str::to_owned))
                .ok_or_else(|| StoreError::internal(format!("an image without {column}")))
        };
        match row.table.table {
            "posts" => tx.changed(Subject::Post, &row.key),
            "targets" => {
                let post = of("post_id")?;
                tx.changed(Subject::Post, post);
            }
            "slots" | "day_pauses" => {
                let account = of("account_id")?;
                tx.changed(Subject::Slots, account);
            }
            "workspaces" => tx.changed(Subject::Workspace, &row.key),
            "calendars" => tx.changed(Subject::Calendar, &row.key),
            "accounts" => tx.changed(Subject::Account, &row.key),
            "media" => tx.changed(Subject::Media, &row.key),
            "webhooks" => tx.changed(Subject::Webhook, &row.key),
            _ => tx.changed(Subject::Settings, ""),
        }
    }
    Ok(())
}
