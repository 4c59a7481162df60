//! Printed examples that need neither accounts nor a clock of their own: they run against the host inside of
//! the tests and against `almanac-server` as it is started, with only the address changed. Dates are moved
//! ahead.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::client::{Client, Got, got, png};
use crate::shape::like;

const ENTRIES: &str = "/api/v1/calendar/entries";
const CALENDARS: &str = "/v1/calendar/calendars";
const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

fn entry() -> Value {
    json!({
        "title": "Product launch announcement",
        "description": "Share the new feature across all channels",
        "scheduled_date": "2035-05-25",
        "scheduled_time": "14:00",
        "platforms": ["instagram", "tiktok", "x"]
    })
}

fn entry_shown() -> Value {
    let mut shown = entry();
    shown["entry_id"] = json!("<uuid>");
    shown["created_at"] = json!("<seconds>");
    shown["updated_at"] = json!("<seconds>");
    shown
}

/// The calendar of the document.
pub fn printed_calendar() -> Value {
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

/// Sends a request with the key as the content calendar wants it.
pub async fn by_bearer(api: &Client, method: Method, path: &str, body: Value) -> Got {
    let request = api.http.request(method, format!("{}{path}", api.base));
    got(request.bearer_auth(&api.key).json(&body)).await
}

/// Sends a picture, and gives what the Instagram editor calls it.
pub async fn picture_of(api: &Client, width: u32, height: u32) -> String {
    let file = Part::bytes(png(width, height)).file_name("img.png");
    let request = api
        .http
        .post(format!("{}/api/v1/creator/social/media/upload", api.base));
    let form = Form::new().part("file", file);
    let made = got(request.bearer_auth(&api.key).multipart(form))
        .await
        .ok();
    made["media_id"].as_str().unwrap().replace("media_", "img_")
}

async fn picture(api: &Client) -> String {
    picture_of(api, 400, 300).await
}

/// Keys of the scheduler.
pub async fn keys_are_masked_made_once_and_revoked(api: &Client) {
    let request = json!({ "name": "My Integration Key", "profileId": api.workspace });
    let made = api.post("/api/v1/api-keys", request).await.ok();
    like(
        &made,
        json!({
            "success": true,
            "apiKey": {
                "id": "<uuid>",
                "name": "My Integration Key",
                "key": "<text>",
                "profileId": api.workspace,
                "status": "active",
                "createdAt": "<millis>"
            },
            "warning": "Save this key now. It will not be shown again."
        }),
    );
    let secret = made["apiKey"]["key"].as_str().unwrap();
    assert!(secret.starts_with("ak_"));
    api.send(secret, Method::GET, "/api/v1/connections", None)
        .await
        .ok();
    let listed = api.get("/api/v1/api-keys").await.ok();
    let all = listed["apiKeys"].as_array().unwrap();
    like(
        all.iter()
            .find(|k| k["id"] == made["apiKey"]["id"])
            .unwrap(),
        json!({
            "id": made["apiKey"]["id"],
            "name": "My Integration Key",
            "key": format!("...{}", &secret[secret.len() - 8..]),
            "profile_id": api.workspace,
            "status": "active",
            "created_at": "<millis>",
            "last_used_at": "<millis>"
        }),
    );
    let path = format!(
        "/api/v1/api-keys/{}",
        made["apiKey"]["id"].as_str().unwrap()
    );
    let gone = api.delete(&path).await.ok();
    assert_eq!(
        gone,
        json!({ "success": true, "message": "API key revoked" })
    );
    let refused = api
        .send(secret, Method::GET, "/api/v1/connections", None)
        .await
        .refused(401);
    assert_eq!(refused["success"], false);
}

/// Addresses that the scheduler tells what happens.
pub async fn the_scheduler_prints_its_endpoints(api: &Client) {
    let request = json!({
        "profileId": api.workspace,
        "url": "https://your-app.com/webhook",
        "secret": "your_webhook_signing_secret",
        "events": ["post.published", "post.failed", "post.scheduled"],
        "maxRetries": 5
    });
    let made = api.post(ENDPOINTS, request).await.ok();
    like(
        &made,
        json!({
            "success": true,
            "endpoint": {
                "id": "<uuid>",
                "url": "https://your-app.com/webhook",
                "events": ["post.published", "post.failed", "post.scheduled"],
                "is_active": true,
                "max_retries": 5
            }
        }),
    );
    assert!(made["endpoint"].get("secret").is_none());
    let id = made["endpoint"]["id"].as_str().unwrap();
    for path in [
        format!("{ENDPOINTS}?profileId={}", api.workspace),
        "/api/webhook-endpoints".to_owned(),
    ] {
        like(
            &api.get(&path).await.ok(),
            json!({ "endpoints": [{
                "id": id,
                "url": "https://your-app.com/webhook",
                "events": ["post.published", "post.failed", "post.scheduled"],
                "is_active": true,
                "max_retries": 5,
                "last_delivery_at": null,
                "last_delivery_status": null,
                "created_at": "<millis>"
            }] }),
        );
    }
    let change = json!({ "is_active": false, "events": ["post.published"], "max_retries": 3 });
    let changed = api.patch(&format!("{ENDPOINTS}/{id}"), change).await.ok();
    like(
        &changed,
        json!({ "success": true, "endpoint": {
            "id": id, "events": ["post.published"], "is_active": false, "max_retries": 3
        } }),
    );
    let empty = api
        .get(&format!("{ENDPOINTS}/{id}/deliveries?limit=50"))
        .await
        .ok();
    assert_eq!(empty, json!({ "deliveries": [] }));
    let gone = api.delete(&format!("/api/webhook-endpoints/{id}")).await;
    assert_eq!(gone.ok(), json!({ "success": true }));
    api.delete(&format!("{ENDPOINTS}/{id}")).await.refused(404);
    let configured = json!({
        "url": "https://your-app.com/webhook",
        "events": ["post.published", "post.failed"],
        "secret": "webhook_signing_secret"
    });
    let configured = api
        .post("/api/v1/webhooks/configure", configured)
        .await
        .ok();
    assert_eq!(configured["endpoint"]["max_retries"], 3);
    let own = json!({ "url": "https://your-app.com/2", "events": ["*"] });
    let own = api.post(ENDPOINTS, own).await.ok();
    assert!(own["endpoint"]["secret"].as_str().unwrap().len() > 40);
}

/// Those of the contracts that say *subscribe*.
pub async fn the_others_print_how_to_subscribe(api: &Client) {
    for (path, events) in [
        (
            "/v1/calendar/webhooks",
            json!([
                "event.created",
                "event.updated",
                "event.published",
                "event.performance_updated",
                "calendar.analytics_ready"
            ]),
        ),
        (
            "/v1/instagram/webhooks",
            json!([
                "content.generated",
                "content.published",
                "analytics.updated",
                "copilot.message"
            ]),
        ),
    ] {
        let url = format!("https://your-app.com{path}");
        let request = json!({ "url": url, "events": events, "secret": "your-webhook-secret" });
        let made = api.post(path, request).await;
        assert_eq!(made.status.as_u16(), 201);
        like(
            &made.ok(),
            json!({
                "id": "<wh_uuid>", "url": url, "events": events, "status": "active",
                "created_at": "<seconds>"
            }),
        );
        let unknown =
            json!({ "url": url, "events": ["post.eaten"], "secret": "your-webhook-secret" });
        let refused = api.post(path, unknown).await.refused(400);
        assert_eq!(refused["error"]["code"], "VALIDATION_ERROR");
        assert_eq!(refused["error"]["details"]["field"], "events");
    }
    // Each contract sees its own.
    assert_eq!(api.get(ENDPOINTS).await.ok(), json!({ "endpoints": [] }));
}

/// Pictures of the Instagram editor.
pub async fn a_picture_is_cut_and_filtered(api: &Client) {
    let path = format!("/v1/instagram/images/{}/edit", picture(api).await);
    let crop = json!({ "type": "crop", "aspect_ratio": "4:5", "position": "smart_crop" });
    let filter = json!({ "type": "filter", "filter_name": "instagram_warm", "intensity": 0.7 });
    let done = api
        .post(
            &path,
            json!({ "edits": [crop, filter], "instagram_optimization": true }),
        )
        .await
        .ok();
    like(
        &done,
        json!({ "id": "<img_uuid>", "status": "completed", "url": "<url>", "width": 240, "height": 300, "edits_applied": 2 }),
    );
    let shown = api
        .http
        .get(done["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    let shown = image::load_from_memory(&shown.bytes().await.unwrap()).unwrap();
    assert_eq!((shown.width(), shown.height()), (240, 300));
    for bad in [
        json!({}),
        json!({ "edits": [] }),
        json!({ "edits": [{ "type": "crop", "aspect_ratio": "0:5" }] }),
        json!({ "edits": [{ "type": "filter", "filter_name": "instagram_moon" }] }),
        json!({ "edits": [{ "type": "filter", "filter_name": "warm", "intensity": 7 }] }),
        json!({ "edits": [{ "type": "explode" }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": " " }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x", "position": "top_bottom" }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x", "color": "whitish" }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x", "font_size": -4 }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x".repeat(501) }] }),
    ] {
        let refused = api.post(&path, bad).await.refused(400);
        assert_eq!(refused["error"]["code"], "VALIDATION_ERROR");
    }
    let edit = json!({ "edits": [crop] });
    api.post("/v1/instagram/images/img_789/edit", edit)
        .await
        .refused(404);
}

/// Its requests, which their number makes one.
pub async fn the_number_of_a_request_makes_it_one(api: &Client) {
    let path = format!(
        "{}/v1/instagram/images/{}/edit",
        api.base,
        picture(api).await
    );
    let edit = json!({ "edits": [{ "type": "filter", "filter_name": "mono" }] });
    let send = || {
        let request = api
            .http
            .post(&path)
            .bearer_auth(&api.key)
            .header("X-Request-Id", "req-1");
        got(request.json(&edit))
    };
    let first: Value = send().await.ok();
    let again = send().await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.ok()["id"], first["id"]);
}

/// Entries of the calendar. `pass` lets time go by, and says whether it did.
pub async fn entries_from_their_making_to_their_end(
    api: &Client,
    pass: impl AsyncFnOnce() -> bool,
) {
    let request = |method: Method, path: &str| {
        let request = api.http.request(method, format!("{}{path}", api.base));
        request
            .header("x-api-key", &api.key)
            .header("X-Workspace-Id", api.workspace.to_string())
            .header("Content-Type", "application/json")
    };
    let made = got(request(Method::POST, ENTRIES).body(entry().to_string()))
        .await
        .ok();
    like(&made, entry_shown());
    assert_eq!(
        made.as_object().unwrap().len(),
        8,
        "no field more than printed"
    );
    let one = format!("{ENTRIES}/{}", made["entry_id"].as_str().unwrap());
    let range = format!("{ENTRIES}?start_date=2035-05-01&end_date=2035-05-31");
    let listed = got(request(Method::GET, &range)).await.ok();
    like(&listed, json!({ "entries": [entry_shown()] }));
    like(&got(request(Method::GET, &one)).await.ok(), entry_shown());

    let later = pass().await;
    let change = json!({ "title": "Updated launch announcement", "scheduled_date": "2035-05-28" });
    let changed = got(request(Method::PATCH, &one).body(change.to_string()))
        .await
        .ok();
    let mut wanted = entry_shown();
    wanted["title"] = json!("Updated launch announcement");
    wanted["scheduled_date"] = json!("2035-05-28");
    like(&changed, wanted);
    assert_eq!(changed["created_at"], made["created_at"]);
    if later {
        assert_ne!(changed["updated_at"], made["updated_at"]);
    }

    let gone = got(request(Method::DELETE, &one)).await.ok();
    assert_eq!(gone, json!({ "success": true }));
    got(request(Method::GET, &one)).await.refused(404);
}

/// Calendars of the content calendar.
pub async fn a_calendar_from_its_making_to_its_end(api: &Client) {
    let made = by_bearer(api, Method::POST, CALENDARS, printed_calendar())
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
