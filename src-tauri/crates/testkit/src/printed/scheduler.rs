//! The printed examples of the scheduler.

use model::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::webhooks::told_at;
use super::{Client, got, like, picture_at, png, until};

const MEDIA: &str = "/api/v1/media";
const POST: &str = "/api/v1/post";

/// The one of a list that is about X.
#[track_caller]
fn of_twitter<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut all = list[name].as_array().unwrap().iter();
    all.find(|one| one["platform"] == "twitter").unwrap()
}

/// What there is, and the account on X, which is taken away in the end.
pub async fn discovery_catalogue_and_connections(api: &Client) {
    let found = api.get("/api/v1").await.ok();
    assert_eq!(found["auth"]["header"], "X-API-Key");
    assert!(found["endpoints"].as_array().unwrap().len() > 50);
    let all = api.get("/api/v1/platforms").await.ok();
    let catalogue = of_twitter(&all, "platforms");
    like(
        catalogue,
        json!({
            "platform": "twitter",
            "displayName": "<text>",
            "accountType": "social_profile",
            "supportStatus": "<text>",
            "publish": {
                "supported": true,
                "text": true,
                "requiresMedia": false,
                "scheduling": true
            },
            "analytics": { "supported": false }
        }),
    );
    assert!(!catalogue["scopes"].as_array().unwrap().is_empty());
    assert!(catalogue["notes"].is_array());
    let connections = api.get("/api/v1/connections").await.ok();
    let twitter = of_twitter(&connections, "connections");
    like(
        twitter,
        json!({
            "id": "<twitter_uuid>",
            "platform": "twitter",
            "username": "<text>",
            "externalAccountId": "<text>",
            "externalAccountName": twitter["username"],
            "connectionStatus": "connected",
            "capabilities": { "text": true, "scheduling": true, "analytics": false },
            "contract": {
                "displayName": catalogue["displayName"],
                "supportStatus": catalogue["supportStatus"],
                "publish": { "supported": true, "scheduling": true },
                "notes": catalogue["notes"]
            },
            "readiness": {
                "status": "ready", "canPublish": true, "canSchedule": true,
                "missingRequirements": []
            }
        }),
    );
    assert!(twitter["username"].as_str().unwrap().starts_with('@'));
    assert!(twitter["readiness"]["warnings"].is_array());
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

/// A file from its announcement to its end.
pub async fn a_file_is_announced_sent_used_and_deleted(api: &Client) {
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
    api.post(POST, post.clone()).await.refused(404);
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

    a_file_goes_out_with_a_post(api, &post).await;
    let gone = json!({ "profileId": api.workspace, "filePath": media["file_path"] });
    let delete = || api.send(&api.key, Method::DELETE, MEDIA, Some(gone.clone()));
    assert_eq!(delete().await.ok(), json!({ "success": true }));
    delete().await.refused(404);
    api.post(POST, post).await.refused(404);

    let short = api.post("/api/v1/media/upload-url", request).await.ok();
    let url = short["upload"]["signedUrl"].as_str().unwrap();
    got(api.http.put(url).body("x")).await.refused(400);
}

/// The post of the document goes out at once, and is listed.
async fn a_file_goes_out_with_a_post(api: &Client, post: &Value) {
    let sent = api.post(POST, post.clone()).await.ok();
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
}

/// A post that waits for its time and is called off. The program's zone is that of Berlin.
pub async fn a_post_is_scheduled_listed_and_called_off(api: &Client) {
    let post = json!({ "platforms": ["twitter"], "content": "Scheduled post", "scheduleDate": api.at("05-15T10:00:00") });
    let made = api.post(POST, post).await.ok();
    // A time without an offset is meant in the calendar's zone.
    let at = api.at("05-15T08:00:00.000Z");
    like(
        &made,
        json!({ "success": true, "postId": "<uuid>", "scheduled": true, "scheduledAt": at }),
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
            "scheduled_at": at,
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
}

/// The post of another program with a file at an address, from when it is scheduled to when the program is told
/// that it is out. `come` lets time go by until an instant.
pub async fn the_external_flow_with_a_file_at_an_address(
    api: &Client,
    come: &impl AsyncFn(Timestamp),
) {
    let at = api.at("06-12T09:00:00");
    let picture = picture_at(api, 420, 400).await;
    let post = json!({
        "platform": "facebook",
        "content": "Final copy from the external app",
        "scheduleDate": format!("{at}Z"),
        "media": [{
            "public_url": picture,
            "mime_type": "image/jpeg",
            "file_name": "image.jpg"
        }]
    });
    let made = api.post(POST, post).await.ok();
    assert_eq!(made["scheduledAt"], format!("{at}.000Z"));
    let told = told_at(api, come, api.instant("06-12T09:00:00Z"), 1).await;
    like(
        &told[0]["data"],
        json!({
            "post_id": made["postId"],
            "platform": "facebook",
            "content": "Final copy from the external app",
            "published_at": "<millis>",
            "external_post_id": "<text>"
        }),
    );
}

/// A post that its network refuses, once, and what is said of it afterwards. Everything that is counted has
/// happened here, so nothing went out before. `refuse` has the network refuse the next post for good.
pub async fn failures_are_logged_counted_and_tried_again(api: &Client, refuse: impl FnOnce()) {
    refuse();
    let post = json!({ "platforms": ["twitter"], "content": "Try me" });
    let sent = api.post(POST, post).await.ok();
    like(
        &sent,
        json!({ "success": false, "error": "<text>", "targets": [{
            "platform": "twitter", "status": "failed", "external_post_id": null, "error": "<text>"
        }] }),
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
            "error_message": sent["targets"][0]["error"],
            "error_category": "unknown",
            "was_rate_limited": false,
            "will_retry": false,
            "next_retry_at": null,
            "metadata": { "durationMs": "<number>", "isRetry": false },
            "created_at": "<millis>"
        }]}),
    );
    let one = logs["logs"][0]["scheduled_post_id"].as_str().unwrap();
    let retry = format!("/api/v1/scheduled-posts/{one}/retry");
    let again = api.post(&retry, json!({ "profileId": profile })).await;
    assert_eq!(
        again.ok(),
        json!({ "success": true, "message": "Post queued for retry" })
    );
    until("the post to be out", async || {
        let listed = api.get("/api/v1/posts").await.ok();
        let mut posts = listed["posts"].as_array().unwrap().iter();
        posts.any(|p| p["id"] == sent["postId"] && p["status"] == "published")
    })
    .await;
    api.post(&retry, json!({ "profileId": profile }))
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
    everything_is_counted(api).await;
    for path in ["/api/v1/job-logs", "/api/v1/delivery-metrics"] {
        api.get(path).await.refused(400);
    }
}

async fn everything_is_counted(api: &Client) {
    let profile = api.workspace;
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
            "date": "<day>",
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
    // The draft is the one that every Almanac begins with.
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
}

/// What is said while no network tells any numbers.
pub async fn best_times_are_usual_ones_and_the_plan_is_none(api: &Client) {
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

/// An account on X is connected with the app that the person keeps; `browse` goes where a browser is sent and
/// gives what it shows in the end.
pub async fn an_account_is_connected_through_the_browser(
    api: &Client,
    browse: impl AsyncFnOnce(String) -> String,
) {
    let init = json!({ "platform": "twitter", "returnUrl": "https://your-app.com/callback" });
    let begun = api.post("/api/v1/connect/init", init).await.ok();
    like(&begun, json!({ "url": "<url>", "error": null }));
    let page = browse(begun["url"].as_str().unwrap().to_owned()).await;
    assert!(
        page.contains(";url=https://your-app.com/callback\""),
        "{page}"
    );
}
