//! The printed examples of the content calendar.

use model::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::webhooks::told_at;
use super::{Client, by_bearer, like, picture_at};

const CALENDARS: &str = "/v1/calendar/calendars";

/// The calendar of the document.
fn printed() -> Value {
    json!({
        "name": "Q1 Marketing Calendar",
        "description": "Content strategy for Q1 2024",
        "timezone": "America/New_York",
        "settings": {
            "default_platform": "multi",
            "working_hours": { "start": "09:00", "end": "17:00" },
            "auto_publish": false,
            "approval_workflow": true
        }
    })
}

/// Makes a calendar with these settings; its path.
pub async fn made(api: &Client, settings: Value) -> String {
    let mut new = printed();
    new["settings"] = settings;
    let made = by_bearer(api, Method::POST, CALENDARS, new).await.ok();
    format!("{CALENDARS}/{}", made["id"].as_str().unwrap())
}

/// Calendars of the content calendar.
pub async fn a_calendar_from_its_making_to_its_end(api: &Client) {
    let made = by_bearer(api, Method::POST, CALENDARS, printed())
        .await
        .ok();
    like(
        &made,
        json!({ "id": "<cal_uuid>", "name": "Q1 Marketing Calendar", "status": "active", "created_at": "<seconds>" }),
    );
    let one = format!("{CALENDARS}/{}", made["id"].as_str().unwrap());
    // Settings are merged.
    let change = json!({ "description": "New words", "settings": { "auto_publish": true, "working_hours": { "start": "08:30", "end": "16:00" } } });
    let changed = by_bearer(api, Method::PATCH, &one, change).await.ok();
    like(
        &changed,
        json!({
            "name": "Q1 Marketing Calendar",
            "description": "New words",
            "settings": {
                "default_platform": "multi",
                "working_hours": { "start": "08:30", "end": "16:00" },
                "auto_publish": true,
                "approval_workflow": true
            }
        }),
    );
    let archived = by_bearer(api, Method::PATCH, &one, json!({ "status": "archived" }))
        .await
        .ok();
    assert_eq!(archived["status"], "archived");
    let listed = api
        .get(&format!("{CALENDARS}?status=archived&limit=1&offset=0"))
        .await
        .ok();
    like(
        &listed,
        json!({ "calendars": [{ "id": made["id"] }], "total": 1, "limit": 1, "offset": 0 }),
    );
    let theirs = api.get(&format!("{CALENDARS}?team_id=team_456")).await.ok();
    assert_eq!(theirs["total"], 0);
    api.delete(&one).await.ok();
    let refused = api.get(&one).await.refused(404);
    like(
        &refused,
        json!({ "error": {
            "code": "NOT_FOUND_ERROR", "message": "<text>", "details": {}, "request_id": "<text>", "timestamp": "<seconds>"
        }}),
    );
}

/// A calendar with what stands on it.
pub async fn a_calendar_is_shown_with_its_events(api: &Client) {
    let made = by_bearer(api, Method::POST, CALENDARS, printed())
        .await
        .ok();
    like(
        &made,
        json!({ "id": "<cal_uuid>", "name": "Q1 Marketing Calendar", "status": "active", "created_at": "<seconds>" }),
    );
    let one = format!("{CALENDARS}/{}", made["id"].as_str().unwrap());
    let at = api.at("05-20T14:00:00Z");
    let event =
        json!({ "title": "Product Launch Post", "platform": "instagram", "scheduled_at": at });
    by_bearer(api, Method::POST, &format!("{one}/events"), event)
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
                "settings": printed()["settings"],
                "created_at": "<seconds>",
                "updated_at": "<seconds>"
            },
            "events": [{
                "id": "<evt_uuid>",
                "title": "Product Launch Post",
                "scheduled_at": at,
                "status": "scheduled"
            }]
        }),
    );
}

