//! What is known ahead of sending: readiness, full days, money; and whose turn it is to post.

use std::time::Duration;

use model::AccountId;
use model::failure::{Category, Retry};
use model::post::Post;
use model::status::ShownStatus;
use publisher::testing::{Act, refusal};
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};
use testkit::app_network::{MOST_A_DAY, PRICE};

async fn readiness(test: &TestApp) -> Value {
    let workspace = test.calendar().await.workspace_id;
    let mut all: Value = test
        .call("accounts.readiness", json!({ "id": workspace }))
        .await;
    all["accounts"][0].take()
}

#[tokio::test]
async fn an_account_is_ready_or_says_exactly_what_it_lacks() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let ready = readiness(&test).await;
    assert_eq!(ready["accountId"], json!(account.id));
    assert_eq!(
        (&ready["ready"], &ready["lacks"]),
        (&json!(true), &json!([]))
    );

    let pause = json!({ "id": account.id, "reason": "Holiday" });
    test.call::<Value>("accounts.pause", pause).await;
    let paused = readiness(&test).await;
    assert_eq!(paused["ready"], false);
    assert_eq!(paused["lacks"][0]["next"], "resume");
    let message = paused["lacks"][0]["message"].as_str().unwrap();
    assert!(message.contains("Holiday"), "{message}");
    let go_on = json!({ "id": account.id, "reason": null });
    test.call::<Value>("accounts.pause", go_on).await;

    let can: Value = test
        .call("accounts.capabilities", json!({ "id": account.id }))
        .await;
    assert_eq!(can["readiness"]["ready"], true);
    assert_eq!(can["maxText"], 300);
    assert_eq!(can["network"]["key"], "test");
    assert_eq!(can["network"]["moreLimits"][0]["most"], MOST_A_DAY);
}

fn at(day: u32, n: u32) -> String {
    format!("2026-05-{day:02}T{:02}:{:02}:00", 8 + n / 60, n % 60)
}

#[tokio::test]
async fn trying_again_on_a_paused_account_says_that_it_waits() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let no = refusal(Category::Validation, Retry::Never, "It is too long.");
    test.network.script([Act::Refuse(no)]);
    let post = test
        .scheduled("Spring sale", &[account.id], "2026-05-14T10:00:00")
        .await;
    test.pass(Duration::from_hours(1)).await;
    let pause = json!({ "id": account.id, "reason": "holidays" });
    test.call::<Value>("accounts.pause", pause).await;
    let target = test.post(post.id).await.targets[0].id;
    let again: Value = test.call("targets.retry", json!({ "id": target })).await;
    let said = again["notes"][0].as_str().unwrap();
    assert!(said.contains("is paused (holidays)"), "{said}");
    test.app.settled().await;
    assert_eq!(test.network.shown(), []);
}

/// As many posts as the network takes on a day.
async fn fill(test: &TestApp, account: AccountId, day: u32) {
    for n in 0..MOST_A_DAY {
        test.scheduled(&format!("Day {day}, number {n}"), &[account], &at(day, n))
            .await;
    }
}

#[tokio::test]
async fn a_day_over_the_networks_limit_is_told_on_the_calendar_and_while_writing() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let calendar = test.calendar().await;
    fill(&test, account.id, 20).await;
    let crowded = async || -> Value {
        let query = json!({
            "workspaceId": calendar.workspace_id, "zone": "Europe/Berlin",
            "from": "2026-04-27", "to": "2026-06-07",
        });
        let mut all: Value = test.call("posts.crowded", query).await;
        all["days"].take()
    };
    assert_eq!(
        crowded().await,
        json!([]),
        "as many as it takes is not too many"
    );

    let check = async |day: u32, own: Value| -> Value {
        let input = json!({
            "calendarId": calendar.id, "draft": draft("One more", &[account.id]), "id": own,
            "place": { "kind": "wall", "wall": at(day, 55) },
        });
        test.call("posts.check", input).await
    };
    fill(&test, account.id, 21).await;
    let checked = check(20, Value::Null).await;
    let problem = &checked["problems"][0];
    assert_eq!(problem["rule"], "day_full");
    assert_eq!(
        problem["message"],
        "Testnet (ana) has 40 other posts on Wed 20 May, and Testnet takes 40 posts a day from one account. The later ones wait until it takes more. There is room Fri 22 May, 08:55."
    );
    assert_eq!(checked["blocked"], Value::Null, "a warning");
    // The day after is full as well: the same time on the next one that has room.
    let free = &problem["fixes"][0];
    assert_eq!(free["kind"], "use_time");
    let free = free["at"].as_i64().unwrap();
    assert_eq!(
        free,
        "2026-05-22T06:55:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond()
    );
    assert_eq!(check(22, Value::Null).await["problems"], json!([]));

    let post = test.scheduled("One more", &[account.id], &at(20, 55)).await;
    let own = check(20, json!(post.id)).await;
    let message = own["problems"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("40 other posts"),
        "itself is not counted: {message}"
    );
    assert_eq!(
        crowded().await,
        json!([{
            "date": "2026-05-20", "accountId": account.id, "planned": 41, "most": 40,
            "message": "Testnet (ana) has 41 posts on Wed 20 May, and Testnet takes 40 posts a day from one account. The last one waits until it takes more.",
        }])
    );
    let late = json!({
        "workspaceId": calendar.workspace_id, "zone": "UTC", "from": "2026-01-01", "to": "2028-01-01",
    });
    assert_eq!(
        test.refused("posts.crowded", late).await.field.as_deref(),
        Some("to")
    );
}

