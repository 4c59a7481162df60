//! Settings and what the screen remembers.

use serde_json::{Value, json};
use testkit::app::TestApp;

#[tokio::test]
async fn settings_are_checked_take_effect_and_can_be_undone() {
    let test = TestApp::start().await;
    let boot: Value = test.call("session.boot", json!({})).await;
    let mut settings = boot["settings"].clone();
    settings["usualTime"] = json!("11:30");
    settings["hourCycle"] = json!("h12");
    test.call::<Value>("settings.set", settings.clone()).await;
    let post = test.draft("Late riser", &[]).await;
    let day = json!({ "kind": "day", "date": "2026-05-20" });
    let moved: Value = test
        .call(
            "posts.move",
            json!({ "moves": [{ "id": post.id, "place": day }] }),
        )
        .await;
    assert_eq!(moved["undo"]["words"], "Planned for Wed 20 May, 11:30 AM");
    for _ in 0..3 {
        test.undo().await;
    }
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["settings"]["usualTime"], "09:00");
    settings["chipsPerDay"] = json!(40);
    let error = test.refused("settings.set", settings).await;
    assert_eq!(error.field.as_deref(), Some("chipsPerDay"));
}

#[tokio::test]
async fn what_the_screen_remembers_is_bounded_and_no_step() {
    let test = TestApp::start().await;
    let put = |key: &str, value: Value| json!({ "key": key, "value": value });
    test.call::<Value>("preferences.put", put("shelf", json!(240)))
        .await;
    assert_eq!(test.undo().await["words"], Value::Null);
    let big = test
        .refused("preferences.put", put("big", json!("x".repeat(70_000))))
        .await;
    assert_eq!(big.field.as_deref(), Some("value"));
    let long = test
        .refused("preferences.put", put(&"k".repeat(65), json!(1)))
        .await;
    assert_eq!(long.field.as_deref(), Some("key"));
    test.call::<Value>("preferences.put", put("shelf", Value::Null))
        .await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["preferences"], json!({}));
}

#[tokio::test]
async fn the_screen_cannot_fill_the_database() {
    let test = TestApp::start().await;
    for n in 0..500 {
        let put = json!({ "key": format!("k{n}"), "value": n });
        test.call::<Value>("preferences.put", put).await;
    }
    let error = test
        .refused("preferences.put", json!({ "key": "one-more", "value": 1 }))
        .await;
    assert_eq!(error.message, "The screen remembers 500 things at most.");
    test.call::<Value>("preferences.put", json!({ "key": "k7", "value": 70 }))
        .await;
}
