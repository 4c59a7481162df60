//! Listening to what happens.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Api, got};

const EVENTS: &str = "/almanac/v1/events";

/// One event of a stream.
#[derive(Debug, PartialEq)]
struct Said {
    event: String,
    id: i64,
    data: Value,
}

struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(api: &Api, key: &str, last: Option<i64>) -> Self {
        let mut request = api
            .http
            .get(format!("{}{EVENTS}", api.base))
            .header("x-api-key", key);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().contains_key("x-ratelimit-remaining"));
        Self {
            response,
            text: String::new(),
        }
    }

    /// The next event; none when the stream ends.
    async fn next(&mut self) -> Option<Said> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let with = format!("{name}: ");
                    let found = block.lines().find_map(|l| l.strip_prefix(&with));
                    found.unwrap_or_default().to_owned()
                };
                let said = Said {
                    event: field("event"),
                    id: field("id").parse().unwrap_or_default(),
                    data: serde_json::from_str(&field("data")).unwrap_or_default(),
                };
                let rest = rest.to_owned();
                self.text = rest;
                return Some(said);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event of a post.
    async fn post(&mut self) -> Said {
        loop {
            let said = self.next().await.unwrap();
            if said.event == "post" {
                return said;
            }
        }
    }
}

async fn entry(api: &Api, key: &str) -> String {
    let entry = json!({ "title": "Plan", "scheduled_date": "2026-05-25" });
    let made = api
        .send(key, Method::POST, "/api/v1/calendar/entries", Some(entry))
        .await
        .ok();
    made["entry_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_program_hears_of_its_own_workspace_and_goes_on_where_it_broke_off() {
    let api = Api::start().await;
    let (_, other) = api.another_workspace().await;
    let mut stream = Stream::open(&api, &api.key, None).await;
    let hello = stream.next().await.unwrap();
    assert_eq!(hello.event, "hello");
    entry(&api, &other).await;
    let id = entry(&api, &api.key).await;
    let said = stream.post().await;
    assert_eq!(
        said.data["id"], id,
        "and nothing of the other workspace before"
    );
    assert_eq!(said.data["subject"], "post");
    assert!(said.id > hello.id);
    drop(stream);
    let missed = entry(&api, &api.key).await;
    entry(&api, &other).await;
    let mut again = Stream::open(&api, &api.key, Some(said.id)).await;
    let first = again.post().await;
    assert_eq!(first.data["id"], missed);
    let live = entry(&api, &api.key).await;
    assert_eq!(again.post().await.data["id"], live);
    // A number ahead of the feed is of another data folder.
    let mut lost = Stream::open(&api, &api.key, Some(i64::MAX)).await;
    assert_eq!(lost.next().await.unwrap().event, "reload");
}

#[tokio::test]
async fn whoever_has_no_good_key_hears_nothing_from_then_on() {
    let mut api = Api::start().await;
    let ask = |key: &str, last: &str| {
        got(api
            .http
            .get(format!("{}{EVENTS}", api.base))
            .header("x-api-key", key)
            .header("last-event-id", last))
    };
    ask("ak_wrong", "1").await.refused(401);
    ask(&api.key, "x").await.refused(400);
    ask(&api.key, "-1").await.refused(400);
    let key = api.make_key(json!({ "role": "viewer" })).await;
    let listed: Value = api
        .test
        .call("keys.list", json!({ "id": api.workspace }))
        .await;
    let id = listed["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|k| key.ends_with(k["tail"].as_str().unwrap()))
        .unwrap()["id"]
        .clone();
    let mut stream = Stream::open(&api, &key, None).await;
    stream.next().await.unwrap();
    let input = json!({ "workspaceId": api.workspace, "id": id });
    let _: Value = api.test.call("keys.revoke", input).await;
    while stream.next().await.is_some() {}

    // The host does not wait for those who listen when it stops.
    let mut open = Stream::open(&api, &api.key, None).await;
    let stopped = tokio::time::timeout(Duration::from_secs(5), api.stop()).await;
    assert!(stopped.is_ok());
    while open.next().await.is_some() {}
}
