//! Undo and redo of everything a person changes, by images of rows.
//!
//! While a step is open, temporary triggers on the writing connection keep an image of every row
//! before and after, of the columns that people own. Undo puts the old images back. Nothing has to be
//! written per command, and what the publisher owns (states, remote ids, leases) is never touched.
//!
//! Undo checks first that nothing else changed the rows since, and that no send would be
//! contradicted. A post that would come back at a time that has passed comes back without a date.

mod apply;
mod check;
mod list;
pub(crate) mod record;

use model::{PostId, Timestamp, WorkspaceId};
use serde::Serialize;

use crate::conn::Conn;
use crate::error::Result;
use crate::tx::Tx;

pub use apply::Done;
pub use list::{List, Listed, list};

/// What undo and redo would do now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Peek {
    /// Words of the step that undo takes back.
    pub undo: Option<String>,
    /// Words of the step that redo does again.
    pub redo: Option<String>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Undo,
    Redo,
}

/// What undo and redo would do now.
pub async fn peek(conn: &mut Conn) -> Result<Peek> {
    let (undo, redo) = sqlx::query_as(
        "SELECT
           (SELECT words FROM undo_steps WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1),
           (SELECT words FROM undo_steps WHERE undone_at IS NOT NULL ORDER BY id LIMIT 1)",
    )
    .fetch_one(conn.sql())
    .await?;
    Ok(Peek { undo, redo })
}

/// Takes the newest step back; none when there is nothing to undo. Begin the transaction with
/// [`Actor::History`](model::change::Actor::History), and not as a step. On an error nothing is done:
/// drop the transaction.
pub async fn undo(tx: &mut Tx) -> Result<Option<Done>> {
    let done = apply::run(tx, Way::Undo).await;
    tx.spoil(done)
}

/// Does the step again that was undone last; none when there is nothing to redo. As [`undo`].
pub async fn redo(tx: &mut Tx) -> Result<Option<Done>> {
    let done = apply::run(tx, Way::Redo).await;
    tx.spoil(done)
}

/// Forgets every step, as after a whole import.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    sqlx::query("DELETE FROM undo_steps")
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// Where the screen looks after an undo: the first of the posts that has a date.
async fn look_at(conn: &mut Conn, posts: &[PostId]) -> Result<Option<Timestamp>> {
    let first: Option<i64> = sqlx::query_scalar(
        "SELECT min(at) FROM posts
         WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL",
    )
    .bind(crate::table::words::id_list(posts)?)
    .fetch_one(conn.sql())
    .await?;
    Ok(first.map(Timestamp::from_millis))
}

fn workspace(text: Option<&str>) -> Result<Option<WorkspaceId>> {
    text.map(crate::table::words::parse).transpose()
}
