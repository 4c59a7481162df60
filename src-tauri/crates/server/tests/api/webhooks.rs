//! The printed examples of webhooks, and who may have an address told.

use reqwest::Method;
use serde_json::json;
use testkit::printed::calendar;
use testkit::printed::webhooks::{self, made, next, told_to};

use crate::support::Api;

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

#[tokio::test]
async fn the_scheduler_prints_its_endpoints() {
    let api = Api::start().await;
    webhooks::the_scheduler_prints_its_endpoints(&api).await;
}

#[tokio::test]
async fn the_others_print_how_to_subscribe() {
    let api = Api::start().await;
    webhooks::the_others_print_how_to_subscribe(&api).await;
}

#[tokio::test]
async fn a_post_that_goes_out_is_told_in_the_words_of_every_contract() {
    let api = Api::start().await;
    webhooks::a_post_that_goes_out_is_told_in_the_words_of_every_contract(&api).await;
}

#[tokio::test]
async fn an_event_is_told_as_it_is_shown() {
    let api = Api::start().await;
    let events = json!(["event.created", "event.updated"]);
    let (_, mut receiver) = told_to(&api, "/v1/calendar/webhooks", events).await;
    let (quiet, loud) = (json!({ "auto_publish": false }), json!({}));
    let (asks, plain) = (json!({ "approval_required": true }), json!({}));
    for (settings, metadata) in [(&loud, &asks), (&quiet, &plain), (&loud, &plain)] {
        let events = format!("{}/events", calendar::made(&api, settings.clone()).await);
        let event = json!({
            "title": "Launch", "platform": "instagram", "content_type": "carousel_post",
            "scheduled_at": "2026-05-14T07:30:00Z",
            "content": { "caption": "Exciting news coming soon! 🚀" }, "metadata": metadata
        });
        let made = api.post(&events, event).await.ok();
        let one = format!("{events}/{}", made["id"].as_str().unwrap());
        assert_eq!(made["status"], "scheduled");
        for (name, change) in [
            ("event.created", json!({})),
            ("event.updated", json!({ "title": "Another" })),
            ("event.updated", json!({ "status": "draft" })),
            ("event.updated", json!({ "status": "approved" })),
        ] {
            if change != json!({}) {
                api.patch(&one, change).await.ok();
            }
            let shown = api.get(&one).await.ok();
            let told = next(&mut receiver).await.json();
            assert_eq!(told["event"], name);
            assert_eq!(told["data"]["event_id"], shown["id"]);
            for field in [
                "calendar_id",
                "title",
                "content_type",
                "platform",
                "status",
                "scheduled_at",
            ] {
                assert_eq!(told["data"][field], shown[field], "{field} with {metadata}");
            }
        }
    }
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
