//! Opening and closing the store.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use model::change::Actor;
use model::{Clock, Entropy, Timestamp};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::conn::{Conn, Writer};
use crate::error::{Result, StoreError};
use crate::history::record;
use crate::lock::FolderLock;
use crate::tx::{Step, Tx};
use crate::{backup, feed, holds, lock, migrate, outbox};

/// Name of the database in the data folder.
pub(crate) const FILE: &str = "almanac.db";
/// Query-only connections kept at most.
const READERS: u32 = 4;
/// How long a statement waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(5);
/// Files up to this size are checked whole when opened (some tens of milliseconds); larger ones by
/// [`Store::check`], which the program runs after the window is there.
const CHECK_AT_OPEN_BYTES: u64 = 8 * 1024 * 1024;
/// Oldest library without the WAL fault that can lose commits.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How to open a store.
#[derive(Clone)]
pub struct StoreConfig {
    /// The data folder; made when it is not there.
    pub dir: PathBuf,
    /// A stable name of this machine: a folder that another machine published from starts held.
    pub machine_id: String,
    /// The program's version, for the sentence an older program shows.
    pub program_version: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness for identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Name of a registered `SQLite` VFS instead of the system's; for the power-cut test.
    pub vfs: Option<&'static str>,
    /// How long a statement waits for another process that holds the file; 5 s when none is given.
    pub busy_timeout: Option<Duration>,
}

impl StoreConfig {
    /// The usual configuration.
    #[must_use]
    pub fn new(
        dir: impl Into<PathBuf>,
        machine_id: impl Into<String>,
        program_version: impl Into<String>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            dir: dir.into(),
            machine_id: machine_id.into(),
            program_version: program_version.into(),
            clock,
            entropy,
            vfs: None,
            busy_timeout: None,
        }
    }
}

/// An opened store and what was found on the way.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The file was made just now.
    pub fresh: bool,
    /// The copy made before a migration, when one ran on a file with data.
    pub backup: Option<PathBuf>,
    /// Another machine published from this folder before; everything is held until `take_over`.
    pub other_machine: Option<String>,
}

pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    pub(crate) machine_id: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// None once the store is closed.
    pub(crate) writer: Arc<Mutex<Option<Writer>>>,
    pub(crate) newest: watch::Sender<i64>,
    /// Counts commits.
    pub(crate) commits: AtomicU64,
    /// The newest number of the feed that was not the publisher's.
    pub(crate) by_others: watch::Sender<i64>,
    /// Counts commits that changed an account.
    pub(crate) account_changes: Arc<AtomicU64>,
    /// Other programs may want to be told of changes. Once true it stays so until the next opening.
    pub(crate) may_tell: AtomicBool,
    pub(crate) options: SqliteConnectOptions,
    readers: SqlitePool,
    /// Held while a copy is made, over a connection of its own.
    copying: Mutex<()>,
    /// Let go when every connection is gone.
    lock: std::sync::Mutex<Option<FolderLock>>,
}

/// The store. Clones share everything.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

