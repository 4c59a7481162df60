//! The description of every route, made from the same types that are read and written.

mod own;

use std::sync::OnceLock;

use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::guard::Uncounted;
use crate::routes::{self, Handler, Route, State};

/// `OpenAPI` 3.1 as JSON. Its schemas are JSON Schema 2020-12, which that version takes as they are.
#[must_use]
pub fn description() -> Value {
    let generator = || {
        let settings = SchemaSettings::draft2020_12().with(|s| {
            s.definitions_path = "/components/schemas".into();
            s.meta_schema = None;
        });
        settings.into_generator()
    };
    // What is read and what is written differ in which fields may be missing.
    let (mut read, mut written) = (generator(), generator());
    let mut paths: Map<String, Value> = Map::new();
    for route in routes::all() {
        for path in route.paths() {
            let operation = operation(&route, path, &mut read, &mut written);
            let method = route.method.as_str().to_ascii_lowercase();
            let at = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
            at[method] = operation;
        }
    }
    own::describe(&mut paths);
    let mut schemas = read.take_definitions(true);
    schemas.extend(written.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Almanac",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Five contracts side by side, and Almanac's own doors. One key works with all of them.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "apiKey": [] }, { "bearer": [] }],
        "paths": paths,
        // What commands take and give, by the names that stand beside each.
        "x-typescript": app::typescript::declarations(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
                "bearer": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

fn operation(
    route: &Route,
    path: &str,
    read: &mut SchemaGenerator,
    written: &mut SchemaGenerator,
) -> Value {
    let mut parameters = named(path);
    if let Some(query) = route.shapes.query {
        parameters.extend(query_parameters(query(read), read));
    }
    let mut all = json!({
        "tags": [route.contract.key()],
        "operationId": operation_id(&route.method, path),
        "summary": route.what,
        "parameters": parameters,
        "responses": responses(route, written),
    });
    if let Some(body) = route.shapes.body {
        all["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": body(read) } },
        });
    }
    match route.handler {
        Handler::Stream(_) => {
            all["requestBody"] = json!({
                "required": true,
                "content": { "multipart/form-data": { "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": { "type": "string", "format": "binary" },
                        "alt_text": { "type": "string" },
                        "platform_hints": { "type": "string" },
                    },
                } } },
            });
        }
        Handler::Open(_) => {
            all["security"] = json!([]);
            all["requestBody"] = json!({
                "required": true,
                "content": { "application/octet-stream": {} },
            });
        }
        Handler::Json(_) | Handler::Waits(_) => {}
    }
    if let State::Waits(feature) = route.state() {
        all["description"] = json!(format!("Waits for {feature}."));
        all["x-waits-for"] = json!(feature);
    }
    all
}

fn operation_id(method: &Method, path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = path.chars().map(plain).collect();
    format!("{}{name}", method.as_str().to_ascii_lowercase())
}

fn responses(route: &Route, written: &mut SchemaGenerator) -> Value {
    let refusal = json!({ "description": "Refused, in the contract's own envelope." });
    match route.shapes.answer {
        Some(answer) => json!({
            "2XX": {
                "description": "Done.",
                "content": { "application/json": { "schema": answer(written) } },
            },
            "4XX": refusal,
        }),
        None => json!({ "501": { "description": "Not there yet." }, "4XX": refusal }),
    }
}

/// The parts of a path that have names.
fn named(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect()
}

/// The fields of a query as parameters.
fn query_parameters(schema: Schema, generator: &mut SchemaGenerator) -> Vec<Value> {
    let value = schema.to_value();
    let whole = value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|at| at.rsplit('/').next())
        .and_then(|name| generator.definitions().get(name))
        .cloned()
        .unwrap_or(value);
    let required: Vec<&str> = whole["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let fields = whole["properties"].as_object().into_iter().flatten();
    fields
        .map(|(name, schema)| {
            json!({
                "name": name,
                "in": "query",
                "required": required.contains(&name.as_str()),
                "schema": schema,
            })
        })
        .collect()
}

/// The description, for whoever asks.
pub(crate) async fn document() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| description().to_string());
    let kind = HeaderValue::from_static("application/json");
    let mut response = ([(header::CONTENT_TYPE, kind)], text.clone()).into_response();
    response.extensions_mut().insert(Uncounted);
    response
}
