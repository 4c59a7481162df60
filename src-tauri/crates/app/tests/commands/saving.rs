//! Saving what is typed: nothing is ever lost.

use std::time::Duration;

use model::content::MAX_SEGMENT_BYTES;
use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::post::Post;
use model::status::ShownStatus;
use publisher::testing::{Act, refusal};
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

async fn save(test: &TestApp, post: &Post, text: &str, session: &str) -> Value {
    let targets: Vec<_> = post.targets.iter().map(|t| t.draft.account_id).collect();
    let input = json!({
        "id": post.id, "draft": draft(text, &targets), "version": post.version, "session": session,
    });
    test.call("posts.save", input).await
}

fn saved(written: &Value) -> Post {
    serde_json::from_value(written["value"].clone()).unwrap()
}

#[tokio::test]
async fn all_saves_of_one_session_are_one_step() {
    let test = TestApp::start().await;
    let post = test.draft("Sp", &[]).await;
    let one = saved(&save(&test, &post, "Spring", "s1").await);
    let two = saved(&save(&test, &one, "Spring sale", "s1").await);
    let three = saved(&save(&test, &two, "Spring sale!", "s2").await);
    assert_eq!(three.segments[0].text, "Spring sale!");
    test.undo().await;
    assert_eq!(test.post(post.id).await.segments[0].text, "Spring sale");
    test.undo().await;
    assert_eq!(test.post(post.id).await.segments[0].text, "Sp");
}

#[tokio::test]
async fn saving_the_same_again_makes_no_step() {
    let test = TestApp::start().await;
    let post = test.draft("Same", &[]).await;
    let written = save(&test, &post, "Same", "s1").await;
    assert_eq!(written["undo"], Value::Null);
    assert_eq!(saved(&written).version, post.version);
}

#[tokio::test]
async fn a_conflict_overwrites_nothing_and_keeps_what_was_typed() {
    let test = TestApp::start().await;
    let post = test.draft("First", &[]).await;
    save(&test, &post, "Changed elsewhere", "other").await;
    let stale = |text: &str| json!({ "id": post.id, "draft": draft(text, &[]), "version": post.version, "session": "mine" });
    let error = test.refused("posts.save", stale("Typed here")).await;
    assert_eq!(error.code, model::ErrorCode::Conflict);
    assert!(
        error.message.contains("draft of its own on the shelf"),
        "{}",
        error.message
    );
    // Typing goes on: it is the same kept draft that grows.
    test.refused("posts.save", stale("Typed here and more"))
        .await;
    assert_eq!(
        test.post(post.id).await.segments[0].text,
        "Changed elsewhere"
    );
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    let words: Vec<&str> = shelf["chips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["words"].as_str().unwrap())
        .collect();
    assert!(words.contains(&"Typed here and more"), "{words:?}");
    assert!(!words.contains(&"Typed here"), "{words:?}");
}

#[tokio::test]
async fn a_copy_kept_apart_goes_once_its_words_are_in_the_post() {
    let test = TestApp::start().await;
    let on_shelf = async |text: &str| {
        let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
        let chips = shelf["chips"].as_array().unwrap();
        chips.iter().filter(|c| c["words"] == text).count()
    };
    for (session, holds, left) in [("mine", true, 0), ("not said", false, 1)] {
        let post = test.draft("First", &[]).await;
        let now = saved(&save(&test, &post, "Changed elsewhere", "other").await);
        let mine = |version: i64, holds: bool| {
            json!({
                "id": post.id, "draft": draft("Mine", &[]), "version": version,
                "session": session, "holdsKept": holds,
            })
        };
        test.refused("posts.save", mine(post.version, false)).await;
        // The post itself is one with these words once it is saved.
        let before = on_shelf("Mine").await;
        test.call::<Value>("posts.save", mine(now.version, holds))
            .await;
        assert_eq!(on_shelf("Mine").await, before + left, "{session}");
    }
}

#[tokio::test]
async fn a_copy_kept_apart_stays_when_somebody_wrote_in_it() {
    let test = TestApp::start().await;
    let post = test.draft("First", &[]).await;
    let now = saved(&save(&test, &post, "Changed elsewhere", "other").await);
    let mine = |version: i64| {
        json!({
            "id": post.id, "draft": draft("Mine", &[]), "version": version,
            "session": "mine", "holdsKept": true,
        })
    };
    test.refused("posts.save", mine(post.version)).await;
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    let chips = shelf["chips"].as_array().unwrap();
    let copy = chips.iter().find(|c| c["words"] == "Mine").unwrap();
    let id: model::PostId = serde_json::from_value(copy["id"].clone()).unwrap();
    save(&test, &test.post(id).await, "Mine, and more", "another").await;
    test.call::<Value>("posts.save", mine(now.version)).await;
    assert!(test.post(id).await.deleted_at.is_none());
}

#[tokio::test]
async fn a_copy_kept_apart_that_was_scheduled_is_not_written_over() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await.id;
    let post = test.draft("First", &[account]).await;
    save(&test, &post, "Changed elsewhere", "other").await;
    let stale = |text: &str| {
        json!({
            "id": post.id, "draft": draft(text, &[account]), "version": post.version,
            "session": "mine",
        })
    };
    test.refused("posts.save", stale("Mine")).await;
    let on_shelf = async || {
        let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
        shelf["chips"].as_array().unwrap().clone()
    };
    let chips = on_shelf().await;
    let copy = chips.iter().find(|c| c["words"] == "Mine").unwrap();
    let place = json!({ "kind": "wall", "wall": "2026-05-20T09:00:00" });
    let to = json!({ "moves": [{ "id": copy["id"], "place": place }], "scheduling": "must" });
    let scheduled: Value = test.write("posts.move", to).await;
    test.refused("posts.save", stale("Mine, and more")).await;
    let now: Value = test.call("posts.get", json!({ "id": copy["id"] })).await;
    assert_eq!(now["version"], scheduled["posts"][0]["version"]);
    assert_eq!(now["segments"][0]["text"], "Mine");
    let words = on_shelf().await;
    assert!(words.iter().any(|c| c["words"] == "Mine, and more"));
}

