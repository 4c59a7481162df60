//! Recording: the temporary triggers and the life of a step.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::error::Result;
use crate::tx::{Step, Tx};

/// Steps kept.
pub(super) const DEEP: i64 = 100;
/// Bytes of images kept over all steps; the newest step always stays.
const BYTES: i64 = 64 * 1024 * 1024;

/// A table whose rows are recorded: the columns of its images and the columns whose change counts.
pub(crate) struct Recorded {
    pub(crate) table: &'static str,
    pub(crate) key: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// Columns of the images that others than people change as well: not compared before an undo.
    pub(crate) volatile: &'static [&'static str],
    /// Rows come and go by people's hands; otherwise only changes are recorded.
    pub(crate) whole_rows: bool,
}

/// Every recorded table. Columns of the publisher are left out: undo never moves a delivery.
pub(crate) const TABLES: &[Recorded] = &[
    Recorded {
        table: "workspaces",
        key: "id",
        columns: &["id", "name", "created_at", "deleted_at", "monthly_budget"],
        volatile: &[],
        whole_rows: true,
    },
    Recorded {
        table: "calendars",
        key: "id",
        columns: &[
            "id",
            "workspace_id",
            "name",
            "description",
            "zone",
            "working_hours",
            "default_accounts",
            "grace_minutes",
            "status",
            "paused",
            "created_at",
            "deleted_at",
            "most_posts",
        ],
        volatile: &[],
        whole_rows: true,
    },
    Recorded {
        table: "accounts",
        key: "id",
        columns: &[
            "id",
            "workspace_id",
            "network",
            "remote_id",
            "handle",
            "display_name",
            "server",
            "settings",
            "paused",
            "created_at",
            "deleted_at",
        ],
        volatile: &["remote_id", "handle", "display_name"],
        whole_rows: true,
    },
    Recorded {
        table: "slots",
        key: "id",
        columns: &["id", "account_id", "weekday", "time", "zone"],
        volatile: &[],
        whole_rows: true,
    },
    Recorded {
        table: "day_pauses",
        key: "id",
        columns: &["id", "account_id", "date", "reason"],
        volatile: &[],
        whole_rows: true,
    },
    Recorded {
        table: "posts",
        key: "id",
        columns: &[
            "id",
            "calendar_id",
            "when_kind",
            "wall",
            "zone",
            "at",
            "all_day",
            "editorial",
            "time_source",
            "created_at",
            "deleted_at",
            "content_type",
            "priority",
            "assignee",
            "labels",
            "media_count",
            "thumb",
            "words",
            "text_hash",
            "title",
            "segments",
            "notes",
        ],
        volatile: &["at"],
        whole_rows: true,
    },
    Recorded {
        table: "targets",
        key: "id",
        columns: &[
            "id",
            "post_id",
            "account_id",
            "position",
            "own_segments",
            "options",
            "called_off",
            "text_hash",
        ],
        volatile: &[],
        whole_rows: true,
    },
    Recorded {
        table: "media",
        key: "id",
        columns: &[
            "id",
            "name",
            "alt",
            "labels",
            "rights",
            "folded",
            "deleted_at",
        ],
        volatile: &["folded"],
        whole_rows: false,
    },
    Recorded {
        table: "webhooks",
        key: "id",
        columns: &[
            "id",
            "workspace_id",
            "contract",
            "url",
            "events",
            "kinds",
            "network",
            "max_retries",
            "active",
            "private",
            "created_at",
            "deleted_at",
        ],
        volatile: &[],
        whole_rows: true,
    },
    Recorded {
        table: "settings",
        key: "key",
        columns: &["key", "value"],
        volatile: &[],
        whole_rows: true,
    },
];

impl Recorded {
    /// Rows go to the bin instead of away.
    pub(crate) fn has_bin(&self) -> bool {
        self.columns.contains(&"deleted_at")
    }

    /// Rows have a version that grows with each change.
    pub(crate) fn bumps_version(&self) -> bool {
        self.table == "posts"
    }

    /// A column that no step changes, since the network says what is in it: in a row that is there it stays as it is.
    pub(crate) fn stays(&self, column: &str) -> bool {
        self.table == "accounts" && self.volatile.contains(&column)
    }

