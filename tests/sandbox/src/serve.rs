//! A server on a free loopback port whose calls can be made to fail in every way a network does.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

use super::wire::Wired;
use super::{Canned, Fault, Faults};

/// Largest answer that is cut in the middle, in bytes.
const MAX_ANSWER: usize = 8 << 20;

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut on order")
    }
}

impl std::error::Error for Cut {}

/// A running server; it stops when it is dropped, and every connection with it.
pub struct Server {
    address: SocketAddr,
    routes: Router,
    faults: Faults,
    calls: Arc<AtomicUsize>,
    running: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Server {
    /// Serves these routes. The last part of a path is the method that faults are ordered for, without
    /// a slash at its end.
    pub async fn start(routes: Router) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (faults, calls) = (Faults::default(), Arc::new(AtomicUsize::new(0)));
        faults.wire().listens(address);
        let running = serve(listener, &routes, &faults, &calls);
        Ok(Self {
            address,
            routes,
            faults,
            calls,
            running,
        })
    }

    /// Cuts every connection and refuses new ones until [`Self::come_back`].
    pub async fn go_away(&mut self) {
        self.running.abort();
        // The error says that it was stopped, which is what was wanted.
        let _ = (&mut self.running).await;
    }

    /// Serves again, at the same address.
    pub async fn come_back(&mut self) -> std::io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.running = serve(listener, &self.routes, &self.faults, &self.calls);
        Ok(())
    }

    /// Its origin, such as `http://127.0.0.1:4711`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where faults are ordered.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

fn serve(
    listener: TcpListener,
    routes: &Router,
    faults: &Faults,
    calls: &Arc<AtomicUsize>,
) -> JoinHandle<()> {
    let (routes, faults, calls) = (routes.clone(), faults.clone(), Arc::clone(calls));
    tokio::spawn(async move {
        // Connections live in here, so that none outlives the server.
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { return };
                    let (routes, faults, calls) =
                        (routes.clone(), faults.clone(), Arc::clone(&calls));
                    open.spawn(async move {
                        let wired = Wired::new(stream, faults.wire().clone());
                        let service = service_fn(move |request| {
                            calls.fetch_add(1, Ordering::SeqCst);
                            answer(routes.clone(), faults.clone(), request)
                        });
                        // An error here is a cut on order or a client that went away.
                        let _ = http1::Builder::new()
                            .serve_connection(TokioIo::new(wired), service)
                            .await;
                    });
                }
                Some(_) = open.join_next() => {}
            }
        }
    })
}

fn is_video(request: &Request<Incoming>) -> bool {
    let kind = request.headers().get(axum::http::header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"video/"))
}

async fn answer(
    routes: Router,
    faults: Faults,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let method = request
        .uri()
        .path()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    faults.wire().call(format!("{} {method}", request.method()));
    let verb = request.method().as_str();
    // Where one method takes pictures and videos, faults can be ordered for videos alone.
    let fault = Some(format!("{method} video"))
        .filter(|_| is_video(&request))
        .and_then(|videos| faults.take(verb, &videos))
        .or_else(|| faults.take(verb, &method));
    match &fault {
        Some(Fault::CutBefore) => return Err(Cut),
        Some(Fault::CutInBody) => {
            let mut body = Body::new(request.into_body()).into_data_stream();
            // The first piece arrives, and nobody reads the rest.
            let _ = body.next().await;
            return Err(Cut);
        }
        Some(Fault::SilentBefore) => return std::future::pending().await,
        Some(Fault::Answer(canned)) => {
            // To its end: an answer to half a call may be lost with the connection.
            let mut body = Body::new(request.into_body()).into_data_stream();
            while body.next().await.is_some_and(|piece| piece.is_ok()) {}
            return Ok(canned_answer(canned));
        }
        _ => {}
    }
    // A router answers every request; its error type has no values.
    let response = match routes.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match fault {
        Some(Fault::CutAfter) => Err(Cut),
        Some(Fault::CutInAnswer) => halved(response).await,
        Some(Fault::SilentAfter) => std::future::pending().await,
        Some(Fault::AnswerAfter(canned)) => Ok(canned_answer(&canned)),
        _ => Ok(response),
    }
}

/// Half of an answer, then the end of the connection.
async fn halved(response: Response<Body>) -> Result<Response<Body>, Cut> {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, MAX_ANSWER)
        .await
        .map_err(|_| Cut)?;
    parts
        .headers
        .insert(header::CONTENT_LENGTH, whole.len().max(2).into());
    let half = whole.slice(..whole.len() / 2);
    let pieces = futures_util::stream::iter([Ok(half), Err(Cut)]);
    Ok(Response::from_parts(parts, Body::from_stream(pieces)))
}

fn canned_answer(canned: &Canned) -> Response<Body> {
    let mut response = Response::new(Body::from(canned.body.clone()));
    *response.status_mut() =
        StatusCode::from_u16(canned.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(canned.kind),
    );
    for (name, value) in &canned.headers {
        if let Ok(value) = value.parse() {
            headers.insert(*name, value);
        }
    }
    response
}
