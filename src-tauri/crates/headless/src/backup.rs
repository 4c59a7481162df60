//! `backup` and `restore`.

use app::types::data::{Backup, DataStatus};
use app::{OpenError, OpenTrouble};
use model::Clock;
use serde_json::json;

use crate::cli::Restore;
use crate::door::{Door, through};
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

/// Makes a backup.
pub async fn make(place: &Place, say: &Say) -> Result<(), Trouble> {
    through(place, false, async |door: &Door| {
        let status: DataStatus = door.call("data.backup", json!({})).await?;
        match status.backups.first() {
            Some(newest) => say.answer(newest, || vec![newest.path.clone()]),
            None => return Err(Trouble::missing("No backup was made.")),
        }
        Ok(())
    })
    .await
}

/// Goes back to a backup. A database that does not open any more is put right without opening it.
pub async fn restore(place: &Place, args: Restore, say: &Say) -> Result<(), Trouble> {
    let app = match place.open(false).await {
        Ok(app) => app,
        Err(error) if error.trouble == OpenTrouble::InUse => {
            return Err(Trouble::InUse(
                "Almanac runs on this data folder. End it first: a backup is put in its place only while nobody has it."
                    .to_owned(),
            ));
        }
        Err(error) if lost(&error) && !args.list => {
            let backup = args
                .backup
                .or(error.backup)
                .ok_or_else(|| Trouble::missing("There is no backup that could be put back."))?;
            return put_back(place, &backup, say).await;
        }
        Err(error) => return Err(Trouble::NotOpen(error)),
    };
    let status = app.data_status(app::types::Nothing {}).await;
    app.shutdown().await;
    let backups = status?.backups;
    if args.list {
        say.answer(&backups, || backups.iter().map(line).collect());
        return Ok(());
    }
    let wanted = args.backup.map(std::path::absolute).transpose()?;
    let chosen = match wanted {
        Some(wanted) => backups.iter().find(|b| wanted == *b.path),
        None => backups.first(),
    };
    let chosen = chosen.ok_or_else(|| {
        Trouble::missing(
            "That is not one of the backups of this data folder. See: almanac-server restore --list",
        )
    })?;
    put_back(place, std::path::Path::new(&chosen.path), say).await
}

/// Whether there is no database that could be opened. A folder without any backup may lie on a disk that is
/// not connected: what is put there now would vanish when it is.
const fn lost(error: &OpenError) -> bool {
    match error.trouble {
        OpenTrouble::Corrupt => true,
        OpenTrouble::Missing => error.backup.is_some(),
        _ => false,
    }
}

async fn put_back(place: &Place, backup: &std::path::Path, say: &Say) -> Result<(), Trouble> {
    let now = app::system::SystemClock::new().now();
    let kept = app::restore_backup(&place.data, backup, now).await?;
    // Where the database was lost there was nothing to keep.
    let kept = kept.exists().then_some(kept);
    say.note("Everything is held until you release it: in the screen, or in Settings.");
    say.answer(&json!({ "restored": backup, "kept": kept }), || {
        let put_back = format!("Put back: {}", backup.display());
        let kept = kept
            .as_ref()
            .map(|kept| format!("What was there before is kept: {}", kept.display()));
        [put_back].into_iter().chain(kept).collect()
    });
    Ok(())
}

fn line(backup: &Backup) -> String {
    format!(
        "{}  {} bytes  {}",
        backup.at.rfc3339(),
        backup.bytes,
        backup.path
    )
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn nothing_is_put_where_the_disk_of_a_calendar_may_be_missing() {
        let error = |trouble, backup: Option<&str>| OpenError {
            trouble,
            message: String::new(),
            backup: backup.map(PathBuf::from),
            folder: PathBuf::from("/mnt/disk/almanac"),
        };
        let there = Some("/mnt/disk/almanac/backups/daily-2026-05-14.db");
        assert!(lost(&error(OpenTrouble::Missing, there)));
        assert!(!lost(&error(OpenTrouble::Missing, None)));
        // A file that was named can take the place of a damaged one, whether it left backups or not.
        assert!(lost(&error(OpenTrouble::Corrupt, None)));
        assert!(!lost(&error(OpenTrouble::DiskFull, there)));
    }
}
