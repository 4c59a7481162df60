//! Single files: pasted ones, and what is known of them.

use base64::Engine as _;
use model::change::Actor;
use model::edit::Area;
use store::files::{self, FileInfo};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::data::{MediaBytes, MediaCrop, MediaIds, MediaImported, MediaInfo};

/// Largest pasted picture as base64, in bytes: fifty megabytes of picture.
const MAX_PASTED: usize = 70_000_000;

impl App {
    /// Takes a pasted picture into the library.
    pub async fn media_import_bytes(&self, input: MediaBytes) -> Result<MediaImported> {
        let name: String = input.name.chars().take(200).collect();
        let name = if name.trim().is_empty() {
            "Pasted picture".to_owned()
        } else {
            name
        };
        if input.data.len() > MAX_PASTED {
            return Err(ApiError::invalid(
                "data",
                "The pasted picture is larger than 50 MB.",
            ));
        }
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(input.data.as_bytes())
            .map_err(|_| ApiError::invalid("data", "What was pasted is no picture."))?;
        let taken = self.inner.library.import_bytes(name.clone(), bytes).await;
        let mut done = MediaImported::default();
        self.take_all(vec![(name, taken)], &mut done).await?;
        Ok(done)
    }

    /// The part of a picture worth keeping when it is cut to another shape.
    pub async fn media_best_part(&self, input: MediaCrop) -> Result<Area> {
        const WIDEST: u32 = 10_000;
        let (across, down) = input.ratio;
        if !(1..=WIDEST).contains(&across) || !(1..=WIDEST).contains(&down) {
            return Err(ApiError::invalid(
                "ratio",
                "A shape is a width and a height, such as 4 and 5.",
            ));
        }
        model::edit::check(&input.edits)
            .map_err(|error| ApiError::invalid("edits", error.to_string()))?;
        let name = "The picture".to_owned();
        let library = &self.inner.library;
        Ok(library
            .best_part(&input.id, name, input.edits, input.ratio)
            .await?)
    }

    /// Facts on files. One that the library has lost is marked as missing from then on.
    pub async fn media_info(&self, input: MediaIds) -> Result<Vec<MediaInfo>> {
        if input.ids.len() > 10_000 {
            return Err(ApiError::invalid(
                "ids",
                "Ask for at most 10,000 files at once.",
            ));
        }
        let mut conn = self.read().await?;
        let mut known = files::get_many(&mut conn, &input.ids).await?;
        drop(conn);
        let library = self.inner.library.clone();
        let ids: Vec<_> = known.iter().map(|f| f.id.clone()).collect();
        let there = tokio::task::spawn_blocking(move || {
            ids.iter()
                .map(|id| library.find(id).is_ok())
                .collect::<Vec<_>>()
        })
        .await
        .map_err(|e| ApiError::fault("looking for files", &e))?;
        for (file, there) in known.iter_mut().zip(there) {
            if file.missing == there {
                file.missing = !there;
                let mut tx = self.inner.store.begin(Actor::Program).await?;
                files::set_missing(&mut tx, &file.id, file.missing).await?;
                tx.commit().await?;
            }
        }
        Ok(known.into_iter().map(info).collect())
    }
}

/// A file as the screen knows it.
pub(crate) fn info(file: FileInfo) -> MediaInfo {
    MediaInfo {
        id: file.id,
        name: file.name,
        mime: file.mime,
        bytes: file.bytes,
        width: file.width,
        height: file.height,
        clip: file.clip,
        document: file.document,
        missing: file.missing,
        moving: file.moving,
        alt: file.alt,
        labels: file.labels,
        rights: file.rights,
        imported_at: file.imported_at,
        used: file.used,
    }
}
