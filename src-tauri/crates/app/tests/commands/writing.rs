//! Hashtag groups and the parameters of links.

use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

/// The network in memory.
const KEY: &str = "test";

async fn workspace(test: &TestApp) -> Value {
    let boot: Value = test.call("session.boot", json!({})).await;
    boot["workspaces"][0]["id"].clone()
}

fn group(workspace: &Value, was: &Value, name: &str, tags: &Value) -> Value {
    json!({ "workspaceId": workspace, "was": was, "group": { "name": name, "tags": tags } })
}

#[tokio::test]
async fn hashtag_groups_are_kept_and_every_change_can_be_undone() {
    let test = TestApp::start().await;
    let here = workspace(&test).await;
    let typed = json!(["#Spring", "sale", " #spring ", "", "#Zürich"]);
    let made: Value = test
        .call(
            "writing.put_tags",
            group(&here, &Value::Null, "Sale", &typed),
        )
        .await;
    assert_eq!(
        made["value"]["tagGroups"],
        json!([{ "name": "Sale", "tags": ["Spring", "sale", "Zürich"] }])
    );
    assert_eq!(made["undo"]["words"], "New hashtag group \"Sale\"");
    let other = group(&here, &Value::Null, "books", &json!(["print"]));
    test.call::<Value>("writing.put_tags", other).await;
    let renamed: Value = test
        .call(
            "writing.put_tags",
            group(&here, &json!("Sale"), "Zero", &json!(["one"])),
        )
        .await;
    let names: Vec<&str> = renamed["value"]["tagGroups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["books", "Zero"]);
    let remove = json!({ "workspaceId": here, "name": "books" });
    test.call::<Value>("writing.remove_tags", remove.clone())
        .await;
    assert_eq!(
        test.refused("writing.remove_tags", remove).await.code,
        model::ErrorCode::NotFound
    );
    for _ in 0..3 {
        test.undo().await;
    }
    let boot: Value = test.call("session.boot", json!({})).await;
    let writing = &boot["writing"][here.as_str().unwrap()];
    assert_eq!(writing["tagGroups"].as_array().unwrap().len(), 1);
    test.undo().await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["writing"], json!({}));
}

#[tokio::test]
async fn what_is_no_group_is_refused_with_a_sentence() {
    let test = TestApp::start().await;
    let here = workspace(&test).await;
    let one = group(&here, &Value::Null, "Sale", &json!(["sale"]));
    test.call::<Value>("writing.put_tags", one).await;
    for (name, tags, field) in [
        ("", json!(["a"]), "name"),
        ("SALE", json!(["a"]), "name"),
        ("B", json!([]), "tags"),
        ("B", json!(["two words"]), "tags"),
        ("B", json!(vec!["x".repeat(101)]), "tags"),
        (
            "B",
            json!((0..61).map(|n| format!("t{n}")).collect::<Vec<_>>()),
            "tags",
        ),
    ] {
        let error = test
            .refused("writing.put_tags", group(&here, &Value::Null, name, &tags))
            .await;
        assert_eq!(error.field.as_deref(), Some(field), "{name}");
    }
}

fn rules(workspace: &Value, source: &str, except: &[&str]) -> Value {
    let patterns = json!({ "source": source, "medium": "social", "campaign": "{date}" });
    json!({ "workspaceId": workspace, "rules": { "networks": { (KEY): patterns }, "except": except } })
}

async fn check(test: &TestApp, draft: Value) -> Value {
    let calendar = test.calendar().await;
    let input = json!({ "calendarId": calendar.id, "draft": draft, "place": null });
    test.call("posts.check", input).await
}

#[tokio::test]
async fn parameters_of_links_are_counted_shown_and_lead_back_to_what_was_typed() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let here = workspace(&test).await;
    let text = format!("https://a.example/x {}", "é".repeat(275));
    let before = check(&test, draft(&text, &[account.id])).await;
    let segment = &before["accounts"][0]["segments"][0];
    assert_eq!(
        (&segment["measure"]["used"], &segment["sent"]),
        (&json!(295), &Value::Null)
    );

    let set: Value = test
        .call("writing.set_links", rules(&here, "{account}", &[]))
        .await;
    assert_eq!(set["undo"]["words"], "Changed the parameters of links");
    let after = check(&test, draft(&text, &[account.id])).await;
    let segment = &after["accounts"][0]["segments"][0];
    let put_in = "?utm_source=ana&utm_medium=social&utm_campaign=2026-05-14";
    assert_eq!(segment["segment"]["text"], text);
    assert_eq!(segment["cardUrl"], format!("https://a.example/x{put_in}"));
    assert_eq!(
        segment["sent"]["text"],
        format!("https://a.example/x{put_in} {}", "é".repeat(275))
    );
    assert_eq!(segment["measure"]["used"], 295 + put_in.len());
    let typed = 300 - put_in.len();
    assert_eq!(segment["measure"]["overFrom"], typed);
    assert_eq!(segment["sent"]["overFrom"], 300);
    let shorten = &after["problems"][0]["fixes"][1];
    assert_eq!(*shorten, json!({ "kind": "shorten", "from": typed }));

    let split: Value = test
        .call(
            "text.split",
            json!({ "text": text, "targets": [{ "accountId": account.id }] }),
        )
        .await;
    assert!(split["parts"].as_array().unwrap().len() > 1);

    let left_out = rules(&here, "x", &["https://A.example/shop"]);
    let set: Value = test.call("writing.set_links", left_out).await;
    assert_eq!(set["value"]["links"]["except"], json!(["a.example"]));
    let after = check(&test, draft(&text, &[account.id])).await;
    assert_eq!(after["accounts"][0]["segments"][0]["sent"], Value::Null);
}

#[tokio::test]
async fn parameters_that_mean_nothing_are_refused() {
    let test = TestApp::start().await;
    let here = workspace(&test).await;
    let error = test
        .refused("writing.set_links", rules(&here, "{post}", &[]))
        .await;
    assert!(
        error.message.starts_with("{post} stands for nothing."),
        "{}",
        error.message
    );
    let error = test
        .refused("writing.set_links", rules(&here, "x", &["not a domain"]))
        .await;
    assert_eq!(
        error.message,
        "\"not a domain\" is no domain. Write it as example.com."
    );
    let nowhere = json!(uuid::Uuid::nil());
    let error = test
        .refused("writing.set_links", rules(&nowhere, "x", &[]))
        .await;
    assert_eq!(error.code, model::ErrorCode::NotFound);
}