#[tokio::test]
async fn a_scheduled_post_is_edited_beside_what_goes_out_until_it_is_confirmed() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old", &[account.id], "2026-05-20T09:00:00")
        .await;
    let written = save(&test, &post, "New", "s1").await;
    let edited = saved(&written);
    assert_eq!(edited.segments[0].text, "Old");
    assert_eq!(
        edited.working_copy.as_ref().unwrap().segments[0].text,
        "New"
    );
    let confirmed: Value = test
        .call("posts.confirm_edit", json!({ "id": post.id }))
        .await;
    assert_eq!(confirmed["undo"]["words"], "Updated \"Old\"");
    let now = test.post(post.id).await;
    assert_eq!(
        (now.segments[0].text.as_str(), now.working_copy.is_none()),
        ("New", true)
    );
    assert_eq!(now.status, ShownStatus::Scheduled);
    test.undo().await;
    assert_eq!(test.post(post.id).await.segments[0].text, "Old");
}

#[tokio::test]
async fn words_that_changed_under_an_edit_are_told_once_and_then_the_person_may_insist() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old", &[account.id], "2026-05-20T09:00:00")
        .await;
    save(&test, &post, "New", "s1").await;
    let confirm = json!({ "id": post.id });
    test.call::<Value>("posts.confirm_edit", confirm.clone())
        .await;
    let post = test.post(post.id).await;
    save(&test, &post, "Newest", "s1").await;
    test.undo().await;
    let error = test.refused("posts.confirm_edit", confirm.clone()).await;
    assert_eq!(error.code, model::ErrorCode::Conflict);
    let now = test.post(post.id).await;
    assert_eq!(now.segments[0].text, "Old");
    assert_eq!(now.working_copy.unwrap().segments[0].text, "Newest");
    test.call::<Value>("posts.confirm_edit", confirm).await;
    assert_eq!(test.post(post.id).await.segments[0].text, "Newest");
}

#[tokio::test]
async fn an_edit_goes_on_as_one_when_its_post_stops_going_out() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old", &[account.id], "2026-05-20T09:00:00")
        .await;
    save(&test, &post, "New", "s1").await;
    let shelf = json!({ "moves": [{ "id": post.id, "place": { "kind": "shelf" } }] });
    test.call::<Value>("posts.move", shelf).await;
    let post = test.post(post.id).await;
    let now = saved(&save(&test, &post, "Newer", "s1").await);
    assert_eq!(now.segments[0].text, "Old");
    assert_eq!(now.working_copy.unwrap().segments[0].text, "Newer");
}

