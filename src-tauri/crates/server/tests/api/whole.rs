//! What was refused changed nothing: requests of several parts, one of which cannot be done.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Api;

const CALENDARS: &str = "/v1/calendar/calendars";

/// Fails unless a change is refused and what is read at the path stays as it was.
async fn refused(api: &Api, method: Method, path: &str, body: Value, status: u16) {
    let before = api.get(path).await.ok();
    let sent = api.send(&api.key, method, path, Some(body.clone())).await;
    sent.refused(status);
    assert_eq!(api.get(path).await.ok(), before, "{body}");
}

async fn event(api: &Api, more: Value) -> String {
    let calendar = format!("{CALENDARS}/cal_{}", api.test.calendar().await.id);
    let mut new =
        json!({ "title": "Launch", "platform": "twitter", "content": { "caption": "Soon" } });
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    let events = format!("{calendar}/events");
    let made = api.post(&events, new).await.ok();
    format!("{events}/{}", made["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_event_that_cannot_be_scheduled_keeps_its_words_and_its_time() {
    let api = Api::start().await;
    let planned = json!({ "scheduled_at": "2026-05-20T14:00:00Z", "status": "draft" });
    let path = event(&api, planned).await;
    let long = "x".repeat(400);
    for change in [
        json!({ "title": "Other", "content": { "caption": long }, "status": "scheduled" }),
        json!({ "title": "Other", "scheduled_at": "2020-01-01T00:00:00Z" }),
        json!({ "title": "Other", "scheduled_at": "2026-05-21T14:00:00Z", "status": "soon" }),
        json!({ "content": { "caption": long }, "scheduled_at": "2026-05-21T14:00:00Z", "status": "published" }),
        json!({ "title": "Other", "scheduled_at": null, "status": "scheduled" }),
        json!({ "title": "Other", "status": "approved", "metadata": { "brief": "x".repeat(70_000) } }),
    ] {
        refused(&api, Method::PATCH, &path, change, 400).await;
    }
    assert!(api.test.network.shown().is_empty());
    let all = json!({
        "title": "Other", "content": { "caption": "Now" },
        "scheduled_at": "2026-05-21T14:00:00Z", "status": "scheduled"
    });
    let changed = api.patch(&path, all).await.ok();
    assert_eq!(
        (
            &changed["title"],
            &changed["scheduled_at"],
            &changed["status"]
        ),
        (
            &json!("Other"),
            &json!("2026-05-21T14:00:00Z"),
            &json!("scheduled")
        )
    );
}

#[tokio::test]
async fn an_event_that_is_out_cannot_be_called_off_nor_renamed_on_the_way() {
    let api = Api::start().await;
    let path = event(&api, json!({})).await;
    let sent = api
        .patch(&path, json!({ "status": "published" }))
        .await
        .ok();
    assert_eq!(sent["status"], "published");
    let change = json!({ "title": "Other", "status": "cancelled" });
    refused(&api, Method::PATCH, &path, change, 409).await;
}

#[tokio::test]
async fn an_entry_that_cannot_be_moved_keeps_its_words() {
    let api = Api::start().await;
    let all = "/api/v1/calendar/entries";
    let new = json!({ "title": "Launch", "scheduled_date": "2026-05-25", "platforms": ["x"] });
    let made = api.post(all, new).await.ok();
    let path = format!("{all}/{}", made["entry_id"].as_str().unwrap());
    for change in [
        json!({ "title": "Other", "platforms": ["tiktok"], "scheduled_date": "2020-01-01" }),
        json!({ "title": "", "scheduled_date": "2026-05-26" }),
        json!({ "scheduled_date": "2026-05-26", "description": "x".repeat(5_001) }),
        json!({ "scheduled_date": "2026-05-26", "platforms": ["nowhere"] }),
    ] {
        refused(&api, Method::PATCH, &path, change, 400).await;
    }
}

#[tokio::test]
async fn a_calendar_is_changed_and_archived_or_neither() {
    let api = Api::start().await;
    let path = format!("{CALENDARS}/cal_{}", api.test.calendar().await.id);
    for change in [
        json!({ "name": " ", "status": "archived" }),
        json!({ "name": "Other", "status": "archived", "settings": { "brief": "x".repeat(70_000) } }),
        json!({ "name": "Other", "status": "gone" }),
    ] {
        refused(&api, Method::PATCH, &path, change, 400).await;
    }
    let before = api.get(&path).await.ok();
    api.test.clock.advance(std::time::Duration::from_mins(5));
    let change = json!({ "name": "Other", "status": "archived" });
    let changed = api.patch(&path, change).await.ok();
    assert_eq!(
        (&changed["name"], &changed["status"]),
        (&json!("Other"), &json!("archived"))
    );
    assert!(changed["updated_at"].as_str() > before["calendar"]["updated_at"].as_str());
    let shown = api.get(&path).await.ok();
    assert_eq!(shown["calendar"]["updated_at"], changed["updated_at"]);
    assert_eq!(shown["calendar"]["created_at"], changed["created_at"]);
    // What a person does to it in the window is a change as well, and so is undoing it.
    let id = api.test.calendar().await.id;
    let updated = async || api.get(&path).await.ok()["calendar"]["updated_at"].clone();
    let mut last = updated().await;
    for (command, input) in [
        ("calendars.archive", json!({ "id": id, "archived": false })),
        ("calendars.pause", json!({ "id": id, "reason": "Holidays" })),
        ("history.undo", json!({})),
    ] {
        api.test.clock.advance(std::time::Duration::from_mins(5));
        let _: Value = api.test.call(command, input).await;
        let now = updated().await;
        assert!(now.as_str() > last.as_str(), "{command}");
        last = now;
    }
}

#[tokio::test]
async fn a_post_with_more_beside_it_than_is_kept_is_not_made_nor_changed() {
    let api = Api::start().await;
    let all = "/api/v1/creator/social/posts";
    let long = "x".repeat(70_000);
    let new = json!({ "content": { "text": "Words" }, "campaign_id": long });
    let before = api.get("/api/v1/posts").await.ok();
    api.post(all, new).await.refused(400);
    assert_eq!(api.get("/api/v1/posts").await.ok(), before);
    let made = api
        .post(all, json!({ "content": { "text": "Words" } }))
        .await
        .ok();
    let path = format!("{all}/{}", made["id"].as_str().unwrap());
    let change = json!({ "title": "Other", "campaign_id": long });
    refused(&api, Method::PUT, &path, change, 400).await;
}
