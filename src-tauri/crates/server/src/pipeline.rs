//! The way of every request that has a route: key, limits, permission, body, once, handler, answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use app::programs::{Bearer, Begun, NamedRequest};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::call::{Answer, Call};
use crate::contract::Contract;
use crate::dialect;
use crate::fault::{Fault, Kind};
use crate::guard::{KeyOfRequest, RequestId, Template};
use crate::host::Host;
use crate::limits::{Bucket, Count};
use crate::routes::{Handler, Route, Work};

/// Largest JSON body, in bytes: a thread of the longest parts fits.
pub(crate) const MAX_BODY: usize = 4 * 1024 * 1024;
/// How long a JSON body may take to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(30);
/// Longest name of a request, in bytes.
const MAX_NAME: usize = 200;

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

fn json(status: StatusCode, text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], text).into_response()
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
    let now = host.app.now();
    if let Handler::Open(work) = &route.handler {
        let known = host.limits.count(None, Bucket::Requests, now);
        *count = Some(known);
        if known.over {
            return Err(Fault::too_many(known));
        }
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
        Handler::Stream(work) => Ok(sent(finished(work(call, request)).await?)),
        Handler::Json(work) => {
            let (parts, body) = request.into_parts();
            let body = read(&parts.headers, body).await?;
            let query = parts.uri.query().unwrap_or_default();
            let Some(name) = name_of(route, &parts.headers)? else {
                return Ok(sent(finished(work(call, query, &body)?).await?));
            };
            let fingerprint = fingerprint(&parts.method, &parts.uri.to_string(), &body);
            once(call, name, fingerprint, |call| work(call, query, &body)).await
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
    let Some(bearer) = bearer(host, headers).await? else {
        let strangers = host.limits.count(None, Bucket::Requests, now);
        *count = Some(strangers);
        if strangers.over {
            return Err(Fault::too_many(strangers));
        }
        return Err(Fault::new(
            Kind::Unauthenticated,
            "The API key is missing or not valid.",
        ));
    };
    let own = host.limits.count(Some(bearer.key), Bucket::Requests, now);
    *count = Some(own);
    if own.over {
        return Err(Fault::too_many(own));
    }
    Ok(bearer)
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
    json(answer.status, answer.text)
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
        [key] => Ok(host.app.bearer(key).await?),
        _ => Ok(None),
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Fault> {
    let too_large = || {
        Fault::new(Kind::TooLarge, "The body is larger than 4 MB.").with("limit_bytes", MAX_BODY)
    };
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let reading = axum::body::to_bytes(body, MAX_BODY);
    let bytes = tokio::time::timeout(BODY_LIMIT, reading)
        .await
        .map_err(|_| Fault::new(Kind::Slow, "The body took too long to arrive."))?
        .map_err(|error| {
            let long = std::error::Error::source(&error)
                .is_some_and(|source| source.to_string().contains("length limit"));
            if long || error.to_string().contains("length limit") {
                too_large()
            } else {
                Fault::new(Kind::Invalid, "The body broke off.")
            }
        })?;
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

/// The name that a program gave a request that changes something.
fn name_of(route: &Route, headers: &HeaderMap) -> Result<Option<String>, Fault> {
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
    Ok(Some(name.to_owned()))
}

fn fingerprint(method: &Method, address: &str, body: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [method.as_str().as_bytes(), address.as_bytes(), body] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

/// Does a named request, or answers as it was answered before.
async fn once(
    call: Call,
    name: String,
    fingerprint: String,
    work: impl FnOnce(Call) -> Result<Work, Fault>,
) -> Result<Response, Fault> {
    let host = Arc::clone(&call.host);
    let key = call.bearer.key;
    let id = call.id.clone();
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
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let mut response = json(status, answer);
            let headers = response.headers_mut();
            headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
            return Ok(response);
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
    match worked.await {
        Ok(done) => Ok(sent(done?)),
        Err(error) => {
            tracing::error!(%error, id, "a request of a program ended in a fault");
            Err(Fault::new(
                Kind::Internal,
                "Almanac could not do this because of a fault of its own; the log has the detail.",
            ))
        }
    }
}
