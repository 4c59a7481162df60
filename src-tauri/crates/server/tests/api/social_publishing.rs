//! The printed examples of the social contract.

use std::time::Duration;

use model::status::ShownStatus;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::shape::like;
use crate::support::{Api, got, picture_host, png};

const ROOT: &str = "/api/v1/creator/social";

fn path(rest: &str) -> String {
    format!("{ROOT}/{rest}")
}

/// Sends as the document does: with a bearer.
async fn bearer(api: &Api, method: Method, rest: &str, body: Value) -> crate::support::Got {
    let request = api
        .http
        .request(method, format!("{}{}", api.base, path(rest)));
    got(request.bearer_auth(&api.key).json(&body)).await
}

fn account(api: &Api, network: &str) -> String {
    format!("acc_{}", api.accounts[network])
}

#[tokio::test]
async fn content_is_published_to_accounts_at_a_time() {
    let api = Api::start().await;
    let base = picture_host().await;
    let request = json!({
        "content": {
            "text": "Excited to announce our new AI-powered features! 🚀\n\nCheck out what's new in the latest update.",
            "media": [{
                "type": "image",
                "url": format!("{base}/images/announcement.png"),
                "alt_text": "New features announcement graphic"
            }],
            "link": {
                "url": "https://example.com/blog/new-features",
                "title": "New AI Features",
                "description": "Discover our latest innovations"
            }
        },
        "platforms": [
            { "platform": "twitter", "account_id": account(&api, "x"), "options": { "reply_settings": "everyone" } },
            { "platform": "linkedin", "account_id": account(&api, "linkedin"), "options": { "visibility": "public" } }
        ],
        "publish_at": "2026-05-24T20:00:00Z"
    });
    let made = bearer(&api, Method::POST, "publish", request).await.ok();
    like(
        &made,
        json!({
            "publish_id": "<pub_uuid>",
            "status": "scheduled",
            "scheduled_for": "2026-05-24T20:00:00Z",
            "platforms": [
                { "platform": "twitter", "account_id": account(&api, "x"), "status": "scheduled", "estimated_reach": null },
                { "platform": "linkedin", "account_id": account(&api, "linkedin"), "status": "scheduled", "estimated_reach": null }
            ],
            "created_at": "<seconds>"
        }),
    );
    let id = made["publish_id"]
        .as_str()
        .unwrap()
        .replace("pub_", "post_");
    let shown = api.get(&path(&format!("posts/{id}"))).await.ok();
    assert_eq!(shown["content"]["link"]["title"], "New AI Features");
    // The printed words for who sees it are those of the catalogue now.
    let kept = api
        .test
        .post(id.trim_start_matches("post_").parse().unwrap())
        .await;
    let options: Vec<_> = kept.targets.iter().map(|t| &t.draft.options).collect();
    assert_eq!(json!(options[0]), json!({ "replySettings": "" }));
    assert_eq!(json!(options[1]), json!({ "visibility": "PUBLIC" }));
    assert_eq!(
        shown["media"][0]["alt_text"],
        "New features announcement graphic"
    );
    api.test.clock.advance(Duration::from_hours(24 * 10));
    api.test.pass(Duration::from_hours(13)).await;
    api.test.pass(Duration::from_mins(1)).await;
    let sent = api.test.network.shown();
    assert_eq!(sent.len(), 2);
    assert!(
        sent[0]
            .text
            .ends_with("https://example.com/blog/new-features"),
        "{}",
        sent[0].text
    );
}

