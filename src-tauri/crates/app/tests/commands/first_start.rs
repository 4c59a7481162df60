//! The first start, and starting again.

use serde_json::{Value, json};
use testkit::app::TestApp;

#[tokio::test]
async fn the_first_start_has_a_calendar_in_the_zone_of_the_computer_and_something_to_drag() {
    let test = TestApp::start().await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["firstStart"], true);
    assert_eq!(boot["workspaces"][0]["name"], "My workspace");
    assert_eq!(boot["calendars"][0]["zone"], "Europe/Berlin");
    assert_eq!(boot["accounts"], json!([]));
    assert_eq!(boot["catalogue"][0]["key"], "test");
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    assert_eq!(shelf["chips"][0]["words"], "Drag me onto a day");
    // Nothing of it can be undone: an empty calendar is no place to go back to.
    assert_eq!(test.undo().await["words"], Value::Null);
}

#[tokio::test]
async fn the_second_start_finds_everything_as_it_was() {
    let test = TestApp::start().await;
    let post = test.draft("Kept", &[]).await;
    let put = json!({ "key": "view", "value": { "name": "week" } });
    test.call::<Value>("preferences.put", put).await;
    let test = test.reopen().await.unwrap();
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["firstStart"], false);
    assert_eq!(boot["preferences"]["view"]["name"], "week");
    assert_eq!(boot["workspaces"].as_array().unwrap().len(), 1);
    assert_eq!(test.post(post.id).await.segments[0].text, "Kept");
}

#[tokio::test]
async fn a_window_hears_of_changes_in_order_and_can_catch_up() {
    let test = TestApp::start().await;
    let mut changes = test.app.subscribe();
    let boot: Value = test.call("session.boot", json!({})).await;
    let post = test.draft("News", &[]).await;
    let batch = changes.next().await.unwrap();
    assert_eq!(batch.changes.len(), 1);
    assert_eq!(batch.changes[0].id, post.id.to_string());
    let missed: Value = test
        .call("changes.since", json!({ "seq": boot["lastSeq"] }))
        .await;
    assert_eq!(missed["changes"][0]["id"], post.id.to_string());
    assert_eq!(missed["reload"], false);
    // A number ahead of the feed: a backup came back meanwhile.
    let ahead: Value = test
        .call("changes.since", json!({ "seq": 1_000_000 }))
        .await;
    assert_eq!(ahead["reload"], true);
}

#[tokio::test]
async fn a_change_is_told_though_the_wait_for_it_was_given_up_while_it_was_read() {
    let test = TestApp::start().await;
    let mut changes = test.app.subscribe();
    let post = test.draft("News", &[]).await;
    // On a busy machine it is read before anybody can give up.
    let told = tokio::select! {
        biased;
        batch = changes.next() => batch,
        () = std::future::ready(()) => None,
    };
    let wait = std::time::Duration::from_secs(20);
    let batch = match told {
        Some(batch) => batch,
        None => tokio::time::timeout(wait, changes.next())
            .await
            .unwrap()
            .unwrap(),
    };
    assert_eq!(batch.changes[0].id, post.id.to_string());
}

#[tokio::test]
async fn unknown_commands_and_inputs_get_a_sentence() {
    let test = TestApp::start().await;
    let error = test.refused("posts.explode", json!({})).await;
    assert_eq!(error.message, "This Almanac has no such command.");
    let error = test.refused("posts.get", json!({ "id": "five" })).await;
    assert_eq!(error.code, model::ErrorCode::Validation);
    let zone = json!({ "name": "Mars", "zone": "Mars/Olympus" });
    let error = test.refused("workspaces.create", zone).await;
    assert!(
        error
            .message
            .contains("no time zone called \"Mars/Olympus\""),
        "{error:?}"
    );
}
