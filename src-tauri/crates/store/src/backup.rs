//! Copies of the database: one before each migration, one a day, and putting one back.
//!
//! Copies are made with `VACUUM INTO`, which sees one consistent state while others write, and get
//! their final name only when they are whole and on disk.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use crate::error::{Result, StoreError};
use crate::store::{FILE, Store, quick_check};
use crate::{holds, lock};

/// Days of which a copy is kept.
const DAYS: usize = 7;
/// Weeks of which a copy is kept besides.
const WEEKS: usize = 4;
const DAILY: &str = "daily-";
const BY_HAND: &str = "by-hand-";
/// How far the time of a file may be from what its name says: one begun before midnight is written after it.
const NEAR: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// How a name of a copy made by hand tells its instant (UTC), which ends in thousandths.
const STAMP: &str = "%Y-%m-%dT%H-%M-%S";

/// The folder of the copies.
#[must_use]
pub fn folder(dir: &Path) -> PathBuf {
    dir.join("backups")
}

/// A copy in the backup folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made. By its name where that says so: the time of a file does not survive every way
    /// of copying a folder. Noon where only the day is known.
    pub at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

/// Every copy, newest first. An unreadable folder has none.
#[must_use]
pub fn list(dir: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(folder(dir)) else {
        return Vec::new();
    };
    let mut found: Vec<(Dated, Backup)> = entries
        .filter_map(std::result::Result::ok)
        .filter(|e| e.path().extension().is_some_and(|x| x == "db"))
        .filter_map(|e| {
            let meta = e.metadata().ok()?;
            let written = jiff::Timestamp::try_from(meta.modified().ok()?).ok()?;
            let dated = dated(e.file_name().to_str().unwrap_or_default(), written);
            let backup = Backup {
                path: e.path(),
                at: Timestamp::from_millis(dated.at.as_millisecond()),
                bytes: meta.len(),
            };
            Some((dated, backup))
        })
        .collect();
    // In a folder that was copied the files say nothing, and what they alone date may be of any age.
    let copied = found.iter().any(|(dated, _)| dated.by == By::NameAlone);
    found.sort_by_cached_key(|(dated, backup)| {
        let known = !copied || dated.by != By::File;
        Reverse((known, dated.from, backup.path.clone()))
    });
    found.into_iter().map(|(_, backup)| backup).collect()
}

/// When a copy was made, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dated {
    /// What is shown.
    at: jiff::Timestamp,
    /// The earliest that it can be, by which copies are put in order.
    from: jiff::Timestamp,
    by: By,
}

/// What says when a copy was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The time of its file alone.
    File,
    /// Its name, and its file does not say otherwise.
    Name,
    /// Its name alone: its file says otherwise, as after its folder was copied.
    NameAlone,
}

/// When a copy of this name was made that the file system says was written then. The name of a daily copy
/// tells the day alone: the hour is the file's, if it was written on that day.
fn dated(name: &str, written: jiff::Timestamp) -> Dated {
    let known = |at: jiff::Timestamp, from| {
        let near = written.duration_since(at).abs() <= NEAR;
        let by = if near { By::Name } else { By::NameAlone };
        Dated { at, from, by }
    };
    if let Some(at) = stamp_of(name) {
        return known(at, at);
    }
    match date_of(name) {
        Some(day) if TimeZone::UTC.to_datetime(written).date() != day => {
            let at = |hour| TimeZone::UTC.to_timestamp(day.at(hour, 0, 0, 0));
            // Noon (UTC) is on that day nearly everywhere, as midnight is not.
            known(at(12).unwrap_or(written), at(0).unwrap_or(written))
        }
        Some(_) => known(written, written),
        None => Dated {
            at: written,
            from: written,
            by: By::File,
        },
    }
}

/// The instant in the name of a copy made by hand.
fn stamp_of(name: &str) -> Option<jiff::Timestamp> {
    let stamp = name.strip_prefix(BY_HAND)?.strip_suffix("Z.db")?;
    let (seconds, thousandths) = stamp.rsplit_once('-')?;
    let at = DateTime::strptime(STAMP, seconds).ok()?;
    let at = TimeZone::UTC.to_timestamp(at).ok()?;
    let thousandths = jiff::SignedDuration::from_millis(thousandths.parse().ok()?);
    at.checked_add(thousandths).ok()
}

/// The newest copy.
#[must_use]
pub fn newest(dir: &Path) -> Option<PathBuf> {
    list(dir).into_iter().next().map(|b| b.path)
}

impl Store {
    /// Makes a copy now, kept until a person deletes it.
    pub async fn backup_now(&self) -> Result<PathBuf> {
        let stamp = self.now().rfc3339().replace([':', '.'], "-");
        let path = folder(self.dir()).join(format!("{BY_HAND}{stamp}.db"));
        let _open = self.keep_open().await?;
        let mut sql = SqliteConnection::connect_with(&self.inner.options).await?;
        let made = copy(&mut sql, &path).await;
        sql.close().await?;
        made.map(|()| path)
    }

