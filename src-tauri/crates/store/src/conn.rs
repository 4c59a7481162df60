//! Connections: one writer, a few readers, and the handle both are used through.
//!
//! There is exactly one connection that can write, behind an async lock. `SQLite` would let several
//! connections wait for each other with its busy timeout, but that is polling, is unfair, and fails
//! at random under load; a queue in this process is none of these. The readers are opened
//! query-only, so that no statement can slip past the change feed.

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};
use tokio::sync::OwnedMappedMutexGuard;

use crate::error::Result;

/// The writing connection and whether a transaction was left open on it.
pub(crate) struct Writer {
    pub(crate) sql: SqliteConnection,
    /// A transaction was begun and neither committed nor rolled back (its future was dropped).
    pub(crate) dirty: bool,
}

/// The writing connection as a transaction has it. A closed store has none.
pub(crate) type WriterGuard = OwnedMappedMutexGuard<Option<Writer>, Writer>;

impl Writer {
    /// Rolls back what a dropped transaction left behind.
    pub(crate) async fn clean(&mut self) {
        if self.dirty {
            // It fails when the transaction is gone already, which is what is wanted.
            sqlx::raw_sql("ROLLBACK").execute(&mut self.sql).await.ok();
            self.dirty = false;
        }
    }
}

enum Inner {
    Reader(PoolConnection<Sqlite>),
    Writer(WriterGuard),
}

/// A connection to read through: from the pool of readers, or the one of an open transaction (which
/// sees its own changes). Every read function of this crate takes one.
pub struct Conn(Inner);

impl Conn {
    pub(crate) fn reader(conn: PoolConnection<Sqlite>) -> Self {
        Self(Inner::Reader(conn))
    }

    pub(crate) fn writer(guard: WriterGuard) -> Self {
        Self(Inner::Writer(guard))
    }

    /// From here on every read sees the same moment, until [`Conn::end_snapshot`]. For work that must
    /// not be cancelled in between: run it in a task of its own.
    pub async fn begin_snapshot(&mut self) -> Result<()> {
        sqlx::query("BEGIN").execute(self.sql()).await?;
        Ok(())
    }

    /// Ends a snapshot.
    pub async fn end_snapshot(&mut self) -> Result<()> {
        sqlx::query("ROLLBACK").execute(self.sql()).await?;
        Ok(())
    }

    /// The connection itself; statements are written in this crate alone.
    pub(crate) fn sql(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Inner::Reader(conn) => conn,
            Inner::Writer(guard) => &mut guard.sql,
        }
    }

    /// Marks whether a transaction is open on the writing connection.
    pub(crate) fn set_dirty(&mut self, dirty: bool) {
        if let Inner::Writer(guard) = &mut self.0 {
            guard.dirty = dirty;
        }
    }
}
