//! Workspaces, calendars, labels, calling off, the bin, finding, the log.

use std::time::Duration;

use model::failure::{Category, Retry};
use model::status::ShownStatus;
use publisher::testing::{Act, refusal};
use serde_json::{Value, json};
use testkit::app::TestApp;

#[tokio::test]
async fn workspaces_come_with_a_calendar_and_one_always_stays() {
    let test = TestApp::start().await;
    let only = test.calendar().await.workspace_id;
    let error = test
        .refused("workspaces.remove", json!({ "id": only }))
        .await;
    assert!(error.message.contains("only workspace"), "{error:?}");
    let made: Value = test
        .write("workspaces.create", json!({ "name": " Second  one " }))
        .await;
    assert_eq!(made["name"], "Second one");
    let taken = test
        .refused("workspaces.create", json!({ "name": "Second one" }))
        .await;
    assert_eq!(taken.field.as_deref(), Some("name"));
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["calendars"].as_array().unwrap().len(), 2);
    test.call::<Value>("workspaces.remove", json!({ "id": only }))
        .await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["calendars"].as_array().unwrap().len(), 1);
    test.undo().await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["calendars"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_calendars_zone_moves_no_post_and_bad_hours_are_refused() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Stays", &[account.id], "2026-05-20T09:00:00")
        .await;
    let calendar = test.calendar().await;
    let draft = |zone: &str, from: &str| {
        json!({ "id": calendar.id, "draft": {
            "name": "Plan", "description": "", "zone": zone, "graceMinutes": 60,
            "workingHours": [{ "weekday": 1, "from": from, "to": "17:00:00" }],
            "defaultAccounts": [account.id],
        } })
    };
    test.call::<Value>("calendars.update", draft("America/New_York", "09:00:00"))
        .await;
    assert_eq!(test.post(post.id).await.when, post.when);
    let error = test
        .refused("calendars.update", draft("UTC", "18:00:00"))
        .await;
    assert_eq!(error.field.as_deref(), Some("workingHours"));
    let error = test
        .refused("calendars.update", draft("Nowhere/Land", "09:00:00"))
        .await;
    assert_eq!(error.field.as_deref(), Some("zone"));
}

#[tokio::test]
async fn a_calendar_takes_no_more_posts_than_its_owner_lets_it() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    let limit = |most: Value| {
        json!({ "id": calendar.id, "draft": {
            "name": calendar.name, "description": "", "zone": calendar.zone, "graceMinutes": 60,
            "workingHours": [], "defaultAccounts": [], "mostPosts": most,
        } })
    };
    // The first post of all stands there already.
    let first = test.draft("First", &[]).await;
    test.call::<Value>("calendars.update", limit(json!(3)))
        .await;
    let error = test.refused("calendars.update", limit(json!(0))).await;
    assert_eq!(error.field.as_deref(), Some("mostPosts"));

    test.draft("Second", &[]).await;
    let third = json!({
        "calendarId": calendar.id, "draft": testkit::app::draft("Third", &[]),
        "place": { "kind": "shelf" },
    });
    let full = test.refused("posts.create", third.clone()).await;
    assert_eq!(full.fix, Some(model::error::Fix::RaisePostLimit));
    let copy = json!({ "id": first.id, "place": { "kind": "shelf" } });
    let copies = json!({ "copies": [copy] });
    test.refused("posts.copy", copies).await;

    test.call::<Value>("posts.remove", json!({ "ids": [first.id] }))
        .await;
    test.write::<Value>("posts.create", third.clone()).await;
    test.call::<Value>("calendars.update", limit(Value::Null))
        .await;
    test.write::<Value>("posts.create", third).await;
    test.undo().await;
    test.undo().await;
    assert_eq!(test.calendar().await.most_posts, Some(3));
}

