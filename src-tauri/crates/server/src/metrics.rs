//! Figures for Prometheus: posts and deliveries as the database counts them, and requests since the start.
//! No label says what a post is about or whose it is.
//!
//! They are shown to whoever calls from this computer without a program in between, and to keys that may
//! see analytics.

use std::time::Duration;

use app::programs::Figures;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::ErrorCode;
use model::key::Permission;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::almanac::{Problem, caller};
use crate::host::Host;
use crate::listen::Peer;

/// Bounds of the times that are counted, in seconds.
const SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    contract: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Whose {
    contract: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Sent {
    network: String,
    outcome: String,
}

fn times() -> Histogram {
    Histogram::new(SECONDS)
}

/// Requests since the start.
pub(crate) struct Tally {
    requests: Family<Asked, Counter>,
    seconds: Family<Whose, Histogram, fn() -> Histogram>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(times),
        }
    }
}

impl Tally {
    /// Counts a request that was answered.
    pub fn note(&self, contract: &'static str, status: u16, took: Duration) {
        self.requests
            .get_or_create(&Asked { contract, status })
            .inc();
        self.seconds
            .get_or_create(&Whose { contract })
            .observe(took.as_secs_f64());
    }
}

/// Shows the figures.
pub(crate) async fn show(host: &Host, request: Request) -> Result<Response, Problem> {
    let peer = request.extensions().get::<Peer>();
    let near = peer.is_some_and(|peer| peer.0.ip().is_loopback());
    // What stands in front calls from this computer, whoever asked it.
    if !near || host.outside.behind_proxy {
        let caller = caller(host, request.method(), request.headers()).await?;
        if !caller
            .bearer
            .permissions
            .contains(&Permission::ViewAnalytics)
        {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                ErrorCode::Permission,
                "This key lacks the permission view_analytics. Make one that has it.",
            ));
        }
    }
    let figures = host.app.figures().await?;
    let mut text = String::new();
    encode(&mut text, &registry(host, &figures)).map_err(|error| {
        tracing::error!(%error, "the figures could not be written");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "The figures could not be written.",
        )
    })?;
    let mut response = text.into_response();
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

fn gauges<'a>(counts: impl Iterator<Item = (&'a str, i64)>) -> Family<State, Gauge> {
    let family = Family::<State, Gauge>::default();
    for (word, count) in counts {
        let state = word.to_owned();
        family.get_or_create(&State { state }).set(count);
    }
    family
}

fn gauge(count: i64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(count);
    gauge
}

fn registry(host: &Host, figures: &Figures) -> Registry {
    let mut all = Registry::with_prefix("almanac");
    let posts = gauges(figures.posts.iter().map(|c| (c.word.as_str(), c.count)));
    all.register("posts", "Posts by how far they are written", posts);
    let targets = gauges(figures.targets.iter().map(|c| (c.word.as_str(), c.count)));
    all.register("deliveries", "Deliveries by state", targets);
    all.register(
        "deliveries_due",
        "Deliveries whose time has come and that have not begun",
        gauge(figures.due),
    );
    all.register(
        "deliveries_late",
        "Those of them that are later than a minute",
        gauge(figures.late),
    );
    let sends = Family::<Sent, Gauge>::default();
    for line in &figures.sends {
        let labels = Sent {
            network: line.network.clone(),
            outcome: line.outcome.clone(),
        };
        sends.get_or_create(&labels).set(line.count);
    }
    // A gauge, since clearing the bin takes attempts away with their posts.
    all.register(
        "sends",
        "Attempts that are kept, by network and how they ended",
        sends,
    );
    let told = gauges(figures.told.iter().map(|c| (c.word.as_str(), c.count)));
    all.register(
        "webhook_deliveries",
        "What other programs are told, by state, of the last thirty days",
        told,
    );
    all.register(
        "webhooks_failing",
        "Addresses of other programs at which nothing arrives",
        gauge(figures.failing),
    );
    all.register(
        "http_requests",
        "Requests that were answered since the start",
        host.tally.requests.clone(),
    );
    all.register(
        "http_request_seconds",
        "How long requests took",
        host.tally.seconds.clone(),
    );
    all
}
