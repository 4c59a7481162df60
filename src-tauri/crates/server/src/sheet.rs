//! Small pages for people: nothing of them comes from elsewhere, and they run no script.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::guard::Uncounted;
use crate::page::escaped;

/// What such a page may load and do.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// The same for a page with a form that is sent to where the page is.
const FORM_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

const STYLE: &str = ":root{color-scheme:light dark;--bad:#b3261e}\
    @media(prefers-color-scheme:dark){:root{--bad:#ffb4ab}}\
    body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto 0;padding:0 1rem;\
    overflow-wrap:anywhere}h1{font-size:1.375rem}ol{padding-left:1.25rem}li{margin:.75rem 0}\
    code{font-family:ui-monospace,monospace}label{display:block}.bad{color:var(--bad)}\
    input,button{font:inherit;box-sizing:border-box;padding:.5rem .75rem}\
    input{width:100%;margin:.25rem 0 .75rem}";

/// A page of one sentence.
pub(crate) fn told(status: StatusCode, head: &str, said: &str) -> Response {
    let said = format!("<p>{}</p>", escaped(said));
    shown(status, sheet(head, &said))
}

/// A page with a form in it, which stands there as it is.
pub(crate) fn asking(status: StatusCode, head: &str, form: &str) -> Response {
    let mut response = shown(status, sheet(head, form));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FORM_POLICY),
    );
    // Without a referrer a browser would not say either from which page a form is sent (Fetch, section 3.2: the
    // origin is `null`), and what comes from nowhere is refused. Other sites are told nothing.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// A page that is written already.
pub(crate) fn shown(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    let mut response = (status, headers, page).into_response();
    response.extensions_mut().insert(Uncounted);
    response
}

fn sheet(head: &str, main: &str) -> String {
    let head = escaped(head);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{head}</title>\
         <style>{STYLE}</style></head><body><main><h1>{head}</h1>{main}</main></body></html>"
    )
}
