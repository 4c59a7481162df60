//! Almanac's own doors, and the description of them.

use std::collections::BTreeSet;

use app::App;
use app::commands::COMMANDS;
use reqwest::Method;
use serde_json::{Value, json};
use server::{doors, routes};

use crate::WITHOUT_WINDOW;
use crate::support::Api;

#[tokio::test]
async fn every_door_that_is_described_is_there() {
    let api = Api::start().await;
    let described = api.send("", Method::GET, "/openapi.json", None).await.ok();
    for door in doors::all() {
        let path = door.described();
        let method = door.method.as_str().to_ascii_lowercase();
        let operation = &described["paths"][&path][&method];
        assert_eq!(operation["tags"], json!(["almanac"]), "{method} {path}");
        assert_eq!(operation["summary"], door.what);
        // What is not there is told from a thing that is not there by a path without names.
        if path.contains('{') {
            continue;
        }
        let request = api
            .http
            .request(door.method.clone(), format!("{}{path}", api.base));
        // Streams of events are dropped once they begin.
        let answer = request.header("x-api-key", &api.key).send().await.unwrap();
        let unknown = [404, 405].contains(&answer.status().as_u16());
        let wanted = WITHOUT_WINDOW || !door.with_screen;
        assert_eq!(unknown, !wanted, "{method} {path} {}", answer.status());
    }
}

#[tokio::test]
async fn the_description_has_every_command_and_nothing_that_is_not_there() {
    let api = Api::start().await;
    let described = api.send("", Method::GET, "/openapi.json", None).await.ok();
    let mut known: BTreeSet<String> = doors::all().iter().map(doors::Door::described).collect();
    for route in routes::all() {
        known.extend(route.paths().into_iter().map(str::to_owned));
    }
    let types = described["x-typescript"].as_str().unwrap();
    for command in COMMANDS {
        let path = format!("/almanac/v1/commands/{}", command.name);
        let operation = &described["paths"][&path]["post"];
        if App::command_needs(command.name).is_none() {
            assert_eq!(*operation, Value::Null, "{path}");
            continue;
        }
        assert_eq!(operation["summary"], command.doc);
        let taken = &operation["requestBody"]["content"]["application/json"]["schema"];
        let name = taken["x-typescript"].as_str().unwrap();
        let declared = [
            format!("export type {name} "),
            format!("export type {name}<"),
        ];
        assert!(declared.iter().any(|start| types.contains(start)), "{name}");
        known.insert(path);
    }
    let paths = described["paths"].as_object().unwrap();
    let paths: BTreeSet<String> = paths.keys().cloned().collect();
    assert_eq!(paths, known);
    // As a program reads it: each has a name of its own.
    let text = described["paths"].to_string();
    let names: Vec<&str> = text.split("\"operationId\":\"").skip(1).collect();
    let unique: BTreeSet<&str> = names.iter().map(|n| n.split('"').next().unwrap()).collect();
    assert_eq!(unique.len(), names.len());
}

#[tokio::test]
async fn what_can_be_done_only_on_this_computer_is_refused_to_every_key() {
    let api = Api::start().await;
    let here = COMMANDS
        .iter()
        .find(|c| App::command_needs(c.name).is_none());
    let path = format!("/almanac/v1/commands/{}", here.unwrap().name);
    let refused = api.post(&path, json!({})).await.refused(403);
    assert_eq!(refused["code"], "permission");
}
