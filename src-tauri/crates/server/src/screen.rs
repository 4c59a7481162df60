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
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

pub use files::Screen;
pub(crate) use session::Sessions;

use crate::almanac::{Problem, ROOT, known, plain};
use crate::guard::Uncounted;
use crate::host::Host;
use crate::media;

/// What the page may load and do: nothing from elsewhere.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The routes.
pub(crate) fn router(host: &Arc<Host>, screen: &Screen) -> Router {
    let with = |host: &Arc<Host>| Arc::clone(host);
    let (enter, who, leave, show) = (with(host), with(host), with(host), with(host));
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
        .route(
            &format!("{ROOT}/media/{{*path}}"),
            get(
                move |Path(path): Path<String>, request: Request| async move {
                    let work = |_, request| picture(&show, &path, request);
                    known(&show, request, work).await
                },
            ),
        )
        .route(
            &format!("{ROOT}/session"),
            get(move |headers: HeaderMap| async move { plain(session::who(&who, &headers).await) })
                .post(move |request: Request| async move {
                    plain(session::enter(&enter, request).await)
                })
                .delete(move |headers: HeaderMap| async move {
                    plain(session::leave(&leave, &headers).await)
                }),
        )
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
