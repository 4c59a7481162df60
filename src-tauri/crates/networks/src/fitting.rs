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

/// The picture of the moment that a person chose to stand for a video, within these limits and as a JPEG. None where
/// nobody chose one, and where it cannot be cut out: a video is not held back for its cover.
pub async fn poster(file: &JobMedia, limits: media::Limits) -> Option<media::Rendition> {
    let Original { library, id, edits } = file.poster.as_ref()?;
    let name = || "the poster of a video of this post".to_owned();
    let limits = media::Limits {
        formats: vec![media::Kind::Jpeg],
        ..limits
    };
    let made = async {
        match library.view(id, name(), edits.clone()).await? {
            Some(path) => media::render_for(path, name(), limits).await.map(Some),
            None => Ok(None),
        }
    };
    made.await.unwrap_or_else(|error| {
        let detail = error.detail().unwrap_or_default();
        tracing::warn!(%error, detail, "the poster of a video could not be made");
        None
    })
}

/// Whether a network that refused a video may have done so for its poster: it said no to what it got, and not to who
/// sent it or when. Where the refused call certainly showed nothing, it is made once more without the poster.
#[must_use]
pub fn may_be_for_poster(refusal: &Refusal) -> bool {
    matches!(
        refusal.category,
        Category::MediaError | Category::Validation
    )
}

/// What is told where a network took a video only without its poster.
#[must_use]
pub fn poster_left_out(network: &str) -> String {
    format!(
        "Its poster is not there: {network} took the video only without it. Look there whether another one can be chosen."
    )
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
