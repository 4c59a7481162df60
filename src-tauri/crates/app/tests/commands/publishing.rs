//! From the command to the network, and what a person sees and does on the way.

use std::time::Duration;

use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::status::ShownStatus;
use networks::vault::Vault as _;
use publisher::NoticeKind;
use publisher::testing::{Act, refusal};
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};
use testkit::app_network::SESSION;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn at_its_minute_a_post_is_on_the_network_once() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let mut notices = test.app.notices().unwrap();
    let post = test
        .scheduled("Spring sale", &[account.id], "2026-05-14T10:00:00")
        .await;
    let status: Value = test.call("publisher.status", json!({})).await;
    assert_eq!(status["next"]["words"], "Spring sale");
    test.pass(HOUR).await;
    test.pass(Duration::from_mins(1)).await;
    let texts: Vec<String> = test.network.shown().into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["Spring sale"]);
    let now = test.post(post.id).await;
    assert_eq!(now.status, ShownStatus::Published);
    assert!(
        now.targets[0]
            .remote_url
            .as_ref()
            .unwrap()
            .starts_with("https://")
    );
    let notice = notices.recv().await.unwrap();
    assert_eq!(notice.posts[0].post_id, post.id);
    let activity: Value = test
        .call(
            "activity.list",
            json!({ "onlyNeedsPerson": false, "limit": 10 }),
        )
        .await;
    assert_eq!(activity["entries"][0]["attempt"]["outcome"], "sent");
    assert_eq!(activity["entries"][0]["state"], "published");
    let log: Value = test.call("posts.attempts", json!({ "id": post.id })).await;
    assert_eq!(log["attempts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_missed_while_it_was_off_is_told_to_a_host_that_listens_only_later() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Too late", &[account.id], "2026-05-14T10:00:00")
        .await;
    test.app.shutdown().await;
    test.clock.advance(24 * HOUR);
    let test = test.reopen().await.unwrap();
    test.pass(Duration::from_mins(1)).await;
    // The buses of the desktop took their time.
    let notice = test.app.notices().unwrap().try_recv().unwrap();
    assert_eq!(notice.kind, NoticeKind::Missed);
    assert_eq!(notice.posts[0].post_id, post.id);
    // Nobody is told twice.
    assert!(test.app.notices().unwrap().try_recv().is_err());
}

#[tokio::test]
async fn a_published_post_stays_and_can_be_deleted_there() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test.draft("Now", &[account.id]).await;
    let written: Value = test
        .call("posts.publish_now", json!({ "id": post.id }))
        .await;
    assert_eq!(written["undo"], Value::Null);
    test.app.settled().await;
    let now = test.post(post.id).await;
    assert_eq!(now.status, ShownStatus::Published);

    let day = json!({ "kind": "day", "date": "2026-05-20" });
    let error = test
        .refused(
            "posts.move",
            json!({ "moves": [{ "id": post.id, "place": day }] }),
        )
        .await;
    assert!(
        error.message.contains("is published, so it stays"),
        "{error:?}"
    );
    let save = json!({
        "id": post.id, "draft": draft("Other words", &[account.id]), "version": now.version,
        "session": "s",
    });
    let error = test.refused("posts.save", save).await;
    assert!(error.message.contains("stays as it went out"), "{error:?}");
    test.refused("posts.cancel", json!({ "ids": [post.id] }))
        .await;

    let target = json!({ "id": now.targets[0].id });
    test.call::<Value>("targets.delete_on_network", target)
        .await;
    assert_eq!(test.network.shown(), []);
    let after = test.post(post.id).await;
    assert_eq!(
        (after.status, after.when),
        (ShownStatus::Draft, model::when::When::Unplanned)
    );
}