#[tokio::test]
async fn what_went_out_today_counts_for_today() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let calendar = test.calendar().await;
    test.scheduled("Out already", &[account.id], "2026-05-14T09:30:00")
        .await;
    test.pass(Duration::from_hours(1)).await;
    for n in 0..MOST_A_DAY {
        let wall = format!("2026-05-14T{:02}:{:02}:00", 12 + n / 60, n % 60);
        test.scheduled(&format!("Number {n}"), &[account.id], &wall)
            .await;
    }
    let query = json!({
        "workspaceId": calendar.workspace_id, "zone": "Europe/Berlin",
        "from": "2026-05-14", "to": "2026-05-14",
    });
    let all: Value = test.call("posts.crowded", query).await;
    assert_eq!(all["days"][0]["planned"], 41);
}

async fn spending(test: &TestApp) -> Value {
    let workspace = test.calendar().await.workspace_id;
    test.call("workspaces.spending", json!({ "id": workspace }))
        .await
}

async fn set_budget(test: &TestApp, micro_dollars: Value) -> Value {
    let workspace = test.calendar().await.workspace_id;
    let input = json!({ "id": workspace, "microDollars": micro_dollars });
    test.call("workspaces.set_budget", input).await
}

#[tokio::test]
async fn a_budget_stops_paid_posts_and_raising_it_lets_them_go() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let price = u64::from(PRICE);
    let written = set_budget(&test, json!(price + 5_000)).await;
    assert_eq!(written["undo"]["words"], "Monthly budget $0.02");
    let first = test
        .scheduled("First", &[account.id], "2026-05-14T10:00:00")
        .await;
    let second = test
        .scheduled("Second", &[account.id], "2026-05-14T10:05:00")
        .await;
    let before = spending(&test).await;
    assert_eq!(
        (
            &before["month"],
            &before["spent"],
            &before["posts"],
            &before["charged"]
        ),
        (&json!("2026-05"), &json!(0), &json!(2), &json!(true))
    );
    assert_eq!(before["planned"], 2 * price);
    assert_eq!(
        before["summary"],
        "$0.00 of $0.02 spent in May. 2 scheduled posts will cost about $0.03 more. That is over the budget: what no longer fits will not go out."
    );
    let input = json!({
        "calendarId": first.calendar_id, "id": second.id, "draft": draft("Second", &[account.id]),
        "place": { "kind": "wall", "wall": "2026-05-14T10:05:00" },
    });
    let checked: Value = test.call("posts.check", input).await;
    assert_eq!(checked["accounts"][0]["cost"], price);
    assert_eq!(
        checked["accounts"][0]["costs"],
        "Costs about $0.02 on Testnet."
    );
    let problem = &checked["problems"][0];
    assert_eq!(problem["rule"], "over_budget");
    assert_eq!(problem["fixes"][0]["kind"], "raise_budget");
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("only $0.01 is left"), "{message}");

    test.pass(Duration::from_hours(2)).await;
    assert_eq!(test.post(first.id).await.status, ShownStatus::Published);
    assert_eq!(test.post(second.id).await.status, ShownStatus::Failed);
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "over_budget");

    set_budget(&test, Value::Null).await;
    let target = test.post(second.id).await.targets[0].id;
    test.call::<Value>("targets.retry", json!({ "id": target }))
        .await;
    test.app.settled().await;
    assert_eq!(test.post(second.id).await.status, ShownStatus::Published);
    let after = spending(&test).await;
    assert_eq!(
        (&after["spent"], &after["budget"]),
        (&json!(2 * price), &Value::Null)
    );
    assert_eq!(after["summary"], "$0.03 spent in May.");
    test.undo().await;
    assert_eq!(spending(&test).await["budget"], price + 5_000);

    let workspace = test.calendar().await.workspace_id;
    let far = json!({ "id": workspace, "microDollars": 2_000_000_000_000_u64 });
    let error = test.refused("workspaces.set_budget", far).await;
    assert_eq!(error.message, "A budget has at most $1,000,000.00.");
}

