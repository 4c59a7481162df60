//! The printed examples of the social contract.

use model::Timestamp;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::webhooks::told_at;
use super::{Client, Got, by_bearer, got, like, picture_at, png, until};

/// Where a route of the contract is.
pub fn path(rest: &str) -> String {
    format!("/api/v1/creator/social/{rest}")
}

/// Sends as the document does: with a bearer.
pub async fn bearer(api: &Client, method: Method, rest: &str, body: Value) -> Got {
    by_bearer(api, method, &path(rest), body).await
}

/// What the contract calls the account on a network.
pub fn account(api: &Client, network: &str) -> String {
    format!("acc_{}", api.accounts[network])
}

/// Content with a picture and a link for two accounts, from when it is scheduled to when it is out; the identifier
/// of the post that it becomes. `come` lets time go by until an instant.
pub async fn content_is_published_to_accounts_at_a_time(
    api: &Client,
    come: &impl AsyncFn(Timestamp),
) -> String {
    let at = api.at("05-24T20:00:00Z");
    let picture = picture_at(api, 410, 400).await;
    let request = json!({
        "content": {
            "text": "Excited to announce our new AI-powered features! 🚀\n\nCheck out what's new in the latest update.",
            "media": [{
                "type": "image",
                "url": picture,
                "alt_text": "New features announcement graphic"
            }],
            "link": {
                "url": "https://example.com/blog/new-features",
                "title": "New AI Features",
                "description": "Discover our latest innovations"
            }
        },
        "platforms": [
            { "platform": "twitter", "account_id": account(api, "x"), "options": { "reply_settings": "everyone" } },
            { "platform": "linkedin", "account_id": account(api, "linkedin"), "options": { "visibility": "public" } }
        ],
        "publish_at": at
    });
    let made = bearer(api, Method::POST, "publish", request).await.ok();
    like(
        &made,
        json!({
            "publish_id": "<pub_uuid>",
            "status": "scheduled",
            "scheduled_for": at,
            "platforms": [
                { "platform": "twitter", "account_id": account(api, "x"), "status": "scheduled", "estimated_reach": null },
                { "platform": "linkedin", "account_id": account(api, "linkedin"), "status": "scheduled", "estimated_reach": null }
            ],
            "created_at": "<seconds>"
        }),
    );
    let id = made["publish_id"].as_str().unwrap();
    let id = id.trim_start_matches("pub_").to_owned();
    let one = path(&format!("posts/post_{id}"));
    let shown = api.get(&one).await.ok();
    assert_eq!(shown["content"]["link"]["title"], "New AI Features");
    assert_eq!(
        shown["media"][0]["alt_text"],
        "New features announcement graphic"
    );
    told_at(api, come, api.instant("05-24T20:00:00Z"), 2).await;
    like(
        &api.get(&one).await.ok(),
        json!({
            "status": "published",
            "scheduled_at": at,
            "published_at": "<seconds>",
            "platform_posts": [
                { "platform": "twitter", "post_id": "<text>", "url": "<url>", "status": "published" },
                { "platform": "linkedin", "post_id": "<text>", "url": "<url>", "status": "published" }
            ],
            "analytics": null
        }),
    );
    id
}

/// The queue's word of a post.
async fn queued(api: &Client, id: &str) -> Option<Value> {
    let queue = api.get(&path("scheduling/queue")).await.ok();
    let all = queue["queue"].as_array().unwrap();
    assert_eq!(queue["total_scheduled"], json!(all.len()));
    all.iter().find(|post| post["id"] == id).cloned()
}

/// A post from a draft to its end.
pub async fn a_post_from_draft_to_published(api: &Client) {
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
    let made = bearer(api, Method::POST, "posts", request.clone())
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
    let id = made["id"].as_str().unwrap();
    let one = format!("posts/{id}");

    let change = json!({ "content": { "text": "Updated announcement text!" }, "platforms": ["twitter", "linkedin"] });
    let changed = bearer(api, Method::PUT, &one, change).await.ok();
    like(
        &changed,
        json!({
            "content": { "text": "Updated announcement text!", "hashtags": ["launch", "innovation", "tech"] },
            "platforms": ["twitter", "linkedin"],
            "tags": ["product_launch", "q1_2026"]
        }),
    );

    let at = api.at("05-25T14:00:00Z");
    let time = json!({ "scheduled_at": at, "timezone": "America/Los_Angeles" });
    let scheduled = bearer(api, Method::POST, &format!("{one}/schedule"), time)
        .await
        .ok();
    like(
        &scheduled,
        json!({ "status": "scheduled", "scheduled_at": at }),
    );
    like(
        &queued(api, id).await.unwrap(),
        json!({
            "id": id,
            "title": "Product Launch Announcement",
            "scheduled_at": at,
            "platforms": ["twitter", "linkedin"],
            "status": "scheduled"
        }),
    );
    let cancelled = bearer(api, Method::POST, &format!("{one}/cancel"), json!({}))
        .await
        .ok();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(queued(api, id).await, None);
    a_post_goes_out_and_is_deleted(api, id).await;
}

/// The post of the document is published, shown and deleted.
async fn a_post_goes_out_and_is_deleted(api: &Client, id: &str) {
    let one = format!("posts/{id}");
    let publish = format!("{one}/publish");
    let now = json!({ "publish_now": true });
    let sent = bearer(api, Method::POST, &publish, now).await.ok();
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
    bearer(api, Method::POST, &publish, json!({}))
        .await
        .refused(409);
    let gone = bearer(api, Method::DELETE, &one, json!({})).await.ok();
    assert_eq!(gone["deleted"], true);
    let refused = api.get(&path(&one)).await.refused(404);
    assert_eq!(refused["error"]["code"], "post_not_found");
}

