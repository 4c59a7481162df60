//! The printed examples of the content calendar, and what comes of them on the networks.

use std::time::Duration;

use model::PostId;
use model::failure::{Category, Retry};
use model::when::When;
use publisher::testing::{Act, refusal};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::printed::{by_bearer, calendar};

use crate::support::Api;

#[tokio::test]
async fn a_calendar_from_its_making_to_its_end() {
    let api = Api::start().await;
    calendar::a_calendar_from_its_making_to_its_end(&api).await;
}

#[tokio::test]
async fn a_calendar_is_shown_with_its_events() {
    let api = Api::start().await;
    calendar::a_calendar_is_shown_with_its_events(&api).await;
}

#[tokio::test]
async fn an_event_is_made_read_changed_and_deleted() {
    let api = Api::start().await;
    calendar::an_event_is_made_read_changed_and_deleted(&api).await;
}

#[tokio::test]
async fn what_needs_a_yes_waits_for_it_however_long() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let event = json!({
        "title": "Waits", "platform": "instagram", "scheduled_at": "2026-05-14T07:30:00Z",
        "content": { "caption": "Exciting news coming soon! 🚀" },
        "metadata": { "approval_required": true }
    });
    let made = by_bearer(&api, Method::POST, &events, event).await.ok();
    api.test.pass(Duration::from_hours(1)).await;
    let id = made["id"].as_str().unwrap().trim_start_matches("evt_");
    let post = api.test.post(id.parse().unwrap()).await;
    assert!(matches!(post.when, When::Planned { .. }));
    assert!(api.test.network.shown().is_empty());
}

#[tokio::test]
async fn many_events_are_changed_at_once() {
    let api = Api::start().await;
    calendar::many_events_are_changed_at_once(&api).await;
    assert_eq!(api.test.network.shown().len(), 3);
}

#[tokio::test]
async fn a_calendar_publishes_by_itself_unless_it_was_told_not_to() {
    let api = Api::start().await;
    let quiet = calendar::made(&api, json!({ "auto_publish": false })).await;
    let event = json!({
        "title": "Quiet", "platform": "instagram", "scheduled_at": "2026-05-15T14:00:00Z",
        "content": { "caption": "Not yet" }
    });
    let quiet = format!("{quiet}/events");
    let made = by_bearer(&api, Method::POST, &quiet, event).await.ok();
    assert_eq!(made["status"], "scheduled", "as the document shows it");
    calendar::an_event_goes_out_by_itself(&api, &async |at| api.come(at).await).await;
    let texts: Vec<String> = api
        .test
        .network
        .shown()
        .into_iter()
        .map(|s| s.text)
        .collect();
    assert_eq!(
        texts,
        ["Exciting news coming soon! 🚀\n\n#ComingSoon #Innovation"]
    );
}

/// An event of too many words for its network, in a calendar that publishes.
fn too_long() -> Value {
    json!({
        "title": "Long", "platform": "twitter", "scheduled_at": "2026-05-20T14:00:00Z",
        "content": { "caption": "x".repeat(400) }
    })
}

#[tokio::test]
async fn an_event_that_lacks_something_is_no_scheduled_one_and_says_what() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let mut wanted = too_long();
    wanted["status"] = json!("scheduled");
    let refused = api.post(&events, wanted).await.refused(400);
    let why = refused["error"]["message"].as_str().unwrap();
    assert!(why.contains("this has 400"), "{why}");
    let timeless = json!({ "title": "Some day", "status": "scheduled" });
    api.post(&events, timeless).await.refused(400);
    assert_eq!(api.get(&events).await.ok()["events"], json!([]));

    let made = api.post(&events, too_long()).await.ok();
    let one = format!("{events}/{}", made["id"].as_str().unwrap());
    for shown in [made, api.get(&one).await.ok()] {
        assert_eq!(shown["status"], "draft");
        let why = shown["warnings"][0].as_str().unwrap();
        assert!(why.contains("this has 400"), "{why}");
    }
    let listed = api.get(&format!("{events}?status=scheduled")).await.ok();
    assert_eq!(listed["events"], json!([]));
    let renamed = api.patch(&one, json!({ "title": "Longer" })).await.ok();
    assert_eq!(renamed["status"], "draft");
    assert!(renamed["warnings"][0].is_string());
    let short = json!({ "content": { "caption": "Short" } });
    let mended = api.patch(&one, short).await.ok();
    assert_eq!(mended["status"], "scheduled");
    assert_eq!(mended.get("warnings"), None);
}

