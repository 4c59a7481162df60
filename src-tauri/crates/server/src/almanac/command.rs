//! One command of the list.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use model::ErrorCode;
use serde_json::{Map, Value};

use super::{Caller, Problem, json_text, waiting};
use crate::arriving;
use crate::call::is_deeper;
use crate::host::Host;

/// Largest input, in bytes: a pasted picture in base64 fits.
const MAX_INPUT: usize = 40 * 1024 * 1024;
/// Deepest nesting of an input.
const MAX_DEPTH: u32 = 64;
/// How long an input may take to arrive.
const LIMIT: Duration = Duration::from_mins(2);
/// Says under which address the file lies that a command wrote.
pub(crate) const FILE: HeaderName = HeaderName::from_static("x-almanac-file");

/// Runs a command.
pub(super) async fn run(
    host: &Host,
    name: &str,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| {
            let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
            kind.split(';').next().unwrap_or_default().trim() == "application/json"
        });
    if !json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::Validation,
            "The input of a command is JSON: set Content-Type to application/json.",
        ));
    }
    let body = arriving::whole(request.into_body(), MAX_INPUT, LIMIT)
        .await
        .map_err(|cut| cut.fault("input", MAX_INPUT as u64))?;
    let mut input = understand(&body)?;
    let key = caller.bearer.key;
    let files = host.transfers.put_paths(&host.app, key, &mut input)?;
    let (app, name) = (host.app.clone(), name.to_owned());
    let allowed = files.paths();
    // Work goes on when whoever asked is gone: half of it would be worse than all of it.
    let working = tokio::spawn(async move {
        match app.call_as(&caller.bearer, &name, input, &allowed).await {
            // Whoever is signed in sees it in the frame of the screen.
            Ok(answer) if !caller.signed_in => waiting::told(&app, &name, answer).await,
            answered => answered,
        }
    });
    let answer = working.await.map_err(|error| {
        tracing::error!(%error, "a command of a program ended in a fault");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "Almanac could not do this because of a fault of its own; the log has the detail.",
        )
    })??;
    let mut response = json_text(answer);
    if let Some(token) = host.transfers.keep(files, key, host.app.now())
        && let Ok(value) = HeaderValue::from_str(&token)
    {
        response.headers_mut().insert(FILE, value);
    }
    Ok(response)
}

fn understand(body: &[u8]) -> Result<Value, Problem> {
    let not_read = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::Validation,
            "The input has to be a JSON object.",
        )
    };
    if body.trim_ascii().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    if is_deeper(body, MAX_DEPTH) {
        return Err(not_read());
    }
    let input: Value = serde_json::from_slice(body).map_err(|_| not_read())?;
    if input.is_object() {
        Ok(input)
    } else {
        Err(not_read())
    }
}
