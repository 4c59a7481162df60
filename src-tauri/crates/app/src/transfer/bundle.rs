//! The full export and taking it in again.

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::data::{Counts, OnePath};

impl App {
    /// Writes everything, media included, into one file.
    pub async fn bundle_export(&self, _: OnePath) -> Result<Counts> {
        Err(ApiError::conflict("The full export is being built."))
    }

    /// Takes a full export into an empty program.
    pub async fn bundle_import(&self, _: OnePath) -> Result<Counts> {
        Err(ApiError::conflict("The full import is being built."))
    }
}