#[tokio::test]
async fn options_that_a_network_does_not_have_are_refused_and_nothing_is_made() {
    let api = Api::start().await;
    let publish = async |options: Value| {
        let request = json!({
            "content": { "text": "For some" },
            "platforms": [{ "platform": "linkedin", "options": options }],
            "publish_at": "2026-05-24T20:00:00Z"
        });
        bearer(&api, Method::POST, "publish", request).await
    };
    for (options, field) in [
        (json!({ "visibility": "friends" }), "visibility"),
        (json!({ "visibility": ["public"] }), "visibility"),
        (json!({ "reply_settings": "everyone" }), "reply_settings"),
    ] {
        let refused = publish(options).await.refused(400);
        assert_eq!(refused["error"]["code"], "invalid_content");
        assert_eq!(
            refused["error"]["details"]["field"],
            format!("platforms.0.options.{field}")
        );
    }
    let queue = api.get(&path("scheduling/queue")).await.ok();
    assert_eq!(queue["total_scheduled"], 0);
    let made = publish(json!({ "visibility": "connections" })).await.ok();
    let id = made["publish_id"].as_str().unwrap();
    let kept = api
        .test
        .post(id.trim_start_matches("pub_").parse().unwrap())
        .await;
    assert_eq!(kept.targets[0].draft.options["visibility"], "CONNECTIONS");
}

#[tokio::test]
async fn a_post_from_draft_to_published() {
    let api = Api::start().await;
    let request = json!({
        "title": "Product Launch Announcement",
        "content": {
            "text": "Big news coming tomorrow! Stay tuned for our major product launch.",
            "hashtags": ["launch", "innovation", "tech"],
            "mentions": ["@partner_company"]
        },
        "media": [],
        "platforms": ["twitter", "linkedin", "instagram"],
        "status": "draft",
        "campaign_id": "campaign_001",
        "tags": ["product_launch", "q1_2026"]
    });
    let made = bearer(&api, Method::POST, "posts", request.clone())
        .await
        .ok();
    like(
        &made,
        json!({
            "id": "<post_uuid>",
            "title": "Product Launch Announcement",
            "content": request["content"],
            "platforms": ["twitter", "linkedin", "instagram"],
            "status": "draft",
            "campaign_id": "campaign_001",
            "created_at": "<seconds>",
            "created_by": "<user_uuid>"
        }),
    );
    let id = made["id"].as_str().unwrap().to_owned();
    let one = format!("posts/{id}");

    let change = json!({ "content": { "text": "Updated announcement text!" }, "platforms": ["twitter", "linkedin"] });
    let changed = bearer(&api, Method::PUT, &one, change).await.ok();
    like(
        &changed,
        json!({
            "content": { "text": "Updated announcement text!", "hashtags": ["launch", "innovation", "tech"] },
            "platforms": ["twitter", "linkedin"],
            "tags": ["product_launch", "q1_2026"]
        }),
    );

    let time = json!({ "scheduled_at": "2026-05-25T14:00:00Z", "timezone": "America/Los_Angeles" });
    let scheduled = bearer(&api, Method::POST, &format!("{one}/schedule"), time)
        .await
        .ok();
    like(
        &scheduled,
        json!({ "status": "scheduled", "scheduled_at": "2026-05-25T14:00:00Z" }),
    );
    let queue = api.get(&path("scheduling/queue")).await.ok();
    like(
        &queue,
        json!({
            "queue": [{
                "id": id,
                "title": "Product Launch Announcement",
                "scheduled_at": "2026-05-25T14:00:00Z",
                "platforms": ["twitter", "linkedin"],
                "status": "scheduled"
            }],
            "total_scheduled": 1
        }),
    );
    let cancelled = bearer(&api, Method::POST, &format!("{one}/cancel"), json!({}))
        .await
        .ok();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(
        api.get(&path("scheduling/queue")).await.ok()["total_scheduled"],
        0
    );

    let sent = bearer(
        &api,
        Method::POST,
        &format!("{one}/publish"),
        json!({ "publish_now": true }),
    )
    .await
    .ok();
    assert_eq!(sent["status"], "published", "{sent}");
    let shown = api.get(&path(&one)).await.ok();
    like(
        &shown,
        json!({
            "id": id,
            "title": "Product Launch Announcement",
            "media": [],
            "status": "published",
            "published_at": "<seconds>",
            "platform_posts": [
                { "platform": "twitter", "post_id": "<text>", "url": "<url>", "status": "published" },
                { "platform": "linkedin", "post_id": "<text>", "url": "<url>", "status": "published" }
            ],
            "analytics": null
        }),
    );
    assert_eq!(
        api.test.network.shown()[0].text,
        "Updated announcement text!\n\n@partner_company #launch #innovation #tech"
    );
    bearer(&api, Method::POST, &format!("{one}/publish"), json!({}))
        .await
        .refused(409);
    let gone = bearer(&api, Method::DELETE, &one, json!({})).await.ok();
    assert_eq!(gone["deleted"], true);
    let refused = api.get(&path(&one)).await.refused(404);
    assert_eq!(refused["error"]["code"], "post_not_found");
}

