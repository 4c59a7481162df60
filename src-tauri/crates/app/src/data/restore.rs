//! Going back to a backup: noted now, done at the next start, before the database is opened.

use std::path::Path;

use model::Timestamp;
use store::StoreError;

use crate::app::App;
use crate::error::Result;
use crate::open::{OpenError, OpenTrouble};
use crate::types::data::{DataStatus, OnePath};
use crate::types::{ApiError, Nothing};

use super::{chosen, refused};

/// The note that asks for it.
const NOTE: &str = "restore-at-start";

impl App {
    /// Goes back to a backup. The program has to start anew for it; everything is held afterwards, and
    /// the database of now is kept beside it.
    pub async fn data_restore(&self, input: OnePath) -> Result<DataStatus> {
        let backup = chosen(&input.path)?;
        let dir = &self.inner.config.data_dir;
        if !store::backup::list(dir).iter().any(|b| b.path == backup) {
            return Err(ApiError::invalid(
                "path",
                "That is not one of the backups of this data folder. Choose one from the list.",
            ));
        }
        let name = backup
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        std::fs::write(dir.join(NOTE), name)
            .map_err(|e| refused("The backup was not put back.", &e))?;
        let status = self.data_status(Nothing {}).await?;
        self.inner.restart.send_replace(true);
        Ok(status)
    }
}

/// Puts the backup back that was asked for before the program ended. When that does not work, this one
/// start says so, and the next goes on with the database as it was: a host leaves that to the person.
pub(crate) async fn restore_if_asked(dir: &Path, now: Timestamp) -> Result<(), OpenError> {
    let note = dir.join(NOTE);
    let Ok(name) = std::fs::read_to_string(&note) else {
        return Ok(());
    };
    // Only a name: the note cannot lead anywhere else.
    let Some(name) = Path::new(name.trim()).file_name() else {
        return Ok(());
    };
    let backup = store::backup::folder(dir).join(name);
    let restored = store::backup::restore(dir, &backup, now).await;
    if let Err(error @ (StoreError::FolderInUse { .. } | StoreError::Locked)) = &restored {
        return Err(OpenError::of(error, dir));
    }
    if let Err(error) = std::fs::remove_file(&note) {
        tracing::error!(%error, "the note that asks for a restore could not be removed");
    }
    match restored {
        Ok(kept) => {
            tracing::info!(kept = %kept.display(), "a backup was put back");
            Ok(())
        }
        Err(error) => {
            tracing::error!(?error, "a backup could not be put back");
            Err(OpenError {
                trouble: OpenTrouble::NotRestored,
                message: format!(
                    "The backup {} could not be put back: it cannot be read or is damaged. Nothing was changed, and nothing is published now. Try again to go on as before, and choose another backup in Settings, Data.",
                    Path::new(name).display()
                ),
                backup: None,
                folder: dir.to_owned(),
            })
        }
    }
}
