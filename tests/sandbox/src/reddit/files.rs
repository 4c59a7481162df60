//! Places for files, and the storage they go to.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{Answer, Refused, Shared, caller, held};

pub async fn lease(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut state = held(&state);
    caller(&mut state, &headers, "submit")?;
    let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let mime = get("mimetype");
    let known = [
        "image/jpeg",
        "image/png",
        "image/gif",
        "video/mp4",
        "video/quicktime",
    ];
    if form.len() != 2 || get("filepath").is_empty() || !known.contains(&mime) {
        return Err(Refused::Status(400));
    }
    state.leases += 1;
    let number = state.leases;
    let key = format!("rte_images/asset{number:08}");
    let host = state.origin.trim_start_matches("http:").to_owned();
    let fields = json!([
        { "name": "acl", "value": "" },
        { "name": "key", "value": key },
        { "name": "X-Amz-Security-Token", "value": format!("lease-{number}") },
        { "name": "Content-Type", "value": mime },
    ]);
    Ok(axum::Json(json!({
        "args": { "action": format!("{host}/storage/bucket"), "fields": fields },
        "asset": {
            "asset_id": format!("asset{number:08}"), "processing_state": "incomplete",
            "websocket_url": null,
        },
    }))
    .into_response())
}

fn refused(status: StatusCode, code: &str) -> Response {
    refused_with(status, code, "")
}

fn refused_with(status: StatusCode, code: &str, more: &str) -> Response {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code>{more}</Error>");
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

/// Every field of the lease in order, the file last, and no token.
pub async fn store(axum::extract::State(state): Shared, request: Request) -> Response {
    let signed = request.headers().contains_key(header::AUTHORIZATION);
    let (mut names, mut key, mut bytes) = (Vec::new(), String::new(), Vec::new());
    let Ok(mut form) = Multipart::from_request(request, &()).await else {
        return refused(StatusCode::BAD_REQUEST, "MalformedPOSTRequest");
    };
    while let Ok(Some(part)) = form.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let Ok(whole) = part.bytes().await else {
            return refused(StatusCode::BAD_REQUEST, "IncompleteBody");
        };
        match name.as_str() {
            "key" => key = String::from_utf8_lossy(&whole).into_owned(),
            "file" => bytes = whole.to_vec(),
            _ => {}
        }
        names.push(name);
    }
    let whole = ["acl", "key", "X-Amz-Security-Token", "Content-Type", "file"];
    let mut state = held(&state);
    if names != whole || signed || state.files.contains_key(&key) {
        return refused(StatusCode::FORBIDDEN, "AccessDenied");
    }
    if bytes.len() > state.largest {
        let sizes = format!(
            "<ProposedSize>{}</ProposedSize><MaxSizeAllowed>{}</MaxSizeAllowed>",
            bytes.len(),
            state.largest
        );
        return refused_with(StatusCode::BAD_REQUEST, "EntityTooLarge", &sizes);
    }
    let address = format!("{}/storage/bucket/{key}", state.origin);
    state.files.insert(key.clone(), bytes);
    let body = format!(
        "<?xml version=\"1.0\"?><PostResponse><Location>{address}</Location><Key>{key}</Key></PostResponse>"
    );
    let kind = [(header::CONTENT_TYPE, "application/xml")];
    (StatusCode::CREATED, kind, body).into_response()
}