/// The event of the document, with pictures that the program has.
async fn showcase(api: &Client) -> Value {
    let mut pictures = Vec::new();
    for width in [401, 402, 403] {
        pictures.push(picture_at(api, width, 400).await);
    }
    json!({
        "title": "Instagram Product Showcase",
        "description": "Showcase new product features",
        "content_type": "carousel_post",
        "platform": "instagram",
        "scheduled_at": api.at("05-20T15:00:00Z"),
        "content": {
            "caption": "Discover the features that make our product revolutionary ✨",
            "media_urls": pictures,
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

/// How a post of the event stands: `planned` or `scheduled`.
async fn stands(api: &Client, event: &Value) -> Value {
    let id = event["id"].as_str().unwrap().trim_start_matches("evt_");
    let post = api.command("posts.get", json!({ "id": id })).await;
    post["when"]["kind"].clone()
}

/// An event that needs a yes before it goes out.
pub async fn an_event_is_made_read_changed_and_deleted(api: &Client) {
    let one = made(api, json!({})).await;
    let events = format!("{one}/events");
    let printed = showcase(api).await;
    let made = by_bearer(api, Method::POST, &events, printed.clone())
        .await
        .ok();
    let mut wanted = printed;
    wanted["id"] = json!("<evt_uuid>");
    wanted["calendar_id"] = json!("<cal_uuid>");
    wanted["status"] = json!("scheduled");
    wanted["performance"] = Value::Null;
    wanted["content"]["media_urls"] = json!(["<url>", "<url>", "<url>"]);
    like(&made, wanted.clone());
    let path = format!("{events}/{}", made["id"].as_str().unwrap());
    like(&api.get(&path).await.ok(), wanted.clone());
    // It needs a yes first, so it does not go out by itself.
    assert_eq!(stands(api, &made).await, "planned");

    let later = api.at("05-20T16:00:00Z");
    let change = json!({
        "scheduled_at": later,
        "content": { "caption": "Updated caption with new call-to-action 📣" },
        "status": "approved"
    });
    let changed = by_bearer(api, Method::PATCH, &path, change).await.ok();
    wanted["scheduled_at"] = json!(later);
    wanted["content"]["caption"] = json!("Updated caption with new call-to-action 📣");
    // What is approved and has a time goes out in a calendar that publishes.
    wanted["status"] = json!("scheduled");
    like(&changed, wanted);
    assert_eq!(stands(api, &made).await, "scheduled");
    assert_eq!(
        by_bearer(api, Method::DELETE, &path, json!({})).await.ok()["deleted"],
        true
    );
    api.get(&path).await.refused(404);
}

/// The calendar and the event of the samples of code, which goes out by itself. Its picture is ours: Instagram takes
/// no post without one. `come` lets time go by until an instant.
pub async fn an_event_goes_out_by_itself(api: &Client, come: &impl AsyncFn(Timestamp)) {
    let new = json!({ "name": "Marketing Calendar 2024", "timezone": "America/New_York" });
    let calendar = by_bearer(api, Method::POST, CALENDARS, new).await.ok();
    let events = format!("{CALENDARS}/{}/events", calendar["id"].as_str().unwrap());
    let at = api.at("05-20T14:00:00Z");
    let picture = picture_at(api, 450, 400).await;
    let event = json!({
        "title": "Product Launch Post",
        "platform": "instagram",
        "scheduled_at": at,
        "content": {
            "caption": "Exciting news coming soon! 🚀",
            "hashtags": ["#ComingSoon", "#Innovation"],
            "media_urls": [picture]
        }
    });
    let made = by_bearer(api, Method::POST, &events, event).await.ok();
    assert_eq!(made["status"], "scheduled", "{made}");
    let told = told_at(api, come, api.instant("05-20T14:00:00Z"), 1).await;
    assert_eq!(told[0]["data"]["platform"], "instagram");
    let path = format!("{events}/{}", made["id"].as_str().unwrap());
    like(
        &api.get(&path).await.ok(),
        json!({
            "id": made["id"],
            "title": "Product Launch Post",
            "platform": "instagram",
            "status": "published",
            "scheduled_at": at,
            "content": {
                "caption": "Exciting news coming soon! 🚀",
                "hashtags": ["#ComingSoon", "#Innovation"]
            },
            "performance": null
        }),
    );
}

/// Many events at once, all of which go out.
pub async fn many_events_are_changed_at_once(api: &Client) {
    let one = made(api, json!({ "auto_publish": false })).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let event = json!({
            "title": format!("Event {n}"), "platform": "twitter",
            "scheduled_at": api.at(&format!("05-2{n}T14:00:00Z")),
            "content": { "caption": format!("Text {n}") }
        });
        let made = by_bearer(api, Method::POST, &format!("{one}/events"), event)
            .await
            .ok();
        ids.push(made["id"].clone());
    }
    let bulk = json!({ "event_ids": ids, "updates": { "status": "published", "metadata": { "campaign_id": "cmp_q1_2024" } } });
    let done = by_bearer(api, Method::PATCH, &format!("{one}/events/bulk"), bulk)
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
    let listed = api
        .get(&format!(
            "{one}/events?campaign_id=cmp_q1_2024&status=published&limit=2"
        ))
        .await
        .ok();
    assert_eq!(listed["events"].as_array().unwrap().len(), 2);
    assert_eq!(listed["has_more"], true);
    let unknown = json!({ "event_ids": ["evt_123"], "updates": { "status": "draft" } });
    by_bearer(api, Method::PATCH, &format!("{one}/events/bulk"), unknown)
        .await
        .refused(404);
}

/// The list of events with everything that narrows it down.
pub async fn the_list_filters_and_turns_its_pages(api: &Client) {
    let one = made(api, json!({ "auto_publish": false })).await;
    let events = format!("{one}/events");
    for (title, platform, who, at) in [
        ("A", "instagram", "ana", "05-20T10:00:00Z"),
        ("B", "twitter", "ben", "05-21T10:00:00Z"),
        ("C", "instagram", "ana", "05-22T10:00:00Z"),
    ] {
        let event = json!({ "title": title, "platform": platform, "scheduled_at": api.at(at), "metadata": { "assigned_to": who } });
        by_bearer(api, Method::POST, &events, event).await.ok();
    }
    by_bearer(api, Method::POST, &events, json!({ "title": "D" }))
        .await
        .ok();
    let [second, noon, third] = ["05-21", "05-21T11:00:00Z", "05-22"].map(|at| api.at(at));
    for (query, wanted) in [
        (String::new(), "ABCD"),
        ("?limit=2".to_owned(), "AB"),
        ("?limit=2&offset=2".to_owned(), "CD"),
        (format!("?start_date={second}&end_date={second}"), "B"),
        (format!("?start_date={noon}"), "C"),
        ("?platform=instagram".to_owned(), "AC"),
        ("?platform=instagram&offset=1".to_owned(), "C"),
        ("?assigned_to=ana".to_owned(), "AC"),
        ("?status=draft".to_owned(), "D"),
        ("?status=scheduled".to_owned(), "ABC"),
        ("?status=published".to_owned(), ""),
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
    let turned = format!("?start_date={third}&end_date={}", api.at("05-20"));
    for query in ["?limit=x", "?start_date=soon", "?status=lost", &turned] {
        api.get(&format!("{events}{query}")).await.refused(400);
    }
}

/// The refusal of the document, and others of its kind.
pub async fn a_past_date_is_refused_as_printed(api: &Client) {
    let one = made(api, json!({})).await;
    let event = json!({ "title": "Late", "scheduled_at": "2023-12-01T10:00:00Z" });
    let refused = by_bearer(api, Method::POST, &format!("{one}/events"), event)
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
        by_bearer(api, Method::POST, &format!("{one}/events"), bad)
            .await
            .refused(400);
    }
    by_bearer(
        api,
        Method::POST,
        CALENDARS,
        json!({ "name": "x", "timezone": "Mars/Olympus" }),
    )
    .await
    .refused(400);
}

/// A calendar takes as many posts as its owner lets it.
pub async fn a_calendar_that_is_full_says_so(api: &Client) {
    let one = made(api, json!({})).await;
    let limit = json!({ "id": one.rsplit("cal_").next(), "draft": {
        "name": "Full", "description": "", "zone": "America/New_York", "graceMinutes": 60,
        "workingHours": [], "defaultAccounts": [], "mostPosts": 1,
    } });
    api.command("calendars.update", limit).await;
    let events = format!("{one}/events");
    let event = json!({ "title": "One", "content_type": "social_post" });
    api.post(&events, event.clone()).await.ok();
    let full = api.post(&events, event).await.refused(402);
    assert_eq!(full["error"]["code"], "CALENDAR_FULL");
}