/// A thread with pictures, from when it is scheduled to when it is out; the identifier of the post that it becomes.
/// `come` lets time go by until an instant.
pub async fn a_thread_keeps_its_parts(api: &Client, come: &impl AsyncFn(Timestamp)) -> String {
    let at = api.at("05-25T10:00:00Z");
    let (first, second) = (
        picture_at(api, 404, 400).await,
        picture_at(api, 405, 400).await,
    );
    let request = json!({
        "platform": "twitter",
        "account_id": account(api, "x"),
        "posts": [
            { "text": "🧵 Here's everything you need to know about our new AI features (thread):" },
            { "text": "1/ First, we've added intelligent order prediction that learns from your customers' habits...",
              "media": [{ "type": "image", "url": first }] },
            { "text": "2/ Next, our voice AI can now handle complex modifications and allergen questions...",
              "media": [{ "type": "image", "url": second }] },
            { "text": "3/ Finally, the new analytics dashboard gives you real-time insights...\n\nTry it today! Link in bio 👇" }
        ],
        "schedule_at": at
    });
    let made = bearer(api, Method::POST, "threads", request).await.ok();
    like(
        &made,
        json!({
            "thread_id": "<thread_uuid>",
            "platform": "twitter",
            "post_count": 4,
            "status": "scheduled",
            "scheduled_at": at
        }),
    );
    let id = made["thread_id"].as_str().unwrap();
    let id = id.trim_start_matches("thread_").to_owned();
    let change = json!({ "content": { "text": "One" } });
    bearer(api, Method::PUT, &format!("posts/post_{id}"), change)
        .await
        .refused(409);
    let empty = json!({ "platform": "twitter", "posts": [] });
    bearer(api, Method::POST, "threads", empty)
        .await
        .refused(400);
    told_at(api, come, api.instant("05-25T10:00:00Z"), 1).await;
    let shown = api.get(&path(&format!("posts/post_{id}"))).await.ok();
    assert_eq!(shown["status"], "published", "{shown}");
    id
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

/// A file that is sent in a form, from then to its end.
pub async fn a_file_is_sent_in_a_form_used_and_deleted(api: &Client) {
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
    a_form_s_file_is_used_and_deleted(api, made["media_id"].as_str().unwrap()).await;

    let refused = upload(form(b"#!/bin/sh\nrm -rf /".to_vec()))
        .await
        .refused(400);
    assert_eq!(refused["error"]["code"], "media_unsupported");
    upload(Form::new().text("alt_text", "nothing"))
        .await
        .refused(400);
    bearer(api, Method::POST, "media/upload", json!({}))
        .await
        .refused(415);
}

async fn a_form_s_file_is_used_and_deleted(api: &Client, id: &str) {
    let one = path(&format!("media/{id}"));
    assert_eq!(
        api.get(&one).await.ok()["alt_text"],
        "Product announcement graphic"
    );
    let post = json!({ "content": { "text": "With a picture" }, "media": [{ "media_id": id }], "platforms": ["twitter"] });
    let post = bearer(api, Method::POST, "posts", post).await.ok();
    let shown = &post["media"][0];
    assert_eq!(shown["alt_text"], "Product announcement graphic");
    // The id that the post shows is known as well.
    let again = path(&format!("media/{}", shown["media_id"].as_str().unwrap()));
    assert_eq!(api.get(&again).await.ok()["media_id"], shown["media_id"]);
    assert_eq!(api.delete(&one).await.ok()["deleted"], true);
    let refused = api.get(&one).await.refused(404);
    assert_eq!(refused["error"]["code"], "media_not_found");
}

/// An account is connected on a network that sends a browser back to this computer; `browse` goes where a
/// browser is sent and gives what it shows in the end.
pub async fn an_account_is_connected_through_the_browser(
    api: &Client,
    platform: &str,
    browse: impl AsyncFnOnce(String) -> String,
) {
    let request = json!({
        "platform": platform,
        "redirect_uri": "https://app.example.com/oauth/callback"
    });
    let begun = bearer(api, Method::POST, "accounts/connect", request)
        .await
        .ok();
    like(
        &begun,
        json!({ "authorization_url": "<url>", "state": "<text>", "expires_in": 600 }),
    );
    let page = browse(begun["authorization_url"].as_str().unwrap().to_owned()).await;
    assert!(
        page.contains(";url=https://app.example.com/oauth/callback\""),
        "{page}"
    );
}

/// Waits until there is an account on a network.
pub async fn is_connected(api: &Client, platform: &str) {
    until("an account to be connected", async || {
        let listed = api.get(&path("accounts")).await.ok();
        let mut all = listed["accounts"].as_array().unwrap().iter();
        all.any(|a| a["platform"] == platform)
    })
    .await;
}

/// The accounts, of which the one on a network is taken away in the end.
pub async fn accounts_are_listed_and_disconnected(api: &Client, platform: &str) {
    let listed = api.get(&path("accounts")).await.ok();
    let all = listed["accounts"].as_array().unwrap();
    assert_eq!(all.len(), 5);
    let own = all.iter().find(|a| a["platform"] == platform).unwrap();
    like(
        own,
        json!({
            "id": "<acc_uuid>",
            "platform": platform,
            "username": "<text>",
            "display_name": "<text>",
            "profile_image": null,
            "followers": null,
            "status": "connected",
            "connected_at": "<seconds>",
            "permissions": ["post"]
        }),
    );
    let one = path(&format!("accounts/{}", own["id"].as_str().unwrap()));
    assert_eq!(api.delete(&one).await.ok()["disconnected"], true);
    let refused = api.delete(&one).await.refused(404);
    assert_eq!(refused["error"]["code"], "account_not_found");
}
