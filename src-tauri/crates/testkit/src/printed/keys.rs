//! The printed examples of keys.

use reqwest::Method;
use serde_json::json;

use super::{Client, like};

/// Keys of the scheduler.
pub async fn are_masked_made_once_and_revoked(api: &Client) {
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
    let first = api
        .send(secret, Method::GET, "/api/v1/connections", None)
        .await;
    // As printed: one of the thousand of an hour is used.
    assert_eq!(first.headers["x-ratelimit-limit"], "1000");
    assert_eq!(first.headers["x-ratelimit-remaining"], "999");
    let reset = first.headers["x-ratelimit-reset"].to_str().unwrap();
    assert!(reset.parse::<u64>().is_ok(), "{reset}");
    first.ok();
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
