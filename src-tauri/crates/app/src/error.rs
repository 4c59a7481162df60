//! From the errors of every crate below to the one that all doors show.

use model::ErrorCode;
use model::error::Fix;
use model::failure::Category;
use model::when::WhenError;
use networks::connector::Refusal;
use networks::vault::VaultError;

use crate::types::ApiError;

/// What a command answers when it did not work.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// Most characters of *Details*.
const MAX_DETAIL: usize = 2_000;
/// Most characters of a sentence.
const MAX_MESSAGE: usize = 1_000;

impl ApiError {
    /// An error with a sentence for a person.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message = bounded(message.into(), MAX_MESSAGE);
        Self {
            code,
            message,
            field: None,
            detail: None,
            fix: None,
        }
    }

    /// A rule of the input that is broken.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Validation, message).at(field)
    }

    /// The state of the thing does not allow this.
    #[must_use]
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// The thing is not there.
    #[must_use]
    pub fn missing(what: &str) -> Self {
        Self::new(
            ErrorCode::NotFound,
            format!("This {what} is not there any more."),
        )
    }

    /// The same, naming the field it concerns.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The same with words for *Details*; the caller made sure that they hold no secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(bounded(detail.into(), MAX_DETAIL));
        self
    }

    /// The same with the button that mends it.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// A fault of this program: the detail goes to the log under a number that the person can name.
    pub(crate) fn fault(what: &'static str, detail: &dyn std::fmt::Display) -> Self {
        tracing::error!(what, %detail, "a command failed");
        Self::new(
            ErrorCode::Internal,
            "Almanac could not do this because of a fault of its own. Nothing was changed; the log has the detail.",
        )
    }
}

/// Cuts a text at a character and says that it was cut.
fn bounded(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> Self {
        if let store::StoreError::Internal { detail } = &error {
            tracing::error!(%detail, "the store failed");
        }
        let field = match &error {
            store::StoreError::Invalid { field, .. } => Some((*field).to_owned()),
            _ => None,
        };
        let fix = matches!(error, store::StoreError::Placed(_)).then_some(Fix::TakeBack);
        Self {
            field,
            fix,
            ..Self::new(error.code(), error.to_string())
        }
    }
}

impl From<media::MediaError> for ApiError {
    fn from(error: media::MediaError) -> Self {
        let detail = error.detail();
        if error.code() == ErrorCode::Internal {
            tracing::error!(?detail, "the media library failed");
        }
        let api = Self::new(error.code(), error.to_string());
        match detail {
            Some(detail) => api.with_detail(detail),
            None => api,
        }
    }
}

impl From<WhenError> for ApiError {
    fn from(error: WhenError) -> Self {
        let field = match error {
            WhenError::UnknownZone(_) => "zone",
            WhenError::NotATime(_) | WhenError::OutOfRange => "when",
        };
        Self::invalid(field, error.to_string())
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        Self::new(ErrorCode::Account, error.to_string())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.category {
            Category::RateLimited => ErrorCode::RateLimited,
            Category::NetworkError | Category::Unknown => ErrorCode::Network,
            Category::AuthError => ErrorCode::Account,
            Category::MediaError | Category::MediaProcessing => ErrorCode::Media,
            Category::Duplicate | Category::OverBudget | Category::YourTurn => ErrorCode::Conflict,
            Category::Validation => ErrorCode::Validation,
        };
        let api = Self::new(code, refusal.message);
        match refusal.detail {
            Some(detail) => api.with_detail(detail),
            None => api,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::failure::Retry;

    #[test]
    fn a_refusal_keeps_its_sentence_and_the_networks_words_apart() {
        let refusal = Refusal::new(Category::AuthError, Retry::Never, "Bluesky signed you out.")
            .with_detail("401 ExpiredToken");
        let api = ApiError::from(refusal);
        assert_eq!(api.code, ErrorCode::Account);
        assert_eq!(api.message, "Bluesky signed you out.");
        assert_eq!(api.detail.as_deref(), Some("401 ExpiredToken"));
    }

    #[test]
    fn the_stores_inner_detail_never_shows() {
        let inner = store::StoreError::Internal {
            detail: "SELECT secret FROM x".to_owned(),
        };
        let api = ApiError::from(inner);
        assert_eq!(api.code, ErrorCode::Internal);
        assert!(!format!("{api:?}").contains("SELECT"), "{api:?}");
    }

    #[test]
    fn details_are_bounded() {
        let api = ApiError::conflict("x".repeat(5_000)).with_detail("é".repeat(5_000));
        assert_eq!(api.message.chars().count(), MAX_MESSAGE + 1);
        assert_eq!(api.detail.unwrap().chars().count(), MAX_DETAIL + 1);
    }

    #[test]
    fn zones_and_times_name_their_field() {
        let zone = ApiError::from("Mars/Olympus".parse::<model::when::Zone>().unwrap_err());
        assert_eq!(zone.field.as_deref(), Some("zone"));
    }
}
