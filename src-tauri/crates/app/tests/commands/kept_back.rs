//! A person changes what a key has to leave as it is, after the key was allowed its command and before it does it.

use app::programs::{Allowed, Bearer, CalendarChange, ProgramNote};
use app::types::ApiError;
use model::ErrorCode;
use model::calendar::Calendar;
use serde_json::{Map, Value, json};
use testkit::app::TestApp;

async fn key(test: &TestApp, may: &[&str]) -> Bearer {
    let workspace = json!(test.calendar().await.workspace_id);
    key_of(test, &workspace, may).await
}

async fn key_of(test: &TestApp, workspace: &Value, may: &[&str]) -> Bearer {
    let input = json!({
        "workspaceId": workspace, "name": "Planner", "role": "viewer", "permissions": may,
    });
    let made: Value = test.write("keys.create", input).await;
    let secret = made["secret"].as_str().unwrap();
    test.app.bearer(secret).await.unwrap().unwrap()
}

async fn allowed(test: &TestApp, key: &Bearer, name: &str, input: &Value) -> Allowed {
    let allowed = test.app.allowed(key, name, input.clone(), &[]).await;
    allowed.unwrap_or_else(|error| panic!("{name} was not allowed: {error:?}"))
}

/// A change of a calendar that leaves all but these fields as they are.
fn update(calendar: &Calendar, fields: &Value) -> Value {
    let mut draft = json!(calendar);
    for (field, value) in fields.as_object().unwrap() {
        draft[field] = value.clone();
    }
    json!({ "id": calendar.id, "draft": draft })
}

#[tokio::test]
async fn limits_that_a_person_sets_in_between_are_not_put_back_by_a_key() {
    let test = TestApp::start().await;
    for (may, field, value) in [
        (&["edit_events"][..], "graceMinutes", 600),
        (&["edit_events", "publish_content"][..], "mostPosts", 7),
    ] {
        let key = key(&test, may).await;
        let then = test.calendar().await;
        let renamed = update(&then, &json!({ "name": "Summer" }));
        let allowed = allowed(&test, &key, "calendars.update", &renamed).await;
        let by_person = update(&then, &json!({ field: value }));
        test.call::<Value>("calendars.update", by_person).await;
        let error = allowed.run().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Permission, "{field}");
        assert_eq!(error.field.as_deref(), Some(field));
        let now = test.calendar().await;
        assert_eq!(json!(now)[field], value);
        assert_eq!(now.name, then.name);
    }
}

#[tokio::test]
async fn a_key_that_may_set_the_limits_sets_them() {
    let test = TestApp::start().await;
    let key = key(&test, &["edit_events", "publish_content", "manage_keys"]).await;
    let then = test.calendar().await;
    let both = update(&then, &json!({ "graceMinutes": 600, "mostPosts": 7 }));
    let allowed = allowed(&test, &key, "calendars.update", &both).await;
    allowed.run().await.unwrap();
    let now = test.calendar().await;
    assert_eq!((now.grace_minutes, now.most_posts), (600, Some(7)));
}

#[tokio::test]
async fn settings_of_the_computer_that_a_person_changes_in_between_stay() {
    let test = TestApp::start().await;
    let all = [
        "create_events",
        "edit_events",
        "delete_events",
        "publish_content",
        "manage_accounts",
        "manage_keys",
        "view_analytics",
    ];
    let key = key(&test, &all).await;
    let boot: Value = test.call("session.boot", json!({})).await;
    let mut by_key = boot["settings"].clone();
    by_key["chipsPerDay"] = json!(6);
    let first = allowed(&test, &key, "settings.set", &by_key).await;
    let mut by_person = boot["settings"].clone();
    by_person["programsPort"] = json!(50_123);
    test.call::<Value>("settings.set", by_person.clone()).await;
    let error = first.run().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Permission);
    assert_eq!(error.field.as_deref(), Some("programsPort"));
    by_person["chipsPerDay"] = json!(6);
    let second = allowed(&test, &key, "settings.set", &by_person).await;
    second.run().await.unwrap();
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["settings"], by_person);
}

#[tokio::test]
async fn a_contract_changes_of_a_calendar_what_it_names() {
    let test = TestApp::start().await;
    let then = test.calendar().await;
    let limits = json!({ "graceMinutes": 600, "mostPosts": 7, "description": "All of spring" });
    test.call::<Value>("calendars.update", update(&then, &limits))
        .await;
    let change = CalendarChange {
        name: Some("Summer".to_owned()),
        ..CalendarChange::of(then.id)
    };
    let now = test.app.calendar_change(change).await.unwrap().value;
    let kept = Calendar {
        name: "Summer".to_owned(),
        description: "All of spring".to_owned(),
        grace_minutes: 600,
        most_posts: Some(7),
        ..then
    };
    assert_eq!(now, kept);
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "what a note is laid onto may refuse it"
)]
fn onto(had: Option<Value>, given: &Map<String, Value>) -> Result<Value, ApiError> {
    let mut all = had.unwrap_or_else(|| json!({}));
    for (name, value) in given {
        all[name] = value.clone();
    }
    Ok(all)
}

#[tokio::test]
async fn what_two_programs_note_of_a_calendar_at_once_is_all_kept() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    let change = |name: &str| {
        let given = Map::from_iter([(name.to_owned(), json!(1))]);
        let note = ProgramNote::revised(calendar.workspace_id, "words", given, onto);
        CalendarChange {
            note: Some(note),
            ..CalendarChange::of(calendar.id)
        }
    };
    // Both read the calendar before the other wrote.
    for one in [change("first"), change("second")] {
        test.app.calendar_change(one).await.unwrap();
    }
    let id = calendar.id.to_string();
    let note = test.app.note(calendar.workspace_id, "words", &id).await;
    assert_eq!(note.unwrap().unwrap(), json!({ "first": 1, "second": 1 }));
}

#[tokio::test]
async fn of_another_workspace_nobody_is_told_that_something_goes_out() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await.id;
    let wall = "2026-05-20T09:00:00";
    let post = test.scheduled("Launch", &[account], wall).await.id;
    let other: Value = test
        .write("workspaces.create", json!({ "name": "Another" }))
        .await;
    let key = key_of(&test, &other["id"], &["delete_events"]).await;
    let ids = json!({ "ids": [post] });
    let refused = test.app.allowed(&key, "posts.remove", ids, &[]).await;
    assert_eq!(refused.err().unwrap().code, ErrorCode::NotFound);
}
