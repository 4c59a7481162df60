//! Listening, connections, and the router.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::App;
use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, any, get, on};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::contract::Contract;
use crate::events::Live;
use crate::fault::{Fault, Kind};
use crate::files::{self, Tickets};
use crate::limits::{Limits, Rates};
use crate::routes::Route;
use crate::{events, guard, hooks, mcp, openapi, page, pipeline, routes};

/// How long a head may take to arrive.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// Most bytes of a head.
const MAX_HEAD: usize = 64 * 1024;
/// Most connections at a time; more wait to be taken.
const MAX_CONNECTIONS: usize = 2_048;
/// How long requests get to finish when the host stops.
const END_LIMIT: Duration = Duration::from_secs(10);

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The port on this computer; 0 takes any.
    pub port: u16,
    /// Limits of an hour.
    pub rates: Rates,
}

/// Why the host could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The port is taken.
    #[error(
        "Other programs cannot reach Almanac: port {port} is used by another program. Choose another port in Settings, Programs."
    )]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The system refused.
    #[error("Other programs cannot reach Almanac: {0}.")]
    Refused(std::io::Error),
}

/// What all requests share.
pub(crate) struct Host {
    /// The program.
    pub app: App,
    /// Counts of keys.
    pub limits: Limits,
    /// Files that may be sent, by token.
    pub tickets: Mutex<Tickets>,
    /// Who listens to what happens.
    pub live: Live,
    /// Turns true when the host is to stop.
    pub stopping: watch::Receiver<bool>,
    /// The port.
    port: u16,
}

impl Host {
    /// One that does not listen, for requests that come over a pipe.
    pub fn apart(app: App) -> Self {
        Self {
            app,
            limits: Limits::new(Rates::default()),
            tickets: Mutex::default(),
            port: 0,
        }
    }

    /// Whether a `Host` header names this host.
    pub fn answers_to(&self, named: &str) -> bool {
        let (name, port) = match named.rsplit_once(':') {
            Some((name, port)) => (name, port.parse::<u16>().ok()),
            None => (named, Some(80)),
        };
        let here = ["127.0.0.1", "localhost", "[::1]"];
        port == Some(self.port) && here.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The beginning of its addresses.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The host. See [`Server::start`].
pub struct Server;

/// A host that listens.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, lets those under way finish within some seconds, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the host for programs ended in a fault");
        }
    }
}

impl Server {
    /// Listens on this computer alone and serves the contracts over this program.
    pub async fn start(app: App, config: ServerConfig) -> Result<Running, ServerError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, config.port));
        let listener = TcpListener::bind(wanted).await.map_err(|error| {
            if error.kind() == std::io::ErrorKind::AddrInUse {
                ServerError::PortTaken { port: config.port }
            } else {
                ServerError::Refused(error)
            }
        })?;
        let address = listener.local_addr().map_err(ServerError::Refused)?;
        hooks::start(&app);
        let (stop, stopping) = watch::channel(false);
        let host = Arc::new(Host {
            app,
            limits: Limits::new(config.rates),
            tickets: Mutex::default(),
            live: Live::default(),
            stopping: stopping.clone(),
            port: address.port(),
        });
        let router = router(&host);
        let task = tokio::spawn(accept(listener, router, stopping));
        tracing::info!(port = address.port(), "programs can reach Almanac");
        Ok(Running {
            address,
            stop,
            task,
        })
    }
}

async fn accept(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let open = GracefulShutdown::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit,
            () = asked_to_stop(&mut stopping) => break,
        };
        let stream = tokio::select! {
            taken = listener.accept() => match taken {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    // Out of handles, most likely: others have to go first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = asked_to_stop(&mut stopping) => break,
        };
        let serving = open.watch(connection(stream, router.clone()));
        tokio::spawn(async move {
            let _room = permit;
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a connection broke off");
            }
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
async fn asked_to_stop(stopping: &mut watch::Receiver<bool>) {
    stopping.wait_for(|stop| *stop).await.ok();
}

fn connection(
    stream: TcpStream,
    router: Router,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // Answers are small and wanted at once.
    stream.set_nodelay(true).ok();
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}

/// The router, made from the list of routes.
pub(crate) fn router(host: &Arc<Host>) -> Router {
    let mut router = Router::new()
        .route("/", get(page::reader))
        .route("/openapi.json", get(openapi::document))
        .route(
            "/media/{id}",
            get({
                let host = Arc::clone(host);
                move |params: RawPathParams| files::show(host, named(&params))
            }),
        )
        .route(
            mcp::PATH,
            any({
                let (host, over) = (Arc::clone(host), mcp::Over::new(host));
                move |request: Request| over.clone().answer(Arc::clone(&host), request)
            }),
        )
        .route(
            events::PATH,
            get({
                let host = Arc::clone(host);
                move |request: Request| events::listen(host, request)
            }),
        );
    for route in routes::all() {
        let route = Arc::new(route);
        for path in route.paths() {
            router = router.route(path, method(host, &route));
        }
    }
    let (lost, wrong) = (Arc::clone(host), Arc::clone(host));
    router
        .fallback(move |request: Request| {
            let response = refused(&lost, &request, &Fault::missing("address"));
            std::future::ready(response)
        })
        .method_not_allowed_fallback(move |request: Request| {
            let fault = Fault::new(Kind::Method, "This address takes no such method.");
            std::future::ready(refused(&wrong, &request, &fault))
        })
        .layer(middleware::from_fn_with_state(
            Arc::clone(host),
            guard::guard,
        ))
}

fn refused(host: &Host, request: &Request, fault: &Fault) -> Response {
    let contract = Contract::of_path(request.uri().path());
    let id = pipeline::request_id(request);
    pipeline::refusal(host, contract, fault, &id)
}

fn named(params: &RawPathParams) -> HashMap<String, String> {
    params
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn method(host: &Arc<Host>, route: &Arc<Route>) -> MethodRouter {
    let (host, route) = (Arc::clone(host), Arc::clone(route));
    let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
    let handler = move |params: RawPathParams, request: Request| {
        let params = named(&params);
        pipeline::answer(Arc::clone(&host), Arc::clone(&route), params, request)
    };
    on(filter, handler)
}
