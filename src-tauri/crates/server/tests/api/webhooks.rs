//! The printed examples of webhooks: endpoints, what they are told, and telling again.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::receiver::Receiver;

use crate::printed;
use crate::shape::like;
use crate::support::Api;

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

/// The person allows addresses on this computer.
async fn allow(api: &Api, endpoint: &str) {
    let input = json!({ "workspaceId": api.workspace, "id": endpoint, "private": true });
    let _: Value = api.test.call("webhooks.change", input).await;
}

async fn made(api: &Api, path: &str, body: Value) -> String {
    let made = api.post(path, body).await.ok();
    let id = if made["endpoint"].is_object() {
        &made["endpoint"]["id"]
    } else {
        &made["id"]
    };
    id.as_str().unwrap().trim_start_matches("wh_").to_owned()
}

#[tokio::test]
async fn the_scheduler_prints_its_endpoints() {
    let api = Api::start().await;
    printed::the_scheduler_prints_its_endpoints(&api).await;
}

#[tokio::test]
async fn the_others_print_how_to_subscribe() {
    let api = Api::start().await;
    printed::the_others_print_how_to_subscribe(&api).await;
}

#[tokio::test]
async fn a_post_that_goes_out_is_told_in_the_words_of_every_contract() {
    let api = Api::start().await;
    let secret = "your_webhook_signing_secret";
    let mut receivers = Vec::new();
    for (path, events) in [
        (ENDPOINTS, json!(["post.published"])),
        ("/v1/calendar/webhooks", json!(["event.published"])),
        ("/v1/instagram/webhooks", json!(["content.published"])),
    ] {
        let receiver = Receiver::start(&[]).await;
        let body = json!({ "url": receiver.url, "events": events, "secret": secret });
        let id = made(&api, path, body).await;
        allow(&api, &id).await;
        receivers.push((id, receiver));
    }
    let post = json!({ "platforms": ["instagram"], "content": "Hello World! #first" });
    let mut post = post;
    post["media"] = json!([{
        "public_url": format!("{}/image.jpg", crate::support::picture_host().await),
        "mime_type": "image/png",
        "file_name": "image.png"
    }]);
    let sent = api.post("/api/v1/post", post).await;
    sent.ok();
    api.test.app.told().await;
    let mut told = Vec::new();
    for (_, receiver) in &mut receivers {
        let came = receiver.next().await;
        let signed =
            networks::hooks::signature(&networks::vault::Secret::new(secret), came.body.as_bytes());
        assert_eq!(came.headers["x-webhook-signature"], signed);
        told.push(came.json());
    }
    like(
        &told[0],
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
        }),
    );
    like(
        &told[1],
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
        }),
    );
    like(
        &told[2],
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
        }),
    );
    // The history, and the same again.
    let (id, receiver) = &mut receivers[0];
    let path = format!("{ENDPOINTS}/{id}/deliveries?limit=50");
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
    let again = api
        .post(
            &format!("/api/v1/webhook-deliveries/{delivery}/retry"),
            json!({}),
        )
        .await
        .ok();
    assert_eq!(
        again,
        json!({ "success": true, "message": "Delivery queued for retry" })
    );
    let again = receiver.next().await;
    assert_eq!(again.headers["x-webhook-id"], delivery);
    assert_eq!(again.json(), told[0]);
    let listed = api.get(ENDPOINTS).await.ok();
    assert_eq!(listed["endpoints"][0]["last_delivery_status"], "success");
}

#[tokio::test]
async fn bad_endpoints_and_keys_without_the_permission_are_refused() {
    let api = Api::start().await;
    let good = json!({ "url": "https://your-app.com/", "events": ["*"] });
    for (field, bad) in [
        ("url", json!("your-app.com")),
        ("url", json!(5)),
        ("url", json!("file:///etc/passwd")),
        ("events", json!([])),
        ("events", json!("post.published")),
        ("events", json!(["post.eaten"])),
        ("secret", json!("short")),
        ("maxRetries", json!(99)),
        ("maxRetries", json!(-1)),
    ] {
        let mut body = good.clone();
        body[field] = bad;
        api.post(ENDPOINTS, body).await.refused(400);
    }
    let editor = api.make_key(json!({ "role": "editor" })).await;
    api.send(&editor, Method::POST, ENDPOINTS, Some(good.clone()))
        .await
        .refused(403);
    let id = made(&api, ENDPOINTS, good).await;
    let (_, other) = api.another_workspace().await;
    for (method, path) in [
        (Method::PATCH, format!("{ENDPOINTS}/{id}")),
        (Method::DELETE, format!("{ENDPOINTS}/{id}")),
        (Method::GET, format!("{ENDPOINTS}/{id}/deliveries")),
    ] {
        api.send(&other, method, &path, Some(json!({})))
            .await
            .refused(404);
    }
    for limit in ["0", "201", "x"] {
        let path = format!("{ENDPOINTS}/{id}/deliveries?limit={limit}");
        api.get(&path).await.refused(400);
    }
    let nobody = uuid::Uuid::from_u128(7);
    api.post(
        &format!("/api/v1/webhook-deliveries/{nobody}/retry"),
        json!({}),
    )
    .await
    .refused(404);
}
