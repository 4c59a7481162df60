//! Requests that a program named: the same one again is answered as before and not done again.

use std::sync::Arc;

use app::programs::{Begun, NamedRequest};
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use crate::call::{Answer, Call};
use crate::contract::Contract;
use crate::fault::{Fault, Kind};
use crate::routes::{Route, Work};

/// Longest name of a request, in bytes.
const MAX_NAME: usize = 200;

/// The name of a request, and what is known of what it asks.
pub(crate) struct Named {
    name: String,
    asked: blake3::Hasher,
}

impl Named {
    /// The name that a program gave a request that changes something.
    pub fn of(
        route: &Route,
        method: &Method,
        address: &Uri,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, Fault> {
        if route.method == Method::GET {
            return Ok(None);
        }
        let by_number = route.contract == Contract::InstagramEditor;
        let named = headers
            .get("idempotency-key")
            .or_else(|| headers.get("x-request-id").filter(|_| by_number));
        let Some(name) = named else { return Ok(None) };
        let name = name.to_str().unwrap_or_default();
        if name.is_empty() || name.len() > MAX_NAME {
            return Err(Fault::invalid(
                "Idempotency-Key",
                format!("Idempotency-Key has between 1 and {MAX_NAME} plain characters."),
            ));
        }
        let mut named = Self {
            name: name.to_owned(),
            asked: blake3::Hasher::new(),
        };
        named.print(method.as_str().as_bytes());
        named.print(address.to_string().as_bytes());
        Ok(Some(named))
    }

    /// Adds a part of what is asked.
    pub fn print(&mut self, part: &[u8]) {
        self.asked.update(&(part.len() as u64).to_le_bytes());
        self.asked.update(part);
    }
}

/// Does a named request, or answers as it was answered before.
pub(crate) async fn once(
    call: Call,
    named: Named,
    work: impl FnOnce(Call) -> Result<Work, Fault>,
) -> Result<Answer, Fault> {
    let host = Arc::clone(&call.host);
    let key = call.bearer.key;
    let id = call.id.clone();
    let name = named.name;
    let fingerprint = named.asked.finalize().to_hex().to_string();
    let request = NamedRequest {
        key,
        name: &name,
        fingerprint: &fingerprint,
    };
    match host.app.begin_request(request).await? {
        Begun::New => {}
        Begun::Other => {
            return Err(Fault::new(
                Kind::Conflict,
                "Another request was sent under this Idempotency-Key. Give each its own.",
            ));
        }
        Begun::Unanswered => {
            return Err(Fault::new(
                Kind::Conflict,
                "This request is being worked on, or the program ended over it. Look whether it was done before you send it under another Idempotency-Key.",
            ));
        }
        Begun::Answered { status, answer } => {
            return Ok(Answer {
                status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
                text: answer,
                again: true,
                count: None,
            });
        }
    }
    let work = work(call);
    let app = host.app.clone();
    let worked = tokio::spawn(async move {
        let done = match work {
            Ok(work) => work.await,
            Err(fault) => Err(fault),
        };
        let request = NamedRequest {
            key,
            name: &name,
            fingerprint: &fingerprint,
        };
        // What was refused changed nothing: it may be asked again.
        let kept = done
            .as_ref()
            .ok()
            .map(|a| (a.status.as_u16(), a.text.as_str()));
        let ended = app.end_request(request, kept).await;
        ended.map_err(Fault::from).and(done)
    });
    worked.await.unwrap_or_else(|error| {
        tracing::error!(%error, id, "a request of a program ended in a fault");
        Err(Fault::new(
            Kind::Internal,
            "Almanac could not do this because of a fault of its own; the log has the detail.",
        ))
    })
}
