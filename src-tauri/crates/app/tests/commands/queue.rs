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
async fn a_queued_post_goes_into_a_free_slot_and_stays_queued() {
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
    let into = |id: model::PostId, at: i64| json!({ "accountId": account.id, "id": id, "at": at });
    let week = 7 * 86_400_000;
    let free = a.when.stands_at().unwrap().as_millis() + week;
    let written: Value = test.call("queue.into_slot", into(a.id, free)).await;
    assert_eq!(written["undo"]["words"], "Moved to Thu 21 May, 14:30");
    let moved = test.post(a.id).await;
    assert_eq!(
        (utc(&moved).as_str(), moved.time_source),
        ("2026-05-21T12:30:00.000Z", TimeSource::Slot)
    );
    for at in [
        b.when.stands_at().unwrap().as_millis(),
        free,
        free + 60_000,
        free - 3 * week,
    ] {
        let error = test.refused("queue.into_slot", into(a.id, at)).await;
        assert!(error.message.contains("not free"), "{at}: {error:?}");
    }
    test.undo().await;
    assert_eq!(utc(&test.post(a.id).await), utc(&a));
    let pinned = test
        .scheduled("Own time", &[account.id], "2026-05-20T08:00:00")
        .await;
    let error = test
        .refused("queue.into_slot", into(pinned.id, free + week))
        .await;
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

async fn pause(test: &TestApp, account: AccountId, date: &str, reason: Option<&str>) -> Value {
    let input = json!({ "accountId": account, "date": date, "reason": reason });
    test.call("queue.pause_day", input).await
}

/// The days of the first queue that are paused, and the times of its free slots.
async fn seen(test: &TestApp) -> (Vec<String>, Vec<String>) {
    let workspace = test.calendar().await.workspace_id;
    let until = "2026-05-22T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let input = json!({ "workspaceId": workspace, "until": until.as_millisecond() });
    let view: Value = test.call("queue.view", input).await;
    let column = &view["columns"][0];
    let list = |of: &Value, text: &dyn Fn(&Value) -> Option<String>| -> Vec<String> {
        of.as_array().unwrap().iter().filter_map(text).collect()
    };
    let day = |d: &Value| {
        Some(format!(
            "{}: {}",
            d["date"].as_str()?,
            d["reason"].as_str()?
        ))
    };
    let free = |e: &Value| {
        let wall = e["slot"]["wall"].as_str()?.to_owned();
        (e["chip"] == Value::Null).then_some(wall)
    };
    (
        list(&column["pausedDays"], &day),
        list(&column["entries"], &free),
    )
}

#[tokio::test]
async fn a_paused_day_offers_no_slots_until_it_goes_on() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let times = [(1, "09:00"), (4, "14:30"), (4, "18:00")];
    test.call::<Value>("slots.replace", plan(account.id, &times, false))
        .await;
    let written = pause(&test, account.id, "2026-05-14", Some(" Holiday ")).await;
    let words = written["undo"]["words"].as_str().unwrap();
    assert!(words.starts_with("Paused the slots of "), "{words}");
    assert!(words.ends_with(" on Thu 14 May"), "{words}");
    let monday = "2026-05-18T09:00:00".to_owned();
    let thursday = ["2026-05-21T14:30:00", "2026-05-21T18:00:00"].map(str::to_owned);
    let rest = [vec![monday.clone()], thursday.to_vec()].concat();
    let paused = vec!["2026-05-14: Holiday".to_owned()];
    assert_eq!(seen(&test).await, (paused.clone(), rest.clone()));

    let next = json!({ "accountIds": [account.id] });
    let free: Value = test.call("queue.next_free", next.clone()).await;
    assert_eq!(free["slot"]["wall"], monday);
    let first = queue(&test, "First", account.id).await;
    assert_eq!(utc(&first), "2026-05-18T07:00:00.000Z");
    // Who drops an idea on that day gets the usual time, not a slot.
    let idea = test.draft("Idea", &[account.id]).await;
    let place = json!({ "kind": "day", "date": "2026-05-14", "zone": "Europe/Berlin" });
    let moves = json!({ "moves": [{ "id": idea.id, "place": place }] });
    test.call::<Value>("posts.move", moves).await;
    assert_eq!(test.post(idea.id).await.time_source, TimeSource::Own);

    let on = pause(&test, account.id, "2026-05-14", None).await;
    let words = on["undo"]["words"].as_str().unwrap();
    assert!(words.starts_with("Went on with the slots of "), "{words}");
    let free: Value = test.call("queue.next_free", next.clone()).await;
    assert_eq!(free["slot"]["wall"], "2026-05-14T14:30:00");
    test.undo().await;
    assert_eq!(seen(&test).await.0, paused);
    let again = pause(&test, account.id, "2026-05-15", None).await;
    assert_eq!(again["undo"], Value::Null, "it was not paused");
}

