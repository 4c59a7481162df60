//! Errors of the desktop host in the shape that every command answers with.

use std::fmt::Display;

use app::OpenError;

use crate::core::{ApiError, ErrorCode};

/// The page asked for something that is not allowed.
#[must_use]
pub fn refused(message: &str) -> ApiError {
    error(ErrorCode::Permission, message, None)
}

/// The desktop could not do it.
#[must_use]
pub fn failed(message: &str, cause: &impl Display) -> ApiError {
    error(ErrorCode::Internal, message, Some(cause.to_string()))
}

/// The data folder is not open; the page can ask for the details and the way out.
#[must_use]
pub fn not_open(cause: &OpenError) -> ApiError {
    error(ErrorCode::Storage, &cause.message, None)
}

/// The program is ending.
#[must_use]
pub fn closing() -> ApiError {
    error(
        ErrorCode::Conflict,
        "Almanac is closing. Nothing was changed.",
        None,
    )
}

fn error(code: ErrorCode, message: &str, detail: Option<String>) -> ApiError {
    ApiError {
        code,
        message: message.to_owned(),
        field: None,
        detail,
        fix: None,
    }
}
