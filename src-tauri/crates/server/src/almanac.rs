//! Almanac's own doors beside the contracts: every command of the list by key, what changes, files for
//! commands, and what those need who watch over a running program.
//!
//! `POST /almanac/v1/commands/<name>` takes the input of a command as JSON and answers as the window is
//! answered; errors are those that the window shows. Who calls shows a key, or is signed in to the screen.

mod caller;
mod command;
pub(crate) mod feed;
pub(crate) mod waiting;

use std::future::Future;
use std::sync::Arc;

use app::ApiError;
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on};
use model::ErrorCode;
use serde_json::json;

pub(crate) use caller::{Caller, caller};

use crate::doors::{self, Door};
use crate::fault::{Fault, Kind};
use crate::guard::Uncounted;
use crate::host::Host;
use crate::limits::Count;
use crate::{metrics, transfer};

/// The header with which a page shows that it is the one that signed in.
pub(crate) const CSRF: &str = "x-almanac-csrf";

/// The doors.
pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::new(
            Method::POST,
            "/almanac/v1/commands/{name}",
            "Run a command by its name: its input is the body, its answer that of the window.",
            |host| {
                to_known(host, MethodFilter::POST, |host, name, caller, request| async move {
                    command::run(&host, &name, caller, request).await
                })
            },
        )
        .takes(doors::JSON),
        Door::new(
            Method::GET,
            "/almanac/v1/feed",
            "What changes, as the window is told it.",
            |host| {
                to_known(host, MethodFilter::GET, |host, _, caller, request| async move {
                    feed::follow(&host, caller, request).await
                })
            },
        )
        .gives(doors::EVENTS),
        Door::new(
            Method::POST,
            "/almanac/v1/files",
            "Send a file for a command that takes one; answers what to call it in `path`.",
            |host| {
                to_known(host, MethodFilter::POST, |host, _, caller, request| async move {
                    transfer::take(&host, caller, request).await
                })
            },
        )
        .takes(doors::BYTES)
        .asks(&[("name", "What the file is called.")]),
        Door::new(
            Method::GET,
            "/almanac/v1/files/{token}",
            "Fetch a file that a command wrote, once; its answer named the token in `X-Almanac-File`.",
            |host| {
                to_known(host, MethodFilter::GET, |host, token, caller, _| async move {
                    transfer::give(&host, &token, caller).await
                })
            },
        )
        .gives(doors::BYTES),
        Door::new(
            Method::GET,
            "/healthz",
            "Whether the program runs.",
            |_| get(|| async { plain(Ok(word("ok"))) }),
        )
        .gives(doors::TEXT)
        .open(),
        Door::new(
            Method::GET,
            "/readyz",
            "Whether requests are worth sending.",
            |host| {
                let host = Arc::clone(host);
                get(move || async move { plain(is_ready(&host).await) })
            },
        )
        .gives(doors::TEXT)
        .open(),
        Door::new(
            Method::GET,
            "/metrics",
            "Figures for Prometheus: open on this computer, from elsewhere with view_analytics.",
            |host| {
                let host = Arc::clone(host);
                get(
                    move |request: Request| async move {
                        plain(metrics::show(&host, request).await)
                    },
                )
            },
        )
        .gives(doors::TEXT)
        .open(),
    ]
}

fn word(text: &'static str) -> Response {
    text.into_response()
}

/// Whether requests are worth sending: the database answers, it publishes, and it is not ending.
async fn is_ready(host: &Host) -> Result<Response, Problem> {
    if !*host.stopping.borrow() && host.app.is_ready().await {
        return Ok(word("ready"));
    }
    Ok((StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response())
}

/// What serves a door for those who are known: it works with the host, what the path names, who calls and what was
/// sent.
pub(crate) fn to_known<W, F>(host: &Arc<Host>, method: MethodFilter, work: W) -> MethodRouter
where
    W: FnOnce(Arc<Host>, String, Caller, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    let host = Arc::clone(host);
    on(
        method,
        move |named: Option<Path<String>>, request: Request| async move {
            let named = named.map_or_else(String::new, |Path(named)| named);
            let with = Arc::clone(&host);
            let work = |caller, request| work(with, named, caller, request);
            known(&host, request, work).await
        },
    )
}

/// Answers somebody who is known. What is left of the limit of the key stands on every answer, as it does
/// under the contracts; who is signed in to the screen is not counted.
async fn known<W, F>(host: &Host, request: Request, work: W) -> Response
where
    W: FnOnce(Caller, Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let caller = caller(host, request.method(), request.headers()).await;
    let (count, answer) = match caller {
        Ok(caller) => (caller.count, work(caller, request).await),
        Err(problem) => (None, Err(problem)),
    };
    let mut response = plain(answer);
    if let Some(count) = count {
        count.write(response.headers_mut());
    }
    response
}

/// An answer of these doors: errors in the shape of the window, and counted by none of the contracts.
pub(crate) fn plain(answer: Result<Response, Problem>) -> Response {
    let mut response = answer.unwrap_or_else(Problem::response);
    response.extensions_mut().insert(Uncounted);
    response
}

/// JSON text as an answer.
pub(crate) fn json_text(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// Why a request was not done.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    error: Box<ApiError>,
    /// What it was counted against.
    count: Option<Count>,
}

impl Problem {
    /// With a status of its own.
    pub fn new(status: StatusCode, code: ErrorCode, message: &str) -> Self {
        Self {
            status,
            error: Box::new(ApiError::new(code, message)),
            count: None,
        }
    }

    /// The same, saying what it was counted against.
    pub fn counted(self, count: Count) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Nobody is known by what was shown.
    pub fn stranger() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Permission,
            "The key is missing or not valid.",
        )
    }

    fn response(self) -> Response {
        let body = serde_json::to_string(&*self.error).unwrap_or_else(|_| json!({}).to_string());
        let mut response = json_text(body);
        *response.status_mut() = self.status;
        if let Some(count) = self.count {
            count.write(response.headers_mut());
        }
        response
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self {
            status: Fault::from(error.clone()).status(),
            error: Box::new(error),
            count: None,
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let code = match fault.kind {
            Kind::Unauthenticated | Kind::Forbidden => ErrorCode::Permission,
            Kind::NotFound => ErrorCode::NotFound,
            Kind::Conflict => ErrorCode::Conflict,
            Kind::RateLimited => ErrorCode::RateLimited,
            Kind::Unavailable => ErrorCode::Storage,
            Kind::Internal => ErrorCode::Internal,
            _ => ErrorCode::Validation,
        };
        Self {
            status: fault.status(),
            count: fault.count,
            error: Box::new(ApiError::new(code, fault.message)),
        }
    }
}
