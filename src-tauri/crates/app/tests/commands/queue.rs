//! The weekly plan and the queue.

use model::AccountId;
use model::post::{Post, TimeSource};
use serde_json::{Value, json};
use testkit::app::TestApp;

fn plan(account: AccountId, times: &[(u8, &str)], follow: bool) -> Value {
    let slots: Vec<Value> = times
        .iter()
        .map(|(day, time)| json!({ "weekday": day, "time": time }))
        .collect();
    json!({ "accountId": account, "zone": "Europe/Berlin", "slots": slots, "follow": follow })
}

async fn queue(test: &TestApp, text: &str, account: AccountId) -> Post {
    let post = test.draft(text, &[account]).await;
    test.write("posts.schedule_next", json!({ "id": post.id }))
        .await
}

fn utc(post: &Post) -> String {
    post.when.stands_at().unwrap().rfc3339()
}

#[tokio::test]
async fn posts_go_into_the_next_free_slot_and_the_queue_shows_both() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test.draft("No plan yet", &[account.id]).await;
    let error = test
        .refused("posts.schedule_next", json!({ "id": post.id }))
        .await;
    assert!(error.message.contains("no weekly plan yet"), "{error:?}");

    test.call::<Value>(
        "slots.replace",
        plan(account.id, &[(1, "09:00"), (4, "14:30")], false),
    )
    .await;
    let free: Value = test
        .call("queue.next_free", json!({ "accountIds": [account.id] }))
        .await;
    assert_eq!(free["slot"]["wall"], "2026-05-14T14:30:00");
    let first = queue(&test, "First", account.id).await;
    let second = queue(&test, "Second", account.id).await;
    assert_eq!(utc(&first), "2026-05-14T12:30:00.000Z");
    assert_eq!(utc(&second), "2026-05-18T07:00:00.000Z");
    assert_eq!(second.time_source, TimeSource::Slot);

    let until = second.when.stands_at().unwrap().as_millis() + 7 * 86_400_000;
    let workspace = test.calendar().await.workspace_id;
    let view: Value = test
        .call(
            "queue.view",
            json!({ "workspaceId": workspace, "until": until }),
        )
        .await;
    let entries = view["columns"][0]["entries"].as_array().unwrap();
    let words: Vec<&str> = entries
        .iter()
        .map(|e| e["chip"]["words"].as_str().unwrap_or("free"))
        .collect();
    assert_eq!(words, ["First", "Second", "free", "free"]);
    assert!(entries.iter().all(|e| e["slot"] != Value::Null));
    assert_eq!(view["next"]["words"], "First");
}

#[tokio::test]
async fn reordering_deals_the_times_out_anew_and_leaves_pinned_posts() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.call::<Value>(
        "slots.replace",
        plan(account.id, &[(1, "09:00"), (4, "14:30")], false),
    )
    .await;
    let (a, b) = (
        queue(&test, "A", account.id).await,
        queue(&test, "B", account.id).await,
    );
    let order = json!({ "accountId": account.id, "ids": [b.id, a.id] });
    let written: Value = test.call("queue.reorder", order.clone()).await;
    assert_eq!(written["undo"]["words"], "Changed the order of the queue");
    assert_eq!(utc(&test.post(b.id).await), utc(&a));
    assert_eq!(utc(&test.post(a.id).await), utc(&b));
    let same: Value = test.call("queue.reorder", order).await;
    assert_eq!(same["undo"], Value::Null);
    let pinned = test
        .scheduled("Own time", &[account.id], "2026-05-20T08:00:00")
        .await;
    let order = json!({ "accountId": account.id, "ids": [pinned.id, a.id] });
    let error = test.refused("queue.reorder", order).await;
    assert!(error.message.contains("time of its own"), "{error:?}");
}

#[tokio::test]
async fn a_new_plan_asks_whether_queued_posts_follow() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.call::<Value>(
        "slots.replace",
        plan(account.id, &[(1, "09:00"), (4, "14:30")], false),
    )
    .await;
    let (a, b) = (
        queue(&test, "A", account.id).await,
        queue(&test, "B", account.id).await,
    );
    let new = [(4, "14:30"), (2, "10:00")];
    let preview: Value = test
        .call("slots.preview", plan(account.id, &new, true))
        .await;
    assert_eq!(preview["affected"], 1);

    let kept: Value = test
        .call("slots.replace", plan(account.id, &new, false))
        .await;
    assert_eq!(kept["notes"][0], "1 post kept as times of their own.");
    let after = test.post(b.id).await;
    assert_eq!((utc(&after), after.time_source), (utc(&b), TimeSource::Own));
    test.undo().await;
    assert_eq!(test.post(b.id).await.time_source, TimeSource::Slot);

    test.call::<Value>("slots.replace", plan(account.id, &new, true))
        .await;
    assert_eq!(utc(&test.post(a.id).await), utc(&a));
    assert_eq!(utc(&test.post(b.id).await), "2026-05-19T08:00:00.000Z");
    let empty = test
        .refused("slots.replace", plan(account.id, &[], true))
        .await;
    assert!(empty.message.contains("no room"), "{empty:?}");
}

#[tokio::test]
async fn slots_that_stay_keep_their_identity() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let first: Value = test
        .call("slots.replace", plan(account.id, &[(1, "09:00")], false))
        .await;
    let again: Value = test
        .call(
            "slots.replace",
            plan(
                account.id,
                &[(1, "09:00"), (2, "09:00"), (2, "09:00")],
                false,
            ),
        )
        .await;
    assert_eq!(again["value"]["slots"].as_array().unwrap().len(), 2);
    assert_eq!(
        again["value"]["slots"][0]["id"],
        first["value"]["slots"][0]["id"]
    );
    let workspace = test.calendar().await.workspace_id;
    let listed: Value = test.call("slots.list", json!({ "id": workspace })).await;
    assert_eq!(listed["slots"], again["value"]["slots"]);
}

#[tokio::test]
async fn many_who_look_at_the_queue_at_once_do_not_wait_for_each_other() {
    let test = TestApp::start().await;
    let workspace = test.calendar().await.workspace_id;
    let view = || async {
        let input = json!({ "workspaceId": workspace, "until": 1_800_000_000_000_i64 });
        test.call::<Value>("queue.view", input).await
    };
    // More than there are connections to read through.
    tokio::join!(view(), view(), view(), view(), view(), view());
}
