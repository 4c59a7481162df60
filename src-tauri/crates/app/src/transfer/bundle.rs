//! The full export, and taking it into an empty program with nothing lost.

mod read;
mod write;

use tokio::sync::mpsc;

use crate::error::Result;
use crate::exchange::bundle::BundleError;
use crate::types::ApiError;

/// Rows on their way between the database and the file.
const ON_THE_WAY: usize = 256;
/// Posts read at a time.
const PAGE: usize = 500;

impl From<BundleError> for ApiError {
    fn from(error: BundleError) -> Self {
        let code = match &error {
            BundleError::Disk(_) => model::ErrorCode::Storage,
            BundleError::Refused(_) => model::ErrorCode::Conflict,
            _ => model::ErrorCode::Validation,
        };
        let detail = match &error {
            BundleError::Disk(source) => Some(source.to_string()),
            _ => None,
        };
        let api = Self::new(code, error.to_string()).at("path");
        match detail {
            Some(detail) => api.with_detail(detail),
            None => api,
        }
    }
}

/// A channel with its two ends: one in the database's async world, one on the file's thread.
fn channel<T>() -> (mpsc::Sender<T>, mpsc::Receiver<T>) {
    mpsc::channel(ON_THE_WAY)
}

/// Waits for the file's thread.
async fn joined<T>(task: tokio::task::JoinHandle<Result<T, BundleError>>) -> Result<T> {
    let done = task
        .await
        .map_err(|e| ApiError::fault("the thread of an export", &e))?;
    Ok(done?)
}