impl Store {
    /// Opens the data folder: locks it, checks the library and the file, makes a backup and migrates
    /// where needed, and looks whose machine publishes from it.
    pub async fn open(config: StoreConfig) -> Result<Opened> {
        let dir = config.dir;
        std::fs::create_dir_all(&dir)
            .map_err(|e| StoreError::io("make the data folder", &dir, e))?;
        let lock = lock::take(&dir)?;
        let mut options = SqliteConnectOptions::new()
            .filename(dir.join(FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(config.busy_timeout.unwrap_or(BUSY))
            .pragma("temp_store", "MEMORY")
            // 8 MiB a connection; the system's cache holds the rest.
            .pragma("cache_size", "-8000")
            // A month is thousands of rows: fewer handovers between the threads.
            .row_buffer_size(512)
            // A WAL grown by one big import does not stay big for ever.
            .pragma("journal_size_limit", "67108864")
            // A burst writes the same pages over and over: they are moved into the file once for
            // several commits. 16 MiB of log are read again within a tenth of a second after a crash.
            .pragma("wal_autocheckpoint", "4000");
        if let Some(vfs) = config.vfs {
            options = options.vfs(vfs);
        }
        let (writer, migrated, may_tell) = open_writer(&options, &dir, &config.program_version)
            .await
            .map_err(|e| name(e, &dir))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options.clone().pragma("query_only", "ON"));
        let store = Self {
            inner: Arc::new(Inner {
                dir,
                machine_id: config.machine_id,
                clock: config.clock,
                entropy: config.entropy,
                writer: Arc::new(Mutex::new(Some(Writer {
                    sql: writer,
                    dirty: false,
                }))),
                newest: watch::Sender::new(0),
                commits: AtomicU64::new(0),
                by_others: watch::Sender::new(0),
                account_changes: Arc::default(),
                may_tell: AtomicBool::new(may_tell),
                options,
                readers,
                copying: Mutex::default(),
                lock: std::sync::Mutex::new(Some(lock)),
            }),
        };
        let newest = feed::newest(&mut store.read().await?).await?;
        store.inner.newest.send_replace(newest);
        let other_machine = holds::meet_machine(&store).await?;
        Ok(Opened {
            store,
            fresh: migrated.fresh,
            backup: migrated.backup,
            other_machine,
        })
    }

    /// A connection to read through; waits for one of the few there are.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn::reader(
            self.inner
                .readers
                .acquire()
                .await
                .map_err(|e| name(e.into(), self.dir()))?,
        ))
    }

    /// A write transaction that undo does not know: the publisher's, the program's own.
    pub async fn begin(&self, actor: Actor) -> Result<Tx> {
        Tx::begin(Arc::clone(&self.inner), actor, None)
            .await
            .map_err(|e| name(e, self.dir()))
    }

    /// A write transaction that becomes a step to undo.
    pub async fn step(&self, actor: Actor, step: Step) -> Result<Tx> {
        Tx::begin(Arc::clone(&self.inner), actor, Some(step))
            .await
            .map_err(|e| name(e, self.dir()))
    }

    /// How often something was committed since the store was opened. What was read after the number was
    /// is still so while the number is the same.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.commits.load(Ordering::SeqCst)
    }

    /// Wakes whenever something was committed; the value is the newest number of the feed.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.inner.newest.subscribe()
    }

    /// Wakes whenever anybody but the publisher committed something; the value is the number of the
    /// feed at that time.
    #[must_use]
    pub fn subscribe_to_others(&self) -> watch::Receiver<i64> {
        self.inner.by_others.subscribe()
    }

    /// How many commits of this process changed an account. Read it before the accounts: those read
    /// afterwards are at least as new.
    pub(crate) fn account_changes(&self) -> u64 {
        self.inner.account_changes.load(Ordering::SeqCst)
    }

    /// Whether other programs may want to be told of changes; false as long as none ever asked.
    #[must_use]
    pub fn may_tell(&self) -> bool {
        self.inner.may_tell.load(Ordering::SeqCst)
    }

    /// The data folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// The clock's instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// This machine's name.
    #[must_use]
    pub fn machine_id(&self) -> &str {
        &self.inner.machine_id
    }

    /// Reads the whole file and reports damage with the newest backup. Takes about a second a
    /// gigabyte; run it in the background.
    pub async fn check(&self) -> Result<()> {
        let mut conn = self.read().await?;
        quick_check(conn.sql())
            .await
            .map_err(|e| name(e, self.dir()))
    }

    /// Gives caches back to the system, as when the window goes away. Reading fills them again.
    pub async fn release_memory(&self) -> Result<()> {
        let mut idle = Vec::new();
        while let Some(mut conn) = self.inner.readers.try_acquire() {
            sqlx::raw_sql("PRAGMA shrink_memory")
                .execute(&mut *conn)
                .await?;
            idle.push(conn);
        }
        if let Some(writer) = self.inner.writer.lock().await.as_mut() {
            writer.clean().await;
            sqlx::raw_sql("PRAGMA shrink_memory")
                .execute(&mut writer.sql)
                .await?;
        }
        Ok(())
    }

    /// Moves the log into the file, ends every connection and lets go of the folder. Clones that are
    /// still held can only fail afterwards. A connection that outlived this would be dangerous: when
    /// it ends it deletes the log by its name, which by then may be that of a restored file.
    pub async fn close(self) {
        let inner = &self.inner;
        let _no_copy = inner.copying.lock().await;
        inner.readers.close().await;
        if let Some(mut writer) = inner.writer.lock().await.take() {
            writer.clean().await;
            let moved = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(&mut writer.sql)
                .await;
            if let Err(error) = moved.map(drop).and(writer.sql.close().await) {
                // Nothing is lost: the log is read again at the next open.
                tracing::warn!(%error, "the log could not be moved into the database at closing");
            }
        }
        inner
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // Whoever waits for changes learns that there will be none.
        inner.newest.send_modify(|_| {});
    }

    /// Whether the store was closed, or is just being closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.readers.is_closed()
    }

    /// Keeps the store open while a copy is made; none is begun once it closes.
    pub(crate) async fn keep_open(&self) -> Result<MutexGuard<'_, ()>> {
        let guard = self.inner.copying.lock().await;
        if self.is_closed() {
            return Err(StoreError::Closed);
        }
        Ok(guard)
    }
}

