//! For tests and benchmarks of this workspace only: rows in bulk, and states without a publisher.

use model::delivery::DeliveryState;
use model::post::Draft;
use model::{AccountId, MediaId, PostId, TargetId};
use serde_json::json;

use crate::error::Result;
use crate::posts::{NewPost, Placed};
use crate::table::words::{to_json, word};
use crate::tx::Tx;

/// Posts written with one statement.
const CHUNK: usize = 500;

/// Puts many posts in, far quicker than one by one: nothing is checked and the feed gets no rows.
pub async fn insert_many(tx: &mut Tx, posts: &[NewPost]) -> Result<Vec<PostId>> {
    let mut ids = Vec::with_capacity(posts.len());
    for chunk in posts.chunks(CHUNK) {
        let mut rows = Vec::with_capacity(chunk.len());
        let mut targets = Vec::new();
        for new in chunk {
            let id = PostId(tx.new_id());
            ids.push(id);
            rows.push(row(id, new)?);
            for (position, target) in new.draft.targets.iter().enumerate() {
                targets.push(json!([
                    TargetId(tx.new_id()),
                    id,
                    target.account_id,
                    position,
                    target.override_segments.as_ref().map(to_json).transpose()?,
                    to_json(&target.options)?,
                ]));
            }
        }
        insert(tx, &to_json(&rows)?, &to_json(&targets)?).await?;
    }
    Ok(ids)
}

fn row(id: PostId, new: &NewPost) -> Result<serde_json::Value> {
    let Draft {
        title,
        segments,
        notes,
        labels,
        content_type,
        priority,
        assignee,
        ..
    } = &new.draft;
    let placed = Placed::of(&new.when);
    let derived = crate::posts::Derived::of(title, segments);
    Ok(json!([
        id,
        new.calendar_id,
        placed.when_kind,
        placed.wall,
        placed.zone,
        placed.instant,
        i32::from(placed.all_day),
        new.editorial.word(),
        word(&new.time_source)?,
        word(content_type)?,
        word(priority)?,
        assignee,
        to_json(labels)?,
        derived.media_count,
        derived.thumb,
        derived.words,
        derived.text_hash,
        title,
        to_json(segments)?,
        notes,
    ]))
}

async fn insert(tx: &mut Tx, posts: &str, targets: &str) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query(
        "INSERT INTO posts (id, calendar_id, when_kind, wall, zone, at, all_day, editorial,
           time_source, content_type, priority, assignee, labels, media_count, thumb, words,
           text_hash, title, segments, notes, created_at, updated_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
           value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11,
           value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17,
           value ->> 18, value ->> 19, ?2, ?2
         FROM json_each(?1)",
    )
    .bind(posts)
    .bind(now)
    .execute(tx.sql())
    .await?;
    sqlx::query(
        "INSERT INTO targets (id, post_id, account_id, position, own_segments, options)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
         FROM json_each(?1)",
    )
    .bind(targets)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// Sets the delivery state of a post on an account, past every rule.
pub async fn set_state(
    tx: &mut Tx,
    post: PostId,
    account: AccountId,
    state: DeliveryState,
) -> Result<()> {
    sqlx::query("UPDATE targets SET state = ? WHERE post_id = ? AND account_id = ?")
        .bind(state.word())
        .bind(post.to_string())
        .bind(account.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Spoils what a post says, so that it cannot be read any more.
pub async fn spoil(tx: &mut Tx, post: PostId) -> Result<()> {
    sqlx::query("UPDATE posts SET segments = '{}' WHERE id = ?")
        .bind(post.to_string())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Limits the file to its present size and some pages more, so that it is full soon.
pub async fn limit_size(tx: &mut Tx, more_pages: i64) -> Result<()> {
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(tx.sql())
        .await?;
    let sql = format!("PRAGMA max_page_count = {}", pages + more_pages);
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Another program that holds the database for writing.
pub struct OtherProgram(sqlx::SqliteConnection);

impl OtherProgram {
    /// Takes the database of a data folder.
    pub async fn hold(dir: &std::path::Path) -> Result<Self> {
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join(crate::store::FILE));
        let mut sql = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await?;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut sql).await?;
        Ok(Self(sql))
    }

    /// Lets it go.
    pub async fn release(self) -> Result<()> {
        Ok(<sqlx::SqliteConnection as sqlx::Connection>::close(self.0).await?)
    }
}

/// Every statement that makes the real schema, by name: kind, name, table and text.
pub async fn schema(tx: &mut Tx) -> Result<Vec<(String, String, String, Option<String>)>> {
    Ok(
        sqlx::query_as("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
            .fetch_all(tx.sql())
            .await?,
    )
}

/// The plan of a statement, one line a row.
pub async fn plan(tx: &mut Tx, sql: &str) -> Result<Vec<String>> {
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(tx.sql())
        .await?;
    Ok(rows.into_iter().map(|r| r.3).collect())
}

/// An identifier of a file that need not exist.
///
/// # Panics
/// Never: 64 hex digits are what a file's identifier is.
#[must_use]
pub fn media_id(n: u64) -> MediaId {
    #[expect(
        clippy::expect_used,
        reason = "64 hex digits are what a file's identifier is"
    )]
    format!("{n:064x}").parse().expect("64 hex digits")
}

/// Tries to write through a reading connection.
pub async fn scribble(conn: &mut crate::Conn) -> Result<()> {
    sqlx::query("DELETE FROM meta").execute(conn.sql()).await?;
    Ok(())
}

/// Moves every instant without its wall time, as a change of zone rules would leave them.
pub async fn shift_instants(tx: &mut Tx, millis: i64) -> Result<()> {
    sqlx::query("UPDATE posts SET at = at + ? WHERE at IS NOT NULL")
        .bind(millis)
        .execute(tx.sql())
        .await?;
    Ok(())
}
