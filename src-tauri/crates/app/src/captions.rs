//! Files of captions for videos.

use std::io::Read as _;
use std::path::PathBuf;

use model::captions::{CaptionsError, language_of_name, read};

use crate::app::App;
use crate::error::Result;
use crate::text_file::decoded;
use crate::types::ApiError;
use crate::types::library::{CaptionsFile, CaptionsRead};

/// Largest file of captions, in bytes: far more than any has, looks and all.
const MAX_FILE: u64 = 2_000_000;

impl App {
    /// Reads a file of captions. What is in it goes into the edits of a video; the file itself is not kept.
    pub async fn media_captions(&self, input: CaptionsFile) -> Result<CaptionsRead> {
        let path = PathBuf::from(input.path);
        if !path.is_absolute() {
            return Err(gone());
        }
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let bytes = tokio::task::spawn_blocking(move || -> std::io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            let file = std::fs::File::open(path)?;
            // A pipe or a device would be waited for without end.
            if !file.metadata()?.is_file() {
                return Err(std::io::ErrorKind::NotFound.into());
            }
            file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
        .map_err(|e| ApiError::fault("reading captions", &e))?
        .map_err(|_| gone())?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(refused(CaptionsError::TooMuch));
        }
        let text = decoded(&bytes).ok_or_else(|| refused(CaptionsError::Nothing))?;
        Ok(CaptionsRead {
            language: language_of_name(&name),
            cues: read(&text).map_err(refused)?,
        })
    }
}

fn gone() -> ApiError {
    ApiError::invalid(
        "path",
        "The file of captions cannot be read. Check that it is still there, and choose it again.",
    )
}

fn refused(error: CaptionsError) -> ApiError {
    ApiError::invalid("path", error.to_string())
}
