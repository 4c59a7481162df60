//! The bytes of files: where they lie, copies of them, and taking them away for good.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use media::Kind;
use model::MediaId;
use store::{StoreError, files, library as rows};

use crate::app::App;
use crate::error::Result;
use crate::transfer::{chosen, refused};
use crate::types::data::OnePath;
use crate::types::library::{MediaCopy, OneMedia};
use crate::types::{ApiError, Nothing};

/// How old a file that no row knows has to be before it goes. Until then it may be on its way in, or
/// belong to a database that was set aside for a backup and may come back.
const UNKNOWN_KEEPS: Duration = Duration::from_hours(24 * 30);

impl App {
    /// Where a file lies on this computer; of one that is missing, where it lay.
    pub async fn media_place(&self, input: OneMedia) -> Result<OnePath> {
        let file = files::get(&mut self.read().await?, &input.id).await?;
        let library = &self.inner.library;
        let path = match library.find(&input.id) {
            Ok(path) => path,
            Err(error) => match Kind::from_mime(&file.mime) {
                Some(kind) => library.path(&input.id, kind),
                None => return Err(error.into()),
            },
        };
        Ok(OnePath {
            path: path.to_string_lossy().into_owned(),
        })
    }

    /// Writes a copy of a file somewhere else.
    pub async fn media_save_copy(&self, input: MediaCopy) -> Result<Nothing> {
        let to = chosen(&input.path)?;
        let from = self.inner.library.find(&input.id)?;
        let copied = tokio::task::spawn_blocking(move || {
            let wrong = |e: std::io::Error| refused("No copy was written", &to, &e);
            // Beside its place and then moved there: a copy is whole or not there.
            let folder = to.parent().unwrap_or(&to);
            let part = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
            std::fs::copy(&from, part.path()).map_err(wrong)?;
            part.persist(&to).map_err(|e| wrong(e.error))?;
            Ok::<_, ApiError>(())
        });
        copied
            .await
            .map_err(|e| ApiError::fault("copying a file", &e))??;
        Ok(Nothing {})
    }

    /// Takes the bytes of files away that are forgotten. One that came back meanwhile stays.
    pub(crate) async fn remove_bytes(&self, ids: Vec<MediaId>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let _held = self.inner.removing.lock().await;
        let mut conn = self.inner.store.read().await?;
        let gone = rows::unknown(&mut conn, &ids).await?;
        drop(conn);
        let library = self.inner.library.clone();
        let removing = tokio::task::spawn_blocking(move || {
            for id in gone {
                if let Err(error) = library.remove(&id) {
                    // The next clean-up finds it again.
                    tracing::warn!(%error, %id, "a deleted file could not be removed");
                }
            }
        });
        if let Err(error) = removing.await {
            tracing::error!(%error, "removing files failed unexpectedly");
        }
        Ok(())
    }

    /// Takes files away that lie in the library for a month and that nothing knows: what a crash left,
    /// or pictures of link cards.
    pub(crate) async fn remove_unknown(&self) -> Result<(), StoreError> {
        let library = self.inner.library.clone();
        let before = self.inner.now().minus(UNKNOWN_KEEPS);
        let before = u64::try_from(before.as_millis()).unwrap_or_default();
        let before = SystemTime::UNIX_EPOCH + Duration::from_millis(before);
        let old = move |path: &PathBuf| {
            let changed = std::fs::metadata(path).and_then(|about| about.modified());
            changed.is_ok_and(|at| at < before)
        };
        let looking = tokio::task::spawn_blocking(move || {
            let all = library.all()?;
            let old = all.into_iter().filter(|(_, path)| old(path));
            Ok::<_, media::MediaError>(old.map(|(id, _)| id).collect::<Vec<_>>())
        });
        let found = match looking.await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the library could not be cleaned up");
                return Ok(());
            }
            Err(error) => {
                tracing::error!(%error, "cleaning up the library failed unexpectedly");
                return Ok(());
            }
        };
        let mut conn = self.inner.store.read().await?;
        let unknown = rows::unknown(&mut conn, &found).await?;
        drop(conn);
        if !unknown.is_empty() {
            tracing::info!(
                files = unknown.len(),
                "files that nothing knows are removed"
            );
        }
        self.remove_bytes(unknown).await
    }
}
