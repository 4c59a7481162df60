//! Migrations: embedded, all pending ones in one transaction, a backup first.
//!
//! The schema number stands in `user_version`. Rules: never change the meaning of a column, add
//! columns with defaults, drop late; a file of a higher number is refused before anything is read.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::backup;
use crate::error::{Result, StoreError};

/// One migration: its number and its statements.
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) sql: &'static str,
}

/// Every migration, in order.
pub(crate) const ALL: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("../migrations/0001_first.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("../migrations/0002_turns_and_runs.sql"),
    },
    Migration {
        number: 3,
        sql: include_str!("../migrations/0003_day_pauses.sql"),
    },
    Migration {
        number: 4,
        sql: include_str!("../migrations/0004_placed.sql"),
    },
    Migration {
        number: 5,
        sql: include_str!("../migrations/0005_money.sql"),
    },
    Migration {
        number: 6,
        sql: include_str!("../migrations/0006_library.sql"),
    },
    Migration {
        number: 7,
        sql: include_str!("../migrations/0007_clips.sql"),
    },
    Migration {
        number: 8,
        sql: include_str!("../migrations/0008_first_comments.sql"),
    },
    Migration {
        number: 10,
        sql: include_str!("../migrations/0010_keys.sql"),
    },
    Migration {
        number: 11,
        sql: include_str!("../migrations/0011_programs.sql"),
    },
    Migration {
        number: 12,
        sql: include_str!("../migrations/0012_webhooks.sql"),
    },
    Migration {
        number: 13,
        sql: include_str!("../migrations/0013_most_posts.sql"),
    },
    Migration {
        number: 14,
        sql: include_str!("../migrations/0014_access.sql"),
    },
    Migration {
        number: 15,
        sql: include_str!("../migrations/0015_calendar_changed.sql"),
    },
    Migration {
        number: 16,
        sql: include_str!("../migrations/0016_documents.sql"),
    },
    Migration {
        number: 17,
        sql: include_str!("../migrations/0017_shown_at.sql"),
    },
    Migration {
        number: 18,
        sql: include_str!("../migrations/0018_unknown_since.sql"),
    },
];

/// What a migration did.
#[derive(Debug, Default)]
pub(crate) struct Migrated {
    /// The file was empty.
    pub(crate) fresh: bool,
    /// The number it had before, when it had data and was brought up.
    pub(crate) from: Option<i64>,
    /// The copy made before.
    pub(crate) backup: Option<PathBuf>,
}

/// Brings the file up to the newest number in `all`, or refuses a newer one.
pub(crate) async fn run(
    sql: &mut SqliteConnection,
    dir: &Path,
    all: &[Migration],
    program_version: &str,
) -> Result<Migrated> {
    let newest = all.last().map_or(0, |m| m.number);
    let found = number(sql).await?;
    if found > newest {
        return Err(StoreError::NewerFile {
            by: written_by(sql).await,
            found,
            known: newest,
        });
    }
    if found == newest {
        note_program(sql, program_version).await?;
        return Ok(Migrated::default());
    }
    let mut done = Migrated {
        fresh: found == 0,
        ..Migrated::default()
    };
    if found > 0 {
        done.from = Some(found);
        done.backup = Some(backup::before_migration(sql, dir, found, newest).await?);
    }
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *sql).await?;
    let result = apply(sql, all, found).await;
    if let Err(error) = result {
        sqlx::raw_sql("ROLLBACK").execute(&mut *sql).await.ok();
        return Err(error);
    }
    sqlx::raw_sql("COMMIT").execute(&mut *sql).await?;
    note_program(sql, program_version).await?;
    Ok(done)
}

async fn apply(sql: &mut SqliteConnection, all: &[Migration], found: i64) -> Result<()> {
    // Read again under the write lock: another opener may have been quicker.
    let found = number(sql).await?.max(found);
    for migration in all.iter().filter(|m| m.number > found) {
        sqlx::raw_sql(migration.sql).execute(&mut *sql).await?;
        sqlx::raw_sql(AssertSqlSafe(format!(
            "PRAGMA user_version = {}",
            migration.number
        )))
        .execute(&mut *sql)
        .await?;
    }
    Ok(())
}

