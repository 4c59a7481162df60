//! The printed examples of the content calendar.

use std::time::Duration;

use model::when::When;
use reqwest::Method;
use serde_json::{Value, json};

use crate::printed::{self, by_bearer, printed_calendar};
use crate::shape::like;
use crate::support::{Api, picture_host};

const ALL: &str = "/v1/calendar/calendars";

async fn calendar(api: &Api, settings: Value) -> String {
    let mut new = printed_calendar();
    new["settings"] = settings;
    let made = by_bearer(api, Method::POST, ALL, new).await.ok();
    format!("{ALL}/{}", made["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_calendar_from_its_making_to_its_end() {
    let api = Api::start().await;
    printed::a_calendar_from_its_making_to_its_end(&api).await;
}

#[tokio::test]
async fn a_calendar_is_shown_with_its_events() {
    let api = Api::start().await;
    let made = by_bearer(&api, Method::POST, ALL, printed_calendar())
        .await
        .ok();
    like(
        &made,
        json!({ "id": "<cal_uuid>", "name": "Q1 Marketing Calendar", "status": "active", "created_at": "<seconds>" }),
    );
    let one = format!("{ALL}/{}", made["id"].as_str().unwrap());
    let event = json!({ "title": "Product Launch Post", "platform": "instagram", "scheduled_at": "2026-05-20T14:00:00Z" });
    by_bearer(&api, Method::POST, &format!("{one}/events"), event)
        .await
        .ok();
    let whole = api.get(&one).await.ok();
    like(
        &whole,
        json!({
            "calendar": {
                "id": made["id"],
                "name": "Q1 Marketing Calendar",
                "description": "Content strategy for Q1 2024",
                "timezone": "America/New_York",
                "owner_id": "<user_uuid>",
                "team_id": "<team_uuid>",
                "events_count": 1,
                "upcoming_events": 1,
                "settings": printed_calendar()["settings"],
                "created_at": "<seconds>",
                "updated_at": "<seconds>"
            },
            "events": [{
                "id": "<evt_uuid>",
                "title": "Product Launch Post",
                "scheduled_at": "2026-05-20T14:00:00Z",
                "status": "scheduled"
            }]
        }),
    );
}

fn showcase(base: &str) -> Value {
    json!({
        "title": "Instagram Product Showcase",
        "description": "Showcase new product features",
        "content_type": "carousel_post",
        "platform": "instagram",
        "scheduled_at": "2026-05-20T15:00:00Z",
        "content": {
            "caption": "Discover the features that make our product revolutionary ✨",
            "media_urls": [
                format!("{base}/images/carousel_1.jpg"),
                format!("{base}/images/carousel_22.jpg"),
                format!("{base}/images/carousel_333.jpg")
            ],
            "hashtags": ["#ProductShowcase", "#Innovation"],
            "location": "New York, NY"
        },
        "metadata": {
            "priority": "high",
            "campaign_id": "cmp_launch_2024",
            "assigned_to": "user_marketing",
            "approval_required": true
        }
    })
}

#[tokio::test]
async fn an_event_is_made_read_changed_and_deleted() {
    let api = Api::start().await;
    let base = picture_host().await;
    let one = calendar(&api, json!({})).await;
    let events = format!("{one}/events");
    let made = by_bearer(&api, Method::POST, &events, showcase(&base))
        .await
        .ok();
    let mut wanted = showcase(&base);
    wanted["id"] = json!("<evt_uuid>");
    wanted["calendar_id"] = json!("<cal_uuid>");
    wanted["status"] = json!("scheduled");
    wanted["performance"] = Value::Null;
    wanted["content"]["media_urls"] = json!(["<url>", "<url>", "<url>"]);
    like(&made, wanted.clone());
    let path = format!("{events}/{}", made["id"].as_str().unwrap());
    like(&api.get(&path).await.ok(), wanted.clone());
    // It needs a yes first, so it does not go out by itself.
    api.test.pass(Duration::from_hours(1)).await;
    let id = made["id"]
        .as_str()
        .unwrap()
        .trim_start_matches("evt_")
        .parse()
        .unwrap();
    assert!(matches!(api.test.post(id).await.when, When::Planned { .. }));

    let change = json!({
        "scheduled_at": "2026-05-20T16:00:00Z",
        "content": { "caption": "Updated caption with new call-to-action 📣" },
        "status": "approved"
    });
    let changed = by_bearer(&api, Method::PATCH, &path, change).await.ok();
    wanted["scheduled_at"] = json!("2026-05-20T16:00:00Z");
    wanted["content"]["caption"] = json!("Updated caption with new call-to-action 📣");
    // What is approved and has a time goes out in a calendar that publishes.
    wanted["status"] = json!("scheduled");
    like(&changed, wanted);
    assert!(matches!(
        api.test.post(id).await.when,
        When::Scheduled { .. }
    ));
    assert_eq!(
        by_bearer(&api, Method::DELETE, &path, json!({})).await.ok()["deleted"],
        true
    );
    api.get(&path).await.refused(404);
}

#[tokio::test]
async fn many_events_are_changed_at_once() {
    let api = Api::start().await;
    let one = calendar(&api, json!({ "auto_publish": false })).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let event = json!({
            "title": format!("Event {n}"), "platform": "twitter",
            "scheduled_at": format!("2026-05-2{n}T14:00:00Z"),
            "content": { "caption": format!("Text {n}") }
        });
        let made = by_bearer(&api, Method::POST, &format!("{one}/events"), event)
            .await
            .ok();
        ids.push(made["id"].clone());
    }
    let bulk = json!({ "event_ids": ids, "updates": { "status": "published", "metadata": { "campaign_id": "cmp_q1_2024" } } });
    let done = by_bearer(&api, Method::PATCH, &format!("{one}/events/bulk"), bulk)
        .await
        .ok();
    assert_eq!(
        (&done["updated"], &done["failed"]),
        (&json!(3), &json!(0)),
        "{done}"
    );
    assert!(
        done["events"]
            .as_array()
            .unwrap()
            .iter()
            .all(|e| e["status"] == "published")
    );
    assert_eq!(api.test.network.shown().len(), 3);
    let listed = api
        .get(&format!(
            "{one}/events?campaign_id=cmp_q1_2024&status=published&limit=2"
        ))
        .await
        .ok();
    assert_eq!(listed["events"].as_array().unwrap().len(), 2);
    assert_eq!(listed["has_more"], true);
    let unknown = json!({ "event_ids": ["evt_123"], "updates": { "status": "draft" } });
    by_bearer(&api, Method::PATCH, &format!("{one}/events/bulk"), unknown)
        .await
        .refused(404);
}

#[tokio::test]
async fn a_calendar_publishes_by_itself_unless_it_was_told_not_to() {
    let api = Api::start().await;
    let event = |title: &str| {
        json!({
            "title": title, "platform": "instagram", "scheduled_at": "2026-05-15T14:00:00Z",
            "content": { "caption": "Exciting news coming soon! 🚀", "hashtags": ["#ComingSoon"] }
        })
    };
    let quiet = calendar(&api, json!({ "auto_publish": false })).await;
    let made = by_bearer(
        &api,
        Method::POST,
        &format!("{quiet}/events"),
        event("Quiet"),
    )
    .await
    .ok();
    assert_eq!(made["status"], "scheduled", "as the document shows it");
    let loud = calendar(&api, json!({})).await;
    by_bearer(&api, Method::POST, &format!("{loud}/events"), event("Loud"))
        .await
        .ok();
    api.test.pass(Duration::from_hours(31)).await;
    api.test.pass(Duration::from_mins(1)).await;
    let texts: Vec<String> = api
        .test
        .network
        .shown()
        .into_iter()
        .map(|s| s.text)
        .collect();
    assert_eq!(texts, ["Exciting news coming soon! 🚀\n\n#ComingSoon"]);
}

#[tokio::test]
async fn the_list_filters_and_turns_its_pages() {
    let api = Api::start().await;
    let one = calendar(&api, json!({ "auto_publish": false })).await;
    let events = format!("{one}/events");
    for (title, platform, who, at) in [
        ("A", "instagram", "ana", "2026-05-20T10:00:00Z"),
        ("B", "twitter", "ben", "2026-05-21T10:00:00Z"),
        ("C", "instagram", "ana", "2026-05-22T10:00:00Z"),
    ] {
        let event = json!({ "title": title, "platform": platform, "scheduled_at": at, "metadata": { "assigned_to": who } });
        by_bearer(&api, Method::POST, &events, event).await.ok();
    }
    by_bearer(&api, Method::POST, &events, json!({ "title": "D" }))
        .await
        .ok();
    for (query, wanted) in [
        ("", "ABCD"),
        ("?limit=2", "AB"),
        ("?limit=2&offset=2", "CD"),
        ("?start_date=2026-05-21&end_date=2026-05-21", "B"),
        ("?start_date=2026-05-21T11:00:00Z", "C"),
        ("?platform=instagram", "AC"),
        ("?platform=instagram&offset=1", "C"),
        ("?assigned_to=ana", "AC"),
        ("?status=draft", "D"),
        ("?status=scheduled", "ABC"),
        ("?status=published", ""),
    ] {
        let listed = api.get(&format!("{events}{query}")).await.ok();
        let titles: String = listed["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, wanted, "{query}");
    }
    for query in [
        "?limit=x",
        "?start_date=soon",
        "?status=lost",
        "?start_date=2026-05-22&end_date=2026-05-20",
    ] {
        api.get(&format!("{events}{query}")).await.refused(400);
    }
}

#[tokio::test]
async fn a_past_date_is_refused_as_printed() {
    let api = Api::start().await;
    let one = calendar(&api, json!({})).await;
    let event = json!({ "title": "Late", "scheduled_at": "2023-12-01T10:00:00Z" });
    let refused = by_bearer(&api, Method::POST, &format!("{one}/events"), event)
        .await
        .refused(400);
    like(
        &refused,
        json!({ "error": {
            "code": "VALIDATION_ERROR",
            "message": "Invalid scheduled date: cannot schedule events in the past",
            "details": {
                "field": "scheduled_at",
                "provided_value": "2023-12-01T10:00:00Z",
                "current_time": "<seconds>"
            },
            "request_id": "<text>",
            "timestamp": "<seconds>"
        }}),
    );
    for bad in [
        json!({}),
        json!({ "title": "x", "platform": "myspace" }),
        json!({ "title": "x", "metadata": { "priority": "huge" } }),
        json!({ "title": "x", "content": { "media_urls": ["http://192.168.0.1/a.png"] } }),
        json!({ "title": "x", "status": "published" }),
        json!({ "title": "x", "scheduled_at": 5 }),
    ] {
        by_bearer(&api, Method::POST, &format!("{one}/events"), bad)
            .await
            .refused(400);
    }
    by_bearer(
        &api,
        Method::POST,
        ALL,
        json!({ "name": "x", "timezone": "Mars/Olympus" }),
    )
    .await
    .refused(400);
}

#[tokio::test]
async fn a_calendar_that_is_full_says_so() {
    let api = Api::start().await;
    let calendar = api.test.calendar().await;
    let limit = json!({ "id": calendar.id, "draft": {
        "name": calendar.name, "description": "", "zone": calendar.zone, "graceMinutes": 60,
        "workingHours": [], "defaultAccounts": [], "mostPosts": 2,
    } });
    let _: Value = api.test.call("calendars.update", limit).await;
    let events = format!("/v1/calendar/calendars/cal_{}/events", calendar.id);
    let event = json!({ "title": "One", "content_type": "social_post", "platform": "instagram" });
    // The first post of all stands there already.
    api.post(&events, event.clone()).await.ok();
    let full = api.post(&events, event).await.refused(402);
    assert_eq!(full["error"]["code"], "CALENDAR_FULL");
}
