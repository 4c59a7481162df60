//! What all requests share, starting and stopping, and the router.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use app::App;
use app::programs::Bearer;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use model::KeyId;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::answers::{Lately, Moment};
use crate::arriving::Pace;
use crate::contract::Contract;
use crate::events::Live;
use crate::fault::{Fault, Kind};
use crate::files::{self, Tickets};
use crate::limits::{Limits, Rates};
use crate::listen::{Socket, accept};
use crate::metrics::Tally;
use crate::owner::Owner;
use crate::routes::Route;
use crate::screen::{Screen, Sessions};
use crate::signing_in::pasted;
use crate::tls::Tls;
use crate::transfer::Transfers;
use crate::{access, almanac, doors, guard, hooks, openapi, page, pipeline, routes, screen};

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The port on this computer; 0 takes any.
    pub port: u16,
    /// Limits of an hour.
    pub rates: Rates,
    /// How fast what is sent has to arrive at the least.
    pub pace: Pace,
}

impl ServerConfig {
    /// At a port, with the limits that the contracts document.
    #[must_use]
    pub fn at(port: u16) -> Self {
        Self {
            port,
            rates: Rates::default(),
            pace: Pace::default(),
        }
    }
}

/// What a host without a window does besides: other addresses, other names, the screen.
#[derive(Clone, Default)]
pub struct Outside {
    /// More addresses to listen at, each with or without TLS.
    pub listen: Vec<(SocketAddr, Option<Tls>)>,
    /// Names that it is called by besides those of this computer, such as `almanac.example.org`.
    pub names: Vec<String>,
    /// A program in front of it takes the requests, speaks TLS, and calls from this computer.
    pub behind_proxy: bool,
    /// The screen to be served.
    pub screen: Option<Screen>,
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
    /// How fast what is sent has to arrive.
    pub pace: Pace,
    /// Who showed which key lately, by its hash.
    pub bearers: Lately<blake3::Hash, Option<Bearer>>,
    /// What was answered lately, by key and address.
    pub answers: Lately<(KeyId, String), (StatusCode, Bytes)>,
    /// Files that may be sent, by token.
    pub tickets: Mutex<Tickets>,
    /// Who listens to what happens.
    pub live: Live,
    /// Who is signed in to the screen.
    pub sessions: Sessions,
    /// Sign-ins that wait for an address to be pasted.
    pub sign_in_pages: pasted::Pages,
    /// Files on their way in and out for commands.
    pub transfers: Transfers,
    /// Screens that may still begin to listen.
    pub listeners: Arc<Semaphore>,
    /// Requests that were counted.
    pub tally: Tally,
    /// Turns true when the host is to stop.
    pub stopping: watch::Receiver<bool>,
    /// What it does without a window.
    pub outside: Outside,
    /// Every port it listens at; the first is the one on this computer.
    ports: Vec<u16>,
}

impl Host {
    fn new(
        app: App,
        config: &ServerConfig,
        stopping: watch::Receiver<bool>,
        outside: Outside,
        ports: Vec<u16>,
    ) -> Self {
        Self {
            app,
            limits: Limits::new(config.rates),
            pace: config.pace,
            bearers: Lately::default(),
            answers: Lately::default(),
            tickets: Mutex::default(),
            live: Live::default(),
            sessions: Sessions::default(),
            sign_in_pages: pasted::Pages::default(),
            transfers: Transfers::default(),
            listeners: Arc::new(Semaphore::new(almanac::feed::MOST)),
            tally: Tally::default(),
            stopping,
            outside,
            ports,
        }
    }

    /// One that does not listen, for requests that come over a pipe.
    pub fn apart(app: App) -> Self {
        let (_, stopping) = watch::channel(false);
        Self::new(
            app,
            &ServerConfig::at(0),
            stopping,
            Outside::default(),
            Vec::new(),
        )
    }

    /// Now, as far as the store is concerned.
    pub fn moment(&self) -> Moment {
        Moment {
            writes: self.app.commits(),
            now: self.app.now(),
        }
    }

    /// Whether a `Host` header names this host.
    pub fn answers_to(&self, named: &str) -> bool {
        let Some((name, port)) = split(named) else {
            return false;
        };
        let own_port = |port: u16| self.ports.contains(&port);
        if is_near(name) {
            return own_port(port.unwrap_or(80));
        }
        // What stands in front of it may be called at the usual ports, which stand in no header.
        let usual = port.is_none_or(|port| [80, 443].contains(&port) || own_port(port));
        let mut names = self.outside.names.iter();
        usual && names.any(|own| own.eq_ignore_ascii_case(name))
    }

    /// Whether pages reach it over TLS.
    pub fn is_secure(&self) -> bool {
        let all_tls = !self.outside.listen.is_empty()
            && self.outside.listen.iter().all(|(_, tls)| tls.is_some());
        self.outside.behind_proxy || all_tls
    }