#[tokio::test]
async fn a_thread_keeps_its_parts() {
    let api = Api::start().await;
    let base = picture_host().await;
    let request = json!({
        "platform": "twitter",
        "account_id": account(&api, "x"),
        "posts": [
            { "text": "🧵 Here's everything you need to know about our new AI features (thread):" },
            { "text": "1/ First, we've added intelligent order prediction that learns from your customers' habits...",
              "media": [{ "type": "image", "url": format!("{base}/a") }] },
            { "text": "2/ Next, our voice AI can now handle complex modifications and allergen questions...",
              "media": [{ "type": "image", "url": format!("{base}/bb") }] },
            { "text": "3/ Finally, the new analytics dashboard gives you real-time insights...\n\nTry it today! Link in bio 👇" }
        ],
        "schedule_at": "2026-05-25T10:00:00Z"
    });
    let made = bearer(&api, Method::POST, "threads", request).await.ok();
    like(
        &made,
        json!({
            "thread_id": "<thread_uuid>",
            "platform": "twitter",
            "post_count": 4,
            "status": "scheduled",
            "scheduled_at": "2026-05-25T10:00:00Z"
        }),
    );
    let id = made["thread_id"]
        .as_str()
        .unwrap()
        .trim_start_matches("thread_");
    let post = api.test.post(id.parse().unwrap()).await;
    assert_eq!(post.segments.len(), 4);
    assert_eq!(post.segments[1].media.len(), 1);
    assert_ne!(
        post.segments[1].media[0].media_id,
        post.segments[2].media[0].media_id
    );
    let change = json!({ "content": { "text": "One" } });
    bearer(&api, Method::PUT, &format!("posts/post_{id}"), change)
        .await
        .refused(409);
    bearer(
        &api,
        Method::POST,
        "threads",
        json!({ "platform": "twitter", "posts": [] }),
    )
    .await
    .refused(400);
}

