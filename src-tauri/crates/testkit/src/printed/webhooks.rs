//! The printed examples of webhooks: addresses, what they are told, and telling again.

use std::time::Duration;

use model::Timestamp;
use networks::hooks::signature;
use networks::vault::Secret;
use serde_json::{Value, json};

use super::{Client, PATIENCE, like, picture_at, until};
use crate::receiver::{Came, Receiver};

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";
const SECRET: &str = "your_webhook_signing_secret";
/// How long a delivery may be on its way, and how many minutes of a clock that stands still are waited for besides.
const A_WHILE: Duration = Duration::from_secs(20);
const MOST_MINUTES: u64 = 5;

/// The person allows an address on this computer.
async fn allow(api: &Client, endpoint: &str) {
    let input = json!({ "workspaceId": api.workspace, "id": endpoint, "private": true });
    api.command("webhooks.change", input).await;
}

/// Has an address told what happens, by the way of a contract; what it is called.
pub async fn made(api: &Client, path: &str, body: Value) -> String {
    let made = api.post(path, body).await.ok();
    let id = if made["endpoint"].is_object() {
        &made["endpoint"]["id"]
    } else {
        &made["id"]
    };
    id.as_str().unwrap().trim_start_matches("wh_").to_owned()
}

/// An address that is told these events by the way of a contract; what it is called.
pub async fn told_to(api: &Client, path: &str, events: Value) -> (String, Receiver) {
    let receiver = Receiver::start(&[]).await;
    let body = json!({ "url": receiver.url, "events": events, "secret": SECRET });
    let id = made(api, path, body).await;
    allow(api, &id).await;
    (id, receiver)
}

/// The next request that comes to an address.
pub async fn next(receiver: &mut Receiver) -> Came {
    let came = tokio::time::timeout(PATIENCE, receiver.next()).await;
    came.unwrap()
}

/// Has an address told nothing more.
async fn forget(api: &Client, endpoint: &str) {
    let one = json!({ "workspaceId": api.workspace, "id": endpoint });
    api.command("webhooks.remove", one).await;
}

/// Lets time go by with `come` until an instant at which something goes out to so many accounts, and gives what
/// the scheduler's contract tells of each: a program that asked again and again would use up its requests. A minute
/// more goes by as often as nothing came for a while: a clock that a test moves stands still in between.
pub async fn told_at(
    api: &Client,
    come: &impl AsyncFn(Timestamp),
    instant: Timestamp,
    accounts: usize,
) -> Vec<Value> {
    let (id, mut receiver) = told_to(api, ENDPOINTS, json!(["post.published"])).await;
    come(instant).await;
    let mut told = Vec::new();
    let mut minutes = 0;
    while told.len() < accounts {
        if let Ok(came) = tokio::time::timeout(A_WHILE, receiver.next()).await {
            told.push(came.json());
            continue;
        }
        minutes += 1;
        assert!(
            minutes <= MOST_MINUTES,
            "told of {} of {accounts}",
            told.len()
        );
        come(instant.plus(Duration::from_mins(minutes))).await;
    }
    forget(api, &id).await;
    told
}

/// What a delivery of the scheduler's contract says.
fn post_published(api: &Client) -> Value {
    json!({
        "event_type": "post.published",
        "timestamp": "<millis>",
        "profile_id": api.workspace,
        "data": {
            "post_id": "<uuid>",
            "platform": "instagram",
            "content": "Hello World! #first",
            "published_at": "<millis>",
            "external_post_id": "<text>"
        }
    })
}

/// The same of the content calendar's contract.
fn event_published() -> Value {
    json!({
        "event": "event.published",
        "id": "<wh_uuid>",
        "timestamp": "<seconds>",
        "data": {
            "calendar_id": "<cal_uuid>",
            "event_id": "<evt_uuid>",
            "platform": "instagram",
            "published_at": "<seconds>",
            "performance_initial": { "impressions": 0, "engagements": 0 }
        }
    })
}

/// The same of the Instagram editor's contract.
fn content_published() -> Value {
    json!({
        "event": "content.published",
        "id": "<evt_uuid>",
        "timestamp": "<seconds>",
        "data": {
            "content_id": "<post_uuid>",
            "content_type": "feed_post",
            "status": "published",
            "content": { "caption": "Hello World! #first", "hashtags": ["#first"] }
        }
    })
}

/// The history of an address, and the same told again.
async fn told_again(api: &Client, id: &str, receiver: &mut Receiver, first: &Value) {
    let path = format!("{ENDPOINTS}/{id}/deliveries?limit=50");
    // The answer of the address may still be on its way.
    until("a delivery to be over", async || {
        let listed = api.get(&path).await.ok();
        listed["deliveries"][0]["status"] == "delivered"
    })
    .await;
    let listed = api.get(&path).await.ok();
    like(
        &listed,
        json!({ "deliveries": [{
            "id": "<uuid>",
            "event_type": "post.published",
            "status": "delivered",
            "attempt_number": 1,
            "response_status": 200,
            "delivered_at": "<millis>",
            "created_at": "<millis>"
        }] }),
    );
    let delivery = listed["deliveries"][0]["id"].as_str().unwrap();
    let retry = format!("/api/v1/webhook-deliveries/{delivery}/retry");
    let again = api.post(&retry, json!({})).await.ok();
    assert_eq!(
        again,
        json!({ "success": true, "message": "Delivery queued for retry" })
    );
    let again = next(receiver).await;
    assert_eq!(again.headers["x-webhook-id"], delivery);
    assert_eq!(again.json(), *first);
    let listed = api.get(ENDPOINTS).await.ok();
    let mut endpoints = listed["endpoints"].as_array().unwrap().iter();
    let own = endpoints.find(|endpoint| endpoint["id"] == id).unwrap();
    assert_eq!(own["last_delivery_status"], "success");
}

/// A post that goes out is told to whoever asked, signed, and told again when somebody wants it.
pub async fn a_post_that_goes_out_is_told_in_the_words_of_every_contract(api: &Client) {
    let mut receivers = Vec::new();
    for (path, events) in [
        (ENDPOINTS, json!(["post.published"])),
        ("/v1/calendar/webhooks", json!(["event.published"])),
        ("/v1/instagram/webhooks", json!(["content.published"])),
    ] {
        receivers.push(told_to(api, path, events).await);
    }
    let picture = picture_at(api, 440, 400).await;
    let media = json!([{
        "public_url": picture,
        "mime_type": "image/png",
        "file_name": "image.png"
    }]);
    let post = json!({
        "platforms": ["instagram"], "content": "Hello World! #first", "media": media
    });
    api.post("/api/v1/post", post).await.ok();
    let mut told = Vec::new();
    for (_, receiver) in &mut receivers {
        let came = next(receiver).await;
        let signed = signature(&Secret::new(SECRET), came.body.as_bytes());
        assert_eq!(came.headers["x-webhook-signature"], signed);
        told.push(came.json());
    }
    like(&told[0], post_published(api));
    like(&told[1], event_published());
    like(&told[2], content_published());
    let (id, receiver) = &mut receivers[0];
    told_again(api, id, receiver, &told[0]).await;
    for (id, _) in &receivers {
        forget(api, id).await;
    }
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
