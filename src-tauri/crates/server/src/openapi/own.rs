//! Almanac's own doors, and each command of the list. What a command takes and gives are types of TypeScript,
//! which `x-typescript` declares once for all: the window is built with the same.

use app::App;
use app::commands::{Access, COMMANDS, CommandInfo};
use axum::http::Method;
use model::key::Permission;
use serde_json::{Map, Value, json};

use super::{named, operation_id};
use crate::doors::{self, Door};

/// The word for what is no contract's.
const TAG: &str = "almanac";

/// Adds them to the paths.
pub(super) fn describe(paths: &mut Map<String, Value>) {
    let mut put = |method: &Method, path: String, operation: Value| {
        let method = method.as_str().to_ascii_lowercase();
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
    };
    for door in doors::all() {
        let path = door.described();
        let operation = of_door(&door, &path);
        put(&door.method, path, operation);
    }
    for command in COMMANDS {
        // What can be done only on this computer is refused to every key.
        let Some(needs) = App::command_needs(command.name) else {
            continue;
        };
        let path = format!("/almanac/v1/commands/{}", command.name);
        let operation = of_command(command, &needs, &path);
        put(&Method::POST, path, operation);
    }
}

fn refusal() -> Value {
    json!({
        "description": "Refused, with a sentence for a person.",
        "content": { "application/json": {} },
    })
}

fn of_door(door: &Door, path: &str) -> Value {
    let mut parameters = named(path);
    parameters.extend(door.query.iter().map(|(name, what)| {
        json!({ "name": name, "in": "query", "description": what, "schema": { "type": "string" } })
    }));
    let mut content = Map::new();
    content.insert(door.gives.to_owned(), json!({}));
    let mut all = json!({
        "tags": [TAG],
        "operationId": operation_id(&door.method, path),
        "summary": door.what,
        "parameters": parameters,
        "responses": {
            "2XX": { "description": "Done.", "content": content },
            "4XX": refusal(),
        },
    });
    if let Some(kind) = door.takes {
        let mut content = Map::new();
        content.insert(kind.to_owned(), json!({}));
        all["requestBody"] = json!({ "required": true, "content": content });
    }
    if door.open {
        all["security"] = json!([]);
    }
    if door.with_screen {
        all["description"] = json!("Only where Almanac serves its screen.");
        all["x-with-screen"] = json!(true);
    }
    all
}

fn of_command(command: &CommandInfo, needs: &[Permission], path: &str) -> Value {
    let (input, answer) = app::typescript::names_of(command.name).unwrap_or_default();
    let needs: Vec<&str> = needs.iter().map(|need| need.word()).collect();
    json!({
        "tags": [TAG],
        "operationId": operation_id(&Method::POST, path),
        "summary": command.doc,
        "x-changes": command.access == Access::Write,
        "x-needs": needs,
        "requestBody": {
            "content": { "application/json": {
                "schema": { "type": "object", "x-typescript": input },
            } },
        },
        "responses": {
            "2XX": {
                "description": "Done.",
                "content": { "application/json": { "schema": { "x-typescript": answer } } },
            },
            "4XX": refusal(),
        },
    })
}