    /// Makes the copy of the day (UTC) unless it is there, and drops copies past 7 days and 4 weeks.
    /// Returns the copy made. A damaged database is reported and never copied over a good backup.
    pub async fn backup_if_due(&self) -> Result<Option<PathBuf>> {
        let today = day_of(self.now())?;
        let folder = folder(self.dir());
        let path = folder.join(format!("{DAILY}{today}.db"));
        if path.exists() {
            return Ok(None);
        }
        let _open = self.keep_open().await?;
        // A connection of its own: a query-only reader may not copy, and the writer must not wait.
        let mut sql = SqliteConnection::connect_with(&self.inner.options).await?;
        let made = match quick_check(&mut sql).await {
            Ok(()) => copy(&mut sql, &path).await,
            Err(error) => Err(error),
        };
        sql.close().await?;
        made.map_err(|error| match error {
            StoreError::Corrupt { .. } => StoreError::Corrupt {
                backup: newest(self.dir()),
            },
            other => other,
        })?;
        rotate(&folder);
        Ok(Some(path))
    }
}

fn day_of(at: Timestamp) -> Result<Date> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis())
        .map_err(|e| StoreError::internal(format!("the clock is out of range: {e}")))?;
    Ok(TimeZone::UTC.to_datetime(at).date())
}

/// The copy before a migration, named by both schema numbers; an older one of the same name (from a
/// try that failed) is replaced.
pub(crate) async fn before_migration(
    sql: &mut SqliteConnection,
    dir: &Path,
    from: i64,
    to: i64,
) -> Result<PathBuf> {
    let path = folder(dir).join(format!("before-update-{from}-to-{to}.db"));
    copy(sql, &path).await?;
    Ok(path)
}

