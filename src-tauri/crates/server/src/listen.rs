//! Sockets and connections: plain or in TLS, within bounds of number and time, ended in good order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use crate::tls::Tls;

/// How long a head may take to arrive, and greeting each other in TLS.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// How long whoever asked may take not a byte of an answer. A stream of events writes seldom and is not meant:
/// time counts only while there is something to take.
const TAKE_LIMIT: Duration = Duration::from_mins(1);
/// Most bytes of a head.
const MAX_HEAD: usize = 64 * 1024;
/// Most connections at a time; more wait to be taken.
const MAX_CONNECTIONS: usize = 2_048;
/// How long requests get to finish when the host stops.
const END_LIMIT: Duration = Duration::from_secs(10);

/// Where somebody called from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// A socket that listens.
pub(crate) struct Socket {
    /// It.
    pub listener: TcpListener,
    /// Everything that comes in over it is in TLS.
    pub tls: Option<Tls>,
}

/// Takes connections until the host is to stop.
pub(crate) async fn accept(socket: Socket, router: Router, mut stopping: watch::Receiver<bool>) {
    let Socket { listener, tls } = socket;
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let open = GracefulShutdown::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit,
            () = asked_to_stop(&mut stopping) => break,
        };
        let (stream, peer) = tokio::select! {
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    // Out of handles, most likely: others have to go first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = asked_to_stop(&mut stopping) => break,
        };
        let (router, tls, watcher) = (router.clone(), tls.clone(), open.watcher());
        tokio::spawn(async move {
            let _room = permit;
            connection(stream, Peer(peer), tls, router, watcher).await;
        });
    }
    drop(listener);
    if tokio::time::timeout(END_LIMIT, open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests of programs were cut off: they did not end in time");
    }
}

/// Returns when the host is to stop, also since nobody is left to say so.
pub(crate) async fn asked_to_stop(stopping: &mut watch::Receiver<bool>) {
    stopping.wait_for(|stop| *stop).await.ok();
}

async fn connection(
    stream: TcpStream,
    peer: Peer,
    tls: Option<Tls>,
    router: Router,
    watcher: Watcher,
) {
    // Answers are small and wanted at once.
    stream.set_nodelay(true).ok();
    let Some(tls) = tls else {
        return serve(stream, peer, router, watcher).await;
    };
    match tokio::time::timeout(HEAD_LIMIT, tls.greet(stream)).await {
        Ok(Ok(stream)) => serve(stream, peer, router, watcher).await,
        Ok(Err(error)) => tracing::debug!(%error, "TLS was not agreed on"),
        Err(_) => tracing::debug!("TLS was not agreed on in time"),
    }
}

async fn serve<S>(stream: S, peer: Peer, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(TAKE_LIMIT));
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    if let Err(error) = watcher.watch(serving).await {
        tracing::debug!(%error, "a connection broke off");
    }
}
