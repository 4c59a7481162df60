//! Addresses that are told what happens: making, changing and removing them, and their secrets.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::webhooks_sent::telling;

async fn with_hook(more: Value) -> (TestApp, Value, Value) {
    let test = TestApp::start().await;
    telling(&test.app);
    let workspace = json!(test.calendar().await.workspace_id);
    let made = test
        .write("webhooks.create", input(&workspace, &more))
        .await;
    (test, workspace, made)
}

fn input(workspace: &Value, more: &Value) -> Value {
    let mut input = json!({
        "workspaceId": workspace, "contract": "plain", "url": "https://example.com/hook?token=t1",
        "events": ["made"],
    });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_by_its_field() {
    let test = TestApp::start().await;
    let workspace = json!(test.calendar().await.workspace_id);
    let refused = test
        .refused("webhooks.list", json!({ "id": workspace }))
        .await;
    assert!(refused.message.contains("does not tell"), "{refused:?}");
    telling(&test.app);
    for (more, field) in [
        (json!({ "contract": "nobody" }), "contract"),
        (json!({ "events": [] }), "events"),
        (json!({ "events": ["eaten"] }), "events"),
        (json!({ "url": "example.com" }), "url"),
        (json!({ "url": "https://me:pw@example.com/" }), "url"),
        (json!({ "secret": "short" }), "secret"),
        (json!({ "maxRetries": 21 }), "maxRetries"),
    ] {
        let refused = test
            .refused("webhooks.create", input(&workspace, &more))
            .await;
        assert_eq!(refused.field.as_deref(), Some(field), "{more}");
    }
    let nowhere = input(&json!(uuid::Uuid::nil()), &json!({}));
    test.refused("webhooks.create", nowhere).await;
    let unreadable = input(
        &workspace,
        &json!({ "secret": { "text": "hunter2-hunter2" } }),
    );
    let refused = test.refused("webhooks.create", unreadable).await;
    assert!(!format!("{refused:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_secret_is_shown_once_and_lies_in_the_vault_alone() {
    let (test, workspace, made) = with_hook(json!({})).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.len() > 40);
    let listed: Value = test.call("webhooks.list", json!({ "id": workspace })).await;
    assert!(!listed.to_string().contains(&secret));
    assert_eq!(listed["webhooks"][0]["maxRetries"], 3);
    let one = json!({ "workspaceId": workspace, "id": made["webhook"]["id"] });
    let newer: Value = test.write("webhooks.new_secret", one).await;
    assert_ne!(newer["secret"], made["secret"]);
    let given = input(&workspace, &json!({ "secret": "your-webhook-secret" }));
    let given: Value = test.write("webhooks.create", given).await;
    assert!(given["secret"].is_null(), "whoever gave it has it");
    let mut folders = vec![test.data_dir()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for secret in [secret.as_str(), "your-webhook-secret"] {
                let there = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!there, "{}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn changes_and_removals_are_undone_and_other_workspaces_stay_out() {
    let (test, workspace, made) = with_hook(json!({ "private": true })).await;
    let id = &made["webhook"]["id"];
    let change = |more: Value| {
        let mut input = json!({ "workspaceId": workspace, "id": id });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let listed = async || {
        let all: Value = test.call("webhooks.list", json!({ "id": workspace })).await;
        all["webhooks"].clone()
    };
    let other: Value = test
        .write("workspaces.create", json!({ "name": "Other" }))
        .await;
    let foreign = json!({ "workspaceId": other["id"], "id": id });
    for command in [
        "webhooks.change",
        "webhooks.remove",
        "webhooks.new_secret",
        "webhooks.test",
    ] {
        test.refused(command, foreign.clone()).await;
    }
    // The same host stays allowed, another one does not by itself.
    let there = change(json!({ "url": "https://example.com/other" }));
    let there: Value = test.write("webhooks.change", there).await;
    assert_eq!(there["private"], true);
    let away: Value = test
        .call(
            "webhooks.change",
            change(json!({ "url": "https://example.org/", "events": ["*"] })),
        )
        .await;
    assert_eq!(away["value"]["private"], false);
    assert_eq!(away["undo"]["words"], "Changed the webhook example.org");
    test.undo().await;
    assert_eq!(listed().await[0]["url"], "https://example.com/other");
    let off: Value = test
        .write("webhooks.change", change(json!({ "active": false })))
        .await;
    assert_eq!(off["active"], false);
    let _: Value = test.call("webhooks.remove", change(json!({}))).await;
    assert_eq!(listed().await, json!([]));
    test.refused("webhooks.test", change(json!({}))).await;
    test.undo().await;
    assert_eq!(listed().await[0]["id"], *id);
}
