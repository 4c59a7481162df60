//! Posts that their networks publish by themselves, as a person meets them.

use std::time::Duration;

use model::AccountId;
use model::delivery::DeliveryState;
use model::post::Post;
use model::status::ShownStatus;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::app_network::HELD_A_DAY;

/// A post for Saturday that its network was asked to publish.
async fn held(test: &TestApp) -> Post {
    let account = test.connect("ana").await;
    held_at(test, account.id, "2026-05-16T10:00:00").await
}

async fn held_at(test: &TestApp, account: AccountId, wall: &str) -> Post {
    let calendar = test.calendar().await;
    let input = json!({
        "calendarId": calendar.id,
        "draft": {
            "segments": [{ "text": "Spring sale", "media": [] }],
            "targets": [{ "accountId": account, "options": { "native": true } }],
        },
        "place": { "kind": "wall", "wall": wall },
        "scheduling": "must",
    });
    let post: Post = test.write("posts.create", input).await;
    test.app.settled().await;
    test.post(post.id).await
}

#[tokio::test]
async fn it_is_told_to_be_held_there_and_is_taken_back_before_it_is_changed() {
    let test = TestApp::publishing().await;
    let post = held(&test).await;
    assert_eq!(post.status, ShownStatus::Placed);
    assert_eq!(test.network.kept().len(), 1);
    let place = json!({ "kind": "wall", "wall": "2026-05-17T10:00:00" });
    let moves = json!({ "moves": [{ "id": post.id, "place": place }], "scheduling": "must" });
    let refused = test.refused("posts.move", moves.clone()).await;
    assert!(
        refused.message.contains("Take it back first"),
        "{}",
        refused.message
    );
    assert_eq!(refused.fix, Some(model::error::Fix::TakeBack));
    let activity = json!({ "onlyNeedsPerson": false, "limit": 10 });
    let activity: Value = test.call("activity.list", activity).await;
    let due = post.when.stands_at().unwrap();
    assert_eq!(
        activity["entries"][0]["attempt"]["placeAt"],
        due.as_millis()
    );

    let target = post.targets[0].id;
    let back: Post = test
        .write("targets.take_back", json!({ "id": target }))
        .await;
    assert_eq!(back.targets[0].state, DeliveryState::Waiting);
    assert_eq!(test.network.kept(), []);
    let again = test
        .refused("targets.take_back", json!({ "id": target }))
        .await;
    assert!(
        again.message.contains("is waiting for its time"),
        "{}",
        again.message
    );
    test.call::<Value>("posts.move", moves).await;
    test.pass(Duration::from_hours(73)).await;
    assert_eq!(test.network.shown().len(), 1);
}

#[tokio::test]
async fn who_holds_or_pauses_is_told_what_goes_out_all_the_same() {
    let test = TestApp::publishing().await;
    let post = held(&test).await;
    let says = |text: &str| text.contains("1 post is held by its network");
    let status: Value = test.call("publisher.hold", json!({ "reason": "" })).await;
    assert!(says(status["held"].as_str().unwrap()), "{status}");
    let account = post.targets[0].draft.account_id;
    for (command, id) in [
        ("accounts.pause", json!(account)),
        ("calendars.pause", json!(post.calendar_id)),
    ] {
        let paused: Value = test
            .call(command, json!({ "id": id, "reason": "Holiday" }))
            .await;
        assert!(says(paused["notes"][0].as_str().unwrap()), "{paused}");
    }
    let archive = json!({ "id": post.calendar_id, "archived": true });
    let archived: Value = test.call("calendars.archive", archive).await;
    assert!(says(archived["notes"][0].as_str().unwrap()), "{archived}");
}

#[tokio::test]
async fn what_the_network_will_not_hold_is_warned_of() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let calendar = test.calendar().await;
    let check = async |texts: &[&str], wall: &str| -> Value {
        let segments: Vec<Value> = texts
            .iter()
            .map(|text| json!({ "text": text, "media": [] }))
            .collect();
        let input = json!({
            "calendarId": calendar.id,
            "draft": {
                "segments": segments,
                "targets": [{ "accountId": account.id, "options": { "native": true } }],
            },
            "place": { "kind": "wall", "wall": wall },
        });
        let checked: Value = test.call("posts.check", input).await;
        checked["problems"].clone()
    };
    assert_eq!(check(&["Fine"], "2026-05-16T10:00:00").await, json!([]));
    for (texts, wall, rule) in [
        (&["One", "Two"][..], "2026-05-16T10:00:00", "not_kept"),
        (&["Soon"][..], "2026-05-14T09:05:00", "not_kept_soon"),
        (&["Far"][..], "2026-07-16T09:05:00", "not_kept_yet"),
    ] {
        let found = check(texts, wall).await;
        assert_eq!(found[0]["rule"], rule, "{found}");
        assert_eq!(found[0]["severity"], "warning");
        assert_eq!(found[0]["fixes"][0]["name"], "native");
    }
}

#[tokio::test]
async fn a_network_that_holds_enough_for_a_day_is_told_ahead() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let calendar = test.calendar().await;
    let draft = |native: bool| {
        json!({
            "segments": [{ "text": "One more", "media": [] }],
            "targets": [{ "accountId": account.id, "options": { "native": native } }],
        })
    };
    let check = async |draft: Value, id: Value, wall: &str| -> Vec<String> {
        let place = json!({ "kind": "wall", "wall": wall });
        let input = json!({
            "calendarId": calendar.id, "draft": draft, "id": id, "place": place,
        });
        let checked: Value = test.call("posts.check", input).await;
        let problems = checked["problems"].as_array().unwrap().iter();
        problems
            .map(|p| p["rule"].as_str().unwrap().to_owned())
            .filter(|rule| rule != "repeated")
            .collect()
    };
    let (day, none) = ("2026-05-16T20:00:00", Value::Null);
    let mut posts = Vec::new();
    for hour in 0..HELD_A_DAY {
        assert_eq!(check(draft(true), none.clone(), day).await, [""; 0]);
        let wall = format!("2026-05-16T1{hour}:00:00");
        posts.push(held_at(&test, account.id, &wall).await);
    }
    // Held there already, or still waiting to be: both take their place.
    assert_eq!(posts[0].status, ShownStatus::Placed);
    assert_eq!(
        check(draft(true), none.clone(), day).await,
        ["not_kept_full"]
    );
    assert_eq!(check(draft(false), none.clone(), day).await, [""; 0]);
    let next = "2026-05-17T10:00:00";
    assert_eq!(check(draft(true), none, next).await, [""; 0]);
}
