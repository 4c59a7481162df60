//! CSV, calendar files and the full export.

use model::account::AccountHealth;
use model::post::Post;
use model::status::ShownStatus;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::app_network::PRICE;

fn csv_input(test: &TestApp, calendar: model::CalendarId, name: &str, schedule: bool) -> Value {
    let path = test.dir().join(name).to_string_lossy().into_owned();
    json!({ "path": path, "calendarId": calendar, "schedule": schedule })
}

#[tokio::test]
async fn a_preview_says_how_dates_are_read_that_can_mean_two_days() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    std::fs::write(
        test.dir().join("posts.csv"),
        "text,date\nUnclear,3/6/2026\n",
    )
    .unwrap();
    let input = csv_input(&test, calendar.id, "posts.csv", false);
    let preview: Value = test.call("csv.preview", input).await;
    let note = preview["notes"][0].as_str().unwrap();
    assert!(note.contains("day/month"), "{note}");
}

#[tokio::test]
async fn a_table_is_previewed_with_its_bad_rows_and_taken_in_as_one_step() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let calendar = test.calendar().await;
    let long = "x".repeat(301);
    let table = format!(
        "text,date,time,account\n\
         Good one,2026-06-01,09:00,ana\n\
         Too late,2026-01-01,09:00,ana\n\
         {long},2026-06-02,09:00,ana\n\
         Nobody,2026-06-03,09:00,stranger\n\
         Idea,,,\n"
    );
    std::fs::write(test.dir().join("posts.csv"), table).unwrap();
    let input = csv_input(&test, calendar.id, "posts.csv", true);
    let preview: Value = test.call("csv.preview", input.clone()).await;
    assert_eq!(
        (preview["good"].as_u64(), preview["bad"].as_u64()),
        (Some(3), Some(2))
    );
    let rows = preview["rows"].as_array().unwrap();
    assert_eq!(rows[0]["problem"], Value::Null);
    assert_eq!(rows[1]["line"], 3);
    assert!(
        rows[1]["problem"].as_str().unwrap().contains("in the past"),
        "{}",
        rows[1]
    );
    assert!(
        rows[2]["note"].as_str().unwrap().contains("300 characters"),
        "{}",
        rows[2]
    );
    assert!(
        rows[3]["problem"].as_str().unwrap().contains("stranger"),
        "{}",
        rows[3]
    );

    assert_eq!(preview["notes"], json!([]));
    let imported: Value = test.call("csv.import", input).await;
    assert_eq!(
        imported["value"],
        json!({ "posts": 3, "files": 0, "leftOut": 2 })
    );
    assert_eq!(imported["undo"]["words"], "Imported 3 posts from posts.csv");
    let found = json!({ "query": "good", "calendars": [], "limit": 5 });
    let chips: Value = test.call("posts.search", found.clone()).await;
    assert_eq!(chips["chips"][0]["status"], "scheduled");
    assert_eq!(
        chips["chips"][0]["targets"][0]["accountId"],
        account.id.to_string()
    );
    test.undo().await;
    let chips: Value = test.call("posts.search", found).await;
    assert_eq!(chips["chips"], json!([]));
}

#[tokio::test]
async fn three_hundred_rows_are_one_step() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    let rows: Vec<String> = (0..300)
        .map(|n| format!("Row {n},2026-07-{:02} 10:00", n % 28 + 1))
        .collect();
    std::fs::write(
        test.dir().join("many.csv"),
        format!("text,date\n{}\n", rows.join("\n")),
    )
    .unwrap();
    let input = csv_input(&test, calendar.id, "many.csv", false);
    let imported: Value = test.call("csv.import", input).await;
    assert_eq!(imported["value"]["posts"], 300);
    test.undo().await;
    let drafts: Value = test.call("posts.drafts", json!({ "calendars": [] })).await;
    assert_eq!(drafts["chips"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn files_that_are_no_tables_are_refused_with_a_sentence() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    let error = test
        .refused(
            "csv.preview",
            csv_input(&test, calendar.id, "none.csv", false),
        )
        .await;
    assert!(
        error
            .message
            .contains("\"none.csv\" cannot be used. It is not there"),
        "{error:?}"
    );
    std::fs::write(test.dir().join("empty.csv"), "").unwrap();
    let error = test
        .refused(
            "csv.import",
            csv_input(&test, calendar.id, "empty.csv", false),
        )
        .await;
    assert_eq!(error.message, "Nothing was imported: the file is empty.");
}

#[tokio::test]
async fn what_is_written_as_csv_reads_back_and_the_calendar_file_holds_what_has_a_date() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.scheduled("Spring sale", &[account.id], "2026-06-01T09:00:00")
        .await;
    let calendar = test.calendar().await;
    let export = |name: &str| json!({ "path": test.dir().join(name), "calendars": [calendar.id] });
    let counts: Value = test.call("csv.export", export("out.csv")).await;
    assert_eq!(counts["posts"], 2);
    let preview: Value = test
        .call(
            "csv.preview",
            csv_input(&test, calendar.id, "out.csv", true),
        )
        .await;
    assert_eq!(
        (preview["good"].as_u64(), preview["bad"].as_u64()),
        (Some(2), Some(0))
    );
    let counts: Value = test.call("ics.export", export("out.ics")).await;
    assert_eq!(counts["posts"], 1);
    let ics = std::fs::read_to_string(test.dir().join("out.ics")).unwrap();
    assert!(ics.contains("Spring sale"), "{ics}");
    let nowhere = json!({ "path": "/nowhere/at/all/out.ics", "calendars": [] });
    let error = test.refused("ics.export", nowhere).await;
    assert!(
        error.message.starts_with("Nothing was written"),
        "{error:?}"
    );
}