fn form(bytes: Vec<u8>) -> Form {
    let file = Part::bytes(bytes)
        .file_name("announcement.png")
        .mime_str("image/png")
        .unwrap();
    Form::new()
        .part("file", file)
        .text("platform_hints", r#"["twitter", "linkedin", "instagram"]"#)
        .text("alt_text", "Product announcement graphic")
}

#[tokio::test]
async fn a_file_is_sent_in_a_form_used_and_deleted() {
    let api = Api::start().await;
    let upload = |form: Form| {
        let request = api
            .http
            .post(format!("{}{}", api.base, path("media/upload")));
        got(request.bearer_auth(&api.key).multipart(form))
    };
    let made = upload(form(png(1_200, 628))).await.ok();
    like(
        &made,
        json!({
            "media_id": "<media_uuid>",
            "type": "image",
            "url": "<url>",
            "thumbnails": { "small": "<url>", "medium": "<url>" },
            "dimensions": { "width": 1200, "height": 628 },
            "platform_compatibility": {
                "twitter": { "compatible": true, "optimized": true },
                "linkedin": { "compatible": true, "optimized": true },
                "instagram": { "compatible": true, "optimized": true }
            }
        }),
    );
    assert_eq!(
        made["platform_compatibility"].as_object().unwrap().len(),
        3,
        "those hinted at"
    );
    let wide = upload(form(png(1_600, 628))).await.ok();
    like(
        &wide["platform_compatibility"],
        json!({
            "twitter": { "compatible": true, "optimized": true },
            "linkedin": { "compatible": true, "optimized": true },
            "instagram": { "compatible": false, "reason": "Aspect ratio not supported", "suggestion": "Crop to 1:1 or 4:5" }
        }),
    );
    for address in [&made["url"], &made["thumbnails"]["small"]] {
        let shown = api
            .http
            .get(address.as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert!(shown.status().is_success());
    }
    let id = made["media_id"].as_str().unwrap();
    assert_eq!(
        api.get(&path(&format!("media/{id}"))).await.ok()["alt_text"],
        "Product announcement graphic"
    );
    let post = json!({ "content": { "text": "With a picture" }, "media": [{ "media_id": id }], "platforms": ["twitter"] });
    let post = bearer(&api, Method::POST, "posts", post).await.ok();
    assert_eq!(post["media"][0]["alt_text"], "Product announcement graphic");
    // A key of another workspace does not know it.
    let (_, other) = api.another_workspace().await;
    api.send(&other, Method::GET, &path(&format!("media/{id}")), None)
        .await
        .refused(404);
    assert_eq!(
        api.delete(&path(&format!("media/{id}"))).await.ok()["deleted"],
        true
    );
    let refused = api.get(&path(&format!("media/{id}"))).await.refused(404);
    assert_eq!(refused["error"]["code"], "media_not_found");

    let refused = upload(form(b"#!/bin/sh\nrm -rf /".to_vec()))
        .await
        .refused(400);
    assert_eq!(refused["error"]["code"], "media_unsupported");
    upload(Form::new().text("alt_text", "nothing"))
        .await
        .refused(400);
    bearer(&api, Method::POST, "media/upload", json!({}))
        .await
        .refused(415);
}

#[tokio::test]
async fn accounts_are_listed_and_disconnected() {
    let api = Api::start().await;
    let listed = api.get(&path("accounts")).await.ok();
    let all = listed["accounts"].as_array().unwrap();
    assert_eq!(all.len(), 5);
    let twitter = all.iter().find(|a| a["platform"] == "twitter").unwrap();
    like(
        twitter,
        json!({
            "id": account(&api, "x"),
            "platform": "twitter",
            "username": "@mycompany",
            "display_name": "mycompany",
            "profile_image": null,
            "followers": null,
            "status": "connected",
            "connected_at": "<seconds>",
            "permissions": ["post"]
        }),
    );
    let one = path(&format!("accounts/{}", account(&api, "x")));
    assert_eq!(api.delete(&one).await.ok()["disconnected"], true);
    let refused = api.delete(&one).await.refused(404);
    assert_eq!(refused["error"]["code"], "account_not_found");
}

#[tokio::test]
async fn a_scheduled_post_is_changed_at_once_and_an_impossible_change_leaves_it_as_it_was() {
    let api = Api::start().await;
    let request = json!({
        "content": { "text": "First" }, "platforms": ["twitter"],
        "status": "scheduled", "scheduled_at": "2026-05-25T10:00:00Z"
    });
    let made = bearer(&api, Method::POST, "posts", request).await.ok();
    assert_eq!(made["status"], "scheduled");
    let id = made["id"].as_str().unwrap();
    let one = format!("posts/{id}");
    bearer(
        &api,
        Method::PUT,
        &one,
        json!({ "content": { "text": "Second" } }),
    )
    .await
    .ok();
    let post = api
        .test
        .post(id.trim_start_matches("post_").parse().unwrap())
        .await;
    assert_eq!(post.segments[0].text, "Second");
    assert_eq!(
        (post.status, post.working_copy),
        (ShownStatus::Scheduled, None)
    );
    let long = json!({ "content": { "text": "x".repeat(400) } });
    bearer(&api, Method::PUT, &one, long).await.refused(400);
    let post = api.test.post(post.id).await;
    assert_eq!(post.segments[0].text, "Second");
    assert_eq!(post.working_copy, None);
}
