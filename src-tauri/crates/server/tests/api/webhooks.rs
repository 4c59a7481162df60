//! The printed examples of webhooks, and who may have an address told.

use reqwest::Method;
use serde_json::json;
use testkit::printed::webhooks::{self, made};

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