    /// The image of a row as an SQL expression; `row` is `new`, `old` or an alias.
    pub(crate) fn image(&self, row: &str) -> String {
        let mut sql = "json_object(".to_owned();
        for (index, column) in self.columns.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            // Infallible: writing to a String.
            let _ = write!(sql, "{comma}'{column}', {row}.{column}");
        }
        sql.push(')');
        sql
    }

    fn triggers(&self) -> String {
        let Self {
            table,
            key,
            columns,
            whole_rows,
            ..
        } = self;
        let trigger = |event: &str, name: &str, row: &str, before: &str, after: &str| {
            format!(
                "CREATE TEMP TRIGGER undo_{table}_{name} AFTER {event} ON main.{table}
                 WHEN (SELECT step FROM undo_open) IS NOT NULL
                 BEGIN
                   INSERT INTO undo_rows (step, tbl, key, image_before, image_after)
                   VALUES ((SELECT step FROM undo_open), '{table}', {row}.{key}, {before}, {after})
                   ON CONFLICT (step, tbl, key) DO UPDATE SET image_after = excluded.image_after;
                 END;\n"
            )
        };
        let (old, new) = (self.image("old"), self.image("new"));
        let update = format!("UPDATE OF {}", columns.join(", "));
        let mut sql = trigger(&update, "update", "new", &old, &new);
        if *whole_rows {
            sql += &trigger("INSERT", "insert", "new", "NULL", &new);
            sql += &trigger("DELETE", "delete", "old", &old, "NULL");
        }
        sql
    }
}

/// Makes the triggers on the writing connection. They are temporary: they always fit this program's
/// idea of the tables, and no other connection fires them.
pub(crate) async fn install(sql: &mut SqliteConnection) -> Result<()> {
    let mut script =
        "CREATE TEMP TABLE undo_open (step INTEGER);\nINSERT INTO undo_open VALUES (NULL);\n"
            .to_owned();
    for table in TABLES {
        script += &table.triggers();
    }
    sqlx::raw_sql(AssertSqlSafe(script)).execute(sql).await?;
    Ok(())
}

/// A step being recorded.
pub(crate) struct Open {
    id: i64,
    step: Step,
}

/// Starts recording: joins the newest step when the key is the same, else makes one.
pub(crate) async fn open(tx: &mut Tx, step: Step) -> Result<Open> {
    let joined: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM undo_steps
         WHERE key = ? AND id = (SELECT max(id) FROM undo_steps WHERE undone_at IS NULL)",
    )
    .bind(step.key.as_deref())
    .fetch_optional(tx.sql())
    .await?;
    let id = match joined {
        Some(id) => id,
        None => {
            sqlx::query("INSERT INTO undo_steps (at, words, key, workspace_id) VALUES (?, ?, ?, ?)")
                .bind(tx.now().as_millis())
                .bind(&step.words)
                .bind(step.key.as_deref())
                .bind(step.workspace_id.map(|id| id.to_string()))
                .execute(tx.sql())
                .await?
                .last_insert_rowid()
        }
    };
    sqlx::query("UPDATE undo_open SET step = ?")
        .bind(id)
        .execute(tx.sql())
        .await?;
    Ok(Open { id, step })
}

/// Stops recording. A step that changed nothing in the end is dropped; any other one clears what
/// could be redone and pushes the oldest out.
pub(crate) async fn close(tx: &mut Tx, open: Open) -> Result<Option<i64>> {
    let now = tx.now().as_millis();
    sqlx::query("UPDATE undo_open SET step = NULL")
        .execute(tx.sql())
        .await?;
    sqlx::query("DELETE FROM undo_rows WHERE step = ? AND image_before IS image_after")
        .bind(open.id)
        .execute(tx.sql())
        .await?;
    let (rows, bytes): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(coalesce(length(image_before), 0) + coalesce(length(image_after), 0)), 0)
         FROM undo_rows WHERE step = ?",
    )
    .bind(open.id)
    .fetch_one(tx.sql())
    .await?;
    if rows == 0 {
        sqlx::query("DELETE FROM undo_steps WHERE id = ?")
            .bind(open.id)
            .execute(tx.sql())
            .await?;
        return Ok(None);
    }
    sqlx::query("UPDATE undo_steps SET at = ?, words = ?, bytes = ? WHERE id = ?")
        .bind(now)
        .bind(&open.step.words)
        .bind(bytes)
        .bind(open.id)
        .execute(tx.sql())
        .await?;
    sqlx::query("DELETE FROM undo_steps WHERE undone_at IS NOT NULL")
        .execute(tx.sql())
        .await?;
    sqlx::query(
        "DELETE FROM undo_steps WHERE id IN (
           SELECT id FROM (
             SELECT id, row_number() OVER (ORDER BY id DESC) AS nth,
               sum(bytes) OVER (ORDER BY id DESC) AS size
             FROM undo_steps)
           WHERE nth > ? OR (size > ? AND nth > 1))",
    )
    .bind(DEEP)
    .bind(BYTES)
    .execute(tx.sql())
    .await?;
    Ok(Some(open.id))
}