#[tokio::test]
async fn a_failed_post_says_why_and_what_to_do_and_can_be_tried_again() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let no = refusal(
        Category::Validation,
        Retry::Never,
        "Testnet does not like the word sale.",
    );
    test.network.script([Act::Refuse(no)]);
    let post = test
        .scheduled("Spring sale", &[account.id], "2026-05-14T10:00:00")
        .await;
    test.pass(HOUR).await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Failed);
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    let trouble = &troubles["troubles"][0];
    assert_eq!(trouble["kind"], "failed");
    assert_eq!(
        trouble["message"],
        "Not posted to Testnet (ana). Testnet does not like the word sale. It is kept."
    );
    assert_eq!(trouble["posts"][0]["id"], post.id.to_string());
    let only = json!({ "onlyNeedsPerson": true, "limit": 10 });
    let activity: Value = test.call("activity.list", only.clone()).await;
    assert_eq!(activity["entries"].as_array().unwrap().len(), 1);

    let target = test.post(post.id).await.targets[0].id;
    test.call::<Value>("targets.retry", json!({ "id": target }))
        .await;
    test.app.settled().await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Published);
    let activity: Value = test.call("activity.list", only).await;
    assert_eq!(activity["entries"], json!([]));
}

#[tokio::test]
async fn held_posts_wait_until_they_are_released() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let held: Value = test.call("publisher.hold", json!({ "reason": "" })).await;
    assert_eq!(held["held"], "You hold all posts.");
    let post = test.draft("Now", &[account.id]).await;
    let written: Value = test
        .call("posts.publish_now", json!({ "id": post.id }))
        .await;
    assert!(
        written["notes"][0]
            .as_str()
            .unwrap()
            .contains("All posts are held"),
        "{written}"
    );
    test.app.settled().await;
    assert_eq!(test.network.shown(), []);
    let free: Value = test.call("publisher.release", json!({})).await;
    assert_eq!(free["held"], Value::Null);
    test.app.settled().await;
    assert_eq!(test.network.shown().len(), 1);
}

#[tokio::test]
async fn an_open_edit_that_differs_holds_the_post_at_its_minute() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old words", &[account.id], "2026-05-14T09:10:00")
        .await;
    let save = json!({
        "id": post.id, "draft": draft("New words", &[account.id]), "version": post.version,
        "session": "s",
    });
    test.pass(Duration::from_mins(9)).await;
    test.call::<Value>("posts.save", save).await;
    test.pass(Duration::from_mins(2)).await;
    assert_eq!(test.network.shown(), []);
    assert!(test.post(post.id).await.held);
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "held_edit");
    test.call::<Value>("posts.confirm_edit", json!({ "id": post.id }))
        .await;
    test.app.settled().await;
    let texts: Vec<String> = test.network.shown().into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["New words"]);
}

#[tokio::test]
async fn a_closed_edit_lets_the_last_confirmed_words_go_out() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Old words", &[account.id], "2026-05-14T09:10:00")
        .await;
    let save = json!({
        "id": post.id, "draft": draft("New words", &[account.id]), "version": post.version,
        "session": "s",
    });
    test.call::<Value>("posts.save", save).await;
    test.call::<Value>("posts.close", json!({ "id": post.id }))
        .await;
    test.pass(Duration::from_mins(11)).await;
    let texts: Vec<String> = test.network.shown().into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["Old words"]);
}

#[tokio::test]
async fn while_a_send_is_in_flight_nothing_about_the_post_changes() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let go = std::sync::Arc::new(tokio::sync::Notify::new());
    test.network.script([Act::Wait(go.clone())]);
    let post = test.draft("In flight", &[account.id]).await;
    let mut changes = test.app.subscribe();
    test.call::<Value>("posts.publish_now", json!({ "id": post.id }))
        .await;
    while test.post(post.id).await.targets[0].state != DeliveryState::Sending {
        changes.next().await.unwrap();
    }
    let day = json!({ "kind": "day", "date": "2026-05-20" });
    for (name, input) in [
        (
            "posts.move",
            json!({ "moves": [{ "id": post.id, "place": day }] }),
        ),
        ("posts.cancel", json!({ "ids": [post.id] })),
        ("posts.remove", json!({ "ids": [post.id] })),
        (
            "posts.save",
            json!({ "id": post.id, "draft": draft("Other", &[account.id]), "version": 9, "session": "s" }),
        ),
    ] {
        let error = test.refused(name, input).await;
        assert!(
            error.message.contains("is being sent right now"),
            "{name}: {error:?}"
        );
    }
    let status: Value = test.call("publisher.status", json!({})).await;
    assert_eq!(status["sending"][0]["words"], "In flight");
    go.notify_one();
    test.app.settled().await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Published);
}