#[tokio::test]
async fn what_leaves_no_room_to_say_what_it_lacks_is_made_all_the_same() {
    let api = Api::start().await;
    let events = async |settings: Value| format!("{}/events", calendar::made(&api, settings).await);
    let with = |bytes: usize| {
        let mut event = too_long();
        event["metadata"] = json!({ "more": "x".repeat(bytes) });
        event
    };
    // The most that is kept beside an event of which nothing more has to be said.
    let quiet = events(json!({ "auto_publish": false })).await;
    let (mut fits, mut too_much) = (60_000, 64 * 1024);
    api.post(&quiet, with(fits)).await.ok();
    while too_much - fits > 1 {
        let between = usize::midpoint(fits, too_much);
        if api.post(&quiet, with(between)).await.status.is_success() {
            fits = between;
        } else {
            too_much = between;
        }
    }
    let loud = events(json!({})).await;
    let made = api.post(&loud, with(fits)).await.ok();
    assert_eq!(made["status"], "draft");
    assert!(made["warnings"][0].is_string());
    let one = format!("{loud}/{}", made["id"].as_str().unwrap());
    let shown = api.get(&one).await.ok();
    assert_eq!(shown["metadata"]["more"].as_str().unwrap().len(), fits);
    let renamed = api.patch(&one, json!({ "title": "Longer" })).await.ok();
    assert_eq!(renamed["title"], "Longer");
}

#[tokio::test]
async fn an_event_of_a_key_that_may_not_publish_is_a_draft_that_says_so() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let editor = api.make_key(json!({ "role": "editor" })).await;
    let post = async |status: Option<&str>| {
        let mut event = too_long();
        event["content"]["caption"] = json!("Short");
        if let Some(status) = status {
            event["status"] = json!(status);
        }
        api.send(&editor, Method::POST, &events, Some(event)).await
    };
    post(Some("scheduled")).await.refused(403);
    let made = post(None).await.ok();
    assert_eq!(made["status"], "draft");
    let why = made["warnings"][0].as_str().unwrap();
    assert!(why.contains("publish_content"), "{why}");
    let quiet = calendar::made(&api, json!({ "auto_publish": false })).await;
    let events = format!("{quiet}/events");
    let new = Some(too_long());
    let made = api.send(&editor, Method::POST, &events, new).await.ok();
    assert_eq!(made["status"], "scheduled", "its calendar waits for a yes");
    assert_eq!(made.get("warnings"), None);
}

#[tokio::test]
async fn of_many_events_each_stands_on_its_own_whichever_comes_first() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let make = async |title: &str| {
        let new = json!({ "title": title, "platform": "twitter", "content": { "caption": title } });
        api.post(&events, new).await.ok()["id"].clone()
    };
    let (out, one, two) = (make("Out").await, make("One").await, make("Two").await);
    let path = format!("{events}/{}", out.as_str().unwrap());
    api.patch(&path, json!({ "status": "published" }))
        .await
        .ok();
    let bulk = async |ids: Vec<&Value>, updates: Value| {
        let body = json!({ "event_ids": ids, "updates": updates });
        api.patch(&format!("{events}/bulk"), body).await
    };
    let words = |text: &str| json!({ "content": { "caption": text } });
    for (ids, text) in [
        (vec![&out, &one, &two], "First"),
        (vec![&one, &out, &two], "Between"),
    ] {
        let done = bulk(ids, words(text)).await.ok();
        assert_eq!((&done["updated"], &done["failed"]), (&json!(2), &json!(1)));
        assert_eq!(done["errors"][0]["id"], out);
    }
    let none = bulk(vec![&out], words("Alone")).await.ok();
    assert_eq!((&none["updated"], &none["failed"]), (&json!(0), &json!(1)));
    bulk(vec![&out, &one], json!({ "status": "soon" }))
        .await
        .refused(400);
}

