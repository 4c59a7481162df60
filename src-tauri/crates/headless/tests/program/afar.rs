//! Commands by key: within its workspace and its permissions, whoever asks from wherever.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Home, Serving};

async fn call(serving: &Serving, key: &str, name: &str, input: Value) -> (StatusCode, Value) {
    let url = format!("{}/almanac/v1/commands/{name}", serving.base);
    let request = serving.http.post(url).bearer_auth(key).json(&input);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_sees_nothing_of_another_workspace_and_changes_nothing_in_it() {
    let home = Home::new();
    let first = home.key();
    let serving = home.serve(&[]);
    let post = |calendar: &Value| {
        json!({
            "calendarId": calendar["id"],
            "draft": { "segments": [{ "text": "Of the first" }] },
            "place": { "kind": "shelf" },
        })
    };
    let (_, boot) = call(&serving, &first, "session.boot", json!({})).await;
    let calendar = boot["calendars"][0].clone();
    let (status, made) = call(&serving, &first, "posts.create", post(&calendar)).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let id = made["value"]["id"].clone();
    let hook = json!({
        "workspaceId": calendar["workspaceId"],
        "contract": "scheduler",
        "url": "https://example.org/hook",
        "events": ["post.published"],
    });
    let (status, hook) = call(&serving, &first, "webhooks.create", hook).await;
    assert_eq!(status, StatusCode::OK, "{hook}");
    let hook = hook["value"]["webhook"]["id"].clone();
    let (status, other) = call(
        &serving,
        &first,
        "workspaces.create",
        json!({ "name": "Another" }),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{other}");
    drop(serving);
    let words = ["--workspace", "Another"];
    let make = [&["keys", "create", "Other", "--role", "owner"], &words[..]].concat();
    let second = home.run(&make).ok().trim().to_owned();
    let serving = home.serve(&[]);

    let (status, boot) = call(&serving, &second, "session.boot", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(boot["workspaces"].as_array().unwrap().len(), 1);
    assert_eq!(boot["workspaces"][0]["name"], "Another");
    assert!(!boot.to_string().contains(calendar["id"].as_str().unwrap()));
    let own_calendar = boot["calendars"][0].clone();

    let spelled = id.as_str().unwrap().to_uppercase();
    let hostile = [
        ("posts.get", json!({ "id": id })),
        ("posts.get", json!({ "id": spelled })),
        ("posts.remove", json!({ "ids": [id] })),
        ("posts.create", post(&calendar)),
        (
            "posts.move",
            json!({ "moves": [{ "id": id, "place": { "kind": "shelf" } }] }),
        ),
        ("keys.list", json!({ "id": calendar["workspaceId"] })),
        (
            "webhooks.new_secret",
            json!({ "workspaceId": own_calendar["workspaceId"], "id": hook }),
        ),
        ("calendars.remove", json!({ "id": calendar["id"] })),
        (
            "csv.export",
            json!({ "path": "download:/a.csv", "calendars": [calendar["id"]] }),
        ),
        ("history.undo", json!({})),
        (
            "media.list",
            json!({ "query": {}, "offset": 0, "limit": 10 }),
        ),
        ("data.status", json!({})),
        ("settings.set", boot["settings"].clone()),
        ("workspaces.create", json!({ "name": "Third" })),
    ];
    for (name, input) in hostile {
        let (status, answer) = call(&serving, &second, name, input).await;
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&status),
            "{name} {status} {answer}"
        );
    }
    let (_, drafts) = call(
        &serving,
        &second,
        "posts.drafts",
        json!({ "calendars": [] }),
    )
    .await;
    assert_eq!(drafts["chips"], json!([]));
    let (_, found) = call(
        &serving,
        &second,
        "posts.search",
        json!({ "query": "first", "calendars": [], "limit": 10 }),
    )
    .await;
    assert_eq!(found["chips"], json!([]));
    // Its own it may change.
    let (status, _) = call(&serving, &second, "posts.create", post(&own_calendar)).await;
    assert_eq!(status, StatusCode::OK);
    let (_, kept) = call(&serving, &first, "posts.get", json!({ "id": id })).await;
    assert_eq!(kept["segments"][0]["text"], "Of the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_the_computer_is_not_for_keys() {
    let home = Home::new();
    let key = home.key();
    let serving = home.serve(&[]);
    let (_, boot) = call(&serving, &key, "session.boot", json!({})).await;
    let mut settings = boot["settings"].clone();
    settings["theme"] = json!("dark");
    let (status, answer) = call(&serving, &key, "settings.set", settings.clone()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    settings["ffmpeg"] = json!("/tmp/evil");
    let folder = home.path("");
    let network = json!({
        "workspaceId": boot["workspaces"][0]["id"],
        "network": "folder",
        "fields": { "folder": folder, "name": "Notes" },
        "secrets": {},
    });
    let refused = [
        ("settings.set", settings),
        ("accounts.connect", network),
        ("data.move", json!({ "path": home.path("elsewhere") })),
        (
            "csv.export",
            json!({ "path": home.path("a.csv"), "calendars": [] }),
        ),
        ("bundle.import", json!({ "path": home.path("key") })),
    ];
    for (name, input) in refused {
        let (status, answer) = call(&serving, &key, name, input).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name} {answer}");
    }
    assert!(!home.path("a.csv").exists());
    let (status, _) = call(&serving, &key, "no.such", json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_writes_and_does_not_publish() {
    let home = Home::new();
    let editor = home
        .run(&["keys", "create", "Editor", "--role", "editor"])
        .ok();
    let editor = editor.trim();
    let serving = home.serve(&[]);
    let (_, boot) = call(&serving, editor, "session.boot", json!({})).await;
    let mut input = json!({
        "calendarId": boot["calendars"][0]["id"],
        "draft": { "segments": [{ "text": "A plan" }] },
        "place": { "kind": "wall", "wall": "2035-05-14T09:00:00" },
    });
    let (status, made) = call(&serving, editor, "posts.create", input.clone()).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    input["scheduling"] = json!("must");
    let (status, _) = call(&serving, editor, "posts.create", input).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let id = json!({ "id": made["value"]["id"] });
    let (status, _) = call(&serving, editor, "posts.publish_now", id).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}
