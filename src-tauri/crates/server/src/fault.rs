//! Why a request was not done, before a contract puts it into its own words.

use app::ApiError;
use axum::http::StatusCode;
use model::ErrorCode;
use model::error::Fix;
use serde_json::{Map, Value, json};

use crate::limits::Count;

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What was sent breaks a rule.
    Invalid,
    /// No key, or none that counts.
    Unauthenticated,
    /// The key may not.
    Forbidden,
    /// There is no such thing here.
    NotFound,
    /// The thing's state does not allow it.
    Conflict,
    /// The path knows no such method.
    Method,
    /// More bytes than are taken.
    TooLarge,
    /// The body is of another kind than is taken.
    BodyType,
    /// It took too long to arrive.
    Slow,
    /// A file cannot be used.
    Media,
    /// An account has to be connected again.
    Account,
    /// Too many requests with this key.
    RateLimited,
    /// A network asked to wait.
    NetworkBusy,
    /// A network or the way to it did not work.
    Network,
    /// The budget that the owner set does not hold it.
    Budget,
    /// A calendar holds as many posts as its owner lets it.
    Full,
    /// The product does not have it yet.
    Waits,
    /// The disk refused, or the program ends.
    Unavailable,
    /// A fault of this program.
    Internal,
}

/// A refusal.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// The kind.
    pub kind: Kind,
    /// A sentence for a person.
    pub message: String,
    /// More on it, by name.
    pub details: Map<String, Value>,
    /// What was not found, as a word.
    pub what: &'static str,
    /// What it was counted against, where that is not said otherwise.
    pub count: Option<Count>,
}

impl Fault {
    /// A refusal of a kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            details: Map::new(),
            what: "resource",
            count: None,
        }
    }

    /// A field that breaks a rule.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message).with("field", field)
    }

    /// A thing that is not here: gone, never there, or of another workspace, which nobody is told.
    pub fn missing(what: &'static str) -> Self {
        Self {
            what,
            ..Self::new(Kind::NotFound, format!("There is no such {what}."))
        }
    }

    /// Too many of something in this hour.
    pub fn too_many(count: Count) -> Self {
        let message = format!(
            "Too many requests with this key: {} an hour. Try again in {} seconds.",
            count.limit, count.wait
        );
        Self {
            count: Some(count),
            ..Self::new(Kind::RateLimited, message)
        }
    }

    /// The same, saying what it was counted against.
    pub fn counted(self, count: Count) -> Self {
        Self {
            count: self.count.or(Some(count)),
            ..self
        }
    }

    /// The key may not do this.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, message)
    }

    /// The same with one more detail.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The same with what was given, cut to what fits an answer.
    pub fn given(self, value: &str) -> Self {
        let short: String = value.chars().take(200).collect();
        self.with("provided_value", short)
    }

    /// Its status.
    pub const fn status(&self) -> StatusCode {
        match self.kind {
            Kind::Invalid | Kind::Media => StatusCode::BAD_REQUEST,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict | Kind::Account => StatusCode::CONFLICT,
            Kind::Method => StatusCode::METHOD_NOT_ALLOWED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::BodyType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::Slow => StatusCode::REQUEST_TIMEOUT,
            Kind::RateLimited | Kind::NetworkBusy => StatusCode::TOO_MANY_REQUESTS,
            Kind::Network => StatusCode::BAD_GATEWAY,
            Kind::Budget | Kind::Full => StatusCode::PAYMENT_REQUIRED,
            Kind::Waits => StatusCode::NOT_IMPLEMENTED,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its details as an answer holds them.
    pub fn details(&self) -> Value {
        json!(self.details)
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        // What the owner's budget does not hold is said apart: nobody but the owner can mend it.
        let over_budget = matches!(error.fix, Some(Fix::RaiseBudget));
        let full = matches!(error.fix, Some(Fix::RaisePostLimit));
        let kind = match error.code {
            _ if full => Kind::Full,
            _ if over_budget => Kind::Budget,
            ErrorCode::Validation => Kind::Invalid,
            ErrorCode::NotFound => Kind::NotFound,
            ErrorCode::Conflict => Kind::Conflict,
            ErrorCode::Permission => Kind::Forbidden,
            ErrorCode::RateLimited => Kind::NetworkBusy,
            ErrorCode::Network => Kind::Network,
            ErrorCode::Account => Kind::Account,
            ErrorCode::Media => Kind::Media,
            ErrorCode::Storage => Kind::Unavailable,
            ErrorCode::Internal => Kind::Internal,
        };
        let fault = Self::new(kind, error.message);
        match error.field {
            Some(field) => fault.with("field", field),
            None => fault,
        }
    }
}
