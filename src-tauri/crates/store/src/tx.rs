//! The write path: a transaction that knows who writes, keeps the change feed, and records the
//! step for undo.

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::change::{Actor, Subject};
use model::{CalendarId, IdSource, Timestamp};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::history::record;
use crate::outbox;
use crate::store::Inner;
use crate::table::calendars;

/// One change as a person sees it, to be undone as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done, as it stands in "Undo …": `Move 3 posts`.
    pub words: String,
    /// Writes with the same key join the newest step instead of making one each: a session of the
    /// composer passes one key for all its autosaves.
    pub key: Option<String>,
    /// The workspace it happens in, for the screen.
    pub workspace_id: Option<model::WorkspaceId>,
}

impl Step {
    /// A step of its own.
    #[must_use]
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            key: None,
            workspace_id: None,
        }
    }

    /// Joins the newest step where that has the same key.
    #[must_use]
    pub fn joining(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Names the workspace it happens in.
    #[must_use]
    pub fn in_workspace(mut self, id: model::WorkspaceId) -> Self {
        self.workspace_id = Some(id);
        self
    }
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The newest number of the change feed.
    pub seq: i64,
    /// The undo step that was written or joined; none when nothing that can be undone changed.
    pub step: Option<i64>,
}

/// An open write transaction (`BEGIN IMMEDIATE`). Dropped without `commit`, it changes nothing.
/// Never hold one across a call to a network.
pub struct Tx {
    conn: Conn,
    inner: Arc<Inner>,
    actor: Actor,
    now: Timestamp,
    changes: Vec<(Subject, String)>,
    /// Calendars that say themselves when they were changed.
    keep_their_time: Vec<CalendarId>,
    step: Option<record::Open>,
    finished: bool,
    spoiled: bool,
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Tx {
    pub(crate) async fn begin(inner: Arc<Inner>, actor: Actor, step: Option<Step>) -> Result<Self> {
        let guard = Arc::clone(&inner.writer).lock_owned().await;
        let mut guard =
            OwnedMutexGuard::try_map(guard, Option::as_mut).map_err(|_| StoreError::Closed)?;
        guard.clean().await;
        // Set before the statement: a future dropped in the middle of it is cleaned up as well.
        guard.dirty = true;
        let now = inner.clock.now();
        let mut tx = Self {
            conn: Conn::writer(guard),
            inner,
            actor,
            now,
            changes: Vec::new(),
            keep_their_time: Vec::new(),
            step: None,
            finished: false,
            spoiled: false,
        };
        sqlx::query("BEGIN IMMEDIATE").execute(tx.sql()).await?;
        if let Some(step) = step {
            tx.step = Some(record::open(&mut tx, step).await?);
        }
        Ok(tx)
    }

    /// The instant of this transaction: read once, so that all its rows agree.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Who writes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The machine that this program runs on.
    pub(crate) fn machine_id(&self) -> &str {
        &self.inner.machine_id
    }

    /// A new identifier.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        IdSource::new(&*self.inner.clock, &*self.inner.entropy).uuid()
    }

    /// Notes a change for the feed. Write functions of this crate do so themselves.
    pub fn changed(&mut self, subject: Subject, id: impl Display) {
        self.changes.push((subject, id.to_string()));
    }

    /// The things of a kind that were changed so far.
    pub(crate) fn changed_of(&self, subject: Subject) -> Vec<&str> {
        let of = self.changes.iter().filter(|(s, _)| *s == subject);
        of.map(|(_, id)| id.as_str()).collect()
    }

    /// What this transaction does to a calendar does not count as a change of it: it is put in with the time of
    /// its last one.
    pub(crate) fn keeps_its_time(&mut self, calendar: CalendarId) {
        self.keep_their_time.push(calendar);
    }

    /// The calendars that were changed so far and do not keep the time they came with.
    pub(crate) fn changed_calendars(&self) -> Vec<&str> {
        let kept: HashSet<String> = self
            .keep_their_time
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut changed = self.changed_of(Subject::Calendar);
        changed.retain(|id| !kept.contains(*id));
        changed
    }

    /// Whether somebody may have to be told of what is done here.
    pub(crate) fn may_tell(&self) -> &AtomicBool {
        &self.inner.may_tell
    }

    /// A function with several statements failed between them: what it did so far must not be
    /// committed, whatever the caller does with the error.
    pub(crate) fn spoil<T>(&mut self, result: Result<T>) -> Result<T> {
        self.spoiled |= result.is_err();
        result
    }

    /// Writes the feed, closes the undo step and commits. When this returns, the change is on disk.
    pub async fn commit(mut self) -> Result<Committed> {
        if self.spoiled {
            return Err(StoreError::internal(
                "a commit after a write that failed half-way",
            ));
        }
        let step = match self.step.take() {
            Some(open) => record::close(&mut self, open).await?,
            None => None,
        };
        outbox::write(&mut self).await?;
        calendars::changed(&mut self).await?;
        let seq = self.write_changes().await?;
        let done = sqlx::query("COMMIT").execute(self.conn.sql()).await;
        // Counted also where nobody knows whether it was done.
        self.inner.commits.fetch_add(1, Ordering::SeqCst);
        done?;
        self.conn.set_dirty(false);
        self.finished = true;
        let newest = match seq {
            Some(seq) => {
                self.count_account_changes();
                self.inner.newest.send_replace(seq);
                if self.actor != Actor::Publisher {
                    self.inner.by_others.send_replace(seq);
                }
                seq
            }
            None => *self.inner.newest.borrow(),
        };
        Ok(Committed { seq: newest, step })
    }

    /// Gives everything up.
    pub async fn rollback(mut self) -> Result<()> {
        self.finished = true;
        sqlx::query("ROLLBACK").execute(self.conn.sql()).await?;
        self.conn.set_dirty(false);
        Ok(())
    }

    fn count_account_changes(&self) {
        if self.changes.iter().any(|(s, _)| *s == Subject::Account) {
            self.inner.account_changes.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn write_changes(&mut self) -> Result<Option<i64>> {
        if self.changes.is_empty() {
            return Ok(None);
        }
        // One row for each thing, however often it was named.
        self.changes.sort();
        self.changes.dedup();
        let mut newest = None;
        let changes = std::mem::take(&mut self.changes);
        for group in changes.chunk_by(|a, b| a.0 == b.0) {
            let ids: Vec<&str> = group.iter().map(|(_, id)| id.as_str()).collect();
            let done = sqlx::query(
                "INSERT INTO changes (at, actor, subject, id)
                 SELECT ?, ?, ?, value FROM json_each(?)",
            )
            .bind(self.now.as_millis())
            .bind(self.actor.word())
            .bind(group[0].0.word())
            .bind(serde_json::to_string(&ids)?)
            .execute(self.conn.sql())
            .await?;
            newest = Some(done.last_insert_rowid());
        }
        self.changes = changes;
        Ok(newest)
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // The lock is free again after this body; whoever gets it next rolls back first. Without a
        // next writer the rollback must still happen soon, or the write lock would stay taken.
        let writer = Arc::clone(&self.inner.writer);
        let account_changes = Arc::clone(&self.inner.account_changes);
        // A commit that was given up half-way may have happened all the same.
        self.count_account_changes();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Some(writer) = writer.lock().await.as_mut() {
                    writer.clean().await;
                }
                account_changes.fetch_add(1, Ordering::SeqCst);
            });
        }
    }
}