#[tokio::test]
async fn a_send_in_flight_ends_before_the_program_does_whoever_else_is_waiting() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let go = std::sync::Arc::new(tokio::sync::Notify::new());
    test.network.script([Act::Wait(go.clone())]);
    let post = test.draft("In flight", &[account.id]).await;
    test.call::<Value>("posts.publish_now", json!({ "id": post.id }))
        .await;
    while test.network.tries().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::join!(
        biased;
        test.app.settled(),
        test.app.shutdown(),
        async { go.notify_one() }
    );
    let test = test.reopen().await.unwrap();
    assert_eq!(test.post(post.id).await.status, ShownStatus::Published);
}

#[tokio::test]
async fn an_unknown_send_is_decided_by_the_person() {
    use networks::connector::Confirmation;
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    test.network.script([Act::ShowAndLoseAnswer]);
    test.network.looks(std::iter::repeat_n(
        Confirmation::CannotTell("It does not say.".to_owned()),
        20,
    ));
    let post = test.published(draft("Unsure", &[account.id])).await;
    let mut tries = 0;
    while test.call::<Value>("activity.troubles", json!({})).await["troubles"] == json!([]) {
        tries += 1;
        assert!(tries < 20, "nobody asks");
        test.pass(Duration::from_mins(10)).await;
    }
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "unconfirmed");
    let target = test.post(post.id).await.targets[0].id;
    let bad = json!({ "id": target, "url": "javascript:alert(1)" });
    test.refused("targets.say_published", bad).await;
    let said = json!({ "id": target, "url": "https://net.example/1" });
    test.call::<Value>("targets.say_published", said).await;
    let now = test.post(post.id).await;
    assert_eq!(now.status, ShownStatus::Published);
    assert_eq!(
        now.targets[0].remote_url.as_deref(),
        Some("https://net.example/1")
    );
    assert_eq!(test.network.shown().len(), 1);
}

#[tokio::test]
async fn missed_posts_ask_and_can_be_sent_or_called_off() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Slept", &[account.id], "2026-05-14T10:00:00")
        .await;
    test.clock.suspend(Duration::from_hours(9));
    test.app.on_resume();
    test.app.settled().await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Missed);
    assert_eq!(test.network.shown(), []);
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "missed");
    let target = test.post(post.id).await.targets[0].id;
    test.call::<Value>("targets.cancel", json!({ "id": target }))
        .await;
    assert_eq!(
        test.post(post.id).await.targets[0].state,
        DeliveryState::Cancelled
    );
}

#[tokio::test]
async fn what_failed_on_one_account_says_that_the_others_went_out() {
    let test = TestApp::publishing().await;
    let (ana, ben) = (test.connect("ana").await, test.connect("ben").await);
    let mut notices = test.app.notices().unwrap();
    let no = refusal(Category::Validation, Retry::Never, "Too long.");
    test.network.script([Act::Refuse(no)]);
    test.scheduled("Sale", &[ana.id, ben.id], "2026-05-14T10:00:00")
        .await;
    test.pass(HOUR).await;
    test.pass(Duration::from_mins(1)).await;
    assert_eq!(test.network.shown().len(), 1);
    let safe = "Too long. It is kept; the others went out.";
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    let message = troubles["troubles"][0]["message"].as_str().unwrap();
    assert!(message.ends_with(safe), "{message}");
    let told = loop {
        let notice = notices.recv().await.unwrap();
        if notice.kind == NoticeKind::Failed {
            break notice.sentence;
        }
    };
    assert!(told.starts_with("\"Sale\" was not posted to"), "{told}");
    assert!(told.ends_with(safe), "{told}");
}

