//! What is looked at before a request has a route: where it comes from. And what is written of it
//! afterwards: never its body, its query or its key.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use model::KeyId;

use crate::access;
use crate::arriving;
use crate::contract::Contract;
use crate::fault::{Fault, Kind};
use crate::host::Host;
use crate::limits::{Bucket, Who};
use crate::pipeline::refusal;
use crate::signing_in::pasted;

/// The number of a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub String);

/// The path of its route as the list has it, for the log: without what was filled in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template(pub &'static str);

/// Whose key it showed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyOfRequest(pub KeyId);

/// An answer to something that is no request of a program under a contract: nothing is counted for it here,
/// nor said of limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uncounted;

/// See the module.
pub(crate) async fn guard(
    State(host): State<Arc<Host>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = new_id(&host);
    let began = host.app.steady();
    let method = request.method().clone();
    let contract = Contract::of_path(request.uri().path());
    let looked = look(&host, &request);
    let taken = looked.is_ok();
    // As the router has it, without what was filled in; none where there is no such route.
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let mut response = match looked {
        Ok(()) => {
            request.extensions_mut().insert(RequestId(id.clone()));
            let pace = host.pace;
            next.run(request.map(|body| arriving::paced(body, pace)))
                .await
        }
        Err(fault) => refusal(&host, contract, &fault, &id),
    };
    let template = response.extensions().get::<Template>().map(|t| t.0);
    let matched = matched.as_ref().map_or("-", MatchedPath::as_str);
    let path = template.unwrap_or(matched);
    let key = response.extensions().get::<KeyOfRequest>().map(|k| k.0);
    let status = response.status().as_u16();
    let took = host.app.steady().saturating_sub(began);
    tracing::info!(
        id,
        %method,
        path,
        status,
        ms = took.as_millis() as u64,
        key = key.map(tracing::field::display),
        "a request"
    );
    let whose = match response.extensions().get::<Uncounted>() {
        Some(_) => "almanac",
        None => contract.key(),
    };
    host.tally.note(whose, status, took);
    let limited = response.extensions().get::<Uncounted>().is_none();
    let headers = response.headers_mut();
    if limited && !headers.contains_key("x-ratelimit-limit") {
        let (who, what, now) = (Who::Strangers, Bucket::Requests, host.app.now());
        // A page of another site could use up what those have who come without a key.
        let count = if taken {
            host.limits.count(who, what, now)
        } else {
            host.limits.stands(who, what, now)
        };
        count.write(headers);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    // RFC 9110 section 15.5.2: who is refused for want of a key is told how one is shown.
    if status == StatusCode::UNAUTHORIZED.as_u16() {
        let shown = if path == "/oauth/token" {
            "Basic realm=\"Almanac\""
        } else {
            "Bearer"
        };
        let shown = HeaderValue::from_static(shown);
        headers.entry(header::WWW_AUTHENTICATE).or_insert(shown);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

fn new_id(host: &Host) -> String {
    format!("req_{}", host.app.random_hex(10))
}

/// Refuses what a page in a browser sends from elsewhere, a name that was made to point here, and heads
/// that two programs could read in two ways.
fn look(host: &Host, request: &Request) -> Result<(), Fault> {
    let headers = request.headers();
    let elsewhere = || Fault::forbidden("This address is not one that Almanac answers under.");
    let named: Vec<&HeaderValue> = headers.get_all(header::HOST).iter().collect();
    let [named] = named[..] else {
        return Err(elsewhere());
    };
    let named = named.to_str().map_err(|_| elsewhere())?;
    let asked = request
        .uri()
        .authority()
        .map(axum::http::uri::Authority::as_str);
    let asked_well = asked.is_none_or(|asked| asked.eq_ignore_ascii_case(named));
    if !host.answers_to(named) || !asked_well {
        return Err(elsewhere());
    }
    if !from_here(host, headers) && !opens_page(request) {
        return Err(Fault::forbidden(
            "Pages of other sites may not use Almanac.",
        ));
    }
    // Where two lengths are given the transport goes by the chunks alone; without a body there are none.
    if request.method() == Method::GET && headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Fault::new(Kind::Invalid, "A GET has no body."));
    }
    Ok(())
}

/// Whether somebody follows a link to the screen, or a program sends a browser to ask for access or to sign in to
/// a network: what opens a page shows nothing that needs a sign-in, and does nothing that a person has not to answer
/// first.
fn opens_page(request: &Request) -> bool {
    let says = |name: &str, word: &str| {
        let mut values = request.headers().get_all(name).iter();
        values.next().is_some_and(|v| v == word) && values.next().is_none()
    };
    request.method() == Method::GET
        && opens(request.uri().path())
        && !request.headers().contains_key(header::ORIGIN)
        && says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
}

fn opens(path: &str) -> bool {
    let after = path.strip_prefix(access::PATH);
    ["/app", "/app/"].contains(&path)
        || after.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        || path.starts_with(pasted::PATH)
}

/// Whether a request that a browser sends comes from a page of this very host. Programs send neither
/// header.
fn from_here(host: &Host, headers: &HeaderMap) -> bool {
    let origins = headers.get_all(header::ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let secure = host.is_secure().then_some("https://");
        let mut schemes = ["http://"].into_iter().chain(secure);
        schemes.any(|scheme| {
            origin
                .strip_prefix(scheme)
                .is_some_and(|rest| host.answers_to(rest))
        })
    });
    let sites = headers
        .get_all("sec-fetch-site")
        .iter()
        .all(|site| matches!(site.to_str().unwrap_or_default(), "same-origin" | "none"));
    origins && sites
}
