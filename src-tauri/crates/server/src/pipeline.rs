//! The way of every request that has a route: key, limits, permission, body, once, handler, answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use app::programs::Bearer;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::arriving;
use crate::call::{Answer, Call};
use crate::contract::Contract;
use crate::dialect;
use crate::fault::{Fault, Kind};
use crate::guard::{KeyOfRequest, RequestId, Template};
use crate::host::Host;
use crate::limits::{Bucket, Count, Who};
use crate::once::{Named, once};
use crate::routes::{Handler, Route, Work};

/// Largest JSON body, in bytes: a thread of the longest parts fits.
pub(crate) const MAX_BODY: usize = 4 * 1024 * 1024;
/// How long a JSON body may take to arrive.
pub(crate) const BODY_LIMIT: Duration = Duration::from_secs(30);

/// Answers a request that has a route.
pub(crate) async fn answer(
    host: Arc<Host>,
    route: Arc<Route>,
    params: HashMap<String, String>,
    request: Request,
) -> Response {
    let id = request_id(&request);
    let mut count = None;
    let mut key = None;
    let done = run(&host, &route, params, request, &id, &mut count, &mut key).await;
    let mut response = match done {
        Ok(response) => response,
        Err(fault) => refusal(&host, route.contract, &fault, &id),
    };
    if let Some(count) = count {
        count.write(response.headers_mut());
    }
    response.extensions_mut().insert(Template(route.path));
    if let Some(key) = key {
        response.extensions_mut().insert(KeyOfRequest(key));
    }
    response
}

/// The number of a request.
pub(crate) fn request_id(request: &Request) -> String {
    request
        .extensions()
        .get::<RequestId>()
        .map_or_else(String::new, |id| id.0.clone())
}

/// A refusal in the words of a contract.
pub(crate) fn refusal(host: &Host, contract: Contract, fault: &Fault, id: &str) -> Response {
    let (status, body) = dialect::errors::render(contract, fault, id, host.app.now());
    let mut response = json(status, body.to_string());
    if let Some(count) = &fault.count {
        count.write(response.headers_mut());
    }
    response
}

fn json(status: StatusCode, text: impl Into<Body>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], text.into()).into_response()
}

async fn run(
    host: &Arc<Host>,
    route: &Arc<Route>,
    params: HashMap<String, String>,
    request: Request,
    id: &str,
    count: &mut Option<Count>,
    key: &mut Option<model::KeyId>,
) -> Result<Response, Fault> {
    if let Handler::Open(work) = &route.handler {
        return Ok(sent(
            finished(work(Arc::clone(host), params, request)).await?,
        ));
    }
    let bearer = known(host, request.headers(), count).await?;
    *key = Some(bearer.key);
    let call = Call {
        host: Arc::clone(host),
        bearer,
        params,
        id: id.to_owned(),
        base: host.base(named(request.headers())),
    };
    for named in request.headers().get_all("x-workspace-id") {
        let named = named.to_str().unwrap_or("?");
        call.same_workspace("X-Workspace-Id", Some(named))?;
    }
    if let Some(permission) = route.needs {
        call.may(permission)?;
    }
    match &route.handler {
        Handler::Waits(feature) => Err(Fault::new(
            Kind::Waits,
            format!("Almanac does not have this yet: it waits for {feature}."),
        )
        .with("waits_for", *feature)),
        Handler::Stream(work) => {
            let named = Named::of(route, request.method(), request.uri(), request.headers())?;
            Ok(sent(finished(work(call, request, named)).await?))
        }
        Handler::Json(work) => {
            let (parts, body) = request.into_parts();
            let body = read(&parts.headers, body).await?;
            let query = parts.uri.query().unwrap_or_default();
            let named = Named::of(route, &parts.method, &parts.uri, &parts.headers)?;
            let Some(mut named) = named else {
                if !route.from_store {
                    return Ok(sent(finished(work(call, query, &body)?).await?));
                }
                let asked = (call.bearer.key, format!("{} {}", call.base, parts.uri));
                let then = host.moment();
                if let Some((status, text)) = host.answers.get(&asked, then) {
                    return Ok(json(status, text));
                }
                let answer = finished(work(call, query, &body)?).await?;
                let text = Bytes::from(answer.text);
                host.answers.put(asked, then, (answer.status, text.clone()));
                return Ok(json(answer.status, text));
            };
            named.print(&body);
            Ok(sent(
                once(call, named, |call| work(call, query, &body)).await?,
            ))
        }
        Handler::Open(_) => Err(Fault::new(Kind::Internal, "This route has no handler.")),
    }
}

/// Who sends a request, counted against the limit of its key, or of all who show none.
pub(crate) async fn known(
    host: &Host,
    headers: &HeaderMap,
    count: &mut Option<Count>,
) -> Result<Bearer, Fault> {
    let now = host.app.now();
    let take = |who| host.limits.take(who, Bucket::Requests, now);
    let Some(bearer) = bearer(host, headers).await? else {
        *count = Some(take(Who::Strangers)?);
        return Err(Fault::new(
            Kind::Unauthenticated,
            "The API key is missing or not valid.",
        ));
    };
    *count = Some(take(Who::Key(bearer.key))?);
    Ok(bearer)
}

/// The name by which the host was called.
pub(crate) fn named(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

/// Work goes on when whoever asked is gone: half of it would be worse than all of it.
async fn finished(work: Work) -> Result<Answer, Fault> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => {
            tracing::error!(%error, "a request of a program ended in a fault");
            Err(Fault::new(
                Kind::Internal,
                "Almanac could not do this because of a fault of its own; the log has the detail.",
            ))
        }
    }
}

fn sent(answer: Answer) -> Response {
    let mut response = json(answer.status, answer.text);
    let headers = response.headers_mut();
    if answer.again {
        let yes = HeaderValue::from_static("true");
        headers.insert("idempotency-replayed", yes);
    }
    if let Some(count) = answer.count {
        count.write(headers);
    }
    response
}

/// Who shows a good key, in any of the headers that contracts name; two different ones count as none.
pub(crate) async fn bearer(host: &Host, headers: &HeaderMap) -> Result<Option<Bearer>, Fault> {
    let mut keys: Vec<&str> = Vec::new();
    for value in headers.get_all("x-api-key") {
        keys.push(value.to_str().unwrap_or_default().trim());
    }
    for value in headers.get_all(header::AUTHORIZATION) {
        let (scheme, key) = value
            .to_str()
            .unwrap_or_default()
            .split_once(' ')
            .unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Ok(None);
        }
        keys.push(key.trim());
    }
    keys.dedup();
    match keys[..] {
        [key] => shown(host, key).await,
        _ => Ok(None),
    }
}

/// Who shows this key. It is read anew whenever anything was written, so that a revoked key is refused at once.
async fn shown(host: &Host, key: &str) -> Result<Option<Bearer>, Fault> {
    let hash = blake3::hash(key.as_bytes());
    let then = host.moment();
    if let Some(bearer) = host.bearers.get(&hash, then) {
        return Ok(bearer);
    }
    let bearer = host.app.bearer(key).await?;
    if bearer.is_some() {
        host.bearers.put(hash, then, bearer.clone());
    }
    Ok(bearer)
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Fault> {
    let bytes = arriving::whole(body, MAX_BODY, BODY_LIMIT)
        .await
        .map_err(|cut| cut.fault("body", MAX_BODY as u64))?;
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Fault::new(
            Kind::BodyType,
            "The body has to be JSON: set Content-Type to application/json.",
        ));
    }
    Ok(bytes)
}

/// Whether the body says that it is JSON, or says nothing of its kind.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
