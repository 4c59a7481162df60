//! Requests that a program named: the same one again is answered and not done again.

use std::time::Duration;

use model::KeyId;
use model::change::Actor;
use store::{StoreError, Tx, programs as rows};

use crate::app::App;
use crate::error::Result;

/// How long a name counts.
const KEEPS: Duration = Duration::from_hours(24);

/// A request with the name that its program gave it.
#[derive(Debug, Clone, Copy)]
pub struct NamedRequest<'a> {
    /// Who asks.
    pub key: KeyId,
    /// The name.
    pub name: &'a str,
    /// Hash of what is asked.
    pub fingerprint: &'a str,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it is noted, and has to be ended.
    New,
    /// It was answered so.
    Answered {
        /// Status of the answer.
        status: u16,
        /// Text of the answer.
        answer: String,
    },
    /// It came before and was not answered: it is worked on, or the program died over it.
    Unanswered,
    /// Another request came under this name.
    Other,
}

/// Forgets requests whose names count no more. An answer may hold what is shown once, such as a key.
pub(crate) async fn forget_requests(tx: &mut Tx) -> Result<(), StoreError> {
    let since = tx.now().minus(KEEPS);
    rows::forget_requests(tx, since).await
}

impl App {
    /// Notes that a request is worked on.
    pub async fn begin_request(&self, request: NamedRequest<'_>) -> Result<Begun> {
        let since = self.inner.now().minus(KEEPS);
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        let NamedRequest {
            key,
            name,
            fingerprint,
        } = request;
        let earlier = rows::begin_request(&mut tx, key, name, fingerprint, since).await?;
        tx.commit().await?;
        Ok(match earlier {
            None => Begun::New,
            Some(earlier) if earlier.fingerprint != fingerprint => Begun::Other,
            Some(earlier) => match earlier.answer {
                Some((status, answer)) => Begun::Answered { status, answer },
                None => Begun::Unanswered,
            },
        })
    }

    /// Keeps the answer of a request; without one it may be made again.
    pub async fn end_request(
        &self,
        request: NamedRequest<'_>,
        answer: Option<(u16, &str)>,
    ) -> Result<()> {
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        rows::end_request(&mut tx, request.key, request.name, answer).await?;
        tx.commit().await?;
        Ok(())
    }
}