#[tokio::test]
async fn an_edit_that_was_put_aside_is_not_laid_over_what_went_out_meanwhile() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old", &[account.id], "2026-05-14T10:00:00")
        .await;
    save(&test, &post, "New", "s1").await;
    let one = json!({ "id": post.id });
    // Only while the composer is open an edit holds its post.
    test.call::<Value>("posts.close", one.clone()).await;
    test.pass(Duration::from_hours(1)).await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Published);
    let error = test.refused("posts.confirm_edit", one.clone()).await;
    assert!(error.message.contains("stays as it went out"), "{error:?}");
    let now = test.post(post.id).await;
    assert_eq!(now.segments[0].text, "Old");
    assert_eq!(now.working_copy.unwrap().segments[0].text, "New");

    test.call::<Value>("posts.discard_edit", one).await;
    assert!(test.post(post.id).await.working_copy.is_none());
}

#[tokio::test]
async fn a_faulty_edit_is_not_confirmed_and_can_be_forgotten() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old", &[account.id], "2026-05-20T09:00:00")
        .await;
    save(&test, &post, &"x".repeat(301), "s1").await;
    let error = test
        .refused("posts.confirm_edit", json!({ "id": post.id }))
        .await;
    assert!(
        error
            .message
            .contains("Testnet allows 300 characters; this has 301."),
        "{error:?}"
    );
    assert!(error.fix.is_some());
    test.call::<Value>("posts.discard_edit", json!({ "id": post.id }))
        .await;
    let now = test.post(post.id).await;
    assert_eq!(
        (now.segments[0].text.as_str(), now.working_copy),
        ("Old", None)
    );
}

#[tokio::test]
async fn ten_megabytes_are_refused_with_sizes_and_what_was_there_stays() {
    let test = TestApp::start().await;
    let post = test.draft("Safe", &[]).await;
    let input = json!({
        "id": post.id, "draft": draft(&"x".repeat(10_000_000), &[]), "version": post.version,
        "session": "s1",
    });
    let error = test.refused("posts.save", input).await;
    assert!(
        error.message.contains("10.0 MB of at most 200 kB"),
        "{}",
        error.message
    );
    assert_eq!(test.post(post.id).await.segments[0].text, "Safe");
    save(&test, &post, &"x".repeat(MAX_SEGMENT_BYTES), "s1").await;
}

#[tokio::test]
async fn emoji_right_to_left_and_combining_text_come_back_as_they_were() {
    let test = TestApp::start().await;
    let text = "👨‍👩‍👧‍👦 שלום \u{202b}عالم\u{202c} e\u{301}\u{323} \0 \u{feff}";
    let post = test.draft(text, &[]).await;
    let test = test.reopen().await.unwrap();
    assert_eq!(test.post(post.id).await.segments[0].text, text);
}

#[tokio::test]
async fn what_is_typed_into_a_deleted_post_is_kept_apart() {
    let test = TestApp::start().await;
    let post = test.draft("First", &[]).await;
    test.call::<Value>("posts.remove", json!({ "ids": [post.id] }))
        .await;
    let input = json!({
        "id": post.id, "draft": draft("Still typing", &[]), "version": post.version, "session": "s",
    });
    let error = test.refused("posts.save", input).await;
    assert!(
        error.message.contains("went to the bin"),
        "{}",
        error.message
    );
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    let kept = |c: &Value| c["words"] == "Still typing";
    assert!(
        shelf["chips"].as_array().unwrap().iter().any(kept),
        "{shelf}"
    );
}

#[tokio::test]
async fn an_account_that_has_the_post_stays_on_it_and_nobody_is_said_to_have_changed_it() {
    let test = TestApp::publishing().await;
    let (ana, ben) = (test.connect("ana").await, test.connect("ben").await);
    let no = refusal(Category::Validation, Retry::Never, "Too long.");
    test.network.script([Act::Refuse(no)]);
    let post = test
        .scheduled("Sale", &[ana.id, ben.id], "2026-05-14T10:00:00")
        .await;
    test.pass(Duration::from_hours(1)).await;
    let now = test.post(post.id).await;
    assert_eq!(now.status, ShownStatus::PartlyPublished);
    let failed = now
        .targets
        .iter()
        .find(|t| t.state == DeliveryState::Failed)
        .unwrap();
    let save = json!({
        "id": post.id, "draft": draft("Sale", &[failed.draft.account_id]), "version": now.version,
        "session": "s",
    });
    let error = test.refused("posts.save", save).await;
    assert_eq!(error.field.as_deref(), Some("targets"));
    assert!(
        error.message.contains("so that account stays"),
        "{}",
        error.message
    );
}
