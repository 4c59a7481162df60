//! The printed examples of the scheduler.

use std::time::Duration;

use model::failure::{Category, Retry};
use publisher::testing::{Act, refusal};
use reqwest::Method;
use serde_json::{Value, json};

use crate::printed;
use crate::shape::like;
use crate::support::{Api, got, picture_host, png};

#[tokio::test]
async fn keys_are_masked_made_once_and_revoked() {
    let api = Api::start().await;
    printed::keys_are_masked_made_once_and_revoked(&api).await;
}

#[tokio::test]
async fn discovery_catalogue_and_connections() {
    let api = Api::start().await;
    let found = api.get("/api/v1").await.ok();
    assert_eq!(found["auth"]["header"], "X-API-Key");
    assert!(found["endpoints"].as_array().unwrap().len() > 50);
    let all = api.get("/api/v1/platforms").await.ok();
    let twitter = all["platforms"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["platform"] == "twitter");
    like(
        twitter.unwrap(),
        json!({
            "platform": "twitter",
            "displayName": "x",
            "accountType": "social_profile",
            "scopes": ["posts.read", "posts.write"],
            "publish": {
                "supported": true,
                "text": true,
                "requiresMedia": false,
                "scheduling": true
            },
            "analytics": { "supported": false },
            "notes": []
        }),
    );
    let connections = api.get("/api/v1/connections").await.ok();
    let twitter = connections["connections"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["platform"] == "twitter")
        .unwrap();
    like(
        twitter,
        json!({
            "id": "<twitter_uuid>",
            "platform": "twitter",
            "username": "@mycompany",
            "externalAccountId": "<text>",
            "externalAccountName": "@mycompany",
            "connectionStatus": "connected",
            "capabilities": { "text": true, "scheduling": true, "analytics": false },
            "contract": { "displayName": "x", "publish": { "supported": true, "scheduling": true }, "notes": [] },
            "readiness": {
                "status": "ready", "canPublish": true, "canSchedule": true,
                "missingRequirements": [], "warnings": []
            }
        }),
    );
    let path = format!("/api/v1/connections/{}", twitter["id"].as_str().unwrap());
    let synced = api.post(&format!("{path}/sync"), json!({})).await.ok();
    like(
        &synced,
        json!({ "connection": {
            "id": twitter["id"], "platform": "twitter", "connectionStatus": "connected",
            "readiness": { "status": "ready", "canPublish": true }
        }}),
    );
    assert_eq!(api.delete(&path).await.ok(), json!({ "success": true }));
    api.delete(&path).await.refused(404);
}

