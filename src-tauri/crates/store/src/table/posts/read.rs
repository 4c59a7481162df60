//! Reading whole posts.

use std::collections::HashSet;

use model::post::{Draft, Post};
use model::{PostId, TargetId};

use super::row::PostRow;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::{id_list, parse};

/// One post with its targets and working copy, also from the bin.
pub async fn get(conn: &mut Conn, id: PostId) -> Result<Post> {
    get_many(conn, &[id])
        .await?
        .pop()
        .ok_or(StoreError::not_found("post"))
}

/// Several posts, in the order asked for; those that are gone are left out.
pub async fn get_many(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Post>> {
    let rows: Vec<PostRow> = sqlx::query_as(
        "SELECT p.id, p.calendar_id, p.when_kind, p.wall, p.zone, p.at, p.all_day, p.editorial,
           p.time_source, p.held, p.version, p.created_at, p.updated_at, p.deleted_at,
           p.content_type, p.priority, p.assignee, p.labels, p.title, p.segments, p.notes,
           w.draft AS working_copy,
           (SELECT json_group_array(json_object(
                'id', t.id, 'accountId', t.account_id, 'ownSegments', json(t.own_segments),
                'options', json(t.options), 'state', t.state, 'notBefore', t.not_before,
                'publishedAt', t.published_at, 'remoteId', t.remote_id, 'remoteUrl', t.remote_url,
                'failureCategory', t.failure_category, 'failureMessage', t.failure_message,
                'failureDetail', t.failure_detail, 'failureAttempt', t.failure_attempt,
                'nextTryAt', t.next_try_at,
                'firstComment', (SELECT json_object('state', f.state, 'message', f.message,
                   'detail', f.detail, 'nextTryAt', iif(f.state = 'due', f.not_before, NULL),
                   'tries', f.tries) FROM first_comments f WHERE f.target_id = t.id))
                ORDER BY t.position, t.id)
            FROM targets t WHERE t.post_id = p.id) AS targets
         FROM json_each(?) wanted
         JOIN posts p ON p.id = wanted.value
         LEFT JOIN working_copies w ON w.post_id = p.id
         ORDER BY wanted.key",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Post::try_from).collect()
}

/// Those of these posts that somebody of this name looks after.
pub async fn looked_after_by(
    conn: &mut Conn,
    ids: &[PostId],
    name: &str,
) -> Result<HashSet<PostId>> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT p.id FROM json_each(?) wanted JOIN posts p ON p.id = wanted.value
         WHERE p.assignee = ?",
    )
    .bind(id_list(ids)?)
    .bind(name)
    .fetch_all(conn.sql())
    .await?;
    found.iter().map(|id| parse(id)).collect()
}

/// The confirmed content of a post as a draft.
#[must_use]
pub fn draft_of(post: &Post) -> Draft {
    Draft {
        title: post.title.clone(),
        segments: post.segments.clone(),
        notes: post.notes.clone(),
        labels: post.labels.clone(),
        content_type: post.content_type,
        priority: post.priority,
        assignee: post.assignee.clone(),
        targets: post.targets.iter().map(|t| t.draft.clone()).collect(),
    }
}

/// The post of a target.
pub async fn of_target(conn: &mut Conn, id: TargetId) -> Result<PostId> {
    let post: Option<String> = sqlx::query_scalar("SELECT post_id FROM targets WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(conn.sql())
        .await?;
    parse(&post.ok_or(StoreError::not_found("post"))?)
}

/// Those of these posts that are there and not in the bin, in the order asked for.
pub async fn in_use(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<PostId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT p.id FROM json_each(?) wanted JOIN posts p ON p.id = wanted.value
         WHERE p.deleted_at IS NULL ORDER BY wanted.key",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}
