//! The table of routes for people: as a page of the host, as `docs/api.md`, and as data.

use std::fmt::Write as _;

use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::contract::Contract;
use crate::doors;
use crate::guard::Uncounted;
use crate::routes::{self, Route, State};

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its contract.
    pub contract: &'static str,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: &'static str,
    /// `served` or `waits`.
    pub state: &'static str,
    /// What it waits for.
    pub waits_for: Option<&'static str>,
}

/// Every route, in the order of the contracts.
#[must_use]
pub fn lines() -> Vec<Line> {
    routes::all().iter().map(line).collect()
}

fn line(route: &Route) -> Line {
    let (state, waits_for) = match route.state() {
        State::Served => ("served", None),
        State::Waits(feature) => ("waits", Some(feature)),
    };
    Line {
        contract: route.contract.key(),
        method: route.method.to_string(),
        path: route.path,
        state,
        waits_for,
    }
}

/// The text of `docs/api.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Other programs\n\n\
         <!-- Written from the Rust code by `cargo xtask types`. Do not edit. -->\n\n\
         Almanac speaks five HTTP contracts side by side, on `http://127.0.0.1:<port>`; the port and the\n\
         keys are in Settings, Programs. A program written for one of them works after its base address\n\
         is changed. `GET /` is a page to read, `GET /openapi.json` the same as OpenAPI 3.1.\n\n\
         A key goes into `X-API-Key` or `Authorization: Bearer`, whichever the contract names; both work\n\
         everywhere. It reaches one workspace and may do what its permissions say.\n\n\
         Every answer under a contract carries `X-Request-Id` and `X-RateLimit-Limit`, `-Remaining`, `-Reset`: 1000\n\
         requests, 100 posts that go out and 50 files an hour and key. `GET /`, `GET /openapi.json` and the files\n\
         at `/media` are not counted. A request with `Idempotency-Key` is done once within a day; the same again\n\
         gets the same answer with `Idempotency-Replayed: true`.\n\n\
         A program that signs in through the browser (OAuth 2.0, proof keys with S256 welcome) is registered in\n\
         Settings, Programs, sends the browser to `/oauth/authorize` with `scope` `viewer`, `editor`, `member` or\n\
         `admin`, and exchanges its code at `/oauth/token` for a key of an hour and a token that renews it once.\n\n\
         An account is connected with the app that a person keeps for its network. The address that is answered is\n\
         for a browser: the network's own, or, where the network sends no browser back to a computer, that of a\n\
         page at `/sign-in`, which leads there and takes the address at which the browser ended. Either is good for\n\
         ten minutes and leads on to where the program wants the browser.\n\n\
         What happens is told to the addresses in Settings, Programs (webhooks), which the contracts below can\n\
         make as well: a `POST` signed with HMAC-SHA256 over its exact bytes, in hex, in `X-Webhook-Signature`;\n\
         `X-Webhook-Id` is the same however often it is sent. Programs that would rather listen ask\n\
         `GET /almanac/v1/events` with their key for server-sent events: `post`, `calendar`, `account`, `slots`\n\
         and `workspace`, each with the `id` of what changed; `Last-Event-ID` goes on where it broke off, and\n\
         `reload` says that too much was missed.\n",
    );
    let all = lines();
    for contract in Contract::ALL {
        let own: Vec<&Line> = all
            .iter()
            .filter(|l| l.contract == contract.key())
            .collect();
        let served = own.iter().filter(|l| l.waits_for.is_none()).count();
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "\n## {}\n\n{served} of {} routes are served.\n\n| Method | Path | State |\n|---|---|---|\n",
            contract.key(),
            own.len(),
        );
        for line in own {
            let state = line
                .waits_for
                .map_or_else(|| "served".to_owned(), |f| format!("waits for {f}"));
            let _ = writeln!(text, "| {} | `{}` | {state} |", line.method, line.path);
        }
    }
    text.push_str(
        "\n## almanac\n\n\
         Almanac's own doors, beside the contracts. `GET /openapi.json` has each command with the names of\n\
         what it takes and gives, and declares those types in TypeScript under `x-typescript`.\n\n\
         | Method | Path | What |\n|---|---|---|\n",
    );
    for door in doors::all() {
        let only = if door.with_screen {
            " Only where the screen is served."
        } else {
            ""
        };
        let path = door.described();
        let _ = writeln!(text, "| {} | `{path}` | {}{only} |", door.method, door.what);
    }
    text
}

/// A page to read the description on: nothing of it comes from elsewhere, and it runs no script.
pub(crate) async fn reader() -> Response {
    let policy = HeaderValue::from_static(
        "default-src 'none'; style-src 'self' 'unsafe-inline'; connect-src 'self'",
    );
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    let mut response = (headers, html()).into_response();
    response.extensions_mut().insert(Uncounted);
    response
}

/// A text as it stands in a page, also within the quotes of an attribute.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// One line of the page, which opens to the whole description.
fn operation(
    text: &mut String,
    description: &Value,
    method: &Method,
    path: &str,
    what: &str,
    more: &str,
) {
    let operation = &description["paths"][path][method.as_str().to_ascii_lowercase()];
    let detail = serde_json::to_string_pretty(operation).unwrap_or_default();
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        "<details><summary><b>{method}</b> <code>{}</code> {}{more}</summary><pre>{}</pre></details>",
        escaped(path),
        escaped(what),
        escaped(&detail),
    );
}

/// The page, without a script: what it shows is written into it.
fn html() -> String {
    let mut text = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Almanac: other programs</title>\
         <style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;\
         margin:2rem auto;padding:0 1rem}code,pre{font-family:ui-monospace,monospace;font-size:.875rem}\
         pre{overflow:auto;padding:.75rem;border:1px solid color-mix(in srgb,currentColor 25%,transparent);\
         border-radius:.375rem}summary{cursor:pointer;padding:.375rem 0}summary b{display:inline-block;\
         min-width:4.5rem}.waits{opacity:.75}</style></head><body><h1>Other programs</h1>\
         <p>Almanac speaks these five contracts. The whole description for tools is at \
         <a href=\"/openapi.json\">/openapi.json</a>. Keys are made in Almanac's Settings, Programs.</p>",
    );
    let description = crate::openapi::description();
    for contract in Contract::ALL {
        let _ = write!(text, "<h2>{}</h2>", contract.key());
        for route in routes::all().iter().filter(|r| r.contract == contract) {
            let path = route.paths().first().copied().unwrap_or(route.path);
            let waits = match route.state() {
                State::Served => String::new(),
                State::Waits(feature) => {
                    format!(" <span class=\"waits\">waits for {feature}</span>")
                }
            };
            operation(
                &mut text,
                &description,
                &route.method,
                path,
                route.what,
                &waits,
            );
        }
    }
    text.push_str("<h2>almanac</h2>");
    for door in doors::all() {
        let path = door.described();
        operation(&mut text, &description, &door.method, &path, door.what, "");
    }
    text.push_str("<h2>Shapes</h2>");
    let schemas = description["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let detail = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            text,
            "<details><summary><code>{}</code></summary><pre>{}</pre></details>",
            escaped(name),
            escaped(&detail),
        );
    }
    text.push_str("</body></html>");
    text
}