#[tokio::test]
async fn the_list_filters_and_turns_its_pages() {
    let api = Api::start().await;
    calendar::the_list_filters_and_turns_its_pages(&api).await;
}

#[tokio::test]
async fn a_past_date_is_refused_as_printed() {
    let api = Api::start().await;
    calendar::a_past_date_is_refused_as_printed(&api).await;
}

#[tokio::test]
async fn a_calendar_that_is_full_says_so() {
    let api = Api::start().await;
    calendar::a_calendar_that_is_full_says_so(&api).await;
}

#[tokio::test]
async fn a_workspace_is_known_with_and_without_the_prefix_that_is_shown() {
    let api = Api::start().await;
    let own = api.workspace;
    let count = async |team: String| {
        let path = format!("/v1/calendar/calendars?team_id={team}");
        api.get(&path).await.ok()["total"].clone()
    };
    let all = count(format!("team_{own}")).await;
    assert_ne!(all, 0);
    assert_eq!(count(own.to_string()).await, all);
    let (other, _) = api.another_workspace().await;
    assert_eq!(count(format!("team_{other}")).await, 0);
    for profile in [own.to_string(), format!("profile_{own}")] {
        let path = format!("/api/v1/posts?profileId={profile}");
        api.get(&path).await.ok();
    }
    let path = format!("/api/v1/posts?profileId=profile_{other}");
    api.get(&path).await.refused(403);
}

#[tokio::test]
async fn what_is_sent_back_as_it_was_read_changes_neither_time_nor_status() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let event = json!({
        "title": "Out", "platform": "twitter", "scheduled_at": "2026-05-20T14:00:00Z",
        "content": { "caption": "Out" }
    });
    let made = api.post(&events, event).await.ok();
    let one = format!("{events}/{}", made["id"].as_str().unwrap());
    let id = made["id"].as_str().unwrap().trim_start_matches("evt_");
    let id: PostId = id.parse().unwrap();
    // A person gives it the same time in another zone.
    let tokyo = json!({ "kind": "wall", "wall": "2026-05-20T23:00:00", "zone": "Asia/Tokyo" });
    let moved = json!({ "moves": [{ "id": id, "place": tokyo }], "scheduling": "must" });
    api.test.call::<Value>("posts.move", moved).await;
    let before = api.test.post(id).await.when;
    let mut whole = api.get(&one).await.ok();
    assert_eq!(whole["scheduled_at"], "2026-05-20T14:00:00Z");
    whole["title"] = json!("Still out");
    assert_eq!(api.patch(&one, whole).await.ok()["title"], "Still out");
    assert_eq!(api.test.post(id).await.when, before);

    let no = refusal(Category::Validation, Retry::Never, "Not like this.");
    api.test.network.script([Act::Refuse(no)]);
    api.come(api.instant("05-20T14:00:00Z")).await;
    let mut whole = api.get(&one).await.ok();
    assert_eq!(whole["status"], "failed");
    whole["metadata"] = json!({ "priority": "high" });
    let changed = api.patch(&one, whole).await.ok();
    assert_eq!(changed["metadata"]["priority"], "high");
    for bad in [
        json!({ "scheduled_at": "2026-05-19T14:00:00Z" }),
        json!({ "status": "publishing" }),
    ] {
        api.patch(&one, bad).await.refused(400);
    }
}

#[tokio::test]
async fn a_thread_that_is_sent_back_as_it_was_read_keeps_its_parts() {
    let api = Api::start().await;
    let calendar = api.test.calendar().await.id;
    let mut thread = testkit::app::draft("One", &[]);
    let mut second = thread["segments"][0].clone();
    second["text"] = json!("Two");
    thread["segments"].as_array_mut().unwrap().push(second);
    let input = json!({ "calendarId": calendar, "draft": thread, "place": { "kind": "shelf" } });
    let made: Value = api.test.write("posts.create", input).await;
    let id: PostId = made["id"].as_str().unwrap().parse().unwrap();
    let before = api.test.post(id).await.segments;
    let one = format!("/v1/calendar/calendars/{calendar}/events/{id}");
    let mut whole = api.get(&one).await.ok();
    assert_eq!(whole["content"]["caption"], "One\n\nTwo");
    whole["title"] = json!("A thread");
    api.patch(&one, whole.clone()).await.ok();
    let social = format!("/api/v1/creator/social/posts/{id}");
    let mut post = api.get(&social).await.ok();
    assert_eq!(post["title"], "A thread");
    post["tags"] = json!(["sale"]);
    let put = async |body: &Value| {
        api.send(&api.key, Method::PUT, &social, Some(body.clone()))
            .await
    };
    put(&post).await.ok();
    let now = api.test.post(id).await;
    assert_eq!(
        (now.segments, now.labels),
        (before, vec!["sale".to_owned()])
    );
    whole["content"]["caption"] = json!("Three");
    api.patch(&one, whole).await.refused(409);
    post["content"]["text"] = json!("Three");
    put(&post).await.refused(409);
}