#[tokio::test]
async fn a_post_that_is_handed_over_says_everywhere_that_it_is_the_persons_turn() {
    let test = TestApp::publishing().await;
    let calendar = test.calendar().await;
    let folder = test.dir().join("phone");
    std::fs::create_dir(&folder).unwrap();
    let input = json!({
        "workspaceId": calendar.workspace_id, "network": "handoff", "secrets": {},
        "fields": { "network": "Snapchat", "folder": folder, "handle": "", "page": "" },
    });
    let account = test.sign_in("accounts.connect", input).await;
    let ids = [account.id];
    let post = test
        .scheduled("For the phone", &ids, "2026-05-14T09:30:00")
        .await;
    test.pass(Duration::from_hours(1)).await;

    let now = test.post(post.id).await;
    assert_eq!(now.status, ShownStatus::YourTurn);
    assert!(now.targets[0].your_turn());
    let chips: Value = test.call("posts.chips", json!({ "ids": [post.id] })).await;
    assert_eq!(chips["chips"][0]["status"], "your_turn");
    assert_eq!(chips["chips"][0]["targets"][0]["yourTurn"], true);
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "your_turn");
    let message = troubles["troubles"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("It is time to post this on Snapchat."),
        "{message}"
    );

    let target = json!({ "id": now.targets[0].id });
    let place: Value = test.call("targets.handed_over", target.clone()).await;
    let place = place["folder"].as_str().unwrap();
    assert!(message.contains(place), "{message}");
    let text = std::fs::read_to_string(std::path::Path::new(place).join("text.txt")).unwrap();
    assert_eq!(text, "For the phone");

    test.call::<Value>("targets.give_up", target).await;
    let given_up = test.post(post.id).await;
    assert_eq!(given_up.status, ShownStatus::Failed);
    assert_eq!(
        given_up.targets[0].failure.as_ref().unwrap().message,
        "You gave it up."
    );
}

#[tokio::test]
async fn what_is_handed_over_is_copied_as_it_was_laid_ready() {
    let test = TestApp::publishing().await;
    let calendar = test.calendar().await;
    let folder = test.dir().join("phone");
    std::fs::create_dir(&folder).unwrap();
    let input = json!({
        "workspaceId": calendar.workspace_id, "network": "handoff", "secrets": {},
        "fields": { "network": "Snapchat", "folder": folder, "handle": "", "page": "" },
    });
    let account = test.sign_in("accounts.connect", input).await;
    let rules = |source: &str| {
        let patterns = json!({ "source": source, "medium": "", "campaign": "" });
        let rules = json!({ "networks": { "handoff": patterns }, "except": [] });
        json!({ "workspaceId": calendar.workspace_id, "rules": rules })
    };
    test.call::<Value>("writing.set_links", rules("snap")).await;
    let own = json!([{ "text": "Own words: https://a.example/x", "media": [] }]);
    let draft = json!({
        "segments": [{ "text": "Words of the others", "media": [] }],
        "targets": [{ "accountId": account.id, "overrideSegments": own }],
    });
    let post: Post = test
        .write(
            "posts.create",
            json!({
                "calendarId": calendar.id, "draft": draft, "scheduling": "must",
                "place": { "kind": "wall", "wall": "2026-05-14T09:30:00" },
            }),
        )
        .await;
    test.pass(Duration::from_hours(1)).await;
    // What is wanted from now on does not change what lies there.
    test.call::<Value>("writing.set_links", rules("later"))
        .await;

    let target = json!({ "id": post.targets[0].id });
    let ready: Value = test.call("targets.handed_over", target).await;
    assert_eq!(
        ready["text"],
        "Own words: https://a.example/x?utm_source=snap"
    );
    let place = std::path::Path::new(ready["folder"].as_str().unwrap());
    let laid = std::fs::read_to_string(place.join("text.txt")).unwrap();
    assert_eq!(ready["text"], laid);
}