#[tokio::test]
async fn archived_calendars_are_out_of_sight_until_taken_back() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    test.draft("Hidden", &[]).await;
    test.call::<Value>(
        "calendars.archive",
        json!({ "id": calendar.id, "archived": true }),
    )
    .await;
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    assert_eq!(shelf["chips"], json!([]));
    test.undo().await;
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    assert_eq!(shelf["chips"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn labels_change_on_many_posts_as_one_step() {
    let test = TestApp::start().await;
    let (a, b) = (test.draft("A", &[]).await, test.draft("B", &[]).await);
    let input = json!({ "ids": [a.id, b.id], "add": ["spring", " spring "], "remove": [] });
    let written: Value = test.call("posts.label", input).await;
    assert_eq!(written["undo"]["words"], "Labelled 2 posts \"spring\"");
    let labels: Value = test.call("labels.list", json!({})).await;
    assert_eq!(labels, json!([{ "label": "spring", "posts": 2 }]));
    let off = json!({ "ids": [a.id], "add": [], "remove": ["spring"] });
    test.call::<Value>("posts.label", off).await;
    assert_eq!(test.post(a.id).await.labels, Vec::<String>::new());
    test.undo().await;
    test.undo().await;
    let labels: Value = test.call("labels.list", json!({})).await;
    assert_eq!(labels, json!([]));
}

#[tokio::test]
async fn calling_off_and_back_and_the_status_follows() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Off", &[account.id], "2026-05-20T09:00:00")
        .await;
    let off: Value = test.call("posts.cancel", json!({ "ids": [post.id] })).await;
    assert_eq!(off["undo"]["words"], "Called off \"Off\"");
    assert_eq!(test.post(post.id).await.status, ShownStatus::Cancelled);
    test.undo().await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Scheduled);
    let draft = test.draft("No time", &[account.id]).await;
    let input = json!({ "ids": [draft.id], "status": "scheduled" });
    let error = test.refused("posts.editorial", input).await;
    assert_eq!(
        error.message,
        "\"No time\" has no time yet. Choose one first."
    );
}

#[tokio::test]
async fn what_was_called_off_is_used_again_as_what_it_can_be() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let ahead = test
        .scheduled("Ahead", &[account.id], "2026-05-20T09:00:00")
        .await;
    let passed = test
        .scheduled("Passed", &[account.id], "2026-05-14T10:00:00")
        .await;
    let ids = json!({ "ids": [ahead.id, passed.id] });
    test.call::<Value>("posts.cancel", ids.clone()).await;
    test.clock.advance(Duration::from_hours(3));
    let again: Value = test.call("posts.use_again", ids).await;
    assert_eq!(again["undo"]["words"], "2 posts used again");
    assert_eq!(
        again["notes"],
        json!(["\"Passed\" is a draft: its time has passed. Choose another one."])
    );
    assert_eq!(test.post(ahead.id).await.status, ShownStatus::Scheduled);
    assert_eq!(test.post(passed.id).await.status, ShownStatus::Draft);
    test.undo().await;
    assert_eq!(test.post(ahead.id).await.status, ShownStatus::Cancelled);
    assert_eq!(test.post(passed.id).await.status, ShownStatus::Cancelled);
}

#[tokio::test]
async fn one_account_is_called_off_and_used_again() {
    let test = TestApp::start().await;
    let (ana, ben) = (test.connect("ana").await, test.connect("ben").await);
    let post = test
        .scheduled("Sale", &[ana.id, ben.id], "2026-05-20T09:00:00")
        .await;
    let target = json!({ "id": post.targets[0].id });
    test.call::<Value>("targets.cancel", target.clone()).await;
    let again: Value = test.call("targets.use_again", target.clone()).await;
    assert_eq!(again["undo"]["words"], "\"Sale\" goes to one account again");
    assert_eq!(again["value"]["targets"][0]["state"], "waiting");
    // What was called off by itself comes back with the post as well.
    test.call::<Value>("targets.cancel", target.clone()).await;
    let all: Value = test
        .call("posts.use_again", json!({ "ids": [post.id] }))
        .await;
    assert_eq!(all["value"]["posts"][0]["targets"][0]["state"], "waiting");
    test.call::<Value>("posts.cancel", json!({ "ids": [post.id] }))
        .await;
    let error = test.refused("targets.use_again", target).await;
    assert_eq!(
        error.message,
        "\"Sale\" is called off as a whole. Use the post again first."
    );
}

#[tokio::test]
async fn posts_with_some_words_are_named_in_full() {
    let test = TestApp::start().await;
    let long = format!("{} finale", "A long way to the end. ".repeat(9));
    let post = test.draft(&long, &[]).await;
    test.draft("Another", &[]).await;
    let found: Value = test
        .call("posts.find", json!({ "query": "fina", "calendars": [] }))
        .await;
    assert_eq!(found, json!({ "ids": [post.id] }));
}

