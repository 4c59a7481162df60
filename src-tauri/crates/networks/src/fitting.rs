//! Making a picture of a post fit a network, with the words for what cannot be made to fit.

use model::ErrorCode;
use model::failure::Category;

use crate::connector::{JobMedia, Original, Refusal};

/// The picture within these limits, without anything that tells where it was taken.
pub async fn picture(file: &JobMedia, limits: media::Limits) -> Result<media::Rendition, Refusal> {
    let name = "a picture of this post".to_owned();
    let made = match &file.original {
        Some(Original { library, id, edits }) => {
            library.rendition(id, name, edits.clone(), limits).await
        }
        None => media::render_for(file.path.clone(), name, limits).await,
    };
    made.map_err(|error| refused(&error))
}

/// What a picture that could not be made means for a delivery.
#[must_use]
pub fn refused(error: &media::MediaError) -> Refusal {
    let refusal = match error.code() {
        ErrorCode::Storage | ErrorCode::Internal => {
            Refusal::later(Category::MediaError, error.to_string())
        }
        _ => Refusal::never(Category::MediaError, error.to_string()),
    };
    match error.detail() {
        Some(detail) => refusal.with_detail(detail),
        None => refusal,
    }
}