#[tokio::test]
async fn a_file_is_announced_sent_used_and_deleted() {
    let api = Api::start().await;
    let bytes = png(60, 40);
    let request = json!({
        "profileId": api.workspace,
        "fileName": "photo.jpg",
        "contentType": "image/jpeg",
        "fileSize": bytes.len()
    });
    let announced = api
        .post("/api/v1/media/upload-url", request.clone())
        .await
        .ok();
    like(
        &announced,
        json!({
            "upload": { "bucket": "post-media", "path": "<text>", "token": "<text>", "signedUrl": "<url>" },
            "media": {
                "id": "<uuid>",
                "post_id": "",
                "file_path": announced["upload"]["path"],
                "public_url": "<url>",
                "mime_type": "image/jpeg",
                "file_size": bytes.len(),
                "file_name": "photo.jpg",
                "sort_order": 0,
                "created_at": "<millis>"
            }
        }),
    );
    let media = announced["media"].clone();
    assert!(media["file_path"].as_str().unwrap().ends_with("-photo.jpg"));
    let post = json!({ "platforms": ["twitter", "linkedin"], "content": "Hello world!", "media": [media] });
    // Announced is not sent.
    api.post("/api/v1/post", post.clone()).await.refused(404);
    let url = announced["upload"]["signedUrl"].as_str().unwrap();
    let put = || {
        api.http
            .put(url)
            .header("content-type", "image/jpeg")
            .body(bytes.clone())
    };
    got(put()).await.ok();
    got(put()).await.refused(404);
    let shown = api
        .http
        .get(media["public_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        shown.headers()["content-type"],
        "image/png",
        "told from its bytes"
    );
    assert_eq!(shown.bytes().await.unwrap(), bytes);

    let sent = api.post("/api/v1/post", post.clone()).await.ok();
    like(
        &sent,
        json!({
            "success": true,
            "postId": "<uuid>",
            "targets": [
                { "platform": "twitter", "status": "published", "external_post_id": "<text>" },
                { "platform": "linkedin", "status": "published", "external_post_id": "<text>" }
            ]
        }),
    );
    let listed = api
        .get(&format!("/api/v1/posts?profileId={}", api.workspace))
        .await
        .ok();
    let own = listed["posts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["id"] == sent["postId"])
        .unwrap();
    like(
        own,
        json!({
            "id": sent["postId"],
            "content": "Hello world!",
            "status": "published",
            "scheduled_for": null,
            "published_at": "<millis>",
            "targets": [
                { "id": "<uuid>", "platform": "twitter", "status": "published", "external_post_id": "<text>" },
                { "id": "<uuid>", "platform": "linkedin", "status": "published", "external_post_id": "<text>" }
            ],
            "media": [{ "public_url": "<url>", "mime_type": "image/png" }]
        }),
    );
    let gone = json!({ "profileId": api.workspace, "filePath": media["file_path"] });
    let deleted = api
        .send(
            &api.key,
            Method::DELETE,
            "/api/v1/media",
            Some(gone.clone()),
        )
        .await
        .ok();
    assert_eq!(deleted, json!({ "success": true }));
    api.send(&api.key, Method::DELETE, "/api/v1/media", Some(gone))
        .await
        .refused(404);
    api.post("/api/v1/post", post).await.refused(404);

    let short = api.post("/api/v1/media/upload-url", request).await.ok();
    let url = short["upload"]["signedUrl"].as_str().unwrap();
    got(api.http.put(url).body("x")).await.refused(400);
}

#[tokio::test]
async fn a_post_is_scheduled_listed_and_called_off() {
    let api = Api::start().await;
    let post = json!({ "platforms": ["twitter"], "content": "Scheduled post", "scheduleDate": "2026-05-15T10:00:00" });
    let made = api.post("/api/v1/post", post).await.ok();
    // A time without an offset is meant in the calendar's zone, Berlin.
    like(
        &made,
        json!({ "success": true, "postId": "<uuid>", "scheduled": true, "scheduledAt": "2026-05-15T08:00:00.000Z" }),
    );
    let path = format!("/api/v1/scheduled-posts?profileId={}", api.workspace);
    let listed = api.get(&path).await.ok();
    like(
        &listed,
        json!({ "scheduledPosts": [{
            "id": "<uuid>",
            "post_id": made["postId"],
            "platform": "twitter",
            "content": "Scheduled post",
            "scheduled_at": "2026-05-15T08:00:00.000Z",
            "status": "pending"
        }]}),
    );
    let one = format!(
        "/api/v1/scheduled-posts/{}",
        listed["scheduledPosts"][0]["id"].as_str().unwrap()
    );
    let gone = api.delete(&one).await.ok();
    assert_eq!(gone, json!({ "success": true, "postId": made["postId"] }));
    assert_eq!(api.get(&path).await.ok(), json!({ "scheduledPosts": [] }));
    api.delete(&one).await.refused(409);
    api.test.pass(Duration::from_hours(72)).await;
    assert!(api.test.network.shown().is_empty());
}

#[tokio::test]
async fn the_external_flow_with_a_file_at_an_address() {
    let api = Api::start().await;
    let base = picture_host().await;
    let post = json!({
        "platform": "facebook",
        "content": "Final copy from the external app",
        "scheduleDate": "2026-06-12T09:00:00Z",
        "media": [{
            "public_url": format!("{base}/image.jpg"),
            "mime_type": "image/jpeg",
            "file_name": "image.jpg"
        }]
    });
    let made = api.post("/api/v1/post", post).await.ok();
    assert_eq!(made["scheduledAt"], "2026-06-12T09:00:00.000Z");
    api.test.clock.advance(Duration::from_hours(24 * 29));
    api.test.pass(Duration::from_hours(3)).await;
    api.test.pass(Duration::from_mins(1)).await;
    let shown = api.test.network.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].files.len(), 1);
}