#[tokio::test]
async fn what_happened_is_read_page_by_page_without_gaps_or_repeats() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    for n in 0..5 {
        let draft = draft(&format!("Post {n}"), &[account.id]);
        test.published(draft).await;
        test.clock.advance(Duration::from_secs(1));
    }
    let mut words = Vec::new();
    let mut before = Value::Null;
    loop {
        let query = json!({ "before": before, "onlyNeedsPerson": false, "limit": 2 });
        let page: Value = test.call("activity.list", query).await;
        for entry in page["entries"].as_array().unwrap() {
            words.push(entry["words"].as_str().unwrap().to_owned());
            before = entry["cursor"].clone();
        }
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(words, ["Post 4", "Post 3", "Post 2", "Post 1", "Post 0"]);
    let bad = json!({ "before": "nonsense", "onlyNeedsPerson": false, "limit": 2 });
    assert_eq!(
        test.refused("activity.list", bad).await.field.as_deref(),
        Some("before")
    );
}

#[tokio::test]
async fn the_word_that_there_is_no_internet_is_doubted_while_posts_are_due() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    test.scheduled("Goes out", &[account.id], "2026-05-14T10:00:00")
        .await;
    test.app.set_online(false);
    test.app.settled().await;
    test.pass(HOUR).await;
    // The network answers, whatever the system says.
    test.pass(Duration::from_mins(4)).await;
    let out = tokio::time::timeout(Duration::from_secs(20), async {
        while test.network.shown().is_empty() {
            test.app.settled().await;
            tokio::task::yield_now().await;
        }
    });
    out.await.unwrap();
    assert_eq!(test.network.shown().len(), 1);
    let status: Value = test.call("publisher.status", json!({})).await;
    assert_eq!(status["offlineSince"], Value::Null);
}

#[tokio::test]
async fn a_program_that_is_opened_without_internet_lets_its_posts_wait_from_the_first_look_on() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Waits", &[account.id], "2026-05-14T10:00:00")
        .await;
    test.app.shutdown().await;
    test.clock.advance(HOUR);
    let test = test.reopen_offline().await.unwrap();
    test.app.settled().await;
    assert!(test.network.tries().is_empty());
    let status: Value = test.call("publisher.status", json!({})).await;
    assert_eq!(status["offlineSince"], test.app.now().as_millis());
    test.app.set_online(true);
    test.app.settled().await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Published);
    assert_eq!(test.network.tries().len(), 1);
}

#[tokio::test]
async fn posts_that_wait_for_the_internet_are_told_once_and_use_up_no_try() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Waits", &[account.id], "2026-05-14T10:00:00")
        .await;
    let mut notices = test.app.notices().unwrap();
    // Without its session the network is not asked, which is as good as no answer.
    test.vault.forget(account.id, SESSION).await.unwrap();
    test.app.set_online(false);
    test.app.settled().await;
    test.pass(HOUR).await;
    let told = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            test.pass(Duration::from_mins(1)).await;
            tokio::task::yield_now().await;
            if let Ok(notice) = notices.try_recv() {
                return notice;
            }
        }
    });
    let told = told.await.unwrap();
    assert_eq!(
        (told.kind, told.sentence.as_str()),
        (
            NoticeKind::Delayed,
            "There is no internet. 1 post goes out when it is back."
        )
    );
    for _ in 0..20 {
        test.pass(Duration::from_mins(1)).await;
        tokio::task::yield_now().await;
    }
    assert!(notices.try_recv().is_err());
    let target = &test.post(post.id).await.targets[0];
    assert_eq!(target.state, DeliveryState::Waiting);
    assert_eq!(target.failure, None);
}