/// Gives errors of the database the names of the folder and its newest backup.
fn name(error: StoreError, dir: &Path) -> StoreError {
    match error {
        StoreError::Corrupt { .. } => StoreError::Corrupt {
            backup: backup::newest(dir),
        },
        StoreError::ReadOnly { .. } => StoreError::ReadOnly {
            path: dir.to_owned(),
        },
        other => other,
    }
}

async fn open_writer(
    options: &SqliteConnectOptions,
    dir: &Path,
    program_version: &str,
) -> Result<(SqliteConnection, migrate::Migrated, bool)> {
    let size = std::fs::metadata(dir.join(FILE)).map_or(0, |m| m.len());
    let mut sql = SqliteConnection::connect_with(options).await?;
    refuse_old_library(&mut sql).await?;
    if (1..=CHECK_AT_OPEN_BYTES).contains(&size) {
        quick_check(&mut sql).await?;
    }
    refuse_read_only(&mut sql).await?;
    let migrated = migrate::run(&mut sql, dir, migrate::ALL, program_version).await?;
    record::install(&mut sql).await?;
    let may_tell = outbox::install(&mut sql).await?;
    Ok((sql, migrated, may_tell))
}

/// A file that cannot be written opens without complaint and fails at the first change, as does one
/// that another program locked. Both are told at once, by a change that never reaches the disk. (On a
/// read-only file `BEGIN IMMEDIATE` alone would quietly begin a read.)
async fn refuse_read_only(sql: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *sql).await?;
    let probe = sqlx::raw_sql("CREATE TABLE probe (x)")
        .execute(&mut *sql)
        .await;
    sqlx::raw_sql("ROLLBACK").execute(sql).await?;
    probe?;
    Ok(())
}

pub(crate) async fn quick_check(sql: &mut SqliteConnection) -> Result<()> {
    let first: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(sql)
        .await?;
    if first == "ok" {
        return Ok(());
    }
    tracing::error!(finding = %first, "the database is damaged");
    Err(StoreError::Corrupt { backup: None })
}

async fn refuse_old_library(sql: &mut SqliteConnection) -> Result<()> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(sql)
        .await?;
    if is_new_enough(&found) {
        Ok(())
    } else {
        Err(StoreError::OldSqlite { found })
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= OLDEST_SQLITE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_lose_commits_are_refused() {
        assert!(!is_new_enough("3.51.2"));
        assert!(!is_new_enough("3.9.3"));
        assert!(is_new_enough("3.51.3"));
        assert!(is_new_enough("3.52.0"));
        assert!(is_new_enough("4.0.0"));
        assert!(!is_new_enough(""));
    }
}