#[tokio::test]
async fn failures_are_logged_counted_and_tried_again() {
    let api = Api::start().await;
    let no = refusal(Category::Validation, Retry::Never, "Not like this.");
    api.test.network.script([Act::Refuse(no)]);
    let post = json!({ "platforms": ["twitter"], "content": "Try me" });
    let sent = api.post("/api/v1/post", post).await.ok();
    like(
        &sent,
        json!({ "success": false, "targets": [{ "platform": "twitter", "status": "failed", "external_post_id": null, "error": "Not like this." }] }),
    );
    let profile = api.workspace;
    let logs = api
        .get(&format!(
            "/api/v1/job-logs?profileId={profile}&limit=100&platform=twitter&status=failed"
        ))
        .await
        .ok();
    like(
        &logs,
        json!({ "logs": [{
            "id": "<uuid>",
            "post_id": sent["postId"],
            "scheduled_post_id": "<uuid>",
            "platform": "twitter",
            "job_type": "publish",
            "status": "failed",
            "attempt_number": 1,
            "started_at": "<millis>",
            "completed_at": "<millis>",
            "duration_ms": "<number>",
            "error_message": "Not like this.",
            "error_category": "unknown",
            "was_rate_limited": false,
            "will_retry": false,
            "next_retry_at": null,
            "metadata": { "durationMs": "<number>", "isRetry": false },
            "created_at": "<millis>"
        }]}),
    );
    let one = logs["logs"][0]["scheduled_post_id"].as_str().unwrap();
    let again = api
        .post(
            &format!("/api/v1/scheduled-posts/{one}/retry"),
            json!({ "profileId": profile }),
        )
        .await
        .ok();
    assert_eq!(
        again,
        json!({ "success": true, "message": "Post queued for retry" })
    );
    api.test.app.settled().await;
    api.post(
        &format!("/api/v1/scheduled-posts/{one}/retry"),
        json!({ "profileId": profile }),
    )
    .await
    .refused(409);
    // It went out by now; what is asked for is found behind what is not.
    for (status, number) in [
        ("failed", Some(1)),
        ("success", Some(2)),
        ("rate_limited", None),
    ] {
        let path = format!("/api/v1/job-logs?profileId={profile}&limit=1&status={status}");
        let logs = api.get(&path).await.ok();
        assert_eq!(logs["logs"][0]["attempt_number"].as_u64(), number, "{logs}");
    }
    let odd = format!("/api/v1/job-logs?profileId={profile}&status=odd");
    api.get(&odd).await.refused(400);
    let metrics = api
        .get(&format!(
            "/api/v1/delivery-metrics?profileId={profile}&days=30"
        ))
        .await
        .ok();
    like(
        &metrics,
        json!({ "metrics": [{
            "platform": "twitter",
            "date": "2026-05-14",
            "total_jobs": 2,
            "successful_jobs": 1,
            "failed_jobs": 1,
            "retried_jobs": 1,
            "rate_limited_jobs": 0,
            "avg_duration_ms": "<number>"
        }]}),
    );
    let overview = api
        .get(&format!("/api/v1/analytics/overview?profileId={profile}"))
        .await
        .ok();
    like(
        &overview,
        json!({ "analytics": {
            "totalPosts": 2,
            "draftPosts": 1,
            "scheduledPosts": 0,
            "publishingPosts": 0,
            "publishedPosts": 1,
            "failedPosts": 0,
            "totalTargets": 1,
            "successfulTargets": 1,
            "failedTargets": 0,
            "platformBreakdown": [{ "platform": "twitter", "targets": 1, "published": 1, "failed": 0 }]
        }}),
    );
    for path in ["/api/v1/job-logs", "/api/v1/delivery-metrics"] {
        api.get(path).await.refused(400);
    }
}

#[tokio::test]
async fn best_times_are_usual_ones_and_the_plan_is_none() {
    let api = Api::start().await;
    let times = api
        .get(&format!(
            "/api/v1/scheduling/best-times?profileId={}&platform=twitter",
            api.workspace
        ))
        .await
        .ok();
    assert_eq!(
        times,
        json!({
            "bestTimes": [
                { "day_of_week": 2, "hour_of_day": 9, "reason": "Weekday morning engagement" },
                { "day_of_week": 3, "hour_of_day": 12, "reason": "Midweek lunch break" }
            ],
            "isDefault": true,
            "message": "No historical data yet. Using recommended defaults."
        })
    );
    let plan = api.get("/api/billing/subscription-status").await.ok();
    like(
        &plan,
        json!({ "plan": "local", "status": "active", "usage": { "accounts": 5 } }),
    );
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