#[tokio::test]
async fn hours_that_are_sent_back_as_they_were_read_leave_those_of_other_days() {
    let api = Api::start().await;
    let calendar = api.test.calendar().await;
    let mut own = json!(calendar);
    own["workingHours"] = json!([
        { "weekday": 1, "from": "08:00:00", "to": "12:00:00" },
        { "weekday": 6, "from": "10:00:00", "to": "14:00:00" },
    ]);
    let update = json!({ "id": calendar.id, "draft": own });
    api.test.call::<Value>("calendars.update", update).await;
    let before = api.test.calendar().await.working_hours;
    assert_eq!(before.len(), 2);
    let one = format!("/v1/calendar/calendars/{}", calendar.id);
    let shown = api.get(&one).await.ok();
    let mut settings = shown["calendar"]["settings"].clone();
    assert_eq!(settings["working_hours"]["start"], "08:00");
    settings["default_platform"] = json!("instagram");
    let body = json!({ "settings": settings });
    api.patch(&one, body).await.ok();
    assert_eq!(api.test.calendar().await.working_hours, before);
    let later = json!({ "settings": { "working_hours": { "start": "09:00", "end": "12:00" } } });
    api.patch(&one, later).await.ok();
    assert_eq!(api.test.calendar().await.working_hours.len(), 5);
}

#[tokio::test]
async fn settings_that_two_programs_change_at_once_are_all_kept() {
    let api = Api::start().await;
    let one = format!("/v1/calendar/calendars/{}", api.test.calendar().await.id);
    let old = json!({ "settings": { "old": 1, "gone": 1 } });
    api.patch(&one, old).await.ok();
    let (first, second) = tokio::join!(
        api.patch(&one, json!({ "settings": { "first": 1 } })),
        api.patch(&one, json!({ "settings": { "second": 1, "gone": null } })),
    );
    first.ok();
    second.ok();
    let shown = api.get(&one).await.ok();
    let settings = &shown["calendar"]["settings"];
    for name in ["old", "first", "second"] {
        assert_eq!(settings[name], 1, "{settings}");
    }
    assert_eq!(settings["gone"], Value::Null);
}

#[tokio::test]
async fn metadata_that_two_programs_change_at_once_is_all_kept() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let event = json!({ "title": "Launch", "metadata": { "old": 1, "gone": 1 } });
    let made = api.post(&events, event).await.ok();
    let one = format!("{events}/{}", made["id"].as_str().unwrap());
    let (first, second) = tokio::join!(
        api.patch(&one, json!({ "metadata": { "first": 1 } })),
        api.patch(&one, json!({ "metadata": { "second": 1, "gone": null } })),
    );
    first.ok();
    second.ok();
    let shown = api.get(&one).await.ok();
    let metadata = &shown["metadata"];
    for name in ["old", "first", "second"] {
        assert_eq!(metadata[name], 1, "{metadata}");
    }
    assert_eq!(metadata["gone"], Value::Null);
}

#[tokio::test]
async fn a_new_calendar_is_active_or_none() {
    let api = Api::start().await;
    let make = async |status: &str| {
        let new = json!({ "name": "Autumn", "status": status });
        api.post("/v1/calendar/calendars", new).await
    };
    for status in ["archived", "paused"] {
        make(status).await.refused(400);
    }
    assert_eq!(make("active").await.ok()["status"], "active");
}
