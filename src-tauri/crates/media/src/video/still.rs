//! A picture that stands for a video: in strips and chips, in the editor, and as a poster.

use std::path::PathBuf;
use std::time::Duration;

use model::MediaId;
use model::edit::Operation;
use model::edit::film::Film;
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;

use super::make::told;
use super::tool::Ffmpeg;
use super::{arguments, probe};
use crate::arriving::place;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::Library;
use crate::thumb;

/// Two at a time: a screen full of videos asks for many.
static STILLS: Semaphore = Semaphore::const_new(2);

/// How long one may take.
const STILL_TIME: Duration = Duration::from_secs(30);

impl Library {
    /// What a page shows of a file with these operations: the edited picture, or of a video the picture
    /// that stands for it. None of a document, and of a video where `ffmpeg` is not at hand.
    pub async fn view(
        &self,
        id: &MediaId,
        name: String,
        operations: Vec<Operation>,
    ) -> Result<Option<PathBuf>, MediaError> {
        if self.find_video(id, &name).is_ok() {
            let to = self.edited_path(id, Kind::Jpeg, &operations);
            return self.still(id, &name, &operations, to).await;
        }
        let made = self.edited(id, name, operations).await?;
        Ok(Some(made.path))
    }

    /// The thumbnail of a video; none where `ffmpeg` is not at hand.
    pub(crate) async fn video_thumbnail(
        &self,
        id: &MediaId,
    ) -> Result<Option<PathBuf>, MediaError> {
        let name = format!("The video {}", &id.as_str()[..8]);
        let small = [Operation::Resize { side: thumb::SIDE }];
        let to = self.thumb_path(id, Kind::Jpeg);
        self.still(id, &name, &small, to).await
    }

    async fn still(
        &self,
        id: &MediaId,
        name: &str,
        operations: &[Operation],
        to: PathBuf,
    ) -> Result<Option<PathBuf>, MediaError> {
        if to.is_file() {
            return Ok(Some(to));
        }
        let Ok(tool) = self.ready(name).await else {
            return Ok(None);
        };
        let Ok(_one) = STILLS.acquire().await else {
            return Ok(None);
        };
        if to.is_file() {
            return Ok(Some(to));
        }
        let (original, kind) = self.find_video(id, name)?;
        let known = probe::look_at(original.clone(), name.to_owned(), kind).await?;
        let size = known.and_then(|film| film.width.zip(film.height));
        let length = known.and_then(|film| film.clip.length_ms);
        let moment = Film::of(operations).moment(length);
        // Past the last picture there is none; the first is always there.
        for at in [moment, 0] {
            let file =
                NamedTempFile::new_in(self.incoming()).map_err(|e| MediaError::io(name, e))?;
            let words = arguments::still(operations, at, &original, kind, size, file.path());
            run(&tool, name, &words).await?;
            if file.as_file().metadata().is_ok_and(|about| about.len() > 0) {
                place(file, &to).map_err(|e| MediaError::io(name, e))?;
                return Ok(Some(to));
            }
        }
        Ok(None)
    }
}

async fn run(tool: &Ffmpeg, name: &str, words: &[std::ffi::OsString]) -> Result<(), MediaError> {
    tool.run(words, STILL_TIME, |_| ())
        .await
        .map_err(|error| told(name, error, STILL_TIME))
}