#[tokio::test]
async fn deleted_posts_lie_in_the_bin_for_thirty_days_and_come_back() {
    let test = TestApp::start().await;
    let (a, b) = (
        test.draft("Deleted A", &[]).await,
        test.draft("Deleted B", &[]).await,
    );
    let gone: Value = test
        .call("posts.remove", json!({ "ids": [a.id, b.id] }))
        .await;
    assert_eq!(gone["undo"]["words"], "Deleted 2 posts");
    let found = json!({ "query": "deleted", "calendars": [], "limit": 9 });
    let chips: Value = test.call("posts.search", found.clone()).await;
    assert_eq!(chips["chips"], json!([]));
    let chips: Value = test.call("posts.chips", json!({ "ids": [a.id] })).await;
    assert_eq!(chips["chips"], json!([]));
    let bin: Value = test.call("bin.list", json!({})).await;
    assert_eq!(bin["entries"].as_array().unwrap().len(), 2);
    assert_eq!(
        bin["entries"][0]["goneAt"].as_i64().unwrap()
            - bin["entries"][0]["deletedAt"].as_i64().unwrap(),
        30 * 86_400_000
    );
    let items = |id| json!({ "items": [{ "subject": "post", "id": id }] });
    test.call::<Value>("bin.restore", items(a.id)).await;
    test.call::<Value>("bin.purge", items(b.id)).await;
    let chips: Value = test.call("posts.search", found).await;
    assert_eq!(chips["chips"].as_array().unwrap().len(), 1);
    let bin: Value = test.call("bin.list", json!({})).await;
    assert_eq!(bin["entries"], json!([]));
}

#[tokio::test]
async fn drafts_are_everything_that_is_not_scheduled() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.scheduled("Scheduled", &[account.id], "2026-05-20T09:00:00")
        .await;
    let plan = test.draft("Planned", &[]).await;
    let day = json!({ "kind": "day", "date": "2026-05-20" });
    test.call::<Value>(
        "posts.move",
        json!({ "moves": [{ "id": plan.id, "place": day }] }),
    )
    .await;
    let drafts: Value = test.call("posts.drafts", json!({ "calendars": [] })).await;
    let mut words: Vec<&str> = drafts["chips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["words"].as_str().unwrap())
        .collect();
    words.sort_unstable();
    assert_eq!(words, ["Drag me onto a day", "Planned"]);
}

#[tokio::test]
async fn a_hundred_steps_can_be_undone_and_done_again() {
    let test = TestApp::start().await;
    for n in 0..110 {
        test.draft(&format!("Post {n}"), &[]).await;
    }
    for _ in 0..100 {
        assert_ne!(test.undo().await["words"], Value::Null);
    }
    assert_eq!(test.undo().await["words"], Value::Null);
    let list: Value = test.call("history.list", json!({})).await;
    assert_eq!(list["redo"].as_array().unwrap().len(), 100);
    for _ in 0..100 {
        test.call::<Value>("history.redo", json!({})).await;
    }
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    assert_eq!(shelf["chips"].as_array().unwrap().len(), 111);
}

#[tokio::test]
async fn the_next_try_is_counted_anew_when_a_person_asks_for_one() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let refused = || Act::Refuse(refusal(Category::NetworkError, Retry::Backoff, "Cut off."));
    test.network.script((0..4).map(|_| refused()));
    let post = test
        .scheduled("Spring sale", &[account.id], "2026-05-14T10:00:00")
        .await;
    let newest = async || {
        let query = json!({ "onlyNeedsPerson": false, "limit": 1 });
        let activity: Value = test.call("activity.list", query).await;
        let entry = &activity["entries"][0];
        (entry["attempt"]["number"].clone(), entry["nextTry"].clone())
    };
    test.pass(Duration::from_hours(1)).await;
    assert_eq!(newest().await, (json!(1), json!(2)));
    test.pass(Duration::from_mins(10)).await;
    test.pass(Duration::from_mins(10)).await;
    assert_eq!(newest().await, (json!(3), Value::Null));
    test.pass(Duration::from_mins(1)).await;
    let target = test.post(post.id).await.targets[0].id;
    test.call::<Value>("targets.retry", json!({ "id": target }))
        .await;
    test.app.settled().await;
    assert_eq!(newest().await, (json!(4), json!(2)));
}
