//! Why a command did not do what it was asked for, and what the program ends with.

use std::io;

use app::{ApiError, OpenError, OpenTrouble};
use model::ErrorCode;
use server::ServerError;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A command of the list answered with an error.
    #[error("{0}")]
    Refused(ApiError),
    /// The command line asks for something that does not go together.
    #[error("{0}")]
    Usage(String),
    /// The data folder could not be opened.
    #[error("{0}")]
    NotOpen(OpenError),
    /// Another program has the data folder and cannot be talked to.
    #[error("{0}")]
    InUse(String),
    /// A post is not out.
    #[error("{0}")]
    NotOut(String),
    /// Something needs mending.
    #[error("{0}")]
    Unwell(String),
    /// It cannot listen.
    #[error("{0}")]
    Listening(ServerError),
    /// The system refused.
    #[error("{0}")]
    System(io::Error),
}

impl Trouble {
    /// Something that was given and breaks a rule.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Refused(ApiError::new(ErrorCode::Validation, message))
    }

    /// A thing that is not there.
    pub fn missing(message: impl Into<String>) -> Self {
        Self::Refused(ApiError::new(ErrorCode::NotFound, message))
    }

    /// What the program ends with. The numbers stand in the help and in the documents.
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused(error) => of_code(error.code),
            Self::Usage(_) => 2,
            Self::NotOpen(error) => match error.trouble {
                OpenTrouble::InUse => 12,
                OpenTrouble::NotRestored => 15,
                _ => 11,
            },
            Self::InUse(_) => 12,
            Self::NotOut(_) => 13,
            Self::Unwell(_) => 14,
            Self::Listening(_) => 5,
            Self::System(_) => 11,
        }
    }
}

const fn of_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::Internal => 1,
        ErrorCode::Validation => 3,
        ErrorCode::NotFound => 4,
        ErrorCode::Conflict => 5,
        ErrorCode::Permission => 6,
        ErrorCode::RateLimited => 7,
        ErrorCode::Network => 8,
        ErrorCode::Account => 9,
        ErrorCode::Media => 10,
        ErrorCode::Storage => 11,
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::EXIT_STATUS;

    #[test]
    fn every_error_has_a_number_of_its_own_and_the_help_names_it() {
        let mut seen: Vec<u8> = ErrorCode::ALL.iter().map(|code| of_code(*code)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), ErrorCode::ALL.len());
        for code in seen.into_iter().chain([2, 12, 13, 14, 15]) {
            let line = format!("\n  {code:<2}  ");
            assert!(EXIT_STATUS.contains(&line), "{code}");
        }
    }
}
