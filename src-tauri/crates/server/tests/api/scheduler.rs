//! The printed examples of the scheduler, and what comes of them on the networks.

use std::time::{Duration, Instant};

use model::failure::{Category, Retry};
use publisher::testing::{Act, refusal};
use serde_json::{Value, json};
use testkit::printed::{keys, like, scheduler};

use crate::support::{Api, picture_host};

#[tokio::test]
async fn keys_are_masked_made_once_and_revoked() {
    let api = Api::start().await;
    keys::are_masked_made_once_and_revoked(&api).await;
}

#[tokio::test]
async fn discovery_catalogue_and_connections() {
    let api = Api::start().await;
    let all = api.get("/api/v1/platforms").await.ok();
    let mut all = all["platforms"].as_array().unwrap().iter();
    like(
        all.find(|p| p["platform"] == "twitter").unwrap(),
        json!({ "displayName": "x", "scopes": ["posts.read", "posts.write"], "notes": [] }),
    );
    scheduler::discovery_catalogue_and_connections(&api).await;
}

#[tokio::test]
async fn a_file_is_announced_sent_used_and_deleted() {
    let api = Api::start().await;
    scheduler::a_file_is_announced_sent_used_and_deleted(&api).await;
}

#[tokio::test]
async fn a_post_is_scheduled_listed_and_called_off() {
    let api = Api::start().await;
    scheduler::a_post_is_scheduled_listed_and_called_off(&api).await;
    api.test.pass(Duration::from_hours(72)).await;
    assert!(api.test.network.shown().is_empty());
}

#[tokio::test]
async fn the_external_flow_with_a_file_at_an_address() {
    let api = Api::start().await;
    let come = async |at| api.come(at).await;
    scheduler::the_external_flow_with_a_file_at_an_address(&api, &come).await;
    let shown = api.test.network.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].files.len(), 1);
}

#[tokio::test]
async fn a_file_is_fetched_from_another_server() {
    let api = Api::start().await;
    let base = picture_host().await;
    let post = json!({
        "platform": "facebook",
        "content": "Final copy from the external app",
        "scheduleDate": "2026-06-12T09:00:00Z",
        "media": [{ "public_url": format!("{base}/image.jpg"), "mime_type": "image/jpeg" }]
    });
    api.post("/api/v1/post", post).await.ok();
    api.come(api.instant("06-12T09:00:00Z")).await;
    assert_eq!(api.test.network.shown()[0].files.len(), 1);
}

#[tokio::test]
async fn failures_are_logged_counted_and_tried_again() {
    let api = Api::start().await;
    let refuse = || {
        let no = refusal(Category::Validation, Retry::Never, "Not like this.");
        api.test.network.script([Act::Refuse(no)]);
    };
    scheduler::failures_are_logged_counted_and_tried_again(&api, refuse).await;
    let logs = format!("/api/v1/job-logs?profileId={}&status=failed", api.workspace);
    let logs = api.get(&logs).await.ok();
    assert_eq!(logs["logs"][0]["error_message"], "Not like this.");
}

#[tokio::test]
async fn best_times_are_usual_ones_and_the_plan_is_none() {
    let api = Api::start().await;
    scheduler::best_times_are_usual_ones_and_the_plan_is_none(&api).await;
}

#[tokio::test]
async fn what_breaks_a_rule_leaves_no_post_behind() {
    let api = Api::start().await;
    for bad in [
        json!({}),
        json!({ "content": "Nowhere" }),
        json!({ "platforms": [], "content": "Nowhere" }),
        json!({ "platforms": ["myspace"], "content": "x" }),
        json!({ "platforms": "twitter", "content": "x" }),
        json!({ "platforms": ["twitter"] }),
        json!({ "platforms": ["twitter"], "content": "x", "scheduleDate": "2024-01-15T10:00:00" }),
        json!({ "platforms": ["twitter"], "content": "x", "scheduleDate": "soon" }),
        json!({ "platforms": ["twitter"], "content": "x".repeat(400), "scheduleDate": "2026-06-12T09:00:00Z" }),
        json!({ "platforms": ["twitter"], "content": "x".repeat(400) }),
        json!({ "platforms": ["twitter"], "content": "x", "media": [{}] }),
        json!({ "platforms": ["twitter"], "content": "x", "media": [{ "public_url": "file:///etc/passwd" }] }),
        json!({ "platforms": ["twitter"], "content": "x", "media": [{ "public_url": "http://10.0.0.1/x.png" }] }),
    ] {
        let refused = api.post("/api/v1/post", bad.clone()).await;
        assert_eq!(refused.status.as_u16(), 400, "{bad} {}", refused.body);
        let body: &Value = &refused.body;
        assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
        assert_eq!(body["success"], false);
    }
    let listed = api.get("/api/v1/posts").await.ok();
    assert_eq!(
        listed["posts"].as_array().unwrap().len(),
        1,
        "only the first draft of the program"
    );
    assert!(api.test.network.shown().is_empty());
}

#[tokio::test]
async fn without_a_number_the_list_holds_every_post_and_counts_as_the_overview_does() {
    let api = Api::start().await;
    for n in 0..60 {
        api.test.draft(&format!("Post {n}"), &[]).await;
    }
    let called_off = api.test.draft("Called off", &[]).await.id;
    let input = json!({ "ids": [called_off] });
    let _: Value = api.test.write("posts.cancel", input).await;
    let count = async |query: &str| {
        let listed = api.get(&format!("/api/v1/posts{query}")).await.ok();
        listed["posts"].as_array().unwrap().len()
    };
    // One is the draft that every Almanac begins with.
    assert_eq!(count("").await, 62);
    assert_eq!(count("?offset=60").await, 2);
    assert_eq!(count("?limit=10&offset=60").await, 2);
    assert_eq!(count("?limit=10").await, 10);
    let overview = api.get("/api/v1/analytics/overview").await.ok();
    let counted = &overview["analytics"];
    assert_eq!(counted["totalPosts"], 62);
    assert_eq!(counted["draftPosts"], json!(count("?status=draft").await));
    assert_eq!(count("?status=cancelled").await, 1);
}

#[tokio::test]
async fn while_everything_is_held_it_is_said_at_once_that_nothing_goes_out() {
    let api = Api::start().await;
    let _: Value = api
        .test
        .call("publisher.hold", json!({ "reason": "" }))
        .await;
    let began = Instant::now();
    let post = json!({ "platforms": ["twitter"], "content": "Now" });
    let sent = api.post("/api/v1/post", post).await.ok();
    assert_eq!(sent["targets"][0]["status"], "pending");
    let why = sent["message"].as_str().unwrap();
    assert!(why.contains("held"), "{why}");
    let publish = json!({ "content": { "text": "Now" }, "platforms": [{ "platform": "twitter" }] });
    let published = api
        .post("/api/v1/creator/social/publish", publish)
        .await
        .ok();
    assert_eq!(published["message"], sent["message"]);
    // A post that goes out is waited for much longer.
    assert!(began.elapsed() < Duration::from_secs(15));
    assert!(api.test.network.shown().is_empty());
}
