//! The list of routes against the checklist of the contracts.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use server::page;
use server::routes::{State, all};

use crate::support::Api;

/// The checklist, as it came with the contracts.
const CHECKLIST: &str = include_str!("routes.tsv");

#[test]
fn every_route_of_the_checklist_is_in_the_list_and_no_other() {
    let wanted: BTreeSet<(String, String, String)> = CHECKLIST
        .lines()
        .skip(1)
        .map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            let mut next = || parts.next().unwrap();
            (next(), next(), next())
        })
        .collect();
    let listed: BTreeSet<(String, String, String)> = page::lines()
        .into_iter()
        .map(|l| (l.contract.to_owned(), l.method, l.path.to_owned()))
        .collect();
    assert_eq!(listed, wanted);
    // As data for whoever compares it with the program.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let text = serde_json::to_string_pretty(&page::lines()).unwrap();
    std::fs::write(target.join("routes.json"), text).unwrap();
}

#[test]
fn the_page_about_programs_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/api.md");
    let there = std::fs::read_to_string(path).unwrap();
    assert!(
        there == page::markdown(),
        "docs/api.md is out of date. Run: cargo xtask types"
    );
}

/// A path with something in place of its names.
fn filled(path: &str) -> String {
    let id = uuid::Uuid::from_u128(7).to_string();
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                id.as_str()
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn a_route_that_waits_says_so_in_its_own_envelope() {
    let api = Api::start().await;
    for route in all() {
        let State::Waits(feature) = route.state() else {
            continue;
        };
        for path in route.paths() {
            let got = api
                .send(
                    &api.key,
                    route.method.clone(),
                    &filled(path),
                    Some(json!({})),
                )
                .await;
            assert_eq!(got.status.as_u16(), 501, "{path}");
            assert!(
                got.body.to_string().contains(feature),
                "{path}: {}",
                got.body
            );
            assert!(got.headers.contains_key("x-ratelimit-remaining"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_served_route_is_never_unknown() {
    let api = Api::start().await;
    for route in all() {
        if route.state() != State::Served {
            continue;
        }
        for path in route.paths() {
            let got = api
                .send(
                    &api.key,
                    route.method.clone(),
                    &filled(path),
                    Some(json!({})),
                )
                .await;
            let status = got.status.as_u16();
            assert!(
                ![404, 405].contains(&status) || path.contains('{'),
                "{path} {status}"
            );
            assert_ne!(status, 501, "{path}");
            assert!(status < 500, "{path} {}", got.body);
        }
    }
}

#[tokio::test]
async fn the_description_names_every_route_with_its_shapes() {
    let api = Api::start().await;
    let described = api.send("", Method::GET, "/openapi.json", None).await.ok();
    assert_eq!(described["openapi"], "3.1.0");
    let text = described.to_string();
    for route in all() {
        for path in route.paths() {
            let operation = &described["paths"][path][route.method.as_str().to_ascii_lowercase()];
            assert!(operation["operationId"].is_string(), "{path}");
        }
    }
    // Every shape that is pointed at is there.
    let schemas = described["components"]["schemas"].as_object().unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    let list = &described["paths"]["/api/v1/calendar/entries"]["get"]["parameters"];
    let names: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["name"])
        .collect();
    assert_eq!(names.len(), 2, "{list}");
    let page = api.http.get(format!("{}/", api.base)).send().await.unwrap();
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("/api/v1/creator/social/publish")
    );
}

#[tokio::test]
async fn what_no_route_takes_is_answered_in_the_words_of_the_contract() {
    let api = Api::start().await;
    let calendars = "/v1/calendar/calendars";
    for path in ["/v1/calendar/nothing", "/v1/calendar/calendars/%FF"] {
        let lost = api.get(path).await.refused(404);
        assert_eq!(lost["error"]["code"], "NOT_FOUND_ERROR", "{path}");
    }
    let path = "/api/v1/scheduled-posts/%FF";
    let lost = api.delete(path).await.refused(404);
    assert_eq!(lost["success"], false);
    for method in [Method::OPTIONS, Method::PUT] {
        let wrong = api.send(&api.key, method, calendars, None).await;
        let takes = wrong.headers["allow"].to_str().unwrap().to_owned();
        let takes: BTreeSet<&str> = takes.split(',').map(str::trim).collect();
        assert_eq!(takes, BTreeSet::from(["GET", "HEAD", "POST"]));
        let wrong = wrong.refused(405);
        assert_eq!(wrong["error"]["code"], "METHOD_NOT_ALLOWED");
    }
    let head = api.send(&api.key, Method::HEAD, calendars, None).await;
    assert!(head.headers.contains_key("x-ratelimit-remaining"));
    assert_eq!(head.ok(), "");
}