#[tokio::test]
async fn posts_of_a_paused_day_move_on_in_one_step() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let times = [(4, "14:30"), (4, "18:00"), (5, "09:00")];
    test.call::<Value>("slots.replace", plan(account.id, &times, false))
        .await;
    let (a, b, c) = (
        queue(&test, "A", account.id).await,
        queue(&test, "B", account.id).await,
        queue(&test, "C", account.id).await,
    );
    let own = test
        .scheduled("Own time", &[account.id], "2026-05-14T16:00:00")
        .await;
    let day = json!({ "accountId": account.id, "date": "2026-05-14" });
    let told: Value = test.call("queue.pause_day_preview", day.clone()).await;
    assert_eq!(told, json!({ "posts": 2, "paused": false }));

    let written = pause(&test, account.id, "2026-05-14", Some("")).await;
    assert_eq!(
        written["notes"][0],
        "2 posts moved on to the next free times."
    );
    assert_eq!(written["value"]["posts"].as_array().unwrap().len(), 2);
    // C keeps its Friday; they go past it, in their order.
    let (a_now, b_now) = (test.post(a.id).await, test.post(b.id).await);
    assert_eq!(utc(&a_now), "2026-05-21T12:30:00.000Z");
    assert_eq!(utc(&b_now), "2026-05-21T16:00:00.000Z");
    assert_eq!(a_now.time_source, TimeSource::Slot);
    assert_eq!(utc(&test.post(c.id).await), utc(&c));
    assert_eq!(utc(&test.post(own.id).await), utc(&own));
    let told: Value = test.call("queue.pause_day_preview", day).await;
    assert_eq!(told, json!({ "posts": 0, "paused": true }));

    test.undo().await;
    assert_eq!(utc(&test.post(a.id).await), utc(&a));
    assert_eq!(utc(&test.post(b.id).await), utc(&b));
    assert!(seen(&test).await.0.is_empty());
    test.call::<Value>("history.redo", json!({})).await;
    assert_eq!(utc(&test.post(b.id).await), utc(&b_now));
    assert_eq!(seen(&test).await.0, ["2026-05-14: Paused"]);
}

#[tokio::test]
async fn a_new_plan_keeps_paused_days_free() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.call::<Value>("slots.replace", plan(account.id, &[(4, "14:30")], false))
        .await;
    let a = queue(&test, "A", account.id).await;
    pause(&test, account.id, "2026-05-15", Some("Fair")).await;
    test.call::<Value>("slots.replace", plan(account.id, &[(5, "09:00")], true))
        .await;
    assert_eq!(utc(&test.post(a.id).await), "2026-05-22T07:00:00.000Z");
}

#[tokio::test]
async fn a_day_that_is_over_or_of_no_plan_is_not_paused() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let day = |date: &str| json!({ "accountId": account.id, "date": date, "reason": "x" });
    let error = test.refused("queue.pause_day", day("2026-05-14")).await;
    assert!(error.message.contains("no weekly plan yet"), "{error:?}");
    test.call::<Value>("slots.replace", plan(account.id, &[(4, "14:30")], false))
        .await;
    for (date, why) in [("2026-05-12", "over"), ("2029-01-01", "400 days")] {
        let error = test.refused("queue.pause_day", day(date)).await;
        assert!(error.message.contains(why), "{error:?}");
    }
    assert!(seen(&test).await.0.is_empty());
}

#[tokio::test]
async fn reordering_deals_nothing_onto_a_paused_day() {
    let test = TestApp::start().await;
    let (ana, bea) = (test.connect("ana").await, test.connect("bea").await);
    for (account, time) in [(ana.id, "14:30"), (bea.id, "10:00")] {
        test.call::<Value>("slots.replace", plan(account, &[(4, time)], false))
            .await;
    }
    // It stands in a slot of Bea's, so that pausing Ana's day leaves it there.
    let both = test.draft("Both", &[bea.id, ana.id]).await;
    let both: Post = test
        .write("posts.schedule_next", json!({ "id": both.id }))
        .await;
    assert_eq!(utc(&both), "2026-05-14T08:00:00.000Z");
    pause(&test, ana.id, "2026-05-14", Some("Fair")).await;
    let (a, b) = (
        queue(&test, "A", ana.id).await,
        queue(&test, "B", ana.id).await,
    );
    let order = json!({ "accountId": ana.id, "ids": [b.id, both.id, a.id] });
    test.call::<Value>("queue.reorder", order).await;
    assert_eq!(utc(&test.post(both.id).await), utc(&both));
    assert_eq!(utc(&test.post(b.id).await), utc(&a));
    assert_eq!(utc(&test.post(a.id).await), utc(&b));
}