async fn number(sql: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(sql)
        .await?)
}

/// The program that wrote a newer file. `meta` is promised to stay as it is, so that this works.
async fn written_by(sql: &mut SqliteConnection) -> String {
    let version: Option<String> =
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'program_version'")
            .fetch_optional(sql)
            .await
            .unwrap_or_default();
    version.unwrap_or_else(|| "version unknown".to_owned())
}

/// Notes the program's version, writing only when it changed: opening must not cost a sync.
async fn note_program(sql: &mut SqliteConnection, version: &str) -> Result<()> {
    let known: Option<String> =
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'program_version'")
            .fetch_optional(&mut *sql)
            .await?;
    if known.as_deref() != Some(version) {
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES ('program_version', ?)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(version)
        .execute(sql)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    const SECOND: Migration = Migration {
        number: 2,
        sql: "ALTER TABLE meta ADD COLUMN extra TEXT; DROP TABLE changes;",
    };
    const BROKEN: Migration = Migration {
        number: 3,
        sql: "CREATE TABLE more (id); SELECT nothing;",
    };

    /// The first one alone, for what these tests build on it.
    const FIRST: &[Migration] = ALL.split_at(1).0;

    async fn connect(path: &Path) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    async fn count(sql: &mut SqliteConnection, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(sql).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_with_data_is_copied_before_it_is_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let mut sql = connect(&dir.path().join("almanac.db")).await;
        let first = run(&mut sql, dir.path(), FIRST, "1.0").await.unwrap();
        assert!(first.fresh && first.backup.is_none());
        sqlx::raw_sql("INSERT INTO settings VALUES ('kept', '1')")
            .execute(&mut sql)
            .await
            .unwrap();

        let all = [Migration { ..*first_of(FIRST) }, SECOND];
        let done = run(&mut sql, dir.path(), &all, "2.0").await.unwrap();
        assert_eq!((done.fresh, done.from), (false, Some(1)));
        assert_eq!(number(&mut sql).await.unwrap(), 2);
        let mut copy = connect(&done.backup.unwrap()).await;
        assert_eq!(number(&mut copy).await.unwrap(), 1);
        assert_eq!(count(&mut copy, "SELECT count(*) FROM settings").await, 1);
        assert_eq!(count(&mut copy, "SELECT count(*) FROM changes").await, 0);
        let again = run(&mut sql, dir.path(), &all, "2.0").await.unwrap();
        assert!(again.backup.is_none() && !again.fresh);
    }

    fn first_of(all: &[Migration]) -> &Migration {
        all.first().unwrap()
    }

    #[tokio::test]
    async fn migrations_are_all_or_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut sql = connect(&dir.path().join("almanac.db")).await;
        run(&mut sql, dir.path(), FIRST, "1.0").await.unwrap();
        let all = [Migration { ..*first_of(FIRST) }, SECOND, BROKEN];
        run(&mut sql, dir.path(), &all, "2.0").await.unwrap_err();
        assert_eq!(number(&mut sql).await.unwrap(), 1);
        assert_eq!(count(&mut sql, "SELECT count(*) FROM changes").await, 0);
        // The sentence an older program shows must name the program that really wrote the file.
        assert_eq!(written_by(&mut sql).await, "1.0");
    }

    #[tokio::test]
    async fn a_newer_file_is_refused_untouched_and_names_its_program() {
        let dir = tempfile::tempdir().unwrap();
        let mut sql = connect(&dir.path().join("almanac.db")).await;
        let all = [Migration { ..*first_of(FIRST) }, SECOND];
        run(&mut sql, dir.path(), &all, "2.5").await.unwrap();
        let error = run(&mut sql, dir.path(), FIRST, "1.0").await.unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::NewerFile {
                    found: 2,
                    known: 1,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains("2.5"), "{error}");
        assert_eq!(number(&mut sql).await.unwrap(), 2);
        assert_eq!(written_by(&mut sql).await, "2.5");
    }
}