async fn copy(sql: &mut SqliteConnection, path: &Path) -> Result<()> {
    let io = |e| StoreError::io("write a backup", path, e);
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(io)?;
    let part = path.with_extension("part");
    remove_if_there(&part).map_err(io)?;
    let target = part
        .to_str()
        .ok_or_else(|| StoreError::internal("the path of the data folder is not UTF-8"))?;
    let copied = sqlx::query("VACUUM INTO ?").bind(target).execute(sql).await;
    if let Err(error) = copied {
        remove_if_there(&part).ok();
        return Err(error.into());
    }
    File::open(&part).and_then(|f| f.sync_all()).map_err(io)?;
    fs::rename(&part, path).map_err(io)?;
    sync_folder(folder).map_err(io)
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes names in a folder durable; not needed and not possible on Windows.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// Deletes daily copies that are neither among the newest days nor the newest of a recent week.
/// Copies made before migrations stay.
fn rotate(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let dates: Vec<Date> = entries
        .filter_map(std::result::Result::ok)
        .filter_map(|e| date_of(e.file_name().to_str()?))
        .collect();
    for date in surplus(dates) {
        if let Err(error) = fs::remove_file(folder.join(format!("{DAILY}{date}.db"))) {
            tracing::warn!(%error, %date, "an old backup could not be deleted");
        }
    }
}

fn date_of(name: &str) -> Option<Date> {
    name.strip_prefix(DAILY)?.strip_suffix(".db")?.parse().ok()
}

/// The dates whose copies go.
fn surplus(mut dates: Vec<Date>) -> Vec<Date> {
    dates.sort_unstable();
    dates.reverse();
    let mut weeks = Vec::new();
    dates
        .into_iter()
        .enumerate()
        .filter(|(index, date)| {
            let iso = date.iso_week_date();
            let week = (iso.year(), iso.week());
            let first_of_its_week = !weeks.contains(&week);
            if first_of_its_week {
                weeks.push(week);
            }
            let kept = *index < DAYS || (first_of_its_week && weeks.len() <= WEEKS);
            !kept
        })
        .map(|(_, date)| date)
        .collect()
}

/// Puts a copy in the place of the database. The store must be closed. The damaged file is kept in
/// the folder `broken`, named by the time; its path is returned. Everything is held afterwards, and
/// the time is noted, so that what was due since is confirmed before anything is sent.
pub async fn restore(dir: &Path, backup: &Path, now: Timestamp) -> Result<PathBuf> {
    let _lock = lock::take(dir)?;
    let io = |e| StoreError::io("put the backup in place", dir, e);
    let part = dir.join(format!("{FILE}.part"));
    fs::copy(backup, &part).map_err(|e| StoreError::io("read the backup", backup, e))?;
    hold_copy(&part, now).await?;
    File::open(&part).and_then(|f| f.sync_all()).map_err(io)?;

    let stamp = now.rfc3339().replace(':', "-");
    let broken = dir.join("broken").join(format!("{stamp}.db"));
    fs::create_dir_all(dir.join("broken")).map_err(io)?;
    let file = dir.join(FILE);
    // Copied, not moved: were the power cut here, a folder without a database would open as new.
    for suffix in ["", "-wal"] {
        let from = with_suffix(&file, suffix);
        if from.exists() {
            fs::copy(&from, with_suffix(&broken, suffix)).map_err(io)?;
        }
    }
    sync_folder(&dir.join("broken")).map_err(io)?;
    // The log of the damaged file must never be replayed over the restored one.
    remove_if_there(&with_suffix(&file, "-wal")).map_err(io)?;
    remove_if_there(&with_suffix(&file, "-shm")).map_err(io)?;
    fs::rename(&part, &file).map_err(io)?;
    sync_folder(dir).map_err(io)?;
    Ok(broken)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Writes the hold into the copy before it takes its place, so that no crash can let it publish.
async fn hold_copy(path: &Path, now: Timestamp) -> Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let mut sql = SqliteConnection::connect_with(&options).await?;
    quick_check(&mut sql).await?;
    holds::mark_restored(&mut sql, now).await?;
    sql.close().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn instant(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn seven_days_and_four_weeks_stay() {
        let all: Vec<Date> = (1..=30).map(|d| date(2026, 6, d)).collect();
        let gone = surplus(all.clone());
        let kept: Vec<String> = all
            .into_iter()
            .filter(|d| !gone.contains(d))
            .map(|d| d.to_string())
            .collect();
        // 30 June 2026 is a Tuesday: seven days back to the 24th, then Sundays of the weeks before.
        assert_eq!(
            kept,
            [
                "2026-06-14",
                "2026-06-21",
                "2026-06-24",
                "2026-06-25",
                "2026-06-26",
                "2026-06-27",
                "2026-06-28",
                "2026-06-29",
                "2026-06-30",
            ]
        );
    }

    #[test]
    fn a_copy_keeps_its_time_when_its_folder_was_copied() {
        let copied = instant("2026-07-01T10:02:00Z");
        let daily = |written: &str| {
            let dated = dated("daily-2026-06-14.db", instant(written));
            (dated.at.to_string(), dated.by)
        };
        // In California that is still the 14th.
        let noon = "2026-06-14T12:00:00Z".to_owned();
        assert_eq!(daily("2026-07-01T10:02:00Z"), (noon.clone(), By::NameAlone));
        assert_eq!(daily("2026-06-15T00:00:01Z"), (noon, By::Name));
        let written = "2026-06-14T08:30:00Z";
        assert_eq!(daily(written), (written.to_owned(), By::Name));
        assert_eq!(
            dated("by-hand-2026-06-14T12-30-05-123Z.db", copied).at,
            instant("2026-06-14T12:30:05.123Z")
        );
        for other in ["before-update-1-to-2.db", "by-hand-mine.db", "mine.db"] {
            let dated = dated(other, copied);
            assert_eq!((dated.at, dated.by), (copied, By::File), "{other}");
        }
    }

    /// The names of a folder's copies, newest first.
    fn in_order(copies: &[(&str, &str)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(folder(dir.path())).unwrap();
        for (name, written) in copies {
            let file = File::create(folder(dir.path()).join(name)).unwrap();
            file.set_modified(instant(written).try_into().unwrap())
                .unwrap();
        }
        let name = |copy: Backup| copy.path.file_name().unwrap().to_str().unwrap().to_owned();
        list(dir.path()).into_iter().map(name).collect()
    }

    #[test]
    fn the_newest_copy_is_the_one_made_last_whatever_the_files_say() {
        let by_hand = "by-hand-2026-06-14T08-30-05-123Z.db";
        let (today, before) = ("daily-2026-06-14.db", "daily-2026-06-13.db");
        let update = "before-update-1-to-2.db";
        let copied = "2026-07-01T10:02:00Z";
        let all = [before, by_hand, today, update].map(|name| (name, copied));
        assert_eq!(in_order(&all), [by_hand, today, before, update]);
        let made = [
            (today, "2026-06-14T08:00:00Z"),
            (by_hand, "2026-06-14T08:30:05Z"),
            (update, "2026-06-14T09:00:00Z"),
            (before, "2026-06-13T08:00:00Z"),
        ];
        assert_eq!(in_order(&made), [update, by_hand, today, before]);
    }

    #[test]
    fn other_files_are_never_rotated() {
        assert_eq!(date_of("before-update-1-to-2.db"), None);
        assert_eq!(date_of("daily-2026-06-14.db"), Some(date(2026, 6, 14)));
        assert_eq!(date_of("daily-mine.db"), None);
    }
}
