//! Reading everything, in pages where there may be much.

use std::collections::BTreeMap;

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::{AttemptId, PostId, TargetId, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::{Contents, Delivery, Kept, SentStep, WholeAttempt, WholePost};
use crate::conn::Conn;
use crate::error::Result;
use crate::table::words::{at, id_list, json, parse};

/// Counts what is there.
pub async fn contents(conn: &mut Conn) -> Result<Contents> {
    let (posts, accounts, files, attempts): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM accounts),
           (SELECT count(*) FROM media), (SELECT count(*) FROM attempts)",
    )
    .fetch_one(conn.sql())
    .await?;
    Ok(Contents {
        posts: posts as u64,
        accounts: accounts as u64,
        files: files as u64,
        attempts: attempts as u64,
    })
}

/// Every workspace, the bin included, oldest first.
pub async fn workspaces(conn: &mut Conn) -> Result<Vec<Kept<Workspace>>> {
    let rows: Vec<(String, String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT id, name, created_at, deleted_at FROM workspaces ORDER BY created_at, id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, name, created, deleted)| {
            let it = Workspace {
                id: parse(&id)?,
                name,
                created_at: at(created),
            };
            Ok(Kept {
                it,
                deleted_at: deleted.map(at),
                purged_at: None,
            })
        })
        .collect()
}

/// Every calendar, the bin included, oldest first.
pub async fn calendars(conn: &mut Conn) -> Result<Vec<Kept<Calendar>>> {
    let rows: Vec<(String, Option<i64>)> =
        sqlx::query_as("SELECT id, deleted_at FROM calendars ORDER BY created_at, id")
            .fetch_all(conn.sql())
            .await?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, deleted) in rows {
        all.push(Kept {
            it: crate::calendars::get(conn, parse(&id)?).await?,
            deleted_at: deleted.map(at),
            purged_at: None,
        });
    }
    Ok(all)
}

/// Every account, removed ones included, oldest first.
pub async fn accounts(conn: &mut Conn) -> Result<Vec<Kept<Account>>> {
    let rows: Vec<(String, Option<i64>, Option<i64>)> =
        sqlx::query_as("SELECT id, deleted_at, purged_at FROM accounts ORDER BY created_at, id")
            .fetch_all(conn.sql())
            .await?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, deleted, purged) in rows {
        all.push(Kept {
            it: crate::accounts::get(conn, parse(&id)?).await?,
            deleted_at: deleted.map(at),
            purged_at: purged.map(at),
        });
    }
    Ok(all)
}

/// Posts after one, the bin included, in the order of their identifiers, at most `limit`.
pub async fn posts(conn: &mut Conn, after: Option<PostId>, limit: u32) -> Result<Vec<WholePost>> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM posts WHERE id > ? ORDER BY id LIMIT ?")
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(limit)
            .fetch_all(conn.sql())
            .await?;
    let ids = ids
        .iter()
        .map(|id| parse(id))
        .collect::<Result<Vec<PostId>>>()?;
    let mut deliveries = deliveries(conn, &ids).await?;
    let bases: BTreeMap<String, i64> = sqlx::query_as(
        "SELECT post_id, base_version FROM working_copies
         WHERE post_id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(&ids)?)
    .fetch_all(conn.sql())
    .await?
    .into_iter()
    .collect();
    let posts = crate::posts::get_many(conn, &ids).await?;
    Ok(posts
        .into_iter()
        .map(|post| WholePost {
            deliveries: deliveries.remove(&post.id).unwrap_or_default(),
            edit_base_version: bases.get(&post.id.to_string()).copied(),
            post,
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    post_id: String,
    id: String,
    called_off: bool,
    remote: Option<String>,
    handle: Option<String>,
    content_hash: Option<String>,
    attempts_made: u32,
    steps: String,
}

#[derive(Deserialize)]
struct StepJson {
    key: String,
    value: Value,
    visible: i64,
    at: i64,
}

async fn deliveries(conn: &mut Conn, ids: &[PostId]) -> Result<BTreeMap<PostId, Vec<Delivery>>> {
    let rows: Vec<DeliveryRow> = sqlx::query_as(
        "SELECT t.post_id, t.id, t.called_off, t.remote, t.handle, t.content_hash, t.attempts_made,
           (SELECT json_group_array(json_object('key', s.key, 'value', json(s.value),
                'visible', s.visible, 'at', s.at) ORDER BY s.at, s.key)
            FROM send_steps s WHERE s.target_id = t.id) AS steps
         FROM targets t
         WHERE t.post_id IN (SELECT value FROM json_each(?))
           AND (t.called_off OR t.remote IS NOT NULL OR t.handle IS NOT NULL
             OR t.content_hash IS NOT NULL OR t.attempts_made > 0
             OR EXISTS (SELECT 1 FROM send_steps s WHERE s.target_id = t.id))
         ORDER BY t.post_id, t.position, t.id",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    let mut all: BTreeMap<PostId, Vec<Delivery>> = BTreeMap::new();
    for row in rows {
        let steps: Vec<StepJson> = json(&row.steps)?;
        let delivery = Delivery {
            target_id: parse::<TargetId>(&row.id)?,
            called_off: row.called_off,
            remote: row.remote.as_deref().map(json).transpose()?,
            handle: row.handle.as_deref().map(json).transpose()?,
            content_hash: row.content_hash,
            attempts_made: row.attempts_made,
            steps: steps
                .into_iter()
                .map(|s| SentStep {
                    key: s.key,
                    value: s.value,
                    visible: s.visible != 0,
                    at: at(s.at),
                })
                .collect(),
        };
        all.entry(parse(&row.post_id)?).or_default().push(delivery);
    }
    Ok(all)
}

/// Lines of the job log before a place, newest first, at most `limit`.
pub async fn attempts(
    conn: &mut Conn,
    after: Option<(Timestamp, AttemptId)>,
    limit: u32,
) -> Result<Vec<WholeAttempt>> {
    let entries = crate::activity::page(conn, after, limit).await?;
    let ids: Vec<AttemptId> = entries.iter().map(|e| e.attempt.id).collect();
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT id, content_hash, step, step_visible FROM attempts
         WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(&ids)?)
    .fetch_all(conn.sql())
    .await?;
    let mut more: BTreeMap<String, (String, String, bool)> = rows
        .into_iter()
        .map(|(id, hash, step, visible)| (id, (hash, step, visible)))
        .collect();
    Ok(entries
        .into_iter()
        .map(|entry| {
            let (content_hash, step, step_visible) = more
                .remove(&entry.attempt.id.to_string())
                .unwrap_or_default();
            WholeAttempt {
                attempt: entry.attempt,
                content_hash,
                step,
                step_visible,
            }
        })
        .collect())
}