/// Everything a screen can see of a program but the accounts' health and the feed's numbers.
async fn seen(test: &TestApp) -> Value {
    let mut boot: Value = test.call("session.boot", json!({})).await;
    for field in [
        "lastSeq",
        "publisher",
        "vault",
        "needsPerson",
        "firstStart",
        "now",
    ] {
        boot.as_object_mut().unwrap().remove(field);
    }
    for account in boot["accounts"].as_array_mut().unwrap() {
        account["health"] = Value::Null;
    }
    let all = json!({ "calendars": [], "from": 0, "to": 4_000_000_000_000_i64 });
    let mut ids = Vec::new();
    for (name, input) in [
        ("posts.range", all),
        ("posts.shelf", json!({ "calendars": [] })),
    ] {
        let chips: Value = test.call(name, input).await;
        ids.extend(
            chips["chips"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["id"].clone()),
        );
    }
    let mut posts = Vec::new();
    for id in &ids {
        posts.push(test.call::<Value>("posts.get", json!({ "id": id })).await);
        posts.push(
            test.call::<Value>("posts.attempts", json!({ "id": id }))
                .await,
        );
    }
    let bin: Value = test.call("bin.list", json!({})).await;
    let workspace = test.calendar().await.workspace_id;
    let slots: Value = test.call("slots.list", json!({ "id": workspace })).await;
    let view = json!({ "workspaceId": workspace, "until": 1_790_000_000_000_i64 });
    let queue: Value = test.call("queue.view", view).await;
    let paused = queue["columns"][0]["pausedDays"].clone();
    json!({ "boot": boot, "posts": posts, "bin": bin, "slots": slots, "paused": paused })
}

