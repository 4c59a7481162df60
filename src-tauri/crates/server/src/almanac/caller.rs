//! Who calls: by key, or signed in to the screen.

use app::programs::Bearer;
use axum::http::{HeaderMap, Method, StatusCode};
use model::ErrorCode;

use super::{CSRF, Problem};
use crate::host::Host;
use crate::limits::{Bucket, Count, Who};
use crate::pipeline;
use crate::screen::Sessions;

/// Somebody who is known.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The key.
    pub bearer: Bearer,
    /// Signed in to the screen, instead of showing the key with each request.
    pub signed_in: bool,
    /// What is left of the key's limit; none for who is signed in.
    pub count: Option<Count>,
}

/// Who sends this request. What changes something, or asks in a way that pages of other sites could, has to
/// show besides the cookie what only the page itself knows.
pub(crate) async fn caller(
    host: &Host,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    let Some(mut caller) = known(host, headers).await? else {
        return Err(stranger(host));
    };
    if caller.signed_in && *method != Method::GET {
        let shown = headers.get(CSRF).and_then(|v| v.to_str().ok());
        let session = Sessions::token(headers);
        if !host.sessions.is_page(session, shown.unwrap_or_default()) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                ErrorCode::Permission,
                "This did not come from the page that signed in. Load it anew.",
            ));
        }
    }
    if !caller.signed_in {
        let (who, now) = (Who::Key(caller.bearer.key), host.app.now());
        caller.count = Some(host.limits.take(who, Bucket::Requests, now)?);
    }
    Ok(caller)
}

/// Who is known by these headers. The key is looked up anew each time: one that was revoked is refused at
/// once, however somebody signed in with it.
async fn known(host: &Host, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    if let Some(bearer) = pipeline::bearer(host, headers).await? {
        return Ok(Some(Caller {
            bearer,
            signed_in: false,
            count: None,
        }));
    }
    // A key that is not good is not made up for by a cookie.
    let shows_key = headers.contains_key("x-api-key")
        || headers.contains_key(axum::http::header::AUTHORIZATION);
    if shows_key || host.outside.screen.is_none() {
        return Ok(None);
    }
    let token = Sessions::token(headers);
    let Some(before) = host.sessions.bearer(token, host.app.now()) else {
        return Ok(None);
    };
    let Some(bearer) = host.app.bearer_again(&before).await? else {
        host.sessions.end(token);
        return Ok(None);
    };
    Ok(Some(Caller {
        bearer,
        signed_in: true,
        count: None,
    }))
}

/// Nobody: they are counted together, so that trying keys is slow.
fn stranger(host: &Host) -> Problem {
    let now = host.app.now();
    match host.limits.take(Who::Strangers, Bucket::Requests, now) {
        Ok(count) => Problem::stranger().counted(count),
        Err(fault) => fault.into(),
    }
}