    /// The beginning of the addresses that somebody is told who called it by this name, which it answers to: from
    /// there they reach it again, whatever lies in between. Without a name, as this computer reaches it.
    pub fn base(&self, named: Option<&str>) -> String {
        let port = self.ports.first().copied().unwrap_or_default();
        match named {
            Some(named) if self.is_tls(named) => format!("https://{named}"),
            Some(named) => format!("http://{named}"),
            None => format!("http://127.0.0.1:{port}"),
        }
    }

    /// Whether somebody who called it by this name did so over TLS.
    fn is_tls(&self, named: &str) -> bool {
        let (name, port) = split(named).unwrap_or((named, None));
        // This computer reaches it past whatever stands in front of it.
        let near = is_near(name);
        let port = port.or(near.then_some(80));
        let own = |port: u16| self.ports.iter().position(|own| *own == port);
        match port.and_then(own) {
            // The first is the one on this computer, without TLS.
            Some(n) if near || !self.outside.behind_proxy => {
                let listens = n.checked_sub(1).and_then(|n| self.outside.listen.get(n));
                listens.is_some_and(|(_, tls)| tls.is_some())
            }
            _ => self.is_secure(),
        }
    }
}

/// Name and port of a `Host` header; none where the port is none.
fn split(named: &str) -> Option<(&str, Option<u16>)> {
    match named.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => Some((name, Some(port.parse().ok()?))),
        _ => Some((named, None)),
    }
}

/// Whether a name is one of this computer for itself.
fn is_near(name: &str) -> bool {
    let own = ["127.0.0.1", "localhost", "[::1]"];
    own.into_iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The host. See [`Server::start`].
pub struct Server;

/// A host that listens.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Says in the data folder where it listens.
    _owner: Owner,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, lets those under way finish within some seconds, and ends.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "the host for programs ended in a fault");
            }
        }
    }
}

impl Server {
    /// Listens on this computer alone and serves the contracts over this program.
    pub async fn start(app: App, config: ServerConfig) -> Result<Running, ServerError> {
        Self::start_outside(app, config, Outside::default()).await
    }

    /// The same, listening elsewhere as well and serving the screen.
    pub async fn start_outside(
        app: App,
        config: ServerConfig,
        outside: Outside,
    ) -> Result<Running, ServerError> {
        let own = SocketAddr::from((Ipv4Addr::LOCALHOST, config.port));
        let mut wanted = vec![(own, None)];
        wanted.extend(outside.listen.iter().cloned());
        let (mut sockets, mut addresses) = (Vec::new(), Vec::new());
        for (address, tls) in wanted {
            let (listener, bound) = listen(address).await?;
            addresses.push(bound);
            sockets.push(Socket { listener, tls });
        }
        hooks::start(&app);
        let (stop, stopping) = watch::channel(false);
        let address = addresses.first().copied().unwrap_or(own);
        let owner = Owner::note(&app, address);
        let ports = addresses.iter().map(SocketAddr::port).collect();
        let host = Arc::new(Host::new(app, &config, stopping.clone(), outside, ports));
        let router = router(&host);
        let mut tasks = JoinSet::new();
        for socket in sockets {
            tasks.spawn(accept(socket, router.clone(), stopping.clone()));
        }
        tracing::info!(port = address.port(), "programs can reach Almanac");
        Ok(Running {
            address,
            stop,
            tasks,
            _owner: owner,
        })
    }
}

async fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), ServerError> {
    let listener = TcpListener::bind(wanted).await.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            ServerError::PortTaken {
                port: wanted.port(),
            }
        } else {
            ServerError::Refused(error)
        }
    })?;
    let bound = listener.local_addr().map_err(ServerError::Refused)?;
    Ok((listener, bound))
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
        .merge(doors::router(host))
        .merge(access::router(host))
        .merge(pasted::router(host));
    if let Some(served) = &host.outside.screen {
        router = router.merge(screen::router(served));
    }
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

pub(crate) fn named(params: &RawPathParams) -> HashMap<String, String> {
    params
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The parts of a path that have names, unless they are no text.
type Params = Result<RawPathParams, RawPathParamsRejection>;

fn method(host: &Arc<Host>, route: &Arc<Route>) -> MethodRouter {
    let (host, route) = (Arc::clone(host), Arc::clone(route));
    let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
    let handler = move |params: Params, request: Request| {
        let (host, route) = (Arc::clone(&host), Arc::clone(&route));
        async move {
            match params {
                Ok(params) => pipeline::answer(host, route, named(&params), request).await,
                // What is no text names nothing that is here.
                Err(_) => refused(&host, &request, &Fault::missing("address")),
            }
        }
    };
    on(filter, handler)
}
