//! The steps there are, for a list of what can be undone and redone.

use model::Timestamp;

use super::record::DEEP;
use crate::conn::Conn;
use crate::error::Result;

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// What was done.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// Steps both ways, the next one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// To undo.
    pub undo: Vec<Listed>,
    /// To redo.
    pub redo: Vec<Listed>,
}

/// Reads the steps.
pub async fn list(conn: &mut Conn) -> Result<List> {
    let rows: Vec<(i64, String, i64, bool)> = sqlx::query_as(
        "SELECT id, words, at, undone_at IS NOT NULL FROM undo_steps ORDER BY id DESC LIMIT ?",
    )
    .bind(DEEP)
    .fetch_all(conn.sql())
    .await?;
    let mut list = List::default();
    for (id, words, at, undone) in rows {
        let step = Listed {
            id,
            words,
            at: Timestamp::from_millis(at),
        };
        if undone {
            list.redo.push(step);
        } else {
            list.undo.push(step);
        }
    }
    list.redo.reverse();
    Ok(list)
}
