//! The screen in a browser: its files, signing in to it with a key, and pictures for it.
//!
//! A key is typed once. Then a cookie that no script can read says who it is, and what changes something has
//! to show besides what only the page knows. Sessions are in memory: after a new start of the program one
//! signs in again.

mod files;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, delete, get, post};

pub use files::Screen;
pub(crate) use session::Sessions;

use crate::almanac::{Problem, plain, to_known};
use crate::doors::{self, Door};
use crate::guard::Uncounted;
use crate::host::Host;
use crate::media;

/// What the page may load and do: nothing from elsewhere.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The pages.
pub(crate) fn router(screen: &Screen) -> Router {
    let (first, others) = (screen.clone(), screen.clone());
    Router::new()
        .route(
            "/app",
            get(|| async { uncounted(Redirect::permanent("/app/").into_response()) }),
        )
        .route(
            "/app/",
            get(move || async move { uncounted(page(first.file("index.html"))) }),
        )
        .route(
            "/app/{*path}",
            get(move |Path(path): Path<String>| async move { uncounted(page(others.file(&path))) }),
        )
}

/// The doors that the pages use.
pub(crate) fn doors() -> Vec<Door> {
    const SESSION: &str = "/almanac/v1/session";
    vec![
        Door::new(
            Method::GET,
            "/almanac/v1/media/{*path}",
            "A picture or a piece of a video, for the page.",
            |host| {
                to_known(host, MethodFilter::GET, |host, path, _, request| async move {
                    picture(&host, &path, request).await
                })
            },
        )
        .gives(doors::BYTES)
        .with_screen(),
        Door::new(
            Method::GET,
            SESSION,
            "Who is signed in to the page.",
            |host| {
                let host = Arc::clone(host);
                get(
                    move |headers: HeaderMap| async move {
                        plain(session::who(&host, &headers).await)
                    },
                )
            },
        )
        .with_screen(),
        Door::new(
            Method::POST,
            SESSION,
            "Sign in to the page with a key, the field `key`.",
            |host| {
                let host = Arc::clone(host);
                post(
                    move |request: Request| async move {
                        plain(session::enter(&host, request).await)
                    },
                )
            },
        )
        .takes(doors::JSON)
        .open()
        .with_screen(),
        Door::new(
            Method::DELETE,
            SESSION,
            "Sign out of the page.",
            |host| {
                let host = Arc::clone(host);
                delete(move |headers: HeaderMap| async move {
                    plain(session::leave(&host, &headers).await)
                })
            },
        )
        .with_screen(),
    ]
}

fn uncounted(mut response: Response) -> Response {
    response.extensions_mut().insert(Uncounted);
    response
}

fn page(file: Option<&files::File>) -> Response {
    let Some(file) = file else {
        return (StatusCode::NOT_FOUND, "There is no such page.").into_response();
    };
    let mut response = file.bytes.clone().into_response();
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, file.kind);
    set(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    set(headers, header::CACHE_CONTROL, file.keeps);
    let policy = HeaderName::from_static("permissions-policy");
    set(headers, policy, "camera=(), geolocation=(), microphone=()");
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    set(headers, opener, "same-origin");
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// A picture or a piece of a video, for whoever is signed in.
async fn picture(host: &Host, path: &str, request: Request) -> Result<Response, Problem> {
    let range = request.headers().get(header::RANGE);
    let range = range
        .and_then(|r| r.to_str().ok())
        .and_then(media::first_of);
    let mut response = media::answer(&host.app, path, range)
        .await
        .map(axum::body::Body::from);
    // A picture is never run as a page.
    set(
        response.headers_mut(),
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; sandbox",
    );
    Ok(response)
}