#[tokio::test]
async fn a_full_export_goes_into_an_empty_program_with_nothing_lost() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let picture = testkit::fakes::picture(test.dir(), "cat.png", 40, 30, [9, 9, 9]);
    let media: Value = test
        .call("media.import", json!({ "paths": [picture] }))
        .await;
    let media = media["files"][0]["id"].clone();
    let out = testkit::app::draft("Out there", &[account.id]);
    let out = test.published(out).await;
    let edited = test
        .scheduled("Old words", &[account.id], "2026-06-01T09:00:00")
        .await;
    let mut draft = testkit::app::draft("New words", &[account.id]);
    draft["segments"][0]["media"] = json!([{ "mediaId": media, "alt": "A cat" }]);
    draft["labels"] = json!(["spring"]);
    let save =
        json!({ "id": edited.id, "draft": draft, "version": edited.version, "session": "s" });
    test.call::<Value>("posts.save", save).await;
    test.call::<Value>("posts.close", json!({ "id": edited.id }))
        .await;
    let gone = test.draft("Thrown away", &[]).await;
    test.call::<Value>("posts.remove", json!({ "ids": [gone.id] }))
        .await;
    let plan = json!({
        "accountId": account.id, "zone": "Europe/Berlin", "follow": false,
        "slots": [{ "weekday": 1, "time": "08:00" }],
    });
    test.call::<Value>("slots.replace", plan).await;
    let pause = json!({ "accountId": account.id, "date": "2026-05-18", "reason": "Fair" });
    test.call::<Value>("queue.pause_day", pause).await;
    test.call::<Value>("preferences.put", json!({ "key": "view", "value": "week" }))
        .await;
    let workspace = test.calendar().await.workspace_id;
    let budget = json!({ "id": workspace, "microDollars": 5_000_000 });
    test.call::<Value>("workspaces.set_budget", budget).await;
    let key = json!({ "workspaceId": workspace, "name": "Site", "role": "editor" });
    let key: Value = test.write("keys.create", key).await;
    let secret = key["secret"].as_str().unwrap();
    let note = json!({ "said": true });
    let kept = test.app.put_note(workspace, "event", "1", &note).await;
    kept.unwrap();
    crate::webhooks_sent::telling(&test.app);
    let hook = json!({
        "workspaceId": workspace, "contract": "plain", "url": "https://site.test/hook", "events": ["*"],
    });
    let hook: Value = test.write("webhooks.create", hook).await;
    let asks = json!({
        "workspaceId": workspace, "name": "Planner", "redirectUri": "https://planner.test/done",
    });
    let asks: Value = test.write("access.register", asks).await;
    let path = test.dir().join("all.zip");
    let counts: Value = test.call("bundle.export", json!({ "path": path })).await;
    assert_eq!(counts, json!({ "posts": 4, "files": 1, "leftOut": 0 }));

    let full = test.refused("bundle.import", json!({ "path": path })).await;
    assert!(full.message.contains("into an empty Almanac"), "{full:?}");

    let other = TestApp::publishing().await;
    // Later than anything there was changed.
    other.pass(std::time::Duration::from_mins(5)).await;
    let counts: Value = other.call("bundle.import", json!({ "path": path })).await;
    assert_eq!(counts, json!({ "posts": 4, "files": 1, "leftOut": 0 }));
    assert_eq!(seen(&other).await, seen(&test).await);
    let changed = other.app.calendars_changed_at(workspace).await.unwrap();
    let was = test.app.calendars_changed_at(workspace).await.unwrap();
    assert_eq!(changed, was);
    let spending: Value = other
        .call("workspaces.spending", json!({ "id": workspace }))
        .await;
    assert_eq!(
        (&spending["spent"], &spending["budget"]),
        (&json!(PRICE), &json!(5_000_000))
    );
    let boot: Value = other.call("session.boot", json!({})).await;
    let back: model::account::Account =
        serde_json::from_value(boot["accounts"][0].clone()).unwrap();
    assert!(matches!(back.health, AccountHealth::NeedsReconnect { .. }));
    assert!(
        boot["publisher"]["held"]
            .as_str()
            .unwrap()
            .contains("full export")
    );
    let found: Value = other.call("media.info", json!({ "ids": [media] })).await;
    assert_eq!(found[0]["missing"], false);
    // Programs go on with the keys they have, and find their own words.
    let bearer = other.app.bearer(secret).await.unwrap().unwrap();
    assert_eq!(bearer.workspace, workspace);
    let found = other.app.note(workspace, "event", "1").await.unwrap();
    assert_eq!(found, Some(note));
    // Programs that may ask, too; an address is told again once it has a secret and is turned on.
    let own = json!({ "id": workspace });
    let list: Value = other.call("access.list", own.clone()).await;
    assert_eq!(list["programs"][0], asks["program"]);
    crate::webhooks_sent::telling(&other.app);
    let hooks: Value = other.call("webhooks.list", own).await;
    let mut waits = hook["webhook"].clone();
    waits["active"] = json!(false);
    assert_eq!(hooks["webhooks"][0], waits);
    // Nothing goes out twice, even when the account is back and the hold is released.
    other.connect("ana").await;
    other.call::<Value>("publisher.release", json!({})).await;
    other.app.settled().await;
    assert_eq!(other.network.shown(), []);
    let post: Post = other.post(out.id).await;
    assert_eq!(post.status, ShownStatus::Published);
}

#[tokio::test]
async fn a_file_that_is_no_export_changes_nothing() {
    let test = TestApp::start().await;
    let path = test.dir().join("holiday.zip");
    std::fs::write(&path, b"PK nothing of the kind").unwrap();
    let error = test.refused("bundle.import", json!({ "path": path })).await;
    assert!(
        error.message.contains("is not an Almanac export"),
        "{error:?}"
    );
    let shelf: Value = test.call("posts.shelf", json!({ "calendars": [] })).await;
    assert_eq!(shelf["chips"].as_array().unwrap().len(), 1);
}
